//! Delegations in the API.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;
use graph_macros::connections;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::locale;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::accounts::delegation;
use crate::forum::accounts::person as person_row;
use crate::forum::discussion::list::Owner;
use crate::forum::discussion::people;
use crate::graph::address;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::loader::Loader;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::person::PersonConnection;
use crate::graph::scalar::DelegationKind;
use crate::graph::scalar::Language;
use crate::graph::thread;
use crate::graph::thread::list::ThreadConnection;

/// A member state, an observing organisation, or the Secretariat. Everybody sees every delegation.
#[derive(Description)]
pub struct Delegation(pub Arc<delegation::Delegation>);

connection!(
    "delegations",
    Delegation,
    DelegationEdge,
    DelegationConnection
);

#[connections]
#[Object(use_type_description)]
impl Delegation {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_word(Kind::Delegation, &self.0.id))
    }

    /// The slug used in addresses: `ke`, `unesco`, `secretariat`. It never changes.
    async fn slug(&self) -> &str {
        &self.0.id
    }

    /// The address of its page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::delegation(ctx, &self.0.id)
    }

    /// The kind of the delegation.
    async fn kind(&self) -> DelegationKind {
        self.0.kind.into()
    }

    /// Its short name as used by the United Nations.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language; the caller's when left out.")] language: Option<Language>,
    ) -> String {
        let language = language.map_or(request(ctx).caller.language, Into::into);
        self.0.name(language).to_string()
    }

    /// Its acronym, for organisations that have one.
    async fn acronym(&self) -> Option<&str> {
        self.0.acronym.as_deref()
    }

    /// The threads opened for it that are shown in lists and that the caller sees, newest first.
    async fn threads(&self, ctx: &Context<'_>, window: Window) -> Result<ThreadConnection> {
        let owner = Owner::Delegation(self.0.id.clone());
        thread::list::of_owner(&read_view(ctx), owner, window).await
    }

    /// The people with a current mandate for it, sorted by name in the order of the caller's language. Members see all
    /// of them; others see only those who have written something that they can read.
    async fn persons(&self, ctx: &Context<'_>, window: Window) -> Result<PersonConnection> {
        let view = read_view(ctx);
        let siblings = view
            .map_loaded::<Delegations, _>(|slug, _| slug.clone())
            .await;
        view.prefetch::<Representatives>(siblings);
        let found = view.get::<Representatives>(self.0.id.clone()).await?;
        let mut list = found.unwrap_or_default();
        let language = request(ctx).caller.language;
        locale::sort_by_name(language, &mut list, |row| row.name.as_str());
        let list = list.into_iter().map(|row| (row.id.to_string(), row));
        let list = list.collect();
        let page = Page::of_whole(list, &window)?;
        Ok(PersonConnection::of(page.map(Person)))
    }
}

/// Delegations by slug.
pub struct Delegations;

impl Loader for Delegations {
    type Key = String;
    type Value = Arc<delegation::Delegation>;

    async fn load(
        view: &ReadView,
        slugs: Vec<String>,
    ) -> Result<HashMap<String, Arc<delegation::Delegation>>> {
        let delegations = view.delegations().await?;
        let found = slugs.into_iter().filter_map(|slug| {
            let delegation = Arc::clone(delegations.find(&slug)?);
            Some((slug, delegation))
        });
        Ok(found.collect())
    }
}

/// The people who speak for a delegation, as far as the caller sees their mandates.
pub struct Representatives;

impl Loader for Representatives {
    type Key = String;
    type Value = Vec<person_row::Model>;

    async fn load(
        view: &ReadView,
        slugs: Vec<String>,
    ) -> Result<HashMap<String, Vec<person_row::Model>>> {
        let (rows, now) = (view.rows().await?, view.now());
        let found = people::of_delegations(rows, view.actor.audience(), now, &slugs).await?;
        person::prime(view, found.values().flatten()).await;
        Ok(found)
    }
}

/// The delegation with this slug, loaded together with all prefetched ones.
pub async fn load(view: &ReadView, slug: &str) -> Result<Option<Delegation>> {
    if !id::is_word(slug) {
        return Ok(None);
    }
    let found = view.get::<Delegations>(slug.to_string()).await?;
    Ok(found.map(Delegation))
}

/// The slug for an id or a slug; a value that is not an id is taken as a slug.
pub fn slug_of(given: &str) -> String {
    // A value that is neither becomes the empty slug, which matches nothing.
    let word = || Some(given.to_ascii_lowercase()).filter(|word| id::is_word(word));
    id::to_word(Kind::Delegation, given)
        .or_else(word)
        .unwrap_or_default()
}

#[derive(Default)]
pub struct DelegationQuery;

#[connections]
#[Object]
impl DelegationQuery {
    /// Returns the delegations, sorted by their name in the caller's language.
    async fn delegations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only delegations of this kind.")] kind: Option<DelegationKind>,
        #[graphql(
            desc = "Only delegations whose name, in any language, contains this text. Case, accents, vocalisation and character width are ignored; `ü` also equals `ue`."
        )]
        search: Option<String>,
        window: Window,
    ) -> Result<DelegationConnection> {
        let view = read_view(ctx);
        let language = request(ctx).caller.language;
        let kind = kind.map(Into::into);
        let delegations = view.delegations().await?;
        let list = delegations.list(kind, search.as_deref(), language);
        let list = list.into_iter().map(|each| (each.id.clone(), each));
        let page = Page::of_whole(list.collect(), &window)?;
        let entries = page.entries.iter().cloned();
        view.prime::<Delegations>(entries).await;
        Ok(DelegationConnection::of(page.map(Delegation)))
    }

    /// Returns the delegation with this id or slug; null when there is none.
    async fn delegation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id or its slug.")] id: ID,
    ) -> Result<Option<Delegation>> {
        load(&read_view(ctx), &slug_of(&id)).await
    }
}
