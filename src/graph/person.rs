//! People and their mandates in the API.

use std::collections::HashMap;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use graph_macros::connections;
use uuid::Uuid;

use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::accounts::manage;
use crate::forum::accounts::mandate;
use crate::forum::accounts::naming;
use crate::forum::accounts::person;
use crate::forum::accounts::policy;
use crate::forum::discussion::list::Owner;
use crate::forum::discussion::post;
use crate::forum::moderation::policy as moderated;
use crate::forum::moderation::scope;
use crate::graph::address;
use crate::graph::asked::View;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::asked::view;
use crate::graph::asked::viewed;
use crate::graph::concept;
use crate::graph::concept::ConceptConnection;
use crate::graph::connection::connection;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::delegation::Delegations;
use crate::graph::ids::MandateId;
use crate::graph::ids::PersonId;
use crate::graph::loader::Loader;
use crate::graph::moderation;
use crate::graph::moderation::Subject;
use crate::graph::payload::payload;
use crate::graph::post::Post;
use crate::graph::post::PostConnection;
use crate::graph::scalar::Act;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Refusal;
use crate::graph::scalar::Restriction;
use crate::graph::scalar::Role;
use crate::graph::thread;
use crate::graph::thread::ThreadConnection;

/// A person with an account. Name, role and mandates are public.
pub struct Person(pub person::Model);

connection!("people", Person, PersonEdge, PersonConnection);
connection!("mandates", Mandate, MandateEdge, MandateConnection);
connection!(
    "names that people went by before",
    FormerName,
    FormerNameEdge,
    FormerNameConnection
);

/// A person with an account. Name, role and mandates are public.
#[connections]
#[Object]
impl Person {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Person, self.0.id))
    }

    /// The address of its page.
    async fn url(&self, ctx: &Context<'_>) -> String {
        address::person(ctx, self.0.id)
    }

    /// The name that the person goes by now. What they wrote keeps the name that they had then (`authorName`).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When the person last took another name; null when they never did.
    async fn renamed_at(&self) -> Option<DateTime> {
        self.0.renamed_at.map(DateTime)
    }

    /// The names that the person went by before, the latest first.
    async fn former_names(
        &self,
        ctx: &Context<'_>,
        window: Window,
    ) -> Result<FormerNameConnection> {
        let list = former_names_of(&view(ctx), &self.0).await?.into_iter();
        let list = list.map(|each| (each.id.to_string(), each)).collect();
        Ok(FormerNameConnection::of(
            Page::of_whole(list, &window)?.map(FormerName),
        ))
    }

    /// What the person is to the forum.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// The delegation of the latest mandate that holds now; null when none does. (A post keeps the delegation that its
    /// author had when writing.)
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Option<Delegation>> {
        let view = view(ctx);
        let now = view.now();
        let mandates = mandates_of(&view, self.0.id).await?;
        match mandates.iter().find(|mandate| mandate.is_current(now)) {
            Some(mandate) => delegation::load(&view, &mandate.delegation_id).await,
            None => Ok(None),
        }
    }

    /// The person's mandates, the latest start first, also those that have ended.
    async fn mandates(&self, ctx: &Context<'_>, window: Window) -> Result<MandateConnection> {
        let view = view(ctx);
        let mandates = mandates_of(&view, self.0.id).await?;
        view.expect::<Delegations>(mandates.iter().map(|mandate| mandate.delegation_id.clone()));
        let list = mandates
            .into_iter()
            .map(|each| (each.id.to_string(), each))
            .collect();
        Ok(MandateConnection::of(
            Page::of_whole(list, &window)?.map(Mandate),
        ))
    }

    /// The threads that this person opened, that stand in lists and are seen by the caller, the newest first.
    async fn threads(&self, ctx: &Context<'_>, window: Window) -> Result<ThreadConnection> {
        thread::of_owner(&view(ctx), Owner::Person(self.0.id), window).await
    }

    /// The posts of this person that the caller sees and whose text is shown, the newest first.
    async fn posts(&self, ctx: &Context<'_>, window: Window) -> Result<PostConnection> {
        let view = view(ctx);
        let (rows, audience) = (view.rows().await?, view.actor.audience());
        let page = post::by_author(rows, audience, self.0.id, &window).await?;
        thread::expect_of_posts(&view, page.entries.iter().map(|(_, row)| row));
        Ok(PostConnection::of(page.map(Post)))
    }

    /// What of this person depends on who asks.
    async fn viewer(&self) -> PersonViewer {
        PersonViewer(self.0.clone())
    }
}

/// What of a person depends on who asks.
pub struct PersonViewer(person::Model);

