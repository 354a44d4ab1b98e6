//! Translating a post, and withdrawing a translation.

use std::time::Duration;

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
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
use crate::forum::discussion::start;
use crate::forum::discussion::text;
use crate::forum::discussion::translation::Column;
use crate::forum::discussion::translation::Entity;
use crate::forum::discussion::translation::Model;
use crate::store::tx::Tx;

const MINUTE: Duration = Duration::from_secs(60);

/// A translation to write.
#[derive(Clone, Debug)]
pub struct Translate {
    /// Idempotency key made by the client: sending it twice returns the same translation twice.
    pub key: Uuid,
    pub post_id: PostId,
    /// The number of the revision that was translated.
    pub revision: i32,
    pub language: Language,
    pub body: String,
}

/// Adds a translation to a post, replacing an earlier one in the same language. Refuses a post that the actor does not
/// see, or whose text is not shown; an actor who is neither its author, nor of its delegation, nor of the Secretariat;
/// the post's own language; a revision that it does not have; an empty or too long text; and too many in a minute.
pub async fn translate(forum: &Forum, actor: &Actor, new: Translate) -> Result<post::Model> {
    // Done before the transaction, so that nobody waits for it.
    let Rendered {
        body,
        html: body_html,
    } = limit::markdown("body", new.body.clone(), forum.limits.body_length, actor).await?;
    let tx = forum.store.begin(actor).await?;
    let post = post::find_to_change(tx.rows(), actor.audience(), new.post_id).await?;
    let mandate = policy::translate(actor, tx.now(), &post).map_err(Error::Denied)?;
    let translator_id = start::writer(actor)?;
    if new.language == post.language {
        return Err(Error::invalid("language", Fault::Unknown));
    }
    if new.revision < post.shown_from || new.revision > post.revision {
        return Err(Error::invalid("revision", Fault::Unknown));
    }
    if let Some(earlier) = with_key(tx.rows(), translator_id, new.key).await? {
        let same = earlier.post_id == post.id
            && earlier.language == new.language
            && earlier.body.is(&body);
        return match same {
            true => Ok(post),
            false => Err(Error::invalid("key", Fault::KeyReused)),
        };
    }
    enforce_rate_limit(forum, &tx, translator_id).await?;
    let before = last(tx.rows(), post.id, new.language).await?;
    let row = Model {
        id: id::new(),
        post_id: post.id,
        language: new.language,
        number: before.map_or(1, |before| before.number + 1),
        revision: new.revision,
        body: body.into(),
        body_html: body_html.into(),
        translator_id,
        delegation_id: Some(mandate.delegation_id.clone()),
        translator_title: mandate.title.clone(),
        created_at: tx.now(),
        withdrawn_at: None,
        key: new.key,
    };
    Entity::insert(row.into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    let event = Event::PostTranslated {
        thread: post.thread_id,
        post: post.id,
        number: post.number,
        language: new.language.code().to_string(),
    };
    tx.commit(event).await?;
    Ok(post)
}

/// Withdraws a translation. Refuses one that is not the current one or that the actor does not see, and an actor who
/// wrote neither it nor the post and is not of the Secretariat.
pub async fn withdraw(forum: &Forum, actor: &Actor, id: Uuid) -> Result<post::Model> {
    let tx = forum.store.begin(actor).await?;
    let (translation, post) = text::translation(tx.rows(), actor.audience(), id)
        .await?
        .ok_or(Error::NotFound)?;
    policy::withdraw_translation(actor, tx.now(), &post, &translation).map_err(Error::Denied)?;
    let language = translation.language;
    let mut change = translation.into_row().into_active_model();
    change.withdrawn_at = Set(Some(tx.now()));
    change.update(tx.rows()).await?;
    let event = Event::TranslationWithdrawn {
        thread: post.thread_id,
        post: post.id,
        number: post.number,
        language: language.code().to_string(),
    };
    tx.commit(event).await?;
    Ok(post)
}

async fn with_key(
    rows: &DatabaseTransaction,
    translator: PersonId,
    key: Uuid,
) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::TranslatorId.eq(translator))
        .filter(Column::Key.eq(key))
        .one(rows)
        .await?)
}

async fn last(
    rows: &DatabaseTransaction,
    post_id: PostId,
    language: Language,
) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::PostId.eq(post_id))
        .filter(Column::Language.eq(language))
        .order_by_desc(Column::Number)
        .one(rows)
        .await?)
}

/// Translations count like edits.
async fn enforce_rate_limit(forum: &Forum, tx: &Tx, translator: PersonId) -> Result<()> {
    let count = Entity::find()
        .filter(Column::TranslatorId.eq(translator))
        .filter(Column::CreatedAt.gt(tx.now().minus(MINUTE)))
        .count(tx.rows())
        .await?;
    if count < u64::from(forum.limits.edits_per_minute) {
        return Ok(());
    }
    Err(Error::TooMany {
        retry_at: tx.now().plus(MINUTE),
    })
}
