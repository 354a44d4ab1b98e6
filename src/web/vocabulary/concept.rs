//! One concept with its threads.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::base::message;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::concepts;
use crate::web::concepts::Choice;
use crate::web::error;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::fields;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::response::Standing;
use crate::web::words::ConceptState;
use crate::web::words::Language;
use crate::web::words::Scheme;

document!(ConceptQuery, "src/web/vocabulary/concept.graphql");
document!(FollowMutation, "src/web/vocabulary/follow.graphql");
document!(SchemeQuery, "src/web/vocabulary/scheme.graphql");

/// A concept as its page shows it.
pub type Concept = concept_query::ConceptQueryConcept;

/// The page of a concept.
#[derive(Template)]
#[template(path = "vocabulary/concept.html")]
pub struct ConceptPage {
    pub frame: Frame,
    pub concept: Concept,
    threads: Vec<concept_query::ConceptQueryThreadsEdges>,
    /// The field of the list's filter: `tools`, `methods`, `regions`.
    facet: &'static str,
    pub can_edit: bool,
    is_retired: bool,
    /// The concept that represents a retired one today: the end of its chain of successors.
    standing: Option<Choice>,
    pub successors: Vec<Choice>,
    pub trouble: Option<Trouble>,
    key: String,
    /// What was typed in a form that was refused.
    typed: Typed,
    /// The language in which the form shows label and definition.
    shown: Language,
    /// Whether the address requests that language.
    is_asked: bool,
}

impl ConceptPage {
    /// Label and definition in the language of the form; empty where only the English ones are available.
    fn own(&self) -> (&str, &str) {
        let concept = &self.concept;
        let label = concept.shown_label.as_str();
        let definition = concept.shown_definition.as_deref().unwrap_or_default();
        let english = concept.english_definition.as_deref().unwrap_or_default();
        let is_english = self.shown == Language::En;
        (
            if is_english || label != concept.english_label {
                label
            } else {
                ""
            },
            if is_english || definition != english {
                definition
            } else {
                ""
            },
        )
    }
}

/// What was typed in one of the page's forms.
#[derive(Default)]
pub struct Typed {
    /// `change`, `add`, `deprecate`, or empty.
    pub form: &'static str,
    pub slug: String,
    pub label: String,
    pub definition: String,
    pub language: String,
    pub successor: String,
}

impl Typed {
    /// What was sent by one of the forms.
    pub fn of(form: &'static str, fields: &Fields) -> Typed {
        Typed {
            form,
            slug: fields.one("slug"),
            label: fields.one("label"),
            definition: fields.one("definition"),
            language: fields.one("language"),
            successor: fields.one("successorId"),
        }
    }

    fn is(&self, form: &str) -> bool {
        self.form == form
    }

    /// The language that was typed, otherwise the one that is shown.
    fn language(&self, shown: &Language) -> Language {
        Language::read(&self.language).unwrap_or(*shown)
    }
}

/// Shows a concept.
pub async fn show(asked: Asked, Path(slug): Path<String>) -> PageResult {
    page(&asked, &slug, None, Typed::default(), StatusCode::OK).await
}

/// The page of a concept, with the submitted input and its errors.
pub async fn page(
    asked: &Asked,
    slug: &str,
    trouble: Option<Trouble>,
    typed: Typed,
    status: impl Into<Standing>,
) -> PageResult {
    let template = load(asked, slug, trouble, typed).await?;
    Ok(response::page(&template, status))
}

/// The refusal of what is reserved to the Secretariat.
pub fn secretariat_only(asked: &Asked) -> PageError {
    PageError::Denied {
        reason: "ROLE_MAY_NOT".to_string(),
        message: message::text(asked.caller.language, "denied-role-may-not"),
    }
}

/// The concept with its threads, and the forms for users who may maintain it.
pub async fn load(
    asked: &Asked,
    slug: &str,
    trouble: Option<Trouble>,
    typed: Typed,
) -> Result<ConceptPage, PageError> {
    let scheme = scheme_of(asked, slug).await?;
    let only = |wanted: Scheme| (scheme == wanted).then(|| vec![slug.to_string()]);
    let reader = Language::of(asked.caller.language);
    let shown = Language::read(&typed.language)
        .or(Language::read(&asked.query().one("language")))
        .unwrap_or(reader);
    let variables = concept_query::Variables {
        slug: slug.to_string(),
        shown,
        tools: only(Scheme::Tool),
        methods: only(Scheme::Method),
        regions: only(Scheme::Region),
    };
    let found = ask::<ConceptQuery>(&asked.web, &asked.caller, variables).await?;
    let concept = found.concept.ok_or(PageError::NotFound)?;
    let can_edit = found.viewer.can_edit_vocabulary;
    // A person who may not use the form is told that, not what is wrong with their input.
    if !can_edit && !typed.form.is_empty() {
        return Err(match asked.caller.actor.person_id() {
            Some(_) => secretariat_only(asked),
            None => error::sign_in_first(),
        });
    }
    let successors = if can_edit {
        concepts::all(asked, scheme).await?
    } else {
        Vec::new()
    };
    let is_retired = concept.state == ConceptState::Deprecated;
    let standing = match is_retired {
        true => concepts::standing(asked, slug).await?,
        false => None,
    };
    Ok(ConceptPage {
        is_retired,
        standing,
        frame: Frame::load(asked).await,
        facet: match scheme {
            Scheme::Tool => "tools",
            Scheme::Method => "methods",
            Scheme::Region => "regions",
        },
        concept,
        threads: found.threads.edges,
        can_edit,
        successors,
        trouble,
        key: fields::new_key(),
        typed,
        shown,
        is_asked: asked.query().given("language").is_some(),
    })
}

/// Label and definition in a language, as the form shows them.
pub async fn words(
    asked: &Asked,
    slug: &str,
    language: &str,
) -> Result<(String, String), PageError> {
    let typed = Typed {
        language: language.to_string(),
        ..Typed::default()
    };
    let page = load(asked, slug, None, typed).await?;
    let (label, definition) = page.own();
    Ok((label.to_string(), definition.to_string()))
}

/// The facet of a concept.
pub async fn scheme_of(asked: &Asked, slug: &str) -> Result<Scheme, PageError> {
    let variables = scheme_query::Variables {
        slug: slug.to_string(),
    };
    let found = ask::<SchemeQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(found.concept.ok_or(PageError::NotFound)?.scheme)
}

/// Starts or stops following a concept.
pub async fn follow(asked: Asked, Path(slug): Path<String>, fields: Sent) -> PageResult {
    let variables = follow_mutation::Variables {
        slug: slug.clone(),
        follow: fields.one("follow") == "true",
    };
    ask::<FollowMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(response::see_other(&format!("/vocabulary/{slug}")))
}
