//! Changes of the vocabulary.

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
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::concept::Concept;
use crate::graph::concept::slug_of;
use crate::graph::concept::slugs_of;
use crate::graph::payload::payload;
use crate::graph::scalar::Language;
use crate::graph::scalar::Scheme;

/// What a concept is called and what is meant by it, in one language.
#[derive(InputObject)]
pub struct LabelInput {
    /// In which language.
    language: Language,
    /// What it is called, 1 to 200 characters.
    label: String,
    /// What is meant by it, at most 2,000 characters.
    definition: Option<String>,
}

/// A concept to be added.
#[derive(InputObject)]
pub struct AddConceptInput {
    /// Made by the client, unique for this concept. Sent twice, it answers twice with the same concept.
    key: Uuid,
    /// Which facet.
    scheme: Scheme,
    /// The word that it is known by for ever: 2 to 60 small letters, digits and hyphens.
    slug: String,
    /// Its labels; English is required, each language at most once.
    labels: Vec<LabelInput>,
    /// What it lies directly under: ids or slugs of the same scheme; none for a top.
    broader_ids: Vec<ID>,
}

payload!(AddConceptPayload, "The added concept.", concept: Concept, "The concept.");

/// Changes of a concept's words.
#[derive(InputObject)]
pub struct ChangeConceptInput {
    /// Which concept: its id or slug.
    concept_id: ID,
    /// Labels and definitions in place of those in the same languages; other languages stay.
    labels: Vec<LabelInput>,
}

payload!(ChangeConceptPayload, "The changed concept.", concept: Concept, "The concept.");

/// A concept to be retired.
#[derive(InputObject)]
pub struct DeprecateConceptInput {
    /// Which concept: its id or slug.
    concept_id: ID,
    /// What stands in for it: the id or slug of a current concept of the same scheme that does not lie under it.
    successor_id: ID,
}

payload!(DeprecateConceptPayload, "The retired concept.", concept: Concept, "The concept, with its successor.");

/// A retired concept to be taken into use again.
#[derive(InputObject)]
pub struct RestoreConceptInput {
    /// Which concept: its id or slug.
    concept_id: ID,
}

payload!(RestoreConceptPayload, "The concept in use again.", concept: Concept, "The concept, without a successor.");

#[derive(Default)]
pub struct ConceptMutation;

#[Object]
impl ConceptMutation {
    /// Adds a concept to the vocabulary. Only the Secretariat (else DENIED).
    async fn add_concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concept.")] input: AddConceptInput,
    ) -> Result<Option<AddConceptPayload>> {
        let asked = asked(ctx);
        let new = add::NewConcept {
            key: input.key,
            scheme: input.scheme.into(),
            slug: input.slug,
            labels: labels(input.labels),
            broader: slugs_of(input.broader_ids),
        };
        let added = mutate(asked, add::add(&asked.forum, &asked.actor(), new)).await?;
        Ok(Some(AddConceptPayload {
            concept: Concept(Arc::new(added)),
        }))
    }

    /// Changes labels and definitions of a concept; its id stays. Only the Secretariat (else DENIED).
    async fn change_concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which concept, and its words.")] input: ChangeConceptInput,
    ) -> Result<Option<ChangeConceptPayload>> {
        let asked = asked(ctx);
        let id = slug_of(&input.concept_id);
        let labels = labels(input.labels);
        let changed = mutate(
            asked,
            change::change(&asked.forum, &asked.actor(), &id, &labels),
        )
        .await?;
        Ok(Some(ChangeConceptPayload {
            concept: Concept(Arc::new(changed)),
        }))
    }

    /// Retires a concept in favour of another, under which its threads are shown, counted and found from now on. Only the
    /// Secretariat (else DENIED).
    async fn deprecate_concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which concept, and its successor.")] input: DeprecateConceptInput,
    ) -> Result<Option<DeprecateConceptPayload>> {
        let asked = asked(ctx);
        let (id, successor) = (slug_of(&input.concept_id), slug_of(&input.successor_id));
        let retired = mutate(
            asked,
            deprecate::deprecate(&asked.forum, &asked.actor(), &id, &successor),
        )
        .await?;
        Ok(Some(DeprecateConceptPayload {
            concept: Concept(Arc::new(retired)),
        }))
    }

    /// Takes a retired concept into use again: its threads are shown, counted and found under it as before. Only the
    /// Secretariat (else DENIED). One that is in use stays so.
    async fn restore_concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which concept.")] input: RestoreConceptInput,
    ) -> Result<Option<RestoreConceptPayload>> {
        let asked = asked(ctx);
        let id = slug_of(&input.concept_id);
        let restored = mutate(asked, deprecate::restore(&asked.forum, &asked.actor(), &id)).await?;
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
