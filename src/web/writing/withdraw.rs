//! The form that withdraws a post.

use askama::Template;
use axum::http::StatusCode;

use crate::base::limit;
use crate::web::address;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Place;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::writing::post;
use crate::web::writing::post::Post;
use crate::web::writing::post::not_yours;

document!(WithdrawMutation, "src/web/writing/withdraw.graphql");

#[derive(Template)]
#[template(path = "writing/withdraw.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    id: String,
    post: Post,
    reason: String,
}

/// Asks for confirmation to withdraw a post.
pub async fn show(asked: Asked, place: Place) -> PageResult {
    let post = post::find(&asked, &place).await?;
    if !post.viewer.can_withdraw {
        return Err(not_yours(&asked));
    }
    let template = Page {
        frame: Frame::load(&asked).await,
        trouble: None,
        id: place.thread,
        post,
        reason: String::new(),
    };
    Ok(response::page(&template, StatusCode::OK))
}

/// Withdraws the post.
pub async fn send(asked: Asked, place: Place, fields: Sent) -> PageResult {
    let post = post::find(&asked, &place).await?;
    let (status, trouble) = match withdraw(&asked, &post, &fields).await {
        Ok(()) => {
            let back = address::of_post(&place.thread, place.number);
            return Ok(response::see_other(&back));
        }
        Err(error) => Trouble::from_error(error)?,
    };
    let template = Page {
        frame: Frame::load(&asked).await,
        trouble: Some(trouble),
        id: place.thread,
        post,
        reason: fields.one("reason"),
    };
    Ok(response::page(&template, status))
}

async fn withdraw(asked: &Asked, post: &Post, fields: &Fields) -> Result<(), PageError> {
    Check::of(asked, fields)
        .optional_line("reason", limit::REASON)
        .done()?;
    let variables = withdraw_mutation::Variables {
        input: withdraw_mutation::WithdrawPostInput {
            post_id: post.id.clone(),
            reason: fields.given("reason"),
        },
    };
    ask::<WithdrawMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(())
}
