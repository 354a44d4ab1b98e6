//! Drafts in the API: unsent texts, saved for their author on every device.

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::OneofObject;
use graph_macros::connections;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::page::Window;
use crate::forum::discussion::draft;
use crate::graph::concept;
use crate::graph::concept::ConceptConnection;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::mutate;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::ids::DraftId;
use crate::graph::ids::MandateId;
use crate::graph::ids::PostId;
use crate::graph::ids::ThreadId;
use crate::graph::payload::payload;
use crate::graph::post;
use crate::graph::post::Post;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::DraftPurpose;
use crate::graph::scalar::Language;
use crate::graph::scalar::ThreadKind;
use crate::graph::scalar::Visibility;
use crate::graph::thread;
use crate::graph::thread::Thread;
use crate::graph::viewer::Viewer;

/// A text that has not been sent. Only its author sees it.
#[derive(Description)]
pub struct Draft(pub draft::Model);

connection!("drafts", Draft, DraftEdge, DraftConnection);

#[Object(use_type_description)]
impl Draft {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Draft, self.0.id))
    }

    /// The purpose of the draft.
    async fn purpose(&self) -> DraftPurpose {
        self.0.purpose.into()
    }

    /// The thread that it replies in; null for other purposes, and when the caller no longer sees that thread.
    async fn thread(&self, ctx: &Context<'_>) -> Result<Option<Thread>> {
        match (self.0.purpose, self.0.subject_id) {
            (draft::Purpose::Reply, Some(id)) => thread::load(&read_view(ctx), id.into()).await,
            _ => Ok(None),
        }
    }

    /// The post that it edits or translates; null for other purposes, and when the caller no longer sees that post.
    async fn post(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        match (self.0.purpose, self.0.subject_id) {
            (draft::Purpose::Edit | draft::Purpose::Translation, Some(id)) => {
                post::load(&read_view(ctx), id.into()).await
            }
            _ => Ok(None),
        }
    }

    /// The language of the text.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// The title; empty where there is none.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The text in Markdown, as written so far.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// The choices made in the form besides the text.
    async fn choices(&self) -> DraftChoices {
        DraftChoices {
            draft: self.0.id,
            choices: self.0.choices(),
        }
    }

    /// Its revision number, which increases each time the draft is saved.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// When it was last saved.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// The subject of a draft: exactly one of these.
#[derive(OneofObject)]
pub enum DraftSubjectInput {
    /// The thread that it replies in.
    ThreadId(ThreadId),
    /// The post that it edits or translates.
    PostId(PostId),
}

impl DraftSubjectInput {
    /// The kind of its id, and the key of the row.
    fn read(self) -> (Kind, Option<Uuid>) {
        match self {
            DraftSubjectInput::ThreadId(id) => (Kind::Thread, id.found().map(Uuid::from)),
            DraftSubjectInput::PostId(id) => (Kind::Post, id.found().map(Uuid::from)),
        }
    }
}

/// The location of a draft: a person has at most one draft in each location.
#[derive(InputObject)]
pub struct DraftPlaceInput {
    /// The purpose of the draft.
    purpose: DraftPurpose,
    /// The id of the thread or post.
    #[graphql(deprecation = "Use `subject`, which says what the id names.")]
    subject_id: Option<ID>,
    /// The thread that it replies in, or the post that it edits or translates; left out for a new thread.
    subject: Option<DraftSubjectInput>,
    /// The language of the text; for a translation, it is part of the location.
    language: Language,
}

impl DraftPlaceInput {
    /// The location in the form that the rules use.
    pub fn read(self) -> Result<draft::DraftPlace> {
        let purpose: draft::Purpose = self.purpose.into();
        let kind = match purpose {
            draft::Purpose::Reply => Kind::Thread,
            draft::Purpose::Edit | draft::Purpose::Translation | draft::Purpose::Thread => {
                Kind::Post
            }
        };
        let subject = match (self.subject, self.subject_id) {
            (Some(_), Some(_)) => return Err(draft::no_subject()),
            (Some(subject), None) => Some(subject.read()),
            (None, id) => id.map(|id| (kind, id::to_uuid(kind, &id))),
        };
        let subject = subject.map(|(of, id)| {
            let found = id.filter(|_| of == kind);
            found.ok_or_else(draft::no_subject)
        });
        Ok(draft::DraftPlace {
            purpose,
            subject_id: subject.transpose()?,
            language: self.language.into(),
        })
    }
}

/// The choices made in the form besides the text, as they were given; they are checked when the text is sent.
#[derive(Description)]
pub struct DraftChoices {
    /// The id of the draft.
    draft: Uuid,
    choices: draft::Choices,
}

#[connections]
#[Object(use_type_description)]
impl DraftChoices {
    /// Its id, for clients that cache objects by id. `node` does not find it.
    async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Choices, self.draft))
    }

    /// The kind of the thread.
    async fn kind(&self) -> Option<ThreadKind> {
        self.choices.kind.map(Into::into)
    }

    /// Who will see the thread.
    async fn visibility(&self) -> Option<Visibility> {
        self.choices.visibility.map(Into::into)
    }

    /// The capacity in which the author intends to write.
    async fn capacity(&self) -> Option<Capacity> {
        self.choices.capacity.map(Into::into)
    }

    /// The id of the mandate under which the author intends to write.
    async fn mandate_id(&self) -> Option<ID> {
        let mandate = self.choices.mandate_id?;
        Some(ID(id::of_uuid(Kind::Mandate, mandate)))
    }

    /// The chosen tools; those that no longer exist are left out.
    async fn tools(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&read_view(ctx), &self.choices.tools, &window).await
    }

    /// The chosen methods; those that no longer exist are left out.
    async fn methods(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&read_view(ctx), &self.choices.methods, &window).await
    }

    /// The chosen regions; those that no longer exist are left out.
    async fn regions(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&read_view(ctx), &self.choices.regions, &window).await
    }
}

