//! Subscriptions: what the log says, sent to those who may see it. Rights are checked for each event, against the database as
//! it is when the event is sent.

use std::sync::Arc;

use async_graphql::ComplexObject;
use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Interface;
use async_graphql::SimpleObject;
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
use crate::graph::asked::view;
use crate::graph::cases;
use crate::graph::cases::Case;
use crate::graph::post;
use crate::graph::post::Post;
use crate::graph::scalar::DateTime;
use crate::graph::thread;
use crate::graph::thread::Thread;
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

/// Something that happened in the forum. Apply the events after the cursor of a list or thread to it, and you have it as
/// it is now; an event may tell what you already have, and is then harmless.
#[derive(Interface)]
#[graphql(
    field(
        name = "id",
        ty = "&ID",
        desc = "Its id, unique over all kinds, for clients that keep objects by their ids. `node` does not find it."
    ),
    field(
        name = "cursor",
        ty = "&String",
        desc = "Its place in the log: subscribe with it as `after` to go on from here."
    ),
    field(name = "at", ty = "&DateTime", desc = "When it happened."),
    field(
        name = "post",
        ty = "Option<&Post>",
        desc = "The post that it is about, as it is now; null for an event about something else."
    ),
    field(
        name = "thread",
        ty = "Option<Thread>",
        desc = "The thread that it is about, or in which the post stands, as it is now; null when there is none that the caller sees."
    ),
    field(
        name = "thread_id",
        ty = "Option<ID>",
        desc = "The id of that thread, also when the caller no longer sees it; null for a gap."
    )
)]
pub enum ForumEvent {
    PostCreated(PostCreated),
    PostEdited(PostEdited),
    PostWithdrawn(PostWithdrawn),
    PostHidden(PostHidden),
    PostRestored(PostRestored),
    PostErased(PostErased),
    PostReviewed(PostReviewed),
    PostsMoved(PostsMoved),
    PostTranslated(PostTranslated),
    TranslationWithdrawn(TranslationWithdrawn),
    ThreadOpened(ThreadOpened),
    ThreadRetagged(ThreadRetagged),
    ThreadChanged(ThreadChanged),
    ThreadHidden(ThreadHidden),
    Gap(Gap),
}

/// Makes what is sent of an event about a post or a thread.
type AboutPost = fn(&Logged, Post) -> ForumEvent;
type AboutThread = fn(&Logged, Thread) -> ForumEvent;

