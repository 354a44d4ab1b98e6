//! Delegations: member states, observing organisations, and the Secretariat. Names follow the United Nations' usage.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::OnceLock;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use crate::base::actor::DelegationKind;
use crate::base::error::Result;
use crate::base::language::Language;
use crate::base::letters::Findable;
use crate::base::letters::NameSearch;
use crate::base::locale;
use crate::store::kept::Kept;

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

/// All delegations, held in memory for reads. A change reads the rows instead, under its locks.
#[derive(Debug)]
pub struct Delegations {
    delegations: Vec<Arc<Delegation>>,
    /// The place of each delegation among them.
    places: HashMap<String, usize>,
    /// The places in the order of the names in each language, made when somebody first lists them in it.
    sorted: [OnceLock<Vec<usize>>; Language::ALL.len()],
    /// The names of each delegation and its id, prepared when somebody first searches for one.
    names: OnceLock<Vec<Names>>,
}

/// The names by which a delegation is searched.
#[derive(Debug)]
struct Names {
    id: Findable,
    names: Vec<Findable>,
}

impl Kept for Delegations {
    async fn read(rows: &DatabaseTransaction) -> Result<Delegations> {
        let found = Entity::find().order_by_asc(Column::Id).all(rows).await?;
        let names = name::Entity::find().all(rows).await?;
        let delegations: Vec<Arc<Delegation>> =
            join(found, names).into_iter().map(Arc::new).collect();
        let places = delegations.iter().enumerate();
        let places = places.map(|(place, each)| (each.id.clone(), place));
        Ok(Delegations {
            places: places.collect(),
            delegations,
            sorted: Default::default(),
            names: OnceLock::new(),
        })
    }
}

impl Delegations {
    /// Finds the delegation with this id.
    pub fn find(&self, id: &str) -> Option<&Arc<Delegation>> {
        self.places.get(id).map(|place| &self.delegations[*place])
    }

    /// Lists all delegations, or those of one kind whose name contains a text in any language, sorted by their name in
    /// `language`.
    pub fn list(
        &self,
        kind: Option<DelegationKind>,
        search: Option<&str>,
        language: Language,
    ) -> Vec<Arc<Delegation>> {
        let sought = search.map(|search| (NameSearch::new(search), self.names()));
        let is_found = |place: usize| {
            sought.as_ref().is_none_or(|(sought, names)| {
                let of_one = &names[place];
                let mut names = of_one.names.iter();
                sought.is_whole(&of_one.id) || names.any(|name| sought.finds(name))
            })
        };
        let places = self.sorted(language).iter().copied();
        let found = places.filter(|place| {
            kind.is_none_or(|kind| self.delegations[*place].kind == kind) && is_found(*place)
        });
        let found = found.map(|place| Arc::clone(&self.delegations[place]));
        found.collect()
    }

    fn sorted(&self, language: Language) -> &[usize] {
        self.sorted[language as usize].get_or_init(|| {
            let all = self.delegations.iter().enumerate();
            let named = all.map(|(place, each)| (each.name(language), place));
            let mut named: Vec<(&str, usize)> = named.collect();
            locale::sort_by_name(language, &mut named, |(name, _)| name);
            named.into_iter().map(|(_, place)| place).collect()
        })
    }

    fn names(&self) -> &[Names] {
        self.names.get_or_init(|| {
            let names = self.delegations.iter().map(|each| {
                let names = each.names.values().chain(&each.acronym);
                Names {
                    id: Findable::new(&each.id),
                    names: names.map(|name| Findable::new(name)).collect(),
                }
            });
            names.collect()
        })
    }
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
