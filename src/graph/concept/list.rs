//! Looking up concepts.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use async_graphql::OneofObject;
use graph_macros::connections;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::letters::Sought;
use crate::base::page::Window;
use crate::forum::vocabulary::concept;
use crate::graph::asked::view;
use crate::graph::concept::Concept;
use crate::graph::concept::ConceptConnection;
use crate::graph::concept::load;
use crate::graph::concept::page;
use crate::graph::concept::slug_of;
use crate::graph::scalar::Scheme;

/// What names a concept: exactly one of these.
#[derive(OneofObject)]
pub enum ConceptBy {
    /// Its global id.
    Id(ID),
    /// The word by which it is known in addresses.
    Slug(String),
}

#[derive(Default)]
pub struct ConceptQuery;

#[connections]
#[Object]
impl ConceptQuery {
    /// The concepts of a scheme in its published order, as a flat list; or only the tops, from which `narrower` leads down the tree.
    async fn concepts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which facet.")] scheme: Scheme,
        #[graphql(desc = "Only those under nothing else.", default = false)] top: bool,
        #[graphql(
            desc = "Only those whose label, in any language, or slug contains this text, whatever its case, accents, vocalisation and width."
        )]
        search: Option<String>,
        #[graphql(desc = "Also those that are deprecated.", default = false)]
        include_deprecated: bool,
        window: Window,
    ) -> Result<ConceptConnection> {
        let view = view(ctx);
        let listed = concept::Listed {
            scheme: scheme.into(),
            top,
            deprecated: include_deprecated,
        };
        let list = concept::list(view.rows().await?, listed).await?;
        let wanted = Sought::new(&search.unwrap_or_default());
        let list = list
            .into_iter()
            .filter(|each| each.is_named(&wanted))
            .map(|each| Concept(Arc::new(each)))
            .collect();
        Ok(ConceptConnection::of(page(&view, list, &window)?))
    }

    /// One concept; null when there is none. A deprecated one answers as itself, with its successor.
    async fn concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: Option<ConceptBy>,
        #[graphql(desc = "Its global id.", deprecation = "Use `by: { id: … }`.")] id: Option<ID>,
        #[graphql(
            desc = "Its slug, when the id is left out.",
            deprecation = "Use `by: { slug: … }`."
        )]
        slug: Option<String>,
    ) -> Result<Option<Concept>> {
        let by = by.map(|by| match by {
            ConceptBy::Id(id) => id::to_word(Kind::Concept, &id).unwrap_or_default(),
            ConceptBy::Slug(slug) => slug.to_ascii_lowercase(),
        });
        match by.or(id.map(|id| slug_of(&id))).or(slug) {
            Some(slug) => load(&view(ctx), &slug).await,
            None => Ok(None),
        }
    }
}
