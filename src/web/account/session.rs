//! Starting and ending a session, with its cookies.

use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header;
use axum::response::Response;

use crate::base::caller::SecretCookie;
use crate::base::caller::cookie;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::client::payload;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::request::PageRequest;
use crate::web::response;

document!(SignInMutation, "src/web/account/sign_in.graphql");
document!(SignOutMutation, "src/web/account/sign_out.graphql");

/// Signs in and redirects.
pub async fn sign_in_and_redirect(
    request: &PageRequest,
    email: String,
    password: String,
    device_token: Option<String>,
    next: &str,
) -> PageResult {
    let variables = sign_in_mutation::Variables {
        email,
        password,
        device_token,
    };
    let done = execute::<SignInMutation>(&request.web, &request.caller, variables).await?;
    let done = payload(done.sign_in, &request.caller)?;
    let opened = NewSession {
        token: &done.token,
        device_token: &done.device_token,
    };
    Ok(signed_in(request, &opened, next))
}

/// The token that this browser has from an earlier sign-in.
pub fn device_of(request: &PageRequest, headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter();
    let name = SecretCookie::Device.name(request.web.config.is_secure());
    cookie(values.filter_map(|value| value.to_str().ok()), name)
}

/// The secrets of a session just opened.
pub struct NewSession<'a> {
    pub token: &'a str,
    pub device_token: &'a str,
}

/// Redirects, and sets the cookies of the session and of this browser.
pub fn signed_in(request: &PageRequest, opened: &NewSession<'_>, next: &str) -> Response {
    let limits = &request.web.config.limits;
    let mut response = response::redirect(next);
    let session = limits.session_lifetime().as_secs();
    let device = limits.device_lifetime().as_secs();
    set_cookie(
        request,
        &mut response,
        SecretCookie::Session,
        (opened.token, session),
    );
    set_cookie(
        request,
        &mut response,
        SecretCookie::Device,
        (opened.device_token, device),
    );
    response
}

/// Sets a cookie to a value for a number of seconds.
fn set_cookie(
    request: &PageRequest,
    response: &mut Response,
    cookie: SecretCookie,
    (value, seconds): (&str, u64),
) {
    let cookie = cookie.set(value, seconds, request.web.config.is_secure());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Ends the session and redirects.
pub async fn sign_out(request: PageRequest) -> PageResult {
    let variables = sign_out_mutation::Variables {};
    match execute::<SignOutMutation>(&request.web, &request.caller, variables).await {
        // A user who has no session is already signed out.
        Ok(_) | Err(PageError::Denied { .. }) => {
            let mut response = response::redirect("/");
            set_cookie(&request, &mut response, SecretCookie::Session, ("", 0));
            Ok(response)
        }
        Err(error) => Err(error),
    }
}
