//! Mutations: reporting, working on cases, confirming proposals, appealing.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::PostId;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::appeal::answer;
use crate::forum::moderation::appeal::lodge;
use crate::forum::moderation::decision::Justification;
use crate::forum::moderation::proposal::confirm;
use crate::forum::moderation::proposal::propose;
use crate::forum::moderation::report;
use crate::forum::moderation::work;
use crate::graph::cases::appeal::Appeal;
use crate::graph::cases::case::Case;
use crate::graph::cases::case::CaseNote;
use crate::graph::cases::proposal::Proposal;
use crate::graph::cases::report::Report;
use crate::graph::context::mutate;
use crate::graph::context::request;
use crate::graph::ids::AppealId;
use crate::graph::ids::CaseId;
use crate::graph::ids::DecisionId;
use crate::graph::ids::PersonId;
use crate::graph::ids::ProposalId;
use crate::graph::moderation::Decision;
use crate::graph::moderation::input::DecideInput;
use crate::graph::payload::payload;
use crate::graph::scalar::Language;
use crate::graph::scalar::Reason;

/// A report to make.
#[derive(InputObject)]
pub struct ReportInput {
    /// Idempotency key, made by the client for this report. Sending it again returns the same report.
    key: Uuid,
    /// The post or thread.
    target_id: ID,
    /// What is wrong, as a keyword; one of the instance's `reportReasons`.
    reason: Reason,
    /// What is wrong, in the caller's words: at most 2,000 characters (configured) of plain text.
    #[graphql(default)]
    note: String,
    /// The language of the note.
    language: Language,
}

payload!(ReportPayload, "The new report.", report: Report, "The report.");

/// A case to claim or release.
#[derive(InputObject)]
pub struct CaseInput {
    /// The case.
    case_id: CaseId,
}

/// The assignment of a case to a person.
#[derive(InputObject)]
pub struct AssignCaseInput {
    /// The case.
    case_id: CaseId,
    /// The person to assign it to; they must be able to decide on it.
    person_id: PersonId,
}

/// A note on a case.
#[derive(InputObject)]
pub struct NoteCaseInput {
    /// Idempotency key, made by the client for this note. Sending it again returns the same note.
    key: Uuid,
    /// The case.
    case_id: CaseId,
    /// Its text: 1 to 2,000 characters (configured) of plain text.
    body: String,
}

payload!(CasePayload, "The case in its current state.", case: Case, "The case.");

payload!(NoteCasePayload, "The new note.", note: CaseNote, "The note.");

payload!(ProposeDecisionPayload, "The new proposal.", proposal: Proposal, "The proposal.");

/// A proposal to confirm or decline.
#[derive(InputObject)]
pub struct ProposalInput {
    /// The proposal.
    proposal_id: ProposalId,
}

payload!(ConfirmProposalPayload, "The decision that resulted from a proposal.", decision: Decision, "The decision.");

payload!(DeclineProposalPayload, "The proposal that was declined.", proposal: Proposal, "The proposal.");

/// An appeal to make.
#[derive(InputObject)]
pub struct AppealDecisionInput {
    /// Idempotency key, made by the client for this appeal. Sending it again returns the same appeal.
    key: Uuid,
    /// The decision to appeal.
    decision_id: DecisionId,
    /// Why it should be undone: 1 to 2,000 characters (configured) of plain text.
    body: String,
    /// The language of the text.
    language: Language,
}

payload!(AppealDecisionPayload, "The new appeal.", appeal: Appeal, "The appeal.");

/// A decision on an appeal.
#[derive(InputObject)]
pub struct DecideAppealInput {
    /// Idempotency key, made by the client for this decision. Sending it again returns the same decision.
    key: Uuid,
    /// The appeal to decide on.
    appeal_id: AppealId,
    /// Whether to undo the appealed decision; otherwise it is upheld.
    overturn: bool,
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

payload!(DecideAppealPayload, "The decision on an appeal.", decision: Decision, "The decision that upholds the appealed decision or undoes it.");

#[derive(Default)]
pub struct CaseMutation;

#[Object]
impl CaseMutation {
    /// Reports a post or thread to those who decide. DENIED for visitors, and with ALREADY_REPORTED for a second report
    /// of the same object; TOO_MANY beyond the configured rate. The caller receives a notice of the outcome.
    async fn report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post or thread, and the reason.")] input: ReportInput,
    ) -> Result<Option<ReportPayload>> {
        let request = request(ctx);
        let post = PostId::of_global(&input.target_id).map(Subject::Post);
        let thread = id::ThreadId::of_global(&input.target_id).map(Subject::Thread);
        let new = report::ReportRequest {
            key: input.key,
            subject: post.or(thread).ok_or(Error::NotFound)?,
            reason: input.reason.into(),
            note: input.note,
            language: input.language.into(),
        };
        let made = mutate(
            request,
            report::report(&request.forum, &request.actor(), new),
        )
        .await?;
        Ok(Some(ReportPayload {
            report: Report(made),
        }))
    }

