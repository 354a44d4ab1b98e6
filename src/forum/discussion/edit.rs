//! Editing a post: adds a new revision; the earlier ones stay readable.

use std::time::Duration;

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::Set;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::error::Version;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::language::Language;
use crate::base::limit;
use crate::base::limit::Rendered;
use crate::forum::Forum;
use crate::forum::discussion::policy;
use crate::forum::discussion::post;
use crate::forum::discussion::revision;
use crate::forum::discussion::start;
use crate::forum::discussion::text;
use crate::forum::discussion::thread;
use crate::forum::discussion::translation;
use crate::forum::vocabulary::headings;
use crate::store::tx::Tx;

const MINUTE: Duration = Duration::from_secs(60);

/// An edit of a post.
#[derive(Clone, Debug)]
pub struct Edit {
    pub post_id: PostId,
    /// The number of the revision that the edit is based on.
    pub revision: i32,
    pub body: String,
    /// The language of the text, if it is to be corrected.
    pub language: Option<Language>,
    /// The reason for the edit; public.
    pub reason: Option<String>,
}

/// Writes a new revision. Refuses another person's post; a withdrawn one; an author without a current mandate; a
/// conflict, with both versions, when the text has changed since the revision that the edit is based on; and a language
/// into which there is a translation. An edit that changes nothing adds nothing, so a resend is harmless.
pub async fn edit(forum: &Forum, actor: &Actor, edit: Edit) -> Result<post::Model> {
    let reason = limit::optional_line("reason", edit.reason.as_deref(), limit::MAX_REASON)?;
    // Done before the transaction, so that nobody waits for it.
    let Rendered { body, html } =
        limit::markdown("body", edit.body.clone(), forum.limits.body_length, actor).await?;
    let tx = forum.store.begin(actor).await?;
    if edit.language.is_some() {
        headings::hold(tx.rows()).await?;
    }
    let post = post::find_to_change(tx.rows(), actor.audience(), edit.post_id).await?;
    policy::edit(actor, tx.now(), &post).map_err(Error::Denied)?;
    let current = text::to_change(tx.rows(), post.id, post.revision).await?;
    let current = current.ok_or_else(|| Error::internal("a post without its revision"))?;
    let language = edit.language.unwrap_or(post.language);
    if current.body() == body && language == post.language {
        return Ok(post);
    }
    if edit.revision != post.revision {
        return Err(Error::Conflict {
            current: Version {
                revision: current.number,
                body: current.into_body(),
            },
            yours: Version {
                revision: edit.revision,
                body,
            },
        });
    }
    if language != post.language && translation::exists(tx.rows(), post.id, language).await? {
        return Err(Error::invalid("language", Fault::Taken));
    }
    let editor = start::writer(actor)?;
    enforce_rate_limit(forum, &tx, editor).await?;

    let next = revision::Model {
        id: id::new(),
        post_id: post.id,
        number: post.revision + 1,
        body: body.into(),
        editor_id: editor,
        reason,
        created_at: tx.now(),
        decision_id: None,
        language,
    };
    let is_threads_language = post.number == 1 && language != post.language;
    if is_threads_language {
        thread::set_language(tx.rows(), post.thread_id, language).await?;
    }
    let mut change = post.into_active_model();
    change.language = Set(language);
    change.revision = Set(next.number);
    change.edited_at = Set(Some(tx.now()));
    change.edited_by = Set(None);
    change.body_html = Set(html.into());
    let post = change.update(tx.rows()).await?;
    revision::Entity::insert(next.into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    if is_threads_language {
        headings::keep(tx.rows(), &[post.thread_id]).await?;
    }
    let event = Event::PostEdited {
        thread: post.thread_id,
        post: post.id,
        number: post.number,
        revision: post.revision,
        decision: None,
    };
    tx.commit(event).await?;
    Ok(post)
}

async fn enforce_rate_limit(forum: &Forum, tx: &Tx, editor: PersonId) -> Result<()> {
    let count = revision::Entity::find()
        .filter(revision::Column::EditorId.eq(editor))
        .filter(revision::Column::CreatedAt.gt(tx.now().minus(MINUTE)))
        .filter(revision::Column::Number.gt(1))
        .count(tx.rows())
        .await?;
    if count < u64::from(forum.limits.edits_per_minute) {
        return Ok(());
    }
    Err(Error::TooMany {
        retry_at: tx.now().plus(MINUTE),
    })
}
