//! Decisions that take two: one proposes, another confirms or declines.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::language::Language;
use crate::base::limit;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::Forum;
use crate::forum::moderation::decide;
use crate::forum::moderation::decide::New;
use crate::forum::moderation::decide::Wanted;
use crate::forum::moderation::decide::Why;
use crate::forum::moderation::decide::With;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::found;
use crate::forum::moderation::found::Around;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy;
use crate::store::columns::named;
use crate::store::keyset::Keyset;
use crate::store::tx::Tx;

named!(
    /// Where a proposal stands.
    State {
        Open = "open",
        Confirmed = "confirmed",
        Declined = "declined",
    }
);

/// A proposal's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proposal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub act: Act,
    /// The targets' ids, parted by spaces.
    pub targets: String,
    /// What else the act needs, as JSON.
    pub facts: String,
    pub proposer_id: Uuid,
    pub office: Office,
    pub reason: Reason,
    pub language: Language,
    pub explanation: String,
    pub is_withheld: bool,
    pub state: State,
    pub settled_by: Option<Uuid>,
    pub settled_at: Option<Moment>,
    /// The decision that came of it.
    pub decision_id: Option<Uuid>,
    pub created_at: Moment,
    pub key: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proposal({})", self.id)
    }
}

impl Model {
    /// The ids of what would be decided on.
    pub fn target_ids(&self) -> Vec<Uuid> {
        self.targets
            .split(' ')
            .filter_map(|id| Uuid::parse_str(id).ok())
            .collect()
    }

    /// Until when it would hold.
    pub fn until(&self) -> Result<Option<Moment>> {
        Ok(Facts::read(&self.facts)?.until.map(Moment))
    }

    /// The text that it would give to a post.
    pub fn body(&self) -> Result<Option<String>> {
        Ok(Facts::read(&self.facts)?.body)
    }
}

/// What of a [`With`] the acts need that take two.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<Uuid>,
}

impl Facts {
    fn read(text: &str) -> Result<Facts> {
        serde_json::from_str(text).map_err(Error::internal)
    }
}

