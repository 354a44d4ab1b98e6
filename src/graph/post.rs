//! Posts and their revisions in the API.

use std::collections::HashMap;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use graph_macros::connections;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::limit;
use crate::base::markdown::Shown;
use crate::base::page::Numbers;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::base::plain;
use crate::forum::discussion::edit;
use crate::forum::discussion::policy;
use crate::forum::discussion::post;
use crate::forum::discussion::reply;
use crate::forum::discussion::text;
use crate::forum::discussion::text::Readable;
use crate::forum::discussion::withdraw;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::hidden;
use crate::forum::moderation::report;
use crate::graph::address;
use crate::graph::asked::Asked;
use crate::graph::asked::View;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::asked::view;
use crate::graph::asked::viewed;
use crate::graph::cases;
use crate::graph::cases::Report;
use crate::graph::connection::connection;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::ids::MandateId;
use crate::graph::ids::PostId;
use crate::graph::ids::ThreadId;
use crate::graph::loader::Loader;
use crate::graph::moderation;
use crate::graph::moderation::Decision;
use crate::graph::moderation::Subject;
use crate::graph::payload::payload;
use crate::graph::person;
use crate::graph::person::People;
use crate::graph::person::Person;
use crate::graph::scalar::Act as ModerationAct;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::PostState;
use crate::graph::scalar::PreviewNote;
use crate::graph::scalar::Refusal;
use crate::graph::thread;
use crate::graph::thread::Thread;
use crate::graph::translation;
use crate::graph::translation::Translation;
use crate::graph::translation::TranslationConnection;

/// A post: a text in a thread, with the delegation, title and capacity of its author as they were when it was written.
pub struct Post(pub post::Model);

connection!("posts", Post, PostEdge, PostConnection);
connection!("revisions", Revision, RevisionEdge, RevisionConnection);