async fn tags(view: &ReadView, words: &[String], window: &Window) -> Result<ConceptConnection> {
    let list = concept::load_many(view, words.to_vec()).await?;
    Ok(ConceptConnection::of(concept::page(view, list, window)?))
}

/// The choices in the form besides the text.
#[derive(InputObject, Default)]
pub struct DraftChoicesInput {
    /// The kind of the thread.
    kind: Option<ThreadKind>,
    /// Who will see the thread.
    visibility: Option<Visibility>,
    /// The capacity in which the author intends to write.
    capacity: Option<Capacity>,
    /// The id of the mandate under which the author intends to write.
    mandate_id: Option<MandateId>,
    /// Ids or slugs of tools, at most 100.
    tools: Option<Vec<ID>>,
    /// Ids or slugs of methods, at most 100.
    methods: Option<Vec<ID>>,
    /// Ids or slugs of regions, at most 100.
    regions: Option<Vec<ID>>,
}

impl DraftChoicesInput {
    fn read(self) -> Result<draft::Choices> {
        let mandate = self.mandate_id.map(|id| id.uuid_of("choices.mandateId"));
        Ok(draft::Choices {
            kind: self.kind.map(Into::into),
            visibility: self.visibility.map(Into::into),
            capacity: self.capacity.map(Into::into),
            mandate_id: mandate.transpose()?,
            tools: concept::slugs_of(self.tools.unwrap_or_default()),
            methods: concept::slugs_of(self.methods.unwrap_or_default()),
            regions: concept::slugs_of(self.regions.unwrap_or_default()),
        })
    }
}

/// A draft to save.
#[derive(InputObject)]
pub struct KeepDraftInput {
    /// The location of the draft.
    place: DraftPlaceInput,
    /// The title, at most 200 characters (configured); left out when there is none.
    #[graphql(default)]
    title: String,
    /// The text as written so far, at most 20,000 characters (configured).
    body: String,
    /// The choices made besides the text; left out when there are none.
    choices: Option<DraftChoicesInput>,
    /// The revision that it is based on; 0 when there was none.
    revision: i32,
}

payload!(KeepDraftPayload, "The saved draft.", draft: Draft, "The draft.");

/// A draft to discard.
#[derive(InputObject)]
pub struct DiscardDraftInput {
    /// The location of the draft; left out with `draftId`.
    place: Option<DraftPlaceInput>,
    /// The id of the draft, which works even when its location is no longer visible; left out with `place`.
    draft_id: Option<DraftId>,
    /// The revision to discard, so that nobody discards changes that they have not seen: CONFLICT when the draft has
    /// another revision by now.
    revision: i32,
}

payload!(DiscardDraftPayload, "The result of discarding a draft.", viewer: Viewer, "The caller.");

#[derive(Default)]
pub struct DraftMutation;

#[Object]
impl DraftMutation {
    /// Saves a draft in its location. DENIED for visitors; NOT_FOUND for a thread or post that the caller does not see;
    /// INVALID for a text longer than the limit for posts, for more than 100 tags of a facet, and beyond 200 drafts;
    /// CONFLICT, with both versions, when it was saved elsewhere since the revision that it is based on.
    async fn keep_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The location, and the draft.")] input: KeepDraftInput,
    ) -> Result<Option<KeepDraftPayload>> {
        let request = request(ctx);
        let keep = draft::NewDraft {
            place: input.place.read()?,
            title: input.title,
            body: input.body,
            choices: input.choices.unwrap_or_default().read()?,
            revision: input.revision,
        };
        let kept = mutate(request, draft::save(&request.forum, &request.actor(), keep)).await?;
        Ok(Some(KeepDraftPayload { draft: Draft(kept) }))
    }

    /// Discards a draft; when there is none, nothing happens. DENIED for visitors; CONFLICT, with the current draft,
    /// when it was saved elsewhere since the given revision; INVALID (`place`) with neither a place nor an id, or with
    /// both.
    async fn discard_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: DiscardDraftInput,
    ) -> Result<Option<DiscardDraftPayload>> {
        let request = request(ctx);
        let which = match (input.place, input.draft_id) {
            (Some(place), None) => draft::DraftSelector::At(place.read()?),
            (None, Some(id)) => draft::DraftSelector::Id(id.found().unwrap_or_default()),
            (None, None) => return Err(Error::invalid("place", Fault::Empty)),
            (Some(_), Some(_)) => return Err(Error::invalid("place", Fault::Unknown)),
        };
        let actor = request.actor();
        let discard = draft::discard(&request.forum, &actor, which, input.revision);
        mutate(request, discard).await?;
        Ok(Some(DiscardDraftPayload { viewer: Viewer }))
    }
}
