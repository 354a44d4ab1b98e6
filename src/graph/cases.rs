//! Reports, cases, proposals and appeals in the API.

use std::time::Duration;

use async_graphql::ComplexObject;
use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::SimpleObject;
use graph_macros::connections;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::limit;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::cases::case;
use crate::forum::moderation::appeal;
use crate::forum::moderation::decide::Why;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::On;
use crate::forum::moderation::policy;
use crate::forum::moderation::propose;
use crate::forum::moderation::queue;
use crate::forum::moderation::report;
use crate::forum::moderation::work;
use crate::graph::address;
use crate::graph::asked::View;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::asked::view;
use crate::graph::asked::viewed;
use crate::graph::concept;
use crate::graph::connection::PageInfo;
use crate::graph::connection::connection;
use crate::graph::connection::edges;
use crate::graph::ids::AppealId;
use crate::graph::ids::CaseId;
use crate::graph::ids::DecisionId;
use crate::graph::ids::PersonId;
use crate::graph::ids::ProposalId;
use crate::graph::moderation;
use crate::graph::moderation::DecideInput;
use crate::graph::moderation::Decision;
use crate::graph::moderation::DecisionConnection;
use crate::graph::moderation::loaders::Explained;
use crate::graph::payload::payload;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::person::PersonConnection;
use crate::graph::person::loaders::People;
use crate::graph::post;
use crate::graph::post::Post;
use crate::graph::post::PostConnection;
use crate::graph::post::loaders::Posts;
use crate::graph::scalar::Act;
use crate::graph::scalar::AppealOutcome;
use crate::graph::scalar::CaseHeld;
use crate::graph::scalar::CaseKind;
use crate::graph::scalar::CaseState;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::Office;
use crate::graph::scalar::ProposalState;
use crate::graph::scalar::Reason;
use crate::graph::scalar::Refusal;
use crate::graph::scalar::ThreadKind;
use crate::graph::thread;
use crate::graph::thread::Thread;
use crate::graph::thread::loaders::Threads;

/// A report of a post or thread. Its reporter sees it, and those who could decide on its case.
pub struct Report(pub report::Model);

connection!("reports", Report, ReportEdge, ReportConnection);

/// A report of a post or thread. Its reporter sees it, and those who could decide on its case.
#[Object]
impl Report {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Report, self.0.id))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What is wrong, in a word.
    async fn reason(&self) -> Reason {
        self.0.reason.into()
    }

    /// What is wrong, in the reporter's words; empty when they said no more.
    async fn note(&self) -> &str {
        &self.0.note
    }

    /// The language of the note.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// The decision that came of it; null while it waits.
    async fn outcome(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        let view = view(ctx);
        let resolved = report::outcome(view.rows().await?, &self.0).await?;
        match resolved.and_then(|case| case.decision_id) {
            Some(id) => moderation::load(&view, id).await,
            None => Ok(None),
        }
    }

    /// What of this report depends on who asks.
    async fn viewer(&self) -> ReportViewer {
        ReportViewer(self.0.clone())
    }
}

/// What of a report depends on who asks.
pub struct ReportViewer(report::Model);

