//! The public ledger as a page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;

use crate::base::page;
use crate::web::Asked;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::frame::Frame;
use crate::web::words::Act;
use crate::web::words::AppealOutcome;
use crate::web::words::Language;
use crate::web::words::Office;
use crate::web::words::Reason;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/ledger.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Act", "AppealOutcome", "Language", "Office", "Reason")
)]
struct LedgerQuery;

#[derive(Template)]
#[template(path = "moderation/ledger.html")]
struct Page {
    frame: Frame,
    found: ledger_query::LedgerQueryLedger,
    /// The public key by which signatures are checked.
    key: Option<String>,
}

/// Shows a page of entries, the newest first.
pub async fn show(asked: Asked) -> Response {
    match load(&asked).await {
        Ok(template) => forms::page(&template, StatusCode::OK),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// The place before an entry that is named by its number (`?number=`).
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
