//! Relay's Node, and the instance itself.

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Interface;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::forum::accounts::invitation;
use crate::forum::accounts::mandate;
use crate::forum::accounts::naming;
use crate::forum::accounts::password_link;
use crate::forum::accounts::session;
use crate::forum::discussion::draft;
use crate::forum::discussion::text;
use crate::forum::moderation::acts;
use crate::forum::moderation::decision;
use crate::forum::moderation::notice;
use crate::graph::acknowledgement;
use crate::graph::acknowledgement::Acknowledgement;
use crate::graph::address;
use crate::graph::cases;
use crate::graph::cases::Appeal;
use crate::graph::cases::Case;
use crate::graph::cases::CaseNote;
use crate::graph::cases::Proposal;
use crate::graph::cases::Report;
use crate::graph::concept;
use crate::graph::concept::Concept;
use crate::graph::concept::loaders::Concepts;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::delegation::Delegations;
use crate::graph::draft::Draft;
use crate::graph::invitation::Invitation;
use crate::graph::moderation;
use crate::graph::moderation::Decision;
use crate::graph::moderation::LedgerEntry;
use crate::graph::moderation::Notice;
use crate::graph::moderation::loaders::Decisions;
use crate::graph::password_link::PasswordLink;
use crate::graph::person;
use crate::graph::person::FormerName;
use crate::graph::person::Person;
use crate::graph::person::loaders::Mandates;
use crate::graph::person::loaders::People;
use crate::graph::person::mandates::Mandate;
use crate::graph::post;
use crate::graph::post::Post;
use crate::graph::post::loaders::Posts;
use crate::graph::post::revisions::Revision;
use crate::graph::scalar::Act;
use crate::graph::scalar::Reason;
use crate::graph::thread;
use crate::graph::thread::Thread;
use crate::graph::thread::loaders::Threads;
use crate::graph::translation;
use crate::graph::translation::Translation;
use crate::graph::viewer::sessions::Session;

/// An object that can be found by its global id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Its global id: opaque, unique over all types, never reused."
))]
pub enum Node {
    Thread(Thread),
    Post(Post),
    Revision(Revision),
    Person(Person),
    Mandate(Mandate),
    Session(Session),
    Invitation(Invitation),
    Delegation(Delegation),
    Concept(Concept),
    Decision(Decision),
    Notice(Notice),
    Case(Case),
    CaseNote(CaseNote),
    Report(Report),
    Proposal(Proposal),
    Appeal(Appeal),
    Translation(Translation),
    Draft(Draft),
    FormerName(FormerName),
    PasswordLink(PasswordLink),
    LedgerEntry(LedgerEntry),
    Acknowledgement(Acknowledgement),
    Instance(Instance),
}

/// The key in the id of the forum itself.
const INSTANCE: &str = "instance";
/// The maximum number of ids that are looked up at once.
const MAX_IDS: usize = 100;

/// This forum: its operator, and the terms under which texts are contributed.
#[derive(Description)]
pub struct Instance;

