//! Subscriptions to events of the log. Permissions are checked for each event, against the database at the time when the
//! event is sent.

pub mod event;

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Subscription;
use futures_util::Stream;
use futures_util::stream;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::ByFamily;
use crate::base::event::Discussion;
use crate::base::event::Event;
use crate::base::event::Family;
use crate::base::event::Moderation;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::page;
use crate::consumers::live::Follower;
use crate::consumers::live::LogItem;
use crate::forum::accounts::session;
use crate::forum::discussion::list;
use crate::forum::discussion::thread::Visibility;
use crate::forum::moderation::policy as moderated;
use crate::graph::cases;
use crate::graph::context::ReadView;
use crate::graph::context::RequestContext;
use crate::graph::live::event::CaseChanged;
use crate::graph::live::event::CaseEvent;
use crate::graph::live::event::ForumEvent;
use crate::graph::live::event::Gap;
use crate::graph::live::event::MakePostEvent;
use crate::graph::live::event::MakeThreadEvent;
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
use crate::store::log::LogEntry;

/// The opaque form of a position in the log.
pub fn encode_cursor(position: i64) -> String {
    page::encode(&format!("log {position}"))
}

/// Reads [`encode_cursor`].
pub fn decode_cursor(cursor: &str) -> Result<i64> {
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
enum SubscriptionTopic {
    /// The requested thread, and those into which it has been merged since.
    Thread(Vec<ThreadId>),
    Forum(Box<list::Filter>),
}

struct EventStream {
    request: Arc<RequestContext>,
    follower: Follower,
    topic: SubscriptionTopic,
    ended: bool,
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
        let request = Arc::clone(ctx.data_unchecked::<Arc<RequestContext>>());
        let id = ThreadId::of_global(&thread_id).ok_or(Error::NotFound)?;
        let follower = follow(&request, after).await?;
        let view = request.read_view();
        let threads = merge_chain(&view, id).await?;
        if threads.is_empty() {
            return Err(Error::NotFound);
        }
        Ok(stream_events(
            request,
            follower,
            SubscriptionTopic::Thread(threads),
        ))
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
        let request = Arc::clone(ctx.data_unchecked::<Arc<RequestContext>>());
        let follower = follow(&request, after).await?;
        let view = request.read_view();
        // Every reply by others makes a thread unread, so this filter would hide events that it is meant to show.
        let filter = list::Filter {
            unread: false,
            ..filter.unwrap_or_default().read()
        };
        list::check(view.rows().await?, &view.actor, view.now(), &filter).await?;
        Ok(stream_events(
            request,
            follower,
            SubscriptionTopic::Forum(Box::new(filter)),
        ))
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
        let request = Arc::clone(ctx.data_unchecked::<Arc<RequestContext>>());
        let follower = follow(&request, after).await?;
        let view = request.read_view();
        moderated::office(&view.actor, view.now()).map_err(Error::Denied)?;
        let state = (request, follower);
        Ok(stream::try_unfold(
            state,
            async |(request, mut follower)| {
                let next = next_case(&request, &mut follower).await?;
                Ok(next.map(|event| (event, (request, follower))))
            },
        ))
    }
}

/// Returns the next change of a case that the caller sees; `None` at the end.
async fn next_case(request: &RequestContext, follower: &mut Follower) -> Result<Option<CaseEvent>> {
    loop {
        request.renew();
        let Some(item) = follower.next().await? else {
            return Ok(None);
        };
        let case = match &item {
            LogItem::Event(logged) => {
                let Event::CaseChanged { case } = logged.event else {
                    continue;
                };
                Some(case)
            }
            LogItem::Gap(_) => None,
        };
        request.renew();
        if !refresh_actor(request).await? {
            return Ok(None);
        }
        let view = request.read_view();
        let found = match case {
            Some(id) => cases::find_case(&view, id).await?,
            None => None,
        };
        match (item, found) {
            (LogItem::Gap(position), _) => {
                return Ok(Some(CaseEvent::Gap(Gap::up_to(position, view.now()))));
            }
            (LogItem::Event(logged), Some(case)) => {
                return Ok(Some(CaseEvent::CaseChanged(CaseChanged::of(&logged, case))));
            }
            (LogItem::Event(_), None) => {}
        }
    }
}

