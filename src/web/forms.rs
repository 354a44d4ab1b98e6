//! What pages have in common: answers, refusals, and the fields of a form.

use askama::Template;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;

use crate::base::clock::Moment;
use crate::base::digits;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::id;
use crate::base::letters;
use crate::base::limit;
use crate::base::message;
use crate::base::script;
use crate::web::Asked;
use crate::web::client::PageError;
use crate::web::days;
use crate::web::frame::Frame;
use crate::web::text::Text;
use crate::web::words::Language;

/// The fields of a sent form, as often as they were sent.
#[derive(Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty when it was not sent.
    pub fn one(&self, name: &str) -> String {
        self.given(name).unwrap_or_default()
    }

    /// The first value of a field that is not empty.
    pub fn given(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.clone())
    }

    /// A day or a number, however it was typed; nothing where nothing was.
    pub fn plain(&self, name: &str) -> Option<String> {
        let plain = self.given(name).map(|typed| digits::plain(&typed));
        plain.filter(|plain| !plain.is_empty())
    }

    /// Whether a field was sent, also an empty one.
    pub fn is_sent(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// The key that the form was given, or a new one.
    pub fn key(&self) -> String {
        self.given("key").unwrap_or_else(new_key)
    }

    /// The key with which the form is shown again: a new one when the old one has been used for another text.
    pub fn next_key(&self, trouble: Option<&Trouble>) -> String {
        match trouble {
            Some(trouble) if trouble.is_sent_before => new_key(),
            _ => self.key(),
        }
    }
}

/// A key for a form that creates something.
pub fn new_key() -> String {
    id::random().to_string()
}

/// Something that is wrong with a form.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// The name of the field; empty for none that anybody could correct.
    pub field: String,
    /// What it is known by to people, where forms have the same name for different fields; else its name.
    pub name: String,
    pub message: String,
    /// Whether the message says by itself which field it is about.
    pub is_named: bool,
    /// Whether it asks its reader to say that it is meant so.
    pub asks: bool,
}

impl Flaw {
    /// The message as it stands in the summary, with the name of the field.
    pub fn named(&self, text: &Text) -> String {
        match called(&self.name) {
            Some(label) if !self.is_named => text.flaw(&text.t(label), &self.message),
            _ => self.message.clone(),
        }
    }
}

/// The key of the words that stand beside a field.
fn called(name: &str) -> Option<&'static str> {
    Some(match name {
        "title" => "field-title",
        "body" => "field-body",
        "language" => "field-language",
        "kind" => "field-kind",
        "visibility" => "field-visibility",
        "tools" => "facet-tools",
        "methods" => "facet-methods",
        "regions" => "facet-regions",
        "capacity" => "field-capacity",
        "mandateId" => "field-mandate",
        "reason" => "decide-reason",
        "explanation" => "decide-explanation",
        "until" => "decide-until",
        "seconds" => "decide-seconds",
        "into" => "decide-into",
        "overturn" => "appeal-what",
        "personId" => "case-assign-to",
        "note" => "case-note",
        "reportNote" => "report-note",
        "name" => "field-name",
        "timeZone" => "settings-zone",
        "ownLanguage" => "settings-language",
        "email" => "field-email",
        "password" => "field-password",
        "currentPassword" => "field-current-password",
        "newPassword" => "field-new-password",
        "role" => "field-role",
        "delegationId" => "field-delegation",
        "personTitle" => "field-person-title",
        "mandateUntil" => "field-mandate-until",
        "slug" => "field-slug",
        "label" => "field-label",
        "definition" => "field-definition",
        "successorId" => "field-successor",
        "openedFrom" => "filter-from",
        "openedUntil" => "filter-until",
        _ => return None,
    })
}

/// What is wrong with a form, told in its summary and beside the fields.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    pub flaws: Vec<Flaw>,
    /// Another version of the text arrived before with the same key.
    pub is_sent_before: bool,
}