/// What of a person depends on who asks.
#[connections]
#[Object]
impl PersonViewer {
    /// Its id, for clients that keep objects by their ids: another for each who asks. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewed(ctx, &ID(id::of_uuid(Kind::Person, self.0.id)))
    }

    /// The e-mail address: seen by the person, the Secretariat, and a focal point of the person's delegation; null for others.
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let view = view(ctx);
        let delegations: Vec<String> = mandates_of(&view, self.0.id)
            .await?
            .into_iter()
            .map(|mandate| mandate.delegation_id)
            .collect();
        let seen = policy::sees_email(&view.actor, view.now(), self.0.id, &delegations);
        Ok(seen.then(|| self.0.email.clone()))
    }

    /// The regions given to a moderator: seen by that person and the Secretariat; none for others.
    async fn scope(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        let view = view(ctx);
        let seen =
            view.actor.person_id() == Some(self.0.id) || moderated::sees_moderator(&view.actor);
        let regions = if seen {
            scope::of(view.rows().await?, self.0.id).await?
        } else {
            Vec::new()
        };
        let list = concept::load_many(&view, regions).await?;
        Ok(ConceptConnection::of(concept::page(&view, list, &window)?))
    }

    /// What a decision keeps this person from at present: seen by the person and those who could decide on them; null for
    /// others, and when nothing does.
    async fn restriction(&self, ctx: &Context<'_>) -> Result<Option<Restriction>> {
        let view = view(ctx);
        let seen = view.actor.person_id() == Some(self.0.id)
            || moderation::may_decide(&view, Subject::Person(&self.0)).await?;
        let restriction = self.0.restricted(view.now()).filter(|_| seen);
        Ok(restriction.map(Into::into))
    }

    /// Until when; null for others, and when nothing does.
    async fn restricted_until(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let view = view(ctx);
        let seen = view.actor.person_id() == Some(self.0.id)
            || moderation::may_decide(&view, Subject::Person(&self.0)).await?;
        let restricted = seen && self.0.restricted(view.now()).is_some();
        let until = self.0.restricted_until.filter(|_| restricted);
        Ok(until.map(DateTime))
    }

    /// Whether what this person writes waits for approval, by decision: seen by the person and those who could decide on
    /// them; false for others.
    async fn is_reviewed(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = view(ctx);
        Ok(self.0.reviewed_by.is_some()
            && (view.actor.person_id() == Some(self.0.id)
                || moderation::may_decide(&view, Subject::Person(&self.0)).await?))
    }

    /// Whether makePasswordLink would be allowed for this person.
    async fn can_make_password_link(&self, ctx: &Context<'_>) -> Result<bool> {
        let view = view(ctx);
        let (actor, now) = (&view.actor, view.now());
        if policy::invite_anyone(actor, now).is_err() {
            return Ok(false);
        }
        let mandates = mandate::of_person(view.rows().await?, self.0.id).await?;
        let person = (self.0.id, self.0.role);
        Ok(policy::renew_password(actor, now, person, &mandates).is_ok())
    }

    /// The acts that decide would take on this person now.
    async fn acts(&self, ctx: &Context<'_>) -> Result<Vec<Act>> {
        moderation::acts(&view(ctx), Subject::Person(&self.0)).await
    }

    /// The acts that proposeDecision would take on this person now, because one person alone does not.
    async fn acts_to_propose(&self, ctx: &Context<'_>) -> Result<Vec<Act>> {
        moderation::acts_to_propose(&view(ctx), Subject::Person(&self.0)).await
    }

    /// Why decide with this act would be denied; null when it would not. INVALID for an act that is not taken on people.
    async fn decide_refusal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which act.")] act: Act,
    ) -> Result<Option<Refusal>> {
        moderation::refusal(&view(ctx), act.into(), Subject::Person(&self.0)).await
    }
}

/// A name that a person went by before.
pub struct FormerName(pub naming::Model);

/// A name that a person went by before.
#[Object]
impl FormerName {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::FormerName, self.0.id))
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The first moment at which it was no longer theirs.
    async fn until(&self) -> DateTime {
        DateTime(self.0.until_at)
    }
}

/// That a person speaks for a delegation, in a capacity, for a time.
pub struct Mandate(pub mandate::Model);

/// That a person speaks for a delegation, in a capacity, for a time.
#[Object]
impl Mandate {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Mandate, self.0.id))
    }

    /// For which delegation.
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Delegation> {
        delegation::load(&view(ctx), &self.0.delegation_id)
            .await?
            .ok_or(Error::NotFound)
    }

    /// The most binding capacity in which its holder may speak.
    async fn capacity(&self) -> Capacity {
        self.0.capacity.into()
    }

    /// The holder's title or function, as it is shown with posts.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The first moment at which it holds.
    async fn from(&self) -> DateTime {
        DateTime(self.0.from_at)
    }

    /// The first moment at which it no longer holds; null while no end is set. After it its holder reads, but no longer writes.
    async fn until(&self) -> Option<DateTime> {
        self.0.until_at.map(DateTime)
    }

    /// Whether it holds now.
    async fn current(&self, ctx: &Context<'_>) -> bool {
        self.0.is_current(view(ctx).now())
    }
}

