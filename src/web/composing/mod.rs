//! What the forms in which people write have in common: previews, drafts kept by the server, and for whom somebody speaks.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use graphql_client::GraphQLQuery;
use serde_json::Map;
use serde_json::Value;

use crate::web::Asked;
use crate::web::Sent;
use crate::web::Web;
use crate::web::account;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::forms::Fields;
use crate::web::frame::Frame;
use crate::web::text::Text;
use crate::web::words::Capacity;
use crate::web::words::DraftPurpose;
use crate::web::words::Language;
use crate::web::words::PreviewNote;
use crate::web::words::ThreadKind;
use crate::web::words::Visibility;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("PreviewNote")
)]
struct PreviewQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone"
)]
struct MandatesQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Capacity", "DraftPurpose", "Language", "ThreadKind", "Visibility")
)]
struct DraftQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("DraftPurpose", "Language")
)]
struct DraftsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("DraftPurpose", "Language")
)]
struct StandingQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Capacity", "DraftPurpose", "Language", "ThreadKind", "Visibility")
)]
struct KeepMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("DraftPurpose", "Language")
)]
struct DiscardMutation;

/// A place as one of the documents takes it.
macro_rules! place_input {
    ($document:ident, $place:expr) => {{
        let place = $place;
        let subject = |id| match place.purpose {
            DraftPurpose::Reply => $document::DraftSubjectInput::ThreadId(id),
            DraftPurpose::Edit | DraftPurpose::Translation | DraftPurpose::Thread => {
                $document::DraftSubjectInput::PostId(id)
            }
        };
        $document::DraftPlaceInput {
            purpose: place.purpose,
            subject: place.subject.map(subject),
            subject_id: None,
            language: place.language,
        }
    }};
}

/// The routes of the list of drafts.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/drafts", get(show))
        .route("/drafts/discard", post(discard_one))
        .route("/drafts/keep", post(keep_one))
}

/// The words that the script which helps with writing puts into the page.
pub fn words(text: &Text) -> Map<String, Value> {
    let mut words = Map::new();
    for key in [
        "draft-kept-now",
        "draft-conflict",
        "news-line-lost",
        "preview-note-HTML_AS_TEXT",
        "preview-note-IMAGE_AS_LINK",
        "preview-note-ADDRESS_AS_TEXT",
        "preview-note-CODE_LANGUAGE_NOT_SHOWN",
        "outbox-waits",
        "outbox-sending",
        "reply-sent",
    ] {
        words.insert(key.to_string(), text.t(key).into());
    }
    words
}

/// For whom somebody may speak: a mandate, and how it is called.
#[derive(Clone, Debug)]
pub struct Speaking {
    pub id: String,
    pub name: String,
}

/// The mandates under which the caller may write.
pub async fn mandates(asked: &Asked) -> Result<Vec<Speaking>, PageError> {
    let variables = mandates_query::Variables {};
    let found = ask::<MandatesQuery>(&asked.web, &asked.caller, variables).await?;
    let edges = found.viewer.mandates.edges.into_iter();
    Ok(edges
        .map(|edge| Speaking {
            name: format!("{} · {}", edge.node.delegation.name, edge.node.title),
            id: edge.node.id,
        })
        .collect())
}

/// A text as it would be shown, and what is shown otherwise than its writer may expect.
pub struct Preview {
    pub html: String,
    pub notes: Vec<PreviewNote>,
}

/// A text as it would be shown; nothing where there is none, and the refusal where it would be refused.
pub async fn preview(asked: &Asked, fields: &Fields) -> Result<Option<Preview>, PageError> {
    if fields.given("preview").is_none() {
        return Ok(None);
    }
    let variables = preview_query::Variables {
        body: fields.one("body"),
    };
    let found = ask::<PreviewQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(Some(Preview {
        html: found.preview,
        notes: found.preview_notes,
    }))
}

/// Where a draft belongs.
#[derive(Clone, Debug)]
pub struct Place {
    pub purpose: DraftPurpose,
    pub subject: Option<String>,
    pub language: Language,
}

