//! Reports in the API.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::moderation::policy;
use crate::forum::moderation::queue;
use crate::forum::moderation::report;
use crate::graph::cases::case::find_case;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::viewer_part_id;
use crate::graph::moderation;
use crate::graph::moderation::Decision;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::Reason;
use crate::graph::scalar::Refusal;

/// A report of a post or thread. Visible to its reporter, and to those who could decide on its case.
pub struct Report(pub report::Model);

connection!("reports", Report, ReportEdge, ReportConnection);

/// A report of a post or thread. Visible to its reporter, and to those who could decide on its case.
#[Object]
impl Report {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Report, self.0.id))
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What is wrong, as a keyword.
    async fn reason(&self) -> Reason {
        self.0.reason.into()
    }

    /// What is wrong, in the reporter's words; empty when the reporter gave no note.
    async fn note(&self) -> &str {
        &self.0.note
    }

    /// The language of the note.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// The resulting decision; null while the report waits.
    async fn outcome(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        let view = read_view(ctx);
        let resolved = report::outcome(view.rows().await?, &self.0).await?;
        match resolved.and_then(|case| case.decision_id) {
            Some(id) => moderation::load(&view, id).await,
            None => Ok(None),
        }
    }

    /// The data of this report that depends on the caller.
    async fn viewer(&self) -> ReportViewer {
        ReportViewer(self.0.clone())
    }
}

/// The data of a report that depends on the caller.
pub struct ReportViewer(report::Model);

/// The data of a report that depends on the caller.
#[Object]
impl ReportViewer {
    /// Its id, for clients that cache objects by id: a different one for each caller. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewer_part_id(ctx, &ID(id::of_uuid(Kind::Report, self.0.id)))
    }

    /// The text of the post, or of the opening post of the thread, at the time of the report, in Markdown: for those
    /// who could decide on the case, while it is open; null for others.
    async fn reported_body(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = read_view(ctx);
        let rows = view.rows().await?;
        let found = queue::reported(rows, &view.actor, view.now(), &self.0).await?;
        Ok(found.body)
    }

    /// The title of the thread at the time of the report: for those who could decide on the case, while it is open;
    /// null for others, and for a report of a post.
    async fn reported_title(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        // Most reports are about posts, which have no title: nothing needs to be read.
        if self.0.title.is_none() {
            return Ok(None);
        }
        let view = read_view(ctx);
        let rows = view.rows().await?;
        let found = queue::reported(rows, &view.actor, view.now(), &self.0).await?;
        Ok(found.title)
    }

    /// The person who made it: for that person and the Secretariat; null for others.
    async fn reporter(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let view = read_view(ctx);
        let reporter = self.0.reporter_id;
        if policy::sees_moderator(&view.actor) || view.actor.person_id() == Some(reporter) {
            person::require(&view, reporter).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

/// The report with this id, if the caller sees it.
pub async fn find_report(view: &ReadView, id: Uuid) -> Result<Option<Report>> {
    let rows = view.rows().await?;
    if let Some(own) = report::find_own(rows, &view.actor, id).await? {
        return Ok(Some(Report(own)));
    }
    let Some(found) = report::find(rows, id).await? else {
        return Ok(None);
    };
    let seen = find_case(view, found.case_id).await?;
    Ok(seen.map(|_| Report(found)))
}

/// Why a report of a post or thread would be denied to the caller; `None` when it would not.
pub async fn report_refusal(view: &ReadView, subject: Uuid) -> Result<Option<Refusal>> {
    let has_reported = moderation::own_report(view, subject).await?.is_some();
    Ok(policy::report(&view.actor, has_reported)
        .err()
        .map(Into::into))
}
