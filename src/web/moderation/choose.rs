//! The acts to choose from, on the posts, threads or people that were selected.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::web::address;
use crate::web::error::PageError;
use crate::web::forms::fields::Fields;
use crate::web::frame::Frame;
use crate::web::moderation::target;
use crate::web::moderation::target::Target;
use crate::web::request::Asked;
use crate::web::response;
use crate::web::words::Act;

/// An act to choose, and the address of its form.
struct Choice {
    act: Act,
    address: String,
}

#[derive(Template)]
#[template(path = "moderation/choose.html")]
struct ChoosePage {
    frame: Frame,
    targets: Vec<Target>,
    acts: Vec<Choice>,
    proposals: Vec<Choice>,
    next: String,
}

/// The targets of a decision, as listed in an address or a form.
pub async fn targets(asked: &Asked, fields: &Fields) -> Result<Vec<Target>, PageError> {
    let mut all = Vec::new();
    for id in fields.all("target") {
        all.push(target::find(asked, &id).await?);
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
pub async fn page(asked: &Asked, targets: Vec<Target>, fields: &Fields) -> Response {
    let (alone, proposed) = acts(&targets);
    let choice = |act: Act| {
        let kept = fields.0.iter().filter(|(name, value)| {
            ["target", "case", "next"].contains(&name.as_str()) && !value.is_empty()
        });
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<(&str, &str)> = kept.chain([("act", act.name())]).collect();
        Choice {
            act,
            address: format!("/decide?{}", address::encode(&pairs)),
        }
    };
    let template = ChoosePage {
        frame: Frame::load(asked).await,
        next: next(fields, &targets),
        targets,
        acts: alone.into_iter().map(choice).collect(),
        proposals: proposed.into_iter().map(choice).collect(),
    };
    response::page(&template, StatusCode::OK)
}
