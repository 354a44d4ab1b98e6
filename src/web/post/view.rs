//! The data of a post's markup: one structure for the posts on the page and for the template that scripts fill.

use crate::web::address;
use crate::web::api_types::AcknowledgementKind;
use crate::web::api_types::Act;
use crate::web::api_types::Capacity;
use crate::web::api_types::DraftPurpose;
use crate::web::api_types::Language;
use crate::web::api_types::PostState;
use crate::web::api_types::Reason;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::frame::parts::Mark;
use crate::web::post::view::thread_query::PostFace;
use crate::web::post::view::thread_query::PostRights;
use crate::web::post::view::thread_query::TranslationRights;
use crate::web::text::Text;

// The fragments of posts are known in its file only.
document!(pub ThreadQuery, "src/web/post/post.graphql");

/// A text and its language.
#[derive(Clone, Debug, Default)]
pub struct Body {
    pub html: String,
    pub language: &'static str,
    pub direction: &'static str,
    pub language_name: &'static str,
}

/// A translation that is shown before the original.
#[derive(Clone, Debug, Default)]
pub struct Translated {
    pub id: String,
    pub html: String,
    pub outdated: bool,
    /// Who translated, and for which delegation.
    pub by: String,
    pub can_withdraw: bool,
}

/// Why a text is not shown.
#[derive(Clone, Debug, Default)]
pub struct Tombstone {
    pub words: String,
    /// What the author stated when withdrawing it.
    pub quoted: Option<String>,
    /// The decision behind it.
    pub decision: Option<i64>,
    /// Its current position: the address, the thread's title and its language, the number.
    pub moved: Option<(String, String, &'static str, i64)>,
}

/// What delegations say of a post.
#[derive(Clone, Debug)]
pub struct Said {
    pub kind: AcknowledgementKind,
    /// The names of the delegations that say it.
    pub names: Vec<String>,
    /// Whether the reader's delegation says it.
    pub is_ours: bool,
    /// Whether the reader may say it or take it back.
    pub is_offered: bool,
}

impl Said {
    /// The icon of its kind.
    pub fn icon(&self) -> &'static str {
        match self.kind {
            AcknowledgementKind::SamePractice => "also",
            AcknowledgementKind::Useful => "useful",
        }
    }

    /// Of each kind, by nobody.
    pub fn nothing() -> Vec<Said> {
        let kinds = AcknowledgementKind::ALL.iter();
        let nobody = |kind: &AcknowledgementKind| Said {
            kind: *kind,
            names: Vec::new(),
            is_ours: false,
            is_offered: false,
        };
        kinds.map(nobody).collect()
    }
}

/// A post. Empty parts are not shown, but the markup contains them for scripts to fill.
#[derive(Clone, Debug, Default)]
pub struct PostView {
    pub id: String,
    pub number: i64,
    /// The value for comparing a cached page: whether the text is shown, which decision gave it, which translation is
    /// shown first.
    pub face: String,
    pub mark: Mark,
    pub delegation: String,
    pub author_id: String,
    pub author: String,
    pub author_title: String,
    pub capacity: String,
    pub capacity_name: &'static str,
    pub created_at: String,
    /// The number and address of the post that it answers.
    pub answers: Option<(i64, String)>,
    pub revision: i64,
    /// The decision that gave it its text.
    pub edited_by: Option<i64>,
    pub tombstone: Option<Tombstone>,
    pub body: Body,
    pub translated: Option<Translated>,
    /// The explanation of why others do not see a text, and the text.
    pub withheld: Option<(String, String)>,
    /// Whether it is the answer to the question of its thread.
    pub is_answer: bool,
    pub acknowledgements: Vec<Said>,
    pub can_accept: bool,
    pub can_unaccept: bool,
    pub can_edit: bool,
    pub can_withdraw: bool,
    pub can_report: bool,
    pub can_translate: bool,
    pub decides: bool,
}

impl PostView {
    /// The post in the page's language, for a reader. A translation is shown if the original is in another language;
    /// The post in the page's language, for a reader. A translation is shown if the original is in another language; the author is not
    /// offered to report their own post.
    pub fn of(
        post: &PostFace,
        rights: (&PostRights, &TranslationRights),
        text: &Text,
        reader: &str,
    ) -> PostView {
        let title = (post.author_title != post.author_name).then(|| post.author_title.clone());
        let (rights, of_translation) = rights;
        let viewer = &rights.viewer;
        let delegation = post.delegation.as_ref();
        let withheld = viewer.hidden_body_html.clone().map(|html| {
            let words = if matches!(post.state, PostState::Waiting | PostState::Rejected) {
                text.t("post-waiting-text")
            } else if post.state == PostState::Withdrawn {
                text.t("post-withdrawn-text")
            } else {
                text.t("post-hidden-text")
            };
            (words, html)
        });
        PostView {
            id: post.id.clone(),
            number: post.number,
            face: face(post),
            mark: delegation
                .map(|each| Mark::of(&each.slug, each.acronym.as_deref()))
                .unwrap_or_default(),
            delegation: delegation.map(|each| each.name.clone()).unwrap_or_default(),
            author_id: post.author.id.clone(),
            author: post.author_name.clone(),
            author_title: title.unwrap_or_default(),
            capacity: text.of("capacity", post.capacity.as_str()),
            capacity_name: post.capacity.as_str(),
            created_at: post.created_at.clone(),
            answers: post.in_reply_to.as_ref().map(|answered| {
                let number = answered.number;
                (number, address::of_post(&answered.thread.id, number))
            }),
            revision: post.revision,
            edited_by: post.edited_by.as_ref().map(|decision| decision.position),
            tombstone: tombstone(post, text),
            body: Body {
                html: post.body_html.clone().unwrap_or_default(),
                language: post.language.code(),
                direction: post.language.direction(),
                language_name: post.language.own_name(),
            },
            translated: translated(post, of_translation),
            withheld,
            is_answer: post.is_accepted_answer,
            acknowledgements: acknowledgements(post, rights),
            can_accept: viewer.can_accept_answer,
            can_unaccept: viewer.can_withdraw_answer,
            can_edit: viewer.can_edit,
            can_withdraw: viewer.can_withdraw,
            can_report: viewer.can_report && post.author.id != reader,
            can_translate: viewer.can_translate,
            decides: !viewer.acts.is_empty() || !viewer.acts_to_propose.is_empty(),
        }
    }
}

