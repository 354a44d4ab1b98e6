//! What people who decide do in several stories.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::acts::DECIDE;
use crate::support::acts::decision_input;
use crate::support::json::text;
use crate::support::person::Person;

pub const PROPOSE: &str =
    "mutation($input: DecideInput!) { proposeDecision(input: $input) { proposal { id state } } }";

pub const CONFIRM: &str = "mutation($input: ProposalInput!) { confirmProposal(input: $input) { decision { id position act confirmed } } }";

pub const REPORT: &str = "mutation($input: ReportInput!) { report(input: $input) { report { id note outcome { id } } } }";

pub const CLAIM: &str =
    "mutation($input: CaseInput!) { claimCase(input: $input) { case { id holder { id } } } }";

pub const APPEAL: &str = "mutation($input: AppealDecisionInput!) { appealDecision(input: $input) { appeal { id dueAt } } }";

pub const DECIDE_APPEAL: &str =
    "mutation($input: DecideAppealInput!) { decideAppeal(input: $input) { decision { id act } } }";

/// The input of a decision, with the additional fields that its act needs.
pub fn input_with(act: &str, targets: &[&str], more: Value) -> Value {
    let mut input = decision_input(act, targets);
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    input
}

/// Takes a decision that needs more than its targets; returns its id.
pub async fn decide_with(person: &Person, act: &str, targets: &[&str], more: Value) -> String {
    let input = input_with(act, targets, more);
    let data = person.ask(DECIDE, json!({ "input": input })).await;
    text(&data, "decide.decision.id")
}

/// One person proposes and another confirms; returns the id of the decision.
pub async fn decide_by_two(
    one: &Person,
    other: &Person,
    act: &str,
    targets: &[&str],
    more: Value,
) -> String {
    let input = input_with(act, targets, more);
    let data = one.ask(PROPOSE, json!({ "input": input })).await;
    let proposal = text(&data, "proposeDecision.proposal.id");
    let input = json!({ "proposalId": proposal });
    let data = other.ask(CONFIRM, json!({ "input": input })).await;
    text(&data, "confirmProposal.decision.id")
}

/// The input of a report, with a new key.
pub fn report_input(target: &str, note: &str) -> Value {
    json!({
        "key": Uuid::new_v4(), "targetId": target, "reason": "DISRESPECTFUL", "note": note, "language": "EN",
    })
}

/// Reports a post or thread; returns the report's id.
pub async fn report(person: &Person, target: &str, note: &str) -> String {
    let input = report_input(target, note);
    let data = person.ask(REPORT, json!({ "input": input })).await;
    text(&data, "report.report.id")
}

/// Appeals a decision; returns the appeal's id.
pub async fn appeal(person: &Person, decision: &str, body: &str) -> String {
    let input = json!({
        "key": Uuid::new_v4(), "decisionId": decision, "body": body, "language": "EN",
    });
    let data = person.ask(APPEAL, json!({ "input": input })).await;
    text(&data, "appealDecision.appeal.id")
}

/// The input of an answer to an appeal, with a new key.
pub fn answer_input(appeal: &str, overturn: bool) -> Value {
    json!({
        "key": Uuid::new_v4(), "appealId": appeal, "overturn": overturn, "reason": "MISTAKEN",
        "explanation": "We have looked at it again.", "language": "EN",
    })
}
