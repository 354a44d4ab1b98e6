//! The reason for a decision: the reasons to choose from, and the explanation.

use crate::web::client::ask;
use crate::web::client::document;
use crate::web::error::PageError;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::request::Asked;
use crate::web::words::Act;
use crate::web::words::Language;
use crate::web::words::Reason;

document!(ReasonsQuery, "src/web/moderation/reasons.graphql");

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

/// The reasons available for a report.
pub async fn report_reasons(asked: &Asked) -> Result<Vec<Reason>, PageError> {
    let variables = reasons_query::Variables {
        act: Act::UpholdDecision,
    };
    let found = ask::<ReasonsQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(found.instance.report_reasons)
}

/// Validates what every decision needs: one of the reasons that are allowed, and an explanation in its language.
pub fn why<'a>(asked: &Asked, fields: &'a Fields, reasons: &[Reason]) -> Check<'a> {
    Check::of(asked, fields)
        .choice("reason", |name| one_of(reasons, name))
        .text("explanation", asked.web.config.limits.explanation_length)
        .written_in(&["explanation"])
}

/// The reason with that name, if it is one of these.
pub fn one_of(reasons: &[Reason], name: &str) -> Option<Reason> {
    Reason::read(name).filter(|reason| reasons.contains(reason))
}

/// The reason that was chosen in a form.
pub fn reason(asked: &Asked, fields: &Fields) -> Result<Reason, PageError> {
    check::chosen(asked, fields, "reason", Reason::read)
}

/// Why a decision is taken, as a form contains it.
pub struct Why {
    /// The reasons to choose from, and the chosen one.
    pub reasons: Vec<Reason>,
    pub reason: Option<Reason>,
    pub explanation: String,
    pub language: Language,
    pub withhold: bool,
}

impl Why {
    /// The submitted values, or the initial values of a new form.
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
