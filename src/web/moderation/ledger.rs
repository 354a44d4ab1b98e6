//! The public ledger as a page.

use askama::Template;
use axum::http::StatusCode;

use crate::base::page;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::response;
use crate::web::words::Act;
use crate::web::words::AppealOutcome;
use crate::web::words::Language;
use crate::web::words::Office;
use crate::web::words::Reason;

document!(LedgerQuery, "src/web/moderation/ledger.graphql");

#[derive(Template)]
#[template(path = "moderation/ledger.html")]
struct Page {
    frame: Frame,
    found: ledger_query::LedgerQueryLedger,
    /// The public key with which signatures can be verified.
    key: Option<String>,
}

/// Shows a page of entries, newest first.
pub async fn show(asked: Asked) -> PageResult {
    Ok(response::page(&load(&asked).await?, StatusCode::OK))
}

/// The cursor before an entry that is given by its number (`?number=`).
fn from(asked: &Asked) -> Option<String> {
    let number: i64 = asked.query().one("number").parse().ok()?;
    Some(page::encode(&number.saturating_add(1).to_string()))
}

async fn load(asked: &Asked) -> Result<Page, PageError> {
    let variables = ledger_query::Variables {
        after: asked.query().given("after").or_else(|| from(asked)),
    };
    let found = ask::<LedgerQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(Page {
        frame: Frame::load(asked).await,
        found: found.ledger,
        key: found.instance.ledger_key,
    })
}
