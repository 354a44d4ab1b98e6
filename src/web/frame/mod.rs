//! The frame of every page: name, navigation, languages.

pub mod parts;

use std::sync::Arc;

use crate::base::config::UNNAMED_OPERATOR;
use crate::base::language::Language;
use crate::web::address;
use crate::web::api_types::Role;
use crate::web::assets;
use crate::web::assets::theme;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::composing::script_texts;
use crate::web::frame::parts::Icon;
use crate::web::frame::parts::Mark;
use crate::web::frame::parts::Time;
use crate::web::request::PageRequest;
use crate::web::request::Web;
use crate::web::text::Text;

document!(FrameQuery, "src/web/frame/frame.graphql");

/// The frame of one page.
pub struct Frame {
    pub text: Text,
    pub name: String,
    /// Who runs the forum, if that is known.
    pub operator: Option<String>,
    /// What the forum is for, as its operator says.
    pub description: Option<String>,
    /// The files with the operator's colour and logo.
    pub theme: Option<String>,
    pub logo: Option<String>,
    /// The signed-in person's name.
    pub signed_in: Option<String>,
    /// The delegation for which the person writes: slug and acronym.
    pub delegation: Option<(String, Option<String>)>,
    pub can_invite: bool,
    pub unread_notices: i64,
    /// The number of waiting cases, for people who decide.
    pub open_cases: Option<i64>,
    /// The global id of the signed-in person, for scripts; empty for a visitor.
    pub person: String,
    /// Whether the page comes without scripts and decoration.
    pub text_only: bool,
    /// Whether new content is announced to screen readers.
    pub announces: bool,
    pub assets: &'static str,
    /// Minimum number of characters of a password.
    pub password_length: i64,
    /// The address of the forum: scheme, host and port.
    pub base_url: Arc<str>,
    pub path: String,
    query: Vec<(String, String)>,
}

impl Frame {
    /// Loads the frame of a page. After a failure it is the plain frame, which error pages need too.
    pub async fn load(request: &PageRequest) -> Frame {
        let mut frame = Frame::anonymous(&request.web, request.caller.language, request.uri.path());
        frame.query = request.query().0;
        if request.caller.actor.person_id().is_none() {
            return frame;
        }
        let found =
            execute::<FrameQuery>(&request.web, &request.caller, frame_query::Variables {}).await;
        if let Ok(found) = found {
            if let Some(person) = found.viewer.person {
                frame.person = person.id;
                frame.signed_in = Some(person.name);
            }
            let mandate = found.viewer.mandates.edges.into_iter().next();
            frame.delegation = mandate.map(|edge| {
                let delegation = edge.node.delegation;
                (delegation.slug, delegation.acronym)
            });
            frame.text.time_zone = found.viewer.time_zone;
            frame.text_only = found.viewer.text_only;
            frame.announces = found.viewer.announces;
            frame.can_invite = found.viewer.can_invite;
            frame.unread_notices = found.viewer.unread_notices;
            let decides = matches!(found.viewer.role, Role::Moderator | Role::Secretariat);
            frame.open_cases = decides.then_some(found.viewer.cases.total_count);
        }
        frame
    }

    /// The plain frame for a path.
    pub fn anonymous(web: &Web, language: Language, path: &str) -> Frame {
        Frame {
            text: Text {
                now: Some(web.graph.now()),
                ..Text::of_language(language)
            },
            name: web.config.instance.name.clone(),
            operator: Some(web.config.instance.operator.clone())
                .filter(|operator| operator != UNNAMED_OPERATOR),
            description: web.config.instance.description.clone(),
            theme: web.config.instance.colour.map(theme::name),
            logo: web
                .config
                .instance
                .logo
                .as_ref()
                .map(|logo| logo.name.clone()),
            signed_in: None,
            delegation: None,
            can_invite: false,
            unread_notices: 0,
            open_cases: None,
            person: String::new(),
            text_only: false,
            password_length: i64::try_from(web.config.limits.password_length).unwrap_or(i64::MAX),
            announces: true,
            assets: assets::prefix(),
            base_url: web.base_url.clone(),
            path: path.to_string(),
            query: Vec::new(),
        }
    }

    /// The language of the page.
    pub fn lang(&self) -> &'static str {
        self.text.language.code()
    }

    /// The text direction of the page.
    pub fn dir(&self) -> &'static str {
        self.text.language.direction()
    }

    /// The time zone in which scripts show times.
    pub fn zone(&self) -> &str {
        self.text.time_zone.as_deref().unwrap_or("UTC")
    }

    /// How new content is announced: politely, or not at all.
    pub fn live(&self) -> &'static str {
        match self.announces {
            true => "polite",
            false => "off",
        }
    }

    /// The languages to choose from.
    pub fn languages(&self) -> &'static [Language] {
        &Language::ALL
    }

    /// The address of this page in another language.
    pub fn in_language(&self, code: &str) -> String {
        let others = self
            .query
            .iter()
            .filter(|(name, _)| name != "lang")
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<(&str, &str)> = others.chain([("lang", code)]).collect();
        format!("{}?{}", self.path, address::encode(&pairs))
    }

    /// Whether this is the page with that address, so that the navigation marks it as current.
    pub fn is_at(&self, path: &str) -> bool {
        self.path == path
    }

    /// Whether this page belongs to a main place, which the navigation marks.
    pub fn is_in(&self, place: &str) -> bool {
        let rest = self.path.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// An icon; none on a page without decoration.
    pub fn icon(&self, name: &'static str) -> Icon {
        Icon {
            name,
            turns: false,
            is_left_out: self.text_only,
        }
    }

    /// An icon that points in the direction of reading.
    pub fn turning_icon(&self, name: &'static str) -> Icon {
        Icon {
            turns: true,
            ..self.icon(name)
        }
    }

    /// The mark of a delegation.
    pub fn mark(&self, slug: &str, acronym: &Option<String>) -> Mark {
        Mark::of(slug, acronym.as_deref())
    }

    /// How long ago something was.
    pub fn time<'a>(&'a self, at: &'a str) -> Time<'a> {
        Time {
            text: &self.text,
            at,
            is_short: false,
        }
    }

    /// The same, as short as possible.
    pub fn short_time<'a>(&'a self, at: &'a str) -> Time<'a> {
        Time {
            is_short: true,
            ..self.time(at)
        }
    }

    /// The texts for the script that helps with writing.
    pub fn compose_words(&self) -> String {
        serde_json::Value::Object(script_texts::editor_texts(&self.text)).to_string()
    }

    /// Returns the text for a key.
    pub fn t(&self, key: &str) -> String {
        self.text.t(key)
    }
}
