//! One post: editing it, its revisions, withdrawing it.

use std::time::Duration;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;
use similar::ChangeTag;
use similar::TextDiff;

use crate::base::limit;
use crate::web::Asked;
use crate::web::Place;
use crate::web::Sent;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::composing;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::DraftPurpose;
use crate::web::words::Language;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/writing/post.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language")
)]
struct PostQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/writing/edit.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language")
)]
struct EditMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/writing/withdraw.graphql",
    response_derives = "Debug, Clone"
)]
struct WithdrawMutation;

type Post = post_query::PostQueryThreadPost;

#[derive(Template)]
#[template(path = "writing/edit.html")]
struct EditPage {
    frame: Frame,
    trouble: Option<Trouble>,
    /// Names this writing to the script that keeps drafts.
    key: String,
    id: String,
    post: Post,
    body: String,
    language: Language,
    preview: Option<composing::Preview>,
    reason: String,
    revision: i64,
    /// The text as somebody else has left it, when both were changed.
    theirs: Option<String>,
    /// When the draft that the form takes up was kept.
    drafted: Option<String>,
    draft_revision: i64,
}

#[derive(Template)]
#[template(path = "writing/revisions.html")]
struct RevisionsPage {
    frame: Frame,
    id: String,
    post: Post,
    /// Each revision with what changed since the one before.
    revisions: Vec<(Revision, Changes)>,
}

/// What changed from one revision to the next; nothing at the first.
#[derive(Default)]
struct Changes {
    text: Vec<Change>,
    /// The languages before and after, where they differ.
    languages: Option<(Language, Language)>,
}

type Revision = post_query::PostQueryThreadPostRevisionsEdgesNode;

/// A piece of a text beside the one before.
enum Change {
    Same(String),
    Gone(String),
    New(String),
}

/// How long two texts are compared, at most: what has not been found out by then is told as gone and new.
const COMPARED: Duration = Duration::from_millis(50);

/// What changed from one text to the next, by words.
fn changes(before: &str, after: &str) -> Vec<Change> {
    let mut all = Vec::new();
    let diff = TextDiff::configure()
        .timeout(COMPARED)
        .diff_unicode_words(before, after);
    for change in diff.iter_all_changes() {
        let text = change.value().to_string();
        match (change.tag(), all.last_mut()) {
            (ChangeTag::Equal, Some(Change::Same(last)))
            | (ChangeTag::Delete, Some(Change::Gone(last)))
            | (ChangeTag::Insert, Some(Change::New(last))) => last.push_str(&text),
            (ChangeTag::Equal, _) => all.push(Change::Same(text)),
            (ChangeTag::Delete, _) => all.push(Change::Gone(text)),
            (ChangeTag::Insert, _) => all.push(Change::New(text)),
        }
    }
    all
}

/// What changed in the text, and from which language to which.
fn since(before: Option<&Revision>, after: &Revision) -> Changes {
    let Some(before) = before else {
        return Changes::default();
    };
    let text = match before.body == after.body {
        true => Vec::new(),
        false => changes(&before.body, &after.body),
    };
    let languages = (before.language, after.language);
    Changes {
        text,
        languages: (languages.0 != languages.1).then_some(languages),
    }
}

#[derive(Template)]
#[template(path = "writing/withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    trouble: Option<Trouble>,
    id: String,
    post: Post,
    reason: String,
}

async fn find(asked: &Asked, id: &str, number: i64) -> Result<Post, PageError> {
    let variables = post_query::Variables {
        id: id.to_string(),
        number,
    };
    let found = ask::<PostQuery>(&asked.web, &asked.caller, variables).await?;
    let thread = found.thread.ok_or(PageError::NotFound)?;
    thread.post.ok_or(PageError::NotFound)
}

fn back(id: &str, number: i64) -> String {
    format!("/threads/{id}?number={number}#post-{number}")
}

/// Shows a post's text to be edited.
pub async fn show_edit(asked: Asked, Place { thread: id, number }: Place) -> Response {
    let post = match find(&asked, &id, number).await {
        Ok(post) if post.viewer.can_edit => post,
        Ok(_) => return forms::refuse(&asked, not_yours(&asked)).await,
        Err(error) => return forms::refuse(&asked, error).await,
    };
    let draft = match composing::draft(&asked, draft_of(&post)).await {
        Ok(draft) => draft,
        Err(error) => return forms::refuse(&asked, error).await,
    };
    let frame = Frame::load(&asked).await;
    let template = EditPage {
        trouble: None,
        key: forms::new_key(),
        body: match &draft {
            Some(draft) => draft.body.clone(),
            None => post.body.clone().unwrap_or_default(),
        },
        language: post.language,
        preview: None,
        reason: String::new(),
        revision: draft
            .as_ref()
            .map_or(post.revision, |draft| base_of(&post, draft)),
        theirs: None,
        draft_revision: draft.as_ref().map_or(0, |draft| draft.revision),
        drafted: draft.map(|draft| frame.text.date(&draft.updated_at)),
        frame,
        id,
        post,
    };
    forms::page(&template, StatusCode::OK)
}

/// The revision from which a draft was begun: saved after a later one, it meets that as a conflict.
fn base_of(post: &Post, draft: &composing::Kept) -> i64 {
    let all = post.revisions.edges.iter().map(|edge| &edge.node);
    let before = all.filter(|revision| revision.created_at <= draft.updated_at);
    before
        .map(|revision| revision.number)
        .max()
        .unwrap_or(post.revision)
}

