//! The delegations that a forum starts with.

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QuerySelect;
use sea_orm::Set;
use serde::Deserialize;

use crate::base::actor::DelegationKind;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::language::Language;
use crate::forum::accounts::delegation;

/// The delegation of the people who run the forum.
pub const SECRETARIAT: &str = "secretariat";

const MEMBER_STATES: &str = include_str!("data/member-states.json");
const ORGANISATIONS: &str = include_str!("data/organisations.json");

#[derive(Deserialize)]
struct MemberState {
    iso2: String,
    names: HashMap<Language, String>,
}

#[derive(Deserialize)]
struct Organisation {
    id: String,
    acronym: String,
    names: HashMap<Language, String>,
}

/// Adds the delegations that are missing and returns how many were added.
pub async fn load(rows: &DatabaseTransaction) -> Result<u32> {
    let known: HashSet<String> = delegation::Entity::find()
        .select_only()
        .column(delegation::Column::Id)
        .into_tuple()
        .all(rows)
        .await?
        .into_iter()
        .collect();
    let mut delegations = Vec::new();
    let mut names = Vec::new();
    for (model, labels) in all()? {
        if known.contains(&model.id) {
            continue;
        }
        for (language, name) in labels {
            names.push(delegation::name::ActiveModel {
                delegation_id: Set(model.id.clone()),
                language: Set(language),
                name: Set(name),
            });
        }
        delegations.push(delegation::ActiveModel {
            id: Set(model.id),
            kind: Set(model.kind),
            acronym: Set(model.acronym),
        });
    }
    let added = u32::try_from(delegations.len()).map_err(Error::internal)?;
    if added > 0 {
        delegation::Entity::insert_many(delegations)
            .exec_without_returning(rows)
            .await?;
        delegation::name::Entity::insert_many(names)
            .exec_without_returning(rows)
            .await?;
    }
    Ok(added)
}

type Named = (delegation::Model, HashMap<Language, String>);

fn all() -> Result<Vec<Named>> {
    let states: Vec<MemberState> = serde_json::from_str(MEMBER_STATES).map_err(Error::internal)?;
    let organisations: Vec<Organisation> =
        serde_json::from_str(ORGANISATIONS).map_err(Error::internal)?;
    let states = states.into_iter().map(|state| {
        let model = delegation::Model {
            id: state.iso2.to_lowercase(),
            kind: DelegationKind::MemberState,
            acronym: None,
        };
        (model, state.names)
    });
    let organisations = organisations.into_iter().map(|organisation| {
        let model = delegation::Model {
            id: organisation.id,
            kind: DelegationKind::Observer,
            acronym: Some(organisation.acronym),
        };
        (model, organisation.names)
    });
    Ok(states.chain(organisations).chain([secretariat()]).collect())
}

fn secretariat() -> Named {
    let names = [
        (Language::Ar, "الأمانة"),
        (Language::En, "Secretariat"),
        (Language::Es, "Secretaría"),
        (Language::Fr, "Secrétariat"),
        (Language::Ru, "Секретариат"),
        (Language::Zh, "秘书处"),
    ];
    let model = delegation::Model {
        id: SECRETARIAT.to_string(),
        kind: DelegationKind::Secretariat,
        acronym: None,
    };
    let names = names.map(|(language, name)| (language, name.to_string()));
    (model, HashMap::from(names))
}
