//! The form with which anyone who is signed in reports a post or thread.

use askama::Template;
use axum::http::StatusCode;

use crate::web::address;
use crate::web::api_types::Act;
use crate::web::api_types::DateTime;
use crate::web::api_types::Language;
use crate::web::api_types::Reason;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::denial::denied;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::moderation::reason_fields::one_of;
use crate::web::moderation::reason_fields::reason;
use crate::web::moderation::reason_fields::report_reasons;
use crate::web::moderation::target::Decided;
use crate::web::moderation::target::Undone;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

document!(ReportingQuery, "src/web/moderation/report.graphql");
document!(ReportMutation, "src/web/moderation/report.graphql");

/// What the user has already reported.
struct EarlierReport {
    at: DateTime,
    reason: Reason,
    /// The resulting decision.
    outcome: Option<Decided>,
}

#[derive(Template)]
#[template(path = "moderation/report.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
    key: String,
    target: String,
    back: String,
    title: String,
    title_language: Language,
    number: Option<i64>,
    html: Option<String>,
    earlier: Option<EarlierReport>,
    reasons: Vec<Reason>,
    reason: Option<Reason>,
    note: String,
    language: Language,
    done: bool,
}

/// Shows the form.
pub async fn show(request: PageRequest) -> PageResult {
    let fields = request.query();
    page(&request, &fields, None, StatusCode::OK).await
}

async fn page(
    request: &PageRequest,
    fields: &Fields,
    form_errors: Option<FormErrors>,
    status: impl Into<PageStatus>,
) -> PageResult {
    Ok(response::page(
        &load(request, fields, form_errors).await?,
        status,
    ))
}

async fn load(
    request: &PageRequest,
    fields: &Fields,
    form_errors: Option<FormErrors>,
) -> Result<Page, PageError> {
    type Node = reporting_query::ReportingQueryNode;
    let id = fields.one("target");
    let variables = reporting_query::Variables { id: id.clone() };
    let found = execute::<ReportingQuery>(&request.web, &request.caller, variables).await?;
    let (back, title, title_language, number, html, may, earlier);
    match found.node {
        Some(Node::Post(post)) => {
            let at = post.number;
            back = format!("/threads/{}?number={at}#post-{at}", post.thread.id);
            (title, title_language) = (post.thread.title, post.thread.language);
            (number, html) = (Some(at), post.body_html);
            let refusal = post.viewer.report_refusal;
            may = match post.viewer.can_report {
                true => Ok(()),
                false => Err(denied(request, refusal)),
            };
            earlier = post.viewer.report.map(|report| EarlierReport {
                at: report.created_at,
                reason: report.reason,
                outcome: report.outcome.map(|outcome| Decided {
                    position: outcome.position,
                    act: outcome.act,
                    undoes: outcome.undoes.map(|undone| Undone {
                        position: undone.position,
                        act: undone.act,
                    }),
                }),
            });
        }
        Some(Node::Thread(thread)) => {
            back = format!("/threads/{}", thread.id);
            (title, title_language) = (thread.title, thread.language);
            (number, html) = (None, None);
            let refusal = thread.viewer.report_refusal;
            may = match thread.viewer.can_report {
                true => Ok(()),
                false => Err(denied(request, refusal)),
            };
            earlier = thread.viewer.report.map(|report| EarlierReport {
                at: report.created_at,
                reason: report.reason,
                outcome: report.outcome.map(|outcome| Decided {
                    position: outcome.position,
                    act: outcome.act,
                    undoes: outcome.undoes.map(|undone| Undone {
                        position: undone.position,
                        act: undone.act,
                    }),
                }),
            });
        }
        _ => return Err(PageError::NotFound),
    }
    if earlier.is_none() {
        may?;
    }
    Ok(Page {
        frame: Frame::load(request).await,
        key: fields.next_key(form_errors.as_ref()),
        form_errors,
        target: id,
        back,
        title,
        title_language,
        number,
        html,
        earlier,
        reasons: found.instance.report_reasons,
        reason: Reason::parse(&fields.one("reason")),
        note: fields.one("note"),
        language: Language::parse(&fields.one("language"))
            .unwrap_or(Language::of(request.caller.language)),
        done: fields.given("done").is_some(),
    })
}

/// Sends the report, and confirms that it has arrived.
pub async fn send(request: PageRequest, fields: SubmittedForm) -> PageResult {
    match report(&request, &fields).await {
        Ok(()) => {
            let target = fields.one("target");
            let pairs = [("target", target.as_str()), ("done", "1")];
            let address = format!("/report?{}", address::encode(&pairs));
            Ok(response::redirect_sent(&address, &fields.key()))
        }
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            page(&request, &fields, Some(form_errors), status).await
        }
    }
}

async fn report(request: &PageRequest, fields: &Fields) -> Result<(), PageError> {
    let reasons = report_reasons(request).await?;
    Check::of(request, fields)
        .choice("reason", |name| one_of(&reasons, name))
        .optional_text(
            "note",
            "reportNote",
            request.web.config.limits.explanation_length,
        )
        .written_in(&["note"])
        .finish()?;
    let input = report_mutation::ReportInput {
        key: fields.key(),
        target_id: fields.one("target"),
        reason: reason(request, fields)?,
        note: fields.one("note"),
        language: check::require_choice(request, fields, "language", Language::parse)?,
    };
    let variables = report_mutation::Variables { input };
    let done = execute::<ReportMutation>(&request.web, &request.caller, variables).await;
    done.map(drop)
}
