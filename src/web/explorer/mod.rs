//! The explorer at `/graphql`: when a browser opens the address, it gets a page for writing and running documents and
//! looking up the schema.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

use crate::base::accept;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::Web;
use crate::web::response;

/// The explorer's own policy: as strict as that of the pages, and separate from it, so that neither has to be relaxed
/// for the other.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// An example document.
struct Example {
    /// The text key of its name.
    name: &'static str,
    document: &'static str,
    variables: &'static str,
}

const EXAMPLES: [Example; 4] = [
    Example {
        name: "explorer-example-threads",
        document: include_str!("examples/threads.graphql"),
        variables: r#"{ "regions": ["africa"] }"#,
    },
    Example {
        name: "explorer-example-vocabulary",
        document: include_str!("examples/vocabulary.graphql"),
        variables: "",
    },
    Example {
        name: "explorer-example-viewer",
        document: include_str!("examples/viewer.graphql"),
        variables: "",
    },
    Example {
        name: "explorer-example-live",
        document: include_str!("examples/live.graphql"),
        variables: "",
    },
];

/// The texts that the scripts show.
const TEXT_KEYS: [&str; 9] = [
    "explorer-all",
    "explorer-asking",
    "explorer-deprecated",
    "explorer-ended",
    "explorer-following",
    "explorer-no-line",
    "explorer-none",
    "explorer-use",
    "explorer-variables-wrong",
];

#[derive(Template)]
#[template(path = "explorer/explorer.html")]
struct Page {
    frame: Frame,
    examples: &'static [Example],
    /// The texts for the scripts, as JSON.
    words: String,
}

/// Responds with the explorer when a browser opens `/graphql`, unless it is disabled; passes every other request
/// through.
pub async fn serve_to_browsers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let is_for_people = web.config.explorer
        && request.method() == Method::GET
        && request.uri().path() == "/graphql"
        && !request.headers().contains_key(header::UPGRADE)
        && prefers_html(request.headers());
    if !is_for_people {
        return next.run(request).await;
    }
    let (mut parts, _) = request.into_parts();
    let Ok(request) = PageRequest::from_request_parts(&mut parts, &web).await;
    show(&request).await
}

async fn show(request: &PageRequest) -> Response {
    let frame = Frame::load(request).await;
    let words = TEXT_KEYS.map(|key| (key.to_string(), Value::String(frame.t(key))));
    let template = Page {
        words: Value::Object(words.into_iter().collect()).to_string(),
        examples: &EXAMPLES,
        frame,
    };
    let mut response = response::page(&template, StatusCode::OK);
    let set = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::VARY, "accept"),
    ];
    for (name, value) in set {
        let headers = response.headers_mut();
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether HTML is accepted with at least the weight of any API response: browsers that open an address request it so.
fn prefers_html(headers: &HeaderMap) -> bool {
    let (mut html, mut data) = (0.0_f32, 0.0_f32);
    let given = headers.get_all(header::ACCEPT).iter();
    for (media, weight) in accept::ranges(given.filter_map(|value| value.to_str().ok())) {
        match media.as_str() {
            "text/html" => html = html.max(weight),
            "application/graphql-response+json" | "application/json" | "text/event-stream" => {
                data = data.max(weight);
            }
            _ => {}
        }
    }
    html > 0.0 && html >= data
}
