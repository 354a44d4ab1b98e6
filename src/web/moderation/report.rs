//! The form by which anybody who has signed in reports a post or thread.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::Sent;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::moderation::denied;
use crate::web::moderation::one_of;
use crate::web::moderation::reason;
use crate::web::moderation::report_reasons;
use crate::web::words::Act;
use crate::web::words::Language;
use crate::web::words::Reason;
use crate::web::words::UUID;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/report.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Act", "Language", "Reason")
)]
struct ReportingQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/report.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language", "Reason")
)]
struct ReportMutation;

/// What one has reported already.
struct Earlier {
    at: DateTime,
    reason: Reason,
    /// The decision that came of it, by its place in the ledger.
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
pub async fn show(asked: Asked) -> Response {
    let fields = asked.query();
    page(&asked, &fields, None, StatusCode::OK).await
}

async fn page(
    asked: &Asked,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: impl Into<forms::Standing>,
) -> Response {
    match load(asked, fields, trouble).await {
        Ok(template) => forms::page(&template, status),
        Err(error) => forms::refuse(asked, error).await,
    }
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

/// Reports, and says that it has arrived.
pub async fn send(asked: Asked, fields: Sent) -> Response {
    let target = fields.one("target");
    match report(&asked, &fields).await {
        Ok(()) => {
            let pairs = [("target", target.as_str()), ("done", "1")];
            let address = format!("/report?{}", crate::web::encode(&pairs));
            forms::sent(&address, &fields.key())
        }
        Err(error) => again(&asked, &fields, error).await,
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
        language: forms::chosen(asked, fields, "language", Language::read)?,
    };
    let variables = report_mutation::Variables { input };
    let done = ask::<ReportMutation>(&asked.web, &asked.caller, variables).await;
    done.map(drop)
}

/// The form once more, with what is wrong.
async fn again(asked: &Asked, fields: &Fields, error: PageError) -> Response {
    match forms::trouble(error) {
        Ok((status, trouble)) => page(asked, fields, Some(trouble), status).await,
        Err(error) => forms::refuse(asked, error).await,
    }
}