/// What of a report depends on who asks.
#[Object]
impl ReportViewer {
    /// Its id, for clients that keep objects by their ids: another for each who asks. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewed(ctx, &ID(id::of_uuid(Kind::Report, self.0.id)))
    }

    /// The text of the post, or of the thread's opening one, as it was when this report was made, in Markdown: for those who
    /// could decide on the case, while it is open; null for others.
    async fn reported_body(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = view(ctx);
        let rows = view.rows().await?;
        let found = queue::reported(rows, &view.actor, view.now(), &self.0).await?;
        Ok(found.body)
    }

    /// The title of the thread as it was when this report was made: for those who could decide on the case, while it is open;
    /// null for others, and of a post.
    async fn reported_title(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        // Most reports are of posts: nothing is read for them.
        if self.0.title.is_none() {
            return Ok(None);
        }
        let view = view(ctx);
        let rows = view.rows().await?;
        let found = queue::reported(rows, &view.actor, view.now(), &self.0).await?;
        Ok(found.title)
    }

    /// Who made it: for that person and the Secretariat; null for others.
    async fn reporter(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let view = view(ctx);
        let reporter = self.0.reporter_id;
        if policy::sees_moderator(&view.actor) || view.actor.person_id() == Some(reporter) {
            person::require(&view, reporter).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

/// A note on a case, read only by those who could decide on it.
pub struct CaseNote(pub work::Model);

connection!(
    "notes on a case",
    CaseNote,
    CaseNoteEdge,
    CaseNoteConnection
);

/// A note on a case, read only by those who could decide on it.
#[Object]
impl CaseNote {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::CaseNote, self.0.id))
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Who wrote it.
    async fn author(&self, ctx: &Context<'_>) -> Result<Person> {
        person::require(&view(ctx), self.0.author_id).await
    }

    /// Its text.
    async fn body(&self) -> &str {
        &self.0.body
    }
}

/// A case: what waits for a decision, or waited. All reports of one post or thread are one case. Seen by those who could
/// decide on it.
pub struct Case(pub case::Model);