impl Trouble {
    /// One flaw, of a field.
    pub fn of(field: &str, message: String) -> Trouble {
        Trouble {
            flaws: vec![Flaw {
                field: field.to_string(),
                name: field.to_string(),
                message,
                is_named: false,
                asks: false,
            }],
            is_sent_before: false,
        }
    }

    /// What is wrong with that field.
    pub fn with(&self, field: &str) -> Option<&Flaw> {
        self.flaws.iter().find(|flaw| flaw.field == field)
    }

    /// Whether it is asked about a field whether it is meant so.
    pub fn asks(&self, field: &str) -> bool {
        self.with(field).is_some_and(|flaw| flaw.asks)
    }
}

/// Looks at all fields of a form before it is sent, by the forum's own rules, so that everything that is wrong is told at once.
pub struct Check<'a> {
    fields: &'a Fields,
    text: Text,
    now: Moment,
    flaws: Vec<Flaw>,
}

impl Check<'_> {
    /// Looks at a form that was sent.
    pub fn of<'a>(asked: &Asked, fields: &'a Fields) -> Check<'a> {
        Check {
            fields,
            text: Text::of_language(asked.caller.language),
            now: asked.web.graph.now(),
            flaws: Vec::new(),
        }
    }

    /// A line that must be there, of so many characters at most.
    #[must_use]
    pub fn line(self, field: &'static str, most: usize) -> Self {
        let given = self.fields.one(field);
        self.take(field, limit::line(field, &given, most).err())
    }

    /// The same for a field that has another name to people than to the form.
    #[must_use]
    pub fn line_called(self, field: &'static str, name: &str, most: usize) -> Self {
        let given = self.fields.one(field);
        self.take_called(field, name, limit::line(field, &given, most).err())
    }

    /// A line that may be left out, of so many characters at most.
    #[must_use]
    pub fn optional_line(self, field: &'static str, most: usize) -> Self {
        let given = self.fields.one(field);
        let error = limit::optional_line(field, Some(&given), most).err();
        self.take(field, error)
    }

    /// A text that must be there, of so many characters at most.
    #[must_use]
    pub fn text(self, field: &'static str, most: usize) -> Self {
        let given = self.fields.one(field);
        self.take(field, limit::text(field, &given, most).err())
    }

    /// A text that may be left out, of so many characters at most, in a field that has another name to people.
    #[must_use]
    pub fn optional_text(self, field: &'static str, name: &str, most: usize) -> Self {
        let given = self.fields.one(field);
        let error = limit::optional_text(field, Some(&given), most).err();
        self.take_called(field, name, error)
    }

    /// A person's name, which must be there.
    #[must_use]
    pub fn name(self, field: &'static str) -> Self {
        let given = self.fields.one(field);
        self.take(field, limit::name(field, &given).err())
    }

    /// A time zone, which may be left out.
    #[must_use]
    pub fn time_zone(self, field: &'static str) -> Self {
        let given = self.fields.one(field);
        match limit::time_zone(field, Some(&given)) {
            Ok(_) => self,
            Err(_) => self.says(field, field, |text| text.t("field-zone-unknown")),
        }
    }

    /// A term's name in addresses, which must be there.
    #[must_use]
    pub fn slug(self, field: &'static str) -> Self {
        let given = self.fields.one(field);
        self.take(field, limit::slug(field, &given).err())
    }

    /// A pause in seconds, which must be there.
    #[must_use]
    pub fn pause(self, field: &'static str) -> Self {
        let given = self.fields.plain(field).unwrap_or_default().parse();
        let most = i64::from(limit::SLOWEST);
        match given.map(|seconds| limit::pause(field, seconds)) {
            Ok(Ok(_)) => self,
            Ok(Err(_)) | Err(_) => {
                self.says(field, field, |text| text.n("field-seconds-malformed", most))
            }
        }
    }

    /// A choice that must be made, of those that there are.
    #[must_use]
    pub fn choice<T>(self, field: &'static str, read: impl Fn(&str) -> Option<T>) -> Self {
        self.choice_called(field, field, read)
    }

    /// The same for a field that has another name to people than to the form.
    #[must_use]
    pub fn choice_called<T>(
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
        self.take_called(field, name, error)
    }

    /// A choice of those that there are, which may be left out.
    #[must_use]
    pub fn optional_choice<T>(self, field: &'static str, read: impl Fn(&str) -> Option<T>) -> Self {
        self.optional_choice_called(field, field, read)
    }

    /// The same for a field that has another name to people than to the form.
    #[must_use]
    pub fn optional_choice_called<T>(
        self,
        field: &'static str,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Self {
        match self.fields.given(field) {
            Some(_) => self.choice_called(field, name, read),
            None => self,
        }
    }

    /// A choice that must be made, or a field of any form that must be filled in.
    #[must_use]
    pub fn given(self, field: &'static str) -> Self {
        let is_given = self
            .fields
            .all(field)
            .iter()
            .any(|value| letters::are_seen(value));
        self.needs(field, is_given)
    }

    /// A password that must be there, of so many characters at least.
    #[must_use]
    pub fn password(self, field: &'static str, least: usize) -> Self {
        let given = self.fields.one(field);
        match given.is_empty() {
            true => self.needs(field, false),
            false => self.take(field, limit::password(field, &given, least).err()),
        }
    }

    /// An e-mail address that must be there.
    #[must_use]
    pub fn email(self, field: &'static str) -> Self {
        let given = self.fields.one(field);
        self.take(field, limit::email(field, &given).err())
    }

    /// A day that may be left out, written as browsers write it.
    #[must_use]
    pub fn day(self, field: &'static str, name: &str) -> Self {
        match self.fields.plain(field).map(|day| days::ends(&day)) {
            Some(Err(fault)) => self.no_day(field, name, fault),
            Some(Ok(_)) | None => self,
        }
    }

    /// Two days, or one of them, of which the last is not before the first.
    #[must_use]
    pub fn in_order(self, first: &'static str, last: &'static str, name: &str) -> Self {
        let moment = |day: String| Moment::from_rfc3339(&days::begins(&day).ok()?);
        let [from, until] = [first, last].map(|day| self.fields.plain(day).and_then(moment));
        match from.zip(until) {
            Some((from, until)) if until < from => {
                self.says(last, name, |text| text.t("field-days-reversed"))
            }
            Some(_) | None => self,
        }
    }

    fn no_day(self, field: &'static str, name: &str, fault: Fault) -> Self {
        match fault {
            Fault::Malformed => self.says(field, name, |text| text.t("field-date-malformed")),
            fault => self.take_called(field, name, Some(Error::invalid(field, fault))),
        }
    }

    /// The day through which something holds, or the moment at which it ends: it is still to come, and may be left out.
    #[must_use]
    pub fn until(self, field: &'static str) -> Self {
        let Some(given) = self.fields.plain(field) else {
            return self;
        };
        match days::until(&given) {
            Ok(until) => {
                let until = Moment::from_rfc3339(&until).unwrap_or(self.now);
                let error = limit::end(field, until, self.now).err();
                self.take(field, error)
            }
            Err(fault) => self.no_day(field, field, fault),
        }
    }

    /// Something that must be so; the field is the first to correct where it is not.
    #[must_use]
    pub fn needs(self, field: &'static str, is_so: bool) -> Self {
        self.unless(is_so, field, Fault::Empty)
    }

    /// A fault of a field, unless something is so.
    #[must_use]
    pub fn unless(self, is_so: bool, field: &'static str, fault: Fault) -> Self {
        let error = (!is_so).then(|| Error::invalid(field, fault));
        self.take(field, error)
    }

    /// Says what is wrong with a field, in words of the page.
    fn says(mut self, field: &str, name: &str, words: impl Fn(&Text) -> String) -> Self {
        if !self.is_told(field) {
            self.flaws.push(Flaw {
                field: field.to_string(),
                name: name.to_string(),
                message: words(&self.text),
                is_named: false,
                asks: false,
            });
        }
        self
    }

    /// Whether something is told of a field: the first that is wrong with it is enough.
    fn is_told(&self, field: &str) -> bool {
        self.flaws.iter().any(|flaw| flaw.field == field)
    }

    fn take(self, field: &str, error: Option<Error>) -> Self {
        self.take_called(field, field, error)
    }

    fn take_called(mut self, field: &str, name: &str, error: Option<Error>) -> Self {
        if let Some(error) = error.filter(|_| !self.is_told(field)) {
            let is_empty = matches!(&error, Error::Invalid { fault, .. } if *fault == Fault::Empty);
            self.flaws.push(Flaw {
                field: field.to_string(),
                name: name.to_string(),
                message: match is_empty {
                    true => self.text.of("missing", name),
                    false => message::of(&error, self.text.language),
                },
                is_named: is_empty,
                asks: false,
            });
        }
        self
    }

    /// Texts that look like the language that they are sent as, or of which their writer has said that they are in it.
    #[must_use]
    pub fn written_in(mut self, texts: &[&'static str]) -> Self {
        let Some(language) = Language::read(&self.fields.one("language")) else {
            return self.choice("language", Language::read);
        };
        let text = texts.iter().map(|name| self.fields.one(name));
        let text = text.collect::<Vec<_>>().join(" ");
        let is_said = self.fields.one("languageIsRight") == language.name();
        if !is_said && !script::fits(language.inner(), &text) {
            self.ask("language", language, "language-unlike");
        }
        self
    }

    /// The same for texts that stand already in a language, which a form without the field leaves as it is.
    #[must_use]
    pub fn still_written_in(self, texts: &[&'static str]) -> Self {
        match self.fields.is_sent("language") {
            true => self.written_in(texts),
            false => self,
        }
    }

    /// A text that is not the same in another language, or of which its writer has said that it is.
    #[must_use]
    pub fn unlike(mut self, field: &str, others: &[(Language, &str)]) -> Self {
        let Some(language) = Language::read(&self.fields.one("language")) else {
            return self;
        };
        let text = self.fields.one(field).replace("\r\n", "\n");
        let is_said = self.fields.one("languageIsRight") == language.name();
        let same = |(other, theirs): &&(Language, &str)| {
            *other != language && theirs.trim() == text.trim() && !theirs.trim().is_empty()
        };
        if let Some((other, _)) = others.iter().find(same)
            && !is_said
            && !self.is_told("language")
        {
            self.ask("language", *other, "language-same");
        }
        self
    }

    /// A translation that takes the place of one that its writer has not seen, or of which they have said so.
    #[must_use]
    pub fn uncovered(mut self, is_covered: bool) -> Self {
        if let Some(language) = Language::read(&self.fields.one("language"))
            && is_covered
            && self.fields.one("replaces") != language.name()
        {
            self.ask("replaces", language, "translate-there-is");
        }
        self
    }

    fn ask(&mut self, field: &str, language: Language, key: &str) {
        self.flaws.push(Flaw {
            field: field.to_string(),
            name: "language".to_string(),
            message: self.text.in_language(key, language.name()),
            is_named: true,
            asks: true,
        });
    }

    /// Goes on when nothing is wrong.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn done(self) -> Result<(), PageError> {
        match self.flaws.is_empty() {
            true => Ok(()),
            false => Err(PageError::Flawed(self.flaws)),
        }
    }
}