impl PostView {
    /// Whether there are acts that its menu offers.
    pub fn has_more(&self) -> bool {
        self.can_translate || self.can_withdraw || self.can_report || self.decides
    }
}

/// What delegations say of a post, of each kind.
fn acknowledgements(post: &PostFace, rights: &PostRights) -> Vec<Said> {
    let viewer = &rights.viewer;
    let said = |kind: &AcknowledgementKind| {
        let names = match kind {
            AcknowledgementKind::SamePractice => {
                let nodes = post.same.nodes.iter();
                nodes.map(|each| each.delegation.name.clone()).collect()
            }
            AcknowledgementKind::Useful => {
                let nodes = post.useful.nodes.iter();
                nodes.map(|each| each.delegation.name.clone()).collect()
            }
        };
        let is_ours = viewer.acknowledged.contains(kind);
        Said {
            kind: *kind,
            names,
            is_ours,
            is_offered: is_ours || viewer.can_acknowledge,
        }
    };
    AcknowledgementKind::ALL.iter().map(said).collect()
}

/// The translation that is shown before the original, and who made it for whom.
fn translated(post: &PostFace, rights: &TranslationRights) -> Option<Translated> {
    let translation = post.translation.as_ref()?;
    let viewer = rights.translated.as_ref().map(|own| &own.viewer);
    let delegation = translation.delegation.as_ref();
    let mut by = isolated(&translation.translator_name);
    let more = [
        Some(&translation.translator_title),
        delegation.map(|delegation| &delegation.name),
    ];
    for more in more.into_iter().flatten() {
        if !by.contains(more.as_str()) {
            by.push_str(" · ");
            by.push_str(&isolated(more));
        }
    }
    Some(Translated {
        id: translation.id.clone(),
        html: translation.body_html.clone(),
        outdated: translation.outdated,
        by,
        can_withdraw: viewer.is_some_and(|viewer| viewer.can_withdraw),
    })
}

/// Isolates a name within a text, so that it keeps its own direction.
fn isolated(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}

fn tombstone(post: &PostFace, text: &Text) -> Option<Tombstone> {
    let decided = |key: &str, reason: Reason| {
        format!(
            "{} {}",
            text.t(key),
            text.of("decided-for", reason.as_str())
        )
    };
    Some(match post.state {
        PostState::Published => return None,
        PostState::Moved => Tombstone {
            words: text.t("post-moved"),
            decision: post.moved_by.as_ref().map(|decision| decision.position),
            moved: post.moved_to.as_ref().map(|moved| {
                (
                    address::of_post(&moved.thread.id, moved.number),
                    moved.thread.title.clone(),
                    moved.thread.language.code(),
                    moved.number,
                )
            }),
            ..Tombstone::default()
        },
        PostState::Withdrawn => Tombstone {
            words: text.t("post-withdrawn"),
            quoted: post.withdrawal_reason.clone(),
            ..Tombstone::default()
        },
        PostState::Erased => match &post.erased_by {
            Some(decision) => Tombstone {
                words: decided("post-erased", decision.reason),
                decision: Some(decision.position),
                ..Tombstone::default()
            },
            None => Tombstone::default(),
        },
        PostState::Hidden => match &post.hidden_by {
            Some(decision) => Tombstone {
                words: decided("post-hidden", decision.reason),
                decision: Some(decision.position),
                ..Tombstone::default()
            },
            None => Tombstone::default(),
        },
        PostState::Waiting | PostState::Rejected => Tombstone {
            words: text.of("post-state", post.state.as_str()),
            decision: post.reviewed_by.as_ref().map(|decision| decision.position),
            ..Tombstone::default()
        },
    })
}

fn face(post: &PostFace) -> String {
    let decision = post.edited_by.as_ref();
    let decision = decision.map_or_else(String::new, |decision| decision.position.to_string());
    let translation = post.translation.as_ref();
    let translation = translation.map_or("", |translation| translation.id.as_str());
    format!("{} {decision} {translation}", post.state.as_str())
}
