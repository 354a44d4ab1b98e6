//! Drafts in the API: texts that were not sent, kept for their author on every device.

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
use crate::graph::asked::View;
use crate::graph::asked::asked;
use crate::graph::asked::mutate;
use crate::graph::asked::view;
use crate::graph::concept;
use crate::graph::concept::ConceptConnection;
use crate::graph::connection::connection;
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

/// A text that was not sent. Only its author sees it.
#[derive(Description)]
pub struct Draft(pub draft::Model);

connection!("drafts", Draft, DraftEdge, DraftConnection);

#[Object(use_type_description)]
impl Draft {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Draft, self.0.id))
    }

    /// What it is to become.
    async fn purpose(&self) -> DraftPurpose {
        self.0.purpose.into()
    }

    /// The thread in which it replies; null for other purposes, and when the caller no longer sees that thread.
    async fn thread(&self, ctx: &Context<'_>) -> Result<Option<Thread>> {
        match (self.0.purpose, self.0.subject_id) {
            (draft::Purpose::Reply, Some(id)) => thread::load(&view(ctx), id).await,
            _ => Ok(None),
        }
    }

    /// The post that it edits or translates; null for other purposes, and when the caller no longer sees that post.
    async fn post(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
        match (self.0.purpose, self.0.subject_id) {
            (draft::Purpose::Edit | draft::Purpose::Translation, Some(id)) => {
                post::load(&view(ctx), id).await
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

    /// The text in Markdown, as far as it has come.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// What was chosen in the form beside the text.
    async fn choices(&self) -> DraftChoices {
        DraftChoices {
            draft: self.0.id,
            choices: self.0.choices(),
        }
    }

    /// Counted up whenever it is kept anew.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// When it was kept last.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// What a draft is about: exactly one of these.
#[derive(OneofObject)]
pub enum DraftSubjectInput {
    /// The thread in which it replies.
    ThreadId(ThreadId),
    /// The post that it edits or translates.
    PostId(PostId),
}

impl DraftSubjectInput {
    /// The kind that it names, and the key of the row.
    fn read(self) -> (Kind, Option<Uuid>) {
        match self {
            DraftSubjectInput::ThreadId(id) => (Kind::Thread, id.found()),
            DraftSubjectInput::PostId(id) => (Kind::Post, id.found()),
        }
    }
}

/// Where a draft belongs: a person has one in each place.
#[derive(InputObject)]
pub struct DraftPlaceInput {
    /// What it is to become.
    purpose: DraftPurpose,
    /// The thread or post, by its id alone.
    #[graphql(deprecation = "Use `subject`, which says what the id names.")]
    subject_id: Option<ID>,
    /// The thread in which it replies, or the post that it edits or translates; nothing for a new thread.
    subject: Option<DraftSubjectInput>,
    /// The language of the text; for a translation a part of the place.
    language: Language,
}

impl DraftPlaceInput {
    /// The place as the rules know it.
    pub fn read(self) -> Result<draft::Place> {
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
        Ok(draft::Place {
            purpose,
            subject_id: subject.transpose()?,
            language: self.language.into(),
        })
    }
}

/// What was chosen in the form beside the text, as it was given; it is checked when the text is sent.
#[derive(Description)]
pub struct DraftChoices {
    /// Of which draft.
    draft: Uuid,
    choices: draft::Choices,
}

#[connections]
#[Object(use_type_description)]
impl DraftChoices {
    /// Its id, for clients that keep objects by their ids. `node` does not find it.
    async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Choices, self.draft))
    }

    /// The kind of the thread.
    async fn kind(&self) -> Option<ThreadKind> {
        self.choices.kind.map(Into::into)
    }

    /// Who shall see the thread.
    async fn visibility(&self) -> Option<Visibility> {
        self.choices.visibility.map(Into::into)
    }

    /// In which capacity the author means to write.
    async fn capacity(&self) -> Option<Capacity> {
        self.choices.capacity.map(Into::into)
    }

    /// The id of the mandate under which the author means to write.
    async fn mandate_id(&self) -> Option<ID> {
        let mandate = self.choices.mandate_id?;
        Some(ID(id::of_uuid(Kind::Mandate, mandate)))
    }

    /// The tools that were chosen; those that are no longer there are left out.
    async fn tools(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&view(ctx), &self.choices.tools, &window).await
    }

    /// The methods that were chosen; those that are no longer there are left out.
    async fn methods(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&view(ctx), &self.choices.methods, &window).await
    }

    /// The regions that were chosen; those that are no longer there are left out.
    async fn regions(&self, ctx: &Context<'_>, window: Window) -> Result<ConceptConnection> {
        tags(&view(ctx), &self.choices.regions, &window).await
    }
}

