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
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::discussion::people;
use crate::forum::discussion::tag;
use crate::forum::discussion::tag::Tags;
use crate::forum::discussion::thread::Kind;
use crate::forum::discussion::thread::Visibility;
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
            on: On::Threads,
            reasons: Reason::ALL,
            inverse: Some(Act::ChangeThread),
            was: "as it was",
            becomes: "changed",
        }
    }

    fn refuse(&self, _: Moment, on: &Concerned<'_>) -> May {
        policy::unmerged(on)
    }

    fn is_of_one(&self) -> bool {
        self.title.is_some()
    }

    async fn check(&mut self, forum: &Forum, tx: &Tx) -> Result<()> {
        if let Some(title) = &self.title {
            let most = forum.limits.title_length;
            self.title = Some(limit::line("change.title", title, most)?);
        }
        if let Some(tags) = &self.tags {
            check_tags(forum, tx, tags).await?;
        }
        match (&self.title, self.kind, self.visibility, &self.tags) {
            (None, None, None, None) => Err(Error::invalid("change.title", Fault::Empty)),
            (_, _, _, _) => Ok(()),
        }
    }

    async fn before(&self, rows: &DatabaseTransaction, found: &Found) -> Result<Standing> {
        let thread = found.thread()?;
        let facts = Facts {
            title: Some(thread.title.clone()),
            kind: Some(thread.kind.name().to_string()),
            visibility: Some(thread.visibility.name().to_string()),
            concepts: Some(tag::stored(rows, thread.id).await?),
            ..Facts::default()
        };
        let by = thread.changed_by;
        Ok(Standing { by, facts })
    }

    async fn after(
        &self,
        tx: &Tx,
        decision: Uuid,
        _: &Found,
        before: &Standing,
    ) -> Result<Standing> {
        let mut facts = before.facts.clone();
        if let Some(title) = &self.title {
            facts.title = Some(title.clone());
        }
        if let Some(kind) = self.kind {
            facts.kind = Some(kind.name().to_string());
        }
        if let Some(visibility) = self.visibility {
            facts.visibility = Some(visibility.name().to_string());
        }
        if let Some(tags) = &self.tags {
            let mut concepts = tags.parse(tx.rows(), usize::MAX).await?;
            concepts.sort();
            concepts.dedup();
            facts.concepts = Some(concepts);
        }
        let by = Some(decision);
        Ok(Standing { by, facts })
    }

    async fn newly_public(
        &self,
        rows: &DatabaseTransaction,
        found: &Found,
        wanted: &Facts,
    ) -> Result<Option<HashSet<Uuid>>> {
        let thread = found.thread()?;
        let public = Visibility::Public.name();
        let opens = thread.visibility == Visibility::Members
            && wanted.visibility.as_deref() == Some(public);
        match opens {
            true => people::writers(rows, thread.id).await.map(Some),
            false => Ok(None),
        }
    }

    async fn put(
        &self,
        tx: &Tx,
        _: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>> {
        let before = found.thread()?;
        let facts = &wanted.facts;
        let visibility = facts.visibility.as_deref();
        let visibility = visibility.and_then(Visibility::from_name);
        let visibility = visibility.unwrap_or(before.visibility);
        let kind = facts.kind.as_deref().and_then(Kind::from_name);
        let title = facts.title.as_ref().unwrap_or(&before.title);
        let mut change = before.clone().into_active_model();
        change.title = Set(title.clone());
        change.kind = Set(kind.unwrap_or(before.kind));
        change.visibility = Set(visibility);
        change.changed_by = Set(wanted.by);
        if let Some(concepts) = &facts.concepts {
            tag::replace(tx.rows(), before.id, concepts.clone()).await?;
        }
        change.update(tx.rows()).await?;
        Ok(vec![Event::ThreadChanged {
            thread: before.id,
            visible_before: before.visibility.name().to_string(),
            visible_after: visibility.name().to_string(),
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