/// A post: a text in a thread, with the delegation, title and capacity of its author as they were when it was written.
#[connections]
#[Object]
impl Post {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Post, self.0.id))
    }

    /// The address by which it is cited, as its page prints it. It leads to the post also after that has been moved.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::post(ctx, self.0.thread_id, self.0.number)
    }

    /// Its number in the thread, from 1. It changes only when a decision moves the post to another thread; the former
    /// number leads to it.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// The thread that it belongs to.
    async fn thread(&self, ctx: &Context<'_>) -> Result<Thread> {
        thread::load(&view(ctx), self.0.thread_id)
            .await?
            .ok_or(Error::NotFound)
    }

    /// Who wrote it.
    async fn author(&self, ctx: &Context<'_>) -> Result<Person> {
        person::require(&view(ctx), self.0.author_id).await
    }

    /// The name of its author as it was then; `author` has the present one.
    async fn author_name(&self, ctx: &Context<'_>) -> Result<String> {
        person::name_at(&view(ctx), self.0.author_id, self.0.created_at).await
    }

    /// The delegation for which its author wrote, as it was then.
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Option<Delegation>> {
        match &self.0.delegation_id {
            Some(id) => delegation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The author's title as it was then.
    async fn author_title(&self) -> &str {
        &self.0.author_title
    }

    /// In which capacity it was written.
    async fn capacity(&self) -> Capacity {
        self.0.capacity.into()
    }

    /// The language of its text.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Whether its text stands.
    async fn state(&self) -> PostState {
        self.0.shown_as().into()
    }

    /// When its author withdrew it; null while it stands.
    async fn withdrawn_at(&self) -> Option<DateTime> {
        self.0.withdrawn_at.map(DateTime)
    }

    /// Why its author withdrew it, if a reason was given.
    async fn withdrawal_reason(&self) -> Option<&str> {
        self.0.withdrawal_reason.as_deref()
    }

    /// Its text in Markdown, as it was sent; null when its `state` is not PUBLISHED.
    async fn body(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        match text::of(&self.0) {
            Ok(text) => source(&view(ctx), text).await,
            Err(_) => Ok(None),
        }
    }

    /// Its text as HTML in which nothing runs: links, lists, tables, quotes, emphasis and code; null when its `state` is not PUBLISHED.
    async fn body_html(&self) -> Option<&str> {
        text::of(&self.0).ok()?.html()
    }

    /// Its text without marks, for previews; null when its `state` is not PUBLISHED. INVALID for a length below 1.
    async fn body_text(
        &self,
        #[graphql(
            desc = "No more than this many characters, an ellipsis at the end of a text that was cut among them; the whole text when left out."
        )]
        length: Option<i32>,
    ) -> Result<Option<String>> {
        let text = text::of(&self.0).ok().and_then(Readable::html);
        text.map(|html| plain::preview(html, length)).transpose()
    }

    /// The post that it answers; null when it answers the thread.
    async fn in_reply_to(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        match self.0.in_reply_to_id {
            Some(id) => load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The number of the revision that stands; 1 until it is edited.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// When it was last edited; null when it never was.
    async fn edited_at(&self) -> Option<DateTime> {
        self.0.edited_at.map(DateTime)
    }

    /// Every text that it has had, the first one first; none when its `state` is not PUBLISHED, and none from
    /// before an edit by decision.
    async fn revisions(&self, ctx: &Context<'_>, window: Window) -> Result<RevisionConnection> {
        let text = text::of(&self.0).ok();
        let (first, count) = text.map_or((self.0.shown_from, 0), |text| text.all().numbers());
        let numbers = window.numbers_from(first, count)?;
        let found = match text {
            Some(text) => revisions_of(&view(ctx), text, numbers, &window).await?,
            None => Vec::new(),
        };
        let found = found.into_iter().map(|row| (row.number, Revision(row)));
        let page = Page::of_numbers(found.collect(), numbers, count, &window);
        Ok(RevisionConnection::of(page))
    }

    /// Its text in other languages, by people; one for each language, none when its `state` is not PUBLISHED.
    async fn translations(
        &self,
        ctx: &Context<'_>,
        window: Window,
    ) -> Result<TranslationConnection> {
        let found = translation::of_post(&view(ctx), &self.0).await?;
        let list = found.into_iter();
        let list = list.map(|each| (each.row.language.code().to_string(), each));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(TranslationConnection::of(page))
    }

    /// Its translation into a language; null when there is none, and when its `state` is not PUBLISHED.
    async fn translation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Into this language.")] language: Language,
    ) -> Result<Option<Translation>> {
        let found = translation::of_post(&view(ctx), &self.0).await?;
        let language = language.into();
        Ok(found.into_iter().find(|each| each.row.language == language))
    }

    /// The decision that hides it; null while it is shown.
    async fn hidden_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.hidden_by {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that gave it the text that stands; null while that is its author's.
    async fn edited_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.edited_by {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that erased its text for good; null when none did.
    async fn erased_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.erased_by {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that approved or rejected it; null when none did.
    async fn reviewed_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.review_by {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The post that stood in this place and stands in another thread now; null when this is the post itself, and for
    /// whoever does not see it there.
    async fn moved_to(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        match self.0.moved_to {
            Some(id) => load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that moved it away; null when this is the post itself.
    async fn moved_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.moved_by {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// What of this post depends on who asks.
    async fn viewer(&self) -> PostViewer {
        PostViewer(self.0.clone())
    }
}

/// What of a post depends on who asks.
pub struct PostViewer(post::Model);

/// What of a post depends on who asks.
#[Object]
impl PostViewer {
    /// Its id, for clients that keep objects by their ids: another for each who asks. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewed(ctx, &ID(id::of_uuid(Kind::Post, self.0.id)))
    }

    /// Whether editPost would be allowed.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        let view = view(ctx);
        policy::edit(&view.actor, view.now(), &self.0).is_ok()
    }

    /// Whether translatePost would be allowed.
    async fn can_translate(&self, ctx: &Context<'_>) -> bool {
        let view = view(ctx);
        policy::translate(&view.actor, view.now(), &self.0).is_ok()
    }

    /// Why translatePost would be denied; null when it would not.
    async fn translate_refusal(&self, ctx: &Context<'_>) -> Option<Refusal> {
        let view = view(ctx);
        let may = policy::translate(&view.actor, view.now(), &self.0);
        may.err().map(Into::into)
    }

    /// Whether withdrawPost would change anything and be allowed.
    async fn can_withdraw(&self, ctx: &Context<'_>) -> bool {
        let view = view(ctx);
        self.0.state == post::State::Published && policy::withdraw(&view.actor, &self.0).is_ok()
    }

    /// Whether decide with HIDE_POST would be allowed.
    async fn can_hide(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(decision_refusal(&view(ctx), Act::HidePost, &self.0)
            .await?
            .is_none())
    }

    /// Why decide with HIDE_POST would be denied; null when it would not.
    async fn hide_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        decision_refusal(&view(ctx), Act::HidePost, &self.0).await
    }

    /// Whether decide with RESTORE_POST would be allowed.
    async fn can_restore(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(decision_refusal(&view(ctx), Act::RestorePost, &self.0)
            .await?
            .is_none())
    }

    /// Why decide with RESTORE_POST would be denied; null when it would not.
    async fn restore_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        decision_refusal(&view(ctx), Act::RestorePost, &self.0).await
    }

    /// The text that a decision hides, that waits for approval or was rejected, in Markdown: for its author, the
    /// Secretariat, and a moderator within the regions given to them. The text that its author has withdrawn while a report of
    /// it, or an appeal, waits: for those who could decide on that, until they have. Null for others, and while the post is
    /// shown.
    async fn hidden_body(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = view(ctx);
        match hidden_text(&view, &self.0).await? {
            Some(text) => source(&view, text).await,
            None => Ok(None),
        }
    }

    /// The same as HTML in which nothing runs.
    async fn hidden_body_html(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = view(ctx);
        let Some(text) = hidden_text(&view, &self.0).await? else {
            return Ok(None);
        };
        if let Some(html) = text.html() {
            return Ok(Some(html.to_string()));
        }
        match source(&view, text).await? {
            Some(body) => limit::shown(body).await.map(Some),
            None => Ok(None),
        }
    }

    /// The acts that decide would take on it now.
    async fn acts(&self, ctx: &Context<'_>) -> Result<Vec<ModerationAct>> {
        moderation::acts(&view(ctx), Subject::Post(&self.0)).await
    }

    /// The acts that proposeDecision would take on it now, because one person alone does not.
    async fn acts_to_propose(&self, ctx: &Context<'_>) -> Result<Vec<ModerationAct>> {
        moderation::acts_to_propose(&view(ctx), Subject::Post(&self.0)).await
    }

    /// Why decide with this act would be denied; null when it would not. INVALID for an act that is not taken on posts.
    async fn decide_refusal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which act.")] act: ModerationAct,
    ) -> Result<Option<Refusal>> {
        moderation::refusal(&view(ctx), act.into(), Subject::Post(&self.0)).await
    }

    /// Whether report would be allowed.
    async fn can_report(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(report_refusal(&view(ctx), &self.0).await?.is_none())
    }

    /// Why report would be denied; null when it would not.
    async fn report_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        report_refusal(&view(ctx), &self.0).await
    }

    /// The caller's own report of it; null when there is none.
    async fn report(&self, ctx: &Context<'_>) -> Result<Option<Report>> {
        let found = moderation::own_report(&view(ctx), self.0.id).await?;
        Ok(found.map(Report))
    }
}

async fn report_refusal(view: &View, post: &post::Model) -> Result<Option<Refusal>> {
    let refusal = cases::report_refusal(view, post.id).await?;
    let is_reported = moderation::waiting(view, post.id).await?.is_reported;
    let not_shown = report::not_reportable(post, is_reported);
    Ok(refusal.or(not_shown.map(Into::into)))
}

async fn decision_refusal(view: &View, act: Act, post: &post::Model) -> Result<Option<Refusal>> {
    moderation::refusal(view, act, Subject::Post(post)).await
}

/// A text that a post has had.
pub struct Revision(pub text::Revision);

/// A text that a post has had.
#[Object]
impl Revision {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Revision, self.0.id))
    }

    /// Its number within the post: 1 is the text as it was first sent.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// The language that the text was in. Of texts before this was kept, that of the post at the time.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// The text in Markdown.
    async fn body(&self) -> &str {
        self.0.body()
    }

    /// The text as HTML in which nothing runs.
    async fn body_html(&self) -> Result<String> {
        self.0.html().await
    }

    /// The text without marks, for previews. INVALID for a length below 1.
    async fn body_text(
        &self,
        #[graphql(
            desc = "No more than this many characters, an ellipsis at the end of a text that was cut among them; the whole text when left out."
        )]
        length: Option<i32>,
    ) -> Result<String> {
        plain::preview(&self.0.html().await?, length)
    }

    /// The address of its place in the page of all revisions of its post.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        let post = load(&view(ctx), self.0.post_id).await?;
        let post = post.ok_or_else(|| Error::internal("a revision of nothing"))?;
        let (thread, number) = (post.0.thread_id, post.0.number);
        Ok(address::revision(ctx, thread, number, self.0.number))
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Who wrote it; null when a decision gave the post this text, for those who decide are shown by office.
    async fn editor(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.decision_id {
            Some(_) => Ok(None),
            None => person::require(&view(ctx), self.0.editor_id)
                .await
                .map(Some),
        }
    }

    /// The decision that gave the post this text; null when its author did.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.decision_id {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// Why the text was changed, if a reason was given.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
}

