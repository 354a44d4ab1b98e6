//! One thread with its posts, and the form to reply.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::base::page;
use crate::web::address;
use crate::web::api_types::Capacity;
use crate::web::api_types::DraftPurpose;
use crate::web::api_types::Language;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::composing::mandates::MandateChoice;
use crate::web::composing::preview;
use crate::web::composing::preview::Preview;
use crate::web::denial::refusal_text;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::post::view::PostView;
use crate::web::post::view::Said;
use crate::web::post::view::ThreadQuery;
use crate::web::post::view::Translated;
use crate::web::post::view::thread_query;
use crate::web::request::PageRequest;
use crate::web::response;
use crate::web::thread::form::Form;
use crate::web::thread::script_texts;

/// Posts per page.
pub const SIZE: i64 = 25;

document!(ReadMutation, "src/web/thread/read.graphql");
document!(PlaceQuery, "src/web/thread/place.graphql");

/// The page of a thread.
#[derive(Template)]
#[template(path = "thread/thread.html")]
pub struct Page {
    frame: Frame,
    thread: thread_query::ThreadQueryThread,
    posts: Vec<PostView>,
    /// The empty post from which the template for scripts is rendered.
    blank: PostView,
    /// The language in which the reader wants translations.
    reader: Language,
    /// The texts that scripts insert into the template.
    words: String,
    form_errors: Option<FormErrors>,
    key: String,
    body: String,
    preview: Option<Preview>,
    language: Language,
    capacity: Capacity,
    mandates: Vec<MandateChoice>,
    mandate: String,
    /// The draft that the form resumes: when it was saved, and its text.
    drafted: Option<(String, String)>,
    draft_revision: i64,
    /// The thread for which the resumed draft was saved, if that thread was merged into this one.
    draft_of: String,
    /// The id of the post that is answered; empty for the thread.
    answering: String,
    earlier: Option<String>,
    later: Option<String>,
    first_unread: Option<i64>,
    /// Why a signed-in user cannot reply.
    refusal: Option<String>,
    /// Whether the page has a post on which the user may decide.
    decides: bool,
}

impl Page {
    /// Whether the reader may act on the thread itself.
    fn has_acts(&self) -> bool {
        let viewer = &self.thread.viewer;
        let may_report = viewer.can_report && self.thread.author.id != self.frame.person;
        let decides = !viewer.acts.is_empty() || !viewer.acts_to_propose.is_empty();
        viewer.can_retag || viewer.can_change || may_report || decides
    }

