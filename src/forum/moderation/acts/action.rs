//! The steps and properties that every act of moderation defines.

use std::collections::HashSet;

use async_trait::async_trait;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::forum::Forum;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy::PolicyResult;
use crate::forum::moderation::policy::SubjectContext;
use crate::forum::moderation::subject_state::StateDetails;
use crate::forum::moderation::subject_state::SubjectState;
use crate::store::tx::Tx;

/// What kind of target an act is taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    Posts,
    Threads,
    People,
    /// A post or a thread, whichever was reported or decided on.
    PostsOrThreads,
}

impl SubjectKind {
    /// The subject with this id, where only ids are stored. `PostsOrThreads` yields a post.
    pub fn subject(self, id: Uuid) -> Subject {
        match self {
            SubjectKind::Posts | SubjectKind::PostsOrThreads => Subject::Post(PostId(id)),
            SubjectKind::Threads => Subject::Thread(ThreadId(id)),
            SubjectKind::People => Subject::Person(PersonId(id)),
        }
    }

    /// Whether the act can be taken on this subject.
    pub fn includes(self, subject: Subject) -> bool {
        match (self, subject) {
            (SubjectKind::Posts | SubjectKind::PostsOrThreads, Subject::Post(_))
            | (SubjectKind::Threads | SubjectKind::PostsOrThreads, Subject::Thread(_))
            | (SubjectKind::People, Subject::Person(_)) => true,
            (SubjectKind::Posts, Subject::Thread(_) | Subject::Person(_))
            | (SubjectKind::Threads, Subject::Post(_) | Subject::Person(_))
            | (SubjectKind::People, Subject::Post(_) | Subject::Thread(_))
            | (SubjectKind::PostsOrThreads, Subject::Person(_)) => false,
        }
    }
}

/// The fixed properties of an act.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// The name under which rows, the ledger and the API know it.
    pub act: Act,
    pub subjects: SubjectKind,
    /// The reasons that are allowed when the act is taken. Undoing has [`Reason::OF_UNDOING`], whatever the act.
    pub reasons: &'static [Reason],
    /// The act that undoes it; `None` if it cannot be undone.
    pub inverse: Option<Act>,
    /// The state of its subjects before, in the ledger's words.
    pub was: &'static str,
    /// The state that it puts its subjects into, in the ledger's words.
    pub becomes: &'static str,
}

/// The part of an act's input that its row stores.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredInput {
    /// Until when it applies; `None` if permanent.
    pub until: Option<Moment>,
    /// The text that it gives to a post.
    pub body: Option<String>,
    /// The thread into which it moves posts.
    pub into: Option<ThreadId>,
}

/// An act of moderation with its input. Deciding, confirming and undoing all go through these steps, in this order.
#[async_trait]
pub trait Action: std::fmt::Debug + Send + Sync {
    fn definition(&self) -> Definition;

    /// Refuses a subject that is already in the resulting state, or cannot get into it from its current one.
    fn refuse(&self, now: Moment, on: &SubjectContext<'_>) -> PolicyResult;

    /// Reads the part of a subject's state that the act changes.
    async fn current_state(
        &self,
        rows: &DatabaseTransaction,
        found: &LoadedSubject,
    ) -> Result<SubjectState>;

    /// The state in which the decision with this id leaves a subject. Not called when a decision is undone: its
    /// subjects then return to their former states.
    async fn next_state(
        &self,
        tx: &Tx,
        decision: Uuid,
        found: &LoadedSubject,
        before: &SubjectState,
    ) -> Result<SubjectState>;

    /// Writes the wanted state to the subject's rows. Returns what happened.
    async fn write_state(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &LoadedSubject,
        wanted: &SubjectState,
    ) -> Result<Vec<Event>>;

    /// The act that undoes it, depending on the state of its first subject before.
    fn inverse(&self, _before: &StateDetails) -> Option<Act> {
        self.definition().inverse
    }

    /// Whether it is taken only to undo another act, or to answer an appeal.
    fn is_response_only(&self) -> bool {
        false
    }

    /// Whether the act on this subject requires a second person.
    fn needs_second_person(&self, _on: &SubjectContext<'_>) -> bool {
        false
    }

    /// Whether it is taken on only one subject at a time.
    fn is_single_subject(&self) -> bool {
        false
    }

    /// Whether it ends a text's wait for approval.
    fn ends_review(&self) -> bool {
        false
    }

    /// Whether it changes anything that readers see.
    fn changes_what_is_shown(&self) -> bool {
        true
    }

    /// Whether it can change which post is the latest of a thread.
    fn changes_activity(&self) -> bool {
        self.definition().subjects == SubjectKind::Posts
    }

    /// Whether it resolves the cases that wait for a decision on its subjects.
    fn settles_cases(&self) -> bool {
        true
    }

    /// A person whom it concerns besides the author of its subject.
    fn also_concerned(&self, _found: &LoadedSubject) -> Option<PersonId> {
        None
    }

    /// Locks what the act changes besides its subjects. Called before the subjects are locked.
    async fn lock(&self, _tx: &Tx, _subjects: &[Subject], _threads: &[ThreadId]) -> Result<()> {
        Ok(())
    }

    /// Checks the input against limits and the vocabulary.
    async fn check(&mut self, _forum: &Forum, _tx: &Tx) -> Result<()> {
        Ok(())
    }

    /// Prepares what all subjects share, such as the thread into which posts are moved.
    async fn prepare(&mut self, _tx: &Tx, _actor: &Actor, _found: &[LoadedSubject]) -> Result<()> {
        Ok(())
    }

    /// The part of the input that the row stores.
    fn stored_input(&self) -> StoredInput {
        StoredInput::default()
    }

    /// Restores the input of an act that requires a second person from the row of its proposal.
    fn restore_input(&mut self, _stored: StoredInput) {}

    /// The authors of what a change to the wanted state would show to the public although it was written for members;
    /// `None` if the change would show nothing more.
    async fn newly_public_authors(
        &self,
        _rows: &DatabaseTransaction,
        _found: &LoadedSubject,
        _wanted: &StateDetails,
    ) -> Result<Option<HashSet<PersonId>>> {
        Ok(None)
    }

    /// A commitment to the text that it erases, for the ledger.
    async fn erasure_commitment(&self, _tx: &Tx, _found: &LoadedSubject) -> Result<Option<String>> {
        Ok(None)
    }

    /// Runs after all subjects are in the wanted state. Returns what happened.
    async fn finish(
        &self,
        _tx: &Tx,
        _decision: &decision::Model,
        _targets: &[target::Model],
    ) -> Result<Vec<Event>> {
        Ok(Vec::new())
    }

    /// The tables whose freed pages the database overwrites after an erasure.
    fn tables_to_scrub(&self) -> Option<&'static str> {
        None
    }

    /// Refuses to undo a decision with this act, because of what has happened to a subject since.
    fn refuse_undoing(&self, _on: &SubjectContext<'_>) -> PolicyResult {
        Ok(())
    }

    /// For an act that undoes: why its subjects cannot currently return to their former state.
    async fn obstacle(
        &self,
        _rows: &DatabaseTransaction,
        _found: &[LoadedSubject],
    ) -> Result<Option<Refusal>> {
        Ok(None)
    }
}
