//! Subscriptions to events of the log. Permissions are checked for each event, against the database at the time when the
//! event is sent.

pub mod event;

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Subscription;
use futures_util::Stream;
use futures_util::stream;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::ByFamily;
use crate::base::event::Discussion;
use crate::base::event::Event;
use crate::base::event::Family;
use crate::base::event::Moderation;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::page;
use crate::consumers::live::Followed;
use crate::consumers::live::Follower;
use crate::forum::accounts::session;
use crate::forum::discussion::list;
use crate::forum::discussion::thread::Visibility;
use crate::forum::moderation::policy as moderated;
use crate::graph::asked::Asked;
use crate::graph::asked::View;
use crate::graph::cases;
use crate::graph::live::event::AboutPost;
use crate::graph::live::event::AboutThread;
use crate::graph::live::event::CaseChanged;
use crate::graph::live::event::CaseEvent;
use crate::graph::live::event::ForumEvent;
use crate::graph::live::event::Gap;
use crate::graph::live::event::PostCreated;
use crate::graph::live::event::PostEdited;
use crate::graph::live::event::PostErased;
use crate::graph::live::event::PostHidden;
use crate::graph::live::event::PostRestored;
use crate::graph::live::event::PostReviewed;
use crate::graph::live::event::PostTranslated;
use crate::graph::live::event::PostWithdrawn;
use crate::graph::live::event::PostsMoved;
use crate::graph::live::event::ThreadChanged;
use crate::graph::live::event::ThreadHidden;
use crate::graph::live::event::ThreadOpened;
use crate::graph::live::event::ThreadRetagged;
use crate::graph::live::event::TranslationWithdrawn;
use crate::graph::post;
use crate::graph::thread;
use crate::graph::thread::list::ThreadFilter;
use crate::store::log::Logged;

/// The opaque form of a position in the log.
pub fn cursor_of(position: i64) -> String {
    page::encode(&format!("log {position}"))
}

/// Reads [`cursor_of`].
pub fn position_of(cursor: &str) -> Result<i64> {
    let refused = || Error::invalid("after", Fault::Malformed);
    let window = page::Window::read(None, Some(cursor.to_string()), None, None)?;
    window
        .after
        .as_deref()
        .and_then(|key| key.strip_prefix("log "))
        .and_then(|position| position.parse().ok())
        .filter(|position| *position >= 0)
        .ok_or_else(refused)
}

/// The subject of a subscription.
enum Subject {
    /// The requested thread, and those into which it has been merged since.
    Thread(Vec<Uuid>),
    Forum(list::Filter),
}

struct Telling {
    asked: Arc<Asked>,
    follower: Follower,
    subject: Subject,
    over: bool,
}

#[derive(Default)]
pub struct LiveSubscription;

#[Subscription]
impl LiveSubscription {
    /// Sends the events of one thread. NOT_FOUND when the caller does not see it; ends after ThreadHidden, and when the
    /// caller's session ends.
    async fn thread_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the thread.")] thread_id: ID,
        #[graphql(
            desc = "Send everything after this cursor first; only new events when left out."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<ForumEvent>> + use<>> {
        let asked = Arc::clone(ctx.data_unchecked::<Arc<Asked>>());
        let id = id::to_uuid(Kind::Thread, &thread_id).ok_or(Error::NotFound)?;
        let follower = follow(&asked, after).await?;
        let view = asked.view();
        let followed = merged(&view, id).await?;
        if followed.is_empty() {
            return Err(Error::NotFound);
        }
        Ok(tell(asked, follower, Subject::Thread(followed)))
    }

    /// Sends the events of the threads that the caller sees and that match the filter. Ends when the caller's session
    /// ends.
    async fn forum_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only events of these threads.")] filter: Option<ThreadFilter>,
        #[graphql(
            desc = "Send everything after this cursor first; only new events when left out."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<ForumEvent>> + use<>> {
        let asked = Arc::clone(ctx.data_unchecked::<Arc<Asked>>());
        let follower = follow(&asked, after).await?;
        let view = asked.view();
        // Every reply by others makes a thread unread, so this filter would hide events that it is meant to show.
        let filter = list::Filter {
            unread: false,
            ..filter.unwrap_or_default().read()
        };
        list::check(view.rows().await?, &view.actor, view.now(), &filter).await?;
        Ok(tell(asked, follower, Subject::Forum(filter)))
    }

    /// Sends the events in the queue of cases on which the caller could decide. DENIED for callers who decide on
    /// nothing.
    async fn case_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Send everything after this cursor first; only new events when left out."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<CaseEvent>> + use<>> {
        let asked = Arc::clone(ctx.data_unchecked::<Arc<Asked>>());
        let follower = follow(&asked, after).await?;
        let view = asked.view();
        moderated::office(&view.actor, view.now()).map_err(Error::Denied)?;
        let telling = (asked, follower);
        Ok(stream::try_unfold(
            telling,
            async |(asked, mut follower)| {
                let next = next_case(&asked, &mut follower).await?;
                Ok(next.map(|event| (event, (asked, follower))))
            },
        ))
    }
}

