//! Cases and the notes on them in the API.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::cases::case;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::appeal;
use crate::forum::moderation::decision;
use crate::forum::moderation::policy;
use crate::forum::moderation::queue;
use crate::forum::moderation::report;
use crate::forum::moderation::work;
use crate::graph::address;
use crate::graph::cases::appeal::Appeal;
use crate::graph::cases::report::Report;
use crate::graph::cases::report::ReportConnection;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::viewer_part_id;
use crate::graph::moderation;
use crate::graph::moderation::Decision;
use crate::graph::moderation::DecisionConnection;
use crate::graph::moderation::loaders::expect_of_decisions;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::person::loaders::People;
use crate::graph::post;
use crate::graph::post::Post;
use crate::graph::scalar::CaseKind;
use crate::graph::scalar::CaseState;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Refusal;
use crate::graph::thread;
use crate::graph::thread::Thread;
use graph_macros::connections;

/// A note on a case, visible only to those who could decide on the case.
pub struct CaseNote(pub work::Model);

connection!(
    "notes on a case",
    CaseNote,
    CaseNoteEdge,
    CaseNoteConnection
);

/// A note on a case, visible only to those who could decide on the case.
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
        person::require(&read_view(ctx), self.0.author_id).await
    }

    /// Its text.
    async fn body(&self) -> &str {
        &self.0.body
    }
}

/// A case: something that waits for a decision, or was decided. All reports of one post or thread form one case. Visible to
/// those who could decide on it.
pub struct Case(pub case::Model);

/// A case: something that waits for a decision, or was decided. All reports of one post or thread form one case. Visible to
/// those who could decide on it.
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

    /// Its current state.
    async fn state(&self) -> CaseState {
        self.0.state.into()
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime {
        DateTime(self.0.opened_at)
    }

    /// When it passes to the Secretariat; null when it does not do so automatically.
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
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The person who works on it; null while nobody has claimed it.
    async fn holder(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.0.holder_id {
            Some(id) => person::require(&read_view(ctx), id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The thread that it is about, or the thread of the post that it is about; null for a case about a person.
    async fn thread(&self, ctx: &Context<'_>) -> Result<Option<Thread>> {
        match self.0.thread_id {
            Some(id) => thread::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The post that it is about; null when it is about a thread or a person.
    async fn post(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        match self.0.post_id {
            Some(id) => post::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The appeal that it is about; null for reports.
    async fn appeal(&self, ctx: &Context<'_>) -> Result<Option<Appeal>> {
        let view = read_view(ctx);
        let Some(decision) = self.0.appealed_id else {
            return Ok(None);
        };
        let found = appeal::of_decision(view.rows().await?, decision).await?;
        Ok(found.map(Appeal))
    }

    /// The reports that it is about, oldest first; none for an appeal.
    async fn reports(&self, ctx: &Context<'_>, window: Window) -> Result<ReportConnection> {
        let view = read_view(ctx);
        let found = report::of_case(view.rows().await?, self.0.id).await?;
        let list = found.into_iter().map(|row| (row.id.to_string(), row));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(ReportConnection::of(page.map(Report)))
    }

    /// The notes of those who worked on it, oldest first.
    async fn notes(&self, ctx: &Context<'_>, window: Window) -> Result<CaseNoteConnection> {
        let view = read_view(ctx);
        let found = work::notes(view.rows().await?, self.0.id).await?;
        view.prefetch::<People>(found.iter().map(|note| note.author_id));
        let list = found.into_iter().map(|row| (row.id.to_string(), row));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(CaseNoteConnection::of(page.map(CaseNote)))
    }

    /// The latest decisions on the subject of the case, on its thread, and on its author, newest first; at most 100.
    async fn history(&self, ctx: &Context<'_>, window: Window) -> Result<DecisionConnection> {
        let view = read_view(ctx);
        let subject = self.0.subject();
        let mut about: Vec<Uuid> = self.0.thread_id.map(Uuid::from).into_iter().collect();
        about.extend(subject.map(Subject::id));
        about.extend(match subject {
            Some(Subject::Post(id)) => {
                let post = post::load(&view, id).await?;
                post.map(|post| post.0.author_id.0)
            }
            Some(Subject::Thread(id)) => {
                let thread = thread::load(&view, id).await?;
                thread.map(|thread| thread.0.author_id.0)
            }
            Some(Subject::Person(_)) | None => None,
        });
        let found = decision::history(view.rows().await?, &about, 100).await?;
        expect_of_decisions(&view, found.iter());
        let list = found.into_iter().map(|row| (row.position.to_string(), row));
        let page = Page::of_whole(list.collect(), &window)?;
        Ok(DecisionConnection::of(page.map(Decision)))
    }

    /// The data of this case that depends on the caller.
    async fn viewer(&self) -> CaseViewer {
        CaseViewer(self.0.clone())
    }
}

/// The data of a case that depends on the caller.
pub struct CaseViewer(case::Model);

/// The data of a case that depends on the caller.
#[Object]
impl CaseViewer {
    /// Its id, for clients that cache objects by id: a different one for each caller. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewer_part_id(ctx, &ID(id::of_uuid(Kind::Case, self.0.id)))
    }

    /// Whether the caller has claimed it.
    async fn holds(&self, ctx: &Context<'_>) -> bool {
        let own = read_view(ctx).actor.person_id();
        own.is_some() && self.0.holder_id == own
    }

    /// Whether claimCase would be allowed.
    async fn can_claim(&self, ctx: &Context<'_>) -> bool {
        claim_refusal(&read_view(ctx), &self.0).is_none()
    }

    /// Why claimCase would be denied; null when it would not.
    async fn claim_refusal(&self, ctx: &Context<'_>) -> Option<Refusal> {
        claim_refusal(&read_view(ctx), &self.0)
    }

    /// Whether releaseCase and assignCase would be allowed.
    async fn can_release(&self, ctx: &Context<'_>) -> bool {
        let view = read_view(ctx);
        self.0.state == case::State::Open && policy::assign(&view.actor, self.0.holder_id).is_ok()
    }
}

fn claim_refusal(view: &ReadView, case: &case::Model) -> Option<Refusal> {
    if let Err(refusal) = policy::office(&view.actor, view.now()) {
        return Some(refusal.into());
    }
    if case.state == case::State::Resolved {
        return Some(Refusal::AlreadyDecided);
    }
    policy::work_on_case(&view.actor, case.holder_id)
        .err()
        .map(Into::into)
}

/// The case with this id, if the caller sees it.
pub async fn find_case(view: &ReadView, id: Uuid) -> Result<Option<Case>> {
    let found = queue::find_many(view.rows().await?, &view.actor, view.now(), &[id]).await?;
    Ok(found.into_iter().next().map(Case))
}

/// The note with this id, if the caller sees its case.
pub async fn find_note(view: &ReadView, id: Uuid) -> Result<Option<CaseNote>> {
    let Some(found) = work::find_note(view.rows().await?, id).await? else {
        return Ok(None);
    };
    let seen = find_case(view, found.case_id).await?;
    Ok(seen.map(|_| CaseNote(found)))
}
