//! Loaders for decisions and their subjects.

use std::collections::HashMap;

use uuid::Uuid;

use crate::base::error::Result;
use crate::base::id::ThreadId;
use crate::forum::cases::case;
use crate::forum::moderation::appeal;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::ledger;
use crate::forum::moderation::report;
use crate::forum::moderation::scope;
use crate::graph::context::ReadView;
use crate::graph::loader::Loader;
use crate::graph::post::loaders::Posts;
use crate::graph::thread::loaders::Threads;

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

/// The targets of decisions. Their posts and threads are read together as well.
pub struct Targets;

impl Loader for Targets {
    type Key = Uuid;
    type Value = Vec<target::Model>;

    async fn load(view: &ReadView, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<target::Model>>> {
        let found = target::of_decisions(view.rows().await?, &ids).await?;
        let all = || found.values().flatten();
        view.prefetch::<Posts>(all().filter_map(|target| target.post_id));
        view.prefetch::<Threads>(all().filter_map(|target| target.thread_id));
        Ok(found)
    }
}

/// The decisions that undid decisions.
pub struct Undoing;

impl Loader for Undoing {
    type Key = Uuid;
    type Value = decision::Model;

    async fn load(view: &ReadView, ids: Vec<Uuid>) -> Result<HashMap<Uuid, decision::Model>> {
        decision::undoing_any(view.rows().await?, &ids).await
    }
}

/// The appeals against decisions.
pub struct Appeals;

impl Loader for Appeals {
    type Key = Uuid;
    type Value = appeal::Model;

    async fn load(view: &ReadView, decisions: Vec<Uuid>) -> Result<HashMap<Uuid, appeal::Model>> {
        appeal::of_decisions(view.rows().await?, &decisions).await
    }
}

/// The sealed entries of the ledger, by position.
pub struct Sealed;

impl Loader for Sealed {
    type Key = i64;
    type Value = ledger::Model;

    async fn load(view: &ReadView, positions: Vec<i64>) -> Result<HashMap<i64, ledger::Model>> {
        let found = ledger::find_many(view.rows().await?, &positions).await?;
        Ok(found.into_iter().map(|row| (row.position, row)).collect())
    }
}

/// Announces what will be read of these decisions.
pub fn expect_of_decisions<'a>(
    view: &ReadView,
    rows: impl Iterator<Item = &'a decision::Model> + Clone,
) {
    let ids = || rows.clone().map(|row| row.id);
    view.prefetch::<ReadableExplanations>(ids());
    view.prefetch::<Targets>(ids());
    view.prefetch::<Undoing>(ids());
    view.prefetch::<Appeals>(ids());
    view.prefetch::<Sealed>(rows.clone().map(|row| row.position));
    view.prefetch::<Threads>(rows.clone().filter_map(|row| row.into_id));
    view.prefetch::<Decisions>(rows.clone().filter_map(|row| row.undoes_id));
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
