//! Decisions, the ledger and notices in the API.

pub mod loaders;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use graph_macros::connections;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::accounts::person as person_row;
use crate::forum::cases::case as case_row;
use crate::forum::discussion::post as post_row;
use crate::forum::discussion::tag;
use crate::forum::discussion::thread as thread_row;
use crate::forum::moderation::appeal;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::forum::moderation::ledger;
use crate::forum::moderation::notice;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::report;
use crate::forum::moderation::scope;
use crate::forum::moderation::undo;
use crate::graph::address;
use crate::graph::asked::View;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::asked::view;
use crate::graph::asked::viewed;
use crate::graph::cases::Appeal;
use crate::graph::concept;
use crate::graph::connection::connection;
use crate::graph::ids::DecisionId;
use crate::graph::ids::NoticeId;
use crate::graph::ids::PersonId;
use crate::graph::moderation::loaders::Decisions;
use crate::graph::moderation::loaders::Explained;
use crate::graph::moderation::loaders::Moderated;
use crate::graph::moderation::loaders::OwnReports;
use crate::graph::moderation::loaders::Waiting;
use crate::graph::payload::payload;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::person::PersonConnection;
use crate::graph::post;
use crate::graph::post::PostConnection;
use crate::graph::post::loaders::Posts;
use crate::graph::scalar::Act;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::NoticeAbout;
use crate::graph::scalar::Office;
use crate::graph::scalar::Reason;
use crate::graph::scalar::Refusal;
use crate::graph::scalar::ThreadKind;
use crate::graph::scalar::Visibility;
use crate::graph::thread;
use crate::graph::thread::Thread;
use crate::graph::thread::loaders::Threads;

/// A decision of moderation, as it stands in the public ledger. Everybody sees every decision; whoever does not see what
/// it was taken on sees that there was one.
pub struct Decision(pub decision::Model);

connection!("decisions", Decision, DecisionEdge, DecisionConnection);
/// An entry of the ledger: of a decision, or of an appeal.
pub struct LedgerEntry(ledger::Entry);

/// An entry of the ledger: of a decision, or of an appeal.
#[Object]
impl LedgerEntry {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_word(Kind::Entry, &self.0.position().to_string()))
    }

    /// Its place in the ledger, from 1, without holes.
    async fn position(&self) -> i64 {
        self.0.position()
    }

    /// The SHA-256 of its sealed text in hexadecimal, which the next entry names as `previous`.
    async fn hash(&self, ctx: &Context<'_>) -> Result<String> {
        let sealed = sealed(&view(ctx), self.0.position()).await?;
        Ok(sealed.hash)
    }

    /// The decision; null for an appeal.
    async fn decision(&self) -> Option<Decision> {
        match &self.0 {
            ledger::Entry::Decision(row) => Some(Decision(row.as_ref().clone())),
            ledger::Entry::Appeal(_) => None,
        }
    }

    /// The appeal; null for a decision.
    async fn appeal(&self) -> Option<Appeal> {
        match &self.0 {
            ledger::Entry::Decision(_) => None,
            ledger::Entry::Appeal(row) => Some(Appeal(row.as_ref().clone())),
        }
    }
}

/// The entry at a place in the ledger.
pub async fn entry(view: &View, position: &str) -> Result<Option<LedgerEntry>> {
    let Ok(position) = position.parse() else {
        return Ok(None);
    };
    let found = ledger::at(view.rows().await?, position).await?;
    Ok(found.map(LedgerEntry))
}

connection!(
    "entries of the ledger",
    LedgerEntry,
    LedgerEdge,
    LedgerConnection
);
connection!(
    "threads that were decided on",
    Thread,
    DecidedThreadEdge,
    DecidedThreadConnection
);

