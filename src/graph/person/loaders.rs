//! Loaders for people.

use std::collections::HashMap;

use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::sources::Source;
use crate::forum::accounts::mandate;
use crate::forum::accounts::naming;
use crate::forum::accounts::person;
use crate::graph::context::ReadView;
use crate::graph::loader::Loader;

/// People by id.
pub struct People;

impl Loader for People {
    type Key = PersonId;
    type Value = person::Model;

    async fn load(view: &ReadView, ids: Vec<PersonId>) -> Result<HashMap<PersonId, person::Model>> {
        let found = person::find_many(view.rows_of([Source::People]).await?, &ids).await?;
        Ok(found.into_iter().map(|each| (each.id, each)).collect())
    }
}

/// The mandates of a person, including those that have ended.
pub struct Mandates;

impl Loader for Mandates {
    type Key = PersonId;
    type Value = Vec<mandate::Model>;

    async fn load(
        view: &ReadView,
        people: Vec<PersonId>,
    ) -> Result<HashMap<PersonId, Vec<mandate::Model>>> {
        let mut by_person: HashMap<PersonId, Vec<mandate::Model>> = HashMap::new();
        for row in mandate::of_people(view.rows_of([Source::People]).await?, &people).await? {
            by_person.entry(row.person_id).or_default().push(row);
        }
        Ok(by_person)
    }
}

/// The former names of a person, latest first.
pub struct FormerNames;

impl Loader for FormerNames {
    type Key = PersonId;
    type Value = Vec<naming::Model>;

    async fn load(
        view: &ReadView,
        people: Vec<PersonId>,
    ) -> Result<HashMap<PersonId, Vec<naming::Model>>> {
        let mut by_person: HashMap<PersonId, Vec<naming::Model>> = HashMap::new();
        for row in naming::of_people(view.rows_of([Source::People]).await?, &people).await? {
            by_person.entry(row.person_id).or_default().push(row);
        }
        Ok(by_person)
    }
}
