//! What a decision changes of its target: as it stands now, and put otherwise.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::Set;
use sea_orm::sea_query::Expr;
use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::base::actor::Restriction;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::language::Language;
use crate::base::limit;
use crate::forum::accounts::person;
use crate::forum::discussion::draft;
use crate::forum::discussion::place;
use crate::forum::discussion::post;
use crate::forum::discussion::revision;
use crate::forum::discussion::tag;
use crate::forum::discussion::text;
use crate::forum::discussion::text::stored::Stored;
use crate::forum::discussion::thread;
use crate::forum::discussion::translation;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::moving;
use crate::forum::moderation::propose;
use crate::forum::moderation::report;
use crate::forum::moderation::work;
use crate::store::tx::Tx;

/// What of a target an act changes: which decision holds it so, and the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub by: Option<Uuid>,
    pub facts: Facts,
}

/// What a decision's row keeps of its target besides the decision that held it; what the act does not touch is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concepts: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_from: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restriction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<String>,
    /// A post's thread and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<(Uuid, i32)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// The numbers of a merged thread's posts, there and where they went.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<(i32, i32)>,
}

impl Facts {
    /// As the row keeps them.
    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// Reads [`Self::write`].
    pub fn read(text: &str) -> Result<Facts> {
        serde_json::from_str(text).map_err(Error::internal)
    }
}

/// What the act would change, as it stands.
pub(crate) async fn of(rows: &DatabaseTransaction, act: Act, found: &Found) -> Result<Standing> {
    let mut facts = Facts::default();
    let by = match (found, act) {
        (Found::Post { post, .. }, Act::HidePost | Act::RestorePost) => post.hidden_by,
        (Found::Post { post, .. }, Act::EditPost) => {
            facts.revision = Some(post.revision);
            facts.edited_at = post.edited_at.map(|at| at.0);
            facts.shown_from = Some(post.shown_from);
            post.edited_by
        }
        (Found::Post { post, .. }, Act::ErasePost) => post.erased_by,
        (Found::Post { post, .. }, Act::ApprovePost | Act::RejectPost | Act::HoldPost) => {
            facts.review = post.review.map(|review| review.name().to_string());
            post.review_by
        }
        (Found::Post { post, .. }, Act::SplitPosts | Act::JoinPosts) => {
            facts.place = Some((post.thread_id, post.number));
            None
        }
        (Found::Thread(thread), Act::LockThread | Act::UnlockThread) => thread.locked_by,
        (Found::Thread(thread), Act::PinThread | Act::UnpinThread) => {
            facts.until = thread.pinned_until.map(|until| until.0);
            thread.pinned_by
        }
        (Found::Thread(thread), Act::ArchiveThread | Act::UnarchiveThread) => thread.archived_by,
        (Found::Thread(thread), Act::ChangeThread) => {
            facts.title = Some(thread.title.clone());
            facts.kind = Some(thread.kind.name().to_string());
            facts.visibility = Some(thread.visibility.name().to_string());
            facts.concepts = Some(tag::stored(rows, thread.id).await?);
            thread.changed_by
        }
        (Found::Thread(thread), Act::ReviewThread | Act::TrustThread) => thread.reviewed_by,
        (Found::Thread(thread), Act::MergeThreads | Act::PartThreads) => {
            facts.merged_into = thread.merged_into;
            facts.moved = moving::moved(rows, thread).await?;
            thread.merged_by
        }
        (Found::Thread(thread), Act::SlowThread) => {
            facts.seconds = thread.slow_seconds;
            thread.slowed_by
        }
        (
            Found::Person { person, .. },
            Act::MutePerson | Act::SuspendPerson | Act::ReinstatePerson,
        ) => {
            facts.until = person.restricted_until.map(|until| until.0);
            facts.restriction = person.restriction.map(|each| each.name().to_string());
            person.restricted_by
        }
        (Found::Person { person, .. }, Act::ReviewPerson | Act::TrustPerson) => person.reviewed_by,
        // Nothing of the target itself changes.
        _ => None,
    };
    Ok(Standing { by, facts })
}

/// Makes the target stand so, and says what happened.
pub(crate) async fn put(
    tx: &Tx,
    act: Act,
    decision: &decision::Model,
    found: Found,
    wanted: &Standing,
) -> Result<Vec<Event>> {
    match found {
        Found::Post { post, .. } => put_post(tx, act, decision, *post, wanted).await,
        Found::Thread(thread) => put_thread(tx, act, decision.id, thread, wanted).await,
        Found::Person { person, .. } => {
            let event = Event::PersonDecided {
                person: person.id,
                decision: decision.id,
            };
            put_person(tx, act, *person, wanted).await?;
            Ok(vec![event])
        }
    }
}

