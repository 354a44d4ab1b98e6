//! Taking a decision: the act, its entry in the ledger, the cases that it resolves and the notices to those concerned, in
//! one change.

use std::collections::HashMap;
use std::collections::HashSet;
use std::time::Duration;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Restriction;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::language::Language;
use crate::base::limit;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::cases::case;
use crate::forum::discussion::activity;
use crate::forum::discussion::tag::Tags;
use crate::forum::discussion::text;
use crate::forum::discussion::thread;
use crate::forum::moderation::appeal;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::On;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::found;
use crate::forum::moderation::found::Around;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::ledger;
use crate::forum::moderation::moving;
use crate::forum::moderation::notice;
use crate::forum::moderation::policy;
use crate::forum::moderation::propose;
use crate::forum::moderation::queue;
use crate::forum::moderation::report;
use crate::forum::moderation::standing;
use crate::forum::moderation::standing::Standing;
use crate::forum::moderation::widening;
use crate::store::tx::Tx;

const HOUR: Duration = Duration::from_secs(3_600);

/// The tables in which a text or words about it may have stood.
const ERASED_FROM: &str = "post, post_revision, decision, proposal, report, case_note";

/// A decision to be taken.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Made by the client: sent twice, it answers twice with the same decision.
    pub key: Uuid,
    pub act: Act,
    /// Posts, threads or people, as the act has them.
    pub targets: Vec<Uuid>,
    pub why: Why,
    pub with: With,
    /// A case that it resolves besides those about its targets.
    pub case_id: Option<Uuid>,
}

/// Why a decision is taken.
#[derive(Clone, Debug)]
pub struct Why {
    pub reason: Reason,
    pub explanation: String,
    pub language: Language,
    /// Keep the explanation from the public, because it would tell what was hidden.
    pub withhold: bool,
}

/// What else an act needs to be told.
#[derive(Clone, Debug, Default)]
pub struct With {
    /// Until when it holds: when pinning (for good if left out), muting and suspending.
    pub until: Option<Moment>,
    /// The new text, when editing.
    pub body: Option<String>,
    /// Seconds between two replies, when slowing.
    pub seconds: Option<i32>,
    /// When changing a thread; what is left out stays.
    pub title: Option<String>,
    pub kind: Option<thread::Kind>,
    pub visibility: Option<thread::Visibility>,
    pub tags: Option<Tags>,
    /// The thread into which others are merged.
    pub into: Option<Uuid>,
    /// Where the posts go, once that is known.
    pub plan: moving::Plan,
}

/// Takes a decision. Refused: what the policy refuses, of any of the targets; no target or too many; a target that the
/// actor does not see; a reason that the act does not have; an explanation that is empty or too long; what the act needs and was not told; a case that somebody
/// else holds; too many decisions in an hour. All targets or none.
pub async fn decide(forum: &Forum, actor: &Actor, wanted: Wanted) -> Result<decision::Model> {
    let wanted = check(forum, wanted)?;
    let tx = forum.store.begin_alone(actor).await?;
    let moderator = office_holder(actor, &tx)?;
    if let Some(earlier) = with_key(tx.rows(), moderator, wanted.key).await? {
        return resent(tx.rows(), earlier, wanted.act, None, &wanted.targets).await;
    }
    if wanted.act.only_undoes() || wanted.act == Act::UpholdDecision {
        return Err(Error::invalid("act", Fault::Unknown));
    }
    fits(wanted.act.reasons(), wanted.why.reason)?;
    slow_down(forum, &tx, moderator).await?;
    let others: Vec<Uuid> = wanted.with.into.into_iter().collect();
    moving::lock(&tx, wanted.act, &wanted.targets, &others).await?;
    let found = found::find_all(&tx, wanted.act.on(), &wanted.targets).await?;
    let around = Around::of(tx.rows(), moderator, &found).await?;
    let mut office = Office::Moderator;
    for each in &found {
        let on = around.concerned(each);
        let may = policy::act(actor, tx.now(), wanted.act, &on);
        office = overtaken(tx.rows(), each.id(), may).await?;
    }
    let mut with = settle(forum, &tx, wanted.act, wanted.with).await?;
    moving::plan(&tx, actor, wanted.act, &found, &mut with).await?;
    let new = New {
        key: wanted.key,
        act: wanted.act,
        office,
        moderator,
        second: None,
        why: wanted.why,
        with,
        case_id: wanted.case_id,
        undone: None,
        upheld: None,
        told: Vec::new(),
        proposal: None,
    };
    carry_out(forum, tx, new, found).await
}

