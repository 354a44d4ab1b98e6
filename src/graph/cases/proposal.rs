//! Proposed decisions in the API.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::limit;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::proposal;
use crate::forum::moderation::proposal::confirm;
use crate::forum::moderation::proposal::list;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::viewer_part_id;
use crate::graph::moderation;
use crate::graph::moderation::Decision;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::person::PersonConnection;
use crate::graph::post;
use crate::graph::post::PostConnection;
use crate::graph::scalar::Act;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;
use crate::graph::scalar::Office;
use crate::graph::scalar::ProposalState;
use crate::graph::scalar::Reason;
use crate::graph::scalar::Refusal;
use graph_macros::connections;

/// The proposal with this id, if the caller sees it.
pub async fn find_proposal(view: &ReadView, id: Uuid) -> Result<Option<Proposal>> {
    let rows = view.rows().await?;
    let Some(found) = proposal::find_many(rows, &[id]).await?.pop() else {
        return Ok(None);
    };
    let seen = list::is_seen_by(rows, &view.actor, view.now(), &found).await?;
    Ok(seen.then_some(Proposal(found)))
}

/// A decision that one person proposes and another confirms. Visible to those who could decide on it.
pub struct Proposal(pub proposal::Model);

connection!("proposals", Proposal, ProposalEdge, ProposalConnection);

/// A decision that one person proposes and another confirms. Visible to those who could decide on it.
#[connections]
#[Object]
impl Proposal {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Proposal, self.0.id))
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Its current state.
    async fn state(&self) -> ProposalState {
        self.0.state.into()
    }

    /// The proposed act.
    async fn act(&self) -> Act {
        self.0.act.into()
    }

    /// The person who proposed it.
    async fn proposer(&self, ctx: &Context<'_>) -> Result<Person> {
        person::require(&read_view(ctx), self.0.proposer_id).await
    }

    /// The office in which it was proposed.
    async fn office(&self) -> Office {
        self.0.office.into()
    }

    /// The reason, as a keyword.
    async fn reason(&self) -> Reason {
        self.0.reason.into()
    }

    /// The full explanation.
    async fn explanation(&self) -> &str {
        &self.0.explanation
    }

    /// The language of the explanation.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// Whether the explanation would be withheld from the public.
    async fn explanation_withheld(&self) -> bool {
        self.0.is_withheld
    }

    /// Until when it would hold; null if permanent.
    async fn until(&self) -> Result<Option<DateTime>> {
        Ok(self.0.until()?.map(DateTime))
    }

    /// The proposed new text of the post; null when the proposal contains none.
    async fn body(&self) -> Result<Option<String>> {
        self.0.body()
    }

    /// The same text as HTML without active content; null when the proposal contains none.
    async fn body_html(&self) -> Result<Option<String>> {
        match self.0.body()? {
            Some(body) => limit::render_stored(body).await.map(Some),
            None => Ok(None),
        }
    }

    /// The resulting decision; null while there is none.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<Decision>> {
        match self.0.decision_id {
            Some(id) => moderation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The posts that it is about.
    async fn posts(&self, ctx: &Context<'_>, window: Window) -> Result<PostConnection> {
        let view = read_view(ctx);
        let mut list = Vec::new();
        for subject in list::subjects(&self.0) {
            if let Subject::Post(id) = subject {
                let found = post::load(&view, id).await?;
                list.extend(found.map(|post| (id.to_string(), post)));
            }
        }
        Ok(PostConnection::of(Page::of_whole(list, &window)?))
    }

    /// The people that it is about.
    async fn people(&self, ctx: &Context<'_>, window: Window) -> Result<PersonConnection> {
        let view = read_view(ctx);
        let mut list = Vec::new();
        for subject in list::subjects(&self.0) {
            if let Subject::Person(id) = subject {
                list.push((id.to_string(), person::require(&view, id).await?));
            }
        }
        Ok(PersonConnection::of(Page::of_whole(list, &window)?))
    }

    /// The data of this proposal that depends on the caller.
    async fn viewer(&self) -> ProposalViewer {
        ProposalViewer(self.0.clone())
    }
}

/// The data of a proposal that depends on the caller.
pub struct ProposalViewer(proposal::Model);

/// The data of a proposal that depends on the caller.
#[Object]
impl ProposalViewer {
    /// Its id, for clients that cache objects by id: a different one for each caller. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewer_part_id(ctx, &ID(id::of_uuid(Kind::Proposal, self.0.id)))
    }

    /// Whether the caller made it.
    async fn is_own(&self, ctx: &Context<'_>) -> bool {
        read_view(ctx).actor.person_id() == Some(self.0.proposer_id)
    }

    /// Whether confirmProposal would be allowed.
    async fn can_confirm(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.refusal(&read_view(ctx)).await?.is_none())
    }

    /// Why confirmProposal would be denied; null when it would not.
    async fn confirm_refusal(&self, ctx: &Context<'_>) -> Result<Option<Refusal>> {
        self.refusal(&read_view(ctx)).await
    }
}

impl ProposalViewer {
    async fn refusal(&self, view: &ReadView) -> Result<Option<Refusal>> {
        let rows = view.rows().await?;
        let refusal = confirm::refusal(rows, &view.actor, view.now(), &self.0).await?;
        Ok(refusal.map(Into::into))
    }
}
