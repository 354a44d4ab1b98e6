//! Translating a post: the original beside the form.

use askama::Template;
use axum::http::StatusCode;

use crate::web::address;
use crate::web::api_types::DraftPurpose;
use crate::web::api_types::Language;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::composing::draft;
use crate::web::composing::preview;
use crate::web::composing::preview::Preview;
use crate::web::composing::save;
use crate::web::denial::denied;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::PostPath;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

document!(TranslatingQuery, "src/web/writing/translate.graphql");
document!(TranslatedQuery, "src/web/writing/translate.graphql");
document!(TranslateMutation, "src/web/writing/translate.graphql");
document!(TakeBackMutation, "src/web/writing/translate.graphql");

#[derive(Template)]
#[template(path = "writing/translate.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
    key: String,
    id: String,
    post: translating_query::TranslatingQueryThreadPost,
    language: Language,
    /// Whether that is the language that was chosen, or the reader's; otherwise it must be chosen first.
    is_chosen: bool,
    body: String,
    preview: Option<Preview>,
    drafted: Option<String>,
    draft_revision: i64,
}

impl Page {
    /// The `lang` attribute of the field for the text; empty while no language is chosen.
    fn lang(&self) -> &'static str {
        if self.is_chosen {
            self.language.code()
        } else {
            ""
        }
    }
}

/// Shows the original beside the form, with the existing translation, or the draft of one.
pub async fn show(request: PageRequest, place: PostPath) -> PageResult {
    let fields = request.query();
    answer(&request, &place, &fields, None, StatusCode::OK).await
}

async fn answer(
    request: &PageRequest,
    place: &PostPath,
    fields: &Fields,
    form_errors: Option<FormErrors>,
    status: impl Into<PageStatus>,
) -> PageResult {
    let template = load(request, place, fields, form_errors).await?;
    Ok(response::page(&template, status))
}

/// The target language: the one that was chosen, otherwise the reader's.
fn into(request: &PageRequest, fields: &Fields) -> Language {
    let chosen = match fields.given("language") {
        Some(language) => Some(language),
        None => fields.given("into"),
    };
    let chosen = chosen.and_then(|name| Language::parse(&name));
    chosen.unwrap_or(Language::of(request.caller.language))
}

async fn load(
    request: &PageRequest,
    place: &PostPath,
    fields: &Fields,
    form_errors: Option<FormErrors>,
) -> Result<Page, PageError> {
    let id = post_id(request, place).await?;
    let language = into(request, fields);
    let found = find(request, place, &id, language).await?;
    let post = found.thread.and_then(|thread| thread.post);
    let post = post.ok_or(PageError::NotFound)?;
    if !post.viewer.can_translate {
        let refusal = post.viewer.translate_refusal.clone();
        return Err(denied(request, refusal));
    }
    let frame = Frame::load(request).await;
    let draft = found.viewer.draft;
    let typed = match fields.given("choose") {
        Some(_) => typed(request, place, &id, fields).await?,
        None => fields.given("body"),
    };
    let draft = draft.filter(|_| typed.is_none() && form_errors.is_none());
    let translation = post.translation.as_ref();
    let body = match (&draft, typed, translation) {
        (_, Some(body), _) => body,
        (Some(draft), None, _) => draft.body.clone(),
        (None, None, Some(translation)) if form_errors.is_none() => translation.body.clone(),
        (None, None, _) => String::new(),
    };
    Ok(Page {
        key: fields.next_key(form_errors.as_ref()),
        preview: preview::preview(request, fields).await.unwrap_or_default(),
        draft_revision: draft::resumed_revision(
            fields,
            draft.as_ref().map_or(0, |draft| draft.revision),
        ),
        drafted: draft.map(|draft| frame.text.date(&draft.updated_at)),
        id: place.thread.clone(),
        form_errors,
        language,
        is_chosen: language != post.language,
        body,
        post,
        frame,
    })
}

async fn find(
    request: &PageRequest,
    place: &PostPath,
    post: &str,
    language: Language,
) -> Result<translating_query::ResponseData, PageError> {
    let variables = translating_query::Variables {
        id: place.thread.clone(),
        number: place.number,
        place: translating_query::DraftPlaceInput {
            purpose: DraftPurpose::Translation,
            subject: Some(translating_query::DraftSubjectInput::PostId(
                post.to_string(),
            )),
            subject_id: None,
            language,
        },
        language,
    };
    execute::<TranslatingQuery>(&request.web, &request.caller, variables).await
}