/// A draft as a form takes it up.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: String,
    pub title: String,
    pub body: String,
    pub language: Language,
    pub updated_at: String,
    pub revision: i64,
    pub choices: draft_query::DraftQueryViewerDraftChoices,
}

impl Kept {
    /// The tags that were chosen in a facet: `tools`, `methods`, `regions`.
    pub fn tags(&self, field: &str) -> Vec<String> {
        let choices = &self.choices;
        match field {
            "tools" => slugs(&choices.tools.edges, |edge| &edge.node.slug),
            "methods" => slugs(&choices.methods.edges, |edge| &edge.node.slug),
            _ => slugs(&choices.regions.edges, |edge| &edge.node.slug),
        }
    }
}

fn slugs<E>(edges: &[E], slug: fn(&E) -> &String) -> Vec<String> {
    edges.iter().map(slug).cloned().collect()
}

/// The caller's draft in a place.
pub async fn draft(asked: &Asked, place: Place) -> Result<Option<Kept>, PageError> {
    let place = place_input!(draft_query, place);
    let variables = draft_query::Variables { place };
    let found = ask::<DraftQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(found.viewer.draft.map(|draft| Kept {
        id: draft.id,
        title: draft.title,
        body: draft.body,
        language: draft.language,
        updated_at: draft.updated_at,
        revision: draft.revision,
        choices: draft.choices,
    }))
}

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Capacity", "DraftPurpose", "Language")
)]
struct TakenQuery;

/// A draft of a reply that is taken up where its thread has gone.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The thread for which it was kept.
    pub thread: String,
    pub body: String,
    pub language: Language,
    pub capacity: Option<Capacity>,
    pub mandate: Option<String>,
    pub updated_at: String,
    pub revision: i64,
}

/// The caller's own draft of a reply with this id.
pub async fn taken(asked: &Asked, id: &str) -> Result<Option<Taken>, PageError> {
    let variables = taken_query::Variables { id: id.to_string() };
    let found = ask::<TakenQuery>(&asked.web, &asked.caller, variables).await?;
    let Some(taken_query::TakenQueryNode::Draft(draft)) = found.node else {
        return Ok(None);
    };
    Ok(draft.thread.map(|thread| Taken {
        thread: thread.id,
        body: draft.body,
        language: draft.language,
        capacity: draft.choices.capacity,
        mandate: draft.choices.mandate_id,
        updated_at: draft.updated_at,
        revision: draft.revision,
    }))
}

/// The revision of the draft that a form took up, which it names; one that names none means what is there.
pub fn meant(fields: &Fields, current: i64) -> i64 {
    fields.one("draftRevision").parse().unwrap_or(current)
}

#[derive(Template)]
#[template(path = "composing/differs.html")]
struct DiffersPage {
    frame: Frame,
    /// Whether somebody wanted to let go of what they saw; else they wanted to keep it.
    is_discarded: bool,
    /// Where the form is sent, and what it says beside its text; nowhere when the draft's place is closed.
    address: Option<String>,
    fields: Vec<(String, String)>,
    title: Option<String>,
    mine: String,
    theirs: Standing,
    /// Where whoever leaves the draft as it is goes on.
    next: String,
}

/// A draft as it is kept now.
struct Standing {
    id: String,
    title: String,
    body: String,
    language: Language,
    updated_at: String,
    revision: i64,
}

impl From<Kept> for Standing {
    fn from(kept: Kept) -> Standing {
        Standing {
            id: kept.id,
            title: kept.title,
            body: kept.body,
            language: kept.language,
            updated_at: kept.updated_at,
            revision: kept.revision,
        }
    }
}

/// Where whoever is done with a draft goes on.
fn next(fields: &Fields) -> String {
    let next = fields.given("next");
    next.map_or_else(|| "/drafts".to_string(), |next| account::local(&next))
}