/// A case: what waits for a decision, or waited. All reports of one post or thread are one case. Seen by those who could
/// decide on it.
#[connections]
#[Object]
impl Case {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Case, self.0.id))
    }

    /// The address of its page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::case(ctx, self.0.id)
    }

    /// What it is about.
    async fn kind(&self) -> CaseKind {
        self.0.kind.into()
    }

    /// Where it stands.
    async fn state(&self) -> CaseState {
        self.0.state.into()
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime {
        DateTime(self.0.opened_at)
    }

    /// When it goes to the Secretariat; null when it does not by itself.
    async fn due_at(&self) -> Option<DateTime> {
        self.0.due_at.map(DateTime)
    }

    /// When it was resolved; null while it is open.
    async fn resolved_at(&self) -> Option<DateTime> {
        self.0.resolved_at.map(DateTime)
    }

    /// The decision that resolved it; null while it is open.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.decision_id {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// Who works on it; null while nobody has claimed it.
    async fn holder(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.holder_id {
            Some(id) => person::require(&view(ctx), id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The thread that it is about, or in which the post stands; null for a case about a person.
    async fn thread(&self, ctx: &Context<'_>) -> Result<Option<Thread>> {
        match self.0.thread_id {
            Some(id) => thread::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The post that it is about; null when it is about a thread or a person.
    async fn post(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        match self.0.post_id {
            Some(id) => post::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The appeal that it is about; null for reports.
    async fn appeal(&self, ctx: &Context<'_>) -> Result<Option<Appeal>> {
        let view = view(ctx);
        let Some(decision) = self.0.appealed_id else {
            return Ok(None);
        };
        let found = appeal::of_decision(view.rows().await?, decision).await?;
        Ok(found.map(Appeal))
    }

    /// The reports that it is about, the first one first; none for an appeal.
    async fn reports(&self, ctx: &Context<'_>, window: Window) -> Result<ReportConnection> {
        let view = view(ctx);
        let found = report::of_case(view.rows().await?, self.0.id).await?;
        let list = found.into_iter().map(|row| (row.id.to_string(), row));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(ReportConnection::of(page.map(Report)))
    }

    /// The notes of those who worked on it, the first one first.
    async fn notes(&self, ctx: &Context<'_>, window: Window) -> Result<CaseNoteConnection> {
        let view = view(ctx);
        let found = work::notes(view.rows().await?, self.0.id).await?;
        view.expect::<People>(found.iter().map(|note| note.author_id));
        let list = found.into_iter().map(|row| (row.id.to_string(), row));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(CaseNoteConnection::of(page.map(CaseNote)))
    }

    /// The latest decisions on what it is about, on its thread, and on its author, the newest first; at most 100.
    async fn history(&self, ctx: &Context<'_>, window: Window) -> Result<DecisionConnection> {
        let view = view(ctx);
        let mut about: Vec<Uuid> = [self.0.thread_id, self.0.post_id, self.0.person_id]
            .into_iter()
            .flatten()
            .collect();
        if let Some(id) = self.0.post_id {
            let post = post::load(&view, id).await?;
            about.extend(post.map(|post| post.0.author_id));
        } else if let Some(id) = self.0.thread_id {
            let thread = thread::load(&view, id).await?;
            about.extend(thread.map(|thread| thread.0.author_id));
        }
        let found = decision::history(view.rows().await?, &about, 100).await?;
        view.expect::<Explained>(found.iter().map(|row| row.id));
        let list = found.into_iter().map(|row| (row.position.to_string(), row));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(DecisionConnection::of(page.map(Decision)))
    }

    /// What of this case depends on who asks.
    async fn viewer(&self) -> CaseViewer {
        CaseViewer(self.0.clone())
    }
}

/// What of a case depends on who asks.
pub struct CaseViewer(case::Model);

/// What of a case depends on who asks.
#[Object]
impl CaseViewer {
    /// Its id, for clients that keep objects by their ids: another for each who asks. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewed(ctx, &ID(id::of_uuid(Kind::Case, self.0.id)))
    }

    /// Whether the caller works on it.
    async fn holds(&self, ctx: &Context<'_>) -> bool {
        let own = view(ctx).actor.person_id();
        own.is_some() && self.0.holder_id == own
    }

    /// Whether claimCase would be allowed.
    async fn can_claim(&self, ctx: &Context<'_>) -> bool {
        claim_refusal(&view(ctx), &self.0).is_none()
    }

    /// Why claimCase would be denied; null when it would not.
    async fn claim_refusal(&self, ctx: &Context<'_>) -> Option<Refusal> {
        claim_refusal(&view(ctx), &self.0)
    }

    /// Whether releaseCase and assignCase would be allowed.
    async fn can_release(&self, ctx: &Context<'_>) -> bool {
        let view = view(ctx);
        self.0.state == case::State::Open && policy::assign(&view.actor, self.0.holder_id).is_ok()
    }
}

fn claim_refusal(view: &View, case: &case::Model) -> Option<Refusal> {
    if let Err(refusal) = policy::office(&view.actor, view.now()) {
        return Some(refusal.into());
    }
    if case.state == case::State::Resolved {
        return Some(Refusal::AlreadyDecided);
    }
    policy::hold(&view.actor, case.holder_id)
        .err()
        .map(Into::into)
}

/// A place in the queue of cases.
#[derive(SimpleObject)]
pub struct CaseEdge {
    /// Names this place; give it as `after` or `before`.
    cursor: String,
    /// The case.
    node: Case,
}

/// A page of the queue of cases.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct CaseConnection {
    /// The entries of this page in the queue's order.
    edges: Vec<CaseEdge>,
    /// Where this page lies in the queue.
    page_info: PageInfo,
    #[graphql(skip)]
    filter: queue::Filter,
}

#[ComplexObject]
impl CaseConnection {
    /// The cases on this page, for who needs no cursors.
    async fn nodes(&self) -> Vec<&Case> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where in the log this queue was read: subscribe to caseEvents with it as `after`.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(crate::graph::live::cursor_of(
            view(ctx).snapshot.head().await?,
        ))
    }

    /// How many cases the filter lets through, on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        let view = view(ctx);
        let count = queue::count(view.rows().await?, &view.actor, view.now(), &self.filter).await?;
        i64::try_from(count).map_err(Error::internal)
    }
}

/// Which cases. What is left out or empty filters nothing. At most 50 concepts of each facet.
#[derive(InputObject, Default)]
pub struct CaseFilter {
    /// Where they stand; OPEN when left out.
    state: Option<CaseState>,
    /// What they are about.
    kinds: Option<Vec<CaseKind>>,
    /// Who works on them.
    held: Option<CaseHeld>,
    /// Only those opened before this moment.
    opened_before: Option<DateTime>,
    /// Only those that were opened at least so many days ago.
    waiting_days: Option<u16>,
    /// Ids or slugs of tools on their threads, with what lies under them.
    tools: Option<Vec<ID>>,
    /// Ids or slugs of methods.
    methods: Option<Vec<ID>>,
    /// Ids or slugs of regions.
    regions: Option<Vec<ID>>,
    /// What their threads are for.
    thread_kinds: Option<Vec<ThreadKind>>,
}

impl CaseFilter {
    fn read(self, now: Moment) -> queue::Filter {
        let day = Duration::from_secs(86_400);
        let waiting = self
            .waiting_days
            .map(|days| now.minus(day * u32::from(days)));
        let opened = self.opened_before.map(|moment| moment.0);
        queue::Filter {
            state: self.state.map_or(case::State::Open, Into::into),
            kinds: into(self.kinds),
            held: self.held.map(Into::into),
            opened_before: waiting.into_iter().chain(opened).min(),
            tools: concept::slugs_of(self.tools.unwrap_or_default()),
            methods: concept::slugs_of(self.methods.unwrap_or_default()),
            regions: concept::slugs_of(self.regions.unwrap_or_default()),
            thread_kinds: into(self.thread_kinds),
        }
    }
}

fn into<A: Into<B>, B>(list: Option<Vec<A>>) -> Vec<B> {
    list.into_iter().flatten().map(Into::into).collect()
}

/// The queue of cases, for whoever asks.
pub async fn queue_of(
    view: &View,
    filter: Option<CaseFilter>,
    window: &Window,
) -> Result<CaseConnection> {
    let (rows, now) = (view.rows().await?, view.now());
    let filter = filter.unwrap_or_default().read(now);
    let page = queue::list(rows, &view.actor, now, &filter, window).await?;
    let rows = || page.entries.iter().map(|(_, row)| row);
    view.expect::<Threads>(rows().filter_map(|row| row.thread_id));
    view.expect::<Posts>(rows().filter_map(|row| row.post_id));
    view.expect::<People>(rows().filter_map(|row| row.holder_id));
    let (edges, page_info) = edges(page.map(Case), |cursor, node| CaseEdge { cursor, node });
    Ok(CaseConnection {
        edges,
        page_info,
        filter,
    })
}

/// The case with this id, if the caller sees it.
pub async fn find_case(view: &View, id: Uuid) -> Result<Option<Case>> {
    let found = queue::find_many(view.rows().await?, &view.actor, view.now(), &[id]).await?;
    Ok(found.into_iter().next().map(Case))
}

/// The report with this id, if the caller sees it.
pub async fn find_report(view: &View, id: Uuid) -> Result<Option<Report>> {
    let rows = view.rows().await?;
    if let Some(own) = report::find_own(rows, &view.actor, id).await? {
        return Ok(Some(Report(own)));
    }
    let Some(found) = report::find(rows, id).await? else {
        return Ok(None);
    };
    let seen = find_case(view, found.case_id).await?;
    Ok(seen.map(|_| Report(found)))
}

/// The note with this id, if the caller sees its case.
pub async fn find_note(view: &View, id: Uuid) -> Result<Option<CaseNote>> {
    let Some(found) = work::find_note(view.rows().await?, id).await? else {
        return Ok(None);
    };
    let seen = find_case(view, found.case_id).await?;
    Ok(seen.map(|_| CaseNote(found)))
}

/// The proposal with this id, if the caller sees it.
pub async fn find_proposal(view: &View, id: Uuid) -> Result<Option<Proposal>> {
    let rows = view.rows().await?;
    let Some(found) = propose::find_many(rows, &[id]).await?.pop() else {
        return Ok(None);
    };
    let seen = propose::is_seen_by(rows, &view.actor, view.now(), &found).await?;
    Ok(seen.then_some(Proposal(found)))
}

/// The appeal with this id. That there is one is public.
pub async fn find_appeal(view: &View, id: Uuid) -> Result<Option<Appeal>> {
    let found = appeal::find_many(view.rows().await?, &[id]).await?.pop();
    Ok(found.map(Appeal))
}

/// Why a report of a post or thread would be denied to the asker; nothing when it would not.
pub async fn report_refusal(view: &View, subject: Uuid) -> Result<Option<Refusal>> {
    let has_reported = moderation::own_report(view, subject).await?.is_some();
    Ok(policy::report(&view.actor, has_reported)
        .err()
        .map(Into::into))
}

/// A decision that one person proposes and another confirms. Seen by those who could decide it.
pub struct Proposal(pub propose::Model);

connection!("proposals", Proposal, ProposalEdge, ProposalConnection);

/// A decision that one person proposes and another confirms. Seen by those who could decide it.
#[connections]
#[Object]
impl Proposal {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Proposal, self.0.id))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Where it stands.
    async fn state(&self) -> ProposalState {
        self.0.state.into()
    }

    /// What would be done.
    async fn act(&self) -> Act {
        self.0.act.into()
    }

    /// Who proposed it.
    async fn proposer(&self, ctx: &Context<'_>) -> Result<Person> {
        person::require(&view(ctx), self.0.proposer_id).await
    }

    /// In which office it was proposed.
    async fn office(&self) -> Office {
        self.0.office.into()
    }

    /// Why, in a word.
    async fn reason(&self) -> Reason {
        self.0.reason.into()
    }

    /// Why, in full.
    async fn explanation(&self) -> &str {
        &self.0.explanation
    }

    /// The language of the explanation.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// Whether the explanation would be kept from the public.
    async fn explanation_withheld(&self) -> bool {
        self.0.is_withheld
    }

    /// Until when it would hold; null for good.
    async fn until(&self) -> Result<Option<DateTime>> {
        Ok(self.0.until()?.map(DateTime))
    }

    /// The text that it would give to the post; null when it would give none.
    async fn body(&self) -> Result<Option<String>> {
        self.0.body()
    }

    /// The same as HTML in which nothing runs; null when it would give none.
    async fn body_html(&self) -> Result<Option<String>> {
        match self.0.body()? {
            Some(body) => limit::shown(body).await.map(Some),
            None => Ok(None),
        }
    }

    /// The decision that came of it; null while there is none.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.decision_id {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The posts that it is about.
    async fn posts(&self, ctx: &Context<'_>, window: Window) -> Result<PostConnection> {
        let view = view(ctx);
        let mut list = Vec::new();
        if self.0.act.on() == On::Posts {
            for id in self.0.target_ids() {
                let found = post::load(&view, id).await?;
                list.extend(found.map(|post| (id.to_string(), post)));
            }
        }
        Ok(PostConnection::of(Page::of_whole(list, &window)?))
    }

    /// The people whom it is about.
    async fn people(&self, ctx: &Context<'_>, window: Window) -> Result<PersonConnection> {
        let view = view(ctx);
        let mut list = Vec::new();
        if self.0.act.on() == On::People {
            for id in self.0.target_ids() {
                list.push((id.to_string(), person::require(&view, id).await?));
            }
        }
        Ok(PersonConnection::of(Page::of_whole(list, &window)?))
    }

    /// What of this proposal depends on who asks.
    async fn viewer(&self) -> ProposalViewer {
        ProposalViewer(self.0.clone())
    }
}

/// What of a proposal depends on who asks.
pub struct ProposalViewer(propose::Model);

/// What of a proposal depends on who asks.
#[Object]
impl ProposalViewer {
    /// Its id, for clients that keep objects by their ids: another for each who asks. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewed(ctx, &ID(id::of_uuid(Kind::Proposal, self.0.id)))
    }

    /// Whether the caller made it.
    async fn is_own(&self, ctx: &Context<'_>) -> bool {
        view(ctx).actor.person_id() == Some(self.0.proposer_id)
    }

    /// Whether confirmProposal would be allowed.
    async fn can_confirm(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.refusal(&view(ctx)).await?.is_none())
    }

    /// Why confirmProposal would be denied; null when it would not.
    async fn confirm_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        self.refusal(&view(ctx)).await
    }
}

