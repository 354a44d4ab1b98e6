//! Mutations of the vocabulary.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Result;
use crate::forum::vocabulary::add;
use crate::forum::vocabulary::change;
use crate::forum::vocabulary::deprecate;
use crate::graph::concept::Concept;
use crate::graph::concept::slug_of;
use crate::graph::concept::slugs_of;
use crate::graph::context::mutate;
use crate::graph::context::request;
use crate::graph::payload::payload;
use crate::graph::scalar::Language;
use crate::graph::scalar::Scheme;

/// The label and definition of a concept in one language.
#[derive(InputObject)]
pub struct LabelInput {
    /// The language.
    language: Language,
    /// The label, 1 to 200 characters.
    label: String,
    /// The definition, at most 2,000 characters.
    definition: Option<String>,
}

/// A concept to add.
#[derive(InputObject)]
pub struct AddConceptInput {
    /// Idempotency key, made by the client for this concept. Sending it again returns the same concept.
    key: Uuid,
    /// The facet.
    scheme: Scheme,
    /// Its permanent slug: 2 to 60 lower-case letters, digits and hyphens.
    slug: String,
    /// Its labels; English is required, and each language may appear only once.
    labels: Vec<LabelInput>,
    /// The concepts directly above it: ids or slugs of the same scheme; empty for a top concept.
    broader_ids: Vec<ID>,
}

payload!(AddConceptPayload, "The added concept.", concept: Concept, "The concept.");

/// Changes to a concept's labels and definitions.
#[derive(InputObject)]
pub struct ChangeConceptInput {
    /// The concept: its id or slug.
    concept_id: ID,
    /// Labels and definitions, which replace those in the same languages; other languages stay unchanged.
    labels: Vec<LabelInput>,
}

payload!(ChangeConceptPayload, "The changed concept.", concept: Concept, "The concept.");

/// A concept to retire.
#[derive(InputObject)]
pub struct DeprecateConceptInput {
    /// The concept: its id or slug.
    concept_id: ID,
    /// The concept that replaces it: the id or slug of a current concept of the same scheme that is not below it.
    successor_id: ID,
}

payload!(DeprecateConceptPayload, "The retired concept.", concept: Concept, "The concept, with its successor.");

/// A retired concept to make current again.
#[derive(InputObject)]
pub struct RestoreConceptInput {
    /// The concept: its id or slug.
    concept_id: ID,
}

payload!(RestoreConceptPayload, "The concept, current again.", concept: Concept, "The concept, without a successor.");

#[derive(Default)]
pub struct ConceptMutation;

#[Object]
impl ConceptMutation {
    /// Adds a concept to the vocabulary. Only for the Secretariat (else DENIED).
    async fn add_concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concept.")] input: AddConceptInput,
    ) -> Result<Option<AddConceptPayload>> {
        let request = request(ctx);
        let new = add::NewConcept {
            key: input.key,
            scheme: input.scheme.into(),
            slug: input.slug,
            labels: labels(input.labels),
            broader: slugs_of(input.broader_ids),
        };
        let added = mutate(request, add::add(&request.forum, &request.actor(), new)).await?;
        Ok(Some(AddConceptPayload {
            concept: Concept(Arc::new(added)),
        }))
    }

    /// Changes labels and definitions of a concept; its id stays the same. Only for the Secretariat (else DENIED).
    async fn change_concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concept, and its labels and definitions.")] input: ChangeConceptInput,
    ) -> Result<Option<ChangeConceptPayload>> {
        let request = request(ctx);
        let id = slug_of(&input.concept_id);
        let labels = labels(input.labels);
        let changed = mutate(
            request,
            change::change(&request.forum, &request.actor(), &id, &labels),
        )
        .await?;
        Ok(Some(ChangeConceptPayload {
            concept: Concept(Arc::new(changed)),
        }))
    }

    /// Retires a concept and replaces it by another, under which its threads are shown, counted and found from now on.
    /// Only for the Secretariat (else DENIED).
    async fn deprecate_concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concept, and its successor.")] input: DeprecateConceptInput,
    ) -> Result<Option<DeprecateConceptPayload>> {
        let request = request(ctx);
        let (id, successor) = (slug_of(&input.concept_id), slug_of(&input.successor_id));
        let retired = mutate(
            request,
            deprecate::deprecate(&request.forum, &request.actor(), &id, &successor),
        )
        .await?;
        Ok(Some(DeprecateConceptPayload {
            concept: Concept(Arc::new(retired)),
        }))
    }

    /// Makes a retired concept current again: its threads are shown, counted and found under it as before. A current
    /// concept stays unchanged. Only for the Secretariat (else DENIED).
    async fn restore_concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concept.")] input: RestoreConceptInput,
    ) -> Result<Option<RestoreConceptPayload>> {
        let request = request(ctx);
        let id = slug_of(&input.concept_id);
        let restored = mutate(
            request,
            deprecate::restore(&request.forum, &request.actor(), &id),
        )
        .await?;
        Ok(Some(RestoreConceptPayload {
            concept: Concept(Arc::new(restored)),
        }))
    }
}

fn labels(given: Vec<LabelInput>) -> Vec<add::Label> {
    given
        .into_iter()
        .map(|label| add::Label {
            language: label.language.into(),
            label: label.label,
            definition: label.definition,
        })
        .collect()
}
