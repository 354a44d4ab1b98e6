//! Splitting posts off into a new thread, and joining them to their former thread again.

use std::collections::HashMap;
use std::collections::HashSet;

use async_trait::async_trait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::cases::case;
use crate::forum::cases::subject::Subject;
use crate::forum::discussion::location;
use crate::forum::discussion::people;
use crate::forum::discussion::post;
use crate::forum::discussion::read;
use crate::forum::discussion::start::Opening;
use crate::forum::discussion::tag;
use crate::forum::discussion::tag::Tags;
use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::StoredInput;
use crate::forum::moderation::acts::action::SubjectKind;
use crate::forum::moderation::acts::change_thread::check_tags;
use crate::forum::moderation::acts::moving;
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

/// Splits posts of one thread, except its opening text, off into a new one.
#[derive(Debug, Default)]
pub struct SplitPosts {
    title: Option<String>,
    kind: Option<thread::Kind>,
    tags: Option<Tags>,
    /// The new thread, and the location of each post in it, once they are known.
    into: Option<ThreadId>,
    locations: HashMap<PostId, (ThreadId, i32)>,
}

impl SplitPosts {
    /// The new thread's title is required; its kind and tags are those of the former thread if left out.
    pub fn new(
        title: Option<String>,
        kind: Option<thread::Kind>,
        tags: Option<Tags>,
    ) -> SplitPosts {
        SplitPosts {
            title,
            kind,
            tags,
            ..SplitPosts::default()
        }
    }
}

#[async_trait]
impl Action for SplitPosts {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::SplitPosts,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_ORDER,
            inverse: Some(Act::JoinPosts),
            was: "in its thread",
            becomes: "in a new thread",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::not_gone(on)?;
        if on.is_post(|post| post.number == 1) {
            return Err(Refusal::OpeningText);
        }
        policy::unmerged(on)
    }

    async fn lock(&self, tx: &Tx, subjects: &[Subject], threads: &[ThreadId]) -> Result<()> {
        moving::lock(tx, subjects, threads).await
    }

    async fn check(&mut self, forum: &Forum, tx: &Tx) -> Result<()> {
        let title = self.title.take().unwrap_or_default();
        let max = forum.limits.title_length;
        self.title = Some(limit::line("change.title", &title, max)?);
        match &self.tags {
            Some(tags) => check_tags(forum, tx, tags).await,
            None => Ok(()),
        }
    }

    async fn prepare(&mut self, tx: &Tx, _: &Actor, found: &[LoadedSubject]) -> Result<()> {
        let (from, posts) = of_one_thread(found)?;
        let Some(first) = posts.first() else {
            return Err(Error::invalid("targetIds", Fault::Empty));
        };
        let last = i32::try_from(posts.len()).unwrap_or(i32::MAX);
        let into = self.new_thread(from, first, last);
        let id = into.id;
        thread::Entity::insert(into.into_active_model())
            .exec_without_returning(tx.rows())
            .await?;
        let concepts = match &self.tags {
            Some(tags) => tags.parse(tx.rows(), usize::MAX).await?,
            None => tag::stored(tx.rows(), from.id).await?,
        };
        tag::replace(tx.rows(), id, concepts).await?;
        let numbered = (1..).zip(&posts);
        let locations = numbered.map(|(number, post)| (post.id, (id, number)));
        self.locations = locations.collect();
        self.into = Some(id);
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
        _: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        current_state(found)
    }

    async fn next_state(
        &self,
        _: &Tx,
        _: Uuid,
        found: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(state_at_location(
            self.locations.get(&found.post()?.id).copied(),
        ))
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
        let Some(moved) = move_references(tx, decision, targets).await? else {
            return Ok(Vec::new());
        };
        let Moved { from, into, pairs } = moved;
        moving::set_redirect(tx, into, None, None).await?;
        read::move_read_positions(tx.rows(), from, into, &pairs).await?;
        let first = targets.iter().find_map(|target| {
            let after = StateDetails::read(&target.after_facts).ok()?.place?;
            target.post_id.filter(|_| after.1 == 1)
        });
        let opened = first.map(|post| Event::ThreadOpened { thread: into, post });
        let events = moving::events(from, into, decision.id);
        Ok(events.into_iter().chain(opened).collect())
    }
}

impl SplitPosts {
    /// The row of the new thread, which opens with this post of another one.
    fn new_thread(&self, from: &thread::Model, first: &post::Model, last: i32) -> thread::Model {
        let opening = Opening {
            title: self.title.clone().unwrap_or_default(),
            kind: self.kind.unwrap_or(from.kind),
            language: first.language,
            visibility: from.visibility,
            author_id: first.author_id,
            delegation_id: first.delegation_id.clone(),
            capacity: first.capacity,
            at: first.created_at,
            last_number: last,
            key: id::random(),
            review: None,
        };
        // The latest shown post is computed after the posts have been moved.
        thread::Model {
            last_shown: 0,
            ..opening.thread()
        }
    }
}

