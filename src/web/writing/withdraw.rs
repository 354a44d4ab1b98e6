//! The form that withdraws a post.

use askama::Template;
use axum::http::StatusCode;

use crate::base::limit;
use crate::web::address;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::PostPath;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::writing::post;
use crate::web::writing::post::Post;
use crate::web::writing::post::not_yours;

document!(WithdrawMutation, "src/web/writing/withdraw.graphql");

#[derive(Template)]
#[template(path = "writing/withdraw.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
    id: String,
    post: Post,
    reason: String,
}

/// Asks for confirmation to withdraw a post.
pub async fn show(request: PageRequest, place: PostPath) -> PageResult {
    let post = post::find(&request, &place).await?;
    if !post.viewer.can_withdraw {
        return Err(not_yours(&request));
    }
    let template = Page {
        frame: Frame::load(&request).await,
        form_errors: None,
        id: place.thread,
        post,
        reason: String::new(),
    };
    Ok(response::page(&template, StatusCode::OK))
}

/// Withdraws the post.
pub async fn send(request: PageRequest, place: PostPath, fields: SubmittedForm) -> PageResult {
    let post = post::find(&request, &place).await?;
    let (status, form_errors) = match withdraw(&request, &post, &fields).await {
        Ok(()) => {
            let back = address::of_post(&place.thread, place.number);
            return Ok(response::redirect(&back));
        }
        Err(error) => FormErrors::from_error(error)?,
    };
    let template = Page {
        frame: Frame::load(&request).await,
        form_errors: Some(form_errors),
        id: place.thread,
        post,
        reason: fields.one("reason"),
    };
    Ok(response::page(&template, status))
}

async fn withdraw(request: &PageRequest, post: &Post, fields: &Fields) -> Result<(), PageError> {
    Check::of(request, fields)
        .optional_line("reason", limit::MAX_REASON)
        .finish()?;
    let variables = withdraw_mutation::Variables {
        input: withdraw_mutation::WithdrawPostInput {
            post_id: post.id.clone(),
            reason: fields.given("reason"),
        },
    };
    execute::<WithdrawMutation>(&request.web, &request.caller, variables).await?;
    Ok(())
}
