//! Marking a post as the answer to a question by decision, and removing the mark.

use async_trait::async_trait;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::forum::discussion::answer;
use crate::forum::discussion::policy as discussed;
use crate::forum::discussion::thread;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::SubjectKind;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::PolicyResult;
use crate::forum::moderation::policy::SubjectContext;
use crate::forum::moderation::subject_state::StateDetails;
use crate::forum::moderation::subject_state::SubjectState;
use crate::store::tx::Tx;

/// Marks a post as the answer, in place of any earlier one.
#[derive(Debug)]
pub struct AcceptAnswer;

#[async_trait]
impl Action for AcceptAnswer {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::AcceptAnswer,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_ANSWERS,
            inverse: Some(Act::WithdrawAnswer),
            was: "not the answer",
            becomes: "the answer",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        if let LoadedSubject::Post { thread, post } = on.subject {
            discussed::possible_answer(thread, post)?;
        }
        policy::refuse_if_already(is_marked(on))
    }

    fn is_single_subject(&self) -> bool {
        true
    }

    fn changes_activity(&self) -> bool {
        false
    }

    fn settles_cases(&self) -> bool {
        false
    }

    fn also_concerned(&self, found: &LoadedSubject) -> Option<PersonId> {
        found.containing_thread().map(|thread| thread.author_id)
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        current_state(found)
    }

    async fn next_state(
        &self,
        _: &Tx,
        decision: Uuid,
        found: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(marked(Some(decision), Some(found.post()?.id)))
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        write_state(tx, decision, found, wanted).await
    }
}

/// Removes the mark from the answer.
#[derive(Debug)]
pub struct WithdrawAnswer;

#[async_trait]
impl Action for WithdrawAnswer {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::WithdrawAnswer,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::AcceptAnswer),
            was: "the answer",
            becomes: "not the answer",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::not_gone(on)?;
        policy::unmerged(on)?;
        policy::refuse_if_already(!is_marked(on))
    }

    fn is_single_subject(&self) -> bool {
        true
    }

    fn changes_activity(&self) -> bool {
        false
    }

    fn settles_cases(&self) -> bool {
        false
    }

    fn also_concerned(&self, found: &LoadedSubject) -> Option<PersonId> {
        found.containing_thread().map(|thread| thread.author_id)
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        current_state(found)
    }

    async fn next_state(
        &self,
        _: &Tx,
        _: Uuid,
        _: &LoadedSubject,
        _: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(SubjectState::default())
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        write_state(tx, decision, found, wanted).await
    }
}

/// Whether the post has the mark of its thread.
fn is_marked(on: &SubjectContext<'_>) -> bool {
    let thread = on.subject.containing_thread();
    let answer = thread.and_then(|thread| thread.answer_id);
    answer.is_some() && on.is_post(|post| answer == Some(post.id))
}

fn thread_of(found: &LoadedSubject) -> Result<&thread::Model> {
    let thread = found.containing_thread();
    thread.ok_or_else(|| Error::internal("the subject is not in a thread"))
}

fn marked(decision_id: Option<Uuid>, answer: Option<PostId>) -> SubjectState {
    let details = StateDetails {
        answer,
        ..StateDetails::default()
    };
    SubjectState {
        decision_id,
        details,
    }
}

fn current_state(found: &LoadedSubject) -> Result<SubjectState> {
    let thread = thread_of(found)?;
    Ok(marked(thread.answer_by, thread.answer_id))
}

async fn write_state(
    tx: &Tx,
    decision: &decision::Model,
    found: &LoadedSubject,
    wanted: &SubjectState,
) -> Result<Vec<Event>> {
    let (thread, post) = (thread_of(found)?, found.post()?);
    let marked = wanted.details.answer;
    answer::mark(tx, thread.id, marked, wanted.decision_id).await?;
    let accepted = marked == Some(post.id);
    Ok(vec![answer::event(post, accepted, Some(decision.id))])
}
