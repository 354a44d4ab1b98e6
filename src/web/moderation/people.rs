//! People: who a person is and what they wrote; for people who decide, also their restrictions and the decisions that
//! may be taken on them.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::address;
use crate::web::api_types::Act;
use crate::web::api_types::Capacity;
use crate::web::api_types::Language;
use crate::web::api_types::Restriction;
use crate::web::api_types::Role;
use crate::web::api_types::Scheme;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::client::payload;
use crate::web::concepts;
use crate::web::concepts::SelectOption;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::fields;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;

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
    regions: Vec<SelectOption>,
    /// The key of the next link for choosing a new password, and the link just made, shown only once.
    key: String,
    link: Option<String>,
}

/// Shows people by name.
pub async fn list(request: PageRequest) -> PageResult {
    Ok(response::page(&load_list(&request).await?, StatusCode::OK))
}

async fn load_list(request: &PageRequest) -> Result<ListPage, PageError> {
    let fields = request.query();
    let role = Role::parse(&fields.one("role"));
    let variables = people_query::Variables {
        search: fields.given("search"),
        role,
        after: fields.given("after"),
    };
    let found = execute::<PeopleQuery>(&request.web, &request.caller, variables).await?;
    let page_info = &found.persons.page_info;
    let cursor = page_info
        .end_cursor
        .as_ref()
        .filter(|_| page_info.has_next_page);
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
        frame: Frame::load(request).await,
        found: found.persons,
        search,
        role,
        next,
    })
}

/// Shows a person.
pub async fn show(request: PageRequest, Path(id): Path<String>) -> PageResult {
    answer(&request, id, None).await
}

async fn answer(request: &PageRequest, id: String, link: Option<String>) -> PageResult {
    Ok(response::page(
        &load(request, id, link).await?,
        StatusCode::OK,
    ))
}

async fn load(request: &PageRequest, id: String, link: Option<String>) -> Result<Page, PageError> {
    let variables = person_query::Variables {
        id,
        after: request.query().given("after"),
    };
    let found = execute::<PersonQuery>(&request.web, &request.caller, variables).await?;
    let Some(person_query::PersonQueryNode::Person(person)) = found.node else {
        return Err(PageError::NotFound);
    };
    let mut regions = Vec::new();
    if found.viewer.role == Role::Secretariat && person.role == Role::Moderator {
        regions = concepts::all(request, Scheme::Region).await?;
        let given = &person.viewer.scope.edges;
        for region in &mut regions {
            region.chosen = given.iter().any(|edge| edge.node.slug == region.slug);
        }
    }
    let page_info = &person.posts.page_info;
    let cursor = page_info
        .end_cursor
        .as_ref()
        .filter(|_| page_info.has_next_page);
    Ok(Page {
        frame: Frame::load(request).await,
        next: cursor.map(|cursor| format!("/people/{}?after={cursor}", person.id)),
        person,
        regions,
        key: fields::new_key(),
        link,
    })
}

/// Makes a link with which a person who has forgotten their password chooses a new one.
pub async fn make_password_link(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    let variables = make_password_link_mutation::Variables {
        key: fields.key(),
        id: id.clone(),
    };
    let done =
        execute::<MakePasswordLinkMutation>(&request.web, &request.caller, variables).await?;
    let done = payload(done.make_password_link, &request.caller)?;
    answer(&request, id, Some(done.link)).await
}

/// Assigns regions to a moderator.
pub async fn give_scope(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    let input = give_scope_mutation::GiveScopeInput {
        person_id: id.clone(),
        regions: fields.all("regions"),
    };
    let variables = give_scope_mutation::Variables { input };
    execute::<GiveScopeMutation>(&request.web, &request.caller, variables).await?;
    Ok(response::redirect(&format!("/people/{id}")))
}
