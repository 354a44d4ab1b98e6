//! Acknowledgements: what a delegation says of a post of another one without writing. Each belongs to a delegation, whoever of its
//! members gave it, and is shown with the text of the post and never without it.

use std::collections::HashMap;

use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::store::columns::text_enum;

text_enum!(
    /// What a delegation says of a post.
    Kind {
        /// It does the same.
        SamePractice = "same-practice",
        /// It can use what the post says.
        Useful = "useful",
    }
);

/// The row of an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acknowledgement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub post_id: PostId,
    pub kind: Kind,
    pub delegation_id: String,
    /// The person who gave it for the delegation.
    pub person_id: PersonId,
    pub created_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The acknowledgements of these posts, oldest first: at most one of each kind by each delegation. The caller has already checked
/// that the posts may be seen and are shown.
pub async fn of_posts(
    rows: &DatabaseTransaction,
    posts: &[PostId],
) -> Result<HashMap<PostId, Vec<Model>>> {
    let found = Entity::find()
        .filter(Column::PostId.is_in(posts.iter().copied()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(rows)
        .await?;
    let mut by_post: HashMap<PostId, Vec<Model>> = HashMap::new();
    for row in found {
        by_post.entry(row.post_id).or_default().push(row);
    }
    Ok(by_post)
}

/// Finds the acknowledgement with this id. The caller checks that its post may be seen and is shown.
pub async fn find(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(rows).await?)
}

/// Finds what a delegation has said of a post.
pub(crate) async fn find_of(
    rows: &DatabaseTransaction,
    post_id: PostId,
    kind: Kind,
    delegation_id: &str,
) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::PostId.eq(post_id))
        .filter(Column::Kind.eq(kind))
        .filter(Column::DelegationId.eq(delegation_id))
        .one(rows)
        .await?)
}

/// Deletes the acknowledgements of a post whose text is erased.
pub(crate) async fn forget(rows: &DatabaseTransaction, post_id: PostId) -> Result<()> {
    Ok(Entity::delete_many()
        .filter(Column::PostId.eq(post_id))
        .exec(rows)
        .await
        .map(drop)?)
}
