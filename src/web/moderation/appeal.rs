//! Appeals: the form, and one's own.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::Sent;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::moderation::denied;
use crate::web::moderation::target;
use crate::web::words::Act;
use crate::web::words::AppealOutcome;
use crate::web::words::Language;
use crate::web::words::Reason;
use crate::web::words::UUID;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/appeal.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Act", "AppealOutcome", "Language", "Reason")
)]
struct AppealsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/appeal.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language")
)]
struct AppealMutation;

#[derive(Template)]
#[template(path = "moderation/appeals.html")]
struct ListPage {
    frame: Frame,
    found: appeals_query::AppealsQueryViewerAppeals,
}

#[derive(Template)]
#[template(path = "moderation/appeal.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    key: String,
    id: String,
    position: i64,
    act: Act,
    body: String,
    language: Language,
}

/// Shows one's own appeals, the newest first.
pub async fn list(asked: Asked) -> Response {
    let variables = appeals_query::Variables {
        after: asked.query().given("after"),
    };
    match ask::<AppealsQuery>(&asked.web, &asked.caller, variables).await {
        Ok(found) if found.viewer.person.is_none() => {
            let error = denied(&asked, Some("SIGN_IN_REQUIRED"));
            forms::refuse(&asked, error).await
        }
        Ok(found) => {
            let template = ListPage {
                frame: Frame::load(&asked).await,
                found: found.viewer.appeals,
            };
            forms::page(&template, StatusCode::OK)
        }
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// Shows the form.
pub async fn show(asked: Asked, Path(id): Path<String>) -> Response {
    let fields = Fields(Vec::new());
    page(&asked, id, &fields, None, StatusCode::OK).await
}

async fn page(
    asked: &Asked,
    id: String,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: impl Into<forms::Standing>,
) -> Response {
    match target::find_to_appeal(asked, &id).await {
        Ok((position, act)) => {
            let template = Page {
                frame: Frame::load(asked).await,
                key: fields.next_key(trouble.as_ref()),
                trouble,
                id,
                position,
                act,
                body: fields.one("body"),
                language: Language::read(&fields.one("language"))
                    .unwrap_or(Language::of(asked.caller.language)),
            };
            forms::page(&template, status)
        }
        Err(error) => forms::refuse(asked, error).await,
    }
}

/// Appeals the decision.
pub async fn send(asked: Asked, Path(id): Path<String>, fields: Sent) -> Response {
    match appeal(&asked, &id, &fields).await {
        Ok(()) => forms::sent("/appeals", &fields.key()),
        Err(error) => match forms::trouble(error) {
            Ok((status, trouble)) => page(&asked, id, &fields, Some(trouble), status).await,
            Err(error) => forms::refuse(&asked, error).await,
        },
    }
}

async fn appeal(asked: &Asked, id: &str, fields: &Fields) -> Result<(), PageError> {
    Check::of(asked, fields)
        .text("body", asked.web.config.limits.explanation_length)
        .written_in(&["body"])
        .done()?;
    let input = appeal_mutation::AppealDecisionInput {
        key: fields.key(),
        decision_id: id.to_string(),
        body: fields.one("body"),
        language: forms::chosen(asked, fields, "language", Language::read)?,
    };
    let variables = appeal_mutation::Variables { input };
    let done = ask::<AppealMutation>(&asked.web, &asked.caller, variables).await;
    done.map(drop)
}
