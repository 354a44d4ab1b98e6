//! The forms that change a thread: its tags; its title, kind and visibility.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::client::ask;
use crate::web::client::document;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::words::ThreadKind;
use crate::web::words::Visibility;

document!(ChangingQuery, "src/web/writing/thread.graphql");
document!(RetagMutation, "src/web/writing/retag.graphql");
document!(ChangeMutation, "src/web/writing/change.graphql");

#[derive(Template)]
#[template(path = "writing/tags.html")]
struct TagsPage {
    frame: Frame,
    trouble: Option<Trouble>,
    id: String,
    title: String,
    facets: Vec<Facet>,
}

#[derive(Template)]
#[template(path = "writing/change.html")]
struct ChangePage {
    frame: Frame,
    trouble: Option<Trouble>,
    id: String,
    title: String,
    kind: ThreadKind,
    visibility: Visibility,
    /// This form does not show to the public what others wrote for members.
    stays_for_members: bool,
}

type Thread = changing_query::ChangingQueryThread;

async fn thread(asked: &Asked, id: &str) -> Result<Thread, PageError> {
    let variables = changing_query::Variables { id: id.to_string() };
    let found = ask::<ChangingQuery>(&asked.web, &asked.caller, variables).await?;
    found.thread.ok_or(PageError::NotFound)
}

/// Shows the form with a thread's tags.
pub async fn show_tags(asked: Asked, Path(id): Path<String>) -> PageResult {
    let template = tags_page(&asked, &id, None, None).await?;
    Ok(response::page(&template, StatusCode::OK))
}

async fn tags_page(
    asked: &Asked,
    id: &str,
    sent: Option<&Fields>,
    trouble: Option<Trouble>,
) -> Result<TagsPage, PageError> {
    let thread = thread(asked, id).await?;
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
    let facets = concepts::facets(asked, |field| match sent {
        Some(sent) => sent.all(field),
        None => stored(field),
    })
    .await?;
    Ok(TagsPage {
        frame: Frame::load(asked).await,
        trouble,
        id: id.to_string(),
        title: thread.title,
        facets,
    })
}

/// Changes a thread's tags.
pub async fn send_tags(asked: Asked, Path(id): Path<String>, fields: Sent) -> PageResult {
    match retag(&asked, &id, &fields).await {
        Ok(()) => Ok(response::see_other(&format!("/threads/{id}"))),
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            let template = tags_page(&asked, &id, Some(&fields), Some(trouble)).await?;
            Ok(response::page(&template, status))
        }
    }
}

async fn retag(asked: &Asked, id: &str, fields: &Fields) -> Result<(), PageError> {
    let is_there = |field: &str| !fields.all(field).is_empty();
    Check::of(asked, fields)
        .needs("tools", is_there("tools") || is_there("methods"))
        .needs("regions", is_there("regions"))
        .done()?;
    let variables = retag_mutation::Variables {
        input: retag_mutation::RetagThreadInput {
            thread_id: id.to_string(),
            tools: fields.all("tools"),
            methods: fields.all("methods"),
            regions: fields.all("regions"),
        },
    };
    ask::<RetagMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(())
}

/// Shows the form with what can be changed about a thread.
pub async fn show_change(asked: Asked, Path(id): Path<String>) -> PageResult {
    let template = change_page(&asked, &id, None, None).await?;
    Ok(response::page(&template, StatusCode::OK))
}

async fn change_page(
    asked: &Asked,
    id: &str,
    sent: Option<&Fields>,
    trouble: Option<Trouble>,
) -> Result<ChangePage, PageError> {
    let thread = thread(asked, id).await?;
    let sent_one = |name: &str| sent.map(|fields| fields.one(name));
    Ok(ChangePage {
        frame: Frame::load(asked).await,
        trouble,
        id: id.to_string(),
        title: sent_one("title").unwrap_or(thread.title),
        kind: sent_one("kind")
            .and_then(|kind| ThreadKind::read(&kind))
            .unwrap_or(thread.kind),
        visibility: sent_one("visibility")
            .and_then(|visibility| Visibility::read(&visibility))
            .unwrap_or(thread.visibility),
        stays_for_members: matches!(
            thread.viewer.publish_refusal,
            Some(changing_query::Refusal::OTHERS_HAVE_WRITTEN)
        ),
    })
}

/// Changes the title, kind or visibility.
pub async fn send_change(asked: Asked, Path(id): Path<String>, fields: Sent) -> PageResult {
    match change(&asked, &id, &fields).await {
        Ok(()) => Ok(response::see_other(&format!("/threads/{id}"))),
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            let template = change_page(&asked, &id, Some(&fields), Some(trouble)).await?;
            Ok(response::page(&template, status))
        }
    }
}

async fn change(asked: &Asked, id: &str, fields: &Fields) -> Result<(), PageError> {
    // Fields that are left out stay unchanged.
    Check::of(asked, fields)
        .line("title", asked.web.config.limits.title_length)
        .optional_choice("kind", ThreadKind::read)
        .optional_choice("visibility", Visibility::read)
        .done()?;
    let variables = change_mutation::Variables {
        input: change_mutation::ChangeThreadInput {
            thread_id: id.to_string(),
            title: Some(fields.one("title")),
            kind: ThreadKind::read(&fields.one("kind")),
            visibility: Visibility::read(&fields.one("visibility")),
        },
    };
    ask::<ChangeMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(())
}
