//! Taking and undoing decisions, giving scopes, reading notices.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::SimpleObject;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::forum::moderation::notice;
use crate::forum::moderation::scope;
use crate::forum::moderation::undo;
use crate::graph::asked::asked;
use crate::graph::concept;
use crate::graph::moderation::decision::Decision;
use crate::graph::moderation::input::DecideInput;
use crate::graph::moderation::notice::Notice;
use crate::graph::person::Person;
use crate::graph::scalar::Language;
use crate::graph::scalar::Reason;

/// A decision to be undone.
#[derive(InputObject)]
pub struct UndoDecisionInput {
    /// Made by the client, unique for this decision. Sent twice, it answers twice with the same decision.
    key: Uuid,
    /// Which decision is undone.
    decision_id: ID,
    /// Why, in a word.
    reason: Reason,
    /// Why, in full, for those concerned and the public: 1 to 2,000 characters (configured) of plain text.
    explanation: String,
    /// The language of the explanation.
    language: Language,
    /// Keep the explanation from the public, because it would tell what was hidden. That it is withheld is shown.
    #[graphql(default)]
    withhold_explanation: bool,
}

/// The decision that was taken.
#[derive(SimpleObject)]
pub struct DecidePayload {
    /// The decision.
    decision: Decision,
}

/// The decision that undoes another.
#[derive(SimpleObject)]
pub struct UndoDecisionPayload {
    /// The decision.
    decision: Decision,
}

/// The regions of a moderator.
#[derive(InputObject)]
pub struct GiveScopeInput {
    /// To whom.
    person_id: ID,
    /// Global ids or slugs of the regions, with all that lies under them; at most 50, none takes all away.
    regions: Vec<ID>,
}

/// The moderator with other regions.
#[derive(SimpleObject)]
pub struct GiveScopePayload {
    /// The person.
    person: Person,
}

/// A notice that was read.
#[derive(InputObject)]
pub struct MarkNoticeReadInput {
    /// Which notice.
    notice_id: ID,
}

/// The notice that was read.
#[derive(SimpleObject)]
pub struct MarkNoticeReadPayload {
    /// The notice.
    notice: Notice,
}

#[derive(Default)]
pub struct ModerationMutation;

#[Object]
impl ModerationMutation {
    /// Takes a decision: a moderator within the regions given to them, the Secretariat everywhere. DENIED with the reason
    /// that `viewer` of the post, thread or person tells beforehand: nobody decides on what they or their delegation wrote,
    /// and some acts take two (proposeDecision). ALREADY_DECIDED names in `extensions.decisionId` the decision that came
    /// first. The ledger, those concerned and those who reported are told.
    async fn decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided on what, and why.")] input: DecideInput,
    ) -> Result<Option<DecidePayload>> {
        let asked = asked(ctx);
        let wanted = input.read()?;
        let taken = decide::decide(&asked.forum, &asked.begin_change(), wanted).await?;
        asked.renew();
        Ok(Some(DecidePayload {
            decision: Decision(taken),
        }))
    }

    /// Undoes a decision by another that refers to it: everything is as it was before. DENIED with ALREADY_DECIDED when
    /// something of it was decided on anew since, or it was undone.
    async fn undo_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which decision, and why.")] input: UndoDecisionInput,
    ) -> Result<Option<UndoDecisionPayload>> {
        let asked = asked(ctx);
        let undoing = undo::Undoing {
            key: input.key,
            decision_id: id::to_uuid(Kind::Decision, &input.decision_id).ok_or(Error::NotFound)?,
            why: decision::Why {
                reason: input.reason.into(),
                explanation: input.explanation,
                language: input.language.into(),
                withhold: input.withhold_explanation,
            },
        };
        let taken = undo::undo(&asked.forum, &asked.begin_change(), undoing).await?;
        asked.renew();
        Ok(Some(UndoDecisionPayload {
            decision: Decision(taken),
        }))
    }

    /// Gives regions to a moderator, in place of those given so far. Only the Secretariat (DENIED).
    async fn give_scope(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To whom, and which regions.")] input: GiveScopeInput,
    ) -> Result<Option<GiveScopePayload>> {
        let asked = asked(ctx);
        let person = id::to_uuid(Kind::Person, &input.person_id).ok_or(Error::NotFound)?;
        let regions: Vec<String> = input
            .regions
            .iter()
            .map(|region| concept::slug_of(region))
            .collect();
        let person = scope::give(&asked.forum, &asked.begin_change(), person, &regions).await?;
        asked.renew();
        Ok(Some(GiveScopePayload {
            person: Person(person),
        }))
    }

    /// Notes that the caller has read an own notice; another's is NOT_FOUND.
    async fn mark_notice_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which notice.")] input: MarkNoticeReadInput,
    ) -> Result<Option<MarkNoticeReadPayload>> {
        let asked = asked(ctx);
        let id = id::to_uuid(Kind::Notice, &input.notice_id).ok_or(Error::NotFound)?;
        let notice = notice::mark_read(&asked.forum, &asked.begin_change(), id).await?;
        asked.renew();
        Ok(Some(MarkNoticeReadPayload {
            notice: Notice(notice),
        }))
    }
}