/// Declares an event: what it carries, and what is worked out when it is asked for.
macro_rules! event {
    (
        $(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $kind:ty),+ } { $($methods:tt)* }
    ) => {
        $(#[$about])*
        #[derive(SimpleObject)]
        #[graphql(complex)]
        pub struct $name {
            /// Its id, unique over all kinds, for clients that keep objects by their ids. `node` does not find it.
            id: ID,
            /// Its place in the log: subscribe with it as `after` to go on from here.
            cursor: String,
            /// When it happened.
            at: DateTime,
            $($(#[$field_about])* $field: $kind,)+
        }

        #[ComplexObject]
        impl $name {
            $($methods)*
        }

        impl $name {
            fn of(logged: &Logged, $($field: $kind),+) -> $name {
                $name {
                    id: event_id(logged.position),
                    cursor: cursor_of(logged.position),
                    at: DateTime(logged.at),
                    $($field,)+
                }
            }
        }
    };
}

/// Declares an event about a post.
macro_rules! post_event {
    ($(#[$about:meta])* $name:ident, $(#[$post_about:meta])* post) => {
        event! {
            $(#[$about])*
            $name { $(#[$post_about])* post: Post } {
                /// The thread in which the post stands, as it is now; null when the caller does not see it.
                async fn thread(&self, ctx: &Context<'_>) -> Result<Option<Thread>> {
                    thread::load(&view(ctx), self.post.0.thread_id).await
                }

                /// The id of that thread.
                async fn thread_id(&self) -> ID {
                    ID(id::of_uuid(Kind::Thread, self.post.0.thread_id))
                }
            }
        }

        impl $name {
            fn event(logged: &Logged, post: Post) -> ForumEvent {
                ForumEvent::$name($name::of(logged, post))
            }
        }
    };
}

/// Declares an event about a thread, and what it carries besides.
macro_rules! thread_event {
    ($(#[$about:meta])* $name:ident, $(#[$thread_about:meta])* thread $(, $(#[$field_about:meta])* $field:ident: $kind:ty)*) => {
        event! {
            $(#[$about])*
            $name {
                #[graphql(skip)]
                thread: Thread
                $(, $(#[$field_about])* $field: $kind)*
            } {
                $(#[$thread_about])*
                async fn thread(&self) -> Thread {
                    self.thread.clone()
                }

                /// The id of that thread.
                async fn thread_id(&self) -> ID {
                    ID(id::of_uuid(Kind::Thread, self.thread.0.id))
                }

                /// No post: it is about a thread.
                async fn post(&self) -> Option<&Post> {
                    None
                }
            }
        }

        impl $name {
            fn event(logged: &Logged, thread: Thread $(, $field: $kind)*) -> ForumEvent {
                ForumEvent::$name($name::of(logged, thread $(, $field)*))
            }
        }
    };
}

post_event!(
    /// A reply was written.
    PostCreated,
    /// The post as it is now.
    post
);
post_event!(
    /// A post was given a new revision.
    PostEdited,
    /// The post as it is now.
    post
);
post_event!(
    /// A post was withdrawn: take its text away.
    PostWithdrawn,
    /// The post as it is now, without its text.
    post
);
post_event!(
    /// A post was hidden by a decision: take its text away.
    PostHidden,
    /// The post as it is now, without its text.
    post
);
post_event!(
    /// A post that was hidden is shown again.
    PostRestored,
    /// The post as it is now.
    post
);
post_event!(
    /// The text of a post was erased for good: take it away, and what was kept of it.
    PostErased,
    /// The post as it is now, without its text.
    post
);
post_event!(
    /// A text that waits for approval was approved or rejected, or waits again: put the post in its place.
    PostReviewed,
    /// The post as it is now.
    post
);
post_event!(
    /// A post was given a translation: put it in place of an earlier one in the same language.
    PostTranslated,
    /// The post as it is now.
    post
);
post_event!(
    /// A translation was taken back: take its text away.
    TranslationWithdrawn,
    /// The post as it is now.
    post
);
thread_event!(
    /// Posts went from one thread to another, and with them what their numbers lead to: load the posts of both afresh. Whoever
    /// follows a thread that was merged is told of the other one from here on.
    PostsMoved,
    /// One of the two threads, as it is now.
    thread,
    /// The other one, as it is now; null for whoever does not see it.
    other: Option<Box<Thread>>
);
thread_event!(
    /// A thread was opened.
    ThreadOpened,
    /// The thread as it is now.
    thread
);
thread_event!(
    /// A thread was given other tags. It is told whether or not they pass the filter: look at them, and drop the thread
    /// from the list if they no longer do.
    ThreadRetagged,
    /// The thread as it is now.
    thread
);
thread_event!(
    /// Title, kind or visibility of a thread changed, or it was locked, pinned, archived, slowed, or the like of it lifted.
    /// It is told whether or not the thread passes the filter: look at it,
    /// and drop the thread from the list if it no longer does.
    ThreadChanged,
    /// The thread as it is now.
    thread
);
event! {
    /// A thread that could be seen can no longer be: take it and its posts away. Nothing more is told of it.
    ThreadHidden {
        #[graphql(skip)]
        hidden: ID
    } {
        /// Which thread.
        async fn thread_id(&self) -> ID {
            self.hidden.clone()
        }

        /// No thread: it can no longer be seen.
        async fn thread(&self) -> Option<Thread> {
            None
        }

        /// No post: it is about a thread.
        async fn post(&self) -> Option<&Post> {
            None
        }
    }
}

/// What lies between the cursor given as `after` and this one is no longer kept, or never was: load afresh.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Gap {
    /// Its id, unique over all kinds, for clients that keep objects by their ids. `node` does not find it.
    id: ID,
    /// Events after this place follow.
    cursor: String,
    /// When it was noticed.
    at: DateTime,
}

#[ComplexObject]
impl Gap {
    /// No post: what happened is not known.
    async fn post(&self) -> Option<&Post> {
        None
    }

    /// No thread: what happened is not known.
    async fn thread(&self) -> Option<Thread> {
        None
    }

    /// No thread: what happened is not known.
    async fn thread_id(&self) -> Option<ID> {
        None
    }

    /// No case: what happened is not known.
    async fn case(&self) -> Option<&Case> {
        None
    }
}

fn event_id(position: i64) -> ID {
    ID(id::of_word(Kind::Event, &position.to_string()))
}

/// Something that happened in the queue of cases.
#[derive(Interface)]
#[graphql(
    field(
        name = "id",
        ty = "&ID",
        desc = "Its id, unique over all kinds, for clients that keep objects by their ids. `node` does not find it."
    ),
    field(
        name = "cursor",
        ty = "&String",
        desc = "Its place in the log: subscribe with it as `after` to go on from here."
    ),
    field(name = "at", ty = "&DateTime", desc = "When it happened."),
    field(
        name = "case",
        ty = "Option<&Case>",
        desc = "The case that it is about, as it is now; null for a gap."
    )
)]
pub enum CaseEvent {
    CaseChanged(CaseChanged),
    Gap(Gap),
}

/// A case was opened, reported anew, claimed, released, noted on or resolved.
#[derive(SimpleObject)]
pub struct CaseChanged {
    /// Its id, unique over all kinds, for clients that keep objects by their ids. `node` does not find it.
    id: ID,
    /// Its place in the log: subscribe with it as `after` to go on from here.
    cursor: String,
    /// When it happened.
    at: DateTime,
    /// The case as it is now.
    case: Case,
}

impl CaseChanged {
    fn of(logged: &Logged, case: Case) -> CaseChanged {
        CaseChanged {
            id: event_id(logged.position),
            cursor: cursor_of(logged.position),
            at: DateTime(logged.at),
            case,
        }
    }
}

/// What a subscription is about.
enum Subject {
    /// The thread that was asked for, and those into which it was merged since.
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
    /// What happens in one thread. NOT_FOUND when the caller does not see it; ends after ThreadHidden, and when the
    /// caller's session ends.
    async fn thread_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which thread.")] thread_id: ID,
        #[graphql(desc = "Tell everything after this cursor first; from now on when left out.")]
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

    /// What happens in the threads that the caller sees and the filter lets through. Ends when the caller's session ends.
    async fn forum_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in these threads.")] filter: Option<ThreadFilter>,
        #[graphql(desc = "Tell everything after this cursor first; from now on when left out.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<ForumEvent>> + use<>> {
        let asked = Arc::clone(ctx.data_unchecked::<Arc<Asked>>());
        let follower = follow(&asked, after).await?;
        let view = asked.view();
        // Every reply of others makes a thread unread: the filter would hide what it is asked to show.
        let filter = list::Filter {
            unread: false,
            ..filter.unwrap_or_default().read()
        };
        list::check(view.rows().await?, &view.actor, view.now(), &filter).await?;
        Ok(tell(asked, follower, Subject::Forum(filter)))
    }

    /// What happens in the queue of cases, as far as the caller could decide on them. DENIED to whoever decides on nothing.
    async fn case_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Tell everything after this cursor first; from now on when left out.")]
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

/// The next change of a case that the caller sees; `None` at the end.
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
                return Ok(Some(CaseEvent::Gap(Gap {
                    id: event_id(position),
                    cursor: cursor_of(position),
                    at: DateTime(view.now()),
                })));
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

/// A thread, if the caller sees it, and those into which it was merged.
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
    /// The next event that the caller may see; `None` at the end.
    async fn next(&mut self) -> Result<Option<ForumEvent>> {
        while !self.over {
            // What was read for the last event is let go before waiting for the next.
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
                // Who no longer sees it is told so below, as of any thread.
                if !now.is_empty() {
                    *threads = now;
                }
            }
            let event = match followed {
                Followed::Gap(position) => Some(ForumEvent::Gap(Gap {
                    id: event_id(position),
                    cursor: cursor_of(position),
                    at: DateTime(view.now()),
                })),
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

    /// Whether the event could be of interest, before anything is read for it.
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

    /// The event as the caller may see it, if they may.
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

/// Reads again who the caller is; `false` when their session has ended.
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
    // Only who could see it before learns that it is gone.
    let was_public = visible_before == Visibility::Public.name();
    Ok(was_public.then(|| {
        let id = ID(id::of_uuid(Kind::Thread, thread_id));
        ForumEvent::ThreadHidden(ThreadHidden::of(logged, id))
    }))
}