async fn put_person(tx: &Tx, act: Act, person: person::Model, wanted: &Standing) -> Result<()> {
    let mut change = person.into_active_model();
    match act {
        Act::MutePerson | Act::SuspendPerson | Act::ReinstatePerson => {
            let restriction = wanted.facts.restriction.as_deref();
            change.restricted_by = Set(wanted.by);
            change.restriction = Set(restriction.and_then(Restriction::from_name));
            change.restricted_until = Set(wanted.facts.until.map(Moment));
        }
        Act::ReviewPerson | Act::TrustPerson => change.reviewed_by = Set(wanted.by),
        // A warning changes nothing of the person.
        _ => return Ok(()),
    }
    Ok(change.update(tx.rows()).await.map(drop)?)
}

async fn put_post(
    tx: &Tx,
    act: Act,
    decision: &decision::Model,
    post: post::Model,
    wanted: &Standing,
) -> Result<Vec<Event>> {
    let (thread, id, number) = (post.thread_id, post.id, post.number);
    if let (Act::SplitPosts | Act::JoinPosts, Some((into, at))) = (act, wanted.facts.place) {
        place::put(tx, post, into, at, decision.id).await?;
        return Ok(Vec::new());
    }
    let mut besides = None;
    let (before, language) = (post.revision, post.language);
    let mut change = post.into_active_model();
    let event = match act {
        Act::HidePost => {
            change.hidden_by = Set(wanted.by);
            Event::PostHidden {
                thread,
                post: id,
                number,
                decision: decision.id,
            }
        }
        Act::RestorePost => {
            change.hidden_by = Set(wanted.by);
            Event::PostRestored {
                thread,
                post: id,
                number,
                decision: decision.id,
            }
        }
        Act::EditPost => {
            let revision = wanted.facts.revision.unwrap_or(before);
            let body = give_text(tx, decision, (id, language), before, revision).await?;
            change.body_html = Set(limit::shown_again(body).await?.into());
            change.revision = Set(revision);
            change.edited_at = Set(wanted.facts.edited_at.map(Moment));
            change.edited_by = Set(wanted.by);
            change.shown_from = Set(wanted.facts.shown_from.unwrap_or(1));
            Event::PostEdited {
                thread,
                post: id,
                number,
                revision,
                decision: Some(decision.id),
            }
        }
        Act::ErasePost => {
            erase_text(tx, id).await?;
            if number == 1 {
                report::forget_titles(tx, thread).await?;
            }
            change.body_html = Set(Stored::default());
            change.withdrawal_reason = Set(None);
            change.erased_by = Set(wanted.by);
            Event::PostErased {
                thread,
                post: id,
                number,
                decision: decision.id,
            }
        }
        Act::ApprovePost | Act::RejectPost | Act::HoldPost => {
            let review = wanted.facts.review.as_deref();
            let review = review.and_then(thread::Review::from_name);
            change.review = Set(review);
            change.review_by = Set(wanted.by);
            if number == 1 {
                besides = Some(open(tx, thread, id, review, decision.id).await?);
            }
            Event::PostReviewed {
                thread,
                post: id,
                number,
                decision: decision.id,
            }
        }
        // What was reported or appealed stays as it is.
        _ => return Ok(Vec::new()),
    };
    change.update(tx.rows()).await?;
    Ok([Some(event), besides].into_iter().flatten().collect())
}

/// A thread goes the way of its opening text.
async fn open(
    tx: &Tx,
    thread: Uuid,
    post: Uuid,
    review: Option<thread::Review>,
    decision: Uuid,
) -> Result<Event> {
    thread::Entity::update_many()
        .col_expr(thread::Column::Review, Expr::value(review))
        .filter(thread::Column::Id.eq(thread))
        .exec(tx.rows())
        .await?;
    Ok(match review {
        None => Event::ThreadOpened { thread, post },
        Some(_) => Event::ThreadDecided { thread, decision },
    })
}

