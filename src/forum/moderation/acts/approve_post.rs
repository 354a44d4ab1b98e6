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
use crate::forum::moderation::acts::action::On;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::policy::May;
use crate::forum::moderation::standing::Facts;
use crate::forum::moderation::standing::Standing;
use crate::store::tx::Tx;

/// Approves texts, so that they are shown.
#[derive(Debug)]
pub struct ApprovePost;

#[async_trait]
impl Action for ApprovePost {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::ApprovePost,
            on: On::Posts,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::HoldPost),
            was: "waiting",
            becomes: "shown",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::not_withdrawn(on)?;
        policy::unmerged(on)?;
        policy::unless_already(on.is_post(|post| post.review != Some(Review::Waiting)))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(&self, _: &Tx, decision: Uuid, _: &Found, _: &Standing) -> Result<Standing> {
        Ok(reviewed(Some(decision), None))
    }

    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        put(tx, decision, found, wanted).await
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
            on: On::Posts,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::HoldPost),
            was: "waiting",
            becomes: "rejected",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::not_withdrawn(on)?;
        policy::unmerged(on)?;
        policy::unless_already(on.is_post(|post| post.review != Some(Review::Waiting)))
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(&self, _: &Tx, decision: Uuid, _: &Found, _: &Standing) -> Result<Standing> {
        Ok(reviewed(Some(decision), Some(Review::Rejected)))
    }

    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        put(tx, decision, found, wanted).await
    }

    fn takes_two(&self, on: &Concerned<'_>) -> bool {
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
            on: On::Posts,
            reasons: &Reason::OF_UNDOING,
            inverse: Some(Act::ApprovePost),
            was: "reviewed",
            becomes: "waiting",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::not_gone(on)?;
        policy::unmerged(on)
    }

    async fn before(&self, _: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        before(found)
    }

    async fn after(&self, _: &Tx, _: Uuid, _: &Found, before: &Standing) -> Result<Standing> {
        Ok(before.clone())
    }

    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        put(tx, decision, found, wanted).await
    }

    fn inverse(&self, before: &Facts) -> Option<Act> {
        match before.review.as_deref().and_then(Review::from_name) {
            Some(Review::Rejected) => Some(Act::RejectPost),
            Some(Review::Waiting) | None => Some(Act::ApprovePost),
        }
    }

    fn only_answers(&self) -> bool {
        true
    }
}

fn reviewed(by: Option<Uuid>, review: Option<Review>) -> Standing {
    let facts = Facts {
        review: review.map(|review| review.name().to_string()),
        ..Facts::default()
    };
    Standing { by, facts }
}

fn before(found: &Found) -> Result<Standing> {
    let post = found.post()?;
    Ok(reviewed(post.review_by, post.review))
}

async fn put(
    tx: &Tx,
    decision: &decision::Model,
    found: &Found,
    wanted: &Standing,
) -> Result<Vec<Event>> {
    let decision = decision.id;
    let review = wanted.facts.review.as_deref().and_then(Review::from_name);
    let mut change = found.post()?.clone().into_active_model();
    change.review = Set(review);
    change.review_by = Set(wanted.by);
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
