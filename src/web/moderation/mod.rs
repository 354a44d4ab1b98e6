//! Moderation: reports, the queue of cases, the forms of decisions and appeals, people, the public ledger, and the
//! user's own notices.

mod act_fields;
mod appeal;
mod case;
mod choose;
mod decide;
mod ledger;
mod notices;
mod people;
mod queue;
mod reason_fields;
mod report;
mod target;
mod undo;

use axum::Router;
use axum::routing::get;

use crate::web::refusal::form_on;
use crate::web::request::Web;

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
        .route("/decisions/{id}/undo", get(undo::show).post(undo::send))
        .route("/decide", get(decide::show).post(decide::send))
        .route("/moderation", get(queue::show))
        .route("/moderation/next", get(queue::next))
        .route(
            "/moderation/proposals/{id}/confirm",
            form_on("/moderation", queue::confirm),
        )
        .route(
            "/moderation/proposals/{id}/decline",
            form_on("/moderation", queue::decline),
        )
        .route("/moderation/cases/{id}", get(case::show))
        .route(
            "/moderation/cases/{id}/claim",
            form_on("/moderation/cases/{id}", case::claim),
        )
        .route(
            "/moderation/cases/{id}/release",
            form_on("/moderation/cases/{id}", case::release),
        )
        .route(
            "/moderation/cases/{id}/assign",
            form_on("/moderation/cases/{id}", case::assign),
        )
        .route(
            "/moderation/cases/{id}/note",
            form_on("/moderation/cases/{id}", case::note),
        )
        .route(
            "/moderation/cases/{id}/answer",
            form_on("/moderation/cases/{id}", case::answer_appeal),
        )
        .route("/people", get(people::list))
        .route("/people/{id}", get(people::show))
        .route(
            "/people/{id}/scope",
            form_on("/people/{id}", people::give_scope),
        )
        .route(
            "/people/{id}/password",
            form_on("/people/{id}", people::make_password_link),
        )
}
