//! The GraphQL type graph: a file or folder for each family of types, with its queries, mutations and inputs. It contains no
//! rules, SQL or status codes; resolvers only call the floors below. Its files may import each other in a circle, as the types
//! refer to each other.
//!
//! - A list has a parameter `window: Window`, which `#[connections]` turns into the four arguments of a Relay connection.
//! - Arguments and inputs use the types of [`ids`], which refuse ids of another kind.
//! - A mutation makes its change through [`context::mutate`], which renews the view that the response reads; a payload of one
//!   field is declared with `payload!`.
//! - What a list needs for each of its entries is read for all of them at once, by a [`loader::Loader`] beside the type.

pub mod acknowledgement;
pub mod address;
pub mod answer;
pub mod cases;
pub mod concept;
pub mod connection;
pub mod context;
pub mod delegation;
pub mod document;
pub mod draft;
pub mod errors;
pub mod ids;
pub mod invitation;
pub mod live;
pub mod loader;
pub mod moderation;
pub mod node;
pub mod password_link;
pub mod payload;
pub mod person;
pub mod post;
pub mod presence;
pub mod scalar;
pub mod sdl;
pub mod subscription;
pub mod thread;
pub mod translation;
pub mod viewer;
pub mod watching;

use std::sync::Arc;

use apollo_compiler::executable::OperationType;
use async_graphql::MergedObject;
use async_graphql::MergedSubscription;
use async_graphql::Response;
use async_graphql::Schema;
use async_graphql::ValidationMode;
use serde_json::Map;
use serde_json::Value;

use crate::base::actor::Audience;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::config::Instance;
use crate::base::error::Error;
use crate::base::metrics::Metrics;
use crate::base::sources::Sources;
use crate::consumers::live::LiveEvents;
use crate::forum::Forum;
use crate::graph::context::PageView;
use crate::graph::context::ReadView;
use crate::graph::context::RequestContext;
use crate::graph::context::SharedReadViews;
use crate::graph::document::Document;
use crate::graph::document::DocumentCache;
use crate::graph::document::complete;
use crate::graph::document::error::DocumentErrors;
use crate::graph::subscription::SubscriptionRun;

/// The available queries.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQuery,
    thread::list::ThreadQuery,
    post::preview::PostQuery,
    concept::list::ConceptQuery,
    delegation::DelegationQuery,
    person::PersonQuery,
    invitation::InvitationQuery,
    password_link::PasswordLinkQuery,
    moderation::ModerationQuery,
    viewer::ViewerQuery,
);

/// The available changes. Each mutation takes one input and returns one payload; mutations that create something take a
/// `key` made by the client, and a key sent again returns the same object.
#[derive(MergedObject, Default)]
pub struct Mutation(
    thread::mutations::ThreadMutation,
    post::mutations::PostMutation,
    translation::TranslationMutation,
    draft::DraftMutation,
    answer::AnswerMutation,
    acknowledgement::AcknowledgementMutation,
    watching::WatchingMutation,
    presence::PresenceMutation,
    concept::mutations::ConceptMutation,
    person::mutations::PersonMutation,
    invitation::InvitationMutation,
    password_link::PasswordLinkMutation,
    moderation::ModerationMutation,
    cases::CaseMutation,
    viewer::mutations::ViewerMutation,
);

/// The available subscriptions: past events after a cursor first, then new ones; and who is present. Each operation
/// selects one field.
#[derive(MergedSubscription, Default)]
pub struct Subscription(live::LiveSubscription, presence::PresenceSubscription);

/// The description of the schema; the executor has no field for it.
pub const DESCRIPTION: &str = "The API of Partage, a discussion forum of the member states of an intergovernmental \
    organisation: threads and posts in six languages, the vocabulary that tags them, people and their mandates, moderation \
    and its ledger, and live events.";

type Executable = Schema<Query, Mutation, Subscription>;

fn schema() -> Executable {
    Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
    .register_output_type::<node::Node>()
    // Documents are validated before they are planned; the executor receives only plans.
    .validation_mode(ValidationMode::Fast)
    .finish()
}

/// The API of a forum. Cheap to clone.
#[derive(Clone)]
pub struct Graph {
    schema: Executable,
    forum: Forum,
    live: LiveEvents,
    instance: Arc<Instance>,
    base_url: Arc<str>,
    views: SharedReadViews,
    metrics: Arc<Metrics>,
    documents: DocumentCache,
    page: Option<PageView>,
    /// Records what is read for one answer.
    sources: Sources,
}

