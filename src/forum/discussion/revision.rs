//! Revisions: every text that a post has had, with who wrote it, when, and why it changed.

use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::language::Language;
use crate::forum::discussion::post;
use crate::store::keyset;
use crate::store::keyset::RANGES;

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
    /// The decision that gave the post this text; the editor is then shown by office only.
    pub decision_id: Option<Uuid>,
    /// The language that the text was in; a post keeps the one of its latest.
    pub language: Language,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Revision({})", self.id)
    }
}

/// The revisions that stand now of these posts, by post. The caller has found the posts for somebody; a post that is
/// not shown gives none.
pub async fn standing(rows: &DatabaseTransaction, posts: &[(Uuid, i32)]) -> Result<Vec<Model>> {
    let ranges: Vec<(Uuid, i32, i32)> = posts
        .iter()
        .map(|(post_id, number)| (*post_id, *number, *number))
        .collect();
    numbered(rows, &ranges).await
}

/// The revisions of each post from one number to another, by number. The caller has found the posts for somebody, and
/// asks for none of one that is not shown.
pub async fn numbered(
    rows: &DatabaseTransaction,
    ranges: &[(Uuid, i32, i32)],
) -> Result<Vec<Model>> {
    let mut all = Vec::new();
    for some in ranges.chunks(RANGES) {
        let wanted = keyset::in_ranges(Column::PostId, Column::Number, some);
        let found = Entity::find()
            .filter(wanted)
            .order_by_asc(Column::Number)
            .all(rows)
            .await?;
        all.extend(found);
    }
    Ok(all)
}

/// The revision that stood at a moment. The caller has found the post for somebody who may read its texts.
pub(crate) async fn as_of(
    rows: &DatabaseTransaction,
    post_id: Uuid,
    moment: Moment,
) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::PostId.eq(post_id))
        .filter(Column::CreatedAt.lte(moment))
        .order_by_desc(Column::Number)
        .limit(1)
        .one(rows)
        .await?)
}

/// The revision with this id, if the audience sees its post and the post stands.
pub async fn find(
    rows: &DatabaseTransaction,
    audience: Audience,
    id: Uuid,
) -> Result<Option<Model>> {
    let Some(found) = Entity::find_by_id(id).one(rows).await? else {
        return Ok(None);
    };
    let posts = post::find_many(rows, audience, &[found.post_id]).await?;
    let stands = posts
        .iter()
        .any(|post| post.shown_as() == post::State::Published && post.shown_from <= found.number);
    Ok(stands.then_some(found))
}
