//! Mutations of posts.

use async_graphql::Context;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Result;
use crate::forum::discussion::edit;
use crate::forum::discussion::reply;
use crate::forum::discussion::withdraw;
use crate::graph::context::mutate;
use crate::graph::context::request;
use crate::graph::ids::MandateId;
use crate::graph::ids::PostId;
use crate::graph::ids::ThreadId;
use crate::graph::payload::payload;
use crate::graph::post::Post;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::Language;

/// A reply to write.
#[derive(InputObject)]
pub struct ReplyInput {
    /// Idempotency key, made by the client for this post. Sending it again returns the same post.
    key: Uuid,
    /// The thread.
    thread_id: ThreadId,
    /// The post of the thread that it replies to; the thread itself when left out.
    in_reply_to_id: Option<PostId>,
    /// Its text in Markdown, 1 to 20,000 characters (configured).
    body: String,
    /// The language of the text.
    language: Language,
    /// The capacity in which the caller writes.
    #[graphql(default_with = "Capacity::Personal")]
    capacity: Capacity,
    /// The caller's mandate under which to write; the latest current one when left out.
    mandate_id: Option<MandateId>,
}

payload!(ReplyPayload, "The new reply.", post: Post, "The post.");

/// An edit of a post.
#[derive(InputObject)]
pub struct EditPostInput {
    /// The post.
    post_id: PostId,
    /// The number of the revision that the edit is based on.
    revision: i32,
    /// The complete new text in Markdown, 1 to 20,000 characters (configured).
    body: String,
    /// The language of the text, to correct it; unchanged when left out. The language of the opening post is also that
    /// of the thread. INVALID if the post has a translation into this language.
    language: Option<Language>,
    /// The reason, which everybody can read; at most 500 characters.
    reason: Option<String>,
}

payload!(EditPostPayload, "The edited post.", post: Post, "The post.");

/// A post to withdraw.
#[derive(InputObject)]
pub struct WithdrawPostInput {
    /// The post.
    post_id: PostId,
    /// The reason, which everybody can read; at most 500 characters.
    reason: Option<String>,
}

payload!(WithdrawPostPayload, "The withdrawn post.", post: Post, "The post, without its text.");

#[derive(Default)]
pub struct PostMutation;

#[Object]
impl PostMutation {
    /// Replies in a thread. NOT_FOUND for a thread that the caller does not see; DENIED without a current mandate, or
    /// in a capacity that the mandate does not cover; INVALID with the field for an empty or too long text; TOO_MANY
    /// beyond the configured rate.
    async fn reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reply.")] input: ReplyInput,
    ) -> Result<Option<ReplyPayload>> {
        let request = request(ctx);
        let in_reply_to = input.in_reply_to_id.map(|id| id.uuid_of("inReplyToId"));
        let mandate = input.mandate_id.map(|id| id.uuid_of("mandateId"));
        let new = reply::Reply {
            key: input.key,
            in_reply_to: in_reply_to.transpose()?,
            thread_id: input.thread_id.uuid()?,
            body: input.body,
            language: input.language.into(),
            capacity: input.capacity.into(),
            mandate_id: mandate.transpose()?,
        };
        let post = mutate(request, reply::reply(&request.forum, &request.actor(), new)).await?;
        Ok(Some(ReplyPayload { post: Post(post) }))
    }

    /// Creates a new revision of a post. Only for its author (else DENIED), while they have a current mandate.
    /// CONFLICT, with both versions, when the text has changed since the revision that the edit is based on. An edit
    /// that changes nothing creates no revision.
    async fn edit_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post, and its text.")] input: EditPostInput,
    ) -> Result<Option<EditPostPayload>> {
        let request = request(ctx);
        let wanted = edit::Edit {
            post_id: input.post_id.uuid()?,
            revision: input.revision,
            body: input.body,
            language: input.language.map(Into::into),
            reason: input.reason,
        };
        let post = mutate(
            request,
            edit::edit(&request.forum, &request.actor(), wanted),
        )
        .await?;
        Ok(Some(EditPostPayload { post: Post(post) }))
    }

    /// Withdraws the caller's own post (else DENIED): its text is no longer shown to anybody, but its number and
    /// position remain.
    async fn withdraw_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post.")] input: WithdrawPostInput,
    ) -> Result<Option<WithdrawPostPayload>> {
        let request = request(ctx);
        let id = input.post_id.uuid()?;
        let reason = input.reason.as_deref();
        let post = mutate(
            request,
            withdraw::withdraw(&request.forum, &request.actor(), id, reason),
        )
        .await?;
        Ok(Some(WithdrawPostPayload { post: Post(post) }))
    }
}
