//! Splitting posts off into a new thread and merging threads: where posts go, and what goes with them.

use std::collections::BTreeSet;
use std::collections::HashMap;

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::forum::cases::case;
use crate::forum::discussion::place;
use crate::forum::discussion::post;
use crate::forum::discussion::read;
use crate::forum::discussion::tag;
use crate::forum::discussion::thread;
use crate::forum::moderation::decide::With;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::found::Around;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy;
use crate::forum::moderation::standing::Facts;
use crate::forum::moderation::standing::Standing;
use crate::store::tx::Tx;

/// Posts of a thread that is merged into another one, at most.
pub const MOST: i32 = 5_000;

/// Where the posts of a decision go.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The place of each post, when posts are split off.
    pub places: HashMap<Uuid, (Uuid, i32)>,
    /// The numbers of each merged thread's posts, there and in the thread into which they go.
    pub moved: HashMap<Uuid, Vec<(i32, i32)>>,
}

/// Keeps the threads of a decision from changing, in one order and before any of their posts, as who replies does.
pub(crate) async fn lock(tx: &Tx, act: Act, targets: &[Uuid], others: &[Uuid]) -> Result<()> {
    if !act.moves() {
        return Ok(());
    }
    let posts = post::Entity::find()
        .filter(post::Column::Id.is_in(targets.iter().copied()))
        .all(tx.rows())
        .await?;
    let threads: BTreeSet<Uuid> = posts
        .iter()
        .map(|post| post.thread_id)
        .chain(targets.iter().copied())
        .chain(others.iter().copied())
        .collect();
    Ok(thread::Entity::find()
        .filter(thread::Column::Id.is_in(threads))
        .order_by_asc(thread::Column::Id)
        .lock_exclusive()
        .all(tx.rows())
        .await
        .map(drop)?)
}

/// Looks where posts are to go, and makes the new thread that they are split off into. Refused: posts of several threads; a
/// thread that the actor does not see or may not decide on, that is itself merged, or that others see.
pub(crate) async fn plan(
    tx: &Tx,
    actor: &Actor,
    act: Act,
    found: &[Found],
    with: &mut With,
) -> Result<()> {
    match act {
        Act::SplitPosts => plan_split(tx, found, with).await,
        Act::MergeThreads => plan_merge(tx, actor, found, with).await,
        _ => Ok(()),
    }
}

