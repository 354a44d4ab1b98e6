//! The vocabulary: the published list of tools and methods, and the regions, each with its threads; and the forms with
//! which the Secretariat keeps it.

mod keep;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use graphql_client::GraphQLQuery;

use crate::base::message;
use crate::web::Asked;
use crate::web::Sent;
use crate::web::Web;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::concepts;
use crate::web::concepts::Choice;
use crate::web::forms;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::ConceptState;
use crate::web::words::Language;
use crate::web::words::Scheme;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/vocabulary/concept.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Scheme", "ConceptState", "Language")
)]
struct ConceptQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/vocabulary/follow.graphql",
    response_derives = "Debug, Clone"
)]
struct FollowMutation;

/// Follows a concept, or no longer.
async fn follow(asked: Asked, Path(slug): Path<String>, fields: Sent) -> Response {
    let variables = follow_mutation::Variables {
        slug: slug.clone(),
        follow: fields.one("follow") == "true",
    };
    match ask::<FollowMutation>(&asked.web, &asked.caller, variables).await {
        Ok(_) => forms::see_other(&format!("/vocabulary/{slug}")),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// The routes of the vocabulary.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/vocabulary", get(show_list))
        .route("/vocabulary/{slug}", get(show))
        .route("/vocabulary/{slug}/follow", post(follow))
        .route("/vocabulary/{slug}/change", post(keep::change))
        .route("/vocabulary/{slug}/add", post(keep::add))
        .route("/vocabulary/{slug}/deprecate", post(keep::deprecate))
        .route("/vocabulary/{slug}/restore", post(keep::restore))
}

#[derive(Template)]
#[template(path = "vocabulary/list.html")]
struct ListPage {
    frame: Frame,
    schemes: Vec<(&'static str, Vec<Choice>)>,
}

async fn show_list(asked: Asked) -> Response {
    match load_list(&asked).await {
        Ok(template) => forms::page(&template, StatusCode::OK),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

async fn load_list(asked: &Asked) -> Result<ListPage, PageError> {
    let mut schemes = Vec::new();
    for (name, scheme) in [
        ("tools", Scheme::Tool),
        ("methods", Scheme::Method),
        ("regions", Scheme::Region),
    ] {
        schemes.push((name, concepts::all(asked, scheme).await?));
    }
    Ok(ListPage {
        frame: Frame::load(asked).await,
        schemes,
    })
}

type Concept = concept_query::ConceptQueryConcept;

#[derive(Template)]
#[template(path = "vocabulary/concept.html")]
struct ConceptPage {
    frame: Frame,
    concept: Concept,
    threads: Vec<concept_query::ConceptQueryThreadsEdges>,
    /// The field of the list's filter: `tools`, `methods`, `regions`.
    facet: &'static str,
    can_edit: bool,
    is_retired: bool,
    /// What stands for a retired concept today: the end of its line of successors.
    standing: Option<Choice>,
    successors: Vec<Choice>,
    trouble: Option<Trouble>,
    key: String,
    /// What was typed in a form that was refused.
    typed: Typed,
    /// In which language the form has label and definition.
    shown: Language,
    /// Whether that was asked for.
    is_asked: bool,
}

impl ConceptPage {
    /// Label and definition in the language of the form; nothing where only the English ones stand for them.
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
struct Typed {
    /// `change`, `add`, `deprecate`, or nothing.
    form: &'static str,
    slug: String,
    label: String,
    definition: String,
    language: String,
    successor: String,
}

impl Typed {
    fn of(form: &'static str, fields: &Fields) -> Typed {
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

    /// The language that was typed, else that which is shown.
    fn language(&self, shown: &Language) -> Language {
        Language::read(&self.language).unwrap_or(*shown)
    }
}

async fn show(asked: Asked, Path(slug): Path<String>) -> Response {
    concept_page(&asked, &slug, None, Typed::default(), StatusCode::OK).await
}

async fn concept_page(
    asked: &Asked,
    slug: &str,
    trouble: Option<Trouble>,
    typed: Typed,
    status: impl Into<forms::Standing>,
) -> Response {
    match load(asked, slug, trouble, typed).await {
        Ok(template) => forms::page(&template, status),
        Err(error) => forms::refuse(asked, error).await,
    }
}

#[derive(Template)]
#[template(path = "vocabulary/retire.html")]
struct RetirePage {
    frame: Frame,
    concept: Concept,
    successor: Choice,
}

/// Says what retiring a concept in favour of another touches, before it is done.
async fn retire_page(asked: &Asked, slug: &str, successor: String) -> Response {
    let typed = Typed {
        form: "deprecate",
        successor: successor.clone(),
        ..Typed::default()
    };
    let page = match load(asked, slug, None, typed).await {
        Ok(page) => page,
        Err(error) => return forms::refuse(asked, error).await,
    };
    let is_other = |choice: &Choice| choice.slug == successor && choice.slug != slug;
    match page.successors.iter().find(|choice| is_other(choice)) {
        Some(chosen) => {
            let template = RetirePage {
                successor: chosen.clone(),
                concept: page.concept,
                frame: page.frame,
            };
            forms::page(&template, StatusCode::OK)
        }
        None if page.can_edit => {
            let error = forms::unchosen(asked, "successorId");
            match forms::trouble(error) {
                Ok((status, trouble)) => {
                    let page = ConceptPage {
                        trouble: Some(trouble),
                        ..page
                    };
                    forms::page(&page, status)
                }
                Err(error) => forms::refuse(asked, error).await,
            }
        }
        None => forms::refuse(asked, secretariat_only(asked)).await,
    }
}

/// The refusal of what is the Secretariat's.
fn secretariat_only(asked: &Asked) -> PageError {
    PageError::Denied {
        reason: "ROLE_MAY_NOT".to_string(),
        message: message::text(asked.caller.language, "denied-role-may-not"),
    }
}

async fn load(
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
    // Whoever has no form is told so, and not what is wrong with what they sent.
    if !can_edit && !typed.form.is_empty() {
        return Err(match asked.caller.actor.person_id() {
            Some(_) => secretariat_only(asked),
            None => forms::sign_in_first(),
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
        key: forms::new_key(),
        typed,
        shown,
        is_asked: asked.query().given("language").is_some(),
    })
}

/// Label and definition in a language, as the form shows them.
async fn words(asked: &Asked, slug: &str, language: &str) -> Result<(String, String), PageError> {
    let typed = Typed {
        language: language.to_string(),
        ..Typed::default()
    };
    let page = load(asked, slug, None, typed).await?;
    let (label, definition) = page.own();
    Ok((label.to_string(), definition.to_string()))
}

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/vocabulary/scheme.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Scheme")
)]
struct SchemeQuery;

async fn scheme_of(asked: &Asked, slug: &str) -> Result<Scheme, PageError> {
    let variables = scheme_query::Variables {
        slug: slug.to_string(),
    };
    let found = ask::<SchemeQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(found.concept.ok_or(PageError::NotFound)?.scheme)
}
