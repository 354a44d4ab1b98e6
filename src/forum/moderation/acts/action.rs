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
use crate::forum::Forum;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::policy::May;
use crate::forum::moderation::standing::Facts;
use crate::forum::moderation::standing::Standing;
use crate::store::tx::Tx;

/// What kind of target an act is taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Posts,
    Threads,
    People,
    /// A post or a thread, whichever was reported or decided on.
    PostsOrThreads,
}

impl On {
    /// The subject with this id, where only ids are stored. `PostsOrThreads` yields a post.
    pub fn subject(self, id: Uuid) -> Subject {
        match self {
            On::Posts | On::PostsOrThreads => Subject::Post(id),
            On::Threads => Subject::Thread(id),
            On::People => Subject::Person(id),
        }
    }

    /// Whether the act can be taken on this subject.
    pub fn has(self, subject: Subject) -> bool {
        match (self, subject) {
            (On::Posts | On::PostsOrThreads, Subject::Post(_))
            | (On::Threads | On::PostsOrThreads, Subject::Thread(_))
            | (On::People, Subject::Person(_)) => true,
            (On::Posts, Subject::Thread(_) | Subject::Person(_))
            | (On::Threads, Subject::Post(_) | Subject::Person(_))
            | (On::People, Subject::Post(_) | Subject::Thread(_))
            | (On::PostsOrThreads, Subject::Person(_)) => false,
        }
    }
}

/// The fixed properties of an act.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// The name under which rows, the ledger and the API know it.
    pub act: Act,
    pub on: On,
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
pub struct Kept {
    /// Until when it applies; `None` if permanent.
    pub until: Option<Moment>,
    /// The text that it gives to a post.
    pub body: Option<String>,
    /// The thread into which it moves posts.
    pub into: Option<Uuid>,
}

/// An act of moderation with its input. Deciding, confirming and undoing all go through these steps, in this order.
#[async_trait]
pub trait Action: std::fmt::Debug + Send + Sync {
    fn definition(&self) -> Definition;

    /// Refuses a subject that is already in the resulting state, or cannot get into it from its current one.
    fn refuse(&self, now: Moment, on: &Concerned<'_>) -> May;

    /// Reads the part of a subject's state that the act changes.
    async fn before(&self, rows: &DatabaseTransaction, found: &Found) -> Result<Standing>;

    /// The state in which the decision with this id leaves a subject. Not called when a decision is undone: its
    /// subjects then return to their former states.
    async fn after(
        &self,
        tx: &Tx,
        decision: Uuid,
        found: &Found,
        before: &Standing,
    ) -> Result<Standing>;

    /// Writes the wanted state to the subject's rows. Returns what happened.
    async fn put(
        &self,
        tx: &Tx,
        decision: &decision::Model,
        found: &Found,
        wanted: &Standing,
    ) -> Result<Vec<Event>>;

    /// The act that undoes it, depending on the state of its first subject before.
    fn inverse(&self, _before: &Facts) -> Option<Act> {
        self.definition().inverse
    }

    /// Whether it is taken only to undo another act, or to answer an appeal.
    fn only_answers(&self) -> bool {
        false
    }

    /// Whether the act on this subject requires a second person.
    fn takes_two(&self, _on: &Concerned<'_>) -> bool {
        false
    }

    /// Whether it is taken on only one subject at a time.
    fn is_of_one(&self) -> bool {
        false
    }

    /// Whether it ends a text's wait for approval.
    fn ends_review(&self) -> bool {
        false
    }

    /// Whether it changes anything that readers see.
    fn is_seen(&self) -> bool {
        true
    }

    /// Whether it can change which post is the latest of a thread.
    fn changes_activity(&self) -> bool {
        self.definition().on == On::Posts
    }

    /// Locks what the act changes besides its subjects. Called before the subjects are locked.
    async fn lock(&self, _tx: &Tx, _subjects: &[Subject], _threads: &[Uuid]) -> Result<()> {
        Ok(())
    }

    /// Checks the input against limits and the vocabulary.
    async fn check(&mut self, _forum: &Forum, _tx: &Tx) -> Result<()> {
        Ok(())
    }

    /// Prepares what all subjects share, such as the thread into which posts are moved.
    async fn prepare(&mut self, _tx: &Tx, _actor: &Actor, _found: &[Found]) -> Result<()> {
        Ok(())
    }

    /// The part of the input that the row stores.
    fn kept(&self) -> Kept {
        Kept::default()
    }

    /// Restores the input of an act that requires a second person from the row of its proposal.
    fn recall(&mut self, _kept: Kept) {}

    /// The authors of what a change to the wanted state would show to the public although it was written for members;
    /// `None` if the change would show nothing more.
    async fn newly_public(
        &self,
        _rows: &DatabaseTransaction,
        _found: &Found,
        _wanted: &Facts,
    ) -> Result<Option<HashSet<Uuid>>> {
        Ok(None)
    }

    /// A commitment to the text that it erases, for the ledger.
    async fn erased(&self, _tx: &Tx, _found: &Found) -> Result<Option<String>> {
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
    fn scrubs(&self) -> Option<&'static str> {
        None
    }

    /// Refuses to undo a decision with this act, because of what has happened to a subject since.
    fn refuse_undoing(&self, _on: &Concerned<'_>) -> May {
        Ok(())
    }

    /// For an act that undoes: why its subjects cannot currently return to their former state.
    async fn obstacle(
        &self,
        _rows: &DatabaseTransaction,
        _found: &[Found],
    ) -> Result<Option<Refusal>> {
        Ok(None)
    }
}
