//! Following a thread or a concept. A person who writes in a thread follows it automatically, until they say that they
//! do not.

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::OnConflict;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::forum::Forum;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::vocabulary::concept;
use crate::forum::watching::policy;

/// Maximum number of concepts that one person follows.
pub const MAX_CONCEPTS: usize = 100;

/// A person's explicit choice to follow a thread or not.
pub mod of_thread {
    use sea_orm::entity::prelude::*;

    use crate::base::clock::Moment;
    use crate::base::id::PersonId;
    use crate::base::id::ThreadId;

    /// The row of a choice: `followed` is false if the person does not want to follow the thread.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "thread_follow")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub thread_id: ThreadId,
        pub followed: bool,
        pub since: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The concepts that a person follows.
pub mod of_concept {
    use sea_orm::entity::prelude::*;

    use crate::base::clock::Moment;
    use crate::base::id::PersonId;

    /// Its row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "concept_follow")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub concept_id: String,
        pub since: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Starts or stops following a thread. Refuses visitors, and a thread that the actor does not see.
pub async fn thread(
    forum: &Forum,
    actor: &Actor,
    thread_id: ThreadId,
    follows: bool,
) -> Result<thread::Model> {
    policy::follow(actor).map_err(Error::Denied)?;
    let tx = forum.store.begin(actor).await?;
    let person = person(actor)?;
    let found = thread::find(tx.rows(), actor.audience(), thread_id).await?;
    let before = of_threads(tx.rows(), person, &[thread_id]).await?;
    if before.contains(&thread_id) == follows {
        return Ok(found);
    }
    let row = of_thread::Model {
        person_id: person,
        thread_id,
        followed: follows,
        since: tx.now(),
    };
    of_thread::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([of_thread::Column::PersonId, of_thread::Column::ThreadId])
                .update_columns([of_thread::Column::Followed, of_thread::Column::Since])
                .to_owned(),
        )
        .exec_without_returning(tx.rows())
        .await?;
    let event = Event::ThreadFollowed {
        person,
        followed: thread_id,
        follows,
    };
    tx.commit(event).await?;
    Ok(found)
}

/// Starts or stops following a concept, with everything under it. Refuses visitors; a concept that does not exist; more
/// than [`MAX_CONCEPTS`].
pub async fn concept(forum: &Forum, actor: &Actor, id: &str, follows: bool) -> Result<()> {
    policy::follow(actor).map_err(Error::Denied)?;
    let tx = forum.store.begin_serialized(actor).await?;
    let person = person(actor)?;
    concept::find(tx.rows(), id).await?.ok_or(Error::NotFound)?;
    let before = concepts(tx.rows(), actor).await?;
    if before.iter().any(|each| each == id) == follows {
        return Ok(());
    }
    let row = of_concept::Model {
        person_id: person,
        concept_id: id.to_string(),
        since: tx.now(),
    };
    if !follows {
        of_concept::Entity::delete_by_id((person, id.to_string()))
            .exec(tx.rows())
            .await?;
    } else if before.len() >= MAX_CONCEPTS {
        return Err(Error::invalid(
            "conceptId",
            Fault::TooMany { max: MAX_CONCEPTS },
        ));
    } else {
        of_concept::Entity::insert(row.into_active_model())
            .exec_without_returning(tx.rows())
            .await?;
    }
    let event = Event::ConceptFollowed {
        person,
        concept: id.to_string(),
        follows,
    };
    tx.commit(event).await?;
    Ok(())
}

fn person(actor: &Actor) -> Result<PersonId> {
    actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))
}

/// Those of these threads that a person follows: because they chose to, or because they wrote there and did not choose
/// otherwise.
pub async fn of_threads(
    rows: &DatabaseTransaction,
    person: PersonId,
    threads: &[ThreadId],
) -> Result<HashSet<ThreadId>> {
    let said: HashMap<ThreadId, bool> = of_thread::Entity::find()
        .filter(of_thread::Column::PersonId.eq(person))
        .filter(of_thread::Column::ThreadId.is_in(threads.iter().copied()))
        .all(rows)
        .await?
        .into_iter()
        .map(|row| (row.thread_id, row.followed))
        .collect();
    let wrote: Vec<ThreadId> = post::Entity::find()
        .select_only()
        .column(post::Column::ThreadId)
        .distinct()
        .filter(post::Column::AuthorId.eq(person))
        .filter(post::Column::MovedTo.is_null())
        .filter(post::Column::ThreadId.is_in(threads.iter().copied()))
        .into_tuple()
        .all(rows)
        .await?;
    let wrote: HashSet<ThreadId> = wrote.into_iter().collect();
    let follows = |id: &ThreadId| said.get(id).copied().unwrap_or(wrote.contains(id));
    Ok(threads.iter().copied().filter(follows).collect())
}

/// The concepts that the actor follows, in the order in which they started to; none for visitors.
pub async fn concepts(rows: &DatabaseTransaction, actor: &Actor) -> Result<Vec<String>> {
    let found = of_concept::Entity::find()
        .filter(of_concept::Column::PersonId.eq(actor.person_id().unwrap_or_default()))
        .order_by_asc(of_concept::Column::Since)
        .order_by_asc(of_concept::Column::ConceptId)
        .all(rows)
        .await?;
    Ok(found.into_iter().map(|row| row.concept_id).collect())
}
