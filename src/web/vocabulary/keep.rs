//! Keeping the vocabulary: words, new concepts, successors.

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::client::payload;
use crate::web::forms;
use crate::web::forms::Fields;
use crate::web::vocabulary::Typed;
use crate::web::vocabulary::concept_page;
use crate::web::vocabulary::scheme_of;
use crate::web::words::Language;
use crate::web::words::Scheme;
use crate::web::words::UUID;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/vocabulary/change.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language")
)]
struct ChangeConceptMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/vocabulary/add.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language", "Scheme")
)]
struct AddConceptMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/vocabulary/deprecate.graphql",
    response_derives = "Debug, Clone"
)]
struct DeprecateMutation;

/// Changes label and definition in one language.
pub async fn change(
    asked: Asked,
    Path(slug): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let fields = Fields(fields);
    let label = change_concept_mutation::LabelInput {
        language: Language::read(&fields.one("language")).unwrap_or(Language::En),
        label: fields.one("label"),
        definition: fields.given("definition"),
    };
    let variables = change_concept_mutation::Variables {
        input: change_concept_mutation::ChangeConceptInput {
            concept_id: slug.clone(),
            labels: vec![label],
        },
    };
    let done = ask::<ChangeConceptMutation>(&asked.web, &asked.caller, variables).await;
    led_on(
        &asked,
        &slug,
        Typed::of("change", &fields),
        done.map(|_| slug.clone()),
    )
    .await
}

/// Adds a concept under this one.
pub async fn add(
    asked: Asked,
    Path(slug): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let fields = Fields(fields);
    let scheme = match scheme_of(&asked, &slug).await {
        Ok(scheme) => scheme,
        Err(error) => return forms::refuse(&asked, error).await,
    };
    let label = add_concept_mutation::LabelInput {
        language: Language::En,
        label: fields.one("label"),
        definition: fields.given("definition"),
    };
    let variables = add_concept_mutation::Variables {
        input: add_concept_mutation::AddConceptInput {
            key: fields.key(),
            scheme,
            slug: fields.one("slug"),
            labels: vec![label],
            broader_ids: vec![slug.clone()],
        },
    };
    let done = ask::<AddConceptMutation>(&asked.web, &asked.caller, variables).await;
    led_on(
        &asked,
        &slug,
        Typed::of("add", &fields),
        done.and_then(|done| payload(done.add_concept, &asked.caller))
            .map(|done| done.concept.slug),
    )
    .await
}

/// Retires the concept in favour of another.
pub async fn deprecate(
    asked: Asked,
    Path(slug): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let fields = Fields(fields);
    let variables = deprecate_mutation::Variables {
        concept: slug.clone(),
        successor: fields.one("successorId"),
    };
    let done = ask::<DeprecateMutation>(&asked.web, &asked.caller, variables).await;
    led_on(
        &asked,
        &slug,
        Typed::of("deprecate", &fields),
        done.map(|_| slug.clone()),
    )
    .await
}

async fn led_on(
    asked: &Asked,
    slug: &str,
    typed: Typed,
    done: Result<String, PageError>,
) -> Response {
    match done {
        Ok(slug) => forms::see_other(&format!("/vocabulary/{slug}")),
        Err(error) => match forms::trouble(error) {
            Ok((status, trouble)) => concept_page(asked, slug, Some(trouble), typed, status).await,
            Err(error) => forms::refuse(asked, error).await,
        },
    }
}
