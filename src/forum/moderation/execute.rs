//! Executes an act within the current transaction: writes the decision's row, changes its subjects, appends to the
//! ledger, resolves cases and creates notices. The caller commits.

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::cases::case;
use crate::forum::discussion::activity;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::moving;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Justification;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::ledger;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::notice;
use crate::forum::moderation::policy;
use crate::forum::moderation::queue;
use crate::forum::moderation::report;
use crate::forum::moderation::subject_state::SubjectState;
use crate::forum::vocabulary::headings;
use crate::store::tx::Tx;

/// A decision that the rules allow, before its row is written.
pub(crate) struct NewDecision {
    pub key: Uuid,
    pub action: Box<dyn Action>,
    pub cause: Cause,
    pub decider: Decider,
    pub justification: Justification,
    /// People who get a notice although the decision does not concern them.
    pub also_notified: Vec<PersonId>,
}

/// Who decides.
#[derive(Clone, Copy)]
pub(crate) struct Decider {
    pub moderator: PersonId,
    pub office: Office,
    /// The person who confirmed it, and their office.
    pub second: Option<(PersonId, Office)>,
}

/// The reason why a decision is executed.
pub(crate) enum Cause {
    /// It is taken by itself, and resolves the cases about its subjects, and this one.
    Taken { case_id: Option<Uuid> },
    /// It undoes a decision: its subjects return to these former states.
    Undoing {
        undone: Uuid,
        former: Vec<SubjectState>,
    },
    /// It upholds a decision.
    Upholding(Uuid),
}

/// A decision that was executed, to be committed with its events.
pub(crate) struct Executed {
    pub decision: decision::Model,
    pub events: Vec<Event>,
    tables_to_scrub: Option<&'static str>,
}

impl Executed {
    /// Commits the transaction.
    pub async fn commit(mut self, forum: &Forum, tx: Tx) -> Result<decision::Model> {
        if self.events.is_empty() {
            self.events.push(Event::DecisionUpheld {
                decision: self.decision.id,
            });
        }
        tx.commit_all(&self.events).await?;
        if let Some(tables) = self.tables_to_scrub {
            forum.store.scrub(tables).await;
        }
        Ok(self.decision)
    }
}

/// Executes a decision on subjects that were found and locked.
pub(crate) async fn execute(
    forum: &Forum,
    tx: &Tx,
    new: NewDecision,
    found: &[LoadedSubject],
) -> Result<Executed> {
    let (position, previous) = ledger::end(tx.rows()).await?;
    let decision = insert(tx, &new, position).await?;
    let subjects: Vec<Uuid> = found.iter().map(LoadedSubject::id).collect();
    let concerned = found.iter().map(LoadedSubject::affected_person);
    let also = found
        .iter()
        .filter_map(|each| new.action.also_concerned(each));
    let concerned = concerned.chain(also);
    let mut concerned: HashSet<PersonId> =
        concerned.chain(new.also_notified.iter().copied()).collect();
    let (mut targets, mut events) = (Vec::new(), Vec::new());
    let mut erased = HashMap::new();
    for (at, each) in found.iter().enumerate() {
        let changed = change(tx, &new, &decision, at, each).await?;
        erased.extend(changed.target.post_id.zip(changed.erased));
        concerned.extend(changed.concerned);
        targets.push(changed.target);
        events.extend(changed.events);
    }
    events.extend(new.action.finish(tx, &decision, &targets).await?);
    let threads = moving::threads(&targets)?;
    if new.action.changes_activity() {
        activity::recompute(tx, &threads).await?;
    }
    let seal = ledger::DecisionSeal {
        decision: &decision,
        second: new.decider.second.map(|(_, office)| office),
        was: new.action.definition().was,
        becomes: new.action.definition().becomes,
        targets: &targets,
        erased: &erased,
        upheld: match new.cause {
            Cause::Upholding(upheld) => Some(upheld),
            Cause::Taken { .. } | Cause::Undoing { .. } => None,
        },
    };
    ledger::append_decision(forum, tx, seal, &previous).await?;
    notice::create(tx, decision.id, notice::About::Decision, &concerned).await?;
    let cases = settle_cases(tx, &new, decision.id, &subjects, &concerned).await?;
    events.extend(cases.into_iter().map(|case| Event::CaseChanged { case }));
    // Last, since it locks what every new thread waits for.
    headings::keep(tx.rows(), &threads).await?;
    Ok(Executed {
        decision,
        events,
        tables_to_scrub: new.action.tables_to_scrub(),
    })
}

