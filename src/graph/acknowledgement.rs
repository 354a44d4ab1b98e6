//! Acknowledgements of posts in the API.

use std::collections::HashMap;

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::id::PostId as PostKey;
use crate::base::locale;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::acknowledge;
use crate::forum::discussion::acknowledgement;
use crate::forum::discussion::policy;
use crate::forum::discussion::post as post_row;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::RequestContext;
use crate::graph::context::mutate;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::delegation::Delegations;
use crate::graph::ids::MandateId;
use crate::graph::ids::PostId;
use crate::graph::loader::Loader;
use crate::graph::payload::payload;
use crate::graph::post;
use crate::graph::post::Post;
use crate::graph::scalar::AcknowledgementKind;
use crate::graph::scalar::DateTime;

/// What a delegation says of a post of another delegation without writing. It is the delegation's, whoever of its members gave it.
#[derive(Clone, Description)]
pub struct Acknowledgement(pub acknowledgement::Model);

connection!(
    "acknowledgements",
    Acknowledgement,
    AcknowledgementEdge,
    AcknowledgementConnection
);

#[Object(use_type_description)]
impl Acknowledgement {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Acknowledgement, self.0.id))
    }

    /// What it says.
    async fn kind(&self) -> AcknowledgementKind {
        self.0.kind.into()
    }

    /// The delegation that says it.
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Delegation> {
        let found = delegation::load(&read_view(ctx), &self.0.delegation_id).await?;
        found.ok_or_else(|| Error::internal("an acknowledgement without its delegation"))
    }

    /// When it was given.
    async fn at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// A post to acknowledge, and what to say of it.
#[derive(InputObject)]
pub struct AcknowledgeInput {
    /// The post.
    post_id: PostId,
    /// What to say.
    kind: AcknowledgementKind,
    /// The caller's mandate under which to speak; the latest current one when left out.
    mandate_id: Option<MandateId>,
}

payload!(AcknowledgePayload, "The acknowledged post.", post: Post, "The post.");

/// An acknowledgement to withdraw.
#[derive(InputObject)]
pub struct WithdrawAcknowledgementInput {
    /// The post.
    post_id: PostId,
    /// What the delegation no longer says.
    kind: AcknowledgementKind,
    /// The caller's mandate for the delegation; the latest current one when left out.
    mandate_id: Option<MandateId>,
}

payload!(WithdrawAcknowledgementPayload, "The post without the acknowledgement.", post: Post, "The post.");

#[derive(Default)]
pub struct AcknowledgementMutation;

#[Object]
impl AcknowledgementMutation {
    /// Acknowledges a post on behalf of the caller's delegation, once of each kind, whoever of its members does it; again changes
    /// nothing. DENIED without a current mandate to speak on behalf of the delegation, for what the delegation wrote itself, and
    /// for a post that is not shown. TOO_MANY beyond 60 acknowledgements and withdrawals a minute (configured).
    async fn acknowledge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post, and what to say of it.")] input: AcknowledgeInput,
    ) -> Result<Option<AcknowledgePayload>> {
        let request = request(ctx);
        let wanted = read(request, &input.post_id, input.kind, input.mandate_id)?;
        let post_id = wanted.post_id;
        mutate(
            request,
            acknowledge::acknowledge(&request.forum, &request.actor(), wanted),
        )
        .await?;
        Ok(Some(AcknowledgePayload {
            post: reload(request, post_id).await?,
        }))
    }

    /// Withdraws an acknowledgement by the caller's delegation, whoever of its members gave it; without one it changes nothing.
    /// DENIED without a current mandate for a delegation. TOO_MANY as acknowledge.
    async fn withdraw_acknowledgement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post, and what was said of it.")] input: WithdrawAcknowledgementInput,
    ) -> Result<Option<WithdrawAcknowledgementPayload>> {
        let request = request(ctx);
        let wanted = read(request, &input.post_id, input.kind, input.mandate_id)?;
        let post_id = wanted.post_id;
        mutate(
            request,
            acknowledge::withdraw(&request.forum, &request.actor(), wanted),
        )
        .await?;
        Ok(Some(WithdrawAcknowledgementPayload {
            post: reload(request, post_id).await?,
        }))
    }
}