#[Object(use_type_description)]
impl Instance {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_word(Kind::Instance, INSTANCE))
    }

    /// The address of its home page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::home(ctx)
    }

    /// The version of the server program, as in the changelog of the API: `0.1.0`.
    async fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    /// Its name.
    async fn name(&self, ctx: &Context<'_>) -> String {
        request(ctx).instance.name.clone()
    }

    /// Its operator.
    async fn operator(&self, ctx: &Context<'_>) -> String {
        request(ctx).instance.operator.clone()
    }

    /// The licence under which texts are contributed.
    async fn licence_name(&self, ctx: &Context<'_>) -> String {
        request(ctx).instance.licence_name.clone()
    }

    /// The address of the licence's text.
    async fn licence_url(&self, ctx: &Context<'_>) -> String {
        request(ctx).instance.licence_url.clone()
    }

    /// The possible reasons for a report (configured).
    async fn report_reasons(&self, ctx: &Context<'_>) -> Vec<Reason> {
        let named = request(ctx).forum.limits.report_reasons();
        let known = named.filter_map(decision::Reason::parse);
        known.map(Into::into).collect()
    }

    /// The possible reasons for a decision with this act. An act that is only used to undo another has the reasons for
    /// undoing.
    async fn decision_reasons(&self, #[graphql(desc = "The act.")] act: Act) -> Vec<Reason> {
        let reasons = acts::action(act.into()).definition().reasons;
        reasons.iter().copied().map(Into::into).collect()
    }

    /// The possible reasons for undoing a decision, and for overturning one after an appeal.
    async fn undoing_reasons(&self) -> Vec<Reason> {
        decision::Reason::OF_UNDOING.map(Into::into).into()
    }

    /// The public key of the pair that currently signs the ledger, in hexadecimal; null when nothing is signed.
    async fn ledger_key(&self, ctx: &Context<'_>) -> Option<String> {
        let key = request(ctx).forum.ledger_key.as_ref();
        key.map(|key| key.public())
    }

    /// The number of days in which a decision can be appealed (configured).
    async fn appeal_days(&self, ctx: &Context<'_>) -> u32 {
        request(ctx).forum.limits.appeal_days
    }
}

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Returns any object by its global id; null when there is no object with that id, or none that the caller sees.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id.")] id: ID,
    ) -> Result<Option<Node>> {
        find(&read_view(ctx), &id).await
    }

    /// Returns objects by their global ids, in the order of the ids; null in the position of each id that has no
    /// object, or none that the caller sees. INVALID for more than 100 ids.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MAX_IDS {
            return Err(Error::invalid("ids", Fault::TooMany { max: MAX_IDS }));
        }
        let view = read_view(ctx);
        for id in &ids {
            prefetch(&view, id);
        }
        let mut found = Vec::new();
        for id in &ids {
            found.push(find(&view, id).await?);
        }
        Ok(found)
    }

    /// Returns this forum itself.
    async fn instance(&self) -> Instance {
        Instance
    }
}

/// Announces that this id will be looked up, for kinds that have a loader.
fn prefetch(view: &ReadView, id: &str) {
    let Some(kind) = id::kind_of(id) else {
        return;
    };
    match kind {
        Kind::Thread => view.prefetch::<Threads>(id::ThreadId::of_global(id)),
        Kind::Post => view.prefetch::<Posts>(id::PostId::of_global(id)),
        Kind::Person => {
            view.prefetch::<People>(id::PersonId::of_global(id));
            view.prefetch::<Mandates>(id::PersonId::of_global(id));
        }
        Kind::Decision => view.prefetch::<Decisions>(id::to_uuid(kind, id)),
        Kind::Delegation => view.prefetch::<Delegations>(id::to_word(kind, id)),
        Kind::Concept => view.prefetch::<Concepts>(id::to_word(kind, id)),
        Kind::Revision
        | Kind::Mandate
        | Kind::Session
        | Kind::Invitation
        | Kind::Event
        | Kind::Viewer
        | Kind::Instance
        | Kind::Notice
        | Kind::Case
        | Kind::CaseNote
        | Kind::Report
        | Kind::Proposal
        | Kind::Appeal
        | Kind::Translation
        | Kind::Draft
        | Kind::Viewed
        | Kind::Choices
        | Kind::FormerName
        | Kind::PasswordLink
        | Kind::Entry
        | Kind::Acknowledgement => {}
    }
}

async fn find(view: &ReadView, id: &str) -> Result<Option<Node>> {
    let Some(kind) = id::kind_of(id) else {
        return Ok(None);
    };
    match (id::to_uuid(kind, id), id::to_word(kind, id)) {
        (Some(key), _) => by_uuid(view, kind, key).await,
        (None, Some(word)) => by_word(view, kind, &word).await,
        (None, None) => Ok(None),
    }
}

