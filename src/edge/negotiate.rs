//! Media types of GraphQL over HTTP: which one the client takes, and whether it sends JSON.

use axum::http::HeaderMap;
use axum::http::header;

use crate::base::accept;

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

/// What a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The form of an answer that comes at once; events where nothing else is taken, or none is preferred to them.
    pub media: Media,
    /// Whether an answer may come as events too.
    pub events: bool,
}

impl Accepted {
    /// The form of an answer to an operation: a subscription is told as events wherever they are taken.
    pub fn for_operation(self, is_subscription: bool) -> Media {
        match is_subscription && self.events {
            true => Media::Events,
            false => self.media,
        }
    }
}

/// What the client takes; `None` when it takes none of the forms that there are.
pub fn accepted(headers: &HeaderMap) -> Option<Accepted> {
    let mut named = false;
    let (mut graphql, mut json, mut events) = (Weight::NONE, Weight::NONE, Weight::NONE);
    let mut any = Weight::NONE;
    let given = headers.get_all(header::ACCEPT).iter();
    for (media, weight) in accept::ranges(given.filter_map(|value| value.to_str().ok())) {
        named = true;
        match media.as_str() {
            "application/graphql-response+json" => graphql.say(weight, 3),
            "application/json" => json.say(weight, 3),
            "application/*" => {
                json.say(weight, 2);
                any.say(weight, 2);
            }
            "*/*" => {
                json.say(weight, 1);
                any.say(weight, 1);
            }
            "text/event-stream" => events.say(weight, 3),
            // Events are taken where they are named: who takes anything is not to wait on a stream.
            "text/*" => events.say(weight, 2),
            _ => {}
        }
    }
    if !named {
        json.say(1.0, 1);
    }
    // Who takes anything but JSON takes the other form.
    let takes_other = graphql.specific == 0 && any.weight > 0.0;
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

/// How much a form is wanted, as the most specific of the ranges says that it belongs to.
#[derive(Clone, Copy)]
struct Weight {
    weight: f32,
    specific: u8,
}

impl Weight {
    const NONE: Weight = Weight {
        weight: 0.0,
        specific: 0,
    };

    fn say(&mut self, weight: f32, specific: u8) {
        let weight = if (0.0..=1.0).contains(&weight) {
            weight
        } else {
            0.0
        };
        if specific > self.specific {
            *self = Weight { weight, specific };
        } else if specific == self.specific {
            self.weight = self.weight.max(weight);
        }
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