/// Joins split posts to their former thread again.
#[derive(Debug)]
pub struct JoinPosts;

#[async_trait]
impl Action for JoinPosts {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::JoinPosts,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::SplitPosts),
            was: "in a new thread",
            becomes: "in its thread",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::not_gone(on)?;
        policy::unmerged(on)
    }

    fn is_response_only(&self) -> bool {
        true
    }

    async fn lock(&self, tx: &Tx, subjects: &[Subject], threads: &[ThreadId]) -> Result<()> {
        moving::lock(tx, subjects, threads).await
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        current_state(found)
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
        let Some(Moved { from, into, .. }) = move_references(tx, decision, targets).await? else {
            return Ok(Vec::new());
        };
        if !moving::posts_in(tx.rows(), from).await?.is_empty() {
            return Err(Error::Denied(Refusal::ContinuedSince));
        }
        moving::set_redirect(tx, from, Some(into), Some(decision.id)).await?;
        Ok(moving::events(from, into, decision.id))
    }

    /// Other posts are in the thread by now, so that these cannot simply return.
    async fn obstacle(
        &self,
        rows: &DatabaseTransaction,
        found: &[LoadedSubject],
    ) -> Result<Option<Refusal>> {
        let Some(thread) = found.first().and_then(LoadedSubject::containing_thread) else {
            return Ok(None);
        };
        let there = moving::posts_in(rows, thread.id).await?;
        Ok((there.len() > found.len()).then_some(Refusal::ContinuedSince))
    }
}

/// The thread of these posts, and the posts by number; refused if they are in several threads.
fn of_one_thread(found: &[LoadedSubject]) -> Result<(&thread::Model, Vec<&post::Model>)> {
    let mut posts = Vec::new();
    let mut from = None;
    for each in found {
        let LoadedSubject::Post { thread, post } = each else {
            continue;
        };
        let first: &thread::Model = from.get_or_insert(thread);
        if first.id != thread.id {
            return Err(Error::invalid("targetIds", Fault::Unknown));
        }
        posts.push(post.as_ref());
    }
    posts.sort_by_key(|post| post.number);
    let from = from.ok_or_else(|| Error::invalid("targetIds", Fault::Empty))?;
    Ok((from, posts))
}

fn state_at_location(place: Option<(ThreadId, i32)>) -> SubjectState {
    let details = StateDetails {
        place,
        ..StateDetails::default()
    };
    SubjectState {
        decision_id: None,
        details,
    }
}

fn current_state(found: &LoadedSubject) -> Result<SubjectState> {
    let post = found.post()?;
    Ok(state_at_location(Some((post.thread_id, post.number))))
}

async fn newly_public_authors(
    rows: &DatabaseTransaction,
    found: &LoadedSubject,
    wanted: &StateDetails,
) -> Result<Option<HashSet<PersonId>>> {
    let post = found.post()?;
    let Some((into, _)) = wanted.place else {
        return Ok(None);
    };
    match moving::widens_audience(rows, post.thread_id, into).await? {
        true => people::writers_of(rows, std::slice::from_ref(post))
            .await
            .map(Some),
        false => Ok(None),
    }
}

async fn write_state(
    tx: &Tx,
    decision: &decision::Model,
    found: &LoadedSubject,
    wanted: &SubjectState,
) -> Result<Vec<Event>> {
    if let Some((into, number)) = wanted.details.place {
        location::move_post(tx, found.post()?.clone(), into, number, decision.id).await?;
    }
    Ok(Vec::new())
}

/// Posts that were moved from one thread into another one.
struct Moved {
    from: ThreadId,
    into: ThreadId,
    /// Their old and new numbers, in ascending order.
    pairs: Vec<(i32, i32)>,
}

/// Moves the cases and earlier decisions of the posts along with them; `None` if no post was moved.
async fn move_references(
    tx: &Tx,
    decision: &decision::Model,
    targets: &[target::Model],
) -> Result<Option<Moved>> {
    let (mut threads, mut pairs) = (None, Vec::new());
    for target in targets {
        let before = StateDetails::read(&target.before_facts)?.place;
        let after = StateDetails::read(&target.after_facts)?.place;
        if let (Some(before), Some(after)) = (before, after) {
            threads = Some((before.0, after.0));
            pairs.push((before.1, after.1));
        }
    }
    pairs.sort_unstable();
    let Some((from, into)) = threads else {
        return Ok(None);
    };
    let posts: Vec<PostId> = targets.iter().filter_map(|target| target.post_id).collect();
    case::move_to_thread(tx, &posts, into).await?;
    target::move_to_thread(tx.rows(), &posts, into, decision.id).await?;
    Ok(Some(Moved { from, into, pairs }))
}
