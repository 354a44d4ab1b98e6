//! Keeping the vocabulary: words, new concepts, successors.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;

use crate::base::limit;
use crate::web::Asked;
use crate::web::Sent;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::client::payload;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Fields;
use crate::web::vocabulary::Typed;
use crate::web::vocabulary::concept_page;
use crate::web::vocabulary::retire_page;
use crate::web::vocabulary::scheme_of;
use crate::web::vocabulary::words;
use crate::web::words::Language;
use crate::web::words::Scheme;
use crate::web::words::UUID;

/// Characters of a label, at most.

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
    query_path = "src/web/vocabulary/labels.graphql",
    response_derives = "Debug, Clone"
)]
struct LabelsQuery;

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

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/vocabulary/restore.graphql",
    response_derives = "Debug, Clone"
)]
struct RestoreMutation;

/// Changes label and definition in one language.
pub async fn change(asked: Asked, Path(slug): Path<String>, fields: Sent) -> Response {
    let done = match fields.given("choose") {
        Some(_) => choose(&asked, &slug, &fields).await,
        None => put(&asked, &slug, &fields).await,
    };
    match done {
        Ok(response) => response,
        Err(error) => led_on(&asked, &slug, Typed::of("change", &fields), Err(error)).await,
    }
}

async fn put(asked: &Asked, slug: &str, fields: &Fields) -> Result<Response, PageError> {
    check(asked, slug, fields).await?;
    let label = change_concept_mutation::LabelInput {
        language: forms::chosen(asked, fields, "language", Language::read)?,
        label: fields.one("label"),
        definition: fields.given("definition"),
    };
    let variables = change_concept_mutation::Variables {
        input: change_concept_mutation::ChangeConceptInput {
            concept_id: slug.to_string(),
            labels: vec![label],
        },
    };
    ask::<ChangeConceptMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(forms::see_other(&format!("/vocabulary/{slug}")))
}

/// Shows the form in another language: with what there is in it, but for what was typed.
async fn choose(asked: &Asked, slug: &str, fields: &Fields) -> Result<Response, PageError> {
    let check = Check::of(asked, fields).choice("language", Language::read);
    check.done()?;
    let language = fields.one("language");
    let [label, definition] = typed(asked, slug, fields).await?;
    if label.is_none() && definition.is_none() {
        let address = format!("/vocabulary/{slug}?language={language}#change");
        return Ok(forms::see_other(&address));
    }
    let (own_label, own_definition) = words(asked, slug, &language).await?;
    let typed = Typed {
        form: "change",
        label: label.unwrap_or(own_label),
        definition: definition.unwrap_or(own_definition),
        language,
        ..Typed::default()
    };
    Ok(concept_page(asked, slug, None, typed, StatusCode::OK).await)
}

/// Label and definition as they were typed: nothing where they are what there was in the language that was shown.
async fn typed(
    asked: &Asked,
    slug: &str,
    fields: &Fields,
) -> Result<[Option<String>; 2], PageError> {
    let given = ["label", "definition"].map(|name| fields.given(name));
    let Some(shown) = fields.given("shown") else {
        return Ok(given);
    };
    let (label, definition) = words(asked, slug, &shown).await?;
    let is_known = |typed: &str, known: &str| typed.replace("\r\n", "\n").trim() == known.trim();
    let [typed_label, typed_definition] = given;
    Ok([
        typed_label.filter(|typed| !is_known(typed, &label)),
        typed_definition.filter(|typed| !is_known(typed, &definition)),
    ])
}

/// Adds a concept under this one.
pub async fn add(asked: Asked, Path(slug): Path<String>, fields: Sent) -> Response {
    let scheme = match scheme_of(&asked, &slug).await {
        Ok(scheme) => scheme,
        Err(error) => return forms::refuse(&asked, error).await,
    };
    // A label in English, whatever language the page is in.
    let english = Fields(
        [("language", "EN")]
            .into_iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .chain(fields.0.clone())
            .collect(),
    );
    let check = Check::of(&asked, &english)
        .slug("slug")
        .line("label", limit::LABEL)
        .optional_text("definition", "definition", limit::DEFINITION)
        .written_in(&["label", "definition"]);
    if let Err(error) = check.done() {
        return led_on(&asked, &slug, Typed::of("add", &fields), Err(error)).await;
    }
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

/// Retires the concept in favour of another, once it has been told how many threads that touches.
pub async fn deprecate(asked: Asked, Path(slug): Path<String>, fields: Sent) -> Response {
    if fields.given("successorId").is_none() {
        let error = forms::unchosen(&asked, "successorId");
        let typed = Typed::of("deprecate", &fields);
        return led_on(&asked, &slug, typed, Err(error)).await;
    }
    if fields.given("confirm").is_none() {
        return retire_page(&asked, &slug, fields.one("successorId")).await;
    }
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

/// Whether label and definition can be kept as what they are sent as: filled in, in their language, and not the words of
/// another language.
async fn check(asked: &Asked, slug: &str, fields: &Fields) -> Result<(), PageError> {
    let variables = labels_query::Variables {
        slug: slug.to_string(),
    };
    let found = ask::<LabelsQuery>(&asked.web, &asked.caller, variables).await?;
    let concept = found.concept.ok_or(PageError::NotFound)?;
    let labels = [
        (Language::Ar, concept.ar.as_str()),
        (Language::En, concept.en.as_str()),
        (Language::Es, concept.es.as_str()),
        (Language::Fr, concept.fr.as_str()),
        (Language::Ru, concept.ru.as_str()),
        (Language::Zh, concept.zh.as_str()),
    ];
    // A word that is the same in both languages already stays so.
    let language = Language::read(&fields.one("language"));
    let own = labels.iter().find(|(each, _)| Some(*each) == language);
    let own = own.map_or("", |(_, label)| *label);
    let others = labels
        .iter()
        .filter(|(_, label)| *label != own || language.is_none());
    let english = (Language::En, concept.en.as_str());
    let is_missing = own == concept.en && language != Some(Language::En);
    let others: Vec<(Language, &str)> = others
        .copied()
        .chain(is_missing.then_some(english))
        .collect();
    Check::of(asked, fields)
        .line("label", limit::LABEL)
        .optional_text("definition", "definition", limit::DEFINITION)
        .written_in(&["label", "definition"])
        .unlike("label", &others)
        .done()
}

/// Takes the concept into use again.
pub async fn restore(asked: Asked, Path(slug): Path<String>) -> Response {
    let variables = restore_mutation::Variables {
        concept: slug.clone(),
    };
    match ask::<RestoreMutation>(&asked.web, &asked.caller, variables).await {
        Ok(_) => forms::see_other(&format!("/vocabulary/{slug}")),
        Err(error) => forms::refuse(&asked, error).await,
    }
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
