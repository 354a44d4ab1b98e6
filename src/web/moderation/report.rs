//! The form with which anyone who is signed in reports a post or thread.

use askama::Template;
use axum::http::StatusCode;

use crate::web::address;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::denial::denied;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::moderation::why::one_of;
use crate::web::moderation::why::reason;
use crate::web::moderation::why::report_reasons;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::response::Standing;
use crate::web::words::Act;
use crate::web::words::DateTime;
use crate::web::words::Language;
use crate::web::words::Reason;

document!(ReportingQuery, "src/web/moderation/report.graphql");
document!(ReportMutation, "src/web/moderation/report.graphql");

/// What the user has already reported.
struct Earlier {
    at: DateTime,
    reason: Reason,
    /// The resulting decision, by its position in the ledger.
    outcome: Option<(i64, Act)>,
}

#[derive(Template)]
#[template(path = "moderation/report.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    key: String,
    target: String,
    back: String,
    title: String,
    title_language: Language,
    number: Option<i64>,
    html: Option<String>,
    earlier: Option<Earlier>,
    reasons: Vec<Reason>,
    reason: Option<Reason>,
    note: String,
    language: Language,
    done: bool,
}

/// Shows the form.
pub async fn show(asked: Asked) -> PageResult {
    let fields = asked.query();
    page(&asked, &fields, None, StatusCode::OK).await
}

async fn page(
    asked: &Asked,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: impl Into<Standing>,
) -> PageResult {
    Ok(response::page(&load(asked, fields, trouble).await?, status))
}

async fn load(asked: &Asked, fields: &Fields, trouble: Option<Trouble>) -> Result<Page, PageError> {
    type Node = reporting_query::ReportingQueryNode;
    let id = fields.one("target");
    let variables = reporting_query::Variables { id: id.clone() };
    let found = ask::<ReportingQuery>(&asked.web, &asked.caller, variables).await?;
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
                false => Err(denied(asked, refusal)),
            };
            earlier = post.viewer.report.map(|report| Earlier {
                at: report.created_at,
                reason: report.reason,
                outcome: report
                    .outcome
                    .map(|outcome| (outcome.position, outcome.act)),
            });
        }
        Some(Node::Thread(thread)) => {
            back = format!("/threads/{}", thread.id);
            (title, title_language) = (thread.title, thread.language);
            (number, html) = (None, None);
            let refusal = thread.viewer.report_refusal;
            may = match thread.viewer.can_report {
                true => Ok(()),
                false => Err(denied(asked, refusal)),
            };
            earlier = thread.viewer.report.map(|report| Earlier {
                at: report.created_at,
                reason: report.reason,
                outcome: report
                    .outcome
                    .map(|outcome| (outcome.position, outcome.act)),
            });
        }
        _ => return Err(PageError::NotFound),
    }
    if earlier.is_none() {
        may?;
    }
    Ok(Page {
        frame: Frame::load(asked).await,
        key: fields.next_key(trouble.as_ref()),
        trouble,
        target: id,
        back,
        title,
        title_language,
        number,
        html,
        earlier,
        reasons: found.instance.report_reasons,
        reason: Reason::read(&fields.one("reason")),
        note: fields.one("note"),
        language: Language::read(&fields.one("language"))
            .unwrap_or(Language::of(asked.caller.language)),
        done: fields.given("done").is_some(),
    })
}

/// Sends the report, and confirms that it has arrived.
pub async fn send(asked: Asked, fields: Sent) -> PageResult {
    match report(&asked, &fields).await {
        Ok(()) => {
            let target = fields.one("target");
            let pairs = [("target", target.as_str()), ("done", "1")];
            let address = format!("/report?{}", address::encode(&pairs));
            Ok(response::sent(&address, &fields.key()))
        }
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            page(&asked, &fields, Some(trouble), status).await
        }
    }
}

async fn report(asked: &Asked, fields: &Fields) -> Result<(), PageError> {
    let reasons = report_reasons(asked).await?;
    Check::of(asked, fields)
        .choice("reason", |name| one_of(&reasons, name))
        .optional_text(
            "note",
            "reportNote",
            asked.web.config.limits.explanation_length,
        )
        .written_in(&["note"])
        .done()?;
    let input = report_mutation::ReportInput {
        key: fields.key(),
        target_id: fields.one("target"),
        reason: reason(asked, fields)?,
        note: fields.one("note"),
        language: check::chosen(asked, fields, "language", Language::read)?,
    };
    let variables = report_mutation::Variables { input };
    let done = ask::<ReportMutation>(&asked.web, &asked.caller, variables).await;
    done.map(drop)
}
