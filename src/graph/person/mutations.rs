//! Mutations of people and their mandates.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::forum::accounts::manage;
use crate::graph::context::mutate;
use crate::graph::context::request;
use crate::graph::delegation;
use crate::graph::ids::MandateId;
use crate::graph::ids::PersonId;
use crate::graph::payload::payload;
use crate::graph::person::Person;
use crate::graph::person::mandates::Mandate;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Role;

/// A change of a person's role.
#[derive(InputObject)]
pub struct ChangeRoleInput {
    /// The person whose role changes.
    person_id: PersonId,
    /// The new role.
    role: Role,
    /// Another name for them: required when the current name is that of an office which they no longer hold.
    name: Option<String>,
}

payload!(ChangeRolePayload, "The person whose role was changed.", person: Person, "The person in their current state.");

/// A mandate to grant.
#[derive(InputObject)]
pub struct GrantMandateInput {
    /// Idempotency key, made by the client for this mandate. Sending it again returns the same mandate.
    key: Uuid,
    /// The person.
    person_id: PersonId,
    /// The delegation of the mandate: its global id or slug.
    delegation_id: ID,
    /// The most binding capacity in which the holder may speak.
    capacity: Capacity,
    /// The holder's title or function, 1 to 120 characters.
    title: String,
    /// When it starts; now when left out.
    from: Option<DateTime>,
    /// When it ends (it is no longer valid at this time); no end when left out.
    until: Option<DateTime>,
}

payload!(GrantMandatePayload, "The granted mandate.", mandate: Mandate, "The mandate.");

/// A mandate to end.
#[derive(InputObject)]
pub struct EndMandateInput {
    /// The mandate.
    mandate_id: MandateId,
    /// When it ends; now when left out. It cannot be in the past.
    until: Option<DateTime>,
}

payload!(EndMandatePayload, "The ended mandate.", mandate: Mandate, "The mandate.");

#[derive(Default)]
pub struct PersonMutation;

#[Object]
impl PersonMutation {
    /// Changes a person's role in the forum. Only for the Secretariat, and nobody may change their own role (DENIED).
    /// INVALID (`name`) for the name of an office that the person would then not hold.
    async fn change_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person, and the new role.")] input: ChangeRoleInput,
    ) -> Result<Option<ChangeRolePayload>> {
        let request = request(ctx);
        let id = input.person_id.uuid()?;
        let (actor, role) = (request.actor(), input.role.into());
        let change = manage::change_role(&request.forum, &actor, id, role, input.name);
        let person = mutate(request, change).await?;
        Ok(Some(ChangeRolePayload {
            person: Person(person),
        }))
    }

    /// Grants a mandate: the Secretariat to anyone, a focal point within their own delegation and up to their own
    /// capacity.
    async fn grant_mandate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mandate.")] input: GrantMandateInput,
    ) -> Result<Option<GrantMandatePayload>> {
        let request = request(ctx);
        let grant = manage::Grant {
            key: input.key,
            person_id: input.person_id.uuid_of("personId")?,
            delegation_id: delegation::slug_of(&input.delegation_id),
            capacity: input.capacity.into(),
            title: input.title,
            from: moment(input.from),
            until: moment(input.until),
        };
        let granted = mutate(
            request,
            manage::grant_mandate(&request.forum, &request.actor(), grant),
        )
        .await?;
        Ok(Some(GrantMandatePayload {
            mandate: Mandate(granted),
        }))
    }

    /// Ends a mandate, now or later. Only for the Secretariat, and for a focal point of its delegation. The holder can
    /// still read, but no longer write.
    async fn end_mandate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mandate, and its end.")] input: EndMandateInput,
    ) -> Result<Option<EndMandatePayload>> {
        let request = request(ctx);
        let id = input.mandate_id.uuid()?;
        let ended = mutate(
            request,
            manage::end_mandate(&request.forum, &request.actor(), id, moment(input.until)),
        )
        .await?;
        Ok(Some(EndMandatePayload {
            mandate: Mandate(ended),
        }))
    }
}

fn moment(given: Option<DateTime>) -> Option<Moment> {
    given.map(|at| at.0)
}