/// Posts by id, of those that the asker sees.
pub struct Posts;

impl Loader for Posts {
    type Key = Uuid;
    type Value = post::Model;

    async fn load(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, post::Model>> {
        let found = post::find_many(view.rows().await?, view.actor.audience(), &ids).await?;
        Ok(found.into_iter().map(|each| (each.id, each)).collect())
    }
}

/// The texts of posts in Markdown, by the post and the number of its revision that stands.
pub struct Bodies;

impl Loader for Bodies {
    type Key = text::Key;
    type Value = String;

    async fn load(view: &View, keys: Vec<text::Key>) -> Result<HashMap<text::Key, String>> {
        text::sources(view.rows().await?, &keys).await
    }
}

/// The revisions of a post from one number to another.
pub struct NumberedRevisions;

impl Loader for NumberedRevisions {
    type Key = text::Range;
    type Value = Vec<text::Revision>;

    async fn load(
        view: &View,
        ranges: Vec<text::Range>,
    ) -> Result<HashMap<text::Range, Vec<text::Revision>>> {
        let found = text::revisions(view.rows().await?, &ranges).await?;
        view.expect::<People>(found.iter().map(|row| row.editor_id));
        view.expect::<Posts>(found.iter().map(|row| row.post_id));
        let of_range = |range: text::Range| {
            let within = found.iter().filter(|row| range.contains(row));
            (range, within.cloned().collect())
        };
        Ok(ranges.into_iter().map(of_range).collect())
    }
}

/// The post with this id, if the caller sees it, read together with the others that are expected.
pub async fn load(view: &View, id: Uuid) -> Result<Option<Post>> {
    Ok(view.get::<Posts>(id).await?.map(Post))
}

/// The revisions of a post with these numbers, read together with those that the window shows of the other posts answered.
async fn revisions_of(
    view: &View,
    text: Readable<'_>,
    numbers: Numbers,
    window: &Window,
) -> Result<Vec<text::Revision>> {
    let keys = view
        .answered::<text::Range>()
        .into_iter()
        .map(|(_, range)| {
            let (first, last) = range.numbers();
            let numbers = window.numbers_from(first, last)?;
            Ok(range.narrowed(numbers.from, numbers.to))
        });
    view.expect::<NumberedRevisions>(keys.collect::<Result<Vec<_>>>()?);
    let range = text.all().narrowed(numbers.from, numbers.to);
    let found = view.get::<NumberedRevisions>(range).await?;
    Ok(found.unwrap_or_default())
}

/// A text in Markdown, read together with those of the other posts that are expected.
async fn source(view: &View, text: Readable<'_>) -> Result<Option<String>> {
    view.get::<Bodies>(text.key()).await
}

/// The text of a post that others are not shown, if the caller is.
async fn hidden_text<'a>(view: &View, post: &'a post::Model) -> Result<Option<Readable<'a>>> {
    let rows = view.rows().await?;
    let in_scope = async || moderation::moderates(view, post.thread_id).await;
    hidden::of_post(rows, &view.actor, view.now(), post, in_scope).await
}

