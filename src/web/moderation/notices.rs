//! One's own notices.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::Sent;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::frame::Frame;
use crate::web::words::Act;
use crate::web::words::AppealOutcome;
use crate::web::words::Language;
use crate::web::words::NoticeAbout;
use crate::web::words::Office;
use crate::web::words::Reason;
use crate::web::words::Restriction;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/notices.graphql",
    response_derives = "Debug, Clone",
    extern_enums(
        "Act",
        "AppealOutcome",
        "Language",
        "NoticeAbout",
        "Office",
        "Reason",
        "Restriction"
    )
)]
struct NoticesQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/notice_read.graphql",
    response_derives = "Debug, Clone"
)]
struct NoticeReadMutation;

#[derive(Template)]
#[template(path = "moderation/notices.html")]
struct Page {
    frame: Frame,
    found: notices_query::NoticesQueryViewerNotices,
    restriction: Option<Restriction>,
    appeal_days: i64,
}

/// Shows a page of notices, the newest first.
pub async fn show(asked: Asked) -> Response {
    match load(&asked).await {
        Ok(template) => forms::page(&template, StatusCode::OK),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

async fn load(asked: &Asked) -> Result<Page, PageError> {
    let variables = notices_query::Variables {
        after: asked.query().given("after"),
    };
    let found = ask::<NoticesQuery>(&asked.web, &asked.caller, variables).await?;
    if found.viewer.person.is_none() {
        return Err(PageError::Denied {
            reason: "SIGN_IN_REQUIRED".to_string(),
            message: String::new(),
        });
    }
    Ok(Page {
        frame: Frame::load(asked).await,
        found: found.viewer.notices,
        restriction: found.viewer.restriction,
        appeal_days: found.instance.appeal_days,
    })
}

/// Notes that a notice was read.
pub async fn send(asked: Asked, fields: Sent) -> Response {
    let variables = notice_read_mutation::Variables {
        input: notice_read_mutation::MarkNoticeReadInput {
            notice_id: fields.one("noticeId"),
        },
    };
    match ask::<NoticeReadMutation>(&asked.web, &asked.caller, variables).await {
        Ok(_) => forms::see_other("/notices"),
        Err(error) => forms::refuse(&asked, error).await,
    }
}
