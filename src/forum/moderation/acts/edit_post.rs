//! Editing posts by decision: replaces the text and marks it as edited by a moderator; readers no longer see the former
//! text.

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PostId;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::discussion::post;
use crate::forum::discussion::revision;
use crate::forum::discussion::text;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::StoredInput;
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

/// Replaces the text of a post.
#[derive(Debug)]
pub struct EditPost {
    /// The new text in Markdown.
    pub body: Option<String>,
}

#[async_trait]
impl Action for EditPost {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::EditPost,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_TEXTS,
            inverse: Some(Act::EditPost),
            was: "as written",
            becomes: "edited",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::published(on)?;
        if on.is_post(|post| post.shown_as() == post::State::Hidden) {
            return Err(Refusal::PostHidden);
        }
        policy::unmerged(on)
    }

    fn needs_second_person(&self, on: &SubjectContext<'_>) -> bool {
        on.is_statement()
    }

    fn is_single_subject(&self) -> bool {
        true
    }

    async fn check(&mut self, forum: &Forum, tx: &Tx) -> Result<()> {
        let body = self.body.take().unwrap_or_default();
        let max = forum.limits.body_length;
        let rendered = limit::markdown("body", body, max, tx.actor()).await?;
        self.body = Some(rendered.body);
        Ok(())
    }

    fn stored_input(&self) -> StoredInput {
        StoredInput {
            body: self.body.clone(),
            ..StoredInput::default()
        }
    }

    fn restore_input(&mut self, stored: StoredInput) {
        self.body = stored.body;
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        let post = found.post()?;
        let details = StateDetails {
            revision: Some(post.revision),
            edited_at: post.edited_at.map(|at| at.0),
            shown_from: Some(post.shown_from),
            ..StateDetails::default()
        };
        let decision_id = post.edited_by;
        Ok(SubjectState {
            decision_id,
            details,
        })
    }

    async fn next_state(
        &self,
        tx: &Tx,
        decision: Uuid,
        _: &LoadedSubject,
        before: &SubjectState,
    ) -> Result<SubjectState> {
        let next = before.details.revision.unwrap_or(0) + 1;
        let details = StateDetails {
            revision: Some(next),
            shown_from: Some(next),
            edited_at: Some(tx.now().0),
            ..StateDetails::default()
        };
        let decision_id = Some(decision);
        Ok(SubjectState {
            decision_id,
            details,
        })
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        let post = found.post()?;
        let revision = wanted.details.revision.unwrap_or(post.revision);
        let body = match revision > post.revision {
            true => add_revision(tx, decision, post, revision).await?,
            false => return_to(tx, post.id, revision).await?,
        };
        let mut change = post.clone().into_active_model();
        change.body_html = Set(limit::render_stored_for_change(body).await?.into());
        change.revision = Set(revision);
        change.edited_at = Set(wanted.details.edited_at.map(Moment));
        change.edited_by = Set(wanted.decision_id);
        change.shown_from = Set(wanted.details.shown_from.unwrap_or(1));
        let post = change.update(tx.rows()).await?;
        Ok(vec![Event::PostEdited {
            thread: post.thread_id,
            post: post.id,
            number: post.number,
            revision,
            decision: Some(decision.id),
        }])
    }

    fn refuse_undoing(&self, on: &SubjectContext<'_>) -> PolicyResult {
        match on.is_post(|post| post.state == post::State::Withdrawn) {
            true => Err(Refusal::PostWithdrawn),
            false => Ok(()),
        }
    }
}

/// Adds the revision with that number. Returns its text.
async fn add_revision(
    tx: &Tx,
    decision: &decision::Model,
    post: &post::Model,
    number: i32,
) -> Result<String> {
    let body = match (&decision.body, decision.undoes_id) {
        (Some(body), _) => body.clone(),
        // Undoing the decision that undid an edit restores the text of that edit.
        (None, Some(undone)) => first_text(tx, undone).await?,
        (None, None) => return Err(Error::internal("an edit without a text")),
    };
    let next = revision::Model {
        id: id::new(),
        post_id: post.id,
        number,
        body: body.clone().into(),
        editor_id: decision.moderator_id,
        reason: None,
        created_at: tx.now(),
        decision_id: Some(decision.id),
        language: post.language,
    };
    revision::Entity::insert(next.into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    Ok(body)
}

/// Deletes the revisions after a number. Returns the text of the revision with that number.
async fn return_to(tx: &Tx, post_id: PostId, number: i32) -> Result<String> {
    revision::Entity::delete_many()
        .filter(revision::Column::PostId.eq(post_id))
        .filter(revision::Column::Number.gt(number))
        .exec(tx.rows())
        .await?;
    let text = text::to_change(tx.rows(), post_id, number).await?;
    let body = text.map(text::Revision::into_body);
    body.ok_or_else(|| Error::internal("a post without its revision"))
}

/// The text of the edit at the start of a chain of undo decisions.
async fn first_text(tx: &Tx, mut id: Uuid) -> Result<String> {
    loop {
        let found = decision::find(tx.rows(), id).await?;
        let found = found.ok_or_else(|| Error::internal("an undo without its decision"))?;
        match (found.body, found.undoes_id) {
            (Some(body), _) => return Ok(body),
            (None, Some(before)) => id = before,
            (None, None) => return Err(Error::internal("an edit without a text")),
        }
    }
}