#[derive(Default)]
pub struct PostQuery;

#[Object]
impl PostQuery {
    /// A text as it would be shown: HTML in which nothing runs. INVALID for an empty or too long one, and for one that would
    /// be far larger when shown. A document, or a batch of them, has at most one preview; TOO_MANY beyond 60 in a minute
    /// (configured) for a person, or from one network address.
    async fn preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text in Markdown, 1 to 20,000 characters (configured).")]
        body: String,
    ) -> Result<String> {
        previewed(ctx, body).await.map(|shown| shown.html)
    }

    /// What of a text is shown otherwise than its writer may expect, each kind once. Refused and limited as `preview`, with
    /// which it counts.
    async fn preview_notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text in Markdown, 1 to 20,000 characters (configured).")]
        body: String,
    ) -> Result<Vec<PreviewNote>> {
        let shown = previewed(ctx, body).await?;
        Ok(shown.notes.into_iter().map(PreviewNote::from).collect())
    }
}

async fn previewed(ctx: &Context<'_>, body: String) -> Result<Shown> {
    let Asked { forum, caller, .. } = asked(ctx);
    let now = forum.store.clock().now();
    forum
        .previews
        .count(caller, forum.limits.previews_per_minute, now)?;
    limit::preview("body", body, forum.limits.body_length).await
}

