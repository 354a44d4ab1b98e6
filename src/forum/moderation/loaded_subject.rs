//! The subjects of a decision with their rows: found for the person who decides, and locked until the transaction ends.

use std::collections::HashMap;

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::forum::accounts::mandate;
use crate::forum::accounts::person;
use crate::forum::cases::subject::Columns;
use crate::forum::cases::subject::Subject;
use crate::forum::discussion::activity;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::store::tx::Tx;

/// A subject with its rows.
#[derive(Clone, Debug)]
pub enum LoadedSubject {
    Post {
        thread: thread::Model,
        post: Box<post::Model>,
    },
    Thread(thread::Model),
    Person {
        person: Box<person::Model>,
        /// Every delegation for which the person has spoken.
        delegations: Vec<String>,
    },
}

impl LoadedSubject {
    /// The kind and id of the subject.
    pub fn subject(&self) -> Subject {
        match self {
            LoadedSubject::Post { post, .. } => Subject::Post(post.id),
            LoadedSubject::Thread(thread) => Subject::Thread(thread.id),
            LoadedSubject::Person { person, .. } => Subject::Person(person.id),
        }
    }

    /// The id of the subject.
    pub fn id(&self) -> Uuid {
        self.subject().id()
    }

    /// The columns that refer to it in other rows.
    pub fn columns(&self) -> Columns {
        match self {
            LoadedSubject::Post { thread, post } => Columns::of_post(post.id, thread.id),
            LoadedSubject::Thread(thread) => Columns::of_thread(thread.id),
            LoadedSubject::Person { person, .. } => Columns::of_person(person.id),
        }
    }

    /// The person who gets a notice of the decision: the author, or the person decided on.
    pub fn affected_person(&self) -> PersonId {
        match self {
            LoadedSubject::Post { post, .. } => post.author_id,
            LoadedSubject::Thread(thread) => thread.author_id,
            LoadedSubject::Person { person, .. } => person.id,
        }
    }

    /// The delegations for which it was written, or for which the person has spoken.
    pub fn delegations(&self) -> Vec<&String> {
        match self {
            LoadedSubject::Post { thread, post } => {
                let of_thread = thread.delegation_id.iter();
                of_thread.chain(&post.delegation_id).collect()
            }
            LoadedSubject::Thread(thread) => thread.delegation_id.iter().collect(),
            LoadedSubject::Person { delegations, .. } => delegations.iter().collect(),
        }
    }

    /// The thread itself, or the thread that contains the post.
    pub fn containing_thread(&self) -> Option<&thread::Model> {
        match self {
            LoadedSubject::Post { thread, .. } | LoadedSubject::Thread(thread) => Some(thread),
            LoadedSubject::Person { .. } => None,
        }
    }

    /// The post; an error for any other subject.
    pub fn post(&self) -> Result<&post::Model> {
        match self {
            LoadedSubject::Post { post, .. } => Ok(post),
            LoadedSubject::Thread(_) | LoadedSubject::Person { .. } => {
                Err(Error::internal("the subject is not a post"))
            }
        }
    }

    /// The thread; an error for any other subject.
    pub fn thread(&self) -> Result<&thread::Model> {
        match self {
            LoadedSubject::Thread(thread) => Ok(thread),
            LoadedSubject::Post { .. } | LoadedSubject::Person { .. } => {
                Err(Error::internal("the subject is not a thread"))
            }
        }
    }

    /// The person; an error for any other subject.
    pub fn person(&self) -> Result<&person::Model> {
        match self {
            LoadedSubject::Person { person, .. } => Ok(person),
            LoadedSubject::Post { .. } | LoadedSubject::Thread(_) => {
                Err(Error::internal("the subject is not a person"))
            }
        }
    }
}

/// Finds the subjects in their current state, in the given order, and locks them until the transaction ends.
pub(crate) async fn find_all(tx: &Tx, subjects: &[Subject]) -> Result<Vec<LoadedSubject>> {
    let posts = subjects.iter().filter_map(|subject| match subject {
        Subject::Post(id) => Some(*id),
        Subject::Thread(_) | Subject::Person(_) => None,
    });
    let posts: Vec<PostId> = posts.collect();
    if !posts.is_empty() {
        let threads = activity::threads_of(tx.rows(), &posts).await?;
        activity::lock_threads(tx, &threads).await?;
    }
    // Always locked in the same order, so that no two transactions wait for each other.
    let mut ordered = subjects.to_vec();
    ordered.sort_by_key(|subject| subject.id());
    let mut found = HashMap::new();
    for subject in ordered {
        found.insert(subject, lock(tx, subject).await?);
    }
    let in_order = subjects.iter().filter_map(|subject| found.remove(subject));
    Ok(in_order.collect())
}

async fn lock(tx: &Tx, subject: Subject) -> Result<LoadedSubject> {
    let (rows, audience) = (tx.rows(), tx.actor().audience());
    match subject {
        Subject::Post(id) => {
            let post = post::find_to_change(rows, audience, id).await?;
            Ok(LoadedSubject::Post {
                thread: thread::find(rows, audience, post.thread_id).await?,
                post: Box::new(post),
            })
        }
        Subject::Thread(id) => thread::find_to_change(rows, audience, id)
            .await
            .map(LoadedSubject::Thread),
        Subject::Person(id) => find_person(rows, id).await,
    }
}

async fn find_person(rows: &DatabaseTransaction, id: PersonId) -> Result<LoadedSubject> {
    let person = person::find(rows, id).await?.ok_or(Error::NotFound)?;
    let mandates = mandate::of_person(rows, id).await?;
    let delegations = mandates.into_iter().map(|mandate| mandate.delegation_id);
    Ok(LoadedSubject::Person {
        person: Box::new(person),
        delegations: delegations.collect(),
    })
}

/// Finds the subjects in their current state without locking them; those that the audience does not see are left out.
pub(crate) async fn find_visible(
    rows: &DatabaseTransaction,
    audience: Audience,
    subjects: &[Subject],
) -> Result<Vec<LoadedSubject>> {
    let mut all = Vec::new();
    for subject in subjects {
        all.extend(find_visible_one(rows, audience, *subject).await?);
    }
    Ok(all)
}

async fn find_visible_one(
    rows: &DatabaseTransaction,
    audience: Audience,
    subject: Subject,
) -> Result<Option<LoadedSubject>> {
    let (post, thread_id) = match subject {
        Subject::Person(id) => return find_person(rows, id).await.map(Some),
        Subject::Thread(id) => (None, id),
        Subject::Post(id) => {
            let Some(post) = post::find_many(rows, audience, &[id]).await?.pop() else {
                return Ok(None);
            };
            let thread_id = post.thread_id;
            (Some(post), thread_id)
        }
    };
    let Some(thread) = thread::find_many(rows, audience, &[thread_id]).await?.pop() else {
        return Ok(None);
    };
    Ok(Some(match post {
        None => LoadedSubject::Thread(thread),
        Some(post) => LoadedSubject::Post {
            thread,
            post: Box::new(post),
        },
    }))
}
