//! The data of a person that depends on the caller.

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;
use graph_macros::connections;

use crate::base::error::Result;
use crate::base::page::Window;
use crate::forum::accounts::mandate;
use crate::forum::accounts::person;
use crate::forum::accounts::policy;
use crate::forum::moderation::policy as moderated;
use crate::forum::moderation::scope;
use crate::graph::concept;
use crate::graph::concept::ConceptConnection;
use crate::graph::context::read_view;
use crate::graph::context::viewer_part_id;
use crate::graph::moderation;
use crate::graph::moderation::SubjectRow;
use crate::graph::person::mandates_of;
use crate::graph::scalar::Act;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Refusal;
use crate::graph::scalar::Restriction;

/// The data of a person that depends on the caller.
#[derive(Description)]
pub struct PersonViewer(pub person::Model);

#[connections]
#[Object(use_type_description)]
impl PersonViewer {
    /// Its id, for clients that cache objects by id: a different one for each caller. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewer_part_id(ctx, &ID(self.0.id.global()))
    }

    /// The e-mail address: visible to the person, the Secretariat, and a focal point of the person's delegation; null
    /// for others.
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = read_view(ctx);
        let delegations: Vec<String> = mandates_of(&view, self.0.id)
            .await?
            .into_iter()
            .map(|mandate| mandate.delegation_id)
            .collect();
        let seen = policy::sees_email(&view.actor, view.now(), self.0.id, &delegations);
        Ok(seen.then(|| self.0.email.clone()))
    }

    /// The regions assigned to a moderator: visible to that person and the Secretariat; none for others.
    async fn scope(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        let view = read_view(ctx);
        let seen =
            view.actor.person_id() == Some(self.0.id) || moderated::sees_moderator(&view.actor);
        let regions = if seen {
            scope::of(view.rows().await?, self.0.id).await?
        } else {
            Vec::new()
        };
        let list = concept::load_many(&view, regions).await?;
        Ok(ConceptConnection::of(concept::page(&view, list, &window)?))
    }

    /// What a decision currently prevents this person from doing: visible to the person and those who could decide on
    /// them; null for others, and when there is no restriction.
    async fn restriction(&self, ctx: &Context<'_>) -> Result<Option<Restriction>> {
        let view = read_view(ctx);
        let seen = view.actor.person_id() == Some(self.0.id)
            || moderation::may_decide(&view, SubjectRow::Person(&self.0)).await?;
        let restriction = self.0.restricted(view.now()).filter(|_| seen);
        Ok(restriction.map(Into::into))
    }

    /// When the restriction ends; null for others, and when there is no restriction.
    async fn restricted_until(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let view = read_view(ctx);
        let seen = view.actor.person_id() == Some(self.0.id)
            || moderation::may_decide(&view, SubjectRow::Person(&self.0)).await?;
        let restricted = seen && self.0.restricted(view.now()).is_some();
        let until = self.0.restricted_until.filter(|_| restricted);
        Ok(until.map(DateTime))
    }

    /// Whether what this person writes waits for approval, by decision: visible to the person and those who could
    /// decide on them; false for others.
    async fn is_reviewed(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = read_view(ctx);
        Ok(self.0.reviewed_by.is_some()
            && (view.actor.person_id() == Some(self.0.id)
                || moderation::may_decide(&view, SubjectRow::Person(&self.0)).await?))
    }

    /// Whether makePasswordLink would be allowed for this person.
    async fn can_make_password_link(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = read_view(ctx);
        let (actor, now) = (&view.actor, view.now());
        if policy::invite_anyone(actor, now).is_err() {
            return Ok(false);
        }
        let mandates = mandate::of_person(view.rows().await?, self.0.id).await?;
        let person = (self.0.id, self.0.role);
        Ok(policy::renew_password(actor, now, person, &mandates).is_ok())
    }

    /// The acts that decide would allow on this person now.
    async fn acts(&self, ctx: &Context<'_>) -> Result<Vec<Act>> {
        moderation::acts(&read_view(ctx), SubjectRow::Person(&self.0)).await
    }

    /// The acts that proposeDecision would allow on this person now, because they require a second person.
    async fn acts_to_propose(&self, ctx: &Context<'_>) -> Result<Vec<Act>> {
        moderation::acts_to_propose(&read_view(ctx), SubjectRow::Person(&self.0)).await
    }

    /// Why decide with this act would be denied; null when it would not. INVALID for an act that does not apply to
    /// people.
    async fn decide_refusal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The act.")] act: Act,
    ) -> Result<Option<Refusal>> {
        moderation::refusal(&read_view(ctx), act.into(), SubjectRow::Person(&self.0)).await
    }
}
