//! Names of people: which names are allowed, and which a person had before.

use std::time::Duration;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::letters;
use crate::base::offices;
use crate::forum::Forum;
use crate::forum::accounts::person;
use crate::store::columns::padded;
use crate::store::tx::Tx;

/// A name that a person had before.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "former_name")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: PersonId,
    pub name: String,
    /// The time from which it was no longer theirs.
    pub until_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The period in which changes of a name are counted.
const WINDOW: Duration = Duration::from_secs(30 * 86_400);

/// Refuses a name that readers could take for an office of the forum that the person does not hold, or for the current
/// or former name of another member.
pub(crate) async fn require_allowed_name(
    rows: &DatabaseTransaction,
    name: &str,
    role: Role,
    own: Option<PersonId>,
) -> Result<()> {
    require_no_false_office(name, role)?;
    let looks = letters::comparison_forms(name);
    let others = person::Entity::find()
        .select_only()
        .columns([person::Column::Id, person::Column::Name]);
    let mut named: Vec<(PersonId, String)> = others.into_tuple().all(rows).await?;
    let former = Entity::find()
        .select_only()
        .columns([Column::PersonId, Column::Name]);
    let former: Vec<(PersonId, String)> = former.into_tuple().all(rows).await?;
    named.extend(former);
    let is_taken = named
        .iter()
        .filter(|(id, _)| Some(*id) != own)
        .any(|(_, other)| letters::look_alike(&looks, &letters::comparison_forms(other)));
    match is_taken {
        true => Err(Error::invalid("name", Fault::NameOfMember)),
        false => Ok(()),
    }
}

/// Refuses a name that readers could take for an office of the forum that a person in this role does not hold.
pub(crate) fn require_no_false_office(name: &str, role: Role) -> Result<()> {
    match offices::impersonates_office(name, role) {
        true => Err(Error::invalid("name", Fault::NameOfOffice)),
        false => Ok(()),
    }
}

/// Gives a person the name that they choose, within a change.
///
/// # Errors
/// INVALID for the name of an office or of another member; TOO_MANY after so many changes in 30 days.
pub(crate) async fn rename(
    forum: &Forum,
    tx: &Tx,
    person: &person::Model,
    change: &mut person::ActiveModel,
    name: String,
) -> Result<()> {
    let recent = Entity::find()
        .filter(Column::PersonId.eq(person.id))
        .filter(Column::UntilAt.gt(tx.now().minus(WINDOW)))
        .order_by_asc(Column::UntilAt)
        .all(tx.rows())
        .await?;
    let max_changes = usize::try_from(forum.limits.name_changes).unwrap_or(usize::MAX);
    if recent.len() >= max_changes {
        // The change that must become older than the period before one more is allowed.
        let oldest = recent.get(recent.len() - max_changes.max(1));
        return Err(Error::TooMany {
            retry_at: oldest.map_or(tx.now(), |row| row.until_at).plus(WINDOW),
        });
    }
    require_allowed_name(tx.rows(), &name, person.role, Some(person.id)).await?;
    replace(tx, person, change, name).await
}

/// Replaces a person's name, within a change; the former one is kept.
pub(crate) async fn replace(
    tx: &Tx,
    person: &person::Model,
    change: &mut person::ActiveModel,
    name: String,
) -> Result<()> {
    let former = Model {
        id: id::new(),
        person_id: person.id,
        name: person.name.clone(),
        until_at: tx.now(),
    };
    Entity::insert(former.into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    change.name = sea_orm::Set(name);
    change.renamed_at = sea_orm::Set(Some(tx.now()));
    Ok(())
}

/// The former names of these people, latest first. Names are public.
pub async fn of_people(rows: &DatabaseTransaction, people: &[PersonId]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::PersonId.is_in(padded(people)))
        .order_by_desc(Column::UntilAt)
        .order_by_desc(Column::Id)
        .all(rows)
        .await?)
}

/// Finds the former name with this id.
pub async fn find(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(rows).await?)
}

/// Which of these former names, given latest first, was the person's at a given time; `None` if it was the current one.
pub fn at(former: &[Model], moment: Moment) -> Option<&Model> {
    former
        .iter()
        .take_while(|each| moment < each.until_at)
        .last()
}