/// Shows what was kept elsewhere meanwhile beside what was sent: both are there until their writer has chosen.
async fn differs(asked: &Asked, fields: &Fields, theirs: Kept) -> Response {
    let template = DiffersPage {
        frame: Frame::load(asked).await,
        is_discarded: false,
        address: Some(asked.uri.path().to_string()),
        fields: beside_text(fields),
        title: fields.given("title"),
        mine: fields.one("body"),
        theirs: theirs.into(),
        next: next(fields),
    };
    forms::page(&template, StatusCode::CONFLICT)
}

/// What a form says beside a text that is shown and may be changed.
fn beside_text(fields: &Fields) -> Vec<(String, String)> {
    let apart = ["title", "body", "draftRevision", "keep"];
    let others = fields.0.iter();
    let others = others.filter(|(name, _)| !apart.contains(&name.as_str()));
    others.cloned().collect()
}

/// Keeps what a form says as the draft of its place, and leads on. What was kept there since the form took it up is not
/// overwritten unseen.
pub async fn keep(
    asked: &Asked,
    place: Place,
    fields: &Fields,
    next: &str,
) -> Result<Response, PageError> {
    forms::chosen(asked, fields, "language", Language::read)?;
    match try_to_keep(asked, place.clone(), fields).await {
        Ok(()) => Ok(forms::see_other(next)),
        Err(PageError::Conflict { message, .. }) => match draft(asked, place).await? {
            Some(theirs) => Ok(differs(asked, fields, theirs).await),
            None => Err(PageError::Invalid {
                field: "body".to_string(),
                message,
            }),
        },
        Err(error) => Err(error),
    }
}

async fn try_to_keep(asked: &Asked, place: Place, fields: &Fields) -> Result<(), PageError> {
    let current = match fields.given("draftRevision") {
        Some(_) => 0,
        None => draft(asked, place.clone())
            .await?
            .map_or(0, |draft| draft.revision),
    };
    let place = place_input!(keep_mutation, place);
    let input = keep_mutation::KeepDraftInput {
        place,
        title: fields.one("title"),
        body: fields.one("body"),
        choices: Some(keep_mutation::DraftChoicesInput {
            kind: ThreadKind::read(&fields.one("kind")),
            visibility: Visibility::read(&fields.one("visibility")),
            capacity: Capacity::read(&fields.one("capacity")),
            mandate_id: fields.given("mandateId"),
            tools: Some(fields.all("tools")),
            methods: Some(fields.all("methods")),
            regions: Some(fields.all("regions")),
        }),
        revision: meant(fields, current),
    };
    let variables = keep_mutation::Variables { input };
    ask::<KeepMutation>(&asked.web, &asked.caller, variables)
        .await
        .map(drop)
}

/// Lets go of the draft of what has been sent, unless something else was kept in its place meanwhile. That it could not be is no
/// reason to say that nothing was sent.
pub async fn forget(asked: &Asked, place: Place, fields: &Fields) {
    if let Err(error) = try_to_forget(asked, place, fields).await {
        tracing::warn!(?error, "a draft that was sent could not be let go");
    }
}

async fn try_to_forget(asked: &Asked, place: Place, fields: &Fields) -> Result<(), PageError> {
    let Some(kept) = draft(asked, place.clone()).await? else {
        return Ok(());
    };
    let is_sent = kept.body == fields.one("body") && kept.title == fields.one("title");
    // A form that names no draft means the one that is there.
    if !is_sent && kept.revision != meant(fields, kept.revision) {
        return Ok(());
    }
    let input = discard_mutation::DiscardDraftInput {
        place: Some(place_input!(discard_mutation, place)),
        draft_id: None,
        revision: kept.revision,
    };
    discard(asked, input).await
}

async fn discard(
    asked: &Asked,
    input: discard_mutation::DiscardDraftInput,
) -> Result<(), PageError> {
    let variables = discard_mutation::Variables { input };
    ask::<DiscardMutation>(&asked.web, &asked.caller, variables)
        .await
        .map(drop)
}