impl ProposalViewer {
    async fn refusal(&self, view: &View) -> Result<Option<Refusal>> {
        let rows = view.rows().await?;
        let refusal = propose::refusal(rows, &view.actor, view.now(), &self.0).await?;
        Ok(refusal.map(Into::into))
    }
}

/// An appeal against a decision. That there is one is public; what it says is not.
pub struct Appeal(pub appeal::Model);

connection!("appeals", Appeal, AppealEdge, AppealConnection);

/// An appeal against a decision. That there is one is public; what it says is not.
#[Object]
impl Appeal {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Appeal, self.0.id))
    }

    /// Its place in the ledger.
    async fn position(&self) -> i64 {
        self.0.position
    }

    /// The SHA-256 of its entry in the ledger, in hexadecimal, which the next entry names as `previous`.
    async fn hash(&self, ctx: &Context<'_>) -> Result<String> {
        let sealed = moderation::sealed(&view(ctx), self.0.position).await?;
        Ok(sealed.hash)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it goes to the Secretariat, if nobody has decided by then.
    async fn due_at(&self) -> DateTime {
        DateTime(self.0.due_at)
    }

    /// The decision that is appealed.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Decision> {
        moderation::load(&view(ctx), self.0.decision_id)
            .await?
            .ok_or_else(|| Error::internal("an appeal against nothing"))
    }

    /// What came of it; null while it waits.
    async fn outcome(&self) -> Option<AppealOutcome> {
        self.0.outcome.map(Into::into)
    }

    /// The decision that upheld or undid; null while it waits.
    async fn outcome_decision(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.outcome_id {
            Some(id) => moderation::load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// What of this appeal depends on who asks.
    async fn viewer(&self) -> AppealViewer {
        AppealViewer(self.0.clone())
    }
}

/// What of an appeal depends on who asks.
pub struct AppealViewer(appeal::Model);

/// What of an appeal depends on who asks.
#[Object]
impl AppealViewer {
    /// Its id, for clients that keep objects by their ids: another for each who asks. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewed(ctx, &ID(id::of_uuid(Kind::Appeal, self.0.id)))
    }

    /// Why the decision should be undone: for who made the appeal, those whom the decision concerns, and those who could
    /// decide on it; null for others.
    async fn body(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = view(ctx);
        let rows = view.rows().await?;
        let told = appeal::is_read_by(rows, &view.actor, view.now(), &self.0).await?;
        Ok(told.then(|| self.0.body.clone()))
    }

    /// Whether decideAppeal would be allowed.
    async fn can_decide(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.refusal(&view(ctx)).await?.is_none())
    }

    /// Why decideAppeal would be denied; null when it would not.
    async fn decide_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        self.refusal(&view(ctx)).await
    }
}

