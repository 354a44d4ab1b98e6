//! The public ledger in the API.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::page::Window;
use crate::forum::moderation::decision;
use crate::forum::moderation::ledger;
use crate::graph::cases::Appeal;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::moderation::decision::Decision;
use crate::graph::moderation::decision::DecisionConnection;
use crate::graph::moderation::loaders::Decisions;
use crate::graph::moderation::loaders::ReadableExplanations;
use crate::graph::moderation::loaders::Sealed;
use crate::graph::moderation::loaders::expect_of_decisions;
use graph_macros::connections;

/// An entry of the ledger, for a decision or an appeal.
pub struct LedgerEntry(ledger::Entry);

/// An entry of the ledger, for a decision or an appeal.
#[Object]
impl LedgerEntry {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_word(Kind::Entry, &self.0.position().to_string()))
    }

    /// Its position in the ledger, starting at 1; positions are consecutive.
    async fn position(&self) -> i64 {
        self.0.position()
    }

    /// The SHA-256 hash of its sealed text in hexadecimal, which the next entry contains as `previous`.
    async fn hash(&self, ctx: &Context<'_>) -> Result<String> {
        let sealed = ledger_row(&read_view(ctx), self.0.position()).await?;
        Ok(sealed.hash)
    }

    /// The decision; null for an appeal.
    async fn decision(&self) -> Option<Decision> {
        match &self.0 {
            ledger::Entry::Decision(row) => Some(Decision(row.as_ref().clone())),
            ledger::Entry::Appeal(_) => None,
        }
    }

    /// The appeal; null for a decision.
    async fn appeal(&self) -> Option<Appeal> {
        match &self.0 {
            ledger::Entry::Decision(_) => None,
            ledger::Entry::Appeal(row) => Some(Appeal(row.as_ref().clone())),
        }
    }
}

/// The entry at a position in the ledger.
pub async fn entry(view: &ReadView, position: &str) -> Result<Option<LedgerEntry>> {
    let Ok(position) = position.parse() else {
        return Ok(None);
    };
    let found = ledger::at(view.rows().await?, position).await?;
    Ok(found.map(LedgerEntry))
}

connection!(
    "entries of the ledger",
    LedgerEntry,
    LedgerEdge,
    LedgerConnection
);

/// The row of the entry at a position, with its text and hash.
pub async fn ledger_row(view: &ReadView, position: i64) -> Result<ledger::Model> {
    view.get::<Sealed>(position)
        .await?
        .ok_or_else(|| Error::internal("an entry of the ledger is missing"))
}

#[derive(Default)]
pub struct ModerationQuery;

#[connections]
#[Object]
impl ModerationQuery {
    /// Returns the public ledger: every moderation decision and every appeal, newest first; no position is omitted.
    async fn ledger(&self, ctx: &Context<'_>, window: Window) -> Result<LedgerConnection> {
        let view = read_view(ctx);
        let page = ledger::list(view.rows().await?, &window).await?;
        let appealed = || {
            page.entries.iter().filter_map(|(_, entry)| match entry {
                ledger::Entry::Decision(_) => None,
                ledger::Entry::Appeal(row) => Some(row.decision_id),
            })
        };
        view.prefetch::<Decisions>(appealed());
        view.prefetch::<ReadableExplanations>(appealed());
        let decisions = page.entries.iter().filter_map(|(_, entry)| match entry {
            ledger::Entry::Decision(row) => Some(row.as_ref()),
            ledger::Entry::Appeal(_) => None,
        });
        expect_of_decisions(&view, decisions);
        view.prefetch::<Sealed>(page.entries.iter().map(|(_, entry)| entry.position()));
        Ok(LedgerConnection::of(page.map(LedgerEntry)))
    }

    /// Returns the decisions in the public ledger, newest first.
    async fn decisions(&self, ctx: &Context<'_>, window: Window) -> Result<DecisionConnection> {
        let view = read_view(ctx);
        let page = decision::list(view.rows().await?, &window).await?;
        expect_of_decisions(&view, page.entries.iter().map(|(_, row)| row));
        Ok(DecisionConnection::of(page.map(Decision)))
    }
}