/// A decision of moderation, as it stands in the public ledger. Everybody sees every decision; whoever does not see what
/// it was taken on sees that there was one.
#[connections]
#[Object]
impl Decision {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Decision, self.0.id))
    }

    /// Its place in the ledger, in which appeals stand too.
    async fn position(&self) -> i64 {
        self.0.position
    }

    /// The address of its entry on the ledger's page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::decision(ctx, self.0.position)
    }

    /// When it was taken.
    async fn at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Until when it holds; null for good.
    async fn until(&self) -> Option<DateTime> {
        self.0.until_at.map(DateTime)
    }

    /// The thread into which it moved posts; null for other acts, and for whoever does not see that thread.
    async fn into(&self, ctx: &Context<'_>) -> Result<Option<Thread>> {
        match self.0.into_id {
            Some(id) => thread::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// Whether it took a second person, who confirmed it.
    async fn confirmed(&self) -> bool {
        self.0.second_id.is_some()
    }

    /// The appeal against it; null when there is none.
    async fn appeal(&self, ctx: &Context<'_>) -> Result<Option<Appeal>> {
        let view = view(ctx);
        let found = appeal::of_decision(view.rows().await?, self.0.id).await?;
        Ok(found.map(Appeal))
    }

    /// What it does.
    async fn act(&self) -> Act {
        self.0.act.into()
    }

    /// In which office it was taken.
    async fn office(&self) -> Office {
        self.0.office.into()
    }

    /// Why, in a word.
    async fn reason(&self) -> Reason {
        self.0.reason.into()
    }

    /// Why, in full; null where it is withheld, and for whoever does not see what it was taken on.
    async fn explanation(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = view(ctx);
        Ok(is_explained(&view, &self.0)
            .await?
            .then(|| self.0.explanation.clone()))
    }

    /// Whether the explanation is kept from the public, because it would tell what was hidden.
    async fn explanation_withheld(&self) -> bool {
        self.0.is_withheld
    }

    /// The language of the explanation.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// The decision that it undoes.
    async fn undoes(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.undoes_id {
            Some(id) => load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The decision that undid it.
    async fn undone_by(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        let view = view(ctx);
        let found = decision::undoing(view.rows().await?, self.0.id).await?;
        Ok(found.map(Decision))
    }

    /// The posts that it was taken on, of those that the caller sees; none when it was taken on threads.
    async fn posts(&self, ctx: &Context<'_>, window: Window) -> Result<PostConnection> {
        let view = view(ctx);
        let ids: Vec<Uuid> = targets(&view, self.0.id)
            .await?
            .iter()
            .filter_map(|target| target.post_id)
            .collect();
        view.expect::<Posts>(ids.iter().copied());
        let mut list = Vec::new();
        for id in ids {
            list.extend(
                post::load(&view, id)
                    .await?
                    .map(|post| (id.to_string(), post)),
            );
        }
        Ok(PostConnection::of(Page::of_whole(list, &window)?))
    }

    /// The threads that it was taken on, or whose posts, of those that the caller sees.
    async fn threads(&self, ctx: &Context<'_>, window: Window) -> Result<DecidedThreadConnection> {
        let view = view(ctx);
        let mut ids: Vec<Uuid> = Vec::new();
        for target in targets(&view, self.0.id).await? {
            if let Some(thread) = target.thread_id
                && !ids.contains(&thread)
            {
                ids.push(thread);
            }
        }
        view.expect::<Threads>(ids.iter().copied());
        let mut list = Vec::new();
        for id in ids {
            list.extend(
                thread::load(&view, id)
                    .await?
                    .map(|thread| (id.to_string(), thread)),
            );
        }
        Ok(DecidedThreadConnection::of(Page::of_whole(list, &window)?))
    }

    /// The exact text that is sealed in the ledger: JSON, without the explanation but with a salted commitment to it.
    async fn entry(&self, ctx: &Context<'_>) -> Result<String> {
        sealed(&view(ctx), self.0.position)
            .await
            .map(|row| row.entry)
    }

    /// The SHA-256 of `entry` in hexadecimal, which the next entry names as `previous`.
    async fn hash(&self, ctx: &Context<'_>) -> Result<String> {
        sealed(&view(ctx), self.0.position)
            .await
            .map(|row| row.hash)
    }

    /// What of this decision depends on who asks.
    async fn viewer(&self) -> DecisionViewer {
        DecisionViewer(self.0.clone())
    }
}

/// What of a decision depends on who asks.
pub struct DecisionViewer(decision::Model);

/// What of a decision depends on who asks.
#[connections]
#[Object]
impl DecisionViewer {
    /// Its id, for clients that keep objects by their ids: another for each who asks. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewed(ctx, &ID(id::of_uuid(Kind::Decision, self.0.id)))
    }

    /// Who in person decided: for the Secretariat; null for others.
    async fn moderator(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let view = view(ctx);
        if policy::sees_moderator(&view.actor) {
            person::require(&view, self.0.moderator_id).await.map(Some)
        } else {
            Ok(None)
        }
    }

    /// Who confirmed it: for the Secretariat; null for others.
    async fn second(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let view = view(ctx);
        match self.0.second_id {
            Some(second) if policy::sees_moderator(&view.actor) => {
                person::require(&view, second).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The people whom it was taken on: for themselves, whoever decided, and the Secretariat; none for others. The ledger
    /// does not name them.
    async fn people(&self, ctx: &Context<'_>, window: Window) -> Result<PersonConnection> {
        let view = view(ctx);
        let own = view.actor.person_id();
        let sees_all = policy::sees_moderator(&view.actor) || own == Some(self.0.moderator_id);
        let ids = targets(&view, self.0.id).await?;
        let ids = ids.iter().filter_map(|target| target.person_id);
        let mut list = Vec::new();
        for id in ids.filter(|id| sees_all || own == Some(*id)) {
            list.push((id.to_string(), person::require(&view, id).await?));
        }
        Ok(PersonConnection::of(Page::of_whole(list, &window)?))
    }

    /// Whether appealDecision would be allowed.
    async fn can_appeal(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(appeal_refusal(ctx, &self.0).await?.is_none())
    }

    /// Why appealDecision would be denied; null when it would not.
    async fn appeal_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        Ok(appeal_refusal(ctx, &self.0).await?.map(Into::into))
    }

    /// The explanation, also when it is withheld from the public: for those who were given notice, the Secretariat, and
    /// whoever decided; null for others.
    async fn explanation(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = view(ctx);
        let told = policy::sees_moderator(&view.actor)
            || view.actor.person_id() == Some(self.0.moderator_id)
            || notice::is_given(view.rows().await?, &view.actor, self.0.id).await?
            || is_explained(&view, &self.0).await?;
        Ok(told.then(|| self.0.explanation.clone()))
    }

    /// Whether undoDecision would be allowed.
    async fn can_undo(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = view(ctx);
        let refusal = undo::refusal(view.rows().await?, &view.actor, view.now(), &self.0).await?;
        Ok(refusal.is_none())
    }

    /// Why undoDecision would be denied; null when it would not.
    async fn undo_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        let view = view(ctx);
        let refusal = undo::refusal(view.rows().await?, &view.actor, view.now(), &self.0).await?;
        Ok(refusal.map(Into::into))
    }
}

async fn appeal_refusal(
    ctx: &Context<'_>,
    decision: &decision::Model,
) -> Result<Option<crate::base::error::Refusal>> {
    let view = view(ctx);
    let rows = view.rows().await?;
    appeal::refusal(&asked(ctx).forum, rows, &view.actor, view.now(), decision).await
}

/// A notice to a person that something of theirs, or that they reported, was decided on. Only that person sees it.
pub struct Notice(pub notice::Model);

connection!("notices", Notice, NoticeEdge, NoticeConnection);

/// A notice to a person that something of theirs, or that they reported, was decided on. Only that person sees it.
#[Object]
impl Notice {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Notice, self.0.id))
    }

    /// When it was given.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was read; null while it was not.
    async fn read_at(&self) -> Option<DateTime> {
        self.0.read_at.map(DateTime)
    }

    /// Why the person is told.
    async fn about(&self) -> NoticeAbout {
        self.0.about.into()
    }

    /// What was decided; `viewer { explanation }` of it says why, also where the public is not told.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Decision> {
        load(&view(ctx), self.0.decision_id)
            .await?
            .ok_or_else(|| Error::internal("a notice of nothing"))
    }
}

