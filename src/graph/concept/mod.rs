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
use crate::graph::asked::View;
use crate::graph::asked::asked;
use crate::graph::asked::view;
use crate::graph::asked::viewed;
use crate::graph::concept::loaders::Broader;
use crate::graph::concept::loaders::Concepts;
use crate::graph::concept::loaders::Narrower;
use crate::graph::concept::loaders::ThreadCounts;
use crate::graph::connection::connection;
use crate::graph::scalar::ConceptState;
use crate::graph::scalar::Language;
use crate::graph::scalar::Scheme;

/// An entry of the vocabulary: a tool, a method or a region. The published list of tools and methods, and the tags on
/// threads, are these. Everybody sees them.
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

    /// The word by which it is known in addresses: `wipo-ipas`, `country-ke`. It never changes.
    async fn slug(&self) -> &str {
        &self.0.row.id
    }

    /// The address of its page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::concept(ctx, &self.0.row.id)
    }

    /// Which facet it belongs to.
    async fn scheme(&self) -> Scheme {
        self.0.row.scheme.into()
    }

    /// Where it stands in its life.
    async fn state(&self) -> ConceptState {
        self.0.row.state.into()
    }

    /// What stands in for it when it is deprecated; null otherwise.
    async fn successor(&self, ctx: &Context<'_>) -> Result<Option<Concept>> {
        match &self.0.row.successor_id {
            Some(id) => load(&view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// What it is called; in English where the language has no label yet.
    async fn label(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In this language; in the caller's when left out.")] language: Option<
            Language,
        >,
    ) -> String {
        let language = language.map_or(asked(ctx).caller.language, Into::into);
        self.0.label(language).to_string()
    }

    /// What is meant by it; in English where the language has no definition yet, null where there is none at all.
    async fn definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In this language; in the caller's when left out.")] language: Option<
            Language,
        >,
    ) -> Option<String> {
        let language = language.map_or(asked(ctx).caller.language, Into::into);
        self.0.definition(language).map(str::to_string)
    }

    /// What of it depends on who asks.
    async fn viewer(&self) -> ConceptViewer {
        ConceptViewer(self.0.row.id.clone())
    }

    /// The code of a region in UN M49, where it has one.
    async fn notation(&self) -> Option<&str> {
        self.0.row.notation.as_deref()
    }

    /// What lies directly above it: its parent in the tree, and the groupings that it is a member of.
    async fn broader(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        let view = view(ctx);
        let ids = view.get::<Broader>(self.0.row.id.clone()).await?;
        related(&view, ids, &window).await
    }

    /// What lies directly below it and is current: its children in the tree, or the members of a grouping.
    async fn narrower(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        let view = view(ctx);
        let ids = view.get::<Narrower>(self.0.row.id.clone()).await?;
        related(&view, ids, &window).await
    }

    /// How many threads that the caller's audience sees carry it or anything narrower.
    async fn thread_count(&self, ctx: &Context<'_>) -> Result<i64> {
        let count = view(ctx).get::<ThreadCounts>(self.0.row.id.clone()).await?;
        Ok(count.unwrap_or(0))
    }
}

async fn related(
    view: &View,
    ids: Option<Vec<String>>,
    window: &Window,
) -> Result<ConceptConnection> {
    let list = load_many(view, ids.unwrap_or_default()).await?;
    Ok(ConceptConnection::of(page(view, list, window)?))
}

/// A page of concepts; says that what is usually asked of them will be.
pub fn page(view: &View, list: Vec<Concept>, window: &Window) -> Result<Page<Concept>> {
    let list = list
        .into_iter()
        .map(|each| (each.0.row.id.clone(), each))
        .collect();
    let page = Page::of_whole(list, window)?;
    let ids = || page.entries.iter().map(|(id, _)| id.clone());
    view.expect::<Broader>(ids());
    view.expect::<Narrower>(ids());
    view.expect::<ThreadCounts>(ids());
    Ok(page)
}

/// The concepts with these words, in the vocabulary's order.
pub async fn load_many(view: &View, ids: Vec<String>) -> Result<Vec<Concept>> {
    view.expect::<Concepts>(ids.iter().cloned());
    let mut found = Vec::new();
    for id in ids {
        found.extend(load(view, &id).await?);
    }
    found.sort_by(|a, b| (a.0.row.rank, &a.0.row.id).cmp(&(b.0.row.rank, &b.0.row.id)));
    Ok(found)
}

/// The concept with this word, read together with the others that are expected.
pub async fn load(view: &View, id: &str) -> Result<Option<Concept>> {
    if !id::is_word(id) {
        return Ok(None);
    }
    let found = view.get::<Concepts>(id.to_string()).await?;
    Ok(found.map(Concept))
}

/// The words behind ids or words; what is no id is taken as a word.
pub fn slugs_of(given: Vec<ID>) -> Vec<String> {
    given.iter().map(|id| slug_of(id)).collect()
}

/// The word behind an id or a word.
pub fn slug_of(given: &str) -> String {
    // What is neither is nobody's word, and is found nowhere.
    let word = || Some(given.to_ascii_lowercase()).filter(|word| id::is_word(word));
    id::to_word(Kind::Concept, given)
        .or_else(word)
        .unwrap_or_default()
}

/// What of a concept depends on who asks.
#[derive(Description)]
pub struct ConceptViewer(String);

#[Object(use_type_description)]
impl ConceptViewer {
    /// Its id, for clients that keep objects by their ids: another for each who asks. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewed(ctx, &ID(id::of_word(Kind::Concept, &self.0)))
    }

    /// Whether the caller follows it; false for visitors.
    async fn follows(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = view(ctx);
        let followed = follow::concepts(view.rows().await?, &view.actor).await?;
        Ok(followed.contains(&self.0))
    }
}
