//! The forms that change a thread: its tags; its title, kind and visibility.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;

document!(ChangingQuery, "src/web/writing/thread.graphql");
document!(RetagMutation, "src/web/writing/retag.graphql");
document!(ChangeMutation, "src/web/writing/change.graphql");

#[derive(Template)]
#[template(path = "writing/tags.html")]
struct TagsPage {
    frame: Frame,
    form_errors: Option<FormErrors>,
    id: String,
    title: String,
    facets: Vec<Facet>,
}

#[derive(Template)]
#[template(path = "writing/change.html")]
struct ChangePage {
    frame: Frame,
    form_errors: Option<FormErrors>,
    id: String,
    title: String,
    kind: ThreadKind,
    visibility: Visibility,
    /// This form does not show to the public what others wrote for members.
    stays_for_members: bool,
}

type Thread = changing_query::ChangingQueryThread;

async fn thread(request: &PageRequest, id: &str) -> Result<Thread, PageError> {
    let variables = changing_query::Variables { id: id.to_string() };
    let found = execute::<ChangingQuery>(&request.web, &request.caller, variables).await?;
    found.thread.ok_or(PageError::NotFound)
}

/// Shows the form with a thread's tags.
pub async fn show_tags(request: PageRequest, Path(id): Path<String>) -> PageResult {
    let template = tags_page(&request, &id, None, None).await?;
    Ok(response::page(&template, StatusCode::OK))
}

async fn tags_page(
    request: &PageRequest,
    id: &str,
    sent: Option<&Fields>,
    form_errors: Option<FormErrors>,
) -> Result<TagsPage, PageError> {
    let thread = thread(request, id).await?;
    let stored = |field: &str| -> Vec<String> {
        match field {
            "tools" => thread
                .tools
                .edges
                .iter()
                .map(|edge| edge.node.slug.clone())
                .collect(),
            "methods" => thread
                .methods
                .edges
                .iter()
                .map(|edge| edge.node.slug.clone())
                .collect(),
            _ => thread
                .regions
                .edges
                .iter()
                .map(|edge| edge.node.slug.clone())
                .collect(),
        }
    };
    let facets = concepts::facets(request, |field| match sent {
        Some(sent) => sent.all(field),
        None => stored(field),
    })
    .await?;
    Ok(TagsPage {
        frame: Frame::load(request).await,
        form_errors,
        id: id.to_string(),
        title: thread.title,
        facets,
    })
}

/// Changes a thread's tags.
pub async fn send_tags(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    match retag(&request, &id, &fields).await {
        Ok(()) => Ok(response::redirect(&format!("/threads/{id}"))),
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            let template = tags_page(&request, &id, Some(&fields), Some(form_errors)).await?;
            Ok(response::page(&template, status))
        }
    }
}

async fn retag(request: &PageRequest, id: &str, fields: &Fields) -> Result<(), PageError> {
    let is_there = |field: &str| !fields.all(field).is_empty();
    Check::of(request, fields)
        .needs("tools", is_there("tools") || is_there("methods"))
        .needs("regions", is_there("regions"))
        .finish()?;
    let variables = retag_mutation::Variables {
        input: retag_mutation::RetagThreadInput {
            thread_id: id.to_string(),
            tools: fields.all("tools"),
            methods: fields.all("methods"),
            regions: fields.all("regions"),
        },
    };
    execute::<RetagMutation>(&request.web, &request.caller, variables).await?;
    Ok(())
}

/// Shows the form with what can be changed about a thread.
pub async fn show_change(request: PageRequest, Path(id): Path<String>) -> PageResult {
    let template = change_page(&request, &id, None, None).await?;
    Ok(response::page(&template, StatusCode::OK))
}

async fn change_page(
    request: &PageRequest,
    id: &str,
    sent: Option<&Fields>,
    form_errors: Option<FormErrors>,
) -> Result<ChangePage, PageError> {
    let thread = thread(request, id).await?;
    let sent_one = |name: &str| sent.map(|fields| fields.one(name));
    Ok(ChangePage {
        frame: Frame::load(request).await,
        form_errors,
        id: id.to_string(),
        title: sent_one("title").unwrap_or(thread.title),
        kind: sent_one("kind")
            .and_then(|kind| ThreadKind::parse(&kind))
            .unwrap_or(thread.kind),
        visibility: sent_one("visibility")
            .and_then(|visibility| Visibility::parse(&visibility))
            .unwrap_or(thread.visibility),
        stays_for_members: matches!(
            thread.viewer.publish_refusal,
            Some(changing_query::Refusal::OTHERS_HAVE_WRITTEN)
        ),
    })
}

/// Changes the title, kind or visibility.
pub async fn send_change(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    match change(&request, &id, &fields).await {
        Ok(()) => Ok(response::redirect(&format!("/threads/{id}"))),
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            let template = change_page(&request, &id, Some(&fields), Some(form_errors)).await?;
            Ok(response::page(&template, status))
        }
    }
}

async fn change(request: &PageRequest, id: &str, fields: &Fields) -> Result<(), PageError> {
    // Fields that are left out stay unchanged.
    Check::of(request, fields)
        .line("title", request.web.config.limits.title_length)
        .optional_choice("kind", ThreadKind::parse)
        .optional_choice("visibility", Visibility::parse)
        .finish()?;
    let variables = change_mutation::Variables {
        input: change_mutation::ChangeThreadInput {
            thread_id: id.to_string(),
            title: Some(fields.one("title")),
            kind: ThreadKind::parse(&fields.one("kind")),
            visibility: Visibility::parse(&fields.one("visibility")),
        },
    };
    execute::<ChangeMutation>(&request.web, &request.caller, variables).await?;
    Ok(())
}