async fn plan_split(tx: &Tx, found: &[Found], with: &mut With) -> Result<()> {
    let mut posts = Vec::new();
    let mut from = None;
    for each in found {
        let Found::Post { thread, post } = each else {
            continue;
        };
        let first: &thread::Model = from.get_or_insert(thread);
        if first.id != thread.id {
            return Err(Error::invalid("targetIds", Fault::Unknown));
        }
        posts.push(post);
    }
    posts.sort_by_key(|post| post.number);
    let (Some(from), Some(first)) = (from, posts.first()) else {
        return Err(Error::invalid("targetIds", Fault::Empty));
    };
    let thread = thread::Model {
        id: id::new(),
        title: with.title.clone().unwrap_or_default(),
        kind: with.kind.unwrap_or(from.kind),
        language: first.language,
        visibility: from.visibility,
        author_id: first.author_id,
        delegation_id: first.delegation_id.clone(),
        capacity: first.capacity,
        created_at: first.created_at,
        last_activity_at: first.created_at,
        last_number: i32::try_from(posts.len()).unwrap_or(i32::MAX),
        key: id::random(),
        locked_by: None,
        pinned_by: None,
        pinned_until: None,
        archived_by: None,
        changed_by: None,
        slowed_by: None,
        slow_seconds: None,
        reviewed_by: None,
        review: None,
        merged_into: None,
        merged_by: None,
        taken_number: None,
        changed_at: None,
        last_shown: 0,
    };
    thread::Entity::insert(thread.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    let concepts = match &with.tags {
        Some(tags) => tags.parse(tx.rows(), usize::MAX).await?,
        None => tag::stored(tx.rows(), from.id).await?,
    };
    tag::replace(tx.rows(), thread.id, concepts).await?;
    let numbered = (1..).zip(&posts);
    with.plan.places = numbered
        .map(|(number, post)| (post.id, (thread.id, number)))
        .collect();
    with.into = Some(thread.id);
    Ok(())
}

async fn plan_merge(tx: &Tx, actor: &Actor, found: &[Found], with: &mut With) -> Result<()> {
    let unknown = || Error::invalid("intoThreadId", Fault::Unknown);
    let id = with
        .into
        .ok_or_else(|| Error::invalid("intoThreadId", Fault::Empty))?;
    let into = match thread::find_to_change(tx.rows(), actor.audience(), id).await {
        Err(Error::NotFound) => return Err(unknown()),
        found => found?,
    };
    let moderator = actor.person_id().unwrap_or_default();
    let target = [Found::Thread(into.clone())];
    let around = Around::of(tx.rows(), moderator, &target).await?;
    for each in &target {
        let on = around.concerned(each);
        policy::act(actor, tx.now(), Act::MergeThreads, &on).map_err(Error::Denied)?;
    }
    let mut next = into.next_number();
    for each in found {
        let Found::Thread(thread) = each else {
            continue;
        };
        // Nobody is shown by merging what they were not shown before.
        if thread.id == into.id || thread.visibility != into.visibility {
            return Err(unknown());
        }
        if thread.last_number > MOST {
            return Err(Error::invalid("targetIds", Fault::TooLong { most: 5_000 }));
        }
        let mut moved = Vec::new();
        for post in standing_in(tx.rows(), thread.id).await? {
            moved.push((post.number, next));
            next += 1;
        }
        with.plan.moved.insert(thread.id, moved);
    }
    Ok(())
}

/// The posts that stand in a thread, by number, without the marks of those that stood there.
async fn standing_in(rows: &DatabaseTransaction, thread_id: Uuid) -> Result<Vec<post::Model>> {
    Ok(post::Entity::find()
        .filter(post::Column::ThreadId.eq(thread_id))
        .filter(post::Column::MovedTo.is_null())
        .order_by_asc(post::Column::Number)
        .all(rows)
        .await?)
}

/// The numbers of a merged thread's posts, there and in the thread into which they went, as far as they still stand there.
pub(crate) async fn moved(
    rows: &DatabaseTransaction,
    thread: &thread::Model,
) -> Result<Vec<(i32, i32)>> {
    let Some(into) = thread.merged_into else {
        return Ok(Vec::new());
    };
    let marks = post::Entity::find()
        .filter(post::Column::ThreadId.eq(thread.id))
        .filter(post::Column::MovedTo.is_not_null())
        .filter(post::Column::MovedBy.eq(thread.merged_by))
        .order_by_asc(post::Column::Number)
        .all(rows)
        .await?;
    let ids: Vec<Uuid> = marks.iter().filter_map(|mark| mark.moved_to).collect();
    let posts = post::find_many(rows, Audience::Members, &ids).await?;
    let posts: HashMap<Uuid, &post::Model> = posts.iter().map(|post| (post.id, post)).collect();
    let pair = |mark: &post::Model| {
        let post = posts.get(&mark.moved_to?)?;
        (post.thread_id == into).then_some((mark.number, post.number))
    };
    Ok(marks.iter().filter_map(pair).collect())
}

/// Has a thread's posts stand where they are wanted: in the thread into which it is merged, or back in it.
pub(crate) async fn put(
    tx: &Tx,
    thread: thread::Model,
    wanted: &Standing,
    decision: Uuid,
) -> Result<()> {
    let (from, to, pairs) = match (wanted.facts.merged_into, thread.merged_into) {
        (Some(into), _) => (thread.id, into, wanted.facts.moved.clone()),
        (None, Some(into)) => {
            let back = moved(tx.rows(), &thread).await?;
            let back = back.into_iter().map(|(here, there)| (there, here));
            (into, thread.id, back.collect())
        }
        (None, None) => return Ok(()),
    };
    let mut posts: HashMap<i32, post::Model> = standing_in(tx.rows(), from)
        .await?
        .into_iter()
        .map(|post| (post.number, post))
        .collect();
    if let Some((_, first)) = pairs.first() {
        place::fill(tx, to, *first).await?;
    }
    // Merged again, it is by the same decision as before.
    let by = wanted.by.unwrap_or(decision);
    let mut ids = Vec::new();
    for (number, new) in &pairs {
        let post = posts
            .remove(number)
            .ok_or(Error::Denied(Refusal::AlreadyDecided))?;
        ids.push(post.id);
        place::put(tx, post, to, *new, by).await?;
    }
    case::follow(tx, &ids, to).await?;
    decision::follow(tx.rows(), &ids, to, decision).await?;
    let mut change = thread.into_active_model();
    change.merged_into = Set(wanted.facts.merged_into);
    change.merged_by = Set(wanted.by);
    Ok(change.update(tx.rows()).await.map(drop)?)
}

/// The threads that posts leave or come to by a decision.
pub(crate) fn threads(targets: &[target::Model]) -> Result<Vec<Uuid>> {
    let mut all = Vec::new();
    for target in targets {
        all.extend(target.thread_id);
        for facts in [&target.before_facts, &target.after_facts] {
            let facts = Facts::read(facts)?;
            all.extend(facts.merged_into);
            all.extend(facts.place.map(|(thread, _)| thread));
        }
    }
    Ok(all)
}

/// What follows when all posts of a decision stand in their new places: the threads' last numbers, how far people have
/// read, and what is told.
pub(crate) async fn finish(
    tx: &Tx,
    decision: &decision::Model,
    targets: &[target::Model],
) -> Result<Vec<Event>> {
    match decision.act {
        Act::SplitPosts | Act::JoinPosts => finish_split(tx, decision, targets).await,
        Act::MergeThreads | Act::PartThreads => finish_merge(tx, decision, targets).await,
        _ => Ok(Vec::new()),
    }
}

async fn finish_split(
    tx: &Tx,
    decision: &decision::Model,
    targets: &[target::Model],
) -> Result<Vec<Event>> {
    let (mut from, mut into, mut pairs) = (None, None, Vec::new());
    for target in targets {
        let before = Facts::read(&target.before_facts)?.place;
        let after = Facts::read(&target.after_facts)?.place;
        if let (Some(before), Some(after)) = (before, after) {
            (from, into) = (Some(before.0), Some(after.0));
            pairs.push((before.1, after.1));
        }
    }
    pairs.sort_unstable();
    let (Some(from), Some(into)) = (from, into) else {
        return Ok(Vec::new());
    };
    let posts: Vec<Uuid> = targets.iter().filter_map(|target| target.post_id).collect();
    case::follow(tx, &posts, into).await?;
    decision::follow(tx.rows(), &posts, into, decision.id).await?;
    let mut events = moved_events(from, into, decision.id);
    if decision.act == Act::SplitPosts {
        merge_shell(tx, into, None, None).await?;
        read::carry(tx.rows(), from, into, &pairs).await?;
        let first = targets.iter().find_map(|target| {
            let after = Facts::read(&target.after_facts).ok()?.place?;
            target.post_id.filter(|_| after.1 == 1)
        });
        events.extend(first.map(|post| Event::ThreadOpened { thread: into, post }));
    } else {
        if !standing_in(tx.rows(), from).await?.is_empty() {
            return Err(Error::Denied(Refusal::ContinuedSince));
        }
        merge_shell(tx, from, Some(into), Some(decision.id)).await?;
    }
    Ok(events)
}

/// Whether posts that were split off are no longer alone in their thread, so that they cannot simply go back.
pub(crate) async fn is_continued(rows: &DatabaseTransaction, found: &[Found]) -> Result<bool> {
    let Some(thread) = found.first().and_then(Found::thread) else {
        return Ok(false);
    };
    Ok(standing_in(rows, thread.id).await?.len() > found.len())
}

/// Has a thread from which all posts went lead to where they are, or stand for itself again.
async fn merge_shell(tx: &Tx, id: Uuid, into: Option<Uuid>, by: Option<Uuid>) -> Result<()> {
    let thread = thread::find(tx.rows(), Audience::Members, id).await?;
    let mut change = thread.into_active_model();
    change.merged_into = Set(into);
    change.merged_by = Set(by);
    Ok(change.update(tx.rows()).await.map(drop)?)
}

async fn finish_merge(
    tx: &Tx,
    decision: &decision::Model,
    targets: &[target::Model],
) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for target in targets {
        let before = Facts::read(&target.before_facts)?;
        let after = Facts::read(&target.after_facts)?;
        let Some(thread) = target.thread_id else {
            continue;
        };
        if let Some(into) = after.merged_into {
            let last = after.moved.last().map_or(0, |(_, there)| *there);
            end_with(tx, into, last).await?;
            read::carry(tx.rows(), thread, into, &after.moved).await?;
            events.extend(moved_events(thread, into, decision.id));
        } else if let Some(into) = before.merged_into {
            let above = before
                .moved
                .first()
                .map_or(i32::MAX, |(_, there)| there - 1);
            place::trim(tx, into, above).await?;
            let last = end_with(tx, into, 0).await?;
            let back: Vec<(i32, i32)> = before.moved.iter().map(|(a, b)| (*b, *a)).collect();
            read::carry_back(tx.rows(), into, thread, &back, last).await?;
            events.extend(moved_events(into, thread, decision.id));
        }
    }
    Ok(events)
}

/// Gives a thread this last number, unless it has a higher one; answers which it has.
async fn end_with(tx: &Tx, id: Uuid, number: i32) -> Result<i32> {
    let thread = thread::find(tx.rows(), Audience::Members, id).await?;
    let last = thread.last_number.max(number);
    let mut change = thread.into_active_model();
    change.last_number = Set(last);
    change.update(tx.rows()).await?;
    Ok(last)
}

/// Told to those who follow either thread.
fn moved_events(from: Uuid, into: Uuid, decision: Uuid) -> Vec<Event> {
    [(from, into), (into, from)]
        .map(|(thread, other)| Event::PostsMoved {
            thread,
            other,
            decision,
        })
        .to_vec()
}
