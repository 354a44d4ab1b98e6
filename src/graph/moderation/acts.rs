//! Taking and undoing decisions, giving scopes, reading notices.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Result;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::forum::moderation::notice;
use crate::forum::moderation::scope;
use crate::forum::moderation::undo;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::concept;
use crate::graph::ids::DecisionId;
use crate::graph::ids::NoticeId;
use crate::graph::ids::PersonId;
use crate::graph::moderation::decision::Decision;
use crate::graph::moderation::input::DecideInput;
use crate::graph::moderation::notice::Notice;
use crate::graph::payload::payload;
use crate::graph::person::Person;
use crate::graph::scalar::Language;
use crate::graph::scalar::Reason;

/// A decision to be undone.
#[derive(InputObject)]
pub struct UndoDecisionInput {
    /// Made by the client, unique for this decision. Sent twice, it answers twice with the same decision.
    key: Uuid,
    /// Which decision is undone.
    decision_id: DecisionId,
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

payload!(DecidePayload, "The decision that was taken.", decision: Decision, "The decision.");

payload!(UndoDecisionPayload, "The decision that undoes another.", decision: Decision, "The decision.");

/// The regions of a moderator.
#[derive(InputObject)]
pub struct GiveScopeInput {
    /// To whom.
    person_id: PersonId,
    /// Global ids or slugs of the regions, with all that lies under them; at most 50, none takes all away.
    regions: Vec<ID>,
}

payload!(GiveScopePayload, "The moderator with other regions.", person: Person, "The person.");

/// A notice that was read.
#[derive(InputObject)]
pub struct MarkNoticeReadInput {
    /// Which notice.
    notice_id: NoticeId,
}

payload!(MarkNoticeReadPayload, "The notice that was read.", notice: Notice, "The notice.");

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
        let taken = mutate(asked, decide::decide(&asked.forum, &asked.actor(), wanted)).await?;
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
            decision_id: input.decision_id.uuid()?,
            why: decision::Why {
                reason: input.reason.into(),
                explanation: input.explanation,
                language: input.language.into(),
                withhold: input.withhold_explanation,
            },
        };
        let taken = mutate(asked, undo::undo(&asked.forum, &asked.actor(), undoing)).await?;
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
        let person = input.person_id.uuid()?;
        let regions: Vec<String> = input
            .regions
            .iter()
            .map(|region| concept::slug_of(region))
            .collect();
        let person = mutate(
            asked,
            scope::give(&asked.forum, &asked.actor(), person, &regions),
        )
        .await?;
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
        let id = input.notice_id.uuid()?;
        let notice = mutate(asked, notice::mark_read(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(MarkNoticeReadPayload {
            notice: Notice(notice),
        }))
    }
}
