//! What subscriptions send: an event of the log, with the current state of its post, thread or case.

use async_graphql::ComplexObject;
use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Interface;
use async_graphql::SimpleObject;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::graph::cases::Case;
use crate::graph::context::read_view;
use crate::graph::live::encode_cursor;
use crate::graph::post::Post;
use crate::graph::scalar::DateTime;
use crate::graph::thread;
use crate::graph::thread::Thread;
use crate::store::log::LogEntry;

/// An event in the forum. To keep a list or thread up to date, apply the events after its cursor to it. An event may
/// report something that is already included; applying it then changes nothing.
#[derive(Interface)]
#[graphql(
    field(
        name = "id",
        ty = "&ID",
        desc = "Its id, unique over all types, for clients that cache objects by id. `node` does not find it."
    ),
    field(
        name = "cursor",
        ty = "&String",
        desc = "Its position in the log; pass it as `after` to a subscription to continue from here."
    ),
    field(name = "at", ty = "&DateTime", desc = "When it happened."),
    field(
        name = "post",
        ty = "Option<&Post>",
        desc = "The post that it is about, in its current state; null for an event about something else."
    ),
    field(
        name = "thread",
        ty = "Option<Thread>",
        desc = "The thread that it is about, or the thread of the post, in its current state; null when there is none that the caller sees."
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
    AnswerChanged(AnswerChanged),
    AcknowledgementsChanged(AcknowledgementsChanged),
    ThreadHidden(ThreadHidden),
    Gap(Gap),
}

/// Makes the event to send for a post or a thread.
pub(super) type MakePostEvent = fn(&LogEntry, Post) -> ForumEvent;
pub(super) type MakeThreadEvent = fn(&LogEntry, Thread) -> ForumEvent;

/// Declares an event: its fields, and the methods that compute further fields on request.
macro_rules! event {
    (
        $(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $kind:ty),+ } { $($methods:tt)* }
    ) => {
        $(#[$about])*
        #[derive(SimpleObject)]
        #[graphql(complex)]
        pub struct $name {
            /// Its id, unique over all types, for clients that cache objects by id. `node` does not find it.
            id: ID,
            /// Its position in the log; pass it as `after` to a subscription to continue from here.
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
            pub(super) fn of(logged: &LogEntry, $($field: $kind),+) -> $name {
                $name {
                    id: event_id(logged.position),
                    cursor: encode_cursor(logged.position),
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
                /// The thread of the post in its current state; null when the caller does not see it.
                async fn thread(&self, ctx: &Context<'_>) -> Result<Option<Thread>> {
                    thread::load(&read_view(ctx), self.post.0.thread_id).await
                }

                /// The id of that thread.
                async fn thread_id(&self) -> ID {
                    ID(self.post.0.thread_id.global())
                }
            }
        }

        impl $name {
            pub(super) fn event(logged: &LogEntry, post: Post) -> ForumEvent {
                ForumEvent::$name($name::of(logged, post))
            }
        }
    };
}

/// Declares an event about a thread, and its additional fields.
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
                    ID(self.thread.0.id.global())
                }

                /// No post: it is about a thread.
                async fn post(&self) -> Option<&Post> {
                    None
                }
            }
        }

        impl $name {
            pub(super) fn event(logged: &LogEntry, thread: Thread $(, $field: $kind)*) -> ForumEvent {
                ForumEvent::$name($name::of(logged, thread $(, $field)*))
            }
        }
    };
}

