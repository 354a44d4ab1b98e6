//! People and their mandates in the API.

pub mod loaders;
pub mod mandates;
pub mod mutations;
pub mod viewer;

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::Object;
use graph_macros::connections;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::id::PersonId;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::accounts::mandate;
use crate::forum::accounts::naming;
use crate::forum::accounts::person;
use crate::forum::discussion::list::Owner;
use crate::forum::discussion::post;
use crate::graph::address;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::delegation::Delegations;
use crate::graph::person::loaders::FormerNames;
use crate::graph::person::loaders::Mandates;
use crate::graph::person::loaders::People;
use crate::graph::person::mandates::Mandate;
use crate::graph::person::mandates::MandateConnection;
use crate::graph::person::viewer::PersonViewer;
use crate::graph::post::Post;
use crate::graph::post::PostConnection;
use crate::graph::post::loaders::prefetch_for_posts;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Role;
use crate::graph::thread;
use crate::graph::thread::list::ThreadConnection;

/// A person with an account. Their name, role and mandates are public.
#[derive(Description)]
pub struct Person(pub person::Model);

connection!("people", Person, PersonEdge, PersonConnection);

connection!(
    "names that people had before",
    FormerName,
    FormerNameEdge,
    FormerNameConnection
);

#[connections]
#[Object(use_type_description)]
impl Person {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The address of its page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::person(ctx, self.0.id)
    }

    /// The current name of the person. What they wrote keeps the name that they had at the time (`authorName`).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When the person last changed their name; null when they never did.
    async fn renamed_at(&self) -> Option<DateTime> {
        self.0.renamed_at.map(DateTime)
    }

    /// The names that the person had before, latest first.
    async fn former_names(
        &self,
        ctx: &Context<'_>,
        window: Window,
    ) -> Result<FormerNameConnection> {
        let list = former_names_of(&read_view(ctx), &self.0).await?.into_iter();
        let list = list.map(|each| (each.id.to_string(), each)).collect();
        Ok(FormerNameConnection::of(
            Page::of_whole(list, &window)?.map(FormerName),
        ))
    }

    /// The person's role in the forum.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// The delegation of the latest current mandate; null when there is none. (A post keeps the delegation that its
    /// author had when writing.)
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Option<Delegation>> {
        let view = read_view(ctx);
        let now = view.now();
        let mandates = mandates_of(&view, self.0.id).await?;
        match mandates.iter().find(|mandate| mandate.is_current(now)) {
            Some(mandate) => delegation::load(&view, &mandate.delegation_id).await,
            None => Ok(None),
        }
    }

    /// The person's mandates, including those that have ended, latest start first.
    async fn mandates(&self, ctx: &Context<'_>, window: Window) -> Result<MandateConnection> {
        let view = read_view(ctx);
        let mandates = mandates_of(&view, self.0.id).await?;
        view.prefetch::<Delegations>(mandates.iter().map(|mandate| mandate.delegation_id.clone()));
        let list = mandates
            .into_iter()
            .map(|each| (each.id.to_string(), each))
            .collect();
        Ok(MandateConnection::of(
            Page::of_whole(list, &window)?.map(Mandate),
        ))
    }

    /// The threads opened by this person that are shown in lists and that the caller sees, newest first.
    async fn threads(&self, ctx: &Context<'_>, window: Window) -> Result<ThreadConnection> {
        thread::list::of_owner(&read_view(ctx), Owner::Person(self.0.id), window).await
    }

    /// The posts of this person that the caller sees and whose text is shown, newest first.
    async fn posts(&self, ctx: &Context<'_>, window: Window) -> Result<PostConnection> {
        let view = read_view(ctx);
        let (rows, audience) = (view.rows().await?, view.actor.audience());
        let page = post::by_author(rows, audience, self.0.id, &window).await?;
        prefetch_for_posts(&view, page.entries.iter().map(|(_, row)| row));
        Ok(PostConnection::of(page.map(Post)))
    }

    /// The data of this person that depends on the caller.
    async fn viewer(&self) -> PersonViewer {
        PersonViewer(self.0.clone())
    }
}