    /// Claims an open case, so that others leave it. NOT_FOUND when the caller could not decide on it; DENIED with
    /// CASE_CLAIMED when somebody else has claimed it.
    async fn claim_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] input: CaseInput,
    ) -> Result<Option<CasePayload>> {
        let request = request(ctx);
        let id = input.case_id.uuid()?;
        let case = mutate(request, work::claim(&request.forum, &request.actor(), id)).await?;
        Ok(Some(CasePayload { case: Case(case) }))
    }

    /// Releases a claimed case. Only for its holder and the Secretariat (else DENIED).
    async fn release_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] input: CaseInput,
    ) -> Result<Option<CasePayload>> {
        let request = request(ctx);
        let id = input.case_id.uuid()?;
        let case = mutate(request, work::release(&request.forum, &request.actor(), id)).await?;
        Ok(Some(CasePayload { case: Case(case) }))
    }

    /// Assigns a case to a person who could decide on it (else INVALID). Only for its holder and the Secretariat;
    /// while it has no holder, for anybody who could decide on it (else DENIED).
    async fn assign_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case, and the person.")] input: AssignCaseInput,
    ) -> Result<Option<CasePayload>> {
        let request = request(ctx);
        let id = input.case_id.uuid()?;
        let to = input.person_id.uuid_of("personId")?;
        let case = mutate(
            request,
            work::assign(&request.forum, &request.actor(), id, to),
        )
        .await?;
        Ok(Some(CasePayload { case: Case(case) }))
    }

    /// Writes a note on a case, for others who could decide on the case.
    async fn note_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case, and the note.")] input: NoteCaseInput,
    ) -> Result<Option<NoteCasePayload>> {
        let request = request(ctx);
        let id = input.case_id.uuid()?;
        let (forum, actor) = (&request.forum, request.actor());
        let note = work::note(forum, &actor, input.key, id, &input.body);
        let note = mutate(request, note).await?;
        Ok(Some(NoteCasePayload {
            note: CaseNote(note),
        }))
    }

    /// Proposes a decision that requires a second person: suspending a person, erasing a text, hiding, editing or
    /// rejecting what was said on behalf of a delegation. Refused for the same reasons as decide; INVALID (`act`) for an
    /// act that the caller may decide alone.
    async fn propose_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proposed act, what it applies to, and the reason.")]
        input: DecideInput,
    ) -> Result<Option<ProposeDecisionPayload>> {
        let request = request(ctx);
        let wanted = input.read()?;
        let made = mutate(
            request,
            propose::propose(&request.forum, &request.actor(), wanted),
        )
        .await?;
        Ok(Some(ProposeDecisionPayload {
            proposal: Proposal(made),
        }))
    }

    /// Confirms a decision that somebody else proposed: the decision is taken. DENIED with OWN_PROPOSAL for the
    /// proposer.
    async fn confirm_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proposal.")] input: ProposalInput,
    ) -> Result<Option<ConfirmProposalPayload>> {
        let request = request(ctx);
        let id = input.proposal_id.uuid()?;
        let taken = mutate(
            request,
            confirm::confirm(&request.forum, &request.actor(), id),
        )
        .await?;
        Ok(Some(ConfirmProposalPayload {
            decision: Decision(taken),
        }))
    }

    /// Declines a decision that somebody else proposed, or withdraws the caller's own proposal.
    async fn decline_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proposal.")] input: ProposalInput,
    ) -> Result<Option<DeclineProposalPayload>> {
        let request = request(ctx);
        let id = input.proposal_id.uuid()?;
        let declined = mutate(
            request,
            confirm::decline(&request.forum, &request.actor(), id),
        )
        .await?;
        Ok(Some(DeclineProposalPayload {
            proposal: Proposal(declined),
        }))
    }

    /// Appeals a decision. Only for those whom it concerns and the focal point of their delegation, once and in time
    /// (else DENIED with the reason that `viewer` of the decision reports beforehand).
    async fn appeal_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision, and the reason.")] input: AppealDecisionInput,
    ) -> Result<Option<AppealDecisionPayload>> {
        let request = request(ctx);
        let new = lodge::AppealRequest {
            key: input.key,
            decision_id: input.decision_id.uuid()?,
            body: input.body,
            language: input.language.into(),
        };
        let made = mutate(
            request,
            lodge::appeal(&request.forum, &request.actor(), new),
        )
        .await?;
        Ok(Some(AppealDecisionPayload {
            appeal: Appeal(made),
        }))
    }

    /// Decides on an appeal. Only for a person other than the one who took the decision; after the deadline, only for
    /// the Secretariat (else DENIED). Overturning restores the earlier state.
    async fn decide_appeal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appeal, its outcome, and the reason.")] input: DecideAppealInput,
    ) -> Result<Option<DecideAppealPayload>> {
        let request = request(ctx);
        let deciding = answer::AppealAnswer {
            key: input.key,
            appeal_id: input.appeal_id.uuid()?,
            overturn: input.overturn,
            justification: Justification {
                reason: input.reason.into(),
                explanation: input.explanation,
                language: input.language.into(),
                withhold: input.withhold_explanation,
            },
        };
        let taken = mutate(
            request,
            answer::decide(&request.forum, &request.actor(), deciding),
        )
        .await?;
        Ok(Some(DecideAppealPayload {
            decision: Decision(taken),
        }))
    }
}