async fn by_uuid(view: &ReadView, kind: Kind, key: Uuid) -> Result<Option<Node>> {
    let (actor, now) = (&view.actor, view.now());
    // Not read before they are needed: a loader records what it reads.
    Ok(match kind {
        Kind::Thread => thread::load(view, key.into()).await?.map(Node::Thread),
        Kind::Post => post::load(view, key.into()).await?.map(Node::Post),
        Kind::Revision => text::revision(view.rows().await?, actor.audience(), key)
            .await?
            .map(|row| Node::Revision(Revision(row))),
        Kind::Person => person::load(view, key.into()).await?.map(Node::Person),
        Kind::Mandate => mandate::find(view.rows().await?, key)
            .await?
            .map(|row| Node::Mandate(Mandate(row))),
        Kind::Session => session::list(view.rows().await?, actor, now)
            .await?
            .into_iter()
            .find(|row| row.id == key)
            .map(|row| Node::Session(Session(row))),
        Kind::Invitation => invitation::find(view.rows().await?, actor, now, key)
            .await?
            .map(|row| Node::Invitation(Invitation(row))),
        Kind::Delegation | Kind::Concept => {
            // A key of sixteen letters looks like a UUID.
            let word = String::from_utf8(key.as_bytes().to_vec()).unwrap_or_default();
            by_word(view, kind, &word).await?
        }
        Kind::Decision => moderation::load(view, key).await?.map(Node::Decision),
        Kind::Notice => notice::find(view.rows().await?, actor, key)
            .await?
            .map(|row| Node::Notice(Notice(row))),
        Kind::Case => cases::find_case(view, key).await?.map(Node::Case),
        Kind::CaseNote => cases::find_note(view, key).await?.map(Node::CaseNote),
        Kind::Report => cases::find_report(view, key).await?.map(Node::Report),
        Kind::Proposal => cases::find_proposal(view, key).await?.map(Node::Proposal),
        Kind::Appeal => cases::find_appeal(view, key).await?.map(Node::Appeal),
        Kind::Translation => translation::find(view, key).await?.map(Node::Translation),
        Kind::Draft => draft::find(view.rows().await?, actor, key)
            .await?
            .map(|row| Node::Draft(Draft(row))),
        Kind::FormerName => naming::find(view.rows().await?, key)
            .await?
            .map(|row| Node::FormerName(FormerName(row))),
        Kind::PasswordLink => password_link::find_own(view.rows().await?, actor, key)
            .await?
            .map(|row| Node::PasswordLink(PasswordLink(row))),
        Kind::Acknowledgement => acknowledgement::find(view, key)
            .await?
            .map(Node::Acknowledgement),
        Kind::Event
        | Kind::Viewer
        | Kind::Instance
        | Kind::Viewed
        | Kind::Choices
        | Kind::Entry => None,
    })
}

async fn by_word(view: &ReadView, kind: Kind, word: &str) -> Result<Option<Node>> {
    Ok(match kind {
        Kind::Delegation => delegation::load(view, word).await?.map(Node::Delegation),
        Kind::Concept => concept::load(view, word).await?.map(Node::Concept),
        Kind::Instance => (word == INSTANCE).then_some(Node::Instance(Instance)),
        Kind::Entry => moderation::entry(view, word).await?.map(Node::LedgerEntry),
        Kind::Thread
        | Kind::Post
        | Kind::Revision
        | Kind::Person
        | Kind::Mandate
        | Kind::Session
        | Kind::Invitation
        | Kind::Event
        | Kind::Viewer
        | Kind::Decision
        | Kind::Notice
        | Kind::Case
        | Kind::CaseNote
        | Kind::Report
        | Kind::Proposal
        | Kind::Appeal
        | Kind::Translation
        | Kind::Draft
        | Kind::Viewed
        | Kind::Choices
        | Kind::FormerName
        | Kind::PasswordLink
        | Kind::Acknowledgement => None,
    })
}