    /// The tags of each facet: slug and label.
    fn tags(&self) -> [(&'static str, Vec<(&str, &str)>); 3] {
        let thread = &self.thread;
        let (tools, methods, regions) = (
            thread.tools.edges.iter().map(|edge| &edge.node),
            thread.methods.edges.iter().map(|edge| &edge.node),
            thread.regions.edges.iter().map(|edge| &edge.node),
        );
        [
            (
                "tools",
                tools.map(|tag| (&*tag.slug, &*tag.label)).collect(),
            ),
            (
                "methods",
                methods.map(|tag| (&*tag.slug, &*tag.label)).collect(),
            ),
            (
                "regions",
                regions.map(|tag| (&*tag.slug, &*tag.label)).collect(),
            ),
        ]
    }
}

/// Shows a thread, or leads to where a link leads since.
pub async fn show(request: PageRequest, Path(id): Path<String>) -> PageResult {
    let fields = request.query();
    if fields.given("number").is_some()
        && let Some(address) = moved(&request, &id, &fields).await?
    {
        return Ok(response::redirect(&address));
    }
    let template = load(&request, &id, &fields, None).await?;
    if template.thread.merged_into.is_some()
        && let Some(address) = moved(&request, &id, &fields).await?
    {
        return Ok(response::redirect(&address));
    }
    Ok(response::page(&template, StatusCode::OK))
}

/// The target of a link whose post, or whole thread, has moved since.
async fn moved(
    request: &PageRequest,
    id: &str,
    fields: &Fields,
) -> Result<Option<String>, PageError> {
    let number: i64 = fields.one("number").parse().unwrap_or(1);
    let variables = place_query::Variables {
        id: id.to_string(),
        number,
    };
    let found = execute::<PlaceQuery>(&request.web, &request.caller, variables).await?;
    let thread = found.thread.ok_or(PageError::NotFound)?;
    let post = thread.post.filter(|post| post.thread.id != id);
    Ok(post.map(|post| address::of_post(&post.thread.id, post.number)))
}

/// Which posts a page shows: around a number (`?number=`), from a cursor onwards, or the last ones (`?last`).
fn window(fields: &Fields) -> (Option<i64>, Option<i64>, Option<String>) {
    let number: Option<i64> = fields.one("number").parse().ok();
    let from = number.map(|number| page::encode(&(number - 1).max(0).to_string()));
    let is_last = fields.0.iter().any(|(name, _)| name == "last");
    if fields.given("before").is_some() || (is_last && from.is_none()) {
        (None, Some(SIZE), None)
    } else {
        (Some(SIZE), None, from.or_else(|| fields.given("after")))
    }
}

/// The page of a thread: a part of its posts, and the form with the submitted or saved text.
pub async fn load(
    request: &PageRequest,
    id: &str,
    fields: &Fields,
    form_errors: Option<FormErrors>,
) -> Result<Page, PageError> {
    let reader = Language::of(request.caller.language);
    let found = find(request, id, fields, reader).await?;
    let viewer = found.viewer;
    let thread = found.thread.ok_or(PageError::NotFound)?;
    let is_member = request.caller.actor.person_id().is_some();
    let frame = Frame::load(request).await;
    let edges = thread.posts.edges.iter().map(|edge| &edge.node);
    let posts: Vec<PostView> = edges
        .map(|post| {
            PostView::of(
                &post.post_face,
                (&post.post_rights, &post.translation_rights),
                &frame.text,
                &frame.person,
            )
        })
        .collect();
    if is_member && !request.caller.is_prefetch {
        mark_read(request, id, &thread).await;
    }
    let form = Form::begin(request, id, fields, viewer.draft, form_errors.is_some()).await?;
    let (earlier, later) = links(id, &thread, &posts);
    let mandates = viewer.mandates.edges.into_iter();
    Ok(Page {
        refusal: refusal(request, &frame, &thread).filter(|_| is_member),
        decides: posts.iter().any(|post| post.decides),
        blank: PostView {
            author_id: "-".to_string(),
            revision: 1,
            translated: Some(Translated::default()),
            acknowledgements: Said::nothing(),
            ..PostView::default()
        },
        reader,
        words: script_texts::of(&frame),
        earlier,
        later,
        first_unread: first_unread(&thread, &posts),
        key: fields.next_key(form_errors.as_ref()),
        body: form.body,
        preview: preview::preview(request, fields).await.unwrap_or_default(),
        language: form
            .language
            .or(viewer.last_language)
            .unwrap_or(thread.language),
        capacity: form.capacity,
        mandates: mandates
            .map(|edge| MandateChoice {
                name: format!("{} · {}", edge.node.delegation.name, edge.node.title),
                id: edge.node.id,
            })
            .collect(),
        mandate: form.mandate,
        draft_revision: form.draft_revision,
        draft_of: form.draft_of,
        drafted: form.drafted.map(|(at, body)| (frame.text.date(&at), body)),
        answering: form.answering,
        form_errors,
        posts,
        frame,
        thread,
    })
}

async fn find(
    request: &PageRequest,
    id: &str,
    fields: &Fields,
    reader: Language,
) -> Result<thread_query::ResponseData, PageError> {
    let (first, last, after) = window(fields);
    let variables = thread_query::Variables {
        id: id.to_string(),
        reader,
        place: thread_query::DraftPlaceInput {
            purpose: DraftPurpose::Reply,
            subject: Some(thread_query::DraftSubjectInput::ThreadId(id.to_string())),
            subject_id: None,
            language: reader,
        },
        first,
        last,
        after,
        before: fields.given("before"),
    };
    execute::<ThreadQuery>(&request.web, &request.caller, variables).await
}

type Thread = thread_query::ThreadQueryThread;

/// The numbers of the first and the last post that are shown.
fn span(posts: &[PostView]) -> (i64, i64) {
    let first = posts.first().map_or(1, |post| post.number);
    (first, posts.last().map_or(0, |post| post.number))
}

/// The addresses of the posts before and after those that are shown.
fn links(id: &str, thread: &Thread, posts: &[PostView]) -> (Option<String>, Option<String>) {
    let (first, last) = span(posts);
    let page_info = &thread.posts.page_info;
    let link = |name: &str, cursor: &Option<String>| {
        let cursor = cursor.as_ref()?;
        Some(format!("/threads/{id}?{name}={cursor}"))
    };
    let earlier = link("before", &page_info.start_cursor).filter(|_| first > 1);
    let later = link("after", &page_info.end_cursor).filter(|_| last < thread.last_number);
    (earlier, later)
}

/// The first post that has not been read, where it is on another page.
fn first_unread(thread: &Thread, posts: &[PostView]) -> Option<i64> {
    let (first, last) = span(posts);
    let unread = thread.viewer.last_read_number + 1;
    let has_unread = thread.viewer.unread > 0 && thread.viewer.last_read_number > 0;
    (has_unread && !(first..=last).contains(&unread)).then_some(unread)
}

/// Why one cannot reply.
fn refusal(request: &PageRequest, frame: &Frame, thread: &Thread) -> Option<String> {
    let refusal = thread.viewer.reply_refusal.clone()?;
    // Nothing has been requested yet: this states what the role does not allow.
    if matches!(refusal, thread_query::Refusal::ROLE_MAY_NOT) {
        return Some(frame.t("reply-role-may-not"));
    }
    Some(refusal_text(request, refusal))
}

/// Marks what is shown as read. The page is shown even if that fails.
async fn mark_read(request: &PageRequest, id: &str, thread: &Thread) {
    let shown = thread
        .posts
        .edges
        .last()
        .map_or(0, |edge| edge.node.post_face.number);
    if shown <= thread.viewer.last_read_number {
        return;
    }
    let variables = read_mutation::Variables {
        id: id.to_string(),
        number: shown,
    };
    if let Err(error) = execute::<ReadMutation>(&request.web, &request.caller, variables).await {
        tracing::warn!(?error, "the read position could not be saved");
    }
}
