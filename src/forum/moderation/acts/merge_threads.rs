//! Merging threads into another one, and separating them again.

use std::collections::HashMap;
use std::collections::HashSet;

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::forum::cases::case;
use crate::forum::cases::subject::Subject;
use crate::forum::discussion::location;
use crate::forum::discussion::people;
use crate::forum::discussion::post;
use crate::forum::discussion::read;
use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::StoredInput;
use crate::forum::moderation::acts::action::SubjectKind;
use crate::forum::moderation::acts::moving;
use crate::forum::moderation::acts::permission;
use crate::forum::moderation::acts::permission::SubjectContexts;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::PolicyResult;
use crate::forum::moderation::policy::SubjectContext;
use crate::forum::moderation::subject_state::StateDetails;
use crate::forum::moderation::subject_state::SubjectState;
use crate::store::tx::Tx;

/// Maximum number of posts in a thread that is merged into another one.
pub const MAX_POSTS: i32 = 5_000;

/// Moves all posts of threads to the end of another one.
#[derive(Debug)]
pub struct MergeThreads {
    into: Option<ThreadId>,
    /// The old and new numbers of each merged thread's posts, once they are known.
    moved: HashMap<ThreadId, Vec<(i32, i32)>>,
}

impl MergeThreads {
    /// The target thread is required, must have the same visibility, and must be one that the actor may merge as well.
    pub fn new(into: Option<ThreadId>) -> MergeThreads {
        MergeThreads {
            into,
            moved: HashMap::new(),
        }
    }
}

#[async_trait]
impl Action for MergeThreads {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::MergeThreads,
            subjects: SubjectKind::Threads,
            reasons: &Reason::OF_ORDER,
            inverse: Some(Act::PartThreads),
            was: "apart",
            becomes: "merged",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::unmerged(on)?;
        match on.is_thread(|thread| thread.review.is_some()) {
            true => Err(Refusal::AwaitsApproval),
            false => Ok(()),
        }
    }

    fn changes_activity(&self) -> bool {
        true
    }

    async fn lock(&self, tx: &Tx, subjects: &[Subject], threads: &[ThreadId]) -> Result<()> {
        moving::lock(tx, subjects, threads).await
    }

    async fn prepare(&mut self, tx: &Tx, actor: &Actor, found: &[LoadedSubject]) -> Result<()> {
        let unknown = || Error::invalid("intoThreadId", Fault::Unknown);
        let id = self
            .into
            .ok_or_else(|| Error::invalid("intoThreadId", Fault::Empty))?;
        let into = match thread::find_to_change(tx.rows(), actor.audience(), id).await {
            Err(Error::NotFound) => return Err(unknown()),
            found => found?,
        };
        let mut next = into.next_number();
        let target = [LoadedSubject::Thread(into.clone())];
        let moderator = actor.person_id().unwrap_or_default();
        let contexts = SubjectContexts::load(tx.rows(), moderator, &target).await?;
        for each in &target {
            let on = contexts.of(each);
            permission::take(actor, tx.now(), &*self, &on).map_err(Error::Denied)?;
        }
        for each in found {
            let thread = each.thread()?;
            // A merge must not widen who sees a post.
            if thread.id == into.id || thread.visibility != into.visibility {
                return Err(unknown());
            }
            if thread.last_number > MAX_POSTS {
                return Err(Error::invalid("targetIds", Fault::TooLong { max: 5_000 }));
            }
            let mut moved = Vec::new();
            for post in moving::posts_in(tx.rows(), thread.id).await? {
                moved.push((post.number, next));
                next += 1;
            }
            self.moved.insert(thread.id, moved);
        }
        Ok(())
    }

    fn stored_input(&self) -> StoredInput {
        StoredInput {
            into: self.into,
            ..StoredInput::default()
        }
    }

    async fn current_state(
        &self,
        rows: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        current_state(rows, found).await
    }

    async fn next_state(
        &self,
        _: &Tx,
        decision: Uuid,
        found: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<SubjectState> {
        let details = StateDetails {
            merged_into: self.into,
            moved: self
                .moved
                .get(&found.thread()?.id)
                .cloned()
                .unwrap_or_default(),
            ..StateDetails::default()
        };
        let decision_id = Some(decision);
        Ok(SubjectState {
            decision_id,
            details,
        })
    }

    async fn newly_public_authors(
        &self,
        rows: &DatabaseTransaction,
        found: &LoadedSubject,
        wanted: &StateDetails,
    ) -> Result<Option<HashSet<PersonId>>> {
        newly_public_authors(rows, found, wanted).await
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        write_state(tx, decision, found, wanted).await
    }

    async fn finish(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        targets: &[target::Model],
    ) -> Result<Vec<Event>> {
        finish(tx, decision, targets).await
    }
}