/// Takes the revisions after a number away, or adds the one with it; answers its text.
async fn give_text(
    tx: &Tx,
    decision: &decision::Model,
    (post_id, language): (Uuid, Language),
    before: i32,
    number: i32,
) -> Result<String> {
    if number > before {
        let body = match (&decision.body, decision.undoes_id) {
            (Some(body), _) => body.clone(),
            // Undoing what undid an edit gives its text again.
            (None, Some(undone)) => first_text(tx, undone).await?,
            (None, None) => return Err(Error::internal("an edit without a text")),
        };
        let next = revision::Model {
            id: id::new(),
            post_id,
            number,
            body: body.clone().into(),
            editor_id: decision.moderator_id,
            reason: None,
            created_at: tx.now(),
            decision_id: Some(decision.id),
            language,
        };
        revision::Entity::insert(next.into_active_model())
            .exec_without_returning(tx.rows())
            .await?;
        return Ok(body);
    }
    revision::Entity::delete_many()
        .filter(revision::Column::PostId.eq(post_id))
        .filter(revision::Column::Number.gt(number))
        .exec(tx.rows())
        .await?;
    let text = text::to_change(tx.rows(), post_id, number).await?;
    let body = text.map(text::Revision::into_body);
    body.ok_or_else(|| Error::internal("a post without its revision"))
}

/// The text of the edit at the beginning of a chain of undoings.
async fn first_text(tx: &Tx, mut id: Uuid) -> Result<String> {
    loop {
        let found = decision::find(tx.rows(), id).await?;
        let found = found.ok_or_else(|| Error::internal("an undoing of nothing"))?;
        match (found.body, found.undoes_id) {
            (Some(body), _) => return Ok(body),
            (None, Some(before)) => id = before,
            (None, None) => return Err(Error::internal("an edit without a text")),
        }
    }
}

/// Takes every text of a post out of the database: its revisions, the texts that decisions gave it, and notes about it, which
/// may repeat its words.
async fn erase_text(tx: &Tx, post_id: Uuid) -> Result<()> {
    revision::Entity::delete_many()
        .filter(revision::Column::PostId.eq(post_id))
        .exec(tx.rows())
        .await?;
    translation::forget(tx.rows(), post_id).await?;
    draft::forget(tx.rows(), post_id).await?;
    propose::forget_texts(tx.rows(), post_id).await?;
    report::forget_notes(tx.rows(), post_id).await?;
    work::forget_notes(tx.rows(), post_id).await?;
    decision::forget_texts(tx.rows(), post_id).await
}

async fn put_thread(
    tx: &Tx,
    act: Act,
    decision: Uuid,
    before: thread::Model,
    wanted: &Standing,
) -> Result<Vec<Event>> {
    let thread = before.id;
    if matches!(act, Act::MergeThreads | Act::PartThreads) {
        moving::put(tx, before, wanted, decision).await?;
        return Ok(Vec::new());
    }
    let mut change = before.clone().into_active_model();
    let event = match act {
        Act::LockThread => {
            change.locked_by = Set(wanted.by);
            Event::ThreadLocked { thread, decision }
        }
        Act::UnlockThread => {
            change.locked_by = Set(wanted.by);
            Event::ThreadUnlocked { thread, decision }
        }
        Act::PinThread | Act::UnpinThread => {
            change.pinned_by = Set(wanted.by);
            change.pinned_until = Set(wanted.facts.until.map(Moment));
            Event::ThreadDecided { thread, decision }
        }
        Act::ArchiveThread | Act::UnarchiveThread => {
            change.archived_by = Set(wanted.by);
            Event::ThreadDecided { thread, decision }
        }
        Act::ReviewThread | Act::TrustThread => {
            change.reviewed_by = Set(wanted.by);
            Event::ThreadDecided { thread, decision }
        }
        Act::SlowThread => {
            change.slowed_by = Set(wanted.by);
            change.slow_seconds = Set(wanted.facts.seconds);
            Event::ThreadDecided { thread, decision }
        }
        Act::ChangeThread => {
            let facts = &wanted.facts;
            let visibility = facts.visibility.as_deref();
            let visibility = visibility.and_then(thread::Visibility::from_name);
            let visibility = visibility.unwrap_or(before.visibility);
            let kind = facts.kind.as_deref().and_then(thread::Kind::from_name);
            change.title = Set(facts.title.clone().unwrap_or(before.title));
            change.kind = Set(kind.unwrap_or(before.kind));
            change.visibility = Set(visibility);
            change.changed_by = Set(wanted.by);
            if let Some(concepts) = &facts.concepts {
                tag::replace(tx.rows(), thread, concepts.clone()).await?;
            }
            Event::ThreadChanged {
                thread,
                visible_before: before.visibility.name().to_string(),
                visible_after: visibility.name().to_string(),
            }
        }
        _ => return Ok(Vec::new()),
    };
    change.update(tx.rows()).await?;
    Ok(vec![event])
}
