//! Following threads and concepts in the API.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::forum::watching::follow;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::concept;
use crate::graph::concept::Concept;
use crate::graph::ids::ThreadId;
use crate::graph::payload::payload;
use crate::graph::thread::Thread;

/// A thread to be followed, or not.
#[derive(InputObject)]
pub struct FollowThreadInput {
    /// Which thread.
    thread_id: ThreadId,
    /// Whether the caller follows it from now on.
    follow: bool,
}

payload!(FollowThreadPayload, "The thread.", thread: Thread, "The thread.");

/// A concept to be followed, or not.
#[derive(InputObject)]
pub struct FollowConceptInput {
    /// Which concept: its id or slug.
    concept_id: ID,
    /// Whether the caller follows it, and what lies under it, from now on.
    follow: bool,
}

payload!(FollowConceptPayload, "The concept.", concept: Concept, "The concept.");

#[derive(Default)]
pub struct WatchingMutation;

#[Object]
impl WatchingMutation {
    /// Follows a thread from now on, or no longer; who wrote in a thread follows it until then. DENIED to visitors.
    async fn follow_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which thread, and whether.")] input: FollowThreadInput,
    ) -> Result<Option<FollowThreadPayload>> {
        let asked = asked(ctx);
        let id = input.thread_id.uuid()?;
        let thread = mutate(
            asked,
            follow::thread(&asked.forum, &asked.actor(), id, input.follow),
        )
        .await?;
        Ok(Some(FollowThreadPayload {
            thread: Thread(thread),
        }))
    }

    /// Follows a concept of the vocabulary from now on, or no longer. DENIED to visitors; INVALID beyond 100 concepts.
    async fn follow_concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which concept, and whether.")] input: FollowConceptInput,
    ) -> Result<Option<FollowConceptPayload>> {
        let asked = asked(ctx);
        let slug = concept::slugs_of(vec![input.concept_id]);
        let slug = slug.into_iter().next().ok_or(Error::NotFound)?;
        mutate(
            asked,
            follow::concept(&asked.forum, &asked.actor(), &slug, input.follow),
        )
        .await?;
        let found = concept::load(&asked.view(), &slug).await?;
        Ok(Some(FollowConceptPayload {
            concept: found.ok_or(Error::NotFound)?,
        }))
    }
}
