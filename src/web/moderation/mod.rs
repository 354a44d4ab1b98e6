//! Moderation: reports, the queue of cases, the forms of decisions and appeals, people, the public ledger, and one's own
//! notices.

mod appeal;
mod case;
mod decide;
mod ledger;
mod notices;
mod people;
mod queue;
mod report;
mod target;

use axum::Router;
use axum::routing::get;
use axum::routing::post;
use graphql_client::GraphQLQuery;
use serde::Serialize;

use crate::base::message;
use crate::web::Asked;
use crate::web::Web;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Fields;
use crate::web::words::Act;
use crate::web::words::Language;
use crate::web::words::Reason;

/// The routes of moderation.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/ledger", get(ledger::show))
        .route("/notices", get(notices::show).post(notices::send))
        .route("/report", get(report::show).post(report::send))
        .route("/appeals", get(appeal::list))
        .route(
            "/decisions/{id}/appeal",
            get(appeal::show).post(appeal::send),
        )
        .route(
            "/decisions/{id}/undo",
            get(decide::show_undo).post(decide::send_undo),
        )
        .route("/decide", get(decide::show).post(decide::send))
        .route("/moderation", get(queue::show))
        .route("/moderation/next", get(queue::next))
        .route("/moderation/proposals/{id}/confirm", post(queue::confirm))
        .route("/moderation/proposals/{id}/decline", post(queue::decline))
        .route("/moderation/cases/{id}", get(case::show))
        .route("/moderation/cases/{id}/claim", post(case::claim))
        .route("/moderation/cases/{id}/release", post(case::release))
        .route("/moderation/cases/{id}/assign", post(case::assign))
        .route("/moderation/cases/{id}/note", post(case::note))
        .route("/moderation/cases/{id}/answer", post(case::answer_appeal))
        .route("/people", get(people::list))
        .route("/people/{id}", get(people::show))
        .route("/people/{id}/scope", post(people::give_scope))
        .route("/people/{id}/password", post(people::make_password_link))
}

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/reasons.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Act", "Reason")
)]
struct ReasonsQuery;

/// The reasons to choose from: of an act, or of undoing.
pub async fn reasons(asked: &Asked, act: Option<Act>) -> Result<Vec<Reason>, PageError> {
    let variables = reasons_query::Variables {
        act: act.unwrap_or(Act::UpholdDecision),
    };
    let found = ask::<ReasonsQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(match act {
        Some(_) => found.instance.decision_reasons,
        None => found.instance.undoing_reasons,
    })
}

/// The reasons that a report can give.
pub async fn report_reasons(asked: &Asked) -> Result<Vec<Reason>, PageError> {
    let variables = reasons_query::Variables {
        act: Act::UpholdDecision,
    };
    let found = ask::<ReasonsQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(found.instance.report_reasons)
}

/// Looks at what every decision needs: one of the reasons that it can have, and an explanation in its language.
pub fn why<'a>(asked: &Asked, fields: &'a Fields, reasons: &[Reason]) -> Check<'a> {
    Check::of(asked, fields)
        .choice("reason", |name| one_of(reasons, name))
        .text("explanation", asked.web.config.limits.explanation_length)
        .written_in(&["explanation"])
}

/// The reason of that name, where it is one of these.
pub fn one_of(reasons: &[Reason], name: &str) -> Option<Reason> {
    Reason::read(name).filter(|reason| reasons.contains(reason))
}

/// The reason that was chosen in a form.
pub fn reason(asked: &Asked, fields: &Fields) -> Result<Reason, PageError> {
    forms::chosen(asked, fields, "reason", Reason::read)
}

/// Why a decision is taken, as a form has it.
pub struct Why {
    /// The reasons to choose from, and the one that was chosen.
    pub reasons: Vec<Reason>,
    pub reason: Option<Reason>,
    pub explanation: String,
    pub language: Language,
    pub withhold: bool,
}

impl Why {
    /// What was sent, or what a new form begins with.
    pub fn read(asked: &Asked, fields: &Fields, reasons: Vec<Reason>) -> Why {
        Why {
            reasons,
            reason: Reason::read(&fields.one("reason")),
            explanation: fields.one("explanation"),
            language: Language::read(&fields.one("language"))
                .unwrap_or(Language::of(asked.caller.language)),
            withhold: fields.given("withhold").is_some(),
        }
    }
}

/// What a refusal says, by the name that the API has for it.
pub fn refusal_text(asked: &Asked, refusal: impl Serialize) -> String {
    let name = serde_json::to_value(refusal).unwrap_or_default();
    let name = name.as_str().unwrap_or("ALREADY_DECIDED");
    let key = format!("denied-{}", name.to_lowercase().replace('_', "-"));
    message::text(asked.caller.language, &key)
}

/// The refusal that a field of the API foretold.
pub fn denied(asked: &Asked, refusal: Option<impl Serialize>) -> PageError {
    let reason = serde_json::to_value(&refusal).unwrap_or_default();
    let reason = reason.as_str().unwrap_or("ALREADY_DECIDED").to_string();
    PageError::Denied {
        message: refusal_text(asked, &reason),
        reason,
    }
}
