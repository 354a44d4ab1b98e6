//! One case: what was reported, waits for approval or is appealed, with its reports, notes and history; and working on
//! it.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::address;
use crate::web::api_types::Act;
use crate::web::api_types::AppealOutcome;
use crate::web::api_types::CaseKind;
use crate::web::api_types::CaseState;
use crate::web::api_types::Language;
use crate::web::api_types::Office;
use crate::web::api_types::PostState;
use crate::web::api_types::Reason;
use crate::web::api_types::Role;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::denial::refusal_text;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::moderation::reason_fields::ReasonFields;
use crate::web::moderation::reason_fields::check_reason_fields;
use crate::web::moderation::reason_fields::reason;
use crate::web::moderation::reason_fields::reasons;
use crate::web::moderation::target;
use crate::web::moderation::target::Target;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

document!(CaseQuery, "src/web/moderation/case.graphql");
document!(StaffQuery, "src/web/moderation/staff.graphql");
document!(ClaimMutation, "src/web/moderation/case_act.graphql");
document!(ReleaseMutation, "src/web/moderation/case_act.graphql");
document!(AssignMutation, "src/web/moderation/case_act.graphql");
document!(NoteMutation, "src/web/moderation/case_act.graphql");
document!(AnswerMutation, "src/web/moderation/answer.graphql");

/// A person to whom a case can be assigned.
struct Colleague {
    id: String,
    name: String,
}

/// An act to choose, and the address of its form.
struct ActOption {
    act: Act,
    address: String,
    proposes: bool,
}

type ReportViewer = case_query::CaseQueryNodeOnCaseReportsEdgesNodeViewer;

#[derive(Template)]
#[template(path = "moderation/case.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
    key: String,
    note_key: String,
    case: case_query::CaseQueryNodeOnCase,
    acts: Vec<ActOption>,
    colleagues: Vec<Colleague>,
    note: String,
    /// What was chosen for the decision under appeal.
    overturn: Option<bool>,
    /// Why the user may not decide on the appeal.
    refusal: Option<String>,
    reason_fields: ReasonFields,
    /// The text of the post as this user reads it.
    text_now: Option<String>,
    done: bool,
}

impl Page {
    /// Whether what was reported differs from the thread title or post text that this user reads.
    fn is_other(&self, reported: &ReportViewer) -> bool {
        let has_other_text =
            reported.reported_body.is_some() && reported.reported_body != self.text_now;
        let title = self.case.thread.as_ref().map(|thread| {
            let hidden = thread.viewer.hidden_title.as_ref();
            hidden.unwrap_or(&thread.title)
        });
        let has_other_title =
            reported.reported_title.is_some() && reported.reported_title.as_ref() != title;
        has_other_text || has_other_title
    }
}

/// Shows a case.
pub async fn show(request: PageRequest, Path(id): Path<String>) -> PageResult {
    let fields = Fields::default();
    page(&request, &id, &fields, None, StatusCode::OK).await
}

async fn page(
    request: &PageRequest,
    id: &str,
    fields: &Fields,
    form_errors: Option<FormErrors>,
    status: impl Into<PageStatus>,
) -> PageResult {
    Ok(response::page(
        &load(request, id, fields, form_errors).await?,
        status,
    ))
}

async fn load(
    request: &PageRequest,
    id: &str,
    fields: &Fields,
    form_errors: Option<FormErrors>,
) -> Result<Page, PageError> {
    let variables = case_query::Variables { id: id.to_string() };
    let found = execute::<CaseQuery>(&request.web, &request.caller, variables).await?;
    let Some(case_query::CaseQueryNode::Case(case)) = found.node else {
        return Err(PageError::NotFound);
    };
    let is_open = case.state == CaseState::Open;
    let about = case
        .post
        .as_ref()
        .map(|post| post.id.clone())
        .or_else(|| case.thread.as_ref().map(|thread| thread.id.clone()));
    let acts = match about {
        Some(about) if is_open && case.appeal.is_none() => {
            choices(&target::find(request, &about).await?, &case.id)
        }
        _ => Vec::new(),
    };
    let colleagues = match is_open && case.viewer.can_release {
        true => colleagues(request).await?,
        false => Vec::new(),
    };
    let reasons = match &case.appeal {
        Some(appeal) if appeal.viewer.can_decide => {
            reasons(request, Some(Act::UpholdDecision)).await?
        }
        _ => Vec::new(),
    };
    let refusal = case.appeal.as_ref().filter(|_| is_open);
    let refusal = refusal.and_then(|appeal| appeal.viewer.decide_refusal.clone());
    let text_now = case.post.as_ref();
    let text_now = text_now.and_then(|post| post.body.clone().or(post.viewer.hidden_body.clone()));
    Ok(Page {
        text_now,
        refusal: refusal.map(|refusal| refusal_text(request, refusal)),
        frame: Frame::load(request).await,
        key: fields.next_key(form_errors.as_ref()),
        note_key: fields.given("note_key").unwrap_or_else(fields::new_key),
        form_errors,
        case,
        acts,
        colleagues,
        note: fields.one("note"),
        overturn: overturn(fields),
        reason_fields: ReasonFields::of(request, fields, reasons),
        done: request.query().given("done").is_some(),
    })
}

/// Reads from a form what to do with the appealed decision.
fn overturn(fields: &Fields) -> Option<bool> {
    read_overturn(&fields.one("overturn"))
}