/// Returns the next change of a case that the caller sees; `None` at the end.
async fn next_case(asked: &Asked, follower: &mut Follower) -> Result<Option<CaseEvent>> {
    loop {
        asked.renew();
        let Some(followed) = follower.next().await? else {
            return Ok(None);
        };
        let case = match &followed {
            Followed::Event(logged) => {
                let Event::CaseChanged { case } = logged.event else {
                    continue;
                };
                Some(case)
            }
            Followed::Gap(_) => None,
        };
        asked.renew();
        if !still_there(asked).await? {
            return Ok(None);
        }
        let view = asked.view();
        let found = match case {
            Some(id) => cases::find_case(&view, id).await?,
            None => None,
        };
        match (followed, found) {
            (Followed::Gap(position), _) => {
                return Ok(Some(CaseEvent::Gap(Gap::up_to(position, view.now()))));
            }
            (Followed::Event(logged), Some(case)) => {
                return Ok(Some(CaseEvent::CaseChanged(CaseChanged::of(&logged, case))));
            }
            (Followed::Event(_), None) => {}
        }
    }
}

async fn follow(asked: &Asked, after: Option<String>) -> Result<Follower> {
    let position = match (asked.from, after) {
        (Some(position), _) => position,
        (None, Some(cursor)) => position_of(&cursor)?,
        (None, None) => asked.view().snapshot.head().await?,
    };
    Ok(asked.live.follow(position, Arc::clone(&asked.progress)))
}

/// The thread and those into which it was merged, as far as the caller sees them.
async fn merged(view: &View, id: Uuid) -> Result<Vec<Uuid>> {
    let (mut all, mut next) = (Vec::new(), Some(id));
    while let Some(id) = next
        && !all.contains(&id)
    {
        let found = thread::load(view, id).await?;
        next = found.as_ref().and_then(|thread| thread.0.merged_into);
        all.extend(found.map(|thread| thread.0.id));
    }
    Ok(all)
}

fn tell(
    asked: Arc<Asked>,
    follower: Follower,
    subject: Subject,
) -> impl Stream<Item = Result<ForumEvent>> + use<> {
    let telling = Telling {
        asked,
        follower,
        subject,
        over: false,
    };
    stream::try_unfold(telling, async |mut telling| {
        Ok(telling.next().await?.map(|event| (event, telling)))
    })
}

impl Telling {
    /// Returns the next event that the caller may see; `None` at the end.
    async fn next(&mut self) -> Result<Option<ForumEvent>> {
        while !self.over {
            // Releases what was read for the last event before waiting for the next one.
            self.asked.renew();
            let Some(followed) = self.follower.next().await? else {
                return Ok(None);
            };
            match &followed {
                Followed::Event(logged) if !self.concerns(&logged.event) => continue,
                Followed::Event(logged) => self.asked.renew_for(logged.position),
                Followed::Gap(_) => {}
            }
            if !still_there(&self.asked).await? {
                return Ok(None);
            }
            let view = self.asked.view();
            if let (Subject::Thread(threads), Followed::Event(logged)) =
                (&mut self.subject, &followed)
                && let Event::PostsMoved { .. } = &logged.event
                && let Some(asked_for) = threads.first().copied()
            {
                let now = merged(&view, asked_for).await?;
                // Callers who no longer see it are notified below, as for any thread.
                if !now.is_empty() {
                    *threads = now;
                }
            }
            let event = match followed {
                Followed::Gap(position) => Some(ForumEvent::Gap(Gap::up_to(position, view.now()))),
                Followed::Event(logged) => self.seen(&view, &logged).await?,
            };
            self.over = matches!(
                (&event, &self.subject),
                (Some(ForumEvent::ThreadHidden(_)), Subject::Thread(_))
            );
            if event.is_some() {
                return Ok(event);
            }
        }
        Ok(None)
    }

    /// Whether the event could be relevant; checked before anything is read for it.
    fn concerns(&self, event: &Event) -> bool {
        if event.family() == Family::Watching {
            return false;
        }
        match (&self.subject, event.concerns().thread) {
            (_, None) => false,
            (Subject::Thread(wanted), Some(thread)) => wanted.contains(&thread),
            (Subject::Forum(_), Some(_)) => true,
        }
    }

    /// The event as the caller may see it; `None` if they may not see it.
    async fn seen(&self, view: &View, logged: &Logged) -> Result<Option<ForumEvent>> {
        let Some(thread_id) = logged.event.concerns().thread else {
            return Ok(None);
        };
        match logged.event.by_family() {
            ByFamily::Discussion(event) => self.in_discussion(view, logged, thread_id, event).await,
            ByFamily::Moderation(event) => self.in_moderation(view, logged, thread_id, event).await,
            ByFamily::Account(_) | ByFamily::Vocabulary(_) | ByFamily::Watching(_) => Ok(None),
        }
    }