/// A reply to be written.
#[derive(InputObject)]
pub struct ReplyInput {
    /// Made by the client, unique for this post. Sent twice, it answers twice with the same post.
    key: Uuid,
    /// In which thread.
    thread_id: ThreadId,
    /// Which post of the thread it answers; the thread when left out.
    in_reply_to_id: Option<PostId>,
    /// Its text in Markdown, 1 to 20,000 characters (configured).
    body: String,
    /// The language of the text.
    language: Language,
    /// In which capacity the caller writes.
    #[graphql(default_with = "Capacity::Personal")]
    capacity: Capacity,
    /// Under which of the caller's mandates; the latest that holds when left out.
    mandate_id: Option<MandateId>,
}

payload!(ReplyPayload, "The written reply.", post: Post, "The post.");

/// An edit of a post.
#[derive(InputObject)]
pub struct EditPostInput {
    /// Which post.
    post_id: PostId,
    /// The number of the revision that the edit started from.
    revision: i32,
    /// The whole new text in Markdown, 1 to 20,000 characters (configured).
    body: String,
    /// The language of the text, to correct it; as it was when left out. That of the opening post is the thread's too. INVALID
    /// for one into which the post has a translation.
    language: Option<Language>,
    /// Why, for everybody to read; at most 500 characters.
    reason: Option<String>,
}

payload!(EditPostPayload, "The edited post.", post: Post, "The post.");

/// A post to be withdrawn.
#[derive(InputObject)]
pub struct WithdrawPostInput {
    /// Which post.
    post_id: PostId,
    /// Why, for everybody to read; at most 500 characters.
    reason: Option<String>,
}

payload!(WithdrawPostPayload, "The withdrawn post.", post: Post, "The post, without its text.");

#[derive(Default)]
pub struct PostMutation;

#[Object]
impl PostMutation {
    /// Replies in a thread. NOT_FOUND for one that the caller does not see; DENIED without a current mandate, or in a
    /// capacity that it does not cover; INVALID with the field for an empty or too long text; TOO_MANY beyond the
    /// configured rate.
    async fn reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reply.")] input: ReplyInput,
    ) -> Result<Option<ReplyPayload>> {
        let asked = asked(ctx);
        let in_reply_to = input.in_reply_to_id.map(|id| id.uuid_of("inReplyToId"));
        let mandate = input.mandate_id.map(|id| id.uuid_of("mandateId"));
        let new = reply::Reply {
            key: input.key,
            in_reply_to: in_reply_to.transpose()?,
            thread_id: input.thread_id.uuid()?,
            body: input.body,
            language: input.language.into(),
            capacity: input.capacity.into(),
            mandate_id: mandate.transpose()?,
        };
        let post = mutate(asked, reply::reply(&asked.forum, &asked.actor(), new)).await?;
        Ok(Some(ReplyPayload { post: Post(post) }))
    }

    /// Gives a post a new revision. Only its author (else DENIED), while a mandate holds. CONFLICT, with both versions,
    /// when the text has changed since the revision that the edit started from. An edit that changes nothing adds nothing.
    async fn edit_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post, and its text.")] input: EditPostInput,
    ) -> Result<Option<EditPostPayload>> {
        let asked = asked(ctx);
        let wanted = edit::Edit {
            post_id: input.post_id.uuid()?,
            revision: input.revision,
            body: input.body,
            language: input.language.map(Into::into),
            reason: input.reason,
        };
        let post = mutate(asked, edit::edit(&asked.forum, &asked.actor(), wanted)).await?;
        Ok(Some(EditPostPayload { post: Post(post) }))
    }

    /// Takes the own post back (else DENIED): its text is shown to nobody any more, its number and place stay.
    async fn withdraw_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post.")] input: WithdrawPostInput,
    ) -> Result<Option<WithdrawPostPayload>> {
        let asked = asked(ctx);
        let id = input.post_id.uuid()?;
        let reason = input.reason.as_deref();
        let post = mutate(
            asked,
            withdraw::withdraw(&asked.forum, &asked.actor(), id, reason),
        )
        .await?;
        Ok(Some(WithdrawPostPayload { post: Post(post) }))
    }
}