async fn insert(tx: &Tx, new: &NewDecision, position: i64) -> Result<decision::Model> {
    let stored = new.action.stored_input();
    let decision = decision::Model {
        id: id::new(),
        position,
        act: new.action.definition().act,
        moderator_id: new.decider.moderator,
        office: new.decider.office,
        reason: new.justification.reason,
        language: new.justification.language,
        explanation: new.justification.explanation.clone(),
        salt: secret::token()?,
        is_withheld: new.justification.withhold,
        undoes_id: match new.cause {
            Cause::Undoing { undone, .. } => Some(undone),
            Cause::Taken { .. } | Cause::Upholding(_) => None,
        },
        created_at: tx.now(),
        key: new.key,
        second_id: new.decider.second.map(|(second, _)| second),
        until_at: stored.until,
        body: stored.body,
        into_id: stored.into,
    };
    decision::Entity::insert(decision.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    Ok(decision)
}

/// The result for one subject.
struct Changed {
    target: target::Model,
    events: Vec<Event>,
    /// The commitment to the text that was erased.
    erased: Option<String>,
    /// People whom it concerns besides its author.
    concerned: Vec<PersonId>,
}

async fn change(
    tx: &Tx,
    new: &NewDecision,
    decision: &decision::Model,
    at: usize,
    found: &LoadedSubject,
) -> Result<Changed> {
    let action = new.action.as_ref();
    let before = action.current_state(tx.rows(), found).await?;
    let after = match &new.cause {
        Cause::Undoing { former, .. } => former.get(at).cloned().unwrap_or_default(),
        Cause::Taken { .. } | Cause::Upholding(_) => {
            action.next_state(tx, decision.id, found, &before).await?
        }
    };
    let mut concerned = Vec::new();
    if let Some(writers) = action
        .newly_public_authors(tx.rows(), found, &after.details)
        .await?
    {
        policy::publish(new.decider.office).map_err(Error::Denied)?;
        let others = writers.into_iter();
        concerned.extend(others.filter(|writer| *writer != new.decider.moderator));
    }
    let erased = action.erasure_commitment(tx, found).await?;
    let columns = found.columns();
    let target = target::Model {
        decision_id: decision.id,
        place: i32::try_from(at + 1).unwrap_or(i32::MAX),
        thread_id: columns.thread_id,
        post_id: columns.post_id,
        person_id: columns.person_id,
        before_id: before.decision_id,
        after_id: after.decision_id,
        before_facts: before.details.write()?,
        after_facts: after.details.write()?,
    };
    target::Entity::insert(target.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    let events = action.write_state(tx, decision, found, &after).await?;
    Ok(Changed {
        target,
        events,
        erased,
        concerned,
    })
}

/// Resolves the cases that the decision is about, or reopens those that an undone decision had resolved. Returns their
/// ids.
async fn settle_cases(
    tx: &Tx,
    new: &NewDecision,
    decision: Uuid,
    subjects: &[Uuid],
    concerned: &HashSet<PersonId>,
) -> Result<Vec<Uuid>> {
    let case_id = match new.cause {
        Cause::Taken { case_id } => case_id,
        Cause::Undoing { undone, .. } => return case::reopen(tx, undone).await,
        Cause::Upholding(_) => return Ok(Vec::new()),
    };
    let mut cases = match new.action.settles_cases() {
        true => case::find_open(tx.rows(), case::Kind::Report, subjects).await?,
        false => Vec::new(),
    };
    if new.action.ends_review() {
        cases.extend(case::find_open(tx.rows(), case::Kind::Approval, subjects).await?);
    }
    if let Some(id) = case_id
        && !cases.iter().any(|case| case.id == id)
    {
        cases.push(find_report_case(tx, id).await?);
    }
    let (mut resolved, mut reporters) = (Vec::new(), HashSet::new());
    for case in cases {
        // A person who confirms also resolves a case that the proposer works on.
        if case.holder_id != Some(new.decider.moderator) {
            policy::work_on_case(tx.actor(), case.holder_id).map_err(Error::Denied)?;
        }
        let reports = report::of_case(tx.rows(), case.id).await?;
        reporters.extend(reports.iter().map(|report| report.reporter_id));
        resolved.push(case.id);
        case::resolve(tx, case, Some(decision)).await?;
    }
    // Each person gets only one notice of a decision.
    let others = reporters.difference(concerned).copied().collect();
    notice::create(tx, decision, notice::About::Report, &others).await?;
    Ok(resolved)
}

/// An open case of reports that a decision resolves in addition to those about its subjects. Other cases are resolved
/// only by a decision on their own subject.
async fn find_report_case(tx: &Tx, id: Uuid) -> Result<case::Model> {
    let case = queue::find_to_change(tx, id).await?;
    if let (case::State::Resolved, Some(decision)) = (case.state, case.decision_id) {
        return Err(Error::Overtaken { decision });
    }
    match case.kind {
        case::Kind::Report => Ok(case),
        case::Kind::Approval | case::Kind::Appeal => Err(Error::invalid("caseId", Fault::Unknown)),
    }
}
