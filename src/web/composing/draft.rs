//! Drafts stored by the server: finding, saving and discarding them.

use crate::web::api_types::Capacity;
use crate::web::api_types::DraftPurpose;
use crate::web::api_types::Language;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::forms::fields::Fields;
use crate::web::request::PageRequest;

document!(DraftQuery, "src/web/composing/composing.graphql");
document!(MovedDraftQuery, "src/web/composing/composing.graphql");
document!(DraftByIdQuery, "src/web/composing/composing.graphql");
document!(KeepMutation, "src/web/composing/composing.graphql");
document!(DiscardMutation, "src/web/composing/composing.graphql");

/// Converts a place to the input type of one of the documents.
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

/// The place that a draft belongs to.
#[derive(Clone, Debug)]
pub struct DraftPlace {
    pub purpose: DraftPurpose,
    pub subject: Option<String>,
    pub language: Language,
}

/// A draft as a form resumes it.
#[derive(Clone, Debug)]
pub struct ResumedDraft {
    pub id: String,
    pub title: String,
    pub body: String,
    pub language: Language,
    pub updated_at: String,
    pub revision: i64,
    pub choices: draft_query::DraftQueryViewerDraftChoices,
}

impl ResumedDraft {
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
pub async fn find(
    request: &PageRequest,
    place: DraftPlace,
) -> Result<Option<ResumedDraft>, PageError> {
    let place = place_input!(draft_query, place);
    let variables = draft_query::Variables { place };
    let found = execute::<DraftQuery>(&request.web, &request.caller, variables).await?;
    Ok(found.viewer.draft.map(|draft| ResumedDraft {
        id: draft.id,
        title: draft.title,
        body: draft.body,
        language: draft.language,
        updated_at: draft.updated_at,
        revision: draft.revision,
        choices: draft.choices,
    }))
}

/// A draft of a reply that is resumed in the thread into which its own was merged.
#[derive(Clone, Debug)]
pub struct MovedDraft {
    /// The thread for which it was saved.
    pub thread: String,
    pub body: String,
    pub language: Language,
    pub capacity: Option<Capacity>,
    pub mandate: Option<String>,
    pub updated_at: String,
    pub revision: i64,
}

/// The caller's own draft of a reply with this id.
pub async fn moved_draft(request: &PageRequest, id: &str) -> Result<Option<MovedDraft>, PageError> {
    let variables = moved_draft_query::Variables { id: id.to_string() };
    let found = execute::<MovedDraftQuery>(&request.web, &request.caller, variables).await?;
    let Some(moved_draft_query::MovedDraftQueryNode::Draft(draft)) = found.node else {
        return Ok(None);
    };
    Ok(draft.thread.map(|thread| MovedDraft {
        thread: thread.id,
        body: draft.body,
        language: draft.language,
        capacity: draft.choices.capacity,
        mandate: draft.choices.mandate_id,
        updated_at: draft.updated_at,
        revision: draft.revision,
    }))
}

/// The revision of the draft that a form resumed, if the form gives it; otherwise the current one.
pub fn resumed_revision(fields: &Fields, current: i64) -> i64 {
    fields.one("draftRevision").parse().unwrap_or(current)
}

/// Saves the contents of a form as the draft of a place.
///
/// # Errors
/// CONFLICT if something else was saved there since the form resumed the draft.
pub async fn save(
    request: &PageRequest,
    place: DraftPlace,
    fields: &Fields,
) -> Result<(), PageError> {
    let current = match fields.given("draftRevision") {
        Some(_) => 0,
        None => find(request, place.clone())
            .await?
            .map_or(0, |draft| draft.revision),
    };
    let place = place_input!(keep_mutation, place);
    let input = keep_mutation::KeepDraftInput {
        place,
        title: fields.one("title"),
        body: fields.one("body"),
        choices: Some(keep_mutation::DraftChoicesInput {
            kind: ThreadKind::parse(&fields.one("kind")),
            visibility: Visibility::parse(&fields.one("visibility")),
            capacity: Capacity::parse(&fields.one("capacity")),
            mandate_id: fields.given("mandateId"),
            tools: Some(fields.all("tools")),
            methods: Some(fields.all("methods")),
            regions: Some(fields.all("regions")),
        }),
        revision: resumed_revision(fields, current),
    };
    let variables = keep_mutation::Variables { input };
    execute::<KeepMutation>(&request.web, &request.caller, variables)
        .await
        .map(drop)
}

/// Discards the draft of a text that has been sent, unless another was saved in its place meanwhile. A failure here
/// does not mean that the text was not sent.
pub async fn discard_sent(request: &PageRequest, place: DraftPlace, fields: &Fields) {
    if let Err(error) = try_discard_sent(request, place, fields).await {
        tracing::warn!(?error, "the draft of a sent text could not be discarded");
    }
}

async fn try_discard_sent(
    request: &PageRequest,
    place: DraftPlace,
    fields: &Fields,
) -> Result<(), PageError> {
    let Some(stored) = find(request, place.clone()).await? else {
        return Ok(());
    };
    let is_sent = stored.body == fields.one("body") && stored.title == fields.one("title");
    // A form without a draft revision refers to the current draft.
    if !is_sent && stored.revision != resumed_revision(fields, stored.revision) {
        return Ok(());
    }
    let discarded = DraftToDiscard {
        place: Some(place),
        id: None,
        revision: stored.revision,
    };
    discard(request, discarded).await
}

/// Discards a draft.
///
/// # Errors
/// CONFLICT if it has another revision by now.
pub async fn discard(request: &PageRequest, discarded: DraftToDiscard) -> Result<(), PageError> {
    let variables = discard_mutation::Variables {
        input: discard_mutation::DiscardDraftInput {
            place: discarded
                .place
                .map(|place| place_input!(discard_mutation, place)),
            draft_id: discarded.id,
            revision: discarded.revision,
        },
    };
    execute::<DiscardMutation>(&request.web, &request.caller, variables)
        .await
        .map(drop)
}

/// The draft to discard: the one of a place, or else the one with an id, at the revision that the user saw.
pub struct DraftToDiscard {
    pub place: Option<DraftPlace>,
    pub id: Option<String>,
    pub revision: i64,
}

/// A draft as it is stored now.
pub struct StoredDraft {
    pub id: String,
    pub title: String,
    pub body: String,
    pub language: Language,
    pub updated_at: String,
    pub revision: i64,
}

impl From<ResumedDraft> for StoredDraft {
    fn from(stored: ResumedDraft) -> StoredDraft {
        StoredDraft {
            id: stored.id,
            title: stored.title,
            body: stored.body,
            language: stored.language,
            updated_at: stored.updated_at,
            revision: stored.revision,
        }
    }
}

/// Finds a draft by its id: its place, if that can be seen, and its contents.
pub async fn by_id(
    request: &PageRequest,
    id: &str,
) -> Result<(Option<DraftPlace>, Option<StoredDraft>), PageError> {
    let variables = draft_by_id_query::Variables { id: id.to_string() };
    let found = execute::<DraftByIdQuery>(&request.web, &request.caller, variables).await?;
    let Some(draft_by_id_query::DraftByIdQueryNode::Draft(draft)) = found.node else {
        return Ok((None, None));
    };
    let thread = draft.thread.map(|thread| thread.id);
    let subject = thread.or(draft.post.map(|post| post.id));
    let is_open = subject.is_some() || draft.purpose.as_str() == DraftPurpose::Thread.as_str();
    let place = is_open.then_some(DraftPlace {
        purpose: draft.purpose,
        subject,
        language: draft.language,
    });
    let saved = StoredDraft {
        id: draft.id,
        title: draft.title,
        body: draft.body,
        language: draft.language,
        updated_at: draft.updated_at,
        revision: draft.revision,
    };
    Ok((place, Some(saved)))
}