impl AppealViewer {
    async fn refusal(&self, view: &View) -> Result<Option<Refusal>> {
        let rows = view.rows().await?;
        let refusal = appeal::decide_refusal(rows, &view.actor, view.now(), &self.0).await?;
        Ok(refusal.map(Into::into))
    }
}

/// A report to be made.
#[derive(InputObject)]
pub struct ReportInput {
    /// Made by the client, unique for this report. Sent twice, it answers twice with the same report.
    key: Uuid,
    /// Which post or thread.
    target_id: ID,
    /// What is wrong, in a word; one of the instance's `reportReasons`.
    reason: Reason,
    /// What is wrong, in the caller's words: at most 2,000 characters (configured) of plain text.
    #[graphql(default)]
    note: String,
    /// The language of the note.
    language: Language,
}

payload!(ReportPayload, "The report that was made.", report: Report, "The report.");

/// A case to be claimed or released.
#[derive(InputObject)]
pub struct CaseInput {
    /// Which case.
    case_id: CaseId,
}

/// A case for somebody.
#[derive(InputObject)]
pub struct AssignCaseInput {
    /// Which case.
    case_id: CaseId,
    /// For whom; somebody who could decide on it.
    person_id: PersonId,
}

/// A note on a case.
#[derive(InputObject)]
pub struct NoteCaseInput {
    /// Made by the client, unique for this note. Sent twice, it answers twice with the same note.
    key: Uuid,
    /// On which case.
    case_id: CaseId,
    /// Its text: 1 to 2,000 characters (configured) of plain text.
    body: String,
}

