//! One concept with its threads.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::base::message;
use crate::web::api_types::ConceptState;
use crate::web::api_types::Language;
use crate::web::api_types::Scheme;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::concepts;
use crate::web::concepts::SelectOption;
use crate::web::error;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::fields;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

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
    final_successor: Option<SelectOption>,
    pub successors: Vec<SelectOption>,
    pub form_errors: Option<FormErrors>,
    key: String,
    /// What was typed in a form that was refused.
    typed: TypedInput,
    /// The language in which the form shows label and definition.
    shown: Language,
    /// Whether the address requests that language.
    is_language_requested: bool,
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
pub struct TypedInput {
    /// `change`, `add`, `deprecate`, or empty.
    pub form: &'static str,
    pub slug: String,
    pub label: String,
    pub definition: String,
    pub language: String,
    pub successor: String,
}

impl TypedInput {
    /// What was sent by one of the forms.
    pub fn of(form: &'static str, fields: &Fields) -> TypedInput {
        TypedInput {
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
        Language::parse(&self.language).unwrap_or(*shown)
    }
}

/// Shows a concept.
pub async fn show(request: PageRequest, Path(slug): Path<String>) -> PageResult {
    page(&request, &slug, None, TypedInput::default(), StatusCode::OK).await
}

/// The page of a concept, with the submitted input and its errors.
pub async fn page(
    request: &PageRequest,
    slug: &str,
    form_errors: Option<FormErrors>,
    typed: TypedInput,
    status: impl Into<PageStatus>,
) -> PageResult {
    let template = load(request, slug, form_errors, typed).await?;
    Ok(response::page(&template, status))
}

/// The refusal of what is reserved to the Secretariat.
pub fn secretariat_only(request: &PageRequest) -> PageError {
    PageError::Denied {
        reason: "ROLE_MAY_NOT".to_string(),
        message: message::text(request.caller.language, "denied-role-may-not"),
    }
}

/// The concept with its threads, and the forms for users who may maintain it.
pub async fn load(
    request: &PageRequest,
    slug: &str,
    form_errors: Option<FormErrors>,
    typed: TypedInput,
) -> Result<ConceptPage, PageError> {
    let scheme = scheme_of(request, slug).await?;
    let only = |wanted: Scheme| (scheme == wanted).then(|| vec![slug.to_string()]);
    let reader = Language::of(request.caller.language);
    let shown = Language::parse(&typed.language)
        .or(Language::parse(&request.query().one("language")))
        .unwrap_or(reader);
    let variables = concept_query::Variables {
        slug: slug.to_string(),
        shown,
        tools: only(Scheme::Tool),
        methods: only(Scheme::Method),
        regions: only(Scheme::Region),
    };
    let found = execute::<ConceptQuery>(&request.web, &request.caller, variables).await?;
    let concept = found.concept.ok_or(PageError::NotFound)?;
    let can_edit = found.viewer.can_edit_vocabulary;
    // A person who may not use the form is told that, not what is wrong with their input.
    if !can_edit && !typed.form.is_empty() {
        return Err(match request.caller.actor.person_id() {
            Some(_) => secretariat_only(request),
            None => error::sign_in_first(),
        });
    }
    let successors = if can_edit {
        concepts::all(request, scheme).await?
    } else {
        Vec::new()
    };
    let is_retired = concept.state == ConceptState::Deprecated;
    let final_successor = match is_retired {
        true => concepts::final_successor(request, slug).await?,
        false => None,
    };
    Ok(ConceptPage {
        is_retired,
        final_successor,
        frame: Frame::load(request).await,
        facet: match scheme {
            Scheme::Tool => "tools",
            Scheme::Method => "methods",
            Scheme::Region => "regions",
        },
        concept,
        threads: found.threads.edges,
        can_edit,
        successors,
        form_errors,
        key: fields::new_key(),
        typed,
        shown,
        is_language_requested: request.query().given("language").is_some(),
    })
}

/// Label and definition in a language, as the form shows them.
pub async fn label_in_language(
    request: &PageRequest,
    slug: &str,
    language: &str,
) -> Result<(String, String), PageError> {
    let typed = TypedInput {
        language: language.to_string(),
        ..TypedInput::default()
    };
    let page = load(request, slug, None, typed).await?;
    let (label, definition) = page.own();
    Ok((label.to_string(), definition.to_string()))
}

/// The facet of a concept.
pub async fn scheme_of(request: &PageRequest, slug: &str) -> Result<Scheme, PageError> {
    let variables = scheme_query::Variables {
        slug: slug.to_string(),
    };
    let found = execute::<SchemeQuery>(&request.web, &request.caller, variables).await?;
    Ok(found.concept.ok_or(PageError::NotFound)?.scheme)
}

/// Starts or stops following a concept.
pub async fn follow(
    request: PageRequest,
    Path(slug): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    let variables = follow_mutation::Variables {
        slug: slug.clone(),
        follow: fields.one("follow") == "true",
    };
    execute::<FollowMutation>(&request.web, &request.caller, variables).await?;
    Ok(response::redirect(&format!("/vocabulary/{slug}")))
}
