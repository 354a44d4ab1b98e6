//! People: who a person is and what they wrote; for people who decide, also their restrictions and the decisions that
//! may be taken on them.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::address;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::client::payload;
use crate::web::concepts;
use crate::web::concepts::Choice;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::fields;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::words::Act;
use crate::web::words::Capacity;
use crate::web::words::Language;
use crate::web::words::Restriction;
use crate::web::words::Role;
use crate::web::words::Scheme;

document!(PeopleQuery, "src/web/moderation/people.graphql");
document!(PersonQuery, "src/web/moderation/people.graphql");
document!(GiveScopeMutation, "src/web/moderation/people.graphql");
document!(
    MakePasswordLinkMutation,
    "src/web/moderation/people.graphql"
);

#[derive(Template)]
#[template(path = "moderation/people.html")]
struct ListPage {
    frame: Frame,
    found: people_query::PeopleQueryPersons,
    search: String,
    role: Option<Role>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "moderation/person.html")]
struct Page {
    frame: Frame,
    person: person_query::PersonQueryNodeOnPerson,
    next: Option<String>,
    /// The regions to choose from, for the Secretariat on the page of a moderator.
    regions: Vec<Choice>,
    /// The key of the next link for choosing a new password, and the link just made, shown only once.
    key: String,
    link: Option<String>,
}

/// Shows people by name.
pub async fn list(asked: Asked) -> PageResult {
    Ok(response::page(&load_list(&asked).await?, StatusCode::OK))
}

async fn load_list(asked: &Asked) -> Result<ListPage, PageError> {
    let fields = asked.query();
    let role = Role::read(&fields.one("role"));
    let variables = people_query::Variables {
        search: fields.given("search"),
        role,
        after: fields.given("after"),
    };
    let found = ask::<PeopleQuery>(&asked.web, &asked.caller, variables).await?;
    let place = &found.persons.page_info;
    let cursor = place.end_cursor.as_ref().filter(|_| place.has_next_page);
    let search = fields.one("search");
    let next = cursor.map(|cursor| {
        let role = fields.one("role");
        let pairs = [
            ("search", search.as_str()),
            ("role", role.as_str()),
            ("after", cursor.as_str()),
        ];
        format!("/people?{}", address::encode(&pairs))
    });
    Ok(ListPage {
        frame: Frame::load(asked).await,
        found: found.persons,
        search,
        role,
        next,
    })
}

/// Shows a person.
pub async fn show(asked: Asked, Path(id): Path<String>) -> PageResult {
    answer(&asked, id, None).await
}

async fn answer(asked: &Asked, id: String, link: Option<String>) -> PageResult {
    Ok(response::page(
        &load(asked, id, link).await?,
        StatusCode::OK,
    ))
}

async fn load(asked: &Asked, id: String, link: Option<String>) -> Result<Page, PageError> {
    let variables = person_query::Variables {
        id,
        after: asked.query().given("after"),
    };
    let found = ask::<PersonQuery>(&asked.web, &asked.caller, variables).await?;
    let Some(person_query::PersonQueryNode::Person(person)) = found.node else {
        return Err(PageError::NotFound);
    };
    let mut regions = Vec::new();
    if found.viewer.role == Role::Secretariat && person.role == Role::Moderator {
        regions = concepts::all(asked, Scheme::Region).await?;
        let given = &person.viewer.scope.edges;
        for region in &mut regions {
            region.chosen = given.iter().any(|edge| edge.node.slug == region.slug);
        }
    }
    let place = &person.posts.page_info;
    let cursor = place.end_cursor.as_ref().filter(|_| place.has_next_page);
    Ok(Page {
        frame: Frame::load(asked).await,
        next: cursor.map(|cursor| format!("/people/{}?after={cursor}", person.id)),
        person,
        regions,
        key: fields::new_key(),
        link,
    })
}

/// Makes a link with which a person who has forgotten their password chooses a new one.
pub async fn make_password_link(asked: Asked, Path(id): Path<String>, fields: Sent) -> PageResult {
    let variables = make_password_link_mutation::Variables {
        key: fields.key(),
        id: id.clone(),
    };
    let done = ask::<MakePasswordLinkMutation>(&asked.web, &asked.caller, variables).await?;
    let done = payload(done.make_password_link, &asked.caller)?;
    answer(&asked, id, Some(done.link)).await
}

/// Assigns regions to a moderator.
pub async fn give_scope(asked: Asked, Path(id): Path<String>, fields: Sent) -> PageResult {
    let input = give_scope_mutation::GiveScopeInput {
        person_id: id.clone(),
        regions: fields.all("regions"),
    };
    let variables = give_scope_mutation::Variables { input };
    ask::<GiveScopeMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(response::see_other(&format!("/people/{id}")))
}
