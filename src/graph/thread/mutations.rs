//! Mutations of threads.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Result;
use crate::forum::discussion::change;
use crate::forum::discussion::read;
use crate::forum::discussion::retag;
use crate::forum::discussion::start;
use crate::forum::discussion::tag;
use crate::forum::discussion::thread;
use crate::graph::concept;
use crate::graph::context::RequestContext;
use crate::graph::context::mutate;
use crate::graph::context::request;
use crate::graph::ids::MandateId;
use crate::graph::ids::ThreadId;
use crate::graph::payload::payload;
use crate::graph::scalar::Capacity;
use crate::graph::scalar::Language;
use crate::graph::scalar::ThreadKind;
use crate::graph::scalar::Visibility;
use crate::graph::thread::Thread;
use crate::graph::thread::load;

/// A thread to open.
#[derive(InputObject)]
pub struct OpenThreadInput {
    /// Idempotency key, made by the client for this thread. Sending it again returns the same thread.
    key: Uuid,
    /// Its title: one line of 1 to 200 characters (configured).
    title: String,
    /// Its opening text in Markdown, 1 to 20,000 characters (configured).
    body: String,
    /// The kind of the thread.
    kind: ThreadKind,
    /// The language of the title and text.
    language: Language,
    /// Who sees it.
    #[graphql(default_with = "Visibility::Public")]
    visibility: Visibility,
    /// Ids or slugs of tools; at least one tool or method, at most 10 (configured).
    #[graphql(default)]
    tools: Vec<ID>,
    /// Ids or slugs of methods; at least one tool or method, at most 10 (configured).
    #[graphql(default)]
    methods: Vec<ID>,
    /// Ids or slugs of regions; 1 to 10 (configured).
    regions: Vec<ID>,
    /// The capacity in which the caller writes.
    #[graphql(default_with = "Capacity::Personal")]
    capacity: Capacity,
    /// The caller's mandate under which to write; the latest current one when left out.
    mandate_id: Option<MandateId>,
}

payload!(OpenThreadPayload, "The opened thread.", thread: Thread, "The thread.");

/// New tags for a thread.
#[derive(InputObject)]
pub struct RetagThreadInput {
    /// The id of the thread.
    thread_id: ThreadId,
    /// Ids or slugs of tools; at least one tool or method, at most 10 (configured).
    tools: Vec<ID>,
    /// Ids or slugs of methods; at least one tool or method, at most 10 (configured).
    methods: Vec<ID>,
    /// Ids or slugs of regions; 1 to 10 (configured).
    regions: Vec<ID>,
}

payload!(RetagThreadPayload, "The retagged thread.", thread: Thread, "The thread.");

/// Changes to a thread; fields that are left out stay unchanged.
#[derive(InputObject)]
pub struct ChangeThreadInput {
    /// The id of the thread.
    thread_id: ThreadId,
    /// Its title: one line of 1 to 200 characters (configured).
    title: Option<String>,
    /// The kind of the thread.
    kind: Option<ThreadKind>,
    /// Who sees it. From PUBLIC to MEMBERS, it disappears for everybody else at once; from MEMBERS to PUBLIC is
    /// possible while nobody but its author has written in it.
    visibility: Option<Visibility>,
}

payload!(ChangeThreadPayload, "The changed thread.", thread: Thread, "The thread.");

/// The position up to which a thread has been read.
#[derive(InputObject)]
pub struct MarkReadInput {
    /// The id of the thread.
    thread_id: ThreadId,
    /// The number of the last post read, from 1 to the thread's last number. A lower number than the stored one changes nothing.
    number: i32,
}

payload!(MarkReadPayload, "The thread, marked as read.", thread: Thread, "The thread.");

#[derive(Default)]
pub struct ThreadMutation;

#[Object]
impl ThreadMutation {
    /// Opens a thread with its first post. DENIED without a current mandate, in a capacity that the mandate does not
    /// cover, and for observers; INVALID with the field for a missing or unknown tag, or an empty or too long text;
    /// TOO_MANY beyond the configured rate.
    async fn open_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] input: OpenThreadInput,
    ) -> Result<Option<OpenThreadPayload>> {
        let request = request(ctx);
        let mandate = input.mandate_id.map(|id| id.uuid_of("mandateId"));
        let new = start::NewThread {
            key: input.key,
            title: input.title,
            body: input.body,
            kind: input.kind.into(),
            language: input.language.into(),
            visibility: input.visibility.into(),
            tags: tag_input(input.tools, input.methods, input.regions),
            capacity: input.capacity.into(),
            mandate_id: mandate.transpose()?,
        };
        let thread = mutate(
            request,
            start::open_thread(&request.forum, &request.actor(), new),
        )
        .await?;
        Ok(Some(OpenThreadPayload {
            thread: reload(request, thread).await?,
        }))
    }

    /// Replaces the tags of a thread. Only for its author (else DENIED), while they have a current mandate; others can
    /// do it by a decision.
    async fn retag_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and its tags.")] input: RetagThreadInput,
    ) -> Result<Option<RetagThreadPayload>> {
        let request = request(ctx);
        let id = input.thread_id.uuid()?;
        let tags = tag_input(input.tools, input.methods, input.regions);
        let thread = mutate(
            request,
            retag::retag(&request.forum, &request.actor(), id, &tags),
        )
        .await?;
        Ok(Some(RetagThreadPayload {
            thread: reload(request, thread).await?,
        }))
    }

    /// Changes the title, kind or visibility of a thread. Only for its author (else DENIED), while they have a current
    /// mandate; others can do it by a decision. Making public what others wrote for members is DENIED
    /// (OTHERS_HAVE_WRITTEN): the Secretariat decides on that.
    async fn change_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and its changes.")] input: ChangeThreadInput,
    ) -> Result<Option<ChangeThreadPayload>> {
        let request = request(ctx);
        let wanted = change::Change {
            thread_id: input.thread_id.uuid()?,
            title: input.title,
            kind: input.kind.map(Into::into),
            visibility: input.visibility.map(Into::into),
        };
        let thread = mutate(
            request,
            change::change(&request.forum, &request.actor(), wanted),
        )
        .await?;
        Ok(Some(ChangeThreadPayload {
            thread: reload(request, thread).await?,
        }))
    }

    /// Records how far the caller has read a thread. DENIED for visitors.
    async fn mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and the position.")] input: MarkReadInput,
    ) -> Result<Option<MarkReadPayload>> {
        let request = request(ctx);
        let id = input.thread_id.uuid()?;
        let thread = mutate(
            request,
            read::mark(&request.forum, &request.actor(), id, input.number),
        )
        .await?;
        Ok(Some(MarkReadPayload {
            thread: reload(request, thread).await?,
        }))
    }
}

/// A changed thread, re-read in the snapshot of the response, so that its `cursor` and its rows are of the same state.
async fn reload(request: &RequestContext, changed: thread::Model) -> Result<Thread> {
    let found = load(&request.read_view(), changed.id).await?;
    Ok(found.unwrap_or(Thread(changed)))
}

fn tag_input(tools: Vec<ID>, methods: Vec<ID>, regions: Vec<ID>) -> tag::Tags {
    tag::Tags {
        tools: concept::slugs_of(tools),
        methods: concept::slugs_of(methods),
        regions: concept::slugs_of(regions),
    }
}
