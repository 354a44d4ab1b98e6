//! The form that opens a thread.

use askama::Template;
use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::forms;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::Capacity;
use crate::web::words::Language;
use crate::web::words::ThreadKind;
use crate::web::words::UUID;
use crate::web::words::Visibility;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/writing/open.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Capacity", "Language", "ThreadKind", "Visibility")
)]
struct OpenMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/writing/may.graphql",
    response_derives = "Debug, Clone"
)]
struct MayQuery;

#[derive(Template)]
#[template(path = "writing/new.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    key: String,
    title: String,
    body: String,
    kind: ThreadKind,
    language: Language,
    visibility: Visibility,
    capacity: Capacity,
    facets: Vec<Facet>,
}

/// Shows the empty form.
pub async fn show(asked: Asked) -> Response {
    let fields = asked.query();
    match load(&asked, &fields, None).await {
        Ok(template) => forms::page(&template, StatusCode::OK),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// Opens the thread.
pub async fn send(asked: Asked, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let fields = Fields(fields);
    let key = fields.key();
    match open(&asked, &fields, &key).await {
        Ok(id) => forms::sent(&format!("/threads/{id}"), &key),
        Err(error) => match forms::trouble(error) {
            Ok((status, trouble)) => match load(&asked, &fields, Some(trouble)).await {
                Ok(template) => forms::page(&template, status),
                Err(error) => forms::refuse(&asked, error).await,
            },
            Err(error) => forms::refuse(&asked, error).await,
        },
    }
}

async fn load(asked: &Asked, fields: &Fields, trouble: Option<Trouble>) -> Result<Page, PageError> {
    let may = ask::<MayQuery>(&asked.web, &asked.caller, may_query::Variables {}).await?;
    if may.viewer.person.is_none() {
        return Err(PageError::Denied {
            reason: "SIGN_IN_REQUIRED".to_string(),
            message: String::new(),
        });
    }
    let facets = concepts::facets(asked, |field| fields.all(field)).await?;
    Ok(Page {
        frame: Frame::load(asked).await,
        key: fields.next_key(trouble.as_ref()),
        trouble,
        title: fields.one("title"),
        body: fields.one("body"),
        kind: ThreadKind::read(&fields.one("kind")).unwrap_or(ThreadKind::Experience),
        language: Language::read(&fields.one("language"))
            .unwrap_or(Language::of(asked.caller.language)),
        visibility: Visibility::read(&fields.one("visibility")).unwrap_or(Visibility::Public),
        capacity: Capacity::read(&fields.one("capacity")).unwrap_or(Capacity::Personal),
        facets,
    })
}

async fn open(asked: &Asked, fields: &Fields, key: &str) -> Result<String, PageError> {
    let variables = open_mutation::Variables {
        input: open_mutation::OpenThreadInput {
            key: key.to_string(),
            title: fields.one("title"),
            body: fields.one("body"),
            kind: ThreadKind::read(&fields.one("kind")).unwrap_or(ThreadKind::Experience),
            language: Language::read(&fields.one("language")).unwrap_or(Language::En),
            visibility: Visibility::read(&fields.one("visibility")).unwrap_or(Visibility::Public),
            tools: fields.all("tools"),
            methods: fields.all("methods"),
            regions: fields.all("regions"),
            capacity: Capacity::read(&fields.one("capacity")).unwrap_or(Capacity::Personal),
            mandate_id: None,
        },
    };
    let done = ask::<OpenMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(done.open_thread.thread.id)
}
