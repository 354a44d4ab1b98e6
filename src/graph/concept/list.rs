//! Queries for concepts.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use async_graphql::OneofObject;
use graph_macros::connections;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::letters::NameSearch;
use crate::base::page::Window;
use crate::forum::vocabulary::whole::Listed;
use crate::graph::concept::Concept;
use crate::graph::concept::ConceptConnection;
use crate::graph::concept::load;
use crate::graph::concept::page;
use crate::graph::concept::slug_of;
use crate::graph::context::read_view;
use crate::graph::scalar::Scheme;

/// Identifies a concept by exactly one of these.
#[derive(OneofObject)]
pub enum ConceptBy {
    /// Its global id.
    Id(ID),
    /// The slug used in addresses.
    Slug(String),
}

#[derive(Default)]
pub struct ConceptQuery;

#[connections]
#[Object]
impl ConceptQuery {
    /// Returns the concepts of a scheme in its published order, as a flat list; or only the top concepts, from which
    /// `narrower` leads down the tree.
    async fn concepts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The facet.")] scheme: Scheme,
        #[graphql(
            desc = "Only top concepts, which have nothing above them.",
            default = false
        )]
        top: bool,
        #[graphql(
            desc = "Only concepts whose slug or label, in any language, contains this text. Case, accents, vocalisation and character width are ignored; `ü` also equals `ue`."
        )]
        search: Option<String>,
        #[graphql(desc = "Whether to include deprecated concepts.", default = false)]
        include_deprecated: bool,
        window: Window,
    ) -> Result<ConceptConnection> {
        let view = read_view(ctx);
        let listed = Listed {
            scheme: scheme.into(),
            top,
            deprecated: include_deprecated,
        };
        let sought = NameSearch::new(&search.unwrap_or_default());
        let list = view.vocabulary().await?.list(listed, &sought);
        let list = list.into_iter().map(Concept).collect();
        Ok(ConceptConnection::of(page(&view, list, &window)?))
    }

    /// Returns one concept; null when there is none. A deprecated concept is returned as itself, with its successor.
    async fn concept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concept.")] by: Option<ConceptBy>,
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
            Some(slug) => load(&read_view(ctx), &slug).await,
            None => Ok(None),
        }
    }
}
