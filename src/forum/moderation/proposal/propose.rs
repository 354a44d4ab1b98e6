//! Proposing a decision that requires a second person.

use sea_orm::ColumnTrait;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::forum::Forum;
use crate::forum::moderation::acts::may;
use crate::forum::moderation::acts::may::Around;
use crate::forum::moderation::decide;
use crate::forum::moderation::decide::Wanted;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::found;
use crate::forum::moderation::proposal::Column;
use crate::forum::moderation::proposal::Entity;
use crate::forum::moderation::proposal::Facts;
use crate::forum::moderation::proposal::Model;
use crate::forum::moderation::proposal::State;
use crate::store::tx::Tx;

/// Proposes a decision that requires a second person. Refuses what the decision itself would refuse; INVALID for one
/// that a person may take alone.
pub async fn propose(forum: &Forum, actor: &Actor, wanted: Wanted) -> Result<Model> {
    let mut wanted = decide::check(forum, wanted)?;
    let definition = wanted.action.definition();
    let tx = forum.store.begin_alone(actor).await?;
    let proposer = decide::office_holder(actor, &tx)?;
    let targets = wanted.subjects.iter();
    let targets: Vec<String> = targets.map(|subject| subject.id().to_string()).collect();
    let targets = targets.join(" ");
    let earlier = Entity::find()
        .filter(Column::ProposerId.eq(proposer))
        .filter(Column::Key.eq(wanted.key))
        .one(tx.rows())
        .await?;
    if let Some(earlier) = earlier {
        return if earlier.act == definition.act && earlier.targets == targets {
            Ok(earlier)
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    decide::fits(definition.reasons, wanted.why.reason)?;
    decide::slow_down(forum, &tx, proposer).await?;
    let found = found::find_all(&tx, &wanted.subjects).await?;
    let around = Around::of(tx.rows(), proposer, &found).await?;
    let mut office = Office::Moderator;
    let mut takes_two = false;
    for each in &found {
        let on = around.concerned(each);
        let may = may::propose(actor, tx.now(), wanted.action.as_ref(), &on);
        office = decide::overtaken(tx.rows(), each.subject(), may).await?;
        takes_two |= wanted.action.takes_two(&on);
    }
    if !takes_two {
        return Err(Error::invalid("act", Fault::Unknown));
    }
    wanted.action.check(forum, &tx).await?;
    let proposal = insert(&tx, proposer, office, targets, wanted).await?;
    let event = Event::DecisionProposed {
        proposal: proposal.id,
    };
    tx.commit(event).await?;
    Ok(proposal)
}

async fn insert(
    tx: &Tx,
    proposer_id: Uuid,
    office: Office,
    targets: String,
    wanted: Wanted,
) -> Result<Model> {
    let kept = wanted.action.kept();
    let facts = Facts {
        until: kept.until.map(|until| until.0),
        body: kept.body,
        case: wanted.case_id,
    };
    let proposal = Model {
        id: id::new(),
        act: wanted.action.definition().act,
        targets,
        facts: facts.write()?,
        proposer_id,
        office,
        reason: wanted.why.reason,
        language: wanted.why.language,
        explanation: wanted.why.explanation,
        is_withheld: wanted.why.withhold,
        state: State::Open,
        settled_by: None,
        settled_at: None,
        decision_id: None,
        created_at: tx.now(),
        key: wanted.key,
    };
    Entity::insert(proposal.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    Ok(proposal)
}
