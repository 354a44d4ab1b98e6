//! The single reader of texts: returns what a reader may see of a text, or why not. Pages, the API and everything that
//! sends texts elsewhere use it; no other file can read the content of a [`stored::StoredText`] text.

use std::collections::HashMap;
use std::ops::Deref;

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::clock::Moment;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::base::limit;
use crate::forum::discussion::post;
use crate::forum::discussion::post::State;
use crate::forum::discussion::revision;
use crate::forum::discussion::thread;
use crate::forum::discussion::thread::Review;
use crate::forum::discussion::translation;

pub mod render;
pub mod stored;

/// Why a text is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withheld {
    pub state: State,
    /// The refusal for a change of the text.
    pub refusal: Refusal,
    /// The decision that withholds it; `None` for a text that its author withdrew or that waits for approval.
    pub decision: Option<Uuid>,
}

/// A post whose text may be shown to the current reader.
#[derive(Clone, Copy)]
pub struct Readable<'a> {
    post: &'a post::Model,
}

/// Identifies the latest text of a readable post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    post: PostId,
    revision: i32,
}

/// Identifies revisions of a readable post, from one number to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    post: PostId,
    from: i32,
    to: i32,
}

impl Range {
    /// The numbers of the first and the last revision.
    pub fn numbers(self) -> (i32, i32) {
        (self.from, self.to)
    }

    /// The part of the range from one number to another.
    pub fn narrowed(self, from: i32, to: i32) -> Range {
        Range {
            post: self.post,
            from: self.from.max(from),
            to: self.to.min(to),
        }
    }

    /// Whether a revision is in the range.
    pub fn contains(self, row: &revision::Model) -> bool {
        row.post_id == self.post && (self.from..=self.to).contains(&row.number)
    }
}

/// Returns the text of a post, for everyone who sees the post.
pub fn of(post: &post::Model) -> std::result::Result<Readable<'_>, Withheld> {
    let state = post.shown_as();
    let Some(refusal) = state.refusal() else {
        return Ok(Readable { post });
    };
    let decision = match state {
        State::Published | State::Withdrawn | State::Waiting => None,
        State::Hidden => post.hidden_by,
        State::Erased => post.erased_by,
        State::Rejected => post.review_by,
        State::Moved => post.moved_by,
    };
    Err(Withheld {
        state,
        refusal,
        decision,
    })
}

/// Returns the text of a post that a policy lets one person read although it is not shown to others. The caller has
/// checked that policy.
pub(in crate::forum) fn permitted(post: &post::Model) -> Readable<'_> {
    Readable { post }
}

/// Returns the title of a thread, for everyone who sees the thread; it is withheld together with the opening text.
pub fn title(thread: &thread::Model) -> std::result::Result<&str, Withheld> {
    let state = match thread.review {
        None => return Ok(&thread.title),
        Some(Review::Waiting) => State::Waiting,
        Some(Review::Rejected) => State::Rejected,
    };
    Err(Withheld {
        state,
        refusal: Refusal::AwaitsApproval,
        decision: None,
    })
}

impl<'a> Readable<'a> {
    /// The text as HTML without active content; `None` for a withdrawn text, of which only the Markdown is kept.
    pub fn html(self) -> Option<&'a str> {
        Some(self.post.body_html.read()).filter(|html| !html.is_empty())
    }

    /// Its language.
    pub fn language(self) -> Language {
        self.post.language
    }

    /// Identifies the text, for [`sources`].
    pub fn key(self) -> Key {
        Key {
            post: self.post.id,
            revision: self.post.revision,
        }
    }

    /// Identifies all revisions that are shown.
    pub fn all(self) -> Range {
        Range {
            post: self.post.id,
            from: self.post.shown_from,
            to: self.post.revision,
        }
    }

    /// A translation of it, unless it was withdrawn or translates a text that a decision removed.
    pub fn translation(self, row: translation::Model) -> Option<Translation> {
        let is_shown = row.post_id == self.post.id
            && row.revision >= self.post.shown_from
            && row.withdrawn_at.is_none();
        is_shown.then_some(Translation { row })
    }
}

/// The texts in Markdown, as they were sent.
pub async fn sources(rows: &DatabaseTransaction, keys: &[Key]) -> Result<HashMap<Key, String>> {
    let ranges: Vec<Range> = keys
        .iter()
        .map(|key| Range {
            post: key.post,
            from: key.revision,
            to: key.revision,
        })
        .collect();
    let found = revisions(rows, &ranges).await?;
    Ok(found
        .into_iter()
        .map(|each| {
            let key = Key {
                post: each.post_id,
                revision: each.number,
            };
            (key, each.into_body())
        })
        .collect())
}

/// A text that a post has had, and that may be shown to the current reader.
#[derive(Clone)]
pub struct Revision {
    row: revision::Model,
}

impl Deref for Revision {
    type Target = revision::Model;

    fn deref(&self) -> &revision::Model {
        &self.row
    }
}

impl Revision {
    /// The text in Markdown.
    pub fn body(&self) -> &str {
        self.row.body.read()
    }

    /// Returns the text in Markdown, without copying it.
    pub fn into_body(self) -> String {
        self.row.body.into_text()
    }

    /// The text as HTML without active content.
    pub async fn html(&self) -> Result<String> {
        limit::render_stored(self.body().to_string()).await
    }
}

/// The revisions in these ranges, by number.
pub async fn revisions(rows: &DatabaseTransaction, ranges: &[Range]) -> Result<Vec<Revision>> {
    let ranges: Vec<(PostId, i32, i32)> = ranges
        .iter()
        .map(|range| (range.post, range.from, range.to))
        .collect();
    let found = revision::numbered(rows, &ranges).await?;
    Ok(found.into_iter().map(|row| Revision { row }).collect())
}

