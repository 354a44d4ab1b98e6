//! Loaders for decisions and their subjects.

use std::collections::HashMap;

use uuid::Uuid;

use crate::base::error::Result;
use crate::base::id::ThreadId;
use crate::forum::cases::case;
use crate::forum::moderation::decision;
use crate::forum::moderation::report;
use crate::forum::moderation::scope;
use crate::graph::context::ReadView;
use crate::graph::loader::Loader;

/// Decisions by id.
pub struct Decisions;

impl Loader for Decisions {
    type Key = Uuid;
    type Value = decision::Model;

    async fn load(view: &ReadView, ids: Vec<Uuid>) -> Result<HashMap<Uuid, decision::Model>> {
        // A decision never changes.
        let found = decision::find_many(view.rows_of_known().await?, &ids).await?;
        if found.len() < ids.len() {
            view.note_everything();
        }
        Ok(found.into_iter().map(|each| (each.id, each)).collect())
    }
}

/// The decisions whose explanation the caller may read.
pub struct ReadableExplanations;

impl Loader for ReadableExplanations {
    type Key = Uuid;
    type Value = bool;

    async fn load(view: &ReadView, ids: Vec<Uuid>) -> Result<HashMap<Uuid, bool>> {
        let rows = view.rows().await?;
        let all = decision::find_many(rows, &ids).await?;
        let readable = decision::explained_to(rows, view.actor.audience(), &all).await?;
        Ok(readable.into_iter().map(|id| (id, true)).collect())
    }
}

/// The threads that the caller moderates by the regions assigned to them; none for visitors.
pub struct ModeratedThreads;

impl Loader for ModeratedThreads {
    type Key = ThreadId;
    type Value = bool;

    async fn load(view: &ReadView, threads: Vec<ThreadId>) -> Result<HashMap<ThreadId, bool>> {
        let Some(person) = view.actor.person_id() else {
            return Ok(HashMap::new());
        };
        let within = scope::within(view.rows().await?, person, &threads).await?;
        Ok(within.into_iter().map(|id| (id, true)).collect())
    }
}

/// The caller's own reports, by the reported post or thread.
pub struct OwnReports;

impl Loader for OwnReports {
    type Key = Uuid;
    type Value = report::Model;

    async fn load(view: &ReadView, subjects: Vec<Uuid>) -> Result<HashMap<Uuid, report::Model>> {
        if view.actor.person_id().is_none() {
            return Ok(HashMap::new());
        }
        report::own(view.rows().await?, &view.actor, &subjects).await
    }
}

/// What waits for a decision, by the post, thread or person that it is about; nothing for visitors, who decide nothing.
pub struct PendingWork;

impl Loader for PendingWork {
    type Key = Uuid;
    type Value = case::PendingCases;

    async fn load(
        view: &ReadView,
        subjects: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, case::PendingCases>> {
        let Some(person) = view.actor.person_id() else {
            return Ok(HashMap::new());
        };
        case::pending(view.rows().await?, person, &subjects).await
    }
}
