//! Changes of people and their mandates.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::forum::accounts::manage;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::delegation;
use crate::graph::ids::MandateId;
use crate::graph::ids::PersonId;
use crate::graph::payload::payload;
use crate::graph::person::Person;
use crate::graph::person::mandates::Mandate;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Role;

/// A change of somebody's role.
#[derive(InputObject)]
pub struct ChangeRoleInput {
    /// Whose role.
    person_id: PersonId,
    /// The new role.
    role: Role,
    /// Another name for them: required when the present one is that of an office which they hold no longer.
    name: Option<String>,
}

payload!(ChangeRolePayload, "The person whose role was changed.", person: Person, "The person as they are now.");

/// A mandate to be granted.
#[derive(InputObject)]
pub struct GrantMandateInput {
    /// Made by the client, unique for this mandate. Sent twice, it answers twice with the same mandate.
    key: Uuid,
    /// To whom.
    person_id: PersonId,
    /// For which delegation: its global id or slug.
    delegation_id: ID,
    /// The most binding capacity in which the holder may speak.
    capacity: Capacity,
    /// The holder's title or function, 1 to 120 characters.
    title: String,
    /// From when; from now when left out.
    from: Option<DateTime>,
    /// Until when (it no longer holds at this moment); without end when left out.
    until: Option<DateTime>,
}

payload!(GrantMandatePayload, "The granted mandate.", mandate: Mandate, "The mandate.");

/// A mandate to be ended.
#[derive(InputObject)]
pub struct EndMandateInput {
    /// Which mandate.
    mandate_id: MandateId,
    /// When it ends; now when left out. Not in the past.
    until: Option<DateTime>,
}

payload!(EndMandatePayload, "The ended mandate.", mandate: Mandate, "The mandate.");

#[derive(Default)]
pub struct PersonMutation;

#[Object]
impl PersonMutation {
    /// Changes what a person is to the forum. Only the Secretariat, and nobody for themselves (DENIED). INVALID (`name`) for a
    /// name of an office that they then do not hold.
    async fn change_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose role, and which.")] input: ChangeRoleInput,
    ) -> Result<Option<ChangeRolePayload>> {
        let asked = asked(ctx);
        let id = input.person_id.uuid()?;
        let (actor, role) = (asked.actor(), input.role.into());
        let change = manage::change_role(&asked.forum, &actor, id, role, input.name);
        let person = mutate(asked, change).await?;
        Ok(Some(ChangeRolePayload {
            person: Person(person),
        }))
    }

    /// Grants a mandate: the Secretariat to anyone, a focal point within the own delegation and up to the own capacity.
    async fn grant_mandate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mandate.")] input: GrantMandateInput,
    ) -> Result<Option<GrantMandatePayload>> {
        let asked = asked(ctx);
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
            asked,
            manage::grant_mandate(&asked.forum, &asked.actor(), grant),
        )
        .await?;
        Ok(Some(GrantMandatePayload {
            mandate: Mandate(granted),
        }))
    }

    /// Ends a mandate, now or later: the Secretariat, or a focal point of its delegation. Its holder reads on, but no longer writes.
    async fn end_mandate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which mandate, and when.")] input: EndMandateInput,
    ) -> Result<Option<EndMandatePayload>> {
        let asked = asked(ctx);
        let id = input.mandate_id.uuid()?;
        let ended = mutate(
            asked,
            manage::end_mandate(&asked.forum, &asked.actor(), id, moment(input.until)),
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
