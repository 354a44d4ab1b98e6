//! Changes of posts.

use async_graphql::Context;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Result;
use crate::forum::discussion::edit;
use crate::forum::discussion::reply;
use crate::forum::discussion::withdraw;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::ids::MandateId;
use crate::graph::ids::PostId;
use crate::graph::ids::ThreadId;
use crate::graph::payload::payload;
use crate::graph::post::Post;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::Language;

/// A reply to be written.
#[derive(InputObject)]
pub struct ReplyInput {
    /// Made by the client, unique for this post. Sent twice, it answers twice with the same post.
    key: Uuid,
    /// In which thread.
    thread_id: ThreadId,
    /// Which post of the thread it answers; the thread when left out.
    in_reply_to_id: Option<PostId>,
    /// Its text in Markdown, 1 to 20,000 characters (configured).
    body: String,
    /// The language of the text.
    language: Language,
    /// In which capacity the caller writes.
    #[graphql(default_with = "Capacity::Personal")]
    capacity: Capacity,
    /// Under which of the caller's mandates; the latest that holds when left out.
    mandate_id: Option<MandateId>,
}

payload!(ReplyPayload, "The written reply.", post: Post, "The post.");

/// An edit of a post.
#[derive(InputObject)]
pub struct EditPostInput {
    /// Which post.
    post_id: PostId,
    /// The number of the revision that the edit started from.
    revision: i32,
    /// The whole new text in Markdown, 1 to 20,000 characters (configured).
    body: String,
    /// The language of the text, to correct it; as it was when left out. That of the opening post is the thread's too. INVALID
    /// for one into which the post has a translation.
    language: Option<Language>,
    /// Why, for everybody to read; at most 500 characters.
    reason: Option<String>,
}

payload!(EditPostPayload, "The edited post.", post: Post, "The post.");

/// A post to be withdrawn.
#[derive(InputObject)]
pub struct WithdrawPostInput {
    /// Which post.
    post_id: PostId,
    /// Why, for everybody to read; at most 500 characters.
    reason: Option<String>,
}

payload!(WithdrawPostPayload, "The withdrawn post.", post: Post, "The post, without its text.");

#[derive(Default)]
pub struct PostMutation;

#[Object]
impl PostMutation {
    /// Replies in a thread. NOT_FOUND for one that the caller does not see; DENIED without a current mandate, or in a
    /// capacity that it does not cover; INVALID with the field for an empty or too long text; TOO_MANY beyond the
    /// configured rate.
    async fn reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reply.")] input: ReplyInput,
    ) -> Result<Option<ReplyPayload>> {
        let asked = asked(ctx);
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
        let post = mutate(asked, reply::reply(&asked.forum, &asked.actor(), new)).await?;
        Ok(Some(ReplyPayload { post: Post(post) }))
    }

    /// Gives a post a new revision. Only its author (else DENIED), while a mandate holds. CONFLICT, with both versions,
    /// when the text has changed since the revision that the edit started from. An edit that changes nothing adds nothing.
    async fn edit_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post, and its text.")] input: EditPostInput,
    ) -> Result<Option<EditPostPayload>> {
        let asked = asked(ctx);
        let wanted = edit::Edit {
            post_id: input.post_id.uuid()?,
            revision: input.revision,
            body: input.body,
            language: input.language.map(Into::into),
            reason: input.reason,
        };
        let post = mutate(asked, edit::edit(&asked.forum, &asked.actor(), wanted)).await?;
        Ok(Some(EditPostPayload { post: Post(post) }))
    }

    /// Takes the own post back (else DENIED): its text is shown to nobody any more, its number and place stay.
    async fn withdraw_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post.")] input: WithdrawPostInput,
    ) -> Result<Option<WithdrawPostPayload>> {
        let asked = asked(ctx);
        let id = input.post_id.uuid()?;
        let reason = input.reason.as_deref();
        let post = mutate(
            asked,
            withdraw::withdraw(&asked.forum, &asked.actor(), id, reason),
        )
        .await?;
        Ok(Some(WithdrawPostPayload { post: Post(post) }))
    }
}
