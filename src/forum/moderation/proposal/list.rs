//! What a proposal is about, and who sees it.

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::acts;
use crate::forum::moderation::acts::permission::SubjectContexts;
use crate::forum::moderation::loaded_subject;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::proposal::Column;
use crate::forum::moderation::proposal::Entity;
use crate::forum::moderation::proposal::Model;
use crate::forum::moderation::proposal::State;
use crate::store::keyset::Keyset;

/// The subjects that would be decided on.
pub fn subjects(proposal: &Model) -> Vec<Subject> {
    let kind = acts::action(proposal.act).definition().subjects;
    let ids = proposal.target_ids().into_iter();
    ids.map(|id| kind.subject(id)).collect()
}

/// The subjects in their current state, without locking them; those that the actor does not see are left out.
pub(crate) async fn find_visible(
    rows: &DatabaseTransaction,
    actor: &Actor,
    proposal: &Model,
) -> Result<Vec<LoadedSubject>> {
    loaded_subject::find_visible(rows, actor.audience(), &subjects(proposal)).await
}

/// Whether the actor sees a proposal: its proposer, and anyone who could decide on each of its targets.
pub async fn is_seen_by(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    proposal: &Model,
) -> Result<bool> {
    let Some(person) = actor.person_id() else {
        return Ok(false);
    };
    if policy::office(actor, now).is_err() {
        return Ok(false);
    }
    if proposal.proposer_id == person {
        return Ok(true);
    }
    let found = find_visible(rows, actor, proposal).await?;
    let contexts = SubjectContexts::load(rows, person, &found).await?;
    let mut on = found.iter().map(|each| contexts.of(each));
    Ok(!found.is_empty() && on.all(|on| policy::decide(actor, now, &on).is_ok()))
}

/// Lists the open proposals that the actor sees, longest waiting first.
pub async fn list(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    window: &Window,
) -> Result<Page<Model>> {
    let keyset = Keyset {
        first: Column::CreatedAt,
        second: Column::Id,
        descending: false,
    };
    let mut seen = Condition::any();
    // Few are open at any time; the policy itself checks each one.
    for proposal in open(rows).await? {
        if is_seen_by(rows, actor, now, &proposal).await? {
            seen = seen.add(Column::Id.eq(proposal.id));
        }
    }
    if seen.is_empty() {
        return Ok(Page::of_rows(Vec::new(), window));
    }
    let key = |row: &Model| (row.created_at, row.id);
    keyset
        .page(rows, Entity::find().filter(seen), window, key)
        .await
}

/// Maximum number of open proposals that are examined.
const LOOKED_AT: u64 = 500;

async fn open(rows: &DatabaseTransaction) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::State.eq(State::Open))
        .limit(LOOKED_AT)
        .all(rows)
        .await?)
}
