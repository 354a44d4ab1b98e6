//! What subscriptions send: an event as the log has it, with what it is about as that is now.

use async_graphql::ComplexObject;
use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Interface;
use async_graphql::SimpleObject;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::graph::asked::view;
use crate::graph::cases::Case;
use crate::graph::live::cursor_of;
use crate::graph::post::Post;
use crate::graph::scalar::DateTime;
use crate::graph::thread;
use crate::graph::thread::Thread;
use crate::store::log::Logged;

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
pub(super) type AboutPost = fn(&Logged, Post) -> ForumEvent;
pub(super) type AboutThread = fn(&Logged, Thread) -> ForumEvent;

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
            pub(super) fn of(logged: &Logged, $($field: $kind),+) -> $name {
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
            pub(super) fn event(logged: &Logged, post: Post) -> ForumEvent {
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
            pub(super) fn event(logged: &Logged, thread: Thread $(, $field: $kind)*) -> ForumEvent {
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

impl Gap {
    /// Up to a position, noticed now.
    pub(super) fn up_to(position: i64, now: Moment) -> Gap {
        Gap {
            id: event_id(position),
            cursor: cursor_of(position),
            at: DateTime(now),
        }
    }
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
    pub(super) fn of(logged: &Logged, case: Case) -> CaseChanged {
        CaseChanged {
            id: event_id(logged.position),
            cursor: cursor_of(logged.position),
            at: DateTime(logged.at),
            case,
        }
    }
}
