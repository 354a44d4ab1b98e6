//! Maintaining the vocabulary: labels, new concepts, successors.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::base::limit;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::client::payload;
use crate::web::concepts::Choice;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::vocabulary::concept;
use crate::web::vocabulary::concept::Concept;
use crate::web::vocabulary::concept::Typed;
use crate::web::vocabulary::concept::scheme_of;
use crate::web::vocabulary::concept::secretariat_only;
use crate::web::vocabulary::concept::words;
use crate::web::words::Language;
use crate::web::words::Scheme;

document!(ChangeConceptMutation, "src/web/vocabulary/change.graphql");
document!(LabelsQuery, "src/web/vocabulary/labels.graphql");
document!(AddConceptMutation, "src/web/vocabulary/add.graphql");
document!(DeprecateMutation, "src/web/vocabulary/deprecate.graphql");
document!(RestoreMutation, "src/web/vocabulary/restore.graphql");

/// Changes the label and definition in one language.
pub async fn change(asked: Asked, Path(slug): Path<String>, fields: Sent) -> PageResult {
    let done = match fields.given("choose") {
        Some(_) => choose(&asked, &slug, &fields).await,
        None => put(&asked, &slug, &fields).await,
    };
    match done {
        Ok(response) => Ok(response),
        Err(error) => again(&asked, &slug, Typed::of("change", &fields), error).await,
    }
}

async fn put(asked: &Asked, slug: &str, fields: &Fields) -> PageResult {
    check(asked, slug, fields).await?;
    let label = change_concept_mutation::LabelInput {
        language: check::chosen(asked, fields, "language", Language::read)?,
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
    Ok(response::see_other(&format!("/vocabulary/{slug}")))
}

/// Shows the form in another language, with its current texts except where the user has typed others.
async fn choose(asked: &Asked, slug: &str, fields: &Fields) -> PageResult {
    let check = Check::of(asked, fields).choice("language", Language::read);
    check.done()?;
    let language = fields.one("language");
    let [label, definition] = typed(asked, slug, fields).await?;
    if label.is_none() && definition.is_none() {
        let address = format!("/vocabulary/{slug}?language={language}#change");
        return Ok(response::see_other(&address));
    }
    let (own_label, own_definition) = words(asked, slug, &language).await?;
    let typed = Typed {
        form: "change",
        label: label.unwrap_or(own_label),
        definition: definition.unwrap_or(own_definition),
        language,
        ..Typed::default()
    };
    concept::page(asked, slug, None, typed, StatusCode::OK).await
}

/// Label and definition as typed; `None` where they equal the current ones in the language that was shown.
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
pub async fn add(asked: Asked, Path(slug): Path<String>, fields: Sent) -> PageResult {
    let scheme = scheme_of(&asked, &slug).await?;
    match put_new(&asked, &slug, scheme, &fields).await {
        Ok(slug) => Ok(response::see_other(&format!("/vocabulary/{slug}"))),
        Err(error) => again(&asked, &slug, Typed::of("add", &fields), error).await,
    }
}

/// Adds a concept under another; its slug.
async fn put_new(
    asked: &Asked,
    broader: &str,
    scheme: Scheme,
    fields: &Fields,
) -> Result<String, PageError> {
    // The label is in English, whatever language the page is in.
    let english = Fields(
        [("language", "EN")]
            .into_iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .chain(fields.0.clone())
            .collect(),
    );
    Check::of(asked, &english)
        .slug("slug")
        .line("label", limit::LABEL)
        .optional_text("definition", "definition", limit::DEFINITION)
        .written_in(&["label", "definition"])
        .done()?;
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
            broader_ids: vec![broader.to_string()],
        },
    };
    let done = ask::<AddConceptMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(payload(done.add_concept, &asked.caller)?.concept.slug)
}

/// Retires the concept in favour of another, after showing how many threads are affected.
pub async fn deprecate(asked: Asked, Path(slug): Path<String>, fields: Sent) -> PageResult {
    let Some(successor) = fields.given("successorId") else {
        let error = check::unchosen(&asked, "successorId");
        return again(&asked, &slug, Typed::of("deprecate", &fields), error).await;
    };
    if fields.given("confirm").is_none() {
        return retire_page(&asked, &slug, successor).await;
    }
    let variables = deprecate_mutation::Variables {
        concept: slug.clone(),
        successor,
    };
    match ask::<DeprecateMutation>(&asked.web, &asked.caller, variables).await {
        Ok(_) => Ok(response::see_other(&format!("/vocabulary/{slug}"))),
        Err(error) => again(&asked, &slug, Typed::of("deprecate", &fields), error).await,
    }
}

#[derive(Template)]
#[template(path = "vocabulary/retire.html")]
struct RetirePage {
    frame: Frame,
    concept: Concept,
    successor: Choice,
}

/// Shows what retiring a concept in favour of another affects, before it is done.
async fn retire_page(asked: &Asked, slug: &str, successor: String) -> PageResult {
    let typed = Typed {
        form: "deprecate",
        successor: successor.clone(),
        ..Typed::default()
    };
    let mut page = concept::load(asked, slug, None, typed).await?;
    let is_other = |choice: &&Choice| choice.slug == successor && choice.slug != slug;
    let chosen = page.successors.iter().find(is_other).cloned();
    match chosen {
        Some(successor) => {
            let template = RetirePage {
                successor,
                concept: page.concept,
                frame: page.frame,
            };
            Ok(response::page(&template, StatusCode::OK))
        }
        None if page.can_edit => {
            let error = check::unchosen(asked, "successorId");
            let (status, trouble) = Trouble::from_error(error)?;
            page.trouble = Some(trouble);
            Ok(response::page(&page, status))
        }
        None => Err(secretariat_only(asked)),
    }
}

/// Checks that label and definition can be saved as sent: filled in, in their language, and not equal to the texts of
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
    // A label that is already the same in both languages may stay so.
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

/// Restores the concept.
pub async fn restore(asked: Asked, Path(slug): Path<String>) -> PageResult {
    let variables = restore_mutation::Variables {
        concept: slug.clone(),
    };
    ask::<RestoreMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(response::see_other(&format!("/vocabulary/{slug}")))
}

/// The page of the concept again, with the submitted input and its errors.
async fn again(asked: &Asked, slug: &str, typed: Typed, error: PageError) -> PageResult {
    let (status, trouble) = Trouble::from_error(error)?;
    concept::page(asked, slug, Some(trouble), typed, status).await
}
