//! Changing threads by decision: title, kind, visibility, tags.

use std::collections::HashSet;

use async_trait::async_trait;
use sea_orm::ActiveModelTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::IntoActiveModel;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::discussion::people;
use crate::forum::discussion::tag;
use crate::forum::discussion::tag::Tags;
use crate::forum::discussion::thread::Kind;
use crate::forum::discussion::thread::Visibility;
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

/// Changes threads; fields that are left out stay unchanged, but at least one must be given.
#[derive(Debug, Default)]
pub struct ChangeThread {
    /// Only for a single thread.
    pub title: Option<String>,
    pub kind: Option<Kind>,
    pub visibility: Option<Visibility>,
    /// Replaces all current tags.
    pub tags: Option<Tags>,
}

#[async_trait]
impl Action for ChangeThread {
    fn definition(&self) -> Definition {
        Definition {
            act: Act::ChangeThread,
            subjects: SubjectKind::Threads,
            reasons: Reason::ALL,
            inverse: Some(Act::ChangeThread),
            was: "as it was",
            becomes: "changed",
        }
    }

    fn refuse(&self, _: Moment, on: &SubjectContext<'_>) -> PolicyResult {
        policy::unmerged(on)
    }

    fn is_single_subject(&self) -> bool {
        self.title.is_some()
    }

    async fn check(&mut self, forum: &Forum, tx: &Tx) -> Result<()> {
        if let Some(title) = &self.title {
            let max = forum.limits.title_length;
            self.title = Some(limit::line("change.title", title, max)?);
        }
        if let Some(tags) = &self.tags {
            check_tags(forum, tx, tags).await?;
        }
        match (&self.title, self.kind, self.visibility, &self.tags) {
            (None, None, None, None) => Err(Error::invalid("change.title", Fault::Empty)),
            (_, _, _, _) => Ok(()),
        }
    }

    async fn current_state(
        &self,
        rows: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState> {
        let thread = found.thread()?;
        let details = StateDetails {
            title: Some(thread.title.clone()),
            kind: Some(thread.kind.as_str().to_string()),
            visibility: Some(thread.visibility.as_str().to_string()),
            concepts: Some(tag::stored(rows, thread.id).await?),
            ..StateDetails::default()
        };
        let decision_id = thread.changed_by;
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
        let mut details = before.details.clone();
        if let Some(title) = &self.title {
            details.title = Some(title.clone());
        }
        if let Some(kind) = self.kind {
            details.kind = Some(kind.as_str().to_string());
        }
        if let Some(visibility) = self.visibility {
            details.visibility = Some(visibility.as_str().to_string());
        }
        if let Some(tags) = &self.tags {
            let mut concepts = tags.parse(tx.rows(), usize::MAX).await?;
            concepts.sort();
            concepts.dedup();
            details.concepts = Some(concepts);
        }
        let decision_id = Some(decision);
        Ok(SubjectState {
            decision_id,
            details,
        })
    }

    async fn newly_public_authors(
        &self,
        rows: &DatabaseTransaction,
        found: &LoadedSubject,
        wanted: &StateDetails,
    ) -> Result<Option<HashSet<PersonId>>> {
        let thread = found.thread()?;
        let public = Visibility::Public.as_str();
        let opens = thread.visibility == Visibility::Members
            && wanted.visibility.as_deref() == Some(public);
        match opens {
            true => people::writers(rows, thread.id).await.map(Some),
            false => Ok(None),
        }
    }

    async fn write_state(
        &self,
        tx: &Tx,
        _: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>> {
        let before = found.thread()?;
        let details = &wanted.details;
        let visibility = details.visibility.as_deref();
        let visibility = visibility.and_then(Visibility::parse);
        let visibility = visibility.unwrap_or(before.visibility);
        let kind = details.kind.as_deref().and_then(Kind::parse);
        let title = details.title.as_ref().unwrap_or(&before.title);
        let mut change = before.clone().into_active_model();
        change.title = Set(title.clone());
        change.kind = Set(kind.unwrap_or(before.kind));
        change.visibility = Set(visibility);
        change.changed_by = Set(wanted.decision_id);
        if let Some(concepts) = &details.concepts {
            tag::replace(tx.rows(), before.id, concepts.clone()).await?;
        }
        change.update(tx.rows()).await?;
        Ok(vec![Event::ThreadChanged {
            thread: before.id,
            visible_before: before.visibility.as_str().to_string(),
            visible_after: visibility.as_str().to_string(),
        }])
    }
}

/// Checks that each tag exists in the vocabulary, and that there are not too many.
pub(crate) async fn check_tags(forum: &Forum, tx: &Tx, tags: &Tags) -> Result<()> {
    let parsed = tags.parse(tx.rows(), forum.limits.tags_per_facet).await;
    parsed
        .map(drop)
        .map_err(|error| error.within("change.tags"))
}