/// Finds the revision with this id, if the audience sees its post and may read this text of it.
pub async fn revision(
    rows: &DatabaseTransaction,
    audience: Audience,
    id: Uuid,
) -> Result<Option<Revision>> {
    let Some(row) = revision::find(rows, id).await? else {
        return Ok(None);
    };
    let posts = post::find_many(rows, audience, &[row.post_id]).await?;
    let first_shown = posts
        .first()
        .and_then(|post| of(post).ok())
        .map(|text| text.all().from);
    let is_shown = first_shown.is_some_and(|first| first <= row.number);
    Ok(is_shown.then_some(Revision { row }))
}

/// Finds a revision of a post for a change of that post that a policy has allowed; not for display.
pub(in crate::forum) async fn to_change(
    rows: &DatabaseTransaction,
    post_id: PostId,
    number: i32,
) -> Result<Option<Revision>> {
    let found = revision::numbered(rows, &[(post_id, number, number)]).await?;
    Ok(found.into_iter().next().map(|row| Revision { row }))
}

/// Whether a post's first text is the given one; used to detect a resend.
pub(in crate::forum) async fn was_sent(
    rows: &DatabaseTransaction,
    post_id: PostId,
    body: &str,
) -> Result<bool> {
    let first = to_change(rows, post_id, 1).await?;
    Ok(first.is_some_and(|first| first.row.body.is(body)))
}

/// The text that a post had at a given time, unless a decision has removed it.
pub(in crate::forum) async fn at(
    rows: &DatabaseTransaction,
    text: Readable<'_>,
    moment: Moment,
) -> Result<Option<Revision>> {
    let found = revision::as_of(rows, text.post.id, moment).await?;
    let found = found.filter(|row| row.number >= text.post.shown_from);
    Ok(found.map(|row| Revision { row }))
}

/// A translation that may be shown to the current reader.
#[derive(Clone)]
pub struct Translation {
    row: translation::Model,
}

impl Deref for Translation {
    type Target = translation::Model;

    fn deref(&self) -> &translation::Model {
        &self.row
    }
}

impl Translation {
    /// The text in Markdown.
    pub fn body(&self) -> &str {
        self.row.body.read()
    }

    /// The text as HTML without active content.
    pub fn html(&self) -> &str {
        self.row.body_html.read()
    }

    /// Returns its row, to change it.
    pub(in crate::forum) fn into_row(self) -> translation::Model {
        self.row
    }
}

/// Finds the translation with this id and its post, if it is the latest in its language and shown, and the audience
/// sees the post.
pub async fn translation(
    rows: &DatabaseTransaction,
    audience: Audience,
    id: Uuid,
) -> Result<Option<(Translation, post::Model)>> {
    let Some(row) = translation::find(rows, id).await? else {
        return Ok(None);
    };
    let post = post::find_many(rows, audience, &[row.post_id]).await?.pop();
    Ok(post.and_then(|post| {
        let found = of(&post).ok()?.translation(row)?;
        Some((found, post))
    }))
}

/// The audience that reads texts, and the language that it wants.
#[derive(Clone, Copy, Debug)]
pub struct TextReader {
    pub audience: Audience,
    /// Each text comes with its translation into this language, if there is one.
    pub language: Option<Language>,
}

/// What a reader may see of a post's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownText {
    /// The title of its thread.
    pub title: String,
    /// The text in Markdown.
    pub source: String,
    /// The text as HTML without active content.
    pub html: String,
    pub language: Language,
    pub revision: i32,
    pub translation: Option<TranslatedText>,
}

/// A text in another language, translated by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranslatedText {
    pub source: String,
    pub html: String,
    pub language: Language,
    /// The revision that it translates.
    pub revision: i32,
}

/// Returns what may be shown of the texts of these posts. Posts that the reader does not see are left out.
pub async fn read(
    rows: &DatabaseTransaction,
    reader: TextReader,
    ids: &[PostId],
) -> Result<HashMap<PostId, std::result::Result<ShownText, Withheld>>> {
    let posts = post::find_many(rows, reader.audience, ids).await?;
    let shown: Vec<Readable<'_>> = posts.iter().filter_map(|post| of(post).ok()).collect();
    let threads: Vec<ThreadId> = shown.iter().map(|text| text.post.thread_id).collect();
    let threads = thread::find_many(rows, reader.audience, &threads).await?;
    let keys: Vec<Key> = shown.iter().map(|text| text.key()).collect();
    let mut sources = sources(rows, &keys).await?;
    let mut translations = match reader.language {
        Some(_) => translation::of_posts(rows, ids).await?,
        None => HashMap::new(),
    };
    let mut texts = HashMap::with_capacity(posts.len());
    for post in &posts {
        let text = match of(post) {
            Err(withheld) => Err(withheld),
            Ok(text) => {
                let thread = threads.iter().find(|thread| thread.id == post.thread_id);
                let translations = translations.remove(&post.id).unwrap_or_default();
                let translation = translations
                    .into_iter()
                    .filter(|row| Some(row.language) == reader.language)
                    .find_map(|row| text.translation(row));
                Ok(ShownText {
                    title: thread
                        .and_then(|thread| title(thread).ok())
                        .unwrap_or_default()
                        .to_string(),
                    source: sources.remove(&text.key()).unwrap_or_default(),
                    html: text.html().unwrap_or_default().to_string(),
                    language: text.language(),
                    revision: post.revision,
                    translation: translation.map(|each| TranslatedText {
                        source: each.body().to_string(),
                        html: each.html().to_string(),
                        language: each.language,
                        revision: each.revision,
                    }),
                })
            }
        };
        texts.insert(post.id, text);
    }
    Ok(texts)
}