fn read_overturn(chosen: &str) -> Option<bool> {
    match chosen {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// The available acts: first those that end the case, then the others.
fn choices(target: &Target, case: &str) -> Vec<ActOption> {
    let choice = |act: Act, proposes: bool| {
        let pairs = [
            ("target", target.id.as_str()),
            ("case", case),
            ("act", act.as_str()),
        ];
        ActOption {
            act,
            proposes,
            address: format!("/decide?{}", address::encode(&pairs)),
        }
    };
    let alone = target.acts.iter().map(|act| choice(*act, false));
    let proposed = target.acts_to_propose.iter().map(|act| choice(*act, true));
    let mut all: Vec<ActOption> = alone.chain(proposed).collect();
    let first = [Act::DismissReports, Act::ApprovePost, Act::RejectPost];
    all.sort_by_key(|choice| !first.contains(&choice.act));
    all
}

async fn colleagues(request: &PageRequest) -> Result<Vec<Colleague>, PageError> {
    let mut all = Vec::new();
    for role in [Role::Moderator, Role::Secretariat] {
        let variables = staff_query::Variables { role };
        let found = execute::<StaffQuery>(&request.web, &request.caller, variables).await?;
        all.extend(found.persons.edges.into_iter().map(|edge| Colleague {
            id: edge.node.id,
            name: edge.node.name,
        }));
    }
    Ok(all)
}

/// Shows the current case, or the errors of the form.
async fn answer(
    request: &PageRequest,
    id: &str,
    fields: &Fields,
    done: Result<(), PageError>,
) -> PageResult {
    match done {
        Ok(()) => {
            let address = format!("/moderation/cases/{id}");
            Ok(response::redirect_sent(&address, &fields.key()))
        }
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            page(request, id, fields, Some(form_errors), status).await
        }
    }
}

/// Claims the case.
pub async fn claim(request: PageRequest, Path(id): Path<String>) -> PageResult {
    let input = claim_mutation::CaseInput {
        case_id: id.clone(),
    };
    let variables = claim_mutation::Variables { input };
    let done = execute::<ClaimMutation>(&request.web, &request.caller, variables).await;
    answer(&request, &id, &Fields::default(), done.map(drop)).await
}

/// Releases the case.
pub async fn release(request: PageRequest, Path(id): Path<String>) -> PageResult {
    let input = release_mutation::CaseInput {
        case_id: id.clone(),
    };
    let variables = release_mutation::Variables { input };
    let done = execute::<ReleaseMutation>(&request.web, &request.caller, variables).await;
    answer(&request, &id, &Fields::default(), done.map(drop)).await
}

/// Assigns the case to a person.
pub async fn assign(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    if fields.given("personId").is_none() {
        let error = check::missing_choice(&request, "personId");
        return answer(&request, &id, &fields, Err(error)).await;
    }
    let input = assign_mutation::AssignCaseInput {
        case_id: id.clone(),
        person_id: fields.one("personId"),
    };
    let variables = assign_mutation::Variables { input };
    let done = execute::<AssignMutation>(&request.web, &request.caller, variables).await;
    answer(&request, &id, &fields, done.map(drop)).await
}

/// Writes a note on the case.
pub async fn note(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    let max = request.web.config.limits.explanation_length;
    if let Err(error) = Check::of(&request, &fields).text("note", max).finish() {
        return answer(&request, &id, &fields, Err(error)).await;
    }
    let input = note_mutation::NoteCaseInput {
        key: fields.given("note_key").unwrap_or_else(fields::new_key),
        case_id: id.clone(),
        body: fields.one("note"),
    };
    let variables = note_mutation::Variables { input };
    let done = execute::<NoteMutation>(&request.web, &request.caller, variables).await;
    let done = done.map(drop).map_err(|mut error| {
        // The form has another field with that name.
        if let PageError::Invalid { field, .. } = &mut error
            && field == "body"
        {
            *field = "note".to_string();
        }
        error
    });
    answer(&request, &id, &fields, done).await
}

/// Decides on the appeal that the case is about, and redirects to the next case.
pub async fn answer_appeal(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    match decide_appeal(&request, &fields).await {
        Ok(()) => Ok(response::redirect_sent(
            "/moderation/next?done=1",
            &fields.key(),
        )),
        Err(error) => answer(&request, &id, &fields, Err(error)).await,
    }
}

async fn decide_appeal(request: &PageRequest, fields: &Fields) -> Result<(), PageError> {
    let act = match overturn(fields) {
        Some(true) => None,
        Some(false) | None => Some(Act::UpholdDecision),
    };
    let reasons = reasons(request, act).await?;
    check_reason_fields(request, fields, &reasons)
        .choice("overturn", read_overturn)
        .finish()?;
    let input = answer_mutation::DecideAppealInput {
        key: fields.key(),
        appeal_id: fields.one("appealId"),
        overturn: check::require_choice(request, fields, "overturn", read_overturn)?,
        reason: reason(request, fields)?,
        explanation: fields.one("explanation"),
        language: check::require_choice(request, fields, "language", Language::parse)?,
        withhold_explanation: fields.given("withhold").is_some(),
    };
    let variables = answer_mutation::Variables { input };
    let done = execute::<AnswerMutation>(&request.web, &request.caller, variables).await;
    done.map(drop)
}
