//! The user's own notices.

use askama::Template;
use axum::http::StatusCode;

use crate::web::api_types::Act;
use crate::web::api_types::AppealOutcome;
use crate::web::api_types::Language;
use crate::web::api_types::NoticeAbout;
use crate::web::api_types::Office;
use crate::web::api_types::Reason;
use crate::web::api_types::Restriction;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;

document!(NoticesQuery, "src/web/moderation/notices.graphql");
document!(NoticeReadMutation, "src/web/moderation/notice_read.graphql");

#[derive(Template)]
#[template(path = "moderation/notices.html")]
struct Page {
    frame: Frame,
    found: notices_query::NoticesQueryViewerNotices,
    restriction: Option<Restriction>,
    appeal_days: i64,
}

/// Shows a page of notices, newest first.
pub async fn show(request: PageRequest) -> PageResult {
    Ok(response::page(&load(&request).await?, StatusCode::OK))
}

async fn load(request: &PageRequest) -> Result<Page, PageError> {
    let variables = notices_query::Variables {
        after: request.query().given("after"),
    };
    let found = execute::<NoticesQuery>(&request.web, &request.caller, variables).await?;
    if found.viewer.person.is_none() {
        return Err(error::sign_in_first());
    }
    Ok(Page {
        frame: Frame::load(request).await,
        found: found.viewer.notices,
        restriction: found.viewer.restriction,
        appeal_days: found.instance.appeal_days,
    })
}

/// Marks a notice as read.
pub async fn send(request: PageRequest, fields: SubmittedForm) -> PageResult {
    let variables = notice_read_mutation::Variables {
        input: notice_read_mutation::MarkNoticeReadInput {
            notice_id: fields.one("noticeId"),
        },
    };
    execute::<NoticeReadMutation>(&request.web, &request.caller, variables).await?;
    Ok(response::redirect("/notices"))
}
