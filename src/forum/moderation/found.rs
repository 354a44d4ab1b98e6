//! What a decision is taken on, as it stands: found for whoever decides, and locked until the change ends.

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::forum::accounts::mandate;
use crate::forum::accounts::person;
use crate::forum::cases::case;
use crate::forum::discussion::activity;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::moderation::decision::On;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::report;
use crate::forum::moderation::scope;
use crate::store::tx::Tx;

/// Something that a decision is taken on.
#[derive(Clone)]
pub(crate) enum Found {
    Post {
        thread: thread::Model,
        post: Box<post::Model>,
    },
    Thread(thread::Model),
    Person {
        person: Box<person::Model>,
        /// Every delegation that the person has spoken for.
        delegations: Vec<String>,
    },
}

impl Found {
    /// Its id.
    pub fn id(&self) -> Uuid {
        match self {
            Found::Post { post, .. } => post.id,
            Found::Thread(thread) => thread.id,
            Found::Person { person, .. } => person.id,
        }
    }

    /// Who is told of the decision: the author, or the person decided on.
    pub fn concerns(&self) -> Uuid {
        match self {
            Found::Post { post, .. } => post.author_id,
            Found::Thread(thread) => thread.author_id,
            Found::Person { person, .. } => person.id,
        }
    }

    /// The thread that it is or lies in.
    pub fn thread(&self) -> Option<&thread::Model> {
        match self {
            Found::Post { thread, .. } | Found::Thread(thread) => Some(thread),
            Found::Person { .. } => None,
        }
    }

    /// Its place in the decision's row of targets: thread, post, person.
    pub fn place(&self) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
        match self {
            Found::Post { thread, post } => (Some(thread.id), Some(post.id), None),
            Found::Thread(thread) => (Some(thread.id), None, None),
            Found::Person { person, .. } => (None, None, Some(person.id)),
        }
    }
}

/// What of the targets depends on who decides.
pub(crate) struct Around {
    within: HashSet<Uuid>,
    reported: HashSet<Uuid>,
    waiting: HashMap<Uuid, case::Waiting>,
}

impl Around {
    /// As it is for this person.
    pub async fn of(
        rows: &DatabaseTransaction,
        moderator: Uuid,
        found: &[Found],
    ) -> Result<Around> {
        let threads: Vec<Uuid> = found
            .iter()
            .filter_map(|each| each.thread().map(|thread| thread.id))
            .collect();
        let mut within = scope::within(rows, moderator, &threads).await?;
        for each in found {
            if let Found::Person {
                person,
                delegations,
            } = each
                && scope::covers(rows, moderator, delegations).await?
            {
                within.insert(person.id);
            }
        }
        let ids: Vec<Uuid> = found.iter().map(Found::id).collect();
        Ok(Around {
            within,
            reported: report::by(rows, moderator, &ids).await?,
            waiting: case::about(rows, moderator, &ids).await?,
        })
    }

    /// The target as the rules look at it.
    pub fn concerned<'a>(&self, found: &'a Found) -> Concerned<'a> {
        let (thread, post, person) = match found {
            Found::Post { thread, post } => (Some(thread), Some(post.as_ref()), None),
            Found::Thread(thread) => (Some(thread), None, None),
            Found::Person {
                person,
                delegations,
            } => (None, None, Some((person.as_ref(), delegations.as_slice()))),
        };
        let id = found.thread().map_or(found.id(), |thread| thread.id);
        Concerned {
            thread,
            post,
            person,
            in_scope: self.within.contains(&id),
            reported_by_actor: self.reported.contains(&found.id()),
            waiting: self.waiting.get(&found.id()).copied().unwrap_or_default(),
        }
    }
}

/// The targets as they stand, in the order asked for, kept from changing until the end.
pub(crate) async fn find_all(tx: &Tx, on: On, targets: &[Uuid]) -> Result<Vec<Found>> {
    if on == On::Posts {
        let threads = activity::around(tx.rows(), targets).await?;
        activity::hold(tx, &threads).await?;
    }
    // Locked in one order, so that nobody waits for somebody who waits for them.
    let mut ordered = targets.to_vec();
    ordered.sort();
    let mut found = HashMap::new();
    for id in ordered {
        found.insert(id, lock(tx, on, id).await?);
    }
    Ok(targets.iter().filter_map(|id| found.remove(id)).collect())
}

async fn lock(tx: &Tx, on: On, id: Uuid) -> Result<Found> {
    let (rows, audience) = (tx.rows(), tx.actor().audience());
    match on {
        On::Posts => {
            let post = post::find_to_change(rows, audience, id).await?;
            Ok(Found::Post {
                thread: thread::find(rows, audience, post.thread_id).await?,
                post: Box::new(post),
            })
        }
        On::Threads => thread::find_to_change(rows, audience, id)
            .await
            .map(Found::Thread),
        On::People => find_person(rows, id).await,
        On::PostsOrThreads => match Box::pin(lock(tx, On::Posts, id)).await {
            Err(Error::NotFound) => Box::pin(lock(tx, On::Threads, id)).await,
            found => found,
        },
    }
}

pub(crate) async fn find_person(rows: &DatabaseTransaction, id: Uuid) -> Result<Found> {
    let person = person::find(rows, id).await?.ok_or(Error::NotFound)?;
    let mandates = mandate::of_person(rows, id).await?;
    Ok(Found::Person {
        person: Box::new(person),
        delegations: mandates
            .into_iter()
            .map(|mandate| mandate.delegation_id)
            .collect(),
    })
}

/// The targets of a decision as they stand, for who only looks; those that the audience does not see are left out.
pub(crate) async fn look_at(
    rows: &DatabaseTransaction,
    audience: Audience,
    targets: &[target::Model],
) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for target in targets {
        if let Some(person) = target.person_id {
            all.push(find_person(rows, person).await?);
            continue;
        }
        // A post may have gone to another thread since.
        let post = match target.post_id {
            None => None,
            Some(id) => {
                let posts = post::find_many(rows, audience, &[id]).await?;
                let Some(post) = posts.into_iter().next() else {
                    continue;
                };
                Some(post)
            }
        };
        let at = post.as_ref().map(|post| post.thread_id);
        let Some(thread_id) = at.or(target.thread_id) else {
            continue;
        };
        let threads = thread::find_many(rows, audience, &[thread_id]).await?;
        let Some(thread) = threads.into_iter().next() else {
            continue;
        };
        all.push(match post {
            None => Found::Thread(thread),
            Some(post) => Found::Post {
                thread,
                post: Box::new(post),
            },
        });
    }
    Ok(all)
}
