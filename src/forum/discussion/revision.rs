//! Revisions: every text that a post has had, with who wrote it, when, and why it changed.

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::Value;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::post;
use crate::store::failed;
use crate::store::keyset::Keyset;

/// A revision's row. Number 1 is the text as it was first sent.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub post_id: Uuid,
    pub number: i32,
    pub body: String,
    pub editor_id: Uuid,
    pub reason: Option<String>,
    pub created_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Revision({})", self.id)
    }
}

/// The revisions that stand now of these posts, by post. The caller has found the posts for somebody; a withdrawn post
/// gives none.
pub async fn standing(rows: &DatabaseTransaction, posts: &[(Uuid, i32)]) -> Result<Vec<Model>> {
    let wanted = posts
        .iter()
        .fold(Condition::any(), |wanted, (post_id, number)| {
            wanted.add(
                Condition::all()
                    .add(Column::PostId.eq(*post_id))
                    .add(Column::Number.eq(*number)),
            )
        });
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    Entity::find()
        .filter(wanted)
        .all(rows)
        .await
        .map_err(failed)
}

/// The revisions of a post, the first text first; none of a withdrawn one.
pub async fn list(
    rows: &DatabaseTransaction,
    post: &post::Model,
    window: &Window,
) -> Result<Page<Model>> {
    if post.state == post::State::Withdrawn {
        return Ok(Page::of_rows(Vec::new(), window));
    }
    let keyset = Keyset {
        first: Column::CreatedAt,
        second: Column::Id,
        descending: false,
    };
    let select = Entity::find().filter(Column::PostId.eq(post.id));
    let found = keyset
        .apply(select, window, |key| {
            let (at, id) = key.split_once(' ')?;
            let at: i64 = at.parse().ok()?;
            Some((Value::from(at), Value::from(Uuid::parse_str(id).ok()?)))
        })
        .all(rows)
        .await
        .map_err(failed)?;
    let entries = found
        .into_iter()
        .map(|row| (format!("{} {}", row.created_at.0, row.id), row))
        .collect();
    Ok(Page::of_rows(entries, window))
}

/// The revision with this id, if the audience sees its post and the post stands.
pub async fn find(
    rows: &DatabaseTransaction,
    audience: Audience,
    id: Uuid,
) -> Result<Option<Model>> {
    let Some(found) = Entity::find_by_id(id).one(rows).await.map_err(failed)? else {
        return Ok(None);
    };
    let posts = post::find_many(rows, audience, &[found.post_id]).await?;
    let stands = posts
        .iter()
        .any(|post| post.state == post::State::Published);
    Ok(stands.then_some(found))
}