/// People by id.
pub struct People;

impl Loader for People {
    type Key = Uuid;
    type Value = person::Model;

    async fn load(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, person::Model>> {
        let found = person::find_many(view.rows().await?, &ids).await?;
        Ok(found.into_iter().map(|each| (each.id, each)).collect())
    }
}

/// The mandates of people, also the ended ones.
pub struct Mandates;

impl Loader for Mandates {
    type Key = Uuid;
    type Value = Vec<mandate::Model>;

    async fn load(view: &View, people: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<mandate::Model>>> {
        let mut by_person: HashMap<Uuid, Vec<mandate::Model>> = HashMap::new();
        for row in mandate::of_people(view.rows().await?, &people).await? {
            by_person.entry(row.person_id).or_default().push(row);
        }
        Ok(by_person)
    }
}

/// The names that people went by before, the latest first.
pub struct FormerNames;

impl Loader for FormerNames {
    type Key = Uuid;
    type Value = Vec<naming::Model>;

    async fn load(view: &View, people: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<naming::Model>>> {
        let mut by_person: HashMap<Uuid, Vec<naming::Model>> = HashMap::new();
        for row in naming::of_people(view.rows().await?, &people).await? {
            by_person.entry(row.person_id).or_default().push(row);
        }
        Ok(by_person)
    }
}

/// Takes people who were read otherwise, and says what will be asked of them.
pub async fn keep<'a>(view: &View, rows: impl Iterator<Item = &'a person::Model>) {
    let rows: Vec<_> = rows.map(|row| (row.id, row.clone())).collect();
    view.expect::<Mandates>(rows.iter().map(|(id, _)| *id));
    view.keep::<People>(rows).await;
}

/// The people on a page, who must exist because rows refer to them.
pub async fn page(view: &View, page: Page<Uuid>) -> Result<PersonConnection> {
    let ids = || page.entries.iter().map(|(_, id)| *id);
    view.expect::<People>(ids());
    view.expect::<Mandates>(ids());
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

/// The person with this id, read together with the others that are expected.
pub async fn load(view: &View, id: Uuid) -> Result<Option<Person>> {
    Ok(view.get::<People>(id).await?.map(Person))
}

/// The person with this id, who must exist because a row refers to them.
pub async fn require(view: &View, id: Uuid) -> Result<Person> {
    load(view, id)
        .await?
        .ok_or_else(|| Error::internal("a row refers to nobody"))
}

/// The name that somebody had at a moment.
pub async fn name_at(view: &View, id: Uuid, moment: Moment) -> Result<String> {
    let person = require(view, id).await?.0;
    let former = match person.renamed_at {
        Some(renamed) if moment < renamed => former_names_of(view, &person).await?,
        Some(_) | None => Vec::new(),
    };
    let then = naming::at(&former, moment).map(|former| former.name.clone());
    Ok(then.unwrap_or(person.name))
}

/// The names that a person went by before, the latest first.
async fn former_names_of(view: &View, person: &person::Model) -> Result<Vec<naming::Model>> {
    if person.renamed_at.is_none() {
        return Ok(Vec::new());
    }
    let found = view.get::<FormerNames>(person.id).await?;
    Ok(found.unwrap_or_default())
}

/// The mandates of a person, also the ended ones.
pub async fn mandates_of(view: &View, person: Uuid) -> Result<Vec<mandate::Model>> {
    Ok(view.get::<Mandates>(person).await?.unwrap_or_default())
}

#[derive(Default)]
pub struct PersonQuery;

#[connections]
#[Object]
impl PersonQuery {
    /// People by name, in the order of the caller's language: all for the Secretariat and for moderators, those of the own
    /// delegation for a focal point. Denied to others.
    async fn persons(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only those with a mandate for this delegation, past or present: its global id or slug."
        )]
        delegation_id: Option<ID>,
        #[graphql(
            desc = "Only those whose name contains this text, whatever its case, accents, vocalisation and width."
        )]
        search: Option<String>,
        #[graphql(desc = "Only those with this role.")] role: Option<Role>,
        window: Window,
    ) -> Result<PersonConnection> {
        let view = view(ctx);
        let delegation = delegation_id.map(|id| delegation::slug_of(&id));
        let listed = person::Listed {
            delegation_id: delegation.as_deref(),
            search: search.as_deref(),
            role: role.map(Into::into),
            language: asked(ctx).caller.language,
        };
        let (rows, now) = (view.rows().await?, view.now());
        let page = person::list(rows, &view.actor, now, listed, &window).await?;
        keep(&view, page.entries.iter().map(|(_, row)| row)).await;
        Ok(PersonConnection::of(page.map(Person)))
    }
}

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