/// Separates merged threads.
#[derive(Debug)]
pub struct PartThreads;

#[async_trait]
impl Action for PartThreads {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::PartThreads,
            subjects: SubjectKind::Threads,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::MergeThreads),
            was: "merged",
            becomes: "apart",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::unmerged(on)
    }

    fn is_response_only(&self) -> bool {
        true
    }

    fn changes_activity(&self) -> bool {
        true
    }

    async fn lock(&self, tx: &Tx, subjects: &[Subject], threads: &[ThreadId]) -> Result<()> {
        moving::lock(tx, subjects, threads).await
    }

    async fn current_state(
        &self,
        rows: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        current_state(rows, found).await
    }

    async fn next_state(
        &self,
        _: &Tx,
        _: Uuid,
        _: &LoadedSubject,
        before: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(before.clone())
    }

    async fn newly_public_authors(
        &self,
        rows: &DatabaseTransaction,
        found: &LoadedSubject,
        wanted: &StateDetails,
    ) -> Result<Option<HashSet<PersonId>>> {
        newly_public_authors(rows, found, wanted).await
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        write_state(tx, decision, found, wanted).await
    }

    async fn finish(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        targets: &[target::Model],
    ) -> Result<Vec<Event>> {
        finish(tx, decision, targets).await
    }
}

async fn current_state(rows: &DatabaseTransaction, found: &LoadedSubject) -> Result<SubjectState> {
    let thread = found.thread()?;
    let details = StateDetails {
        merged_into: thread.merged_into,
        moved: moved(rows, thread).await?,
        ..StateDetails::default()
    };
    let decision_id = thread.merged_by;
    Ok(SubjectState {
        decision_id,
        details,
    })
}

/// The numbers of a merged thread's posts in it and in the thread into which they were moved, for those that are still
/// there.
async fn moved(rows: &DatabaseTransaction, thread: &thread::Model) -> Result<Vec<(i32, i32)>> {
    let Some(into) = thread.merged_into else {
        return Ok(Vec::new());
    };
    let redirects = post::Entity::find()
        .filter(post::Column::ThreadId.eq(thread.id))
        .filter(post::Column::MovedTo.is_not_null())
        .filter(post::Column::MovedBy.eq(thread.merged_by))
        .order_by_asc(post::Column::Number)
        .all(rows)
        .await?;
    let ids: Vec<PostId> = redirects
        .iter()
        .filter_map(|redirect| redirect.moved_to)
        .collect();
    let posts = post::find_many(rows, Audience::Members, &ids).await?;
    let posts: HashMap<PostId, &post::Model> = posts.iter().map(|post| (post.id, post)).collect();
    let pair = |redirect: &post::Model| {
        let post = posts.get(&redirect.moved_to?)?;
        (post.thread_id == into).then_some((redirect.number, post.number))
    };
    Ok(redirects.iter().filter_map(pair).collect())
}

