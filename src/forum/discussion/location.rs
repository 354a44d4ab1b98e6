//! Locations: the thread and number that a post has, and those that it had before it was moved. A number that was
//! assigned once leads to its post permanently; no other post gets it.

use std::collections::HashSet;

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::forum::discussion::post;
use crate::forum::discussion::text::stored::StoredText;
use crate::forum::discussion::thread;
use crate::store::tx::Tx;

/// A number at the end of a thread that was assigned before and is set aside, and the post that had it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "former_place")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub thread_id: ThreadId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub post_id: PostId,
    /// The decision that moved it away.
    pub decision_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Finds the post that had a number in a thread and was moved away, as the audience sees it.
pub async fn follow_redirect(
    rows: &DatabaseTransaction,
    audience: Audience,
    thread_id: ThreadId,
    number: i32,
) -> Result<Option<post::Model>> {
    let Some(former) = Entity::find_by_id((thread_id, number)).one(rows).await? else {
        return Ok(None);
    };
    let found = post::find_many(rows, audience, &[former.post_id]).await?;
    Ok(found.into_iter().next())
}

/// Whether a post has been in a thread before.
pub(crate) async fn has_been_in(
    rows: &DatabaseTransaction,
    post_id: PostId,
    thread_id: ThreadId,
) -> Result<bool> {
    let left = post::Entity::find()
        .filter(post::Column::MovedTo.eq(post_id))
        .filter(post::Column::ThreadId.eq(thread_id))
        .one(rows)
        .await?;
    if left.is_some() {
        return Ok(true);
    }
    Ok(Entity::find()
        .filter(Column::PostId.eq(post_id))
        .filter(Column::ThreadId.eq(thread_id))
        .one(rows)
        .await
        .map(|row| row.is_some())?)
}

/// Moves a post to another location and leaves a redirect at the former one. A redirect of its own at the new location
/// is removed.
pub(crate) async fn move_post(
    tx: &Tx,
    post: post::Model,
    thread_id: ThreadId,
    number: i32,
    decision: Uuid,
) -> Result<()> {
    post::Entity::delete_many()
        .filter(post::Column::ThreadId.eq(thread_id))
        .filter(post::Column::Number.eq(number))
        .filter(post::Column::MovedTo.is_not_null())
        .exec(tx.rows())
        .await?;
    Entity::delete_by_id((thread_id, number))
        .exec(tx.rows())
        .await?;
    let redirect = redirect_from(&post, post.thread_id, post.number, Some(decision));
    let mut change = post.into_active_model();
    change.thread_id = Set(thread_id);
    change.number = Set(number);
    change.update(tx.rows()).await?;
    insert(tx, redirect).await
}

/// The redirect at a post's former location.
fn redirect_from(
    post: &post::Model,
    thread_id: ThreadId,
    number: i32,
    moved_by: Option<Uuid>,
) -> post::Model {
    post::Model {
        id: PostId::generate(),
        thread_id,
        number,
        state: post::State::Published,
        in_reply_to_id: None,
        edited_at: None,
        withdrawn_at: None,
        withdrawal_reason: None,
        revision: 1,
        body_html: StoredText::default(),
        key: id::random(),
        hidden_by: None,
        edited_by: None,
        shown_from: 1,
        erased_by: None,
        review: None,
        review_by: None,
        moved_to: Some(post.id),
        moved_by,
        ..post.clone()
    }
}

async fn insert(tx: &Tx, redirect: post::Model) -> Result<()> {
    Ok(post::Entity::insert(redirect.into_active_model())
        .exec_without_returning(tx.rows())
        .await
        .map(drop)?)
}

/// Restores a thread's former end: sets aside the redirects at its end that are above a number or were set aside
/// before.
pub(crate) async fn set_aside_redirects(tx: &Tx, thread_id: ThreadId, above: i32) -> Result<()> {
    let Some(thread) = thread::Entity::find_by_id(thread_id).one(tx.rows()).await? else {
        return Ok(());
    };
    let tail = post::Entity::find()
        .filter(post::Column::ThreadId.eq(thread_id))
        .order_by_desc(post::Column::Number)
        .all(tx.rows())
        .await?;
    let set_aside: HashSet<i32> = find_set_aside(tx, thread_id)
        .await?
        .into_iter()
        .map(|former| former.number)
        .collect();
    let mut last = thread.last_number;
    for redirect in tail {
        let Some(post_id) = redirect.moved_to else {
            break;
        };
        if redirect.number <= above && !set_aside.contains(&redirect.number) {
            break;
        }
        last = redirect.number - 1;
        let former = Model {
            thread_id,
            number: redirect.number,
            post_id,
            decision_id: redirect.moved_by,
        };
        Entity::insert(former.into_active_model())
            .on_conflict(
                OnConflict::columns([Column::ThreadId, Column::Number])
                    .update_columns([Column::PostId, Column::DecisionId])
                    .to_owned(),
            )
            .exec_without_returning(tx.rows())
            .await?;
        redirect.into_active_model().delete(tx.rows()).await?;
    }
    let taken = thread.taken_number.unwrap_or(0).max(thread.last_number);
    let mut change = thread.into_active_model();
    change.last_number = Set(last);
    change.taken_number = Set(Some(taken));
    Ok(change.update(tx.rows()).await.map(drop)?)
}

/// Restores the redirects that were set aside, before a post gets a number beyond them. They stay recorded as set
/// aside, in case that post is moved away again.
pub(crate) async fn restore_redirects(tx: &Tx, thread_id: ThreadId, below: i32) -> Result<()> {
    let set_aside = find_set_aside(tx, thread_id).await?;
    if set_aside.is_empty() {
        return Ok(());
    }
    let there: HashSet<i32> = post::Entity::find()
        .filter(post::Column::ThreadId.eq(thread_id))
        .select_only()
        .column(post::Column::Number)
        .into_tuple()
        .all(tx.rows())
        .await?
        .into_iter()
        .collect();
    for former in set_aside {
        if former.number >= below || there.contains(&former.number) {
            continue;
        }
        let post = post::Entity::find_by_id(former.post_id)
            .one(tx.rows())
            .await?;
        if let Some(post) = post {
            let redirect = redirect_from(&post, thread_id, former.number, former.decision_id);
            insert(tx, redirect).await?;
        }
    }
    Ok(())
}

/// The redirects of a thread that were set aside at any time and whose number was not given back to the post.
async fn find_set_aside(tx: &Tx, thread_id: ThreadId) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::ThreadId.eq(thread_id))
        .all(tx.rows())
        .await?)
}
