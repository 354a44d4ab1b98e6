//! The user's own notices.

use askama::Template;
use axum::http::StatusCode;

use crate::web::client::ask;
use crate::web::client::document;
use crate::web::error;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::words::Act;
use crate::web::words::AppealOutcome;
use crate::web::words::Language;
use crate::web::words::NoticeAbout;
use crate::web::words::Office;
use crate::web::words::Reason;
use crate::web::words::Restriction;

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
pub async fn show(asked: Asked) -> PageResult {
    Ok(response::page(&load(&asked).await?, StatusCode::OK))
}

async fn load(asked: &Asked) -> Result<Page, PageError> {
    let variables = notices_query::Variables {
        after: asked.query().given("after"),
    };
    let found = ask::<NoticesQuery>(&asked.web, &asked.caller, variables).await?;
    if found.viewer.person.is_none() {
        return Err(error::sign_in_first());
    }
    Ok(Page {
        frame: Frame::load(asked).await,
        found: found.viewer.notices,
        restriction: found.viewer.restriction,
        appeal_days: found.instance.appeal_days,
    })
}

/// Marks a notice as read.
pub async fn send(asked: Asked, fields: Sent) -> PageResult {
    let variables = notice_read_mutation::Variables {
        input: notice_read_mutation::MarkNoticeReadInput {
            notice_id: fields.one("noticeId"),
        },
    };
    ask::<NoticeReadMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(response::see_other("/notices"))
}