impl Graph {
    /// Creates the API of a forum that is reached at `base_url`.
    pub fn new(
        forum: Forum,
        live: LiveEvents,
        instance: Instance,
        base_url: Arc<str>,
        metrics: Arc<Metrics>,
    ) -> Graph {
        let documents = DocumentCache::new(forum.limits.document_bytes, Arc::clone(&metrics));
        Graph {
            schema: schema(),
            forum,
            live,
            instance: Arc::new(instance),
            base_url,
            views: SharedReadViews::default(),
            metrics,
            documents,
            page: None,
            sources: Sources::default(),
        }
    }

    /// The same API for one page: its queries read one view, until a mutation changes something.
    pub fn for_page(&self, sources: Sources) -> Graph {
        Graph {
            page: Some(PageView::default()),
            ..self.for_answer(sources)
        }
    }

    /// The same API for one answer, which records what is read for it.
    pub fn for_answer(&self, sources: Sources) -> Graph {
        Graph {
            sources,
            ..self.clone()
        }
    }

    /// The cache of validated documents.
    pub fn documents(&self) -> &DocumentCache {
        &self.documents
    }

    /// Prepares one of the program's own documents: no limits are checked.
    ///
    /// # Errors
    /// When it is not valid, or a variable has no value of its type.
    pub fn prepare(
        &self,
        source: &'static str,
        operation_name: Option<&str>,
        variables: Map<String, Value>,
    ) -> Result<Document, DocumentErrors> {
        self.documents
            .prepare_own(source, operation_name, variables)
    }

    /// Executes a query or mutation.
    pub async fn execute(&self, document: &Document, caller: &Caller) -> Response {
        let request = Arc::new(self.request_context(caller));
        match (&self.page, document.kind) {
            (Some(page), OperationType::Query) => request.share(page),
            (Some(page), OperationType::Mutation | OperationType::Subscription) => page.end(),
            (None, _) => {}
        }
        let response = self.schema.execute(document.request().data(request)).await;
        let response = complete::response(&document.plan, response);
        // A view that could not be read is of no use to the next document.
        if let Some(page) = &self.page
            && !response.errors.is_empty()
        {
            page.end();
        }
        if document.kind == OperationType::Mutation {
            self.count_failures(&response);
        }
        errors::finish(response, caller, self.now())
    }

    /// Names the state of the vocabulary and the delegations that the documents of the page read: what was made of them under
    /// the same name is still true.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn vocabulary_state(&self, caller: &Caller) -> Result<i64, Error> {
        self.page_view(caller)?.vocabulary_state().await
    }

    /// The audience of the caller, and the name of the state of the numbers of threads that the documents of the page read for it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn listed_state(&self, caller: &Caller) -> Result<(Audience, i64), Error> {
        let view = self.page_view(caller)?;
        Ok((view.actor.audience(), view.listed_state().await?))
    }

    /// The view that the documents of the page read.
    fn page_view(&self, caller: &Caller) -> Result<Arc<ReadView>, Error> {
        let page = self.page.as_ref();
        let page = page.ok_or_else(|| Error::internal("only a page has a view of its own"))?;
        let request = self.request_context(caller);
        request.share(page);
        Ok(request.read_view())
    }

    /// Counts changes that could not be written. An error below a payload means that the change was written, and could
    /// then not be read.
    fn count_failures(&self, response: &Response) {
        for error in &response.errors {
            if let Some(Error::Unavailable(outage)) = error.source::<Error>()
                && error.path.len() < 2
            {
                self.forum.store.note_failure(outage.trouble);
            }
        }
    }

    /// Runs a subscription from a position of the log; without one, from the position that the subscription specifies.
    pub fn subscribe(
        &self,
        document: Document,
        caller: Caller,
        from: Option<i64>,
    ) -> SubscriptionRun {
        SubscriptionRun::new(self.clone(), document, caller, from)
    }

    /// The current time for the rules.
    pub fn now(&self) -> Moment {
        self.forum.store.clock().now()
    }

    /// The live events, through which the edge learns of changed rights and of presence.
    pub fn live(&self) -> &LiveEvents {
        &self.live
    }

    /// The forum, which the edge uses to identify callers.
    pub fn forum(&self) -> &Forum {
        &self.forum
    }

    fn request_context(&self, caller: &Caller) -> RequestContext {
        RequestContext::new(
            self.forum.clone(),
            self.live.clone(),
            caller.clone(),
            Arc::clone(&self.instance),
            Arc::clone(&self.base_url),
            self.views.clone(),
            self.sources.clone(),
        )
    }
}