async fn newly_public_authors(
    rows: &DatabaseTransaction,
    found: &LoadedSubject,
    wanted: &StateDetails,
) -> Result<Option<HashSet<PersonId>>> {
    let thread = found.thread()?;
    let (from, into) = match (wanted.merged_into, thread.merged_into) {
        (Some(into), None) => (thread.id, into),
        (None, Some(from)) => (from, thread.id),
        (Some(_), Some(_)) | (None, None) => return Ok(None),
    };
    if !moving::widens_audience(rows, from, into).await? {
        return Ok(None);
    }
    if from == thread.id {
        return people::writers(rows, from).await.map(Some);
    }
    let numbers = moved(rows, thread).await?;
    let numbers = numbers.into_iter().map(|(_, there)| (from, there, there));
    let numbers: Vec<_> = numbers.collect();
    let posts = post::numbered(rows, Audience::Members, &numbers).await?;
    people::writers_of(rows, &posts).await.map(Some)
}

/// Moves a thread's posts into the thread into which it is to be merged, or back.
async fn write_state(
    tx: &Tx,
    decision: &decision::Model,
    found: &LoadedSubject,
    wanted: &SubjectState,
) -> Result<Vec<Event>> {
    let thread = found.thread()?;
    let (from, to, pairs) = match (wanted.details.merged_into, thread.merged_into) {
        (Some(into), _) => (thread.id, into, wanted.details.moved.clone()),
        (None, Some(into)) => {
            let back = moved(tx.rows(), thread).await?;
            let back = back.into_iter().map(|(here, there)| (there, here));
            (into, thread.id, back.collect())
        }
        (None, None) => return Ok(Vec::new()),
    };
    let posts = moving::posts_in(tx.rows(), from).await?;
    let posts = posts.into_iter().map(|post| (post.number, post));
    let mut posts: HashMap<i32, post::Model> = posts.collect();
    if let Some((_, first)) = pairs.first() {
        location::restore_redirects(tx, to, *first).await?;
    }
    // A thread that is merged again keeps the same decision as before.
    let decision_id = wanted.decision_id.unwrap_or(decision.id);
    let mut ids = Vec::new();
    for (number, new) in &pairs {
        let post = posts
            .remove(number)
            .ok_or(Error::Denied(Refusal::AlreadyDecided))?;
        ids.push(post.id);
        location::move_post(tx, post, to, *new, decision_id).await?;
    }
    case::move_to_thread(tx, &ids, to).await?;
    target::move_to_thread(tx.rows(), &ids, to, decision.id).await?;
    let mut change = thread.clone().into_active_model();
    change.merged_into = Set(wanted.details.merged_into);
    change.merged_by = Set(wanted.decision_id);
    change.update(tx.rows()).await?;
    Ok(Vec::new())
}

/// Updates last numbers and read positions, and returns the events.
async fn finish(
    tx: &Tx,
    decision: &decision::Model,
    targets: &[target::Model],
) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for target in targets {
        let before = StateDetails::read(&target.before_facts)?;
        let after = StateDetails::read(&target.after_facts)?;
        let Some(thread) = target.thread_id else {
            continue;
        };
        if let Some(into) = after.merged_into {
            let last = after.moved.last().map_or(0, |(_, there)| *there);
            end_with(tx, into, last).await?;
            read::move_read_positions(tx.rows(), thread, into, &after.moved).await?;
            events.extend(moving::events(thread, into, decision.id));
        } else if let Some(into) = before.merged_into {
            let first = before.moved.first();
            let above = first.map_or(i32::MAX, |(_, there)| there - 1);
            location::set_aside_redirects(tx, into, above).await?;
            let last = end_with(tx, into, 0).await?;
            let back: Vec<(i32, i32)> = before.moved.iter().map(|(a, b)| (*b, *a)).collect();
            read::move_read_positions_back(tx.rows(), into, thread, &back, last).await?;
            events.extend(moving::events(into, thread, decision.id));
        }
    }
    Ok(events)
}

/// Raises the last number of a thread to this one, unless it is higher already. Returns the result.
async fn end_with(tx: &Tx, id: ThreadId, number: i32) -> Result<i32> {
    let thread = thread::find(tx.rows(), Audience::Members, id).await?;
    let last = thread.last_number.max(number);
    let mut change = thread.into_active_model();
    change.last_number = Set(last);
    change.update(tx.rows()).await?;
    Ok(last)
}
