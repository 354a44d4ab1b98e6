//! Following threads and concepts in the API.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::forum::watching::follow;
use crate::graph::concept;
use crate::graph::concept::Concept;
use crate::graph::context::mutate;
use crate::graph::context::request;
use crate::graph::ids::ThreadId;
use crate::graph::payload::payload;
use crate::graph::thread::Thread;

/// A thread to follow or to stop following.
#[derive(InputObject)]
pub struct FollowThreadInput {
    /// The id of the thread.
    thread_id: ThreadId,
    /// Whether the caller follows it from now on.
    follow: bool,
}

payload!(FollowThreadPayload, "The thread.", thread: Thread, "The thread.");

/// A concept to follow or to stop following.
#[derive(InputObject)]
pub struct FollowConceptInput {
    /// The concept: its id or slug.
    concept_id: ID,
    /// Whether the caller follows it, and everything below it, from now on.
    follow: bool,
}

payload!(FollowConceptPayload, "The concept.", concept: Concept, "The concept.");

#[derive(Default)]
pub struct WatchingMutation;

#[Object]
impl WatchingMutation {
    /// Follows a thread from now on, or stops following it; a person who has written in a thread follows it until they
    /// choose otherwise. DENIED for visitors.
    async fn follow_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and whether to follow it.")] input: FollowThreadInput,
    ) -> Result<Option<FollowThreadPayload>> {
        let request = request(ctx);
        let id = input.thread_id.uuid()?;
        let thread = mutate(
            request,
            follow::thread(&request.forum, &request.actor(), id, input.follow),
        )
        .await?;
        Ok(Some(FollowThreadPayload {
            thread: Thread(thread),
        }))
    }

    /// Follows a concept of the vocabulary from now on, or stops following it. DENIED for visitors; INVALID beyond 100
    /// concepts.
    async fn follow_concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concept, and whether to follow it.")] input: FollowConceptInput,
    ) -> Result<Option<FollowConceptPayload>> {
        let request = request(ctx);
        let slug = concept::slugs_of(vec![input.concept_id]);
        let slug = slug.into_iter().next().ok_or(Error::NotFound)?;
        mutate(
            request,
            follow::concept(&request.forum, &request.actor(), &slug, input.follow),
        )
        .await?;
        let found = concept::load(&request.read_view(), &slug).await?;
        Ok(Some(FollowConceptPayload {
            concept: found.ok_or(Error::NotFound)?,
        }))
    }
}