/// How a page answers: its status, and after how many seconds it is worth trying again, where it is.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    status: StatusCode,
    retry_after: Option<i64>,
}

impl From<StatusCode> for Standing {
    fn from(status: StatusCode) -> Standing {
        Standing {
            status,
            retry_after: None,
        }
    }
}

/// A page as an answer.
pub fn page(template: &impl Template, standing: impl Into<Standing>) -> Response {
    let standing = standing.into();
    match template.render() {
        Ok(html) => {
            let mut response = (standing.status, Html(html)).into_response();
            if let Some(seconds) = standing.retry_after {
                let seconds = HeaderValue::from(seconds);
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            response
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Leads on after a form was taken.
pub fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Leads on, and tells the script that keeps drafts that this one has arrived.
pub fn sent(path: &str, key: &str) -> Response {
    let mut response = see_other(path);
    let cookie = format!("partage_sent={key}; Path=/; Max-Age=60; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What was chosen in a form, once it has been checked.
///
/// # Errors
/// The field in which nothing was chosen that there is.
pub fn chosen<T>(
    asked: &Asked,
    fields: &Fields,
    field: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, PageError> {
    read(&fields.one(field)).ok_or_else(|| unchosen(asked, field))
}

/// The refusal of a field in which nothing was chosen: what becomes a record is never chosen for anybody.
pub fn unchosen(asked: &Asked, field: &str) -> PageError {
    let text = Text::of_language(asked.caller.language);
    PageError::Flawed(vec![Flaw {
        field: field.to_string(),
        name: field.to_string(),
        message: text.of("missing", field),
        is_named: true,
        asks: false,
    }])
}

/// The refusal of what only people with an account have.
pub fn sign_in_first() -> PageError {
    PageError::Denied {
        reason: "SIGN_IN_REQUIRED".to_string(),
        message: String::new(),
    }
}

/// Refusals of what was chosen in a form.
const CHOSEN: [&str; 2] = ["CAPACITY_EXCEEDS_MANDATE", "OTHERS_HAVE_WRITTEN"];

/// What a form can show of a refusal; the others are pages of their own.
pub fn trouble(error: PageError) -> Result<(Standing, Trouble), PageError> {
    let retry_after = match &error {
        PageError::TooMany { retry_after, .. } => Some(*retry_after),
        _ => None,
    };
    let (status, field, message) = match error {
        PageError::Flawed(flaws) => {
            let trouble = Trouble {
                flaws,
                is_sent_before: false,
            };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY.into(), trouble));
        }
        PageError::Invalid { field, message } => (StatusCode::UNPROCESSABLE_ENTITY, field, message),
        PageError::TooMany { message, .. } => {
            (StatusCode::TOO_MANY_REQUESTS, String::new(), message)
        }
        // Something else can be chosen; any other refusal is no matter of what the form says.
        PageError::Denied { reason, message } if CHOSEN.contains(&reason.as_str()) => {
            (StatusCode::FORBIDDEN, String::new(), message)
        }
        other => return Err(other),
    };
    let is_sent_before = field == "key";
    let trouble = Trouble {
        is_sent_before,
        ..Trouble::of(
            match is_sent_before {
                true => "",
                false => named(&field),
            },
            message,
        )
    };
    let standing = Standing {
        status,
        retry_after,
    };
    Ok((standing, trouble))
}

/// The same for a form that stays open to change when what it asks for is denied: something else can be asked for by it.
pub fn trouble_or_denied(error: PageError) -> Result<(Standing, Trouble), PageError> {
    match error {
        PageError::Denied { reason, message } if reason != "SIGN_IN_REQUIRED" => {
            Ok((StatusCode::FORBIDDEN.into(), Trouble::of("", message)))
        }
        other => trouble(other),
    }
}

/// The field of a form behind the path of an input: its last name, for forms have no fields within fields.
fn named(path: &str) -> &str {
    let mut names = path.rsplit('.');
    let name = names.find(|part| part.parse::<usize>().is_err());
    match name.unwrap_or_default() {
        "intoThreadId" => "into",
        name => name,
    }
}

#[derive(Template)]
#[template(path = "frame/error.html")]
struct ErrorPage {
    frame: Frame,
    title: String,
    message: String,
    request_id: Option<String>,
    /// Where the form was sent, and what it said: nothing that was written is lost.
    path: String,
    kept: Vec<(String, String)>,
    /// Whether it can be sent again once its writer has signed in.
    sign_in: bool,
}

#[derive(Template)]
#[template(path = "frame/closed.html")]
struct ClosedPage {
    frame: Frame,
    why: String,
    whom: String,
}

/// The page of a link that does not work, or no longer: why, and whom to ask. The texts are given by their keys.
pub async fn closed(asked: &Asked, was_there: bool, why: &str, whom: &str) -> Response {
    let frame = Frame::load(asked).await;
    let template = ClosedPage {
        why: frame.t(why),
        whom: frame.t(whom),
        frame,
    };
    match was_there {
        true => page(&template, StatusCode::GONE),
        false => page(&template, StatusCode::NOT_FOUND),
    }
}

/// The page of a refusal or malfunction.
pub async fn refuse(asked: &Asked, error: PageError) -> Response {
    let sign_in =
        matches!(&error, PageError::Denied { reason, .. } if reason == "SIGN_IN_REQUIRED");
    let kept = kept(asked);
    if sign_in && kept.is_empty() {
        return see_other(&format!("/sign-in?next={}", form_of(asked.uri.path())));
    }
    let frame = Frame::load(asked).await;
    let text = frame.text.clone();
    let retry_after = match &error {
        PageError::Unavailable { retry_after, .. } | PageError::TooMany { retry_after, .. } => {
            Some(*retry_after)
        }
        _ => None,
    };
    let (status, title, message, request_id) = match error {
        PageError::NotFound => (
            StatusCode::NOT_FOUND,
            text.t("error-not-found"),
            text.t("error-not-found-text"),
            None,
        ),
        PageError::Denied { message, .. } if sign_in => (
            StatusCode::UNAUTHORIZED,
            text.t("error-denied"),
            message,
            None,
        ),
        PageError::Denied { message, .. } => {
            (StatusCode::FORBIDDEN, text.t("error-denied"), message, None)
        }
        PageError::Invalid { message, .. } | PageError::Conflict { message, .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            text.t("error-invalid"),
            message,
            None,
        ),
        PageError::Flawed(flaws) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            text.t("error-invalid"),
            flaws
                .iter()
                .map(|flaw| flaw.named(&text))
                .collect::<Vec<_>>()
                .join(" "),
            None,
        ),
        PageError::TooMany { message, .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            text.t("error-too-many"),
            message,
            None,
        ),
        PageError::Unavailable { message, .. } => (
            StatusCode::SERVICE_UNAVAILABLE,
            text.t("error-unavailable"),
            message,
            None,
        ),
        PageError::Internal { request_id } => (
            StatusCode::INTERNAL_SERVER_ERROR,
            text.t("error-internal"),
            text.t("error-internal-text"),
            Some(request_id),
        ),
    };
    let template = ErrorPage {
        frame,
        title,
        message,
        request_id,
        path: asked.uri.path().to_string(),
        kept,
        sign_in,
    };
    let standing = Standing {
        status,
        retry_after,
    };
    page(&template, standing)
}

/// The page with the form that is sent to an address.
fn form_of(path: &str) -> &str {
    let acts: &[&str] = match path.split('/').nth(1) {
        Some("sign-out") => return "/",
        Some("sessions") => &["password"],
        Some("invitations") => &["revoke"],
        Some("vocabulary") => &["change", "add", "deprecate", "restore"],
        Some("moderation") => &[
            "claim", "release", "assign", "note", "answer", "confirm", "decline",
        ],
        Some("people") => &["scope", "password"],
        _ => &[],
    };
    match path.rsplit_once('/') {
        Some((page, act)) if acts.contains(&act) => page,
        _ => path,
    }
}

/// What a sent form said, if it was written by a person and holds no secret.
fn kept(asked: &Asked) -> Vec<(String, String)> {
    let Some(sent) = &asked.sent else {
        return Vec::new();
    };
    let is_secret = |name: &str| name.to_ascii_lowercase().contains("password");
    let texts = ["body", "title", "explanation", "note"];
    let was_written = texts.into_iter().any(|name| sent.given(name).is_some());
    if was_written && !sent.0.iter().any(|(name, _)| is_secret(name)) {
        sent.0.clone()
    } else {
        Vec::new()
    }
}