/// Refuses a reason that is none of those that an act can have.
pub(crate) fn fits(reasons: &[Reason], reason: Reason) -> Result<()> {
    match reasons.contains(&reason) {
        true => Ok(()),
        false => Err(Error::invalid("reason", Fault::Unknown)),
    }
}

/// Looks at the input before anything is read.
pub(crate) fn check(forum: &Forum, mut wanted: Wanted) -> Result<Wanted> {
    let most = forum.limits.explanation_length;
    wanted.why.explanation = limit::text("explanation", &wanted.why.explanation, most)?;
    let mut seen = HashSet::new();
    wanted.targets.retain(|target| seen.insert(*target));
    if wanted.targets.is_empty() {
        return Err(Error::invalid("targetIds", Fault::Empty));
    }
    let most = usize::from(forum.limits.decision_targets);
    if wanted.targets.len() > most {
        return Err(Error::invalid("targetIds", Fault::TooMany { most }));
    }
    let retitles = wanted.act == Act::ChangeThread && wanted.with.title.is_some();
    let of_one = wanted.act == Act::EditPost || retitles;
    if of_one && wanted.targets.len() > 1 {
        return Err(Error::invalid("targetIds", Fault::TooMany { most: 1 }));
    }
    Ok(wanted)
}

/// Looks at what else the act needs; what it does not need is passed over.
pub(crate) async fn settle(forum: &Forum, tx: &Tx, act: Act, with: With) -> Result<With> {
    let mut settled = With::default();
    match act {
        Act::PinThread => settled.until = with.until,
        Act::MutePerson | Act::SuspendPerson => {
            let until = with
                .until
                .ok_or_else(|| Error::invalid("until", Fault::Empty))?;
            settled.until = Some(until);
        }
        Act::EditPost => {
            let body = with.body.unwrap_or_default();
            let rendered =
                limit::markdown("body", body, forum.limits.body_length, tx.actor()).await?;
            settled.body = Some(rendered.body);
        }
        Act::SlowThread => {
            let seconds = with
                .seconds
                .ok_or_else(|| Error::invalid("seconds", Fault::Empty))?;
            settled.seconds = Some(limit::pause("seconds", seconds)?);
        }
        Act::MergeThreads => settled.into = with.into,
        Act::SplitPosts => {
            let title = with.title.unwrap_or_default();
            let most = forum.limits.title_length;
            settled.title = Some(limit::line("change.title", &title, most)?);
            settled.kind = with.kind;
            if let Some(tags) = with.tags {
                settled.tags = Some(tagged(forum, tx, tags).await?);
            }
        }
        Act::ChangeThread => {
            let most = forum.limits.title_length;
            let title = with
                .title
                .map(|title| limit::line("change.title", &title, most));
            settled.title = title.transpose()?;
            (settled.kind, settled.visibility) = (with.kind, with.visibility);
            if let Some(tags) = with.tags {
                settled.tags = Some(tagged(forum, tx, tags).await?);
            }
            if (&settled.title, settled.kind, settled.visibility) == (&None, None, None)
                && settled.tags.is_none()
            {
                return Err(Error::invalid("change.title", Fault::Empty));
            }
        }
        _ => {}
    }
    if let Some(until) = settled.until {
        limit::end("until", until, tx.now())?;
    }
    Ok(settled)
}

async fn tagged(forum: &Forum, tx: &Tx, tags: Tags) -> Result<Tags> {
    let parsed = tags.parse(tx.rows(), forum.limits.tags_per_facet).await;
    parsed.map_err(|error| error.within("change.tags"))?;
    Ok(tags)
}

/// Says, with a refusal because somebody has decided already, by which decision.
pub(crate) async fn overtaken(
    rows: &DatabaseTransaction,
    subject: Uuid,
    may: std::result::Result<Office, Refusal>,
) -> Result<Office> {
    match may {
        Ok(office) => Ok(office),
        Err(Refusal::AlreadyDecided) => match decision::latest_on(rows, subject).await? {
            Some(first) => Err(Error::Overtaken { decision: first.id }),
            None => Err(Error::Denied(Refusal::AlreadyDecided)),
        },
        Err(refusal) => Err(Error::Denied(refusal)),
    }
}

