//! Hiding posts: only their authors and the people who decide can read them.

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::IntoActiveModel;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::forum::discussion::post;
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
use crate::forum::moderation::subject_state::SubjectState;
use crate::store::tx::Tx;

/// Hides posts.
#[derive(Debug)]
pub struct HidePost;

#[async_trait]
impl Action for HidePost {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::HidePost,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::RestorePost),
            was: "shown",
            becomes: "hidden",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::published(on)?;
        policy::unmerged(on)?;
        policy::refuse_if_already(on.is_post(|post| post.hidden_by.is_some()))
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
        _: &LoadedSubject,
        before: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(before.with_decision(Some(decision)))
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        let post = write_state(tx, found, wanted).await?;
        Ok(vec![Event::PostHidden {
            thread: post.thread_id,
            post: post.id,
            number: post.number,
            decision: decision.id,
        }])
    }

    fn needs_second_person(&self, on: &SubjectContext<'_>) -> bool {
        on.is_statement()
    }
}

/// Shows hidden posts again.
#[derive(Debug)]
pub struct RestorePost;

#[async_trait]
impl Action for RestorePost {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::RestorePost,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::HidePost),
            was: "hidden",
            becomes: "shown",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::published(on)?;
        policy::unmerged(on)?;
        policy::refuse_if_already(on.is_post(|post| post.hidden_by.is_none()))
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
        before: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(before.with_decision(None))
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        let post = write_state(tx, found, wanted).await?;
        Ok(vec![Event::PostRestored {
            thread: post.thread_id,
            post: post.id,
            number: post.number,
            decision: decision.id,
        }])
    }
}

fn current_state(found: &LoadedSubject) -> Result<SubjectState> {
    Ok(SubjectState::set_by(found.post()?.hidden_by))
}

async fn write_state(tx: &Tx, found: &LoadedSubject, wanted: &SubjectState) -> Result<post::Model> {
    let mut change = found.post()?.clone().into_active_model();
    change.hidden_by = Set(wanted.decision_id);
    Ok(change.update(tx.rows()).await?)
}