/// The decision with this id, read together with the others that are expected.
pub async fn load(view: &View, id: Uuid) -> Result<Option<Decision>> {
    Ok(view.get::<Decisions>(id).await?.map(Decision))
}

/// Whether the asker moderates a thread by the regions given to them.
pub async fn moderates(view: &View, thread_id: Uuid) -> Result<bool> {
    Ok(view.get::<Moderated>(thread_id).await?.unwrap_or(false))
}

/// What an asker could decide on.
pub enum Subject<'a> {
    Post(&'a post_row::Model),
    Thread(&'a thread_row::Model),
    Person(&'a person_row::Model),
}

impl Subject<'_> {
    fn id(&self) -> Uuid {
        match self {
            Subject::Post(post) => post.id,
            Subject::Thread(thread) => thread.id,
            Subject::Person(person) => person.id,
        }
    }

    /// The acts that are taken on it.
    fn acts(&self) -> impl Iterator<Item = decision::Act> {
        let on = match self {
            Subject::Post(_) => decision::On::Posts,
            Subject::Thread(_) => decision::On::Threads,
            Subject::Person(_) => decision::On::People,
        };
        let all = decision::Act::ALL.iter().copied();
        all.filter(move |act| {
            let reported = *act == decision::Act::DismissReports && on != decision::On::People;
            !act.only_undoes() && (act.on() == on || reported)
        })
    }
}

/// What may be done about something, asked of one rule.
type Rule = fn(
    &Actor,
    Moment,
    decision::Act,
    &Concerned<'_>,
) -> std::result::Result<decision::Office, error::Refusal>;

async fn ask_rule<T>(
    view: &View,
    on: &Subject<'_>,
    ask: impl FnOnce(&Concerned<'_>) -> T,
) -> Result<Option<T>> {
    let (in_scope, thread);
    let mut delegations = Vec::new();
    match on {
        Subject::Post(post) => {
            thread = thread::load(view, post.thread_id).await?;
            if thread.is_none() {
                return Ok(None);
            }
            in_scope = moderates(view, post.thread_id).await?;
        }
        Subject::Thread(row) => {
            thread = Some(Thread((*row).clone()));
            in_scope = moderates(view, row.id).await?;
        }
        Subject::Person(person) => {
            thread = None;
            let mandates = person::mandates_of(view, person.id).await?;
            delegations.extend(mandates.into_iter().map(|mandate| mandate.delegation_id));
            in_scope = match view.actor.person_id() {
                Some(own) => scope::covers(view.rows().await?, own, &delegations).await?,
                None => false,
            };
        }
    }
    let concerned = Concerned {
        thread: thread.as_ref().map(|thread| &thread.0),
        post: match on {
            Subject::Post(post) => Some(post),
            _ => None,
        },
        person: match on {
            Subject::Person(person) => Some((person, &delegations)),
            _ => None,
        },
        in_scope,
        reported_by_actor: own_report(view, on.id()).await?.is_some(),
        waiting: waiting(view, on.id()).await?,
    };
    Ok(Some(ask(&concerned)))
}

/// Why a decision would be denied to the asker; nothing when it would not.
pub async fn refusal(view: &View, act: decision::Act, on: Subject<'_>) -> Result<Option<Refusal>> {
    // Whoever holds no office is told so without a look at the regions.
    if let Err(refusal) = policy::office(&view.actor, view.now()) {
        return Ok(Some(refusal.into()));
    }
    if !on.acts().any(|each| each == act) {
        return Err(Error::invalid("act", Fault::Unknown));
    }
    let may = ask_rule(view, &on, |on| {
        policy::act(&view.actor, view.now(), act, on)
    })
    .await?;
    Ok(may
        .unwrap_or(Err(error::Refusal::RoleMayNot))
        .err()
        .map(Into::into))
}

/// The acts that a rule allows the asker.
async fn allowed(view: &View, on: &Subject<'_>, rule: Rule) -> Result<Vec<decision::Act>> {
    if policy::office(&view.actor, view.now()).is_err() {
        return Ok(Vec::new());
    }
    let acts = ask_rule(view, on, |concerned| {
        let may = |act: &decision::Act| rule(&view.actor, view.now(), *act, concerned).is_ok();
        on.acts().filter(may).collect()
    });
    Ok(acts.await?.unwrap_or_default())
}

/// Whether the asker decides on this at all.
pub async fn may_decide(view: &View, on: Subject<'_>) -> Result<bool> {
    if policy::office(&view.actor, view.now()).is_err() {
        return Ok(false);
    }
    let decides = |on: &Concerned<'_>| policy::decide(&view.actor, view.now(), on).is_ok();
    Ok(ask_rule(view, &on, decides).await?.unwrap_or(false))
}

/// The acts that decide would take.
pub async fn acts(view: &View, on: Subject<'_>) -> Result<Vec<Act>> {
    let acts = allowed(view, &on, policy::act).await?;
    Ok(acts.into_iter().map(Into::into).collect())
}

/// The acts that proposeDecision would take, because one person alone does not.
pub async fn acts_to_propose(view: &View, on: Subject<'_>) -> Result<Vec<Act>> {
    let alone = allowed(view, &on, policy::act).await?;
    let acts = allowed(view, &on, policy::propose).await?;
    let only = acts.into_iter().filter(|act| !alone.contains(act));
    Ok(only.map(Into::into).collect())
}

/// The asker's own report of a post or thread.
pub async fn own_report(view: &View, subject: Uuid) -> Result<Option<report::Model>> {
    view.get::<OwnReports>(subject).await
}

/// What waits for a decision about a post, thread or person.
pub async fn waiting(view: &View, subject: Uuid) -> Result<case_row::Waiting> {
    Ok(view.get::<Waiting>(subject).await?.unwrap_or_default())
}

async fn is_explained(view: &View, decision: &decision::Model) -> Result<bool> {
    Ok(view.get::<Explained>(decision.id).await?.unwrap_or(false))
}

async fn targets(view: &View, id: Uuid) -> Result<Vec<decision::target::Model>> {
    let mut found = decision::targets(view.rows().await?, &[id]).await?;
    Ok(found.remove(&id).unwrap_or_default())
}

/// The entry of the ledger at a position.
pub async fn sealed(view: &View, position: i64) -> Result<ledger::Model> {
    ledger::find_many(view.rows().await?, &[position])
        .await?
        .pop()
        .ok_or_else(|| Error::internal("what is not in the ledger"))
}

#[derive(Default)]
pub struct ModerationQuery;

#[connections]
#[Object]
impl ModerationQuery {
    /// The public ledger: every decision of moderation and every appeal, the newest first; no position is left out.
    async fn ledger(&self, ctx: &Context<'_>, window: Window) -> Result<LedgerConnection> {
        let view = view(ctx);
        let page = ledger::list(view.rows().await?, &window).await?;
        let ids = || {
            page.entries.iter().map(|(_, entry)| match entry {
                ledger::Entry::Decision(row) => row.id,
                ledger::Entry::Appeal(row) => row.decision_id,
            })
        };
        view.expect::<Explained>(ids());
        view.expect::<Decisions>(ids());
        Ok(LedgerConnection::of(page.map(LedgerEntry)))
    }

    /// The decisions in the public ledger, the newest first.
    async fn decisions(&self, ctx: &Context<'_>, window: Window) -> Result<DecisionConnection> {
        let view = view(ctx);
        let page = decision::list(view.rows().await?, &window).await?;
        let ids = || page.entries.iter().map(|(_, row)| row.id);
        view.expect::<Explained>(ids());
        view.expect::<Decisions>(ids());
        Ok(DecisionConnection::of(page.map(Decision)))
    }
}

/// A decision to be taken or proposed.
#[derive(InputObject)]
pub struct DecideInput {
    /// Made by the client, unique for this decision. Sent twice, it answers twice with the same decision.
    key: Uuid,
    /// What it does.
    act: Act,
    /// On which posts, threads or people, as the act has them: 1 to 50 (configured). All of them or none.
    target_ids: Vec<ID>,
    /// Why, in a word.
    reason: Reason,
    /// Why, in full, for those concerned and the public: 1 to 2,000 characters (configured) of plain text.
    explanation: String,
    /// The language of the explanation.
    language: Language,
    /// Keep the explanation from the public, because it would tell what was hidden. That it is withheld is shown.
    #[graphql(default)]
    withhold_explanation: bool,
    /// Until when it holds: required when muting and suspending; when pinning, for good if left out.
    until: Option<DateTime>,
    /// The new text in Markdown, when editing a post: 1 to 20,000 characters (configured).
    body: Option<String>,
    /// Seconds between two replies of one person, when slowing a thread: 0 (lift it) to 604,800.
    seconds: Option<i32>,
    /// When changing threads; what is left out stays. When splitting posts off, what the new thread is: its title is
    /// required, and what is left out is as in the thread from which they come.
    change: Option<DecideChangeInput>,
    /// The thread into which others are merged, when merging; of the same visibility, and one on which the caller decides.
    into_thread_id: Option<ID>,
    /// A case that the decision resolves, besides those about its targets.
    case_id: Option<ID>,
}

/// What a decision changes of threads; what is left out stays.
#[derive(InputObject)]
pub struct DecideChangeInput {
    /// The title of one thread: one line of 1 to 200 characters (configured).
    title: Option<String>,
    /// What the threads are for.
    kind: Option<ThreadKind>,
    /// Who sees them. From MEMBERS to PUBLIC is the Secretariat's to decide, and whoever wrote there is given notice.
    visibility: Option<Visibility>,
    /// The tags in place of the present ones.
    tags: Option<DecideTagsInput>,
}

/// The tags that a decision gives to threads.
#[derive(InputObject)]
pub struct DecideTagsInput {
    /// Ids or slugs of tools; at least one tool or method, at most 10 (configured).
    tools: Vec<ID>,
    /// Ids or slugs of methods; at least one tool or method, at most 10 (configured).
    methods: Vec<ID>,
    /// Ids or slugs of regions; 1 to 10 (configured).
    regions: Vec<ID>,
}

impl DecideInput {
    /// The decision as the rules know it.
    pub fn read(self) -> Result<decide::Wanted> {
        let act = decision::Act::from(self.act);
        let target = |id: &ID| match act.on() {
            decision::On::Posts => id::to_uuid(Kind::Post, id),
            decision::On::Threads => id::to_uuid(Kind::Thread, id),
            decision::On::People => id::to_uuid(Kind::Person, id),
            decision::On::PostsOrThreads => {
                id::to_uuid(Kind::Post, id).or_else(|| id::to_uuid(Kind::Thread, id))
            }
        };
        let targets = self.target_ids.iter().enumerate();
        let targets = targets.map(|(at, id)| {
            let unknown = || Error::invalid(format!("targetIds.{at}"), Fault::Unknown);
            target(id).ok_or_else(unknown)
        });
        let mut with = decide::With {
            until: self.until.map(|until| until.0),
            body: self.body,
            seconds: self.seconds,
            ..decide::With::default()
        };
        with.into = self
            .into_thread_id
            .map(|id| {
                id::to_uuid(Kind::Thread, &id)
                    .ok_or_else(|| Error::invalid("intoThreadId", Fault::Unknown))
            })
            .transpose()?;
        if let Some(change) = self.change {
            with.title = change.title;
            with.kind = change.kind.map(Into::into);
            with.visibility = change.visibility.map(Into::into);
            with.tags = change.tags.map(|tags| tag::Tags {
                tools: concept::slugs_of(tags.tools),
                methods: concept::slugs_of(tags.methods),
                regions: concept::slugs_of(tags.regions),
            });
        }
        let case = self.case_id.map(|id| {
            id::to_uuid(Kind::Case, &id).ok_or_else(|| Error::invalid("caseId", Fault::Unknown))
        });
        Ok(decide::Wanted {
            key: self.key,
            act,
            targets: targets.collect::<Result<Vec<_>>>()?,
            why: decide::Why {
                reason: self.reason.into(),
                explanation: self.explanation,
                language: self.language.into(),
                withhold: self.withhold_explanation,
            },
            with,
            case_id: case.transpose()?,
        })
    }
}

/// A decision to be undone.
#[derive(InputObject)]
pub struct UndoDecisionInput {
    /// Made by the client, unique for this decision. Sent twice, it answers twice with the same decision.
    key: Uuid,
    /// Which decision is undone.
    decision_id: DecisionId,
    /// Why, in a word.
    reason: Reason,
    /// Why, in full, for those concerned and the public: 1 to 2,000 characters (configured) of plain text.
    explanation: String,
    /// The language of the explanation.
    language: Language,
    /// Keep the explanation from the public, because it would tell what was hidden. That it is withheld is shown.
    #[graphql(default)]
    withhold_explanation: bool,
}

payload!(DecidePayload, "The decision that was taken.", decision: Decision, "The decision.");

payload!(UndoDecisionPayload, "The decision that undoes another.", decision: Decision, "The decision.");

/// The regions of a moderator.
#[derive(InputObject)]
pub struct GiveScopeInput {
    /// To whom.
    person_id: PersonId,
    /// Global ids or slugs of the regions, with all that lies under them; at most 50, none takes all away.
    regions: Vec<ID>,
}

payload!(GiveScopePayload, "The moderator with other regions.", person: Person, "The person.");

/// A notice that was read.
#[derive(InputObject)]
pub struct MarkNoticeReadInput {
    /// Which notice.
    notice_id: NoticeId,
}

payload!(MarkNoticeReadPayload, "The notice that was read.", notice: Notice, "The notice.");

#[derive(Default)]
pub struct ModerationMutation;

#[Object]
impl ModerationMutation {
    /// Takes a decision: a moderator within the regions given to them, the Secretariat everywhere. DENIED with the reason
    /// that `viewer` of the post, thread or person tells beforehand: nobody decides on what they or their delegation wrote,
    /// and some acts take two (proposeDecision). ALREADY_DECIDED names in `extensions.decisionId` the decision that came
    /// first. The ledger, those concerned and those who reported are told.
    async fn decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided on what, and why.")] input: DecideInput,
    ) -> Result<Option<DecidePayload>> {
        let asked = asked(ctx);
        let wanted = input.read()?;
        let taken = mutate(asked, decide::decide(&asked.forum, &asked.actor(), wanted)).await?;
        Ok(Some(DecidePayload {
            decision: Decision(taken),
        }))
    }

    /// Undoes a decision by another that refers to it: everything is as it was before. DENIED with ALREADY_DECIDED when
    /// something of it was decided on anew since, or it was undone.
    async fn undo_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which decision, and why.")] input: UndoDecisionInput,
    ) -> Result<Option<UndoDecisionPayload>> {
        let asked = asked(ctx);
        let undoing = undo::Undoing {
            key: input.key,
            decision_id: input.decision_id.uuid()?,
            why: decide::Why {
                reason: input.reason.into(),
                explanation: input.explanation,
                language: input.language.into(),
                withhold: input.withhold_explanation,
            },
        };
        let taken = mutate(asked, undo::undo(&asked.forum, &asked.actor(), undoing)).await?;
        Ok(Some(UndoDecisionPayload {
            decision: Decision(taken),
        }))
    }

    /// Gives regions to a moderator, in place of those given so far. Only the Secretariat (DENIED).
    async fn give_scope(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To whom, and which regions.")] input: GiveScopeInput,
    ) -> Result<Option<GiveScopePayload>> {
        let asked = asked(ctx);
        let person = input.person_id.uuid()?;
        let regions: Vec<String> = input
            .regions
            .iter()
            .map(|region| concept::slug_of(region))
            .collect();
        let person = mutate(
            asked,
            scope::give(&asked.forum, &asked.actor(), person, &regions),
        )
        .await?;
        Ok(Some(GiveScopePayload {
            person: Person(person),
        }))
    }

    /// Notes that the caller has read an own notice; another's is NOT_FOUND.
    async fn mark_notice_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which notice.")] input: MarkNoticeReadInput,
    ) -> Result<Option<MarkNoticeReadPayload>> {
        let asked = asked(ctx);
        let id = input.notice_id.uuid()?;
        let notice = mutate(asked, notice::mark_read(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(MarkNoticeReadPayload {
            notice: Notice(notice),
        }))
    }
}
