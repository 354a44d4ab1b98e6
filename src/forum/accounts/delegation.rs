//! Delegations: member states, observing organisations, and the Secretariat. Names follow the United Nations' usage.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::entity::prelude::*;

use crate::base::actor::DelegationKind;
use crate::base::error::Result;
use crate::base::language::Language;
use crate::base::letters::NameSearch;
use crate::base::locale;

/// A delegation. Its id is a slug that never changes: `ke`, `unesco`, `secretariat`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delegation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: DelegationKind,
    pub acronym: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub mod name {
    //! A delegation's name in one language.

    use sea_orm::entity::prelude::*;

    use crate::base::language::Language;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "delegation_name")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub delegation_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub language: Language,
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A delegation with its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    pub id: String,
    pub kind: DelegationKind,
    pub acronym: Option<String>,
    names: HashMap<Language, String>,
}

impl Delegation {
    /// The name in that language, or in English.
    pub fn name(&self, language: Language) -> &str {
        self.names
            .get(&language)
            .or_else(|| self.names.get(&Language::En))
            .map_or(&self.id, |name| name)
    }
}

/// Finds the delegations with these ids; unknown ids are left out. Every delegation is public.
pub async fn find_many(rows: &DatabaseTransaction, ids: &[String]) -> Result<Vec<Delegation>> {
    let found = Entity::find()
        .filter(Column::Id.is_in(ids))
        .all(rows)
        .await?;
    let names = name::Entity::find()
        .filter(name::Column::DelegationId.is_in(ids))
        .all(rows)
        .await?;
    Ok(join(found, names))
}

/// Finds the delegation with this id.
pub async fn find(rows: &DatabaseTransaction, id: &str) -> Result<Option<Delegation>> {
    Ok(find_many(rows, &[id.to_string()]).await?.pop())
}

/// Lists all delegations, or those of one kind whose name contains a text in any language, sorted by their name in
/// `language`.
pub async fn list(
    rows: &DatabaseTransaction,
    kind: Option<DelegationKind>,
    search: Option<&str>,
    language: Language,
) -> Result<Vec<Delegation>> {
    let found = Entity::find().all(rows).await?;
    let names = name::Entity::find().all(rows).await?;
    let wanted = search.map(NameSearch::new);
    let mut list: Vec<Delegation> = join(found, names)
        .into_iter()
        .filter(|delegation| kind.is_none_or(|kind| delegation.kind == kind))
        .filter(|delegation| {
            wanted.as_ref().is_none_or(|wanted| {
                wanted.is_whole(&delegation.id)
                    || delegation
                        .names
                        .values()
                        .chain(&delegation.acronym)
                        .any(|name| wanted.is_in(name))
            })
        })
        .collect();
    locale::sort_by_name(language, &mut list, |delegation| delegation.name(language));
    Ok(list)
}

fn join(found: Vec<Model>, names: Vec<name::Model>) -> Vec<Delegation> {
    let mut by_id: HashMap<String, HashMap<Language, String>> = HashMap::new();
    for row in names {
        by_id
            .entry(row.delegation_id)
            .or_default()
            .insert(row.language, row.name);
    }
    found
        .into_iter()
        .map(|row| Delegation {
            names: by_id.remove(&row.id).unwrap_or_default(),
            id: row.id,
            kind: row.kind,
            acronym: row.acronym,
        })
        .collect()
}
