//! Confirming a proposal, and declining it.

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::moderation::acts;
use crate::forum::moderation::acts::action::Kept;
use crate::forum::moderation::acts::may;
use crate::forum::moderation::acts::may::Around;
use crate::forum::moderation::carry;
use crate::forum::moderation::carry::By;
use crate::forum::moderation::carry::Cause;
use crate::forum::moderation::carry::New;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Why;
use crate::forum::moderation::found;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy;
use crate::forum::moderation::proposal;
use crate::forum::moderation::proposal::Facts;
use crate::forum::moderation::proposal::Model;
use crate::forum::moderation::proposal::State;
use crate::forum::moderation::proposal::list;
use crate::store::tx::Tx;

/// Confirms what another person proposed, which takes the decision. Refuses the proposer; an actor who could not take
/// the decision; a proposal that is settled, or whose subjects are already in the resulting state.
pub async fn confirm(forum: &Forum, actor: &Actor, id: Uuid) -> Result<decision::Model> {
    let tx = forum.store.begin_alone(actor).await?;
    let second = decide::office_holder(actor, &tx)?;
    let proposal = proposal::find_to_change(&tx, id).await?;
    if let (Some(decision), true) = (proposal.decision_id, proposal.settled_by == Some(second)) {
        let taken = decision::find(tx.rows(), decision).await?;
        return taken.ok_or_else(|| Error::internal("a confirmed proposal without its decision"));
    }
    let (found, office) = may(&tx, &proposal, second).await?;
    let new = new(&tx, &proposal, (second, office))?;
    let mut carried = carry::carry(forum, &tx, new, &found).await?;
    let decision = Some(carried.decision.id);
    let settled = proposal::settle(&tx, proposal, State::Confirmed, second, decision).await?;
    carried.events.push(Event::ProposalSettled {
        proposal: settled.id,
    });
    carried.commit(forum, tx).await
}

/// The decision that was proposed.
fn new(tx: &Tx, proposal: &Model, second: (Uuid, Office)) -> Result<New> {
    let facts = Facts::read(&proposal.facts)?;
    let until = facts.until.map(Moment);
    if let Some(until) = until {
        limit::end("until", until, tx.now())?;
    }
    let mut action = acts::action(proposal.act);
    action.recall(Kept {
        until,
        body: facts.body,
        into: None,
    });
    Ok(New {
        key: proposal.key,
        action,
        cause: Cause::Taken {
            case_id: facts.case,
        },
        by: By {
            moderator: proposal.proposer_id,
            office: proposal.office,
            second: Some(second),
        },
        why: Why {
            reason: proposal.reason,
            explanation: proposal.explanation.clone(),
            language: proposal.language,
            withhold: proposal.is_withheld,
        },
        told: Vec::new(),
    })
}

/// Declines a proposal, or withdraws one's own. Refuses as [`confirm`] does, except the proposer; only the people who
/// decide can see the result.
pub async fn decline(forum: &Forum, actor: &Actor, id: Uuid) -> Result<Model> {
    let tx = forum.store.begin_alone(actor).await?;
    let person = decide::office_holder(actor, &tx)?;
    let proposal = proposal::find_to_change(&tx, id).await?;
    match proposal.state {
        State::Declined => return Ok(proposal),
        State::Confirmed => return Err(settled(&proposal)),
        State::Open => {}
    }
    if proposal.proposer_id != person {
        may(&tx, &proposal, person).await?;
    }
    let declined = proposal::settle(&tx, proposal, State::Declined, person, None).await?;
    let event = Event::ProposalSettled {
        proposal: declined.id,
    };
    tx.commit(event).await?;
    Ok(declined)
}

/// The subjects of an open proposal, and the office in which the actor may confirm or decline it.
async fn may(tx: &Tx, proposal: &Model, person: Uuid) -> Result<(Vec<Found>, Office)> {
    let action = acts::action(proposal.act);
    let found = found::find_all(tx, &list::subjects(proposal)).await?;
    let around = Around::of(tx.rows(), person, &found).await?;
    let (now, proposer) = (tx.now(), proposal.proposer_id);
    let mut office = Office::Moderator;
    for each in &found {
        let on = around.concerned(each);
        let may = may::confirm(tx.actor(), now, proposer, action.as_ref(), &on);
        office = decide::overtaken(tx.rows(), each.subject(), may).await?;
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
    let found = list::look_at(rows, actor, proposal).await?;
    let around = Around::of(rows, person, &found).await?;
    for each in &found {
        let on = around.concerned(each);
        if let Err(refusal) = may::confirm(actor, now, proposer, action.as_ref(), &on) {
            return Ok(Some(refusal));
        }
    }
    Ok((proposal.state != State::Open).then_some(Refusal::AlreadyDecided))
}
