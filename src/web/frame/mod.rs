//! What surrounds every page: name, navigation, languages.

use graphql_client::GraphQLQuery;

use crate::base::language::Language;
use crate::web::Asked;
use crate::web::assets;
use crate::web::client::ask;
use crate::web::text::Text;
use crate::web::words::Role;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/frame/frame.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Role")
)]
struct FrameQuery;

/// The surroundings of one page.
pub struct Frame {
    pub text: Text,
    pub name: String,
    /// The signed-in person's name.
    pub signed_in: Option<String>,
    pub can_invite: bool,
    pub unread_notices: i64,
    /// How many cases wait, for whoever decides.
    pub open_cases: Option<i64>,
    /// Names the signed-in person to the script that keeps drafts; empty for a visitor.
    pub person: String,
    pub assets: &'static str,
    pub path: String,
    query: Vec<(String, String)>,
}

impl Frame {
    /// Asks for what surrounds a page. A malfunction leaves the plain surroundings: an error page needs them too.
    pub async fn load(asked: &Asked) -> Frame {
        let text = Text {
            language: asked.caller.language,
        };
        let found = ask::<FrameQuery>(&asked.web, &asked.caller, frame_query::Variables {}).await;
        let mut frame = Frame {
            text,
            name: asked.web.config.instance.name.clone(),
            signed_in: None,
            can_invite: false,
            unread_notices: 0,
            open_cases: None,
            person: asked
                .caller
                .actor
                .person_id()
                .map(|id| id.to_string())
                .unwrap_or_default(),
            assets: assets::prefix(),
            path: asked.uri.path().to_string(),
            query: asked.query().0,
        };
        if let Ok(found) = found {
            frame.signed_in = found.viewer.person.map(|person| person.name);
            frame.can_invite = found.viewer.can_invite;
            frame.unread_notices = found.viewer.unread_notices;
            let decides = matches!(found.viewer.role, Role::Moderator | Role::Secretariat);
            frame.open_cases = decides.then_some(found.viewer.cases.total_count);
        }
        frame
    }

    /// The language of the page.
    pub fn lang(&self) -> &'static str {
        self.text.language.code()
    }

    /// The direction of the page.
    pub fn dir(&self) -> &'static str {
        self.text.language.direction()
    }

    /// What marks words that are not in the page's language, for the elements around them; nothing where they are.
    pub fn spoken(&self) -> Option<Language> {
        let spoken = self.text.spoken();
        (spoken != self.text.language).then_some(spoken)
    }

    /// The languages to choose from.
    pub fn languages(&self) -> &'static [Language] {
        &Language::ALL
    }

    /// The address of this page in another language.
    pub fn in_language(&self, code: &str) -> String {
        let kept = self
            .query
            .iter()
            .filter(|(name, _)| name != "lang")
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<(&str, &str)> = kept.chain([("lang", code)]).collect();
        format!("{}?{}", self.path, crate::web::encode(&pairs))
    }

    /// The words for a key.
    pub fn t(&self, key: &str) -> String {
        self.text.t(key)
    }
}
