//! Reporting, working on cases, confirming proposals, appealing.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::appeal::answer;
use crate::forum::moderation::appeal::lodge;
use crate::forum::moderation::decision::Why;
use crate::forum::moderation::proposal::confirm;
use crate::forum::moderation::proposal::propose;
use crate::forum::moderation::report;
use crate::forum::moderation::work;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::cases::appeal::Appeal;
use crate::graph::cases::case::Case;
use crate::graph::cases::case::CaseNote;
use crate::graph::cases::proposal::Proposal;
use crate::graph::cases::report::Report;
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

/// A report to be made.
#[derive(InputObject)]
pub struct ReportInput {
    /// Made by the client, unique for this report. Sent twice, it answers twice with the same report.
    key: Uuid,
    /// Which post or thread.
    target_id: ID,
    /// What is wrong, in a word; one of the instance's `reportReasons`.
    reason: Reason,
    /// What is wrong, in the caller's words: at most 2,000 characters (configured) of plain text.
    #[graphql(default)]
    note: String,
    /// The language of the note.
    language: Language,
}

payload!(ReportPayload, "The report that was made.", report: Report, "The report.");

/// A case to be claimed or released.
#[derive(InputObject)]
pub struct CaseInput {
    /// Which case.
    case_id: CaseId,
}

/// A case for somebody.
#[derive(InputObject)]
pub struct AssignCaseInput {
    /// Which case.
    case_id: CaseId,
    /// For whom; somebody who could decide on it.
    person_id: PersonId,
}

/// A note on a case.
#[derive(InputObject)]
pub struct NoteCaseInput {
    /// Made by the client, unique for this note. Sent twice, it answers twice with the same note.
    key: Uuid,
    /// On which case.
    case_id: CaseId,
    /// Its text: 1 to 2,000 characters (configured) of plain text.
    body: String,
}

payload!(CasePayload, "The case as it is now.", case: Case, "The case.");

payload!(NoteCasePayload, "The note that was written.", note: CaseNote, "The note.");

payload!(ProposeDecisionPayload, "The proposal that was made.", proposal: Proposal, "The proposal.");

/// A proposal to be confirmed or declined.
#[derive(InputObject)]
pub struct ProposalInput {
    /// Which proposal.
    proposal_id: ProposalId,
}

payload!(ConfirmProposalPayload, "The decision that came of a proposal.", decision: Decision, "The decision.");

payload!(DeclineProposalPayload, "The proposal that was declined.", proposal: Proposal, "The proposal.");

/// An appeal to be made.
#[derive(InputObject)]
pub struct AppealDecisionInput {
    /// Made by the client, unique for this appeal. Sent twice, it answers twice with the same appeal.
    key: Uuid,
    /// Against which decision.
    decision_id: DecisionId,
    /// Why it should be undone: 1 to 2,000 characters (configured) of plain text.
    body: String,
    /// The language of the text.
    language: Language,
}

payload!(AppealDecisionPayload, "The appeal that was made.", appeal: Appeal, "The appeal.");

/// A decision on an appeal.
#[derive(InputObject)]
pub struct DecideAppealInput {
    /// Made by the client, unique for this decision. Sent twice, it answers twice with the same decision.
    key: Uuid,
    /// On which appeal.
    appeal_id: AppealId,
    /// Undo the decision that is appealed; else it stands.
    overturn: bool,
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

payload!(DecideAppealPayload, "The decision on an appeal.", decision: Decision, "The decision that upholds or undoes.");

#[derive(Default)]
pub struct CaseMutation;

#[Object]
impl CaseMutation {
    /// Reports a post or thread to those who decide. DENIED to visitors, and with ALREADY_REPORTED for a second report of
    /// the same; TOO_MANY beyond the configured rate. A notice tells what came of it.
    async fn report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is reported, and why.")] input: ReportInput,
    ) -> Result<Option<ReportPayload>> {
        let asked = asked(ctx);
        let post = id::to_uuid(Kind::Post, &input.target_id).map(Subject::Post);
        let thread = id::to_uuid(Kind::Thread, &input.target_id).map(Subject::Thread);
        let new = report::Reporting {
            key: input.key,
            subject: post.or(thread).ok_or(Error::NotFound)?,
            reason: input.reason.into(),
            note: input.note,
            language: input.language.into(),
        };
        let made = mutate(asked, report::report(&asked.forum, &asked.actor(), new)).await?;
        Ok(Some(ReportPayload {
            report: Report(made),
        }))
    }

