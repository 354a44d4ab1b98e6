//! Subjects: what a decision, a proposal, a report or a case is about.

use uuid::Uuid;

use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;

/// A post, a thread or a person, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Post(PostId),
    Thread(ThreadId),
    Person(PersonId),
}

impl Subject {
    /// Its id, which no other subject has.
    pub fn id(self) -> Uuid {
        match self {
            Subject::Post(id) => id.0,
            Subject::Person(id) => id.0,
            Subject::Thread(id) => id.0,
        }
    }
}

/// A subject in a row: three columns, so that each is a foreign key. For a post, the row also holds its thread, by
/// which it is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    pub thread_id: Option<ThreadId>,
    pub post_id: Option<PostId>,
    pub person_id: Option<PersonId>,
}

impl Columns {
    /// A post and the thread that contains it.
    pub fn of_post(post_id: PostId, thread_id: ThreadId) -> Columns {
        Columns {
            thread_id: Some(thread_id),
            post_id: Some(post_id),
            person_id: None,
        }
    }

    /// A new thread.
    pub fn of_thread(thread_id: ThreadId) -> Columns {
        Columns {
            thread_id: Some(thread_id),
            ..Columns::default()
        }
    }

    /// A person.
    pub fn of_person(person_id: PersonId) -> Columns {
        Columns {
            person_id: Some(person_id),
            ..Columns::default()
        }
    }

    /// The subject; `None` for a row that names none.
    pub fn subject(self) -> Option<Subject> {
        match (self.person_id, self.post_id, self.thread_id) {
            (Some(person), _, _) => Some(Subject::Person(person)),
            (None, Some(post), _) => Some(Subject::Post(post)),
            (None, None, Some(thread)) => Some(Subject::Thread(thread)),
            (None, None, None) => None,
        }
    }
}