payload!(CasePayload, "The case as it is now.", case: Case, "The case.");

payload!(NoteCasePayload, "The note that was written.", note: CaseNote, "The note.");

payload!(ProposeDecisionPayload, "The proposal that was made.", proposal: Proposal, "The proposal.");

/// A proposal to be confirmed or declined.
#[derive(InputObject)]
pub struct ProposalInput {
    /// Which proposal.
    proposal_id: ProposalId,
}

payload!(ConfirmProposalPayload, "The decision that came of a proposal.", decision: Decision, "The decision.");

payload!(DeclineProposalPayload, "The proposal that was declined.", proposal: Proposal, "The proposal.");

/// An appeal to be made.
#[derive(InputObject)]
pub struct AppealDecisionInput {
    /// Made by the client, unique for this appeal. Sent twice, it answers twice with the same appeal.
    key: Uuid,
    /// Against which decision.
    decision_id: DecisionId,
    /// Why it should be undone: 1 to 2,000 characters (configured) of plain text.
    body: String,
    /// The language of the text.
    language: Language,
}

payload!(AppealDecisionPayload, "The appeal that was made.", appeal: Appeal, "The appeal.");

/// A decision on an appeal.
#[derive(InputObject)]
pub struct DecideAppealInput {
    /// Made by the client, unique for this decision. Sent twice, it answers twice with the same decision.
    key: Uuid,
    /// On which appeal.
    appeal_id: AppealId,
    /// Undo the decision that is appealed; else it stands.
    overturn: bool,
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

payload!(DecideAppealPayload, "The decision on an appeal.", decision: Decision, "The decision that upholds or undoes.");

#[derive(Default)]
pub struct CaseMutation;

#[Object]
impl CaseMutation {
    /// Reports a post or thread to those who decide. DENIED to visitors, and with ALREADY_REPORTED for a second report of
    /// the same; TOO_MANY beyond the configured rate. A notice tells what came of it.
    async fn report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is reported, and why.")] input: ReportInput,
    ) -> Result<Option<ReportPayload>> {
        let asked = asked(ctx);
        let post = id::to_uuid(Kind::Post, &input.target_id).map(report::Subject::Post);
        let thread = id::to_uuid(Kind::Thread, &input.target_id).map(report::Subject::Thread);
        let new = report::Reporting {
            key: input.key,
            subject: post.or(thread).ok_or(Error::NotFound)?,
            reason: input.reason.into(),
            note: input.note,
            language: input.language.into(),
        };
        let made = mutate(asked, report::report(&asked.forum, &asked.actor(), new)).await?;
        Ok(Some(ReportPayload {
            report: Report(made),
        }))
    }

