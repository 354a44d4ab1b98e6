//! Maintaining the vocabulary: labels, new concepts, successors.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::base::limit;
use crate::web::api_types::Language;
use crate::web::api_types::Scheme;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::client::payload;
use crate::web::concepts::SelectOption;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::vocabulary::concept;
use crate::web::vocabulary::concept::Concept;
use crate::web::vocabulary::concept::TypedInput;
use crate::web::vocabulary::concept::label_in_language;
use crate::web::vocabulary::concept::scheme_of;
use crate::web::vocabulary::concept::secretariat_only;

document!(ChangeConceptMutation, "src/web/vocabulary/change.graphql");
document!(LabelsQuery, "src/web/vocabulary/labels.graphql");
document!(AddConceptMutation, "src/web/vocabulary/add.graphql");
document!(DeprecateMutation, "src/web/vocabulary/deprecate.graphql");
document!(RestoreMutation, "src/web/vocabulary/restore.graphql");

/// Changes the label and definition in one language.
pub async fn change(
    request: PageRequest,
    Path(slug): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    let done = match fields.given("choose") {
        Some(_) => choose(&request, &slug, &fields).await,
        None => save_change(&request, &slug, &fields).await,
    };
    match done {
        Ok(response) => Ok(response),
        Err(error) => show_again(&request, &slug, TypedInput::of("change", &fields), error).await,
    }
}

async fn save_change(request: &PageRequest, slug: &str, fields: &Fields) -> PageResult {
    check(request, slug, fields).await?;
    let label = change_concept_mutation::LabelInput {
        language: check::require_choice(request, fields, "language", Language::parse)?,
        label: fields.one("label"),
        definition: fields.given("definition"),
    };
    let variables = change_concept_mutation::Variables {
        input: change_concept_mutation::ChangeConceptInput {
            concept_id: slug.to_string(),
            labels: vec![label],
        },
    };
    execute::<ChangeConceptMutation>(&request.web, &request.caller, variables).await?;
    Ok(response::redirect(&format!("/vocabulary/{slug}")))
}

/// Shows the form in another language, with its current texts except where the user has typed others.
async fn choose(request: &PageRequest, slug: &str, fields: &Fields) -> PageResult {
    let check = Check::of(request, fields).choice("language", Language::parse);
    check.finish()?;
    let language = fields.one("language");
    let [label, definition] = typed(request, slug, fields).await?;
    if label.is_none() && definition.is_none() {
        let address = format!("/vocabulary/{slug}?language={language}#change");
        return Ok(response::redirect(&address));
    }
    let (own_label, own_definition) = label_in_language(request, slug, &language).await?;
    let typed = TypedInput {
        form: "change",
        label: label.unwrap_or(own_label),
        definition: definition.unwrap_or(own_definition),
        language,
        ..TypedInput::default()
    };
    concept::page(request, slug, None, typed, StatusCode::OK).await
}

/// Label and definition as typed; `None` where they equal the current ones in the language that was shown.
async fn typed(
    request: &PageRequest,
    slug: &str,
    fields: &Fields,
) -> Result<[Option<String>; 2], PageError> {
    let given = ["label", "definition"].map(|name| fields.given(name));
    let Some(shown) = fields.given("shown") else {
        return Ok(given);
    };
    let (label, definition) = label_in_language(request, slug, &shown).await?;
    let is_known = |typed: &str, known: &str| typed.replace("\r\n", "\n").trim() == known.trim();
    let [typed_label, typed_definition] = given;
    Ok([
        typed_label.filter(|typed| !is_known(typed, &label)),
        typed_definition.filter(|typed| !is_known(typed, &definition)),
    ])
}

/// Adds a concept under this one.
pub async fn add(
    request: PageRequest,
    Path(slug): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    let scheme = scheme_of(&request, &slug).await?;
    match add_concept(&request, &slug, scheme, &fields).await {
        Ok(slug) => Ok(response::redirect(&format!("/vocabulary/{slug}"))),
        Err(error) => show_again(&request, &slug, TypedInput::of("add", &fields), error).await,
    }
}

/// Adds a concept under another; its slug.
async fn add_concept(
    request: &PageRequest,
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
    Check::of(request, &english)
        .slug("slug")
        .line("label", limit::MAX_LABEL)
        .optional_text("definition", "definition", limit::MAX_DEFINITION)
        .written_in(&["label", "definition"])
        .finish()?;
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
    let done = execute::<AddConceptMutation>(&request.web, &request.caller, variables).await?;
    Ok(payload(done.add_concept, &request.caller)?.concept.slug)
}

/// Retires the concept in favour of another, after showing how many threads are affected.
pub async fn deprecate(
    request: PageRequest,
    Path(slug): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    let Some(successor) = fields.given("successorId") else {
        let error = check::missing_choice(&request, "successorId");
        return show_again(&request, &slug, TypedInput::of("deprecate", &fields), error).await;
    };
    if fields.given("confirm").is_none() {
        return retire_page(&request, &slug, successor).await;
    }
    let variables = deprecate_mutation::Variables {
        concept: slug.clone(),
        successor,
    };
    match execute::<DeprecateMutation>(&request.web, &request.caller, variables).await {
        Ok(_) => Ok(response::redirect(&format!("/vocabulary/{slug}"))),
        Err(error) => {
            show_again(&request, &slug, TypedInput::of("deprecate", &fields), error).await
        }
    }
}

#[derive(Template)]
#[template(path = "vocabulary/retire.html")]
struct RetirePage {
    frame: Frame,
    concept: Concept,
    successor: SelectOption,
}

/// Shows what retiring a concept in favour of another affects, before it is done.
async fn retire_page(request: &PageRequest, slug: &str, successor: String) -> PageResult {
    let typed = TypedInput {
        form: "deprecate",
        successor: successor.clone(),
        ..TypedInput::default()
    };
    let mut page = concept::load(request, slug, None, typed).await?;
    let is_other = |choice: &&SelectOption| choice.slug == successor && choice.slug != slug;
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
            let error = check::missing_choice(request, "successorId");
            let (status, form_errors) = FormErrors::from_error(error)?;
            page.form_errors = Some(form_errors);
            Ok(response::page(&page, status))
        }
        None => Err(secretariat_only(request)),
    }
}

/// Checks that label and definition can be saved as sent: filled in, in their language, and not equal to the texts of
/// another language.
async fn check(request: &PageRequest, slug: &str, fields: &Fields) -> Result<(), PageError> {
    let variables = labels_query::Variables {
        slug: slug.to_string(),
    };
    let found = execute::<LabelsQuery>(&request.web, &request.caller, variables).await?;
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
    let language = Language::parse(&fields.one("language"));
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
    Check::of(request, fields)
        .line("label", limit::MAX_LABEL)
        .optional_text("definition", "definition", limit::MAX_DEFINITION)
        .written_in(&["label", "definition"])
        .differs_from("label", &others)
        .finish()
}

/// Restores the concept.
pub async fn restore(request: PageRequest, Path(slug): Path<String>) -> PageResult {
    let variables = restore_mutation::Variables {
        concept: slug.clone(),
    };
    execute::<RestoreMutation>(&request.web, &request.caller, variables).await?;
    Ok(response::redirect(&format!("/vocabulary/{slug}")))
}

/// The page of the concept again, with the submitted input and its errors.
async fn show_again(
    request: &PageRequest,
    slug: &str,
    typed: TypedInput,
    error: PageError,
) -> PageResult {
    let (status, form_errors) = FormErrors::from_error(error)?;
    concept::page(request, slug, Some(form_errors), typed, status).await
}
