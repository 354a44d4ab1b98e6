//! The acts to choose from, on the posts, threads or people that were selected.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::web::address;
use crate::web::api_types::Act;
use crate::web::error::PageError;
use crate::web::forms::fields::Fields;
use crate::web::frame::Frame;
use crate::web::moderation::target;
use crate::web::moderation::target::Target;
use crate::web::request::PageRequest;
use crate::web::response;

/// An act to choose, and the address of its form.
struct ActOption {
    act: Act,
    address: String,
}

#[derive(Template)]
#[template(path = "moderation/choose.html")]
struct ChoosePage {
    frame: Frame,
    targets: Vec<Target>,
    acts: Vec<ActOption>,
    proposals: Vec<ActOption>,
    next: String,
}

/// The targets of a decision, as listed in an address or a form.
pub async fn targets(request: &PageRequest, fields: &Fields) -> Result<Vec<Target>, PageError> {
    let mut all = Vec::new();
    for id in fields.all("target") {
        all.push(target::find(request, &id).await?);
    }
    if all.is_empty() {
        return Err(PageError::NotFound);
    }
    Ok(all)
}

/// The acts that may be taken on all of the targets; of the others, those that may be proposed.
pub fn acts(targets: &[Target]) -> (Vec<Act>, Vec<Act>) {
    let on_all = |may: &dyn Fn(&Target, Act) -> bool| -> Vec<Act> {
        let all = Act::ALL.iter().copied();
        all.filter(|act| targets.iter().all(|target| may(target, *act)))
            .collect()
    };
    let alone = on_all(&|target, act| target.acts.contains(&act));
    let proposed =
        on_all(&|target, act| target.acts.contains(&act) || target.acts_to_propose.contains(&act));
    let proposed = proposed.into_iter().filter(|act| !alone.contains(act));
    let proposed = proposed.collect();
    (alone, proposed)
}

/// The address after a decision is taken: only an address of this forum.
pub fn next(fields: &Fields, targets: &[Target]) -> String {
    let given = fields.one("next");
    if given.starts_with('/') && !given.starts_with("//") && !given.contains('\\') {
        return given;
    }
    if fields.given("case").is_some() {
        return "/moderation/next?done=1".to_string();
    }
    targets
        .first()
        .map_or("/".to_string(), |target| target.link.clone())
}

/// Shows the acts.
pub async fn page(request: &PageRequest, targets: Vec<Target>, fields: &Fields) -> Response {
    let (alone, proposed) = acts(&targets);
    let choice = |act: Act| {
        let fields_to_pass = fields.0.iter().filter(|(name, value)| {
            ["target", "case", "next"].contains(&name.as_str()) && !value.is_empty()
        });
        let fields_to_pass = fields_to_pass.map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<(&str, &str)> = fields_to_pass.chain([("act", act.as_str())]).collect();
        ActOption {
            act,
            address: format!("/decide?{}", address::encode(&pairs)),
        }
    };
    let template = ChoosePage {
        frame: Frame::load(request).await,
        next: next(fields, &targets),
        targets,
        acts: alone.into_iter().map(choice).collect(),
        proposals: proposed.into_iter().map(choice).collect(),
    };
    response::page(&template, StatusCode::OK)
}