    /// Claims an open case, so that others leave it. NOT_FOUND for whoever could not decide on it; DENIED with
    /// CASE_CLAIMED when somebody else has.
    async fn claim_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseInput,
    ) -> Result<Option<CasePayload>> {
        let asked = asked(ctx);
        let id = input.case_id.uuid()?;
        let case = mutate(asked, work::claim(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(CasePayload { case: Case(case) }))
    }

    /// Lets a claimed case go. Whoever holds it, and the Secretariat (else DENIED).
    async fn release_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseInput,
    ) -> Result<Option<CasePayload>> {
        let asked = asked(ctx);
        let id = input.case_id.uuid()?;
        let case = mutate(asked, work::release(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(CasePayload { case: Case(case) }))
    }

    /// Gives a case to somebody who could decide on it (else INVALID). Whoever holds it, anybody while nobody does, and
    /// the Secretariat.
    async fn assign_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and for whom.")] input: AssignCaseInput,
    ) -> Result<Option<CasePayload>> {
        let asked = asked(ctx);
        let id = input.case_id.uuid()?;
        let to = input.person_id.uuid_of("personId")?;
        let case = mutate(asked, work::assign(&asked.forum, &asked.actor(), id, to)).await?;
        Ok(Some(CasePayload { case: Case(case) }))
    }

    /// Writes a note on a case, for others who could decide on it.
    async fn note_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and the note.")] input: NoteCaseInput,
    ) -> Result<Option<NoteCasePayload>> {
        let asked = asked(ctx);
        let id = input.case_id.uuid()?;
        let (forum, actor) = (&asked.forum, asked.actor());
        let note = work::note(forum, &actor, input.key, id, &input.body);
        let note = mutate(asked, note).await?;
        Ok(Some(NoteCasePayload {
            note: CaseNote(note),
        }))
    }

    /// Proposes a decision that takes two: suspending a person, erasing a text, hiding or editing what was said on behalf
    /// of a delegation. Refused as decide; INVALID, field `act`, for what one person decides alone.
    async fn propose_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is proposed, and why.")] input: DecideInput,
    ) -> Result<Option<ProposeDecisionPayload>> {
        let asked = asked(ctx);
        let wanted = input.read()?;
        let made = mutate(
            asked,
            propose::propose(&asked.forum, &asked.actor(), wanted),
        )
        .await?;
        Ok(Some(ProposeDecisionPayload {
            proposal: Proposal(made),
        }))
    }

    /// Confirms what somebody else proposed: it is decided. DENIED with OWN_PROPOSAL to who proposed it.
    async fn confirm_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] input: ProposalInput,
    ) -> Result<Option<ConfirmProposalPayload>> {
        let asked = asked(ctx);
        let id = input.proposal_id.uuid()?;
        let taken = mutate(asked, propose::confirm(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(ConfirmProposalPayload {
            decision: Decision(taken),
        }))
    }

    /// Declines what somebody else proposed, or takes the own proposal back.
    async fn decline_proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] input: ProposalInput,
    ) -> Result<Option<DeclineProposalPayload>> {
        let asked = asked(ctx);
        let id = input.proposal_id.uuid()?;
        let declined = mutate(asked, propose::decline(&asked.forum, &asked.actor(), id)).await?;
        Ok(Some(DeclineProposalPayload {
            proposal: Proposal(declined),
        }))
    }

    /// Appeals a decision: those whom it concerns and the focal point of their delegation, once and in time (else DENIED
    /// with the reason that `viewer` of the decision tells beforehand).
    async fn appeal_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which decision, and why.")] input: AppealDecisionInput,
    ) -> Result<Option<AppealDecisionPayload>> {
        let asked = asked(ctx);
        let new = appeal::Appealing {
            key: input.key,
            decision_id: input.decision_id.uuid()?,
            body: input.body,
            language: input.language.into(),
        };
        let made = mutate(asked, appeal::appeal(&asked.forum, &asked.actor(), new)).await?;
        Ok(Some(AppealDecisionPayload {
            appeal: Appeal(made),
        }))
    }

    /// Decides on an appeal: somebody other than who took the decision; after its deadline only the Secretariat (else
    /// DENIED). Overturning restores what was before.
    async fn decide_appeal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which appeal, what comes of it, and why.")] input: DecideAppealInput,
    ) -> Result<Option<DecideAppealPayload>> {
        let asked = asked(ctx);
        let deciding = appeal::Deciding {
            key: input.key,
            appeal_id: input.appeal_id.uuid()?,
            overturn: input.overturn,
            why: Why {
                reason: input.reason.into(),
                explanation: input.explanation,
                language: input.language.into(),
                withhold: input.withhold_explanation,
            },
        };
        let taken = mutate(
            asked,
            appeal::decide(&asked.forum, &asked.actor(), deciding),
        )
        .await?;
        Ok(Some(DecideAppealPayload {
            decision: Decision(taken),
        }))
    }
}