async fn follow(request: &RequestContext, after: Option<String>) -> Result<Follower> {
    let position = match (request.from, after) {
        (Some(position), _) => position,
        (None, Some(cursor)) => decode_cursor(&cursor)?,
        (None, None) => request.read_view().head().await?,
    };
    Ok(request.live.follow(position, Arc::clone(&request.progress)))
}

/// The thread and those into which it was merged, as far as the caller sees them.
async fn merge_chain(view: &ReadView, id: ThreadId) -> Result<Vec<ThreadId>> {
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

fn stream_events(
    request: Arc<RequestContext>,
    follower: Follower,
    topic: SubscriptionTopic,
) -> impl Stream<Item = Result<ForumEvent>> + use<> {
    let stream_state = EventStream {
        request,
        follower,
        topic,
        ended: false,
    };
    stream::try_unfold(stream_state, async |mut stream_state| {
        Ok(stream_state
            .next()
            .await?
            .map(|event| (event, stream_state)))
    })
}

impl EventStream {
    /// Returns the next event that the caller may see; `None` at the end.
    async fn next(&mut self) -> Result<Option<ForumEvent>> {
        while !self.ended {
            // Releases what was read for the last event before waiting for the next one.
            self.request.renew();
            let Some(item) = self.follower.next().await? else {
                return Ok(None);
            };
            match &item {
                LogItem::Event(logged) if !self.concerns(&logged.event) => continue,
                LogItem::Event(logged) => self.request.renew_at(logged.position),
                LogItem::Gap(_) => {}
            }
            if !refresh_actor(&self.request).await? {
                return Ok(None);
            }
            let view = self.request.read_view();
            if let (SubscriptionTopic::Thread(threads), LogItem::Event(logged)) =
                (&mut self.topic, &item)
                && let Event::PostsMoved { .. } = &logged.event
                && let Some(requested) = threads.first().copied()
            {
                let now = merge_chain(&view, requested).await?;
                // Callers who no longer see it are notified below, as for any thread.
                if !now.is_empty() {
                    *threads = now;
                }
            }
            let event = match item {
                LogItem::Gap(position) => Some(ForumEvent::Gap(Gap::up_to(position, view.now()))),
                LogItem::Event(logged) => self.visible_event(&view, &logged).await?,
            };
            self.ended = matches!(
                (&event, &self.topic),
                (
                    Some(ForumEvent::ThreadHidden(_)),
                    SubscriptionTopic::Thread(_)
                )
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
        match (&self.topic, event.concerns().thread) {
            (_, None) => false,
            (SubscriptionTopic::Thread(wanted), Some(thread)) => wanted.contains(&thread),
            (SubscriptionTopic::Forum(_), Some(_)) => true,
        }
    }

    /// The event as the caller may see it; `None` if they may not see it.
    async fn visible_event(
        &self,
        view: &ReadView,
        logged: &LogEntry,
    ) -> Result<Option<ForumEvent>> {
        let Some(thread_id) = logged.event.concerns().thread else {
            return Ok(None);
        };
        match logged.event.by_family() {
            ByFamily::Discussion(event) => {
                self.discussion_event(view, logged, thread_id, event).await
            }
            ByFamily::Moderation(event) => {
                self.moderation_event(view, logged, thread_id, event).await
            }
            ByFamily::Account(_) | ByFamily::Vocabulary(_) | ByFamily::Watching(_) => Ok(None),
        }
    }

    async fn discussion_event(
        &self,
        view: &ReadView,
        logged: &LogEntry,
        thread_id: ThreadId,
        event: Discussion<'_>,
    ) -> Result<Option<ForumEvent>> {
        let (make, post): (MakePostEvent, &PostId) = match event {
            Discussion::ThreadOpened { .. } => {
                if !self.matches_filter(view, thread_id).await? {
                    return Ok(None);
                }
                return thread_event(view, logged, thread_id, ThreadOpened::event).await;
            }
            Discussion::ThreadRetagged { .. } => {
                return thread_event(view, logged, thread_id, ThreadRetagged::event).await;
            }
            Discussion::ThreadChanged { visible_before, .. } => {
                return thread_changed_event(view, logged, thread_id, visible_before).await;
            }
            Discussion::DraftKept { .. }
            | Discussion::DraftDiscarded { .. }
            | Discussion::TextsRendered { .. } => return Ok(None),
            Discussion::PostCreated { post, .. } => (PostCreated::event, post),
            Discussion::PostEdited { post, .. } => (PostEdited::event, post),
            Discussion::PostWithdrawn { post, .. } => (PostWithdrawn::event, post),
            Discussion::PostTranslated { post, .. } => (PostTranslated::event, post),
            Discussion::TranslationWithdrawn { post, .. } => (TranslationWithdrawn::event, post),
        };
        self.post_event(view, logged, thread_id, *post, make).await
    }

    async fn moderation_event(
        &self,
        view: &ReadView,
        logged: &LogEntry,
        thread_id: ThreadId,
        event: Moderation<'_>,
    ) -> Result<Option<ForumEvent>> {
        let (make, post): (MakePostEvent, &PostId) = match event {
            Moderation::ThreadLocked { .. }
            | Moderation::ThreadUnlocked { .. }
            | Moderation::ThreadDecided { .. } => {
                return thread_event(view, logged, thread_id, ThreadChanged::event).await;
            }
            Moderation::PostsMoved { other, .. } => {
                return posts_moved_event(view, logged, thread_id, *other).await;
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
        self.post_event(view, logged, thread_id, *post, make).await
    }

    async fn post_event(
        &self,
        view: &ReadView,
        logged: &LogEntry,
        thread_id: ThreadId,
        post_id: PostId,
        make: MakePostEvent,
    ) -> Result<Option<ForumEvent>> {
        if !self.matches_filter(view, thread_id).await? {
            return Ok(None);
        }
        let post = post::load(view, post_id).await?;
        Ok(post.map(|post| make(logged, post)))
    }

    async fn matches_filter(&self, view: &ReadView, thread_id: ThreadId) -> Result<bool> {
        match &self.topic {
            SubscriptionTopic::Thread(_) => Ok(true),
            SubscriptionTopic::Forum(filter) => {
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
pub async fn refresh_actor(request: &RequestContext) -> Result<bool> {
    let before = request.actor();
    if before.member().is_none() {
        return Ok(true);
    }
    let view = request.read_view();
    let now = session::refresh(view.rows().await?, &before, view.now()).await?;
    let there = now.member().is_some();
    if now != before {
        request.set_actor(now);
    }
    Ok(there)
}

async fn thread_event(
    view: &ReadView,
    logged: &LogEntry,
    thread_id: ThreadId,
    make: MakeThreadEvent,
) -> Result<Option<ForumEvent>> {
    let thread = thread::load(view, thread_id).await?;
    Ok(thread.map(|thread| make(logged, thread)))
}

async fn posts_moved_event(
    view: &ReadView,
    logged: &LogEntry,
    thread_id: ThreadId,
    other: ThreadId,
) -> Result<Option<ForumEvent>> {
    let Some(thread) = thread::load(view, thread_id).await? else {
        return Ok(None);
    };
    let other = thread::load(view, other).await?;
    let moved = PostsMoved::event(logged, thread, other.map(Box::new));
    Ok(Some(moved))
}

async fn thread_changed_event(
    view: &ReadView,
    logged: &LogEntry,
    thread_id: ThreadId,
    visible_before: &str,
) -> Result<Option<ForumEvent>> {
    let visible_event = thread_event(view, logged, thread_id, ThreadChanged::event).await?;
    if visible_event.is_some() {
        return Ok(visible_event);
    }
    // Only callers who could see it before are notified that it is gone.
    let saw = Visibility::parse(visible_before)
        .is_some_and(|before| before.is_seen_by(view.actor.audience()));
    Ok(saw.then(|| {
        let id = ID(thread_id.global());
        ForumEvent::ThreadHidden(ThreadHidden::of(logged, id))
    }))
}
