//! Approving and rejecting texts that wait for approval. A thread is approved or rejected together with its opening
//! text.

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::Set;
use sea_orm::sea_query::Expr;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::forum::discussion::thread;
use crate::forum::discussion::thread::Review;
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

/// Approves texts, so that they are shown.
#[derive(Debug)]
pub struct ApprovePost;

#[async_trait]
impl Action for ApprovePost {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::ApprovePost,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::HoldPost),
            was: "waiting",
            becomes: "shown",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::not_withdrawn(on)?;
        policy::unmerged(on)?;
        policy::refuse_if_already(on.is_post(|post| post.review != Some(Review::Waiting)))
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
        _: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(reviewed(Some(decision), None))
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

    fn ends_review(&self) -> bool {
        true
    }
}

/// Rejects texts, so that they are not shown.
#[derive(Debug)]
pub struct RejectPost;

#[async_trait]
impl Action for RejectPost {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::RejectPost,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::HoldPost),
            was: "waiting",
            becomes: "rejected",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::not_withdrawn(on)?;
        policy::unmerged(on)?;
        policy::refuse_if_already(on.is_post(|post| post.review != Some(Review::Waiting)))
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
        _: &SubjectState,
    ) -> Result<SubjectState> {
        Ok(reviewed(Some(decision), Some(Review::Rejected)))
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

    fn needs_second_person(&self, on: &SubjectContext<'_>) -> bool {
        on.is_statement()
    }

    fn ends_review(&self) -> bool {
        true
    }
}

/// Makes approved or rejected texts wait for approval again.
#[derive(Debug)]
pub struct HoldPost;

#[async_trait]
impl Action for HoldPost {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::HoldPost,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::ApprovePost),
            was: "reviewed",
            becomes: "waiting",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::not_gone(on)?;
        policy::unmerged(on)
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
        Ok(before.clone())
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

    fn inverse(&self, before: &StateDetails) -> Option<Act> {
        match before.review.as_deref().and_then(Review::parse) {
            Some(Review::Rejected) => Some(Act::RejectPost),
            Some(Review::Waiting) | None => Some(Act::ApprovePost),
        }
    }

    fn is_response_only(&self) -> bool {
        true
    }
}

fn reviewed(decision_id: Option<Uuid>, review: Option<Review>) -> SubjectState {
    let details = StateDetails {
        review: review.map(|review| review.as_str().to_string()),
        ..StateDetails::default()
    };
    SubjectState {
        decision_id,
        details,
    }
}

fn current_state(found: &LoadedSubject) -> Result<SubjectState> {
    let post = found.post()?;
    Ok(reviewed(post.review_by, post.review))
}

async fn write_state(
    tx: &Tx,
    decision: &decision::Model,
    found: &LoadedSubject,
    wanted: &SubjectState,
) -> Result<Vec<Event>> {
    let decision = decision.id;
    let review = wanted.details.review.as_deref().and_then(Review::parse);
    let mut change = found.post()?.clone().into_active_model();
    change.review = Set(review);
    change.review_by = Set(wanted.decision_id);
    let post = change.update(tx.rows()).await?;
    let mut events = vec![Event::PostReviewed {
        thread: post.thread_id,
        post: post.id,
        number: post.number,
        decision,
    }];
    if post.number == 1 {
        thread::Entity::update_many()
            .col_expr(thread::Column::Review, Expr::value(review))
            .filter(thread::Column::Id.eq(post.thread_id))
            .exec(tx.rows())
            .await?;
        events.push(match review {
            None => Event::ThreadOpened {
                thread: post.thread_id,
                post: post.id,
            },
            Some(_) => Event::ThreadDecided {
                thread: post.thread_id,
                decision,
            },
        });
    }
    Ok(events)
}
