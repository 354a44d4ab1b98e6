//! The reason for a decision: the reasons to choose from, and the explanation.

use crate::web::api_types::Act;
use crate::web::api_types::Language;
use crate::web::api_types::Reason;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::request::PageRequest;

document!(ReasonsQuery, "src/web/moderation/reasons.graphql");

/// The reasons to choose from: of an act, or of undoing.
pub async fn reasons(request: &PageRequest, act: Option<Act>) -> Result<Vec<Reason>, PageError> {
    let variables = reasons_query::Variables {
        act: act.unwrap_or(Act::UpholdDecision),
    };
    let found = execute::<ReasonsQuery>(&request.web, &request.caller, variables).await?;
    Ok(match act {
        Some(_) => found.instance.decision_reasons,
        None => found.instance.undoing_reasons,
    })
}

/// The reasons available for a report.
pub async fn report_reasons(request: &PageRequest) -> Result<Vec<Reason>, PageError> {
    let variables = reasons_query::Variables {
        act: Act::UpholdDecision,
    };
    let found = execute::<ReasonsQuery>(&request.web, &request.caller, variables).await?;
    Ok(found.instance.report_reasons)
}

/// Validates what every decision needs: one of the reasons that are allowed, and an explanation in its language.
pub fn check_reason_fields<'a>(
    request: &PageRequest,
    fields: &'a Fields,
    reasons: &[Reason],
) -> Check<'a> {
    Check::of(request, fields)
        .choice("reason", |name| one_of(reasons, name))
        .text("explanation", request.web.config.limits.explanation_length)
        .written_in(&["explanation"])
}

/// The reason with that name, if it is one of these.
pub fn one_of(reasons: &[Reason], name: &str) -> Option<Reason> {
    Reason::parse(name).filter(|reason| reasons.contains(reason))
}

/// The reason that was chosen in a form.
pub fn reason(request: &PageRequest, fields: &Fields) -> Result<Reason, PageError> {
    check::require_choice(request, fields, "reason", Reason::parse)
}

/// Why a decision is taken, as a form contains it.
pub struct ReasonFields {
    /// The reasons to choose from, and the chosen one.
    pub reasons: Vec<Reason>,
    pub reason: Option<Reason>,
    pub explanation: String,
    pub language: Language,
    pub withhold: bool,
}

impl ReasonFields {
    /// The submitted values, or the initial values of a new form.
    pub fn of(request: &PageRequest, fields: &Fields, reasons: Vec<Reason>) -> ReasonFields {
        ReasonFields {
            reasons,
            reason: Reason::parse(&fields.one("reason")),
            explanation: fields.one("explanation"),
            language: Language::parse(&fields.one("language"))
                .unwrap_or(Language::of(request.caller.language)),
            withhold: fields.given("withhold").is_some(),
        }
    }
}
