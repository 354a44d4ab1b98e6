//! The public ledger as a page.

use askama::Template;
use axum::http::StatusCode;

use crate::base::page;
use crate::web::api_types::Act;
use crate::web::api_types::AppealOutcome;
use crate::web::api_types::Language;
use crate::web::api_types::Office;
use crate::web::api_types::Reason;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::response;

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
pub async fn show(request: PageRequest) -> PageResult {
    Ok(response::page(&load(&request).await?, StatusCode::OK))
}

/// The cursor before an entry that is given by its number (`?number=`).
fn from(request: &PageRequest) -> Option<String> {
    let number: i64 = request.query().one("number").parse().ok()?;
    Some(page::encode(&number.saturating_add(1).to_string()))
}

async fn load(request: &PageRequest) -> Result<Page, PageError> {
    let variables = ledger_query::Variables {
        after: request.query().given("after").or_else(|| from(request)),
    };
    let found = execute::<LedgerQuery>(&request.web, &request.caller, variables).await?;
    Ok(Page {
        frame: Frame::load(request).await,
        found: found.ledger,
        key: found.instance.ledger_key,
    })
}
