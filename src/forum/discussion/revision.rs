//! Revisions: every text that a post has had, with its author, its time, and the reason for the change.

use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::language::Language;
use crate::forum::discussion::text::stored::StoredText;
use crate::store::keyset;
use crate::store::keyset::RANGES;

/// A revision's row. Number 1 is the text as first sent.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub post_id: PostId,
    pub number: i32,
    pub body: StoredText,
    pub editor_id: PersonId,
    pub reason: Option<String>,
    pub created_at: Moment,
    /// The decision that gave the post this text; the editor is then shown only by office.
    pub decision_id: Option<Uuid>,
    /// The language of the text; a post has the language of its latest revision.
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

/// The revisions of each post from one number to another, by number. The text reader decides who may read them.
pub(super) async fn numbered(
    rows: &DatabaseTransaction,
    ranges: &[(PostId, i32, i32)],
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

/// The revision that a post had at a given time.
pub(super) async fn as_of(
    rows: &DatabaseTransaction,
    post_id: PostId,
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

/// Finds the revision with this id.
pub(super) async fn find(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(rows).await?)
}
