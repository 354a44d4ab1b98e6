//! Marking the answer to a question and removing the mark: by the person who asked, or by decision of those who moderate the
//! thread.

use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PostId;
use crate::base::language::Language;
use crate::base::message;
use crate::forum::Forum;
use crate::forum::cases::subject::Subject;
use crate::forum::discussion::answer;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::moderation::acts::accept_answer::AcceptAnswer;
use crate::forum::moderation::acts::accept_answer::WithdrawAnswer;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::decide;
use crate::forum::moderation::decide::DecisionRequest;
use crate::forum::moderation::decision::Justification;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::policy;

/// The mark to set or remove.
#[derive(Clone, Debug)]
pub struct MarkRequest {
    /// Idempotency key of the decision, if it takes one.
    pub key: Uuid,
    pub post_id: PostId,
    /// The explanation of the decision; a standard sentence if left out.
    pub explanation: Option<String>,
    /// The language of the explanation.
    pub language: Language,
}

/// Marks a post as the answer. The person who asked does so at once; for a moderator or the Secretariat it is a decision like any
/// other. Refuses everybody else, and what cannot be the answer.
pub async fn accept(forum: &Forum, actor: &Actor, request: MarkRequest) -> Result<()> {
    if !is_decided(forum, actor, request.post_id).await? {
        return answer::accept(forum, actor, request.post_id)
            .await
            .map(drop);
    }
    let by = (Reason::Settled, "answer-accepted");
    decide(forum, actor, request, Box::new(AcceptAnswer), by).await
}

/// Removes the mark from a post, in the same way.
pub async fn withdraw(forum: &Forum, actor: &Actor, request: MarkRequest) -> Result<()> {
    if !is_decided(forum, actor, request.post_id).await? {
        return answer::withdraw(forum, actor, request.post_id)
            .await
            .map(drop);
    }
    let by = (Reason::Other, "answer-withdrawn");
    decide(forum, actor, request, Box::new(WithdrawAnswer), by).await
}

/// Whether the actor would decide, because they hold an office and somebody else asked.
async fn is_decided(forum: &Forum, actor: &Actor, post_id: PostId) -> Result<bool> {
    let snapshot = forum.store.snapshot();
    let rows = snapshot.rows().await?;
    let post = post::find_many(rows, actor.audience(), &[post_id])
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    let thread = thread::find(rows, actor.audience(), post.thread_id).await?;
    let is_asker = actor.person_id() == Some(thread.author_id);
    Ok(!is_asker && policy::office(actor, snapshot.now()).is_ok())
}

async fn decide(
    forum: &Forum,
    actor: &Actor,
    request: MarkRequest,
    action: Box<dyn Action>,
    (reason, standard): (Reason, &str),
) -> Result<()> {
    let language = request.language;
    let explanation = request.explanation;
    let taken = DecisionRequest {
        key: request.key,
        action,
        subjects: vec![Subject::Post(request.post_id)],
        justification: Justification {
            reason,
            explanation: explanation.unwrap_or_else(|| message::text(language, standard)),
            language,
            withhold: false,
        },
        case_id: None,
    };
    decide::decide(forum, actor, taken).await.map(drop)
}