/// What [`carry_out`] writes.
pub(crate) struct New {
    pub key: Uuid,
    pub act: Act,
    pub office: Office,
    pub moderator: Uuid,
    /// Who confirmed it, and in which office.
    pub second: Option<(Uuid, Office)>,
    pub why: Why,
    pub with: With,
    pub case_id: Option<Uuid>,
    /// The decision that it undoes, and how its targets stood before that.
    pub undone: Option<(Uuid, Vec<Standing>)>,
    /// The decision that it leaves as it is, after an appeal.
    pub upheld: Option<Uuid>,
    /// Who is told besides those concerned.
    pub told: Vec<Uuid>,
    /// The proposal that it carries out.
    pub proposal: Option<propose::Model>,
}

/// Writes the decision, what it changes, its entry in the ledger, the cases that it resolves and its notices, and commits.
pub(crate) async fn carry_out(
    forum: &Forum,
    tx: Tx,
    new: New,
    found: Vec<Found>,
) -> Result<decision::Model> {
    let (position, previous) = ledger::end(tx.rows()).await?;
    let undoes_id = new.undone.as_ref().map(|(undone, _)| *undone);
    let decision = decision::Model {
        id: id::new(),
        position,
        act: new.act,
        moderator_id: new.moderator,
        office: new.office,
        reason: new.why.reason,
        language: new.why.language,
        explanation: new.why.explanation.clone(),
        salt: secret::token()?,
        is_withheld: new.why.withhold,
        undoes_id,
        created_at: tx.now(),
        key: new.key,
        second_id: new.second.map(|(second, _)| second),
        until_at: new.with.until,
        body: new.with.body.clone(),
        into_id: new.with.into,
    };
    decision::Entity::insert(decision.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    let subjects: Vec<Uuid> = found.iter().map(Found::id).collect();
    let concerned = found.iter().map(Found::concerns);
    let mut concerned: HashSet<Uuid> = concerned.chain(new.told.iter().copied()).collect();
    let (mut targets, mut events) = (Vec::new(), Vec::new());
    let mut erased = HashMap::new();
    for (at, each) in found.into_iter().enumerate() {
        let before = standing::of(tx.rows(), new.act, &each).await?;
        let after = match &new.undone {
            Some((_, former)) => former.get(at).cloned().unwrap_or_default(),
            None => intended(&tx, &decision, &new.with, &before, each.id()).await?,
        };
        if let Some(writers) = widening::of(tx.rows(), new.act, &each, &after.facts).await? {
            policy::publish(new.office).map_err(Error::Denied)?;
            concerned.extend(
                writers
                    .into_iter()
                    .filter(|writer| *writer != new.moderator),
            );
        }
        if new.act == Act::ErasePost {
            erased.insert(each.id(), commit_to_text(&tx, &each).await?);
        }
        let (thread_id, post_id, person_id) = each.place();
        let row = target::Model {
            decision_id: decision.id,
            place: i32::try_from(at + 1).unwrap_or(i32::MAX),
            thread_id,
            post_id,
            person_id,
            before_id: before.by,
            after_id: after.by,
            before_facts: before.facts.write()?,
            after_facts: after.facts.write()?,
        };
        target::Entity::insert(row.clone().into_active_model())
            .exec_without_returning(tx.rows())
            .await?;
        targets.push(row);
        events.extend(standing::put(&tx, new.act, &decision, each, &after).await?);
    }
    events.extend(moving::finish(&tx, &decision, &targets).await?);
    if decision.act.on() == On::Posts || decision.act.moves() {
        activity::reckon(&tx, &moving::threads(&targets)?).await?;
    }
    let second = new.second.map(|(_, office)| office);
    let sealed = ledger::Sealing {
        decision: &decision,
        second,
        targets: &targets,
        erased: &erased,
        upheld: new.upheld,
    };
    ledger::append_decision(forum, &tx, sealed, &previous).await?;
    notice::give(&tx, decision.id, notice::About::Decision, &concerned).await?;
    events.extend(settle_cases(&tx, &new, &decision, &subjects, &concerned).await?);
    if let (Some(proposal), Some((second, _))) = (new.proposal, new.second) {
        let confirmed = propose::State::Confirmed;
        let settled = propose::settle(&tx, proposal, confirmed, second, Some(decision.id)).await?;
        events.push(Event::ProposalSettled {
            proposal: settled.id,
        });
    }
    if events.is_empty() {
        events.push(Event::DecisionUpheld {
            decision: decision.id,
        });
    }
    tx.commit_all(&events).await?;
    if decision.act == Act::ErasePost {
        forum.store.scrub(ERASED_FROM).await;
    }
    Ok(decision)
}

/// How the act leaves a target that stood so before.
async fn intended(
    tx: &Tx,
    decision: &decision::Model,
    with: &With,
    before: &Standing,
    target: Uuid,
) -> Result<Standing> {
    let mut after = before.clone();
    let facts = &mut after.facts;
    let held = match decision.act {
        Act::HidePost
        | Act::LockThread
        | Act::ArchiveThread
        | Act::ErasePost
        | Act::ReviewThread
        | Act::ReviewPerson => true,
        Act::RestorePost
        | Act::UnlockThread
        | Act::UnarchiveThread
        | Act::TrustThread
        | Act::TrustPerson => false,
        Act::ApprovePost => {
            facts.review = None;
            true
        }
        Act::RejectPost => {
            facts.review = Some(thread::Review::Rejected.name().to_string());
            true
        }
        Act::SplitPosts => {
            facts.place = with.plan.places.get(&target).copied();
            false
        }
        Act::MergeThreads => {
            facts.merged_into = with.into;
            facts.moved = with.plan.moved.get(&target).cloned().unwrap_or_default();
            true
        }
        Act::PinThread => {
            facts.until = with.until.map(|until| until.0);
            true
        }
        Act::UnpinThread => {
            facts.until = None;
            false
        }
        Act::EditPost => {
            let next = before.facts.revision.unwrap_or(0) + 1;
            facts.revision = Some(next);
            facts.shown_from = Some(next);
            facts.edited_at = Some(tx.now().0);
            true
        }
        Act::ChangeThread => {
            let change = with.clone();
            facts.title = change.title.or(facts.title.take());
            let kind = change.kind.map(|kind| kind.name().to_string());
            facts.kind = kind.or(facts.kind.take());
            let visibility = change.visibility.map(|each| each.name().to_string());
            facts.visibility = visibility.or(facts.visibility.take());
            if let Some(tags) = change.tags {
                let mut concepts = tags.parse(tx.rows(), usize::MAX).await?;
                concepts.sort();
                concepts.dedup();
                facts.concepts = Some(concepts);
            }
            true
        }
        Act::SlowThread => {
            facts.seconds = with.seconds.filter(|seconds| *seconds > 0);
            facts.seconds.is_some()
        }
        Act::MutePerson | Act::SuspendPerson => {
            let restriction = match decision.act {
                Act::MutePerson => Restriction::Muted,
                _ => Restriction::Suspended,
            };
            facts.restriction = Some(restriction.name().to_string());
            facts.until = with.until.map(|until| until.0);
            true
        }
        Act::ReinstatePerson => {
            facts.restriction = None;
            facts.until = None;
            false
        }
        Act::WarnPerson
        | Act::WithdrawWarning
        | Act::DismissReports
        | Act::ReopenReports
        | Act::JoinPosts
        | Act::PartThreads
        | Act::HoldPost
        | Act::UpholdDecision => return Ok(after),
    };
    after.by = held.then_some(decision.id);
    Ok(after)
}

/// Stands for the text that is erased; its salt is kept nowhere, so that nobody can ever find the text by guessing.
async fn commit_to_text(tx: &Tx, found: &Found) -> Result<String> {
    let Found::Post { post, .. } = found else {
        return Ok(String::new());
    };
    let text = text::to_change(tx.rows(), post.id, post.revision).await?;
    let body = text.map(text::Revision::into_body);
    Ok(ledger::commitment(
        &secret::token()?,
        post.language.code(),
        &body.unwrap_or_default(),
    ))
}

/// Resolves the cases that the decision is about, or opens again what an undone one had resolved; tells the reporters.
async fn settle_cases(
    tx: &Tx,
    new: &New,
    decision: &decision::Model,
    subjects: &[Uuid],
    concerned: &HashSet<Uuid>,
) -> Result<Vec<Event>> {
    let mut changed = Vec::new();
    if let Some((undone, _)) = &new.undone {
        changed.extend(case::reopen(tx, *undone).await?);
        changed
            .extend(appeal::settle(tx, *undone, appeal::Outcome::Overturned, decision.id).await?);
    } else if let Some(upheld) = new.upheld {
        changed.extend(appeal::settle(tx, upheld, appeal::Outcome::Upheld, decision.id).await?);
    } else {
        let mut cases = case::waiting(tx.rows(), case::Kind::Report, subjects).await?;
        if decision.act.ends_review() {
            cases.extend(case::waiting(tx.rows(), case::Kind::Approval, subjects).await?);
        }
        if let Some(id) = new.case_id
            && !cases.iter().any(|case| case.id == id)
        {
            let named = queue::find_to_change(tx, id).await?;
            if let (case::State::Resolved, Some(decision)) = (named.state, named.decision_id) {
                return Err(Error::Overtaken { decision });
            }
            // The others are resolved by what they ask for alone.
            if named.kind != case::Kind::Report {
                return Err(Error::invalid("caseId", Fault::Unknown));
            }
            cases.push(named);
        }
        let mut reporters = HashSet::new();
        for case in cases {
            // Who works on a case and proposes has it resolved by whoever confirms.
            if case.holder_id != Some(new.moderator) {
                policy::hold(tx.actor(), case.holder_id).map_err(Error::Denied)?;
            }
            let reports = report::of_case(tx.rows(), case.id).await?;
            reporters.extend(reports.iter().map(|report| report.reporter_id));
            changed.push(case.id);
            case::resolve(tx, case, Some(decision.id)).await?;
        }
        // Each is told once of one decision, whatever it is on.
        let others = reporters.difference(concerned).copied().collect();
        notice::give(tx, decision.id, notice::About::Report, &others).await?;
    }
    let changed = changed.into_iter();
    Ok(changed.map(|case| Event::CaseChanged { case }).collect())
}

/// Who decides, if the actor holds an office at all.
pub(crate) fn office_holder(actor: &Actor, tx: &Tx) -> Result<Uuid> {
    policy::office(actor, tx.now()).map_err(Error::Denied)?;
    actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))
}