    async fn in_discussion(
        &self,
        view: &View,
        logged: &Logged,
        thread_id: Uuid,
        event: Discussion<'_>,
    ) -> Result<Option<ForumEvent>> {
        let (make, post): (AboutPost, &Uuid) = match event {
            Discussion::ThreadOpened { .. } => {
                if !self.passes(view, thread_id).await? {
                    return Ok(None);
                }
                return about_thread(view, logged, thread_id, ThreadOpened::event).await;
            }
            Discussion::ThreadRetagged { .. } => {
                return about_thread(view, logged, thread_id, ThreadRetagged::event).await;
            }
            Discussion::ThreadChanged { visible_before, .. } => {
                return changed(view, logged, thread_id, visible_before).await;
            }
            Discussion::DraftKept { .. } | Discussion::DraftDiscarded { .. } => return Ok(None),
            Discussion::PostCreated { post, .. } => (PostCreated::event, post),
            Discussion::PostEdited { post, .. } => (PostEdited::event, post),
            Discussion::PostWithdrawn { post, .. } => (PostWithdrawn::event, post),
            Discussion::PostTranslated { post, .. } => (PostTranslated::event, post),
            Discussion::TranslationWithdrawn { post, .. } => (TranslationWithdrawn::event, post),
        };
        self.about_post(view, logged, thread_id, *post, make).await
    }

    async fn in_moderation(
        &self,
        view: &View,
        logged: &Logged,
        thread_id: Uuid,
        event: Moderation<'_>,
    ) -> Result<Option<ForumEvent>> {
        let (make, post): (AboutPost, &Uuid) = match event {
            Moderation::ThreadLocked { .. }
            | Moderation::ThreadUnlocked { .. }
            | Moderation::ThreadDecided { .. } => {
                return about_thread(view, logged, thread_id, ThreadChanged::event).await;
            }
            Moderation::PostsMoved { other, .. } => {
                return moved(view, logged, thread_id, *other).await;
            }
            Moderation::PersonDecided { .. }
            | Moderation::CaseChanged { .. }
            | Moderation::DecisionProposed { .. }
            | Moderation::ProposalSettled { .. }
            | Moderation::DecisionUpheld { .. }
            | Moderation::NoticeRead { .. }
            | Moderation::ScopeChanged { .. } => return Ok(None),
            Moderation::PostHidden { post, .. } => (PostHidden::event, post),
            Moderation::PostRestored { post, .. } => (PostRestored::event, post),
            Moderation::PostErased { post, .. } => (PostErased::event, post),
            Moderation::PostReviewed { post, .. } => (PostReviewed::event, post),
        };
        self.about_post(view, logged, thread_id, *post, make).await
    }

    async fn about_post(
        &self,
        view: &View,
        logged: &Logged,
        thread_id: Uuid,
        post_id: Uuid,
        make: AboutPost,
    ) -> Result<Option<ForumEvent>> {
        if !self.passes(view, thread_id).await? {
            return Ok(None);
        }
        let post = post::load(view, post_id).await?;
        Ok(post.map(|post| make(logged, post)))
    }

    async fn passes(&self, view: &View, thread_id: Uuid) -> Result<bool> {
        match &self.subject {
            Subject::Thread(_) => Ok(true),
            Subject::Forum(filter) => {
                list::matches(
                    view.rows().await?,
                    &view.actor,
                    view.now(),
                    filter,
                    thread_id,
                )
                .await
            }
        }
    }
}

/// Re-reads the actor; `false` when the session has ended.
pub async fn still_there(asked: &Asked) -> Result<bool> {
    let before = asked.actor();
    if before.member().is_none() {
        return Ok(true);
    }
    let view = asked.view();
    let now = session::refresh(view.rows().await?, &before, view.now()).await?;
    let there = now.member().is_some();
    if now != before {
        asked.become_actor(now);
    }
    Ok(there)
}

async fn about_thread(
    view: &View,
    logged: &Logged,
    thread_id: Uuid,
    make: AboutThread,
) -> Result<Option<ForumEvent>> {
    let thread = thread::load(view, thread_id).await?;
    Ok(thread.map(|thread| make(logged, thread)))
}

async fn moved(
    view: &View,
    logged: &Logged,
    thread_id: Uuid,
    other: Uuid,
) -> Result<Option<ForumEvent>> {
    let Some(thread) = thread::load(view, thread_id).await? else {
        return Ok(None);
    };
    let other = thread::load(view, other).await?;
    let moved = PostsMoved::event(logged, thread, other.map(Box::new));
    Ok(Some(moved))
}

async fn changed(
    view: &View,
    logged: &Logged,
    thread_id: Uuid,
    visible_before: &str,
) -> Result<Option<ForumEvent>> {
    let seen = about_thread(view, logged, thread_id, ThreadChanged::event).await?;
    if seen.is_some() {
        return Ok(seen);
    }
    // Only callers who could see it before are notified that it is gone.
    let saw = Visibility::from_name(visible_before)
        .is_some_and(|before| before.is_seen_by(view.actor.audience()));
    Ok(saw.then(|| {
        let id = ID(id::of_uuid(Kind::Thread, thread_id));
        ForumEvent::ThreadHidden(ThreadHidden::of(logged, id))
    }))
}
