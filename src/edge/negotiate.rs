//! Media types of GraphQL over HTTP: which one the client accepts, and whether it sends JSON.

use axum::http::HeaderMap;
use axum::http::header;

use crate::base::accept;

/// The form of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: a request that cannot be executed gets status 400.
    GraphqlResponse,
    /// `application/json`: a well-formed request gets status 200, whatever the response says.
    Json,
    /// `text/event-stream`: the response as events, one operation per request.
    Events,
}

impl Media {
    /// The `Content-Type` of the response.
    pub fn content_type(self) -> &'static str {
        match self {
            Media::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            // What cannot be sent as events is refused in JSON.
            Media::Json | Media::Events => "application/json; charset=utf-8",
        }
    }
}

/// What a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The form of an immediate response. Events only if nothing else is accepted or events are preferred.
    pub media: Media,
    /// Whether a response may also be sent as events.
    pub events: bool,
}

impl Accepted {
    /// Returns the form of a response to an operation: a subscription is sent as events wherever they are accepted.
    pub fn for_operation(self, is_subscription: bool) -> Media {
        match is_subscription && self.events {
            true => Media::Events,
            false => self.media,
        }
    }
}

/// Returns what the client accepts; `None` if it accepts none of the available forms.
pub fn accepted(headers: &HeaderMap) -> Option<Accepted> {
    let mut named = false;
    let (mut graphql, mut json, mut events) = (Weight::NONE, Weight::NONE, Weight::NONE);
    let mut any = Weight::NONE;
    let given = headers.get_all(header::ACCEPT).iter();
    for (media, weight) in accept::ranges(given.filter_map(|value| value.to_str().ok())) {
        named = true;
        match media.as_str() {
            "application/graphql-response+json" => graphql.update(weight, 3),
            "application/json" => json.update(weight, 3),
            "application/*" => {
                json.update(weight, 2);
                any.update(weight, 2);
            }
            "*/*" => {
                json.update(weight, 1);
                any.update(weight, 1);
            }
            "text/event-stream" => events.update(weight, 3),
            // Events count only if they are named: a client that accepts anything must not get a stream.
            "text/*" => events.update(weight, 2),
            _ => {}
        }
    }
    if !named {
        json.update(1.0, 1);
    }
    // A client that accepts anything but JSON gets the other form.
    let takes_other = graphql.specificity == 0 && any.weight > 0.0;
    let (graphql, json, events) = (graphql.weight, json.weight, events.weight);
    let media = if events > graphql && events > json {
        Media::Events
    } else if graphql > 0.0 && graphql >= json {
        Media::GraphqlResponse
    } else if json > 0.0 {
        Media::Json
    } else if takes_other {
        Media::GraphqlResponse
    } else {
        return None;
    };
    Some(Accepted {
        media,
        events: events > 0.0,
    })
}

/// The weight of a form, according to the most specific range that covers it.
#[derive(Clone, Copy)]
struct Weight {
    weight: f32,
    specificity: u8,
}

impl Weight {
    const NONE: Weight = Weight {
        weight: 0.0,
        specificity: 0,
    };

    fn update(&mut self, weight: f32, specificity: u8) {
        let weight = if (0.0..=1.0).contains(&weight) {
            weight
        } else {
            0.0
        };
        if specificity > self.specificity {
            *self = Weight {
                weight,
                specificity,
            };
        } else if specificity == self.specificity {
            self.weight = self.weight.max(weight);
        }
    }
}

/// Whether the body is declared as JSON in UTF-8. Forms and plain text, which a foreign page can send, are refused.
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