    /// Claims an open case, so that others leave it. NOT_FOUND for whoever could not decide on it; DENIED with
    /// CASE_CLAIMED when somebody else has.
    async fn claim_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseInput,
    ) -> Result<Option<CasePayload>> {
        let asked = asked(ctx);
        let id = input.case_id.uuid()?;
        let case = mutate(asked, work::claim(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(CasePayload { case: Case(case) }))
    }

    /// Lets a claimed case go. Whoever holds it, and the Secretariat (else DENIED).
    async fn release_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseInput,
    ) -> Result<Option<CasePayload>> {
        let asked = asked(ctx);
        let id = input.case_id.uuid()?;
        let case = mutate(asked, work::release(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(CasePayload { case: Case(case) }))
    }

    /// Gives a case to somebody who could decide on it (else INVALID). Whoever holds it, anybody while nobody does, and
    /// the Secretariat.
    async fn assign_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and for whom.")] input: AssignCaseInput,
    ) -> Result<Option<CasePayload>> {
        let asked = asked(ctx);
        let id = input.case_id.uuid()?;
        let to = input.person_id.uuid_of("personId")?;
        let case = mutate(asked, work::assign(&asked.forum, &asked.actor(), id, to)).await?;
        Ok(Some(CasePayload { case: Case(case) }))
    }

    /// Writes a note on a case, for others who could decide on it.
    async fn note_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and the note.")] input: NoteCaseInput,
    ) -> Result<Option<NoteCasePayload>> {
        let asked = asked(ctx);
        let id = input.case_id.uuid()?;
        let (forum, actor) = (&asked.forum, asked.actor());
        let note = work::note(forum, &actor, input.key, id, &input.body);
        let note = mutate(asked, note).await?;
        Ok(Some(NoteCasePayload {
            note: CaseNote(note),
        }))
    }

    /// Proposes a decision that takes two: suspending a person, erasing a text, hiding or editing what was said on behalf
    /// of a delegation. Refused as decide; INVALID, field `act`, for what one person decides alone.
    async fn propose_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is proposed, and why.")] input: DecideInput,
    ) -> Result<Option<ProposeDecisionPayload>> {
        let asked = asked(ctx);
        let wanted = input.read()?;
        let made = mutate(
            asked,
            propose::propose(&asked.forum, &asked.actor(), wanted),
        )
        .await?;
        Ok(Some(ProposeDecisionPayload {
            proposal: Proposal(made),
        }))
    }

    /// Confirms what somebody else proposed: it is decided. DENIED with OWN_PROPOSAL to who proposed it.
    async fn confirm_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] input: ProposalInput,
    ) -> Result<Option<ConfirmProposalPayload>> {
        let asked = asked(ctx);
        let id = input.proposal_id.uuid()?;
        let taken = mutate(asked, confirm::confirm(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(ConfirmProposalPayload {
            decision: Decision(taken),
        }))
    }

    /// Declines what somebody else proposed, or takes the own proposal back.
    async fn decline_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] input: ProposalInput,
    ) -> Result<Option<DeclineProposalPayload>> {
        let asked = asked(ctx);
        let id = input.proposal_id.uuid()?;
        let declined = mutate(asked, confirm::decline(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(DeclineProposalPayload {
            proposal: Proposal(declined),
        }))
    }

    /// Appeals a decision: those whom it concerns and the focal point of their delegation, once and in time (else DENIED
    /// with the reason that `viewer` of the decision tells beforehand).
    async fn appeal_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which decision, and why.")] input: AppealDecisionInput,
    ) -> Result<Option<AppealDecisionPayload>> {
        let asked = asked(ctx);
        let new = lodge::Appealing {
            key: input.key,
            decision_id: input.decision_id.uuid()?,
            body: input.body,
            language: input.language.into(),
        };
        let made = mutate(asked, lodge::appeal(&asked.forum, &asked.actor(), new)).await?;
        Ok(Some(AppealDecisionPayload {
            appeal: Appeal(made),
        }))
    }

    /// Decides on an appeal: somebody other than who took the decision; after its deadline only the Secretariat (else
    /// DENIED). Overturning restores what was before.
    async fn decide_appeal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which appeal, what comes of it, and why.")] input: DecideAppealInput,
    ) -> Result<Option<DecideAppealPayload>> {
        let asked = asked(ctx);
        let deciding = answer::Deciding {
            key: input.key,
            appeal_id: input.appeal_id.uuid()?,
            overturn: input.overturn,
            why: Why {
                reason: input.reason.into(),
                explanation: input.explanation,
                language: input.language.into(),
                withhold: input.withhold_explanation,
            },
        };
        let taken = mutate(
            asked,
            answer::decide(&asked.forum, &asked.actor(), deciding),
        )
        .await?;
        Ok(Some(DecideAppealPayload {
            decision: Decision(taken),
        }))
    }
}
