//! Mutations: taking and undoing decisions, assigning scopes, reading notices.

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
use crate::graph::concept;
use crate::graph::context::mutate;
use crate::graph::context::request;
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

/// A decision to undo.
#[derive(InputObject)]
pub struct UndoDecisionInput {
    /// Idempotency key, made by the client for this decision. Sending it again returns the same decision.
    key: Uuid,
    /// The decision to undo.
    decision_id: DecisionId,
    /// The reason, as a keyword.
    reason: Reason,
    /// The full explanation, for those concerned and the public: 1 to 2,000 characters (configured) of plain text.
    explanation: String,
    /// The language of the explanation.
    language: Language,
    /// Whether to withhold the explanation from the public, because it would reveal what was hidden. The fact that it
    /// is withheld is shown.
    #[graphql(default)]
    withhold_explanation: bool,
}

payload!(DecidePayload, "The new decision.", decision: Decision, "The decision.");

payload!(UndoDecisionPayload, "The decision that undoes another.", decision: Decision, "The decision.");

/// The regions to assign to a moderator.
#[derive(InputObject)]
pub struct GiveScopeInput {
    /// The person.
    person_id: PersonId,
    /// Global ids or slugs of the regions, which include all narrower regions; at most 50. An empty list removes all
    /// regions.
    regions: Vec<ID>,
}

payload!(GiveScopePayload, "The moderator, with the new regions.", person: Person, "The person.");

/// A notice that the person has read.
#[derive(InputObject)]
pub struct MarkNoticeReadInput {
    /// The notice.
    notice_id: NoticeId,
}

payload!(MarkNoticeReadPayload, "The notice, marked as read.", notice: Notice, "The notice.");

#[derive(Default)]
pub struct ModerationMutation;

#[Object]
impl ModerationMutation {
    /// Takes a decision: a moderator within their assigned regions, the Secretariat everywhere. DENIED with the reason
    /// that `viewer` of the post, thread or person reports beforehand: nobody decides on what they or their delegation
    /// wrote, and some acts require a second person (proposeDecision). ALREADY_DECIDED contains in
    /// `extensions.decisionId` the decision that came first. The decision is recorded in the ledger, and those
    /// concerned and those who reported are notified.
    async fn decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The act, what it applies to, and the reason.")] input: DecideInput,
    ) -> Result<Option<DecidePayload>> {
        let request = request(ctx);
        let wanted = input.read()?;
        let taken = mutate(
            request,
            decide::decide(&request.forum, &request.actor(), wanted),
        )
        .await?;
        Ok(Some(DecidePayload {
            decision: Decision(taken),
        }))
    }

    /// Undoes a decision by a new decision that refers to it, and restores the earlier state. DENIED with
    /// ALREADY_DECIDED when part of it was decided on again since, or it was already undone.
    async fn undo_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision, and the reason.")] input: UndoDecisionInput,
    ) -> Result<Option<UndoDecisionPayload>> {
        let request = request(ctx);
        let undoing = undo::UndoRequest {
            key: input.key,
            decision_id: input.decision_id.uuid()?,
            justification: decision::Justification {
                reason: input.reason.into(),
                explanation: input.explanation,
                language: input.language.into(),
                withhold: input.withhold_explanation,
            },
        };
        let taken = mutate(
            request,
            undo::undo(&request.forum, &request.actor(), undoing),
        )
        .await?;
        Ok(Some(UndoDecisionPayload {
            decision: Decision(taken),
        }))
    }

    /// Assigns regions to a moderator, and replaces the earlier ones. Only for the Secretariat (else DENIED).
    async fn give_scope(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moderator, and the regions.")] input: GiveScopeInput,
    ) -> Result<Option<GiveScopePayload>> {
        let request = request(ctx);
        let person = input.person_id.uuid()?;
        let regions: Vec<String> = input
            .regions
            .iter()
            .map(|region| concept::slug_of(region))
            .collect();
        let person = mutate(
            request,
            scope::assign(&request.forum, &request.actor(), person, &regions),
        )
        .await?;
        Ok(Some(GiveScopePayload {
            person: Person(person),
        }))
    }

    /// Marks the caller's own notice as read. NOT_FOUND for another person's notice.
    async fn mark_notice_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notice.")] input: MarkNoticeReadInput,
    ) -> Result<Option<MarkNoticeReadPayload>> {
        let request = request(ctx);
        let id = input.notice_id.uuid()?;
        let notice = mutate(
            request,
            notice::mark_read(&request.forum, &request.actor(), id),
        )
        .await?;
        Ok(Some(MarkNoticeReadPayload {
            notice: Notice(notice),
        }))
    }
}
