//! Confirming a proposal, and declining it.

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::moderation::acts;
use crate::forum::moderation::acts::action::StoredInput;
use crate::forum::moderation::acts::permission;
use crate::forum::moderation::acts::permission::SubjectContexts;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Justification;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::execute;
use crate::forum::moderation::execute::Cause;
use crate::forum::moderation::execute::Decider;
use crate::forum::moderation::execute::NewDecision;
use crate::forum::moderation::loaded_subject;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::proposal;
use crate::forum::moderation::proposal::Model;
use crate::forum::moderation::proposal::ProposalInput;
use crate::forum::moderation::proposal::State;
use crate::forum::moderation::proposal::list;
use crate::store::tx::Tx;

/// Confirms what another person proposed, which takes the decision. Refuses the proposer; an actor who could not take
/// the decision; a proposal that is settled, or whose subjects are already in the resulting state.
pub async fn confirm(forum: &Forum, actor: &Actor, id: Uuid) -> Result<decision::Model> {
    let tx = forum.store.begin_serialized(actor).await?;
    let second = decide::office_holder(actor, &tx)?;
    let proposal = proposal::find_to_change(&tx, id).await?;
    if let (Some(decision), true) = (proposal.decision_id, proposal.settled_by == Some(second)) {
        let taken = decision::find(tx.rows(), decision).await?;
        return taken.ok_or_else(|| Error::internal("a confirmed proposal without its decision"));
    }
    let (found, office) = deciding_office(&tx, &proposal, second).await?;
    let new = proposed_decision(&tx, &proposal, (second, office))?;
    let mut executed = execute::execute(forum, &tx, new, &found).await?;
    let decision = Some(executed.decision.id);
    let settled = proposal::settle(&tx, proposal, State::Confirmed, second, decision).await?;
    executed.events.push(Event::ProposalSettled {
        proposal: settled.id,
    });
    executed.commit(forum, tx).await
}

/// The decision that was proposed.
fn proposed_decision(tx: &Tx, proposal: &Model, second: (PersonId, Office)) -> Result<NewDecision> {
    let input = ProposalInput::read(&proposal.facts)?;
    let until = input.until.map(Moment);
    if let Some(until) = until {
        limit::end("until", until, tx.now())?;
    }
    let mut action = acts::action(proposal.act);
    action.restore_input(StoredInput {
        until,
        body: input.body,
        into: None,
    });
    Ok(NewDecision {
        key: proposal.key,
        action,
        cause: Cause::Taken {
            case_id: input.case,
        },
        decider: Decider {
            moderator: proposal.proposer_id,
            office: proposal.office,
            second: Some(second),
        },
        justification: Justification {
            reason: proposal.reason,
            explanation: proposal.explanation.clone(),
            language: proposal.language,
            withhold: proposal.is_withheld,
        },
        also_notified: Vec::new(),
    })
}

/// Declines a proposal, or withdraws one's own. Refuses as [`confirm`] does, except the proposer; only the people who
/// decide can see the result.
pub async fn decline(forum: &Forum, actor: &Actor, id: Uuid) -> Result<Model> {
    let tx = forum.store.begin_serialized(actor).await?;
    let person = decide::office_holder(actor, &tx)?;
    let proposal = proposal::find_to_change(&tx, id).await?;
    match proposal.state {
        State::Declined => return Ok(proposal),
        State::Confirmed => return Err(settled(&proposal)),
        State::Open => {}
    }
    if proposal.proposer_id != person {
        deciding_office(&tx, &proposal, person).await?;
    }
    let declined = proposal::settle(&tx, proposal, State::Declined, person, None).await?;
    let event = Event::ProposalSettled {
        proposal: declined.id,
    };
    tx.commit(event).await?;
    Ok(declined)
}

/// The subjects of an open proposal, and the office in which the actor may confirm or decline it.
async fn deciding_office(
    tx: &Tx,
    proposal: &Model,
    person: PersonId,
) -> Result<(Vec<LoadedSubject>, Office)> {
    let action = acts::action(proposal.act);
    let found = loaded_subject::find_all(tx, &list::subjects(proposal)).await?;
    let contexts = SubjectContexts::load(tx.rows(), person, &found).await?;
    let (now, proposer) = (tx.now(), proposal.proposer_id);
    let mut office = Office::Moderator;
    for each in &found {
        let on = contexts.of(each);
        let allowed = permission::confirm(tx.actor(), now, proposer, action.as_ref(), &on);
        office = decide::office_or_overtaken(tx.rows(), each.subject(), allowed).await?;
    }
    if proposal.state != State::Open {
        return Err(settled(proposal));
    }
    Ok((found, office))
}

fn settled(proposal: &Model) -> Error {
    match proposal.decision_id {
        Some(decision) => Error::Overtaken { decision },
        None => Error::Denied(Refusal::AlreadyDecided),
    }
}

/// Why confirming a proposal would be denied to the actor now; `None` if it would not.
pub async fn refusal(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    proposal: &Model,
) -> Result<Option<Refusal>> {
    let person = match (policy::office(actor, now), actor.person_id()) {
        (Ok(_), Some(person)) => person,
        (Ok(_), None) => return Ok(Some(Refusal::SignInRequired)),
        (Err(refusal), _) => return Ok(Some(refusal)),
    };
    let action = acts::action(proposal.act);
    let proposer = proposal.proposer_id;
    let found = list::find_visible(rows, actor, proposal).await?;
    let contexts = SubjectContexts::load(rows, person, &found).await?;
    for each in &found {
        let on = contexts.of(each);
        if let Err(refusal) = permission::confirm(actor, now, proposer, action.as_ref(), &on) {
            return Ok(Some(refusal));
        }
    }
    Ok((proposal.state != State::Open).then_some(Refusal::AlreadyDecided))
}
