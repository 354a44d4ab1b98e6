//! Proposing a decision that requires a second person.

use sea_orm::ColumnTrait;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::forum::Forum;
use crate::forum::moderation::acts::permission;
use crate::forum::moderation::acts::permission::SubjectContexts;
use crate::forum::moderation::decide;
use crate::forum::moderation::decide::DecisionRequest;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::loaded_subject;
use crate::forum::moderation::proposal::Column;
use crate::forum::moderation::proposal::Entity;
use crate::forum::moderation::proposal::Model;
use crate::forum::moderation::proposal::ProposalInput;
use crate::forum::moderation::proposal::State;
use crate::store::tx::Tx;

/// Proposes a decision that requires a second person. Refuses what the decision itself would refuse; INVALID for one
/// that a person may take alone.
pub async fn propose(forum: &Forum, actor: &Actor, request: DecisionRequest) -> Result<Model> {
    let mut request = decide::check(forum, request)?;
    let definition = request.action.definition();
    let tx = forum.store.begin_serialized(actor).await?;
    let proposer = decide::office_holder(actor, &tx)?;
    let targets = request.subjects.iter();
    let targets: Vec<String> = targets.map(|subject| subject.id().to_string()).collect();
    let targets = targets.join(" ");
    let earlier = Entity::find()
        .filter(Column::ProposerId.eq(proposer))
        .filter(Column::Key.eq(request.key))
        .one(tx.rows())
        .await?;
    if let Some(earlier) = earlier {
        return if earlier.act == definition.act && earlier.targets == targets {
            Ok(earlier)
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    decide::require_reason(definition.reasons, request.justification.reason)?;
    decide::enforce_rate_limit(forum, &tx, proposer).await?;
    let found = loaded_subject::find_all(&tx, &request.subjects).await?;
    let contexts = SubjectContexts::load(tx.rows(), proposer, &found).await?;
    let mut office = Office::Moderator;
    let mut needs_second_person = false;
    for each in &found {
        let on = contexts.of(each);
        let allowed = permission::propose(actor, tx.now(), request.action.as_ref(), &on);
        office = decide::office_or_overtaken(tx.rows(), each.subject(), allowed).await?;
        needs_second_person |= request.action.needs_second_person(&on);
    }
    if !needs_second_person {
        return Err(Error::invalid("act", Fault::Unknown));
    }
    request.action.check(forum, &tx).await?;
    let proposal = insert(&tx, proposer, office, targets, request).await?;
    let event = Event::DecisionProposed {
        proposal: proposal.id,
    };
    tx.commit(event).await?;
    Ok(proposal)
}

async fn insert(
    tx: &Tx,
    proposer_id: PersonId,
    office: Office,
    targets: String,
    request: DecisionRequest,
) -> Result<Model> {
    let stored = request.action.stored_input();
    let input = ProposalInput {
        until: stored.until.map(|until| until.0),
        body: stored.body,
        case: request.case_id,
    };
    let proposal = Model {
        id: id::new(),
        act: request.action.definition().act,
        targets,
        facts: input.write()?,
        proposer_id,
        office,
        reason: request.justification.reason,
        language: request.justification.language,
        explanation: request.justification.explanation,
        is_withheld: request.justification.withhold,
        state: State::Open,
        settled_by: None,
        settled_at: None,
        decision_id: None,
        created_at: tx.now(),
        key: request.key,
    };
    Entity::insert(proposal.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    Ok(proposal)
}
