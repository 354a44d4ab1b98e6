//! Media types of GraphQL over HTTP: which one the client takes, and whether it sends JSON.

use axum::http::HeaderMap;
use axum::http::header;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: a request that cannot be executed is 400.
    GraphqlResponse,
    /// `application/json`: a well-formed request is 200, whatever it says.
    Json,
    /// `text/event-stream`: the answer as events, one operation for each request.
    Events,
}

impl Media {
    /// The `Content-Type` of the answer.
    pub fn content_type(self) -> &'static str {
        match self {
            Media::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            // What cannot be answered by events is refused in JSON.
            Media::Json | Media::Events => "application/json; charset=utf-8",
        }
    }
}

/// The media type to answer in; `None` when the client takes none of them.
pub fn accepted(headers: &HeaderMap) -> Option<Media> {
    let mut named = false;
    let (mut graphql, mut json, mut events) = (0.0_f32, 0.0_f32, 0.0_f32);
    for value in headers.get_all(header::ACCEPT) {
        for range in value.to_str().unwrap_or("").split(',').take(50) {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or("").to_ascii_lowercase();
            named |= !media.is_empty();
            let weight = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            match media.as_str() {
                "application/graphql-response+json" => graphql = graphql.max(weight),
                "application/json" | "application/*" | "*/*" => json = json.max(weight),
                "text/event-stream" => events = events.max(weight),
                _ => {}
            }
        }
    }
    if !named {
        return Some(Media::Json);
    }
    if events > 0.0 && events >= graphql && events >= json {
        Some(Media::Events)
    } else if graphql > 0.0 && graphql >= json {
        Some(Media::GraphqlResponse)
    } else if json > 0.0 {
        Some(Media::Json)
    } else {
        None
    }
}

/// Whether the body is declared as JSON in UTF-8. A form or plain text is what a foreign page can send: refused.
pub fn sends_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    let utf8 = parts
        .filter_map(|part| part.split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .all(|(_, charset)| {
            let charset = charset.trim_matches('"');
            charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
        });
    json && utf8
}