post_event!(
    /// A reply was written.
    PostCreated,
    /// The post in its current state.
    post
);
post_event!(
    /// A post has a new revision.
    PostEdited,
    /// The post in its current state.
    post
);
post_event!(
    /// A post was withdrawn: remove its text.
    PostWithdrawn,
    /// The post in its current state, without its text.
    post
);
post_event!(
    /// A post was hidden by a decision: remove its text.
    PostHidden,
    /// The post in its current state, without its text.
    post
);
post_event!(
    /// A post that was hidden is shown again.
    PostRestored,
    /// The post in its current state.
    post
);
post_event!(
    /// The text of a post was permanently erased: remove it, and everything stored of it.
    PostErased,
    /// The post in its current state, without its text.
    post
);
post_event!(
    /// A text that waits for approval was approved or rejected, or waits again: update the post in its position.
    PostReviewed,
    /// The post in its current state.
    post
);
post_event!(
    /// A post has a new translation: replace any earlier one in the same language.
    PostTranslated,
    /// The post in its current state.
    post
);
post_event!(
    /// A translation was withdrawn: remove its text.
    TranslationWithdrawn,
    /// The post in its current state.
    post
);
post_event!(
    /// A delegation acknowledged a post, or withdrew that: replace what is shown of its acknowledgements.
    AcknowledgementsChanged,
    /// The post in its current state.
    post
);
thread_event!(
    /// Posts were moved from one thread to another, and their former numbers now lead there: reload the posts of both
    /// threads. From here on, subscribers to a thread that was merged also receive the events of the other thread.
    PostsMoved,
    /// One of the two threads in its current state.
    thread,
    /// The other thread in its current state; null for callers who do not see it.
    other: Option<Box<Thread>>
);
thread_event!(
    /// A thread was opened.
    ThreadOpened,
    /// The thread in its current state.
    thread
);
thread_event!(
    /// The tags of a thread changed. The event is sent whether or not they match the filter: check them, and remove the
    /// thread from the list if they no longer match.
    ThreadRetagged,
    /// The thread in its current state.
    thread
);
thread_event!(
    /// The title, kind or visibility of a thread changed, it was locked, pinned, archived or slowed, or such a measure
    /// was lifted. The event is sent whether or not the thread matches the filter: check the thread, and remove it from
    /// the list if it no longer matches.
    ThreadChanged,
    /// The thread in its current state.
    thread
);
thread_event!(
    /// A post was marked as the answer to a question, or the mark was removed. The event is sent whether or not the thread
    /// matches the filter: check the thread, and remove it from the list if it no longer matches.
    AnswerChanged,
    /// The thread in its current state.
    thread
);
event! {
    /// A thread that was visible no longer is: remove it and its posts. No more events about it are sent.
    ThreadHidden {
        #[graphql(skip)]
        hidden: ID
    } {
        /// The id of the thread.
        async fn thread_id(&self) -> ID {
            self.hidden.clone()
        }

        /// No thread: it is no longer visible.
        async fn thread(&self) -> Option<Thread> {
            None
        }

        /// No post: it is about a thread.
        async fn post(&self) -> Option<&Post> {
            None
        }
    }
}

/// The events between the cursor given as `after` and this one are no longer stored, or never were: load everything
/// again.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Gap {
    /// Its id, unique over all types, for clients that cache objects by id. `node` does not find it.
    id: ID,
    /// The cursor after which events continue.
    cursor: String,
    /// When it was noticed.
    at: DateTime,
}

impl Gap {
    /// A gap that ends at a position and was noticed now.
    pub(super) fn up_to(position: i64, now: Moment) -> Gap {
        Gap {
            id: event_id(position),
            cursor: encode_cursor(position),
            at: DateTime(now),
        }
    }
}

#[ComplexObject]
impl Gap {
    /// No post: what happened is unknown.
    async fn post(&self) -> Option<&Post> {
        None
    }

    /// No thread: what happened is unknown.
    async fn thread(&self) -> Option<Thread> {
        None
    }

    /// No thread: what happened is unknown.
    async fn thread_id(&self) -> Option<ID> {
        None
    }

    /// No case: what happened is unknown.
    async fn case(&self) -> Option<&Case> {
        None
    }
}

fn event_id(position: i64) -> ID {
    ID(id::of_word(Kind::Event, &position.to_string()))
}

/// An event in the queue of cases.
#[derive(Interface)]
#[graphql(
    field(
        name = "id",
        ty = "&ID",
        desc = "Its id, unique over all types, for clients that cache objects by id. `node` does not find it."
    ),
    field(
        name = "cursor",
        ty = "&String",
        desc = "Its position in the log; pass it as `after` to a subscription to continue from here."
    ),
    field(name = "at", ty = "&DateTime", desc = "When it happened."),
    field(
        name = "case",
        ty = "Option<&Case>",
        desc = "The case of the event in its current state; null for a gap."
    )
)]
pub enum CaseEvent {
    CaseChanged(CaseChanged),
    Gap(Gap),
}

/// A case was opened, reported again, claimed, released, noted on or resolved.
#[derive(SimpleObject)]
pub struct CaseChanged {
    /// Its id, unique over all types, for clients that cache objects by id. `node` does not find it.
    id: ID,
    /// Its position in the log; pass it as `after` to a subscription to continue from here.
    cursor: String,
    /// When it happened.
    at: DateTime,
    /// The case in its current state.
    case: Case,
}

impl CaseChanged {
    pub(super) fn of(logged: &LogEntry, case: Case) -> CaseChanged {
        CaseChanged {
            id: event_id(logged.position),
            cursor: encode_cursor(logged.position),
            at: DateTime(logged.at),
            case,
        }
    }
}
