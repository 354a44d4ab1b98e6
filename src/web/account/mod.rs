//! Signing in and out, and the own account: sessions and password.

mod device;
mod password;

use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use graphql_client::GraphQLQuery;

use crate::base::caller::SecretCookie;
use crate::base::caller::cookie;
use crate::web::Asked;
use crate::web::Sent;
use crate::web::Web;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::client::payload;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::PasswordLinkState;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/account/sign_in.graphql",
    response_derives = "Debug, Clone"
)]
struct SignInMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/account/sign_out.graphql",
    response_derives = "Debug, Clone"
)]
struct SignOutMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/account/sessions.graphql",
    response_derives = "Debug, Clone",
    extern_enums("PasswordLinkState")
)]
struct SessionsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/account/revoke.graphql",
    response_derives = "Debug, Clone"
)]
struct RevokeMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/account/password.graphql",
    response_derives = "Debug, Clone"
)]
struct PasswordMutation;

/// The routes of the account.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/sign-in", get(show_sign_in).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/sessions", get(show_sessions).post(revoke))
        .route("/sessions/password", post(change_password))
        .route(
            "/password/{token}",
            get(password::show).post(password::choose),
        )
}

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    frame: Frame,
    trouble: Option<Trouble>,
    email: String,
    next: String,
    /// Whether somebody comes from an invitation that they have accepted before.
    accepted: bool,
}

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct SessionsPage {
    frame: Frame,
    trouble: Option<Trouble>,
    viewer: sessions_query::SessionsQueryViewer,
}

async fn show_sign_in(asked: Asked) -> Response {
    let template = SignInPage {
        frame: Frame::load(&asked).await,
        trouble: None,
        email: String::new(),
        next: local(&asked.query().one("next")),
        accepted: asked.query().given("accepted").is_some(),
    };
    forms::page(&template, StatusCode::OK)
}

/// The path to lead on to after signing in: one of this site, or the list.
pub fn local(next: &str) -> String {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control());
    if plain { next } else { "/" }.to_string()
}

async fn sign_in(asked: Asked, headers: HeaderMap, fields: Sent) -> Response {
    let next = local(&fields.one("next"));
    let (email, device) = (fields.one("email"), device_of(&asked, &headers));
    let entered = match Check::of(&asked, &fields)
        .given("email")
        .given("password")
        .done()
    {
        Ok(()) => enter(&asked, email, fields.one("password"), device, &next).await,
        Err(error) => Err(error),
    };
    let error = match entered {
        Ok(entered) => return entered,
        Err(error) => error,
    };
    match forms::trouble(error) {
        Ok((status, trouble)) => {
            let template = SignInPage {
                frame: Frame::load(&asked).await,
                trouble: Some(trouble),
                email: fields.one("email"),
                next,
                accepted: false,
            };
            forms::page(&template, status)
        }
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// Signs in and leads on.
pub async fn enter(
    asked: &Asked,
    email: String,
    password: String,
    device_token: Option<String>,
    next: &str,
) -> Result<Response, PageError> {
    let variables = sign_in_mutation::Variables {
        email,
        password,
        device_token,
    };
    let done = ask::<SignInMutation>(&asked.web, &asked.caller, variables).await?;
    let done = payload(done.sign_in, &asked.caller)?;
    let opened = Opened {
        token: &done.token,
        device_token: &done.device_token,
    };
    Ok(signed_in(asked, &opened, next))
}

/// The mark that this browser has of an earlier sign-in.
fn device_of(asked: &Asked, headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter();
    let name = SecretCookie::Device.name(asked.web.config.is_secure());
    cookie(values.filter_map(|value| value.to_str().ok()), name)
}

/// The secrets of a session just opened.
pub struct Opened<'a> {
    pub token: &'a str,
    pub device_token: &'a str,
}

/// Leads on with the cookies of the session and of this browser set.
pub fn signed_in(asked: &Asked, opened: &Opened<'_>, next: &str) -> Response {
    let limits = &asked.web.config.limits;
    let mut response = forms::see_other(next);
    let session = limits.session_lifetime().as_secs();
    let device = limits.device_lifetime().as_secs();
    set_cookie(
        asked,
        &mut response,
        SecretCookie::Session,
        (opened.token, session),
    );
    set_cookie(
        asked,
        &mut response,
        SecretCookie::Device,
        (opened.device_token, device),
    );
    response
}

/// Sets a cookie to a value for so many seconds.
fn set_cookie(
    asked: &Asked,
    response: &mut Response,
    cookie: SecretCookie,
    (value, seconds): (&str, u64),
) {
    let cookie = cookie.set(value, seconds, asked.web.config.is_secure());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

async fn sign_out(asked: Asked) -> Response {
    let variables = sign_out_mutation::Variables {};
    match ask::<SignOutMutation>(&asked.web, &asked.caller, variables).await {
        // Who has no session any more is where they wanted to be.
        Ok(_) | Err(PageError::Denied { .. }) => {
            let mut response = forms::see_other("/");
            set_cookie(&asked, &mut response, SecretCookie::Session, ("", 0));
            response
        }
        Err(error) => forms::refuse(&asked, error).await,
    }
}

async fn show_sessions(asked: Asked) -> Response {
    sessions(&asked, None, StatusCode::OK).await
}

async fn sessions(
    asked: &Asked,
    trouble: Option<Trouble>,
    status: impl Into<forms::Standing>,
) -> Response {
    let variables = sessions_query::Variables {};
    match ask::<SessionsQuery>(&asked.web, &asked.caller, variables).await {
        Ok(found) if found.viewer.person.is_some() => {
            let template = SessionsPage {
                frame: Frame::load(asked).await,
                trouble,
                viewer: found.viewer,
            };
            forms::page(&template, status)
        }
        Ok(_) => forms::see_other("/sign-in?next=/sessions"),
        Err(error) => forms::refuse(asked, error).await,
    }
}

async fn revoke(asked: Asked, fields: Sent) -> Response {
    let variables = revoke_mutation::Variables {
        id: fields.one("sessionId"),
    };
    match ask::<RevokeMutation>(&asked.web, &asked.caller, variables).await {
        Ok(_) => forms::see_other("/sessions"),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

async fn change_password(asked: Asked, fields: Sent) -> Response {
    let variables = password_mutation::Variables {
        current: fields.one("currentPassword"),
        new: fields.one("newPassword"),
    };
    let check = Check::of(&asked, &fields)
        .given("currentPassword")
        .password("newPassword", asked.web.config.limits.password_length);
    let done = match check.done() {
        Ok(()) => ask::<PasswordMutation>(&asked.web, &asked.caller, variables).await,
        Err(error) => Err(error),
    };
    let error: PageError = match done {
        Ok(_) => return forms::see_other("/sessions"),
        Err(error) => error,
    };
    match forms::trouble(error) {
        Ok((status, trouble)) => sessions(&asked, Some(trouble), status).await,
        Err(error) => forms::refuse(&asked, error).await,
    }
}