/// The typed text, when another language is chosen; `None` if it equals the text in the language that was shown.
async fn typed(
    request: &PageRequest,
    place: &PostPath,
    post: &str,
    fields: &Fields,
) -> Result<Option<String>, PageError> {
    let Some(shown) = Language::parse(&fields.one("shown")) else {
        return Ok(fields.given("body"));
    };
    let found = find(request, place, post, shown).await?;
    let draft = found.viewer.draft.map(|draft| draft.body);
    let post = found.thread.and_then(|thread| thread.post);
    let translation = post.and_then(|post| post.translation);
    let known = [draft, translation.map(|translation| translation.body)];
    let is_known = |body: &String| {
        let body = body.replace("\r\n", "\n");
        known
            .iter()
            .flatten()
            .any(|known| known.trim() == body.trim())
    };
    Ok(fields.given("body").filter(|body| !is_known(body)))
}

async fn post_id(request: &PageRequest, place: &PostPath) -> Result<String, PageError> {
    let variables = translated_query::Variables {
        id: place.thread.clone(),
        number: place.number,
    };
    let found = execute::<TranslatedQuery>(&request.web, &request.caller, variables).await?;
    let post = found.thread.and_then(|thread| thread.post);
    Ok(post.ok_or(PageError::NotFound)?.id)
}

/// Sends the translation, saves its draft, shows a preview, or withdraws the existing translation.
pub async fn send(request: PageRequest, place: PostPath, fields: SubmittedForm) -> PageResult {
    if fields.given("preview").is_some() || fields.given("choose").is_some() {
        return answer(&request, &place, &fields, None, StatusCode::OK).await;
    }
    match act(&request, &place, &fields).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            answer(&request, &place, &fields, Some(form_errors), status).await
        }
    }
}

async fn act(request: &PageRequest, place: &PostPath, fields: &Fields) -> PageResult {
    let back = address::of_post(&place.thread, place.number);
    if let Some(id) = fields.given("withdraw") {
        let variables = take_back_mutation::Variables { id };
        execute::<TakeBackMutation>(&request.web, &request.caller, variables).await?;
        return Ok(response::redirect(&back));
    }
    let language = into(request, fields);
    let post_id = post_id(request, place).await?;
    let place_of_draft = draft::DraftPlace {
        purpose: DraftPurpose::Translation,
        subject: Some(post_id.clone()),
        language,
    };
    if fields.given("keep").is_some() {
        check::require_choice(request, fields, "language", Language::parse)?;
        return save::save_in(request, place_of_draft, fields, &back).await;
    }
    check_text(request, place, &post_id, fields).await?;
    let key = fields.key();
    let variables = translate_mutation::Variables {
        input: translate_mutation::TranslatePostInput {
            key: key.clone(),
            post_id,
            revision: fields.one("revision").parse().unwrap_or(0),
            language,
            body: fields.one("body"),
        },
    };
    execute::<TranslateMutation>(&request.web, &request.caller, variables).await?;
    draft::discard_sent(request, place_of_draft, fields).await;
    Ok(response::redirect_sent(&back, &key))
}

/// Checks that the text can be sent as declared: filled in, in its language, and not equal to the text in another
/// language.
async fn check_text(
    request: &PageRequest,
    place: &PostPath,
    post: &str,
    fields: &Fields,
) -> Result<(), PageError> {
    let shown = Language::parse(&fields.one("shown"));
    let found = find(request, place, post, shown.unwrap_or(into(request, fields))).await?;
    let post = found.thread.and_then(|thread| thread.post);
    let post = post.ok_or(PageError::NotFound)?;
    let original = post.body.unwrap_or_default();
    let translation = post.translation.map(|translation| translation.body);
    let translation = translation.unwrap_or_default();
    let others = [
        (post.language, original.as_str()),
        (shown.unwrap_or(post.language), translation.as_str()),
    ];
    let language = into(request, fields);
    let is_covered = shown != Some(language) && {
        let found = find(request, place, &post.id, language).await?;
        let post = found.thread.and_then(|thread| thread.post);
        post.is_some_and(|post| post.translation.is_some())
    };
    Check::of(request, fields)
        .written_in(&["body"])
        .differs_from("body", &others)
        .replacement_confirmed(is_covered)
        .text("body", request.web.config.limits.body_length)
        .finish()
}