/// Where the draft of an edit belongs.
fn draft_of(post: &Post) -> composing::Place {
    composing::Place {
        purpose: DraftPurpose::Edit,
        subject: Some(post.id.clone()),
        language: post.language,
    }
}

fn not_yours(asked: &Asked) -> PageError {
    let reason = if asked.caller.actor.person_id().is_none() {
        "SIGN_IN_REQUIRED"
    } else {
        "NOT_YOURS"
    };
    PageError::Denied {
        reason: reason.to_string(),
        message: crate::base::message::text(asked.caller.language, "denied-not-yours"),
    }
}

/// Saves the edit; when somebody else saved meanwhile, shows both versions.
pub async fn send_edit(
    asked: Asked,
    Place { thread: id, number }: Place,
    fields: Sent,
) -> Response {
    let post = match find(&asked, &id, number).await {
        Ok(post) => post,
        Err(error) => return forms::refuse(&asked, error).await,
    };
    let revision = fields.one("revision").parse().unwrap_or(0);
    let language = || Language::read(&fields.one("language")).unwrap_or(post.language);
    if fields.given("preview").is_some() {
        let template = EditPage {
            frame: Frame::load(&asked).await,
            trouble: None,
            key: fields.key(),
            preview: composing::preview(&asked, &fields)
                .await
                .unwrap_or_default(),
            body: fields.one("body"),
            language: language(),
            reason: fields.one("reason"),
            revision,
            theirs: None,
            drafted: None,
            draft_revision: composing::meant(&fields, 0),
            id,
            post,
        };
        return forms::page(&template, StatusCode::OK);
    }
    let variables = edit_mutation::Variables {
        input: edit_mutation::EditPostInput {
            post_id: post.id.clone(),
            revision,
            body: fields.one("body"),
            language: Some(language()),
            reason: fields.given("reason"),
        },
    };
    let sent = match Check::of(&asked, &fields)
        .text("body", asked.web.config.limits.body_length)
        .still_written_in(&["body"])
        .optional_line("reason", limit::REASON)
        .done()
    {
        Ok(()) => ask::<EditMutation>(&asked.web, &asked.caller, variables).await,
        Err(error) => Err(error),
    };
    let error = match sent {
        Ok(_) => {
            composing::forget(&asked, draft_of(&post), &fields).await;
            return forms::sent(&back(&id, number), &fields.key());
        }
        Err(error) => error,
    };
    let (status, trouble, revision, theirs) = match error {
        PageError::Conflict {
            message,
            revision,
            body,
        } => {
            let trouble = Trouble::of("body", message);
            (StatusCode::CONFLICT.into(), trouble, revision, Some(body))
        }
        other => match forms::trouble(other) {
            Ok((status, trouble)) => (status, trouble, revision, None),
            Err(error) => return forms::refuse(&asked, error).await,
        },
    };
    let template = EditPage {
        frame: Frame::load(&asked).await,
        trouble: Some(trouble),
        key: fields.key(),
        body: fields.one("body"),
        language: language(),
        preview: None,
        reason: fields.one("reason"),
        revision,
        theirs,
        drafted: None,
        draft_revision: composing::meant(&fields, 0),
        id,
        post,
    };
    forms::page(&template, status)
}

/// Shows every text that a post has had.
pub async fn show_revisions(asked: Asked, Place { thread: id, number }: Place) -> Response {
    match find(&asked, &id, number).await {
        Ok(post) => {
            let frame = Frame::load(&asked).await;
            let all = || post.revisions.edges.iter().map(|edge| &edge.node);
            let before = std::iter::once(None).chain(all().map(Some));
            let revisions = all()
                .zip(before)
                .map(|(revision, before)| (revision.clone(), since(before, revision)))
                .collect();
            let template = RevisionsPage {
                frame,
                id,
                post,
                revisions,
            };
            forms::page(&template, StatusCode::OK)
        }
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// Asks whether a post is to be withdrawn.
pub async fn show_withdraw(asked: Asked, Place { thread: id, number }: Place) -> Response {
    match find(&asked, &id, number).await {
        Ok(post) if post.viewer.can_withdraw => {
            let frame = Frame::load(&asked).await;
            let template = WithdrawPage {
                frame,
                trouble: None,
                id,
                post,
                reason: String::new(),
            };
            forms::page(&template, StatusCode::OK)
        }
        Ok(_) => forms::refuse(&asked, not_yours(&asked)).await,
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// Withdraws the post.
pub async fn send_withdraw(
    asked: Asked,
    Place { thread: id, number }: Place,
    fields: Sent,
) -> Response {
    let post = match find(&asked, &id, number).await {
        Ok(post) => post,
        Err(error) => return forms::refuse(&asked, error).await,
    };
    let variables = withdraw_mutation::Variables {
        input: withdraw_mutation::WithdrawPostInput {
            post_id: post.id.clone(),
            reason: fields.given("reason"),
        },
    };
    let check = Check::of(&asked, &fields).optional_line("reason", limit::REASON);
    let done = match check.done() {
        Ok(()) => ask::<WithdrawMutation>(&asked.web, &asked.caller, variables).await,
        Err(error) => Err(error),
    };
    let error = match done {
        Ok(_) => return forms::see_other(&back(&id, number)),
        Err(error) => error,
    };
    match forms::trouble(error) {
        Ok((status, trouble)) => {
            let frame = Frame::load(&asked).await;
            let trouble = Some(trouble);
            let template = WithdrawPage {
                frame,
                trouble,
                id,
                post,
                reason: fields.one("reason"),
            };
            forms::page(&template, status)
        }
        Err(error) => forms::refuse(&asked, error).await,
    }
}