/// A name that a person had before.
#[derive(Description)]
pub struct FormerName(pub naming::Model);

#[Object(use_type_description)]
impl FormerName {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::FormerName, self.0.id))
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The time from which it was no longer theirs.
    async fn until(&self) -> DateTime {
        DateTime(self.0.until_at)
    }
}

/// Caches people who were read in another way, and prefetches what will be needed of them.
pub async fn prime<'a>(view: &ReadView, rows: impl Iterator<Item = &'a person::Model>) {
    let rows: Vec<_> = rows.map(|row| (row.id, row.clone())).collect();
    view.prefetch::<Mandates>(rows.iter().map(|(id, _)| *id));
    view.prime::<People>(rows).await;
}

/// The people on a page; they must exist because rows refer to them.
pub async fn page(view: &ReadView, page: Page<PersonId>) -> Result<PersonConnection> {
    let ids = || page.entries.iter().map(|(_, id)| *id);
    view.prefetch::<People>(ids());
    view.prefetch::<Mandates>(ids());
    let mut entries = Vec::new();
    for (key, id) in page.entries {
        entries.push((key, require(view, id).await?));
    }
    Ok(PersonConnection::of(Page {
        entries,
        has_next: page.has_next,
        has_previous: page.has_previous,
        bounds: page.bounds,
    }))
}

/// The person with this id, loaded together with all prefetched ones.
pub async fn load(view: &ReadView, id: PersonId) -> Result<Option<Person>> {
    Ok(view.get::<People>(id).await?.map(Person))
}

/// The person with this id, loaded together with all prefetched ones; they must exist because a row refers to them.
pub async fn require(view: &ReadView, id: PersonId) -> Result<Person> {
    load(view, id)
        .await?
        .ok_or_else(|| Error::internal("a row refers to nobody"))
}

/// The name that a person had at a time.
pub async fn name_at(view: &ReadView, id: PersonId, moment: Moment) -> Result<String> {
    let person = require(view, id).await?.0;
    let former = match person.renamed_at {
        Some(renamed) if moment < renamed => former_names_of(view, &person).await?,
        Some(_) | None => Vec::new(),
    };
    let then = naming::at(&former, moment).map(|former| former.name.clone());
    Ok(then.unwrap_or(person.name))
}

/// The names that a person had before, latest first.
async fn former_names_of(view: &ReadView, person: &person::Model) -> Result<Vec<naming::Model>> {
    if person.renamed_at.is_none() {
        return Ok(Vec::new());
    }
    let found = view.get::<FormerNames>(person.id).await?;
    Ok(found.unwrap_or_default())
}

/// The mandates of a person, including those that have ended.
pub async fn mandates_of(view: &ReadView, person: PersonId) -> Result<Vec<mandate::Model>> {
    Ok(view.get::<Mandates>(person).await?.unwrap_or_default())
}

#[derive(Default)]
pub struct PersonQuery;

#[connections]
#[Object]
impl PersonQuery {
    /// Returns people by name, in the order of the caller's language: all for the Secretariat and for moderators, those
    /// of their own delegation for a focal point. DENIED for others.
    async fn persons(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only people with a mandate for this delegation, past or current: its global id or slug."
        )]
        delegation_id: Option<ID>,
        #[graphql(
            desc = "Only people whose name contains this text. Case, accents, vocalisation and character width are ignored; `ü` also equals `ue`."
        )]
        search: Option<String>,
        #[graphql(desc = "Only people with this role.")] role: Option<Role>,
        window: Window,
    ) -> Result<PersonConnection> {
        let view = read_view(ctx);
        let delegation = delegation_id.map(|id| delegation::slug_of(&id));
        let listed = person::PersonFilter {
            delegation_id: delegation.as_deref(),
            search: search.as_deref(),
            role: role.map(Into::into),
            language: request(ctx).caller.language,
        };
        let (rows, now) = (view.rows().await?, view.now());
        let page = person::list(rows, &view.actor, now, listed, &window).await?;
        prime(&view, page.entries.iter().map(|(_, row)| row)).await;
        Ok(PersonConnection::of(page.map(Person)))
    }
}
