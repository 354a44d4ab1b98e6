//! The GraphQL type graph: one file for each family of types, with its queries, mutations and inputs. It holds no rule,
//! no SQL and no status code; a resolver is a call downwards. Its files may name each other in a circle, as types do.

pub mod answer;
pub mod asked;
pub mod concept;
pub mod connection;
pub mod delegation;
pub mod invitation;
pub mod live;
pub mod node;
pub mod person;
pub mod post;
pub mod scalar;
pub mod sdl;
pub mod thread;
pub mod viewer;

use std::sync::Arc;

use async_graphql::MergedObject;
use async_graphql::Request;
use async_graphql::Response;
use async_graphql::Schema;
use futures_util::Stream;
use futures_util::StreamExt;

use crate::base::caller::Caller;
use crate::base::config::Instance;
use crate::consumers::live::Live;
use crate::forum::Forum;
use crate::graph::asked::Asked;

/// What can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQuery,
    thread::ThreadQuery,
    concept::ConceptQuery,
    delegation::DelegationQuery,
    person::PersonQuery,
    invitation::InvitationQuery,
    viewer::ViewerQuery,
);

/// What can be done. Each takes one input and answers with one payload; what creates takes a `key` made by the client, and
/// sent twice answers twice with the same thing.
#[derive(MergedObject, Default)]
pub struct Mutation(
    thread::ThreadMutation,
    post::PostMutation,
    concept::ConceptMutation,
    person::PersonMutation,
    invitation::InvitationMutation,
    viewer::ViewerMutation,
);

type Executable = Schema<Query, Mutation, live::LiveSubscription>;

fn schema() -> Executable {
    Schema::build(
        Query::default(),
        Mutation::default(),
        live::LiveSubscription,
    )
    .register_output_type::<node::Node>()
    .finish()
}

/// The API over a forum. Cheap to clone.
#[derive(Clone)]
pub struct Graph {
    schema: Executable,
    forum: Forum,
    live: Live,
    instance: Arc<Instance>,
    base_url: Arc<str>,
}

impl Graph {
    /// The API over a forum that is reached at `base_url`.
    pub fn new(forum: Forum, live: Live, instance: Instance, base_url: Arc<str>) -> Graph {
        Graph {
            schema: schema(),
            forum,
            live,
            instance: Arc::new(instance),
            base_url,
        }
    }

    /// Answers a query or mutation.
    pub async fn execute(&self, request: Request, caller: &Caller) -> Response {
        let asked = self.asked(caller);
        let response = self.schema.execute(request.data(Arc::clone(&asked))).await;
        answer::finish(response, caller, self.forum.store.clock().now())
    }

    /// Answers a query or mutation once, or a subscription for as long as it lasts.
    pub fn execute_stream(
        &self,
        request: Request,
        caller: &Caller,
    ) -> impl Stream<Item = Response> + Send + use<> {
        let asked = self.asked(caller);
        let caller = caller.clone();
        let clock = self.forum.store.clock().clone();
        self.schema
            .execute_stream(request.data(Arc::clone(&asked)))
            .map(move |response| {
                // A slow reader holds no connection to the database.
                asked.renew();
                answer::finish(response, &caller, clock.now())
            })
    }

    /// The live events, for the edge's watch over its sockets.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The forum, for the edge's question who somebody is.
    pub fn forum(&self) -> &Forum {
        &self.forum
    }

    fn asked(&self, caller: &Caller) -> Arc<Asked> {
        Arc::new(Asked::new(
            self.forum.clone(),
            self.live.clone(),
            caller.clone(),
            Arc::clone(&self.instance),
            Arc::clone(&self.base_url),
        ))
    }
}