/// Counts the request, and reads its input.
fn read(
    request: &RequestContext,
    post_id: &PostId,
    kind: AcknowledgementKind,
    mandate_id: Option<MandateId>,
) -> Result<acknowledge::Acknowledgement> {
    let RequestContext { forum, caller, .. } = request;
    let (max, now) = (
        forum.limits.acknowledgements_per_minute,
        forum.store.clock().now(),
    );
    forum.acknowledgements.count(caller, max, now)?;
    let mandate = mandate_id.map(|id| id.uuid_of("mandateId"));
    Ok(acknowledge::Acknowledgement {
        post_id: post_id.uuid()?,
        kind: kind.into(),
        mandate_id: mandate.transpose()?,
    })
}

async fn reload(request: &RequestContext, post_id: PostKey) -> Result<Post> {
    let found = post::load(&request.read_view(), post_id).await?;
    found.ok_or(Error::NotFound)
}

/// The acknowledgements of shown posts.
pub struct Acknowledgements;

impl Loader for Acknowledgements {
    type Key = PostKey;
    type Value = Vec<acknowledgement::Model>;

    async fn load(
        view: &ReadView,
        posts: Vec<PostKey>,
    ) -> Result<HashMap<PostKey, Vec<acknowledgement::Model>>> {
        let found = acknowledgement::of_posts(view.rows_of_known().await?, &posts).await?;
        let delegations = found
            .values()
            .flatten()
            .map(|row| row.delegation_id.clone());
        view.prefetch::<Delegations>(delegations);
        Ok(found)
    }
}

/// The acknowledgements of a post, of one kind or of all; none while the post is not shown.
pub async fn of_post(
    view: &ReadView,
    post: &post_row::Model,
    kind: Option<AcknowledgementKind>,
) -> Result<Vec<acknowledgement::Model>> {
    if post.shown_as() != post_row::State::Published {
        return Ok(Vec::new());
    }
    let found = view.get::<Acknowledgements>(post.id).await?;
    let mut found = found.unwrap_or_default();
    if let Some(kind) = kind {
        found.retain(|row| row.kind == kind.into());
    }
    Ok(found)
}

/// A page of the acknowledgements of a post, by kind and by the delegations' names in the order of the caller's language.
pub async fn page_of_post(
    ctx: &Context<'_>,
    post: &post_row::Model,
    kind: Option<AcknowledgementKind>,
    window: &Window,
) -> Result<AcknowledgementConnection> {
    let view = read_view(ctx);
    let language = request(ctx).caller.language;
    let mut named = Vec::new();
    for row in of_post(&view, post, kind).await? {
        let delegation = delegation::load(&view, &row.delegation_id).await?;
        let name = delegation.map(|delegation| delegation.0.name(language).to_string());
        named.push((name.unwrap_or_default(), row));
    }
    locale::sort_by_name(language, &mut named, |(name, _)| name.as_str());
    named.sort_by_key(|(_, row)| row.kind != acknowledgement::Kind::SamePractice);
    let list = named
        .into_iter()
        .map(|(_, row)| (row.id.to_string(), Acknowledgement(row)));
    let page = Page::of_whole(list.collect(), window)?;
    Ok(AcknowledgementConnection::of(page))
}

/// The acknowledgement with this id, if its post is shown to the caller.
pub async fn find(view: &ReadView, id: Uuid) -> Result<Option<Acknowledgement>> {
    let Some(row) = acknowledgement::find(view.rows().await?, id).await? else {
        return Ok(None);
    };
    let post = post::load(view, row.post_id).await?;
    let is_shown = post.is_some_and(|post| post.0.shown_as() == post_row::State::Published);
    Ok(is_shown.then_some(Acknowledgement(row)))
}

/// What the delegations for which the caller speaks now have said of a post.
pub async fn by_caller(
    view: &ReadView,
    post: &post_row::Model,
) -> Result<Vec<AcknowledgementKind>> {
    let own = |row: &acknowledgement::Model| {
        let mut mandates = view.actor.current_mandates(view.now());
        mandates.any(|mandate| mandate.delegation_id == row.delegation_id)
    };
    let found = of_post(view, post, None).await?;
    let kinds = found.iter().filter(|row| own(row)).map(|row| row.kind);
    let all = acknowledgement::Kind::ALL.iter().copied();
    let kinds: Vec<acknowledgement::Kind> = kinds.collect();
    let given = all.filter(|kind| kinds.contains(kind));
    Ok(given.map(Into::into).collect())
}

/// Why acknowledge would be denied; `None` when it would not.
pub fn refusal(view: &ReadView, post: &post_row::Model) -> Option<crate::graph::scalar::Refusal> {
    let may = policy::acknowledge(&view.actor, view.now(), post, None);
    may.err().map(Into::into)
}
