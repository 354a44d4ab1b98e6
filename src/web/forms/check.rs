//! Validating the fields of a form before they are sent to the API.

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::letters;
use crate::base::limit;
use crate::base::message;
use crate::base::script;
use crate::web::api_types::Language;
use crate::web::days;
use crate::web::error::PageError;
use crate::web::forms::field_error::FieldError;
use crate::web::forms::fields::Fields;
use crate::web::request::PageRequest;
use crate::web::text::Text;

/// Validates all fields of a form before it is sent, by the forum's own rules, so that all errors are reported at once.
pub struct Check<'a> {
    fields: &'a Fields,
    text: Text,
    now: Moment,
    field_errors: Vec<FieldError>,
}

impl Check<'_> {
    /// Starts the validation of a submitted form.
    pub fn of<'a>(request: &PageRequest, fields: &'a Fields) -> Check<'a> {
        Check {
            fields,
            text: Text::of_language(request.caller.language),
            now: request.web.graph.now(),
            field_errors: Vec::new(),
        }
    }

    /// A required line, with a maximum number of characters.
    #[must_use]
    pub fn line(self, field: &'static str, max: usize) -> Self {
        let given = self.fields.one(field);
        self.add(field, limit::line(field, &given, max).err())
    }

    /// The same for a field whose label differs from its name in the form.
    #[must_use]
    pub fn line_labelled(self, field: &'static str, name: &str, max: usize) -> Self {
        let given = self.fields.one(field);
        self.add_labelled(field, name, limit::line(field, &given, max).err())
    }

    /// An optional line, with a maximum number of characters.
    #[must_use]
    pub fn optional_line(self, field: &'static str, max: usize) -> Self {
        let given = self.fields.one(field);
        let error = limit::optional_line(field, Some(&given), max).err();
        self.add(field, error)
    }

    /// A required text, with a maximum number of characters.
    #[must_use]
    pub fn text(self, field: &'static str, max: usize) -> Self {
        let given = self.fields.one(field);
        self.add(field, limit::text(field, &given, max).err())
    }

    /// An optional text, with a maximum number of characters, in a field whose label differs from its name.
    #[must_use]
    pub fn optional_text(self, field: &'static str, name: &str, max: usize) -> Self {
        let given = self.fields.one(field);
        let error = limit::optional_text(field, Some(&given), max).err();
        self.add_labelled(field, name, error)
    }

    /// A person's name; required.
    #[must_use]
    pub fn name(self, field: &'static str) -> Self {
        let given = self.fields.one(field);
        self.add(field, limit::name(field, &given).err())
    }

    /// A time zone; optional.
    #[must_use]
    pub fn time_zone(self, field: &'static str) -> Self {
        let given = self.fields.one(field);
        match limit::time_zone(field, Some(&given)) {
            Ok(_) => self,
            Err(_) => self.add_message(field, field, |text| text.t("field-zone-unknown")),
        }
    }

    /// A concept's slug; required.
    #[must_use]
    pub fn slug(self, field: &'static str) -> Self {
        let given = self.fields.one(field);
        self.add(field, limit::slug(field, &given).err())
    }

    /// A pause in seconds; required.
    #[must_use]
    pub fn pause(self, field: &'static str) -> Self {
        let given = self.fields.plain(field).unwrap_or_default().parse();
        let max = i64::from(limit::MAX_PAUSE);
        match given.map(|seconds| limit::pause(field, seconds)) {
            Ok(Ok(_)) => self,
            Ok(Err(_)) | Err(_) => {
                self.add_message(field, field, |text| text.n("field-seconds-malformed", max))
            }
        }
    }

    /// A number of days up to a maximum, in a field whose label differs from its name; optional.
    #[must_use]
    pub fn number_of_days(self, field: &'static str, name: &str, max: i64) -> Self {
        let Some(given) = self.fields.plain(field) else {
            return self;
        };
        match given.parse().is_ok_and(|days| (0..=max).contains(&days)) {
            true => self,
            false => self.add_message(field, name, |text| text.n("field-days-malformed", max)),
        }
    }

    /// A required choice from the available values.
    #[must_use]
    pub fn choice<T>(self, field: &'static str, read: impl Fn(&str) -> Option<T>) -> Self {
        self.choice_labelled(field, field, read)
    }

    /// The same for a field whose label differs from its name in the form.
    #[must_use]
    pub fn choice_labelled<T>(
        self,
        field: &'static str,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Self {
        let fault = match self.fields.given(field) {
            None => Some(Fault::Empty),
            Some(chosen) => read(&chosen).is_none().then_some(Fault::Unknown),
        };
        let error = fault.map(|fault| Error::invalid(field, fault));
        self.add_labelled(field, name, error)
    }

    /// An optional choice from the available values.
    #[must_use]
    pub fn optional_choice<T>(self, field: &'static str, read: impl Fn(&str) -> Option<T>) -> Self {
        self.optional_choice_labelled(field, field, read)
    }

    /// The same for a field whose label differs from its name in the form.
    #[must_use]
    pub fn optional_choice_labelled<T>(
        self,
        field: &'static str,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Self {
        match self.fields.given(field) {
            Some(_) => self.choice_labelled(field, name, read),
            None => self,
        }
    }

    /// A required choice, or any other field that must be filled in.
    #[must_use]
    pub fn given(self, field: &'static str) -> Self {
        let is_given = self
            .fields
            .all(field)
            .iter()
            .any(|value| letters::is_visible(value));
        self.needs(field, is_given)
    }

    /// A required password, with a minimum number of characters.
    #[must_use]
    pub fn password(self, field: &'static str, min: usize) -> Self {
        let given = self.fields.one(field);
        match given.is_empty() {
            true => self.needs(field, false),
            false => self.add(field, limit::password(field, &given, min).err()),
        }
    }

    /// A required e-mail address.
    #[must_use]
    pub fn email(self, field: &'static str) -> Self {
        let given = self.fields.one(field);
        self.add(field, limit::email(field, &given).err())
    }

    /// An optional day, in the form that browsers write.
    #[must_use]
    pub fn day(self, field: &'static str, name: &str) -> Self {
        match self.fields.plain(field).map(|day| days::ends(&day)) {
            Some(Err(fault)) => self.add_day_fault(field, name, fault),
            Some(Ok(_)) | None => self,
        }
    }

    /// Two days, or one of them; the last must not be before the first.
    #[must_use]
    pub fn in_order(self, first: &'static str, last: &'static str, name: &str) -> Self {
        let moment = |day: String| Moment::from_rfc3339(&days::begins(&day).ok()?);
        let [from, until] = [first, last].map(|day| self.fields.plain(day).and_then(moment));
        match from.zip(until) {
            Some((from, until)) if until < from => {
                self.add_message(last, name, |text| text.t("field-days-reversed"))
            }
            Some(_) | None => self,
        }
    }

    fn add_day_fault(self, field: &'static str, name: &str, fault: Fault) -> Self {
        if matches!(fault, Fault::Malformed) {
            return self.add_message(field, name, |text| text.t("field-date-malformed"));
        }
        self.add_labelled(field, name, Some(Error::invalid(field, fault)))
    }

    /// The last day of a period, or the time at which it ends: must be in the future; optional.
    #[must_use]
    pub fn until(self, field: &'static str) -> Self {
        let Some(given) = self.fields.plain(field) else {
            return self;
        };
        match days::until(&given) {
            Ok(until) => {
                let until = Moment::from_rfc3339(&until).unwrap_or(self.now);
                let error = limit::end(field, until, self.now).err();
                self.add(field, error)
            }
            Err(fault) => self.add_day_fault(field, field, fault),
        }
    }

    /// A field that only the API can check: reports what the API has refused about it.
    #[must_use]
    pub fn accepted(self, field: &'static str, sent: &Result<(), PageError>) -> Self {
        match sent {
            Err(PageError::Invalid {
                field: refused,
                message,
            }) if refused == field => self.add_message(field, field, |_| message.clone()),
            Ok(()) | Err(_) => self,
        }
    }

    /// A condition that must be met; if not, the field is reported as missing.
    #[must_use]
    pub fn needs(self, field: &'static str, is_so: bool) -> Self {
        self.unless(is_so, field, Fault::Empty)
    }

    /// Reports a fault of a field, unless a condition is met.
    #[must_use]
    pub fn unless(self, is_so: bool, field: &'static str, fault: Fault) -> Self {
        let error = (!is_so).then(|| Error::invalid(field, fault));
        self.add(field, error)
    }

    /// Reports an error of a field, in the page's own words.
    fn add_message(mut self, field: &str, name: &str, words: impl Fn(&Text) -> String) -> Self {
        if !self.has_error(field) {
            self.field_errors.push(FieldError {
                field: field.to_string(),
                name: name.to_string(),
                message: words(&self.text),
                is_named: false,
                needs_confirmation: false,
            });
        }
        self
    }

    /// Whether an error of this field is already reported: the first one is enough.
    fn has_error(&self, field: &str) -> bool {
        self.field_errors
            .iter()
            .any(|field_error| field_error.field == field)
    }

    fn add(self, field: &str, error: Option<Error>) -> Self {
        self.add_labelled(field, field, error)
    }

    fn add_labelled(mut self, field: &str, name: &str, error: Option<Error>) -> Self {
        if let Some(error) = error.filter(|_| !self.has_error(field)) {
            let is_empty = matches!(&error, Error::Invalid { fault, .. } if *fault == Fault::Empty);
            self.field_errors.push(FieldError {
                field: field.to_string(),
                name: name.to_string(),
                message: match is_empty {
                    true => self.text.of("missing", name),
                    false => message::of(&error, self.text.language),
                },
                is_named: is_empty,
                needs_confirmation: false,
            });
        }
        self
    }

    /// Texts must look like the language they are sent as, or their writer must have confirmed the language.
    #[must_use]
    pub fn written_in(mut self, texts: &[&'static str]) -> Self {
        let Some(language) = Language::parse(&self.fields.one("language")) else {
            return self.choice("language", Language::parse);
        };
        let text = texts.iter().map(|name| self.fields.one(name));
        let text = text.collect::<Vec<_>>().join(" ");
        let is_confirmed = self.fields.one("languageIsRight") == language.as_str();
        if !is_confirmed && !script::fits(language.inner(), &text) {
            self.ask_confirmation("language", language, "language-unlike");
        }
        self
    }

    /// The same for texts that already have a language, which a form without the field leaves unchanged.
    #[must_use]
    pub fn still_written_in(self, texts: &[&'static str]) -> Self {
        match self.fields.is_sent("language") {
            true => self.written_in(texts),
            false => self,
        }
    }

    /// A text must not equal the text in another language, unless its writer has confirmed it.
    #[must_use]
    pub fn differs_from(mut self, field: &str, others: &[(Language, &str)]) -> Self {
        let Some(language) = Language::parse(&self.fields.one("language")) else {
            return self;
        };
        let text = self.fields.one(field).replace("\r\n", "\n");
        let is_confirmed = self.fields.one("languageIsRight") == language.as_str();
        let same = |(other, theirs): &&(Language, &str)| {
            *other != language && theirs.trim() == text.trim() && !theirs.trim().is_empty()
        };
        if let Some((other, _)) = others.iter().find(same)
            && !is_confirmed
            && !self.has_error("language")
        {
            self.ask_confirmation("language", *other, "language-same");
        }
        self
    }

    /// A translation must not replace one that its writer has not seen, unless they have confirmed it.
    #[must_use]
    pub fn replacement_confirmed(mut self, is_covered: bool) -> Self {
        if let Some(language) = Language::parse(&self.fields.one("language"))
            && is_covered
            && self.fields.one("replaces") != language.as_str()
        {
            self.ask_confirmation("replaces", language, "translate-there-is");
        }
        self
    }

    fn ask_confirmation(&mut self, field: &str, language: Language, key: &str) {
        self.field_errors.push(FieldError {
            field: field.to_string(),
            name: "language".to_string(),
            message: self.text.in_language(key, language.as_str()),
            is_named: true,
            needs_confirmation: true,
        });
    }

    /// Succeeds if no error was found.
    ///
    /// # Errors
    /// All errors that were found.
    pub fn finish(self) -> Result<(), PageError> {
        match self.field_errors.is_empty() {
            true => Ok(()),
            false => Err(PageError::InvalidForm(self.field_errors)),
        }
    }
}

/// What was chosen in a form, once it has been checked.
///
/// # Errors
/// The field in which nothing was chosen that there is.
pub fn require_choice<T>(
    request: &PageRequest,
    fields: &Fields,
    field: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, PageError> {
    read(&fields.one(field)).ok_or_else(|| missing_choice(request, field))
}

/// The refusal of a field without a choice: a value that becomes part of a record is never chosen on a person's behalf.
pub fn missing_choice(request: &PageRequest, field: &str) -> PageError {
    let text = Text::of_language(request.caller.language);
    PageError::InvalidForm(vec![FieldError {
        field: field.to_string(),
        name: field.to_string(),
        message: text.of("missing", field),
        is_named: true,
        needs_confirmation: false,
    }])
}
