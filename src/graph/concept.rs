//! The vocabulary in the API.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::OneofObject;
use graph_macros::connections;
use uuid::Uuid;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::letters::Sought;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::tag;
use crate::forum::vocabulary::add;
use crate::forum::vocabulary::change;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::deprecate;
use crate::forum::watching::follow;
use crate::graph::address;
use crate::graph::asked::View;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::asked::view;
use crate::graph::asked::viewed;
use crate::graph::connection::connection;
use crate::graph::loader::Loader;
use crate::graph::payload::payload;
use crate::graph::scalar::ConceptState;
use crate::graph::scalar::Language;
use crate::graph::scalar::Scheme;

/// An entry of the vocabulary: a tool, a method or a region. The published list of tools and methods, and the tags on
/// threads, are these. Everybody sees them.
pub struct Concept(pub Arc<concept::Concept>);

connection!("concepts", Concept, ConceptEdge, ConceptConnection);

/// An entry of the vocabulary: a tool, a method or a region. The published list of tools and methods, and the tags on
/// threads, are these. Everybody sees them.
#[connections]
#[Object]
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

/// Concepts by their words.
pub struct Concepts;

impl Loader for Concepts {
    type Key = String;
    type Value = Arc<concept::Concept>;

    async fn load(
        view: &View,
        words: Vec<String>,
    ) -> Result<HashMap<String, Arc<concept::Concept>>> {
        let found = concept::find_many(view.rows().await?, &words).await?;
        let found = found.into_iter();
        Ok(found
            .map(|each| (each.row.id.clone(), Arc::new(each)))
            .collect())
    }
}

/// What lies directly above concepts.
pub struct Broader;

impl Loader for Broader {
    type Key = String;
    type Value = Vec<String>;

    async fn load(view: &View, words: Vec<String>) -> Result<HashMap<String, Vec<String>>> {
        let pairs = concept::above(view.rows().await?, &words).await?;
        Ok(by_first(pairs))
    }
}

/// What lies directly below concepts and is current.
pub struct Narrower;

impl Loader for Narrower {
    type Key = String;
    type Value = Vec<String>;

    async fn load(view: &View, words: Vec<String>) -> Result<HashMap<String, Vec<String>>> {
        let pairs = concept::below(view.rows().await?, &words).await?;
        Ok(by_first(pairs))
    }
}

/// How many threads carry concepts, or anything narrower.
pub struct ThreadCounts;

impl Loader for ThreadCounts {
    type Key = String;
    type Value = i64;

    async fn load(view: &View, words: Vec<String>) -> Result<HashMap<String, i64>> {
        tag::count_threads(view.rows().await?, view.actor.audience(), &words).await
    }
}

fn by_first(pairs: Vec<(String, String)>) -> HashMap<String, Vec<String>> {
    let mut grouped: HashMap<String, Vec<String>> = HashMap::new();
    for (first, second) in pairs {
        grouped.entry(first).or_default().push(second);
    }
    grouped
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
pub struct ConceptViewer(String);

/// What of a concept depends on who asks.
#[Object]
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
