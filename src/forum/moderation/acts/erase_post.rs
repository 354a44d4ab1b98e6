//! Erasing posts: permanently removes every text of a post from the database, on a lawful request.

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
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PostId;
use crate::base::secret;
use crate::forum::discussion::acknowledgement;
use crate::forum::discussion::draft;
use crate::forum::discussion::revision;
use crate::forum::discussion::text;
use crate::forum::discussion::text::stored::StoredText;
use crate::forum::discussion::translation;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::action::Definition;
use crate::forum::moderation::acts::action::SubjectKind;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::ledger;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::PolicyResult;
use crate::forum::moderation::policy::SubjectContext;
use crate::forum::moderation::proposal;
use crate::forum::moderation::report;
use crate::forum::moderation::subject_state::SubjectState;
use crate::forum::moderation::work;
use crate::store::tx::Tx;

/// The tables that may hold a text of the post, or notes about it.
const ERASED_FROM: &str = "post, post_revision, decision, proposal, report, case_note";

/// Erases the texts of posts.
#[derive(Debug)]
pub struct ErasePost;

#[async_trait]
impl Action for ErasePost {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::ErasePost,
            subjects: SubjectKind::Posts,
            reasons: &Reason::OF_ERASING,
            inverse: None,
            was: "kept",
            becomes: "erased",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::not_gone(on)?;
        policy::unmerged(on)
    }

    fn needs_second_person(&self, _: &SubjectContext<'_>) -> bool {
        true
    }

    fn ends_review(&self) -> bool {
        true
    }

    async fn current_state(
        &self,
        _: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        Ok(SubjectState::set_by(found.post()?.erased_by))
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

    /// The salt is not stored, so that nobody can ever find the text by guessing.
    async fn erasure_commitment(&self, tx: &Tx, found: &LoadedSubject) -> Result<Option<String>> {
        let post = found.post()?;
        let text = text::to_change(tx.rows(), post.id, post.revision).await?;
        let body = text.map(text::Revision::into_body);
        let (salt, body) = (secret::token()?, body.unwrap_or_default());
        Ok(Some(ledger::commitment(&salt, post.language.code(), &body)))
    }

    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        let post = found.post()?;
        delete_texts(tx.rows(), post.id).await?;
        if post.number == 1 {
            report::forget_titles(tx, post.thread_id).await?;
        }
        let mut change = post.clone().into_active_model();
        change.body_html = Set(StoredText::default());
        change.withdrawal_reason = Set(None);
        change.erased_by = Set(wanted.decision_id);
        let post = change.update(tx.rows()).await?;
        Ok(vec![Event::PostErased {
            thread: post.thread_id,
            post: post.id,
            number: post.number,
            decision: decision.id,
        }])
    }

    fn tables_to_scrub(&self) -> Option<&'static str> {
        Some(ERASED_FROM)
    }
}

/// Deletes every text of a post: its revisions, the texts that decisions gave it, and notes about it, which may quote
/// it; and what delegations said of it.
async fn delete_texts(rows: &DatabaseTransaction, post_id: PostId) -> Result<()> {
    revision::Entity::delete_many()
        .filter(revision::Column::PostId.eq(post_id))
        .exec(rows)
        .await?;
    translation::forget(rows, post_id).await?;
    acknowledgement::forget(rows, post_id).await?;
    draft::forget(rows, post_id).await?;
    proposal::forget_texts(rows, post_id).await?;
    report::forget_notes(rows, post_id).await?;
    work::forget_notes(rows, post_id).await?;
    decision::forget_texts(rows, post_id).await
}