/// Proposes a decision that takes two. Refused as the decision itself would be; INVALID for one that one person takes alone.
pub async fn propose(forum: &Forum, actor: &Actor, wanted: Wanted) -> Result<Model> {
    let wanted = decide::check(forum, wanted)?;
    let tx = forum.store.begin_alone(actor).await?;
    let proposer = decide::office_holder(actor, &tx)?;
    let targets: Vec<String> = wanted.targets.iter().map(Uuid::to_string).collect();
    let targets = targets.join(" ");
    let earlier = Entity::find()
        .filter(Column::ProposerId.eq(proposer))
        .filter(Column::Key.eq(wanted.key))
        .one(tx.rows())
        .await?;
    if let Some(earlier) = earlier {
        return if earlier.act == wanted.act && earlier.targets == targets {
            Ok(earlier)
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    decide::fits(wanted.act.reasons(), wanted.why.reason)?;
    decide::slow_down(forum, &tx, proposer).await?;
    let found = found::find_all(&tx, wanted.act.on(), &wanted.targets).await?;
    let around = Around::of(tx.rows(), proposer, &found).await?;
    let mut office = Office::Moderator;
    let mut takes_two = false;
    for each in &found {
        let on = around.concerned(each);
        let may = policy::propose(actor, tx.now(), wanted.act, &on);
        office = decide::overtaken(tx.rows(), each.id(), may).await?;
        takes_two |= policy::takes_two(wanted.act, &on);
    }
    if !takes_two {
        return Err(Error::invalid("act", Fault::Unknown));
    }
    let with = decide::settle(forum, &tx, wanted.act, wanted.with).await?;
    let facts = Facts {
        until: with.until.map(|until| until.0),
        body: with.body,
        case: wanted.case_id,
    };
    let proposal = Model {
        id: id::new(),
        act: wanted.act,
        targets,
        facts: serde_json::to_string(&facts).map_err(Error::internal)?,
        proposer_id: proposer,
        office,
        reason: wanted.why.reason,
        language: wanted.why.language,
        explanation: wanted.why.explanation,
        is_withheld: wanted.why.withhold,
        state: State::Open,
        settled_by: None,
        settled_at: None,
        decision_id: None,
        created_at: tx.now(),
        key: wanted.key,
    };
    Entity::insert(proposal.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    let event = Event::DecisionProposed {
        proposal: proposal.id,
    };
    tx.commit(event).await?;
    Ok(proposal)
}

/// Confirms what somebody else proposed: it is decided. Refused: the proposer; whoever could not decide it; what has been
/// settled, or is so already.
pub async fn confirm(forum: &Forum, actor: &Actor, id: Uuid) -> Result<decision::Model> {
    let tx = forum.store.begin_alone(actor).await?;
    let second = decide::office_holder(actor, &tx)?;
    let proposal = find_to_change(&tx, id).await?;
    if let (Some(decision), true) = (proposal.decision_id, proposal.settled_by == Some(second)) {
        let taken = decision::find(tx.rows(), decision).await?;
        return taken.ok_or_else(|| Error::internal("a proposal of nothing"));
    }
    let (found, office) = may(&tx, &proposal, second).await?;
    let facts = Facts::read(&proposal.facts)?;
    let with = With {
        until: facts.until.map(Moment),
        body: facts.body,
        ..With::default()
    };
    if let Some(until) = with.until {
        limit::end("until", until, tx.now())?;
    }
    let new = New {
        key: proposal.key,
        act: proposal.act,
        office: proposal.office,
        moderator: proposal.proposer_id,
        second: Some((second, office)),
        why: Why {
            reason: proposal.reason,
            explanation: proposal.explanation.clone(),
            language: proposal.language,
            withhold: proposal.is_withheld,
        },
        with,
        case_id: facts.case,
        undone: None,
        upheld: None,
        told: Vec::new(),
        proposal: Some(proposal),
    };
    decide::carry_out(forum, tx, new, found).await
}

/// Declines a proposal; its proposer takes it back. Refused as confirming; the reason is told to nobody but those who decide.
pub async fn decline(forum: &Forum, actor: &Actor, id: Uuid) -> Result<Model> {
    let tx = forum.store.begin_alone(actor).await?;
    let person = decide::office_holder(actor, &tx)?;
    let proposal = find_to_change(&tx, id).await?;
    match proposal.state {
        State::Declined => return Ok(proposal),
        State::Confirmed => return Err(settled(&proposal)),
        State::Open => {}
    }
    if proposal.proposer_id != person {
        may(&tx, &proposal, person).await?;
    }
    let declined = settle(&tx, proposal, State::Declined, person, None).await?;
    let event = Event::ProposalSettled {
        proposal: declined.id,
    };
    tx.commit(event).await?;
    Ok(declined)
}

/// Writes what came of a proposal.
pub(crate) async fn settle(
    tx: &Tx,
    proposal: Model,
    state: State,
    by: Uuid,
    decision_id: Option<Uuid>,
) -> Result<Model> {
    let mut change = proposal.into_active_model();
    change.state = Set(state);
    change.settled_by = Set(Some(by));
    change.settled_at = Set(Some(tx.now()));
    change.decision_id = Set(decision_id);
    Ok(change.update(tx.rows()).await?)
}

fn settled(proposal: &Model) -> Error {
    match proposal.decision_id {
        Some(decision) => Error::Overtaken { decision },
        None => Error::Denied(Refusal::AlreadyDecided),
    }
}

async fn find_to_change(tx: &Tx, id: Uuid) -> Result<Model> {
    Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.rows())
        .await?
        .ok_or(Error::NotFound)
}

/// The targets of an open proposal, and in which office somebody may confirm it.
async fn may(tx: &Tx, proposal: &Model, person: Uuid) -> Result<(Vec<Found>, Office)> {
    let found = found::find_all(tx, proposal.act.on(), &proposal.target_ids()).await?;
    let around = Around::of(tx.rows(), person, &found).await?;
    let mut office = Office::Moderator;
    for each in &found {
        let on = around.concerned(each);
        let may = policy::confirm(
            tx.actor(),
            tx.now(),
            proposal.proposer_id,
            proposal.act,
            &on,
        );
        office = decide::overtaken(tx.rows(), each.id(), may).await?;
    }
    if proposal.state != State::Open {
        return Err(settled(proposal));
    }
    Ok((found, office))
}

/// Why confirming a proposal would be denied to the actor now; nothing when it would not.
pub async fn refusal(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    proposal: &Model,
) -> Result<Option<Refusal>> {
    let person = match (policy::office(actor, now), actor.person_id()) {
        (Ok(_), Some(person)) => person,
        (Ok(_), None) => return Ok(Some(Refusal::SignInRequired)),
        (Err(refusal), _) => return Ok(Some(refusal)),
    };
    let found = look_at(rows, actor, proposal).await?;
    let around = Around::of(rows, person, &found).await?;
    for each in &found {
        let on = around.concerned(each);
        if let Err(refusal) = policy::confirm(actor, now, proposal.proposer_id, proposal.act, &on) {
            return Ok(Some(refusal));
        }
    }
    Ok((proposal.state != State::Open).then_some(Refusal::AlreadyDecided))
}

async fn look_at(
    rows: &DatabaseTransaction,
    actor: &Actor,
    proposal: &Model,
) -> Result<Vec<Found>> {
    let mut targets = Vec::new();
    for id in proposal.target_ids() {
        targets.push(as_target(rows, proposal.act, id).await?);
    }
    found::look_at(rows, actor.audience(), &targets).await
}

async fn as_target(rows: &DatabaseTransaction, act: Act, id: Uuid) -> Result<target::Model> {
    let (mut thread_id, mut post_id, mut person_id) = (None, None, None);
    match act.on() {
        decision::On::People => person_id = Some(id),
        decision::On::Threads => thread_id = Some(id),
        decision::On::Posts | decision::On::PostsOrThreads => {
            let members = crate::base::actor::Audience::Members;
            let posts = crate::forum::discussion::post::find_many(rows, members, &[id]).await?;
            thread_id = posts.first().map(|post| post.thread_id);
            post_id = Some(id);
        }
    }
    Ok(target::Model {
        decision_id: Uuid::nil(),
        place: 1,
        thread_id,
        post_id,
        person_id,
        before_id: None,
        after_id: None,
        before_facts: String::new(),
        after_facts: String::new(),
    })
}

/// Whether the actor sees a proposal: its proposer, and whoever could decide on each of its targets.
pub async fn is_seen_by(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    proposal: &Model,
) -> Result<bool> {
    let Some(person) = actor.person_id() else {
        return Ok(false);
    };
    if policy::office(actor, now).is_err() {
        return Ok(false);
    }
    if proposal.proposer_id == person {
        return Ok(true);
    }
    let found = look_at(rows, actor, proposal).await?;
    let around = Around::of(rows, person, &found).await?;
    let mut on = found.iter().map(|each| around.concerned(each));
    Ok(!found.is_empty() && on.all(|on| policy::decide(actor, now, &on).is_ok()))
}

/// The proposals with these ids.
pub async fn find_many(rows: &DatabaseTransaction, ids: &[Uuid]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .all(rows)
        .await?)
}

/// The open proposals that the actor sees, the one waiting longest first.
pub async fn list(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    window: &Window,
) -> Result<Page<Model>> {
    let keyset = Keyset {
        first: Column::CreatedAt,
        second: Column::Id,
        descending: false,
    };
    let mut seen = Condition::any();
    // Few wait at any time; each is asked for by the rule itself.
    for proposal in open(rows).await? {
        if is_seen_by(rows, actor, now, &proposal).await? {
            seen = seen.add(Column::Id.eq(proposal.id));
        }
    }
    if seen.is_empty() {
        return Ok(Page::of_rows(Vec::new(), window));
    }
    let key = |row: &Model| (row.created_at, row.id);
    keyset
        .page(rows, Entity::find().filter(seen), window, key)
        .await
}

/// Open proposals that are looked at, at most.
const LOOKED_AT: u64 = 500;

async fn open(rows: &DatabaseTransaction) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::State.eq(State::Open))
        .limit(LOOKED_AT)
        .all(rows)
        .await?)
}

/// Takes the texts of proposals about a post away.
pub(crate) async fn forget_texts(rows: &DatabaseTransaction, post_id: Uuid) -> Result<()> {
    Ok(Entity::update_many()
        .col_expr(Column::Facts, Expr::value("{}"))
        .filter(Column::Act.eq(Act::EditPost))
        .filter(Column::Targets.eq(post_id.to_string()))
        .exec(rows)
        .await
        .map(drop)?)
}