async fn tags(view: &View, words: &[String], window: &Window) -> Result<ConceptConnection> {
    let list = concept::load_many(view, words.to_vec()).await?;
    Ok(ConceptConnection::of(concept::page(view, list, window)?))
}

/// What is chosen in the form beside the text.
#[derive(InputObject, Default)]
pub struct DraftChoicesInput {
    /// The kind of the thread.
    kind: Option<ThreadKind>,
    /// Who shall see the thread.
    visibility: Option<Visibility>,
    /// In which capacity the author means to write.
    capacity: Option<Capacity>,
    /// The id of the mandate under which the author means to write.
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

/// A draft to be kept.
#[derive(InputObject)]
pub struct KeepDraftInput {
    /// Where it belongs.
    place: DraftPlaceInput,
    /// The title, at most 200 characters (configured); left out where there is none.
    #[graphql(default)]
    title: String,
    /// The text as far as it has come, at most 20,000 characters (configured).
    body: String,
    /// What is chosen beside the text; left out where nothing is.
    choices: Option<DraftChoicesInput>,
    /// The revision that it started from; 0 when there was none.
    revision: i32,
}

payload!(KeepDraftPayload, "The kept draft.", draft: Draft, "The draft.");

/// A draft to be let go.
#[derive(InputObject)]
pub struct DiscardDraftInput {
    /// Where it belongs; left out with `draftId`.
    place: Option<DraftPlaceInput>,
    /// Which draft, by its id, also where its place can no longer be seen; left out with `place`.
    draft_id: Option<DraftId>,
    /// The revision that is meant, so that nobody lets go of what they have not seen: CONFLICT when the draft has another one
    /// since.
    revision: i32,
}

payload!(DiscardDraftPayload, "What is left.", viewer: Viewer, "Who asks.");

#[derive(Default)]
pub struct DraftMutation;

#[Object]
impl DraftMutation {
    /// Keeps a draft in its place. DENIED to visitors; NOT_FOUND for a thread or post that the caller does not see; INVALID
    /// for a text longer than a post's, for more than 100 tags of a facet, and beyond 200 drafts; CONFLICT, with both versions, when it was kept elsewhere since
    /// the revision that it started from.
    async fn keep_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and what.")] input: KeepDraftInput,
    ) -> Result<Option<KeepDraftPayload>> {
        let asked = asked(ctx);
        let keep = draft::Keep {
            place: input.place.read()?,
            title: input.title,
            body: input.body,
            choices: input.choices.unwrap_or_default().read()?,
            revision: input.revision,
        };
        let kept = mutate(asked, draft::keep(&asked.forum, &asked.actor(), keep)).await?;
        Ok(Some(KeepDraftPayload { draft: Draft(kept) }))
    }

    /// Lets go of a draft; where there is none, nothing happens. DENIED to visitors; CONFLICT, with the draft as it is, when it was
    /// kept elsewhere since the revision that is meant; INVALID (`place`) without a place or id, and with both.
    async fn discard_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft.")] input: DiscardDraftInput,
    ) -> Result<Option<DiscardDraftPayload>> {
        let asked = asked(ctx);
        let which = match (input.place, input.draft_id) {
            (Some(place), None) => draft::Which::At(place.read()?),
            (None, Some(id)) => draft::Which::Id(id.found().unwrap_or_default()),
            (None, None) => return Err(Error::invalid("place", Fault::Empty)),
            (Some(_), Some(_)) => return Err(Error::invalid("place", Fault::Unknown)),
        };
        let actor = asked.actor();
        let discard = draft::discard(&asked.forum, &actor, which, input.revision);
        mutate(asked, discard).await?;
        Ok(Some(DiscardDraftPayload { viewer: Viewer }))
    }
}
