//! Notices: inform a person of a decision on something that they wrote.

use std::collections::HashSet;

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::Forum;
use crate::forum::accounts::policy::signed_in;
use crate::store::columns::text_enum;
use crate::store::keyset::Keyset;
use crate::store::tx::Tx;

text_enum!(
    /// Why a person gets a notice.
    About {
        /// A decision was taken on something of theirs.
        Decision = "decision",
        /// A decision was taken on something that they reported.
        Report = "report",
    }
);

/// A notice's row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: PersonId,
    pub decision_id: Uuid,
    pub created_at: Moment,
    pub read_at: Option<Moment>,
    pub about: About,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Creates notices of a decision for these people, within its transaction.
pub(crate) async fn create(
    tx: &Tx,
    decision_id: Uuid,
    about: About,
    people: &HashSet<PersonId>,
) -> Result<()> {
    for person_id in people.iter().copied() {
        let row = Model {
            id: id::new(),
            person_id,
            decision_id,
            created_at: tx.now(),
            read_at: None,
            about,
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(tx.rows())
            .await?;
    }
    Ok(())
}

fn own(actor: &Actor) -> sea_orm::Select<Entity> {
    // A visitor has no notices: the nil id matches none.
    Entity::find().filter(Column::PersonId.eq(actor.person_id().unwrap_or_default()))
}

/// Lists the actor's own notices, newest first.
pub async fn list(
    rows: &DatabaseTransaction,
    actor: &Actor,
    window: &Window,
) -> Result<Page<Model>> {
    let keyset = Keyset {
        first: Column::CreatedAt,
        second: Column::Id,
        descending: true,
    };
    let key = |row: &Model| (row.created_at, row.id);
    keyset.page(rows, own(actor), window, key).await
}

/// The people who got a notice of a decision because it concerns them.
pub(crate) async fn concerned_people(
    rows: &DatabaseTransaction,
    decision_id: Uuid,
) -> Result<Vec<PersonId>> {
    let found = Entity::find()
        .filter(Column::DecisionId.eq(decision_id))
        .filter(Column::About.eq(About::Decision))
        .all(rows)
        .await?;
    Ok(found.into_iter().map(|row| row.person_id).collect())
}

/// Counts the actor's own unread notices.
pub async fn unread(rows: &DatabaseTransaction, actor: &Actor) -> Result<u64> {
    if actor.person_id().is_none() {
        return Ok(0);
    }
    Ok(own(actor)
        .filter(Column::ReadAt.is_null())
        .count(rows)
        .await?)
}

/// Finds the actor's own notice with this id.
pub async fn find(rows: &DatabaseTransaction, actor: &Actor, id: Uuid) -> Result<Option<Model>> {
    Ok(own(actor).filter(Column::Id.eq(id)).one(rows).await?)
}

/// Whether the actor has got a notice of a decision.
pub async fn exists_for(
    rows: &DatabaseTransaction,
    actor: &Actor,
    decision_id: Uuid,
) -> Result<bool> {
    Ok(own(actor)
        .filter(Column::DecisionId.eq(decision_id))
        .one(rows)
        .await
        .map(|row| row.is_some())?)
}

/// Marks one of the actor's own notices as read; repeating it changes nothing.
pub async fn mark_read(forum: &Forum, actor: &Actor, id: Uuid) -> Result<Model> {
    let tx = forum.store.begin(actor).await?;
    signed_in(actor).map_err(Error::Denied)?;
    let notice = find(tx.rows(), actor, id).await?.ok_or(Error::NotFound)?;
    if notice.read_at.is_some() {
        return Ok(notice);
    }
    let mut change = notice.into_active_model();
    change.read_at = Set(Some(tx.now()));
    let notice = change.update(tx.rows()).await?;
    let event = Event::NoticeRead {
        person: notice.person_id,
        notice: notice.id,
    };
    tx.commit(event).await?;
    Ok(notice)
}