/// A draft in the list.
struct Entry {
    id: String,
    revision: i64,
    purpose: DraftPurpose,
    language: Language,
    title: String,
    title_language: Language,
    /// The title that is a part of the text; empty where the text has none.
    own_title: String,
    /// Where it is taken up again; nowhere when its place can no longer be seen.
    address: Option<String>,
    /// All of it: what was kept is never shortened.
    body: String,
    updated_at: String,
}

#[derive(Template)]
#[template(path = "composing/drafts.html")]
struct Page {
    frame: Frame,
    entries: Vec<Entry>,
    next: Option<String>,
}

async fn show(asked: Asked) -> Response {
    match load(&asked).await {
        Ok(template) => forms::page(&template, StatusCode::OK),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

async fn load(asked: &Asked) -> Result<Page, PageError> {
    let variables = drafts_query::Variables {
        after: asked.query().given("after"),
    };
    let found = ask::<DraftsQuery>(&asked.web, &asked.caller, variables).await?;
    if found.viewer.person.is_none() {
        return Err(forms::sign_in_first());
    }
    let place = found.viewer.drafts.page_info;
    let cursor = place.end_cursor.filter(|_| place.has_next_page);
    let edges = found.viewer.drafts.edges.into_iter();
    Ok(Page {
        frame: Frame::load(asked).await,
        entries: edges.map(|edge| entry(edge.node)).collect(),
        next: cursor.map(|cursor| format!("/drafts?after={cursor}")),
    })
}

fn entry(draft: drafts_query::DraftsQueryViewerDraftsEdgesNode) -> Entry {
    let mut entry = Entry {
        id: draft.id,
        revision: draft.revision,
        purpose: draft.purpose,
        language: draft.language,
        own_title: draft.title.clone(),
        title: draft.title,
        title_language: draft.language,
        address: None,
        body: draft.body,
        updated_at: draft.updated_at,
    };
    match (draft.purpose, draft.thread, draft.post) {
        (DraftPurpose::Thread, ..) => entry.address = Some("/threads/new".to_string()),
        (DraftPurpose::Reply, Some(thread), _) => {
            let next = thread.merged_into.as_ref();
            let last = next.and_then(|next| next.merged_into.as_ref());
            let end = last.and_then(|last| last.merged_into.as_ref());
            let into = end.map(|end| &end.id).or(last.map(|last| &last.id));
            let into = into.or(next.map(|next| &next.id));
            entry.address = Some(match into {
                Some(into) => format!("/threads/{into}?last&draft={}#reply", entry.id),
                None => format!("/threads/{}?last#reply", thread.id),
            });
            entry.title = thread.title;
            entry.title_language = thread.language;
        }
        (purpose, _, Some(post)) => {
            let act = match purpose {
                DraftPurpose::Translation => "translate",
                _ => "edit",
            };
            let (thread, number) = (&post.thread.id, post.number);
            let language = match purpose {
                DraftPurpose::Translation => format!("?into={}", draft.language.name()),
                _ => String::new(),
            };
            entry.address = Some(format!("/threads/{thread}/posts/{number}/{act}{language}"));
            entry.title = post.thread.title;
            entry.title_language = post.thread.language;
        }
        _ => {}
    }
    entry
}

/// The place that a form names, if it does.
fn place_of(fields: &Fields) -> Option<Place> {
    let purpose = DraftPurpose::read(&fields.one("purpose"))?;
    let language = Language::read(&fields.one("language"));
    // Only translations have a draft for each language.
    let language = match purpose {
        DraftPurpose::Translation => language?,
        _ => language.unwrap_or(Language::En),
    };
    Some(Place {
        purpose,
        subject: fields.given("subjectId"),
        language,
    })
}

async fn discard_one(asked: Asked, fields: Sent) -> Response {
    let place = place_of(&fields);
    let input = discard_mutation::DiscardDraftInput {
        place: place
            .clone()
            .map(|place| place_input!(discard_mutation, place)),
        draft_id: fields.given("draftId"),
        // A form that names no draft as it was means none.
        revision: fields.one("revision").parse().unwrap_or(0),
    };
    if input.place.is_none() && input.draft_id.is_none() {
        return forms::refuse(&asked, PageError::NotFound).await;
    }
    let done = match discard(&asked, input).await {
        Ok(()) => Ok(forms::see_other(&next(&fields))),
        Err(PageError::Conflict { .. }) => went_on(&asked, &fields, place).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(response) => response,
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// Shows a draft that went on meanwhile beside what was to be let go: nobody lets go of what they have not seen.
async fn went_on(
    asked: &Asked,
    fields: &Fields,
    place: Option<Place>,
) -> Result<Response, PageError> {
    let (place, standing) = match place {
        Some(place) => (Some(place), None),
        None => standing(asked, &fields.one("draftId")).await?,
    };
    let kept = match &place {
        Some(place) => draft(asked, place.clone()).await?,
        None => None,
    };
    let said = place.zip(kept.as_ref()).map(|(place, kept)| {
        let mut said = beside_choices(kept);
        said.push(("purpose".to_string(), place.purpose.name().to_string()));
        said.push(("language".to_string(), kept.language.name().to_string()));
        said.extend(place.subject.map(|id| ("subjectId".to_string(), id)));
        said.push(("next".to_string(), next(fields)));
        said
    });
    // It has gone altogether since.
    let Some(theirs) = kept.map(Standing::from).or(standing) else {
        return Ok(forms::see_other(&next(fields)));
    };
    let template = DiffersPage {
        frame: Frame::load(asked).await,
        is_discarded: true,
        address: said.as_ref().map(|_| "/drafts/keep".to_string()),
        fields: said.unwrap_or_default(),
        title: fields.given("title"),
        mine: fields.one("body"),
        theirs,
        next: next(fields),
    };
    Ok(forms::page(&template, StatusCode::CONFLICT))
}

/// What was chosen beside a draft, as a form says it.
fn beside_choices(kept: &Kept) -> Vec<(String, String)> {
    let choices = &kept.choices;
    let one = [
        ("kind", choices.kind.map(|kind| kind.name())),
        (
            "visibility",
            choices.visibility.map(|visibility| visibility.name()),
        ),
        ("capacity", choices.capacity.map(|capacity| capacity.name())),
        ("mandateId", choices.mandate_id.as_deref()),
    ];
    let one = one
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_string(), value?.to_string())));
    let tags = ["tools", "methods", "regions"]
        .into_iter()
        .flat_map(|name| {
            let tags = kept.tags(name).into_iter();
            tags.map(move |tag| (name.to_string(), tag))
        });
    one.chain(tags).collect()
}

/// A draft by its id: its place, if that can be seen, and what is kept there.
async fn standing(asked: &Asked, id: &str) -> Result<(Option<Place>, Option<Standing>), PageError> {
    let variables = standing_query::Variables { id: id.to_string() };
    let found = ask::<StandingQuery>(&asked.web, &asked.caller, variables).await?;
    let Some(standing_query::StandingQueryNode::Draft(draft)) = found.node else {
        return Ok((None, None));
    };
    let thread = draft.thread.map(|thread| thread.id);
    let subject = thread.or(draft.post.map(|post| post.id));
    let is_open = subject.is_some() || draft.purpose.name() == DraftPurpose::Thread.name();
    let place = is_open.then_some(Place {
        purpose: draft.purpose,
        subject,
        language: draft.language,
    });
    let standing = Standing {
        id: draft.id,
        title: draft.title,
        body: draft.body,
        language: draft.language,
        updated_at: draft.updated_at,
        revision: draft.revision,
    };
    Ok((place, Some(standing)))
}

/// Keeps a text in the place of its draft, once both were seen.
async fn keep_one(asked: Asked, fields: Sent) -> Response {
    let Some(place) = place_of(&fields) else {
        return forms::refuse(&asked, PageError::NotFound).await;
    };
    match keep(&asked, place, &fields, &next(&fields)).await {
        Ok(response) => response,
        Err(error) => forms::refuse(&asked, error).await,
    }
}
