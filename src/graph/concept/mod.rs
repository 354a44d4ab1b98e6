//! The vocabulary in the API.

pub mod list;
pub mod loaders;
pub mod mutations;

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;
use graph_macros::connections;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::vocabulary::concept;
use crate::forum::watching::follow;
use crate::graph::address;
use crate::graph::concept::loaders::Broader;
use crate::graph::concept::loaders::Concepts;
use crate::graph::concept::loaders::Narrower;
use crate::graph::concept::loaders::ThreadCounts;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::context::viewer_part_id;
use crate::graph::scalar::ConceptState;
use crate::graph::scalar::Language;
use crate::graph::scalar::Scheme;

/// An entry of the vocabulary: a tool, a method or a region. The vocabulary is the published list of tools and methods,
/// and the source of the tags on threads. Everybody sees it.
#[derive(Description)]
pub struct Concept(pub Arc<concept::Concept>);

connection!("concepts", Concept, ConceptEdge, ConceptConnection);

#[connections]
#[Object(use_type_description)]
impl Concept {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_word(Kind::Concept, &self.0.row.id))
    }

    /// The slug used in addresses: `wipo-ipas`, `country-ke`. It never changes.
    async fn slug(&self) -> &str {
        &self.0.row.id
    }

    /// The address of its page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::concept(ctx, &self.0.row.id)
    }

    /// The facet that it belongs to.
    async fn scheme(&self) -> Scheme {
        self.0.row.scheme.into()
    }

    /// Its state: current or deprecated.
    async fn state(&self) -> ConceptState {
        self.0.row.state.into()
    }

    /// The concept that replaces it when it is deprecated; null otherwise.
    async fn successor(&self, ctx: &Context<'_>) -> Result<Option<Concept>> {
        match &self.0.row.successor_id {
            Some(id) => load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// Its label; in English when the language has no label yet.
    async fn label(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language; the caller's when left out.")] language: Option<Language>,
    ) -> String {
        let language = language.map_or(request(ctx).caller.language, Into::into);
        self.0.label(language).to_string()
    }

    /// Its definition; in English when the language has no definition yet, null when there is none in any language.
    async fn definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language; the caller's when left out.")] language: Option<Language>,
    ) -> Option<String> {
        let language = language.map_or(request(ctx).caller.language, Into::into);
        self.0.definition(language).map(str::to_string)
    }

    /// The data of this object that depends on the caller.
    async fn viewer(&self) -> ConceptViewer {
        ConceptViewer(self.0.row.id.clone())
    }

    /// The UN M49 code of a region, if it has one.
    async fn notation(&self) -> Option<&str> {
        self.0.row.notation.as_deref()
    }

    /// The concepts directly above it: its parent in the tree, and the groupings that it is a member of.
    async fn broader(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        let view = read_view(ctx);
        let ids = view.get::<Broader>(self.0.row.id.clone()).await?;
        related(&view, ids, &window).await
    }

    /// The current concepts directly below it: its children in the tree, or the members of a grouping.
    async fn narrower(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        let view = read_view(ctx);
        let ids = view.get::<Narrower>(self.0.row.id.clone()).await?;
        related(&view, ids, &window).await
    }

    /// The number of threads visible to the caller's audience that are tagged with it or a narrower concept.
    async fn thread_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Whether to count only archived threads (true), or only the others, as lists have them by default (false); \
                both when left out."
        )]
        archived: Option<bool>,
    ) -> Result<i64> {
        let view = read_view(ctx);
        let counts = view.get::<ThreadCounts>(self.0.row.id.clone()).await?;
        let counts = counts.unwrap_or_default();
        Ok(match archived {
            Some(true) => counts.archived,
            Some(false) => counts.others,
            None => counts.archived + counts.others,
        })
    }
}

async fn related(
    view: &ReadView,
    ids: Option<Vec<String>>,
    window: &Window,
) -> Result<ConceptConnection> {
    let list = load_many(view, ids.unwrap_or_default()).await?;
    Ok(ConceptConnection::of(page(view, list, window)?))
}

/// A page of concepts; prefetches what clients usually select on them.
pub fn page(view: &ReadView, list: Vec<Concept>, window: &Window) -> Result<Page<Concept>> {
    let list = list
        .into_iter()
        .map(|each| (each.0.row.id.clone(), each))
        .collect();
    let page = Page::of_whole(list, window)?;
    let ids = || page.entries.iter().map(|(id, _)| id.clone());
    view.prefetch::<Broader>(ids());
    view.prefetch::<Narrower>(ids());
    view.prefetch::<ThreadCounts>(ids());
    Ok(page)
}

/// The concepts with these slugs, in the vocabulary's order.
pub async fn load_many(view: &ReadView, ids: Vec<String>) -> Result<Vec<Concept>> {
    view.prefetch::<Concepts>(ids.iter().cloned());
    let mut found = Vec::new();
    for id in ids {
        found.extend(load(view, &id).await?);
    }
    found.sort_by(|a, b| (a.0.row.rank, &a.0.row.id).cmp(&(b.0.row.rank, &b.0.row.id)));
    Ok(found)
}

/// The concept with this slug, loaded together with all prefetched ones.
pub async fn load(view: &ReadView, id: &str) -> Result<Option<Concept>> {
    if !id::is_word(id) {
        return Ok(None);
    }
    let found = view.get::<Concepts>(id.to_string()).await?;
    Ok(found.map(Concept))
}

/// The slugs for ids or slugs; a value that is not an id is taken as a slug.
pub fn slugs_of(given: Vec<ID>) -> Vec<String> {
    given.iter().map(|id| slug_of(id)).collect()
}

/// The slug for an id or a slug.
pub fn slug_of(given: &str) -> String {
    // A value that is neither becomes the empty slug, which matches nothing.
    let word = || Some(given.to_ascii_lowercase()).filter(|word| id::is_word(word));
    id::to_word(Kind::Concept, given)
        .or_else(word)
        .unwrap_or_default()
}

/// The data of a concept that depends on the caller.
#[derive(Description)]
pub struct ConceptViewer(String);

#[Object(use_type_description)]
impl ConceptViewer {
    /// Its id, for clients that cache objects by id: a different one for each caller. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewer_part_id(ctx, &ID(id::of_word(Kind::Concept, &self.0)))
    }

    /// Whether the caller follows it; false for visitors.
    async fn follows(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = read_view(ctx);
        let followed = follow::concepts(view.rows().await?, &view.actor).await?;
        Ok(followed.contains(&self.0))
    }
}
