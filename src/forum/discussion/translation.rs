//! Translations: a post's text in another language, made by people, each bound to the revision that it translates.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Alias;
use sea_orm::sea_query::Query;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::forum::discussion::post;
use crate::forum::discussion::post::State;
use crate::forum::discussion::text::stored::StoredText;

/// A translation's row. The one with the highest number in its language is current, unless it was withdrawn.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post_translation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub post_id: PostId,
    pub language: Language,
    pub number: i32,
    /// The number of the revision that it translates.
    pub revision: i32,
    pub body: StoredText,
    pub body_html: StoredText,
    pub translator_id: PersonId,
    pub delegation_id: Option<String>,
    pub translator_title: String,
    pub created_at: Moment,
    pub withdrawn_at: Option<Moment>,
    pub key: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Translation({})", self.id)
    }
}

/// Those that were not replaced by a later one in the same language.
fn latest() -> Condition {
    let later = Alias::new("later");
    let same = |column: Column| Expr::col((later.clone(), column)).equals((Entity, column));
    let replaced = Query::select()
        .column((later.clone(), Column::Id))
        .from_as(Entity, later.clone())
        .and_where(same(Column::PostId))
        .and_where(same(Column::Language))
        .and_where(
            Expr::col((later.clone(), Column::Number)).gt(Expr::col((Entity, Column::Number))),
        )
        .to_owned();
    Condition::all().add(Expr::exists(replaced).not())
}

/// The current translations of these posts, by post and then by language. The text reader decides which of them are
/// shown.
pub async fn of_posts(
    rows: &DatabaseTransaction,
    posts: &[PostId],
) -> Result<HashMap<PostId, Vec<Model>>> {
    let found = Entity::find()
        .filter(Column::PostId.is_in(posts.iter().copied()))
        .filter(Column::WithdrawnAt.is_null())
        .filter(latest())
        .order_by_asc(Column::Language)
        .all(rows)
        .await?;
    let mut by_post: HashMap<PostId, Vec<Model>> = HashMap::new();
    for row in found {
        by_post.entry(row.post_id).or_default().push(row);
    }
    Ok(by_post)
}

/// Finds the translation with this id, if it is the latest in its language.
pub(super) async fn find(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).filter(latest()).one(rows).await?)
}

/// The people who have translated these posts and have not withdrawn the translation.
pub(crate) async fn translators(
    rows: &DatabaseTransaction,
    posts: &[PostId],
) -> Result<Vec<PersonId>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::TranslatorId)
        .distinct()
        .filter(Column::PostId.is_in(posts.iter().copied()))
        .filter(Column::WithdrawnAt.is_null())
        .into_tuple()
        .all(rows)
        .await?)
}

/// Whether a current translation of a post into a language exists.
pub(crate) async fn exists(
    rows: &DatabaseTransaction,
    post_id: PostId,
    language: Language,
) -> Result<bool> {
    let count = Entity::find()
        .filter(latest())
        .filter(Column::PostId.eq(post_id))
        .filter(Column::Language.eq(language))
        .count(rows)
        .await?;
    Ok(count > 0)
}

/// How many shown posts of each thread are in another language and have no translation into this one. The caller has
/// already checked that the threads may be seen.
pub async fn missing(
    rows: &DatabaseTransaction,
    threads: &[ThreadId],
    language: Language,
) -> Result<HashMap<ThreadId, i32>> {
    let translated = Query::select()
        .column((Entity, Column::Id))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::PostId)).equals((post::Entity, post::Column::Id)))
        .and_where(Expr::col((Entity, Column::Language)).eq(language))
        .and_where(Expr::col((Entity, Column::WithdrawnAt)).is_null())
        .and_where(
            Expr::col((Entity, Column::Revision))
                .gte(Expr::col((post::Entity, post::Column::ShownFrom))),
        )
        .cond_where(latest())
        .to_owned();
    let select = Query::select()
        .column((post::Entity, post::Column::ThreadId))
        .expr_as(Expr::col((post::Entity, post::Column::Id)).count(), "posts")
        .from(post::Entity)
        .and_where(post::Column::ThreadId.is_in(threads.iter().copied()))
        .and_where(post::Column::Language.ne(language))
        .and_where(post::Column::State.eq(State::Published))
        .and_where(post::Column::HiddenBy.is_null())
        .and_where(post::Column::ErasedBy.is_null())
        .and_where(post::Column::MovedTo.is_null())
        .and_where(post::Column::Review.is_null())
        .and_where(Expr::exists(translated).not())
        .group_by_col((post::Entity, post::Column::ThreadId))
        .to_owned();
    rows.query_all(&select)
        .await?
        .into_iter()
        .map(|row| {
            let thread: ThreadId = row.try_get("", "thread_id")?;
            let posts: i64 = row.try_get("", "posts")?;
            Ok((thread, i32::try_from(posts).unwrap_or(i32::MAX)))
        })
        .collect()
}

/// Permanently removes every translation of a post, as part of an erasure.
pub(crate) async fn forget(rows: &DatabaseTransaction, post_id: PostId) -> Result<()> {
    Ok(Entity::delete_many()
        .filter(Column::PostId.eq(post_id))
        .exec(rows)
        .await
        .map(drop)?)
}