pub(crate) async fn slow_down(forum: &Forum, tx: &Tx, moderator: Uuid) -> Result<()> {
    let count = decision::Entity::find()
        .filter(decision::Column::ModeratorId.eq(moderator))
        .filter(decision::Column::CreatedAt.gt(tx.now().minus(HOUR)))
        .count(tx.rows())
        .await?;
    if count < u64::from(forum.limits.decisions_per_hour) {
        return Ok(());
    }
    Err(Error::TooMany {
        retry_at: tx.now().plus(HOUR),
    })
}

/// The decision that was taken with this key before.
pub(crate) async fn with_key(
    rows: &DatabaseTransaction,
    moderator: Uuid,
    key: Uuid,
) -> Result<Option<decision::Model>> {
    Ok(decision::Entity::find()
        .filter(decision::Column::ModeratorId.eq(moderator))
        .filter(decision::Column::Key.eq(key))
        .one(rows)
        .await?)
}

/// The earlier decision, if the resend asks for the same.
pub(crate) async fn resent(
    rows: &DatabaseTransaction,
    earlier: decision::Model,
    act: Act,
    undoes: Option<Uuid>,
    targets: &[Uuid],
) -> Result<decision::Model> {
    let rows = decision::targets(rows, &[earlier.id]).await?;
    let rows = rows.get(&earlier.id).into_iter().flatten();
    let before: Vec<Uuid> = rows.map(target::Model::subject).collect();
    if earlier.act == act && earlier.undoes_id == undoes && before == targets {
        Ok(earlier)
    } else {
        Err(Error::invalid("key", Fault::KeyReused))
    }
}

/// What an act is taken on, as a decision's row of targets has it.
pub(crate) fn on_of(act: Act, target: &target::Model) -> On {
    match (target.person_id, target.post_id) {
        (Some(_), _) => On::People,
        (None, Some(_)) => On::Posts,
        (None, None) if act.on() == On::PostsOrThreads => On::Threads,
        (None, None) => act.on(),
    }
}
