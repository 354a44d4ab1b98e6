//! The answers to questions in the API.

use async_graphql::Context;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::PostId as PostKey;
use crate::forum::discussion::answer;
use crate::forum::discussion::policy;
use crate::forum::discussion::post as post_row;
use crate::forum::discussion::thread as thread_row;
use crate::forum::moderation::answer as marking;
use crate::forum::moderation::answer::MarkRequest;
use crate::forum::moderation::decision::Act;
use crate::graph::context::ReadView;
use crate::graph::context::RequestContext;
use crate::graph::context::mutate;
use crate::graph::context::request;
use crate::graph::ids::PostId;
use crate::graph::moderation;
use crate::graph::moderation::SubjectRow;
use crate::graph::payload::payload;
use crate::graph::post;
use crate::graph::post::Post;
use crate::graph::post::loaders::Posts;
use crate::graph::scalar::Language;
use crate::graph::thread;
use crate::graph::thread::loaders::Threads;

/// A post to mark as the answer to the question of its thread.
#[derive(InputObject)]
pub struct AcceptAnswerInput {
    /// The post.
    post_id: PostId,
    /// Idempotency key of the decision, made by the client, when the caller decides. Not used when the caller asked.
    key: Option<Uuid>,
    /// The explanation of the decision, when the caller decides: 1 to 2,000 characters (configured) of plain text; a standard
    /// sentence when left out. Not used when the caller asked.
    explanation: Option<String>,
    /// The language of the explanation; the caller's when left out.
    language: Option<Language>,
}

payload!(AcceptAnswerPayload, "The answer.", post: Post, "The post.");

/// A post that no longer is the answer.
#[derive(InputObject)]
pub struct WithdrawAnswerInput {
    /// The post.
    post_id: PostId,
    /// Idempotency key of the decision, made by the client, when the caller decides. Not used when the caller asked.
    key: Option<Uuid>,
    /// The explanation of the decision, when the caller decides: 1 to 2,000 characters (configured) of plain text; a standard
    /// sentence when left out. Not used when the caller asked.
    explanation: Option<String>,
    /// The language of the explanation; the caller's when left out.
    language: Option<Language>,
}

payload!(WithdrawAnswerPayload, "The post without the mark.", post: Post, "The post.");

#[derive(Default)]
pub struct AnswerMutation;

#[Object]
impl AnswerMutation {
    /// Marks a post as the answer to the question of its thread, in place of any earlier one: the person who asked. For those who
    /// could decide on the post it is the decision ACCEPT_ANSWER, with its entry in the ledger and its notices, and
    /// undoDecision undoes it. DENIED for everybody else, in a thread that is no question, and for an opening text or a
    /// post that is not shown.
    async fn accept_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post.")] input: AcceptAnswerInput,
    ) -> Result<Option<AcceptAnswerPayload>> {
        let request = request(ctx);
        let post_id = input.post_id.uuid()?;
        let wanted = MarkRequest {
            key: input.key.unwrap_or_else(id::random),
            post_id,
            explanation: input.explanation,
            language: input
                .language
                .map_or(request.caller.language, Language::into),
        };
        mutate(
            request,
            marking::accept(&request.forum, &request.actor(), wanted),
        )
        .await?;
        Ok(Some(AcceptAnswerPayload {
            post: reload(request, post_id).await?,
        }))
    }

    /// Removes the mark from the answer: the person who asked, or, by the decision WITHDRAW_ANSWER, those who could decide on the
    /// post. Without the mark it changes nothing, or is DENIED (ALREADY_DECIDED) as a decision.
    async fn withdraw_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post.")] input: WithdrawAnswerInput,
    ) -> Result<Option<WithdrawAnswerPayload>> {
        let request = request(ctx);
        let post_id = input.post_id.uuid()?;
        let wanted = MarkRequest {
            key: input.key.unwrap_or_else(id::random),
            post_id,
            explanation: input.explanation,
            language: input
                .language
                .map_or(request.caller.language, Language::into),
        };
        mutate(
            request,
            marking::withdraw(&request.forum, &request.actor(), wanted),
        )
        .await?;
        Ok(Some(WithdrawAnswerPayload {
            post: reload(request, post_id).await?,
        }))
    }
}

/// The post as the response shows it.
async fn reload(request: &RequestContext, post_id: PostKey) -> Result<Post> {
    let found = post::load(&request.read_view(), post_id).await?;
    found.ok_or(Error::NotFound)
}

/// The answer of a thread, if there is one and it is shown, loaded together with those of the other threads in the response.
pub async fn of_thread(view: &ReadView, thread: &thread_row::Model) -> Result<Option<Post>> {
    let Some(marked) = thread.answer_id else {
        return Ok(None);
    };
    let others = view.map_loaded::<Threads, _>(|_, row| row.answer_id).await;
    view.prefetch::<Posts>(others.into_iter().flatten());
    let found = post::load(view, marked).await?;
    Ok(found.filter(|post| answer::is_answer(thread, &post.0)))
}

/// Whether a post is the answer of its thread.
pub async fn is_answer(view: &ReadView, post: &post_row::Model) -> Result<bool> {
    let thread = thread::load(view, post.thread_id).await?;
    Ok(thread.is_some_and(|thread| answer::is_answer(&thread.0, post)))
}

/// Whether acceptAnswer would be allowed and would change anything.
pub async fn may_accept(view: &ReadView, post: &post_row::Model) -> Result<bool> {
    let Some(thread) = thread::load(view, post.thread_id).await? else {
        return Ok(false);
    };
    let thread = thread.0;
    if thread.answer_id == Some(post.id) || policy::possible_answer(&thread, post).is_err() {
        return Ok(false);
    }
    if policy::accept_answer(&view.actor, view.now(), &thread, post).is_ok() {
        return Ok(true);
    }
    may_decide(view, &thread, Act::AcceptAnswer, post).await
}

/// Whether withdrawAnswer would be allowed and would change anything.
pub async fn may_withdraw(view: &ReadView, post: &post_row::Model) -> Result<bool> {
    let Some(thread) = thread::load(view, post.thread_id).await? else {
        return Ok(false);
    };
    let thread = thread.0;
    if thread.answer_id != Some(post.id) {
        return Ok(false);
    }
    if policy::withdraw_answer(&view.actor, view.now(), &thread).is_ok() {
        return Ok(true);
    }
    may_decide(view, &thread, Act::WithdrawAnswer, post).await
}

/// Whether the caller may take this act. The person who asked never decides.
async fn may_decide(
    view: &ReadView,
    thread: &thread_row::Model,
    act: Act,
    post: &post_row::Model,
) -> Result<bool> {
    if view.actor.person_id() == Some(thread.author_id) {
        return Ok(false);
    }
    let refusal = moderation::refusal(view, act, SubjectRow::Post(post)).await?;
    Ok(refusal.is_none())
}
