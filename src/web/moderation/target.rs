//! The target of a decision, as the forms show it.

use crate::web::api_types::Act;
use crate::web::api_types::Language;
use crate::web::api_types::PostState;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::denial::denied;
use crate::web::error::PageError;
use crate::web::request::PageRequest;

document!(TargetQuery, "src/web/moderation/target.graphql");

/// A post, thread or person, with the acts that the user may take on it.
#[derive(Clone, Debug)]
pub struct Target {
    pub id: String,
    /// Where it can be read.
    pub link: String,
    pub title: String,
    pub language: Option<Language>,
    /// A post's number; `None` for a thread or person.
    pub number: Option<i64>,
    pub author: Option<String>,
    pub delegation: Option<String>,
    /// The language of the text; for a thread, that of its title.
    pub text_language: Option<Language>,
    pub state: Option<PostState>,
    /// The text that everyone can read.
    pub html: Option<String>,
    /// The text that is withheld from others.
    pub hidden: Option<String>,
    /// The text with which an edit starts.
    pub body: Option<String>,
    pub thread: Option<Thread>,
    pub acts: Vec<Act>,
    pub acts_to_propose: Vec<Act>,
}

/// What a decision can change about a thread.
#[derive(Clone, Debug)]
pub struct Thread {
    pub kind: ThreadKind,
    pub visibility: Visibility,
    pub slow_seconds: Option<i64>,
    pub tools: Vec<String>,
    pub methods: Vec<String>,
    pub regions: Vec<String>,
}

type Node = target_query::TargetQueryNode;

async fn node(request: &PageRequest, id: &str) -> Result<Node, PageError> {
    let variables = target_query::Variables { id: id.to_string() };
    let found = execute::<TargetQuery>(&request.web, &request.caller, variables).await?;
    found.node.ok_or(PageError::NotFound)
}

/// Finds the post, thread or person with this id.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a node of the schema, of which few can be decided on"
)]
pub async fn find(request: &PageRequest, id: &str) -> Result<Target, PageError> {
    match node(request, id).await? {
        Node::Post(post) => {
            let (thread, number) = (post.thread, post.number);
            Ok(Target {
                link: format!("/threads/{}?number={number}#post-{number}", thread.id),
                id: post.id,
                title: thread.title,
                language: Some(thread.language),
                number: Some(number),
                author: Some(post.author.name),
                delegation: post.delegation.map(|delegation| delegation.name),
                text_language: Some(post.language),
                state: Some(post.state),
                html: post.body_html,
                body: post.body.or(post.viewer.hidden_body),
                hidden: post.viewer.hidden_body_html,
                thread: None,
                acts: post.viewer.acts,
                acts_to_propose: post.viewer.acts_to_propose,
            })
        }
        Node::Thread(thread) => Ok(Target {
            link: format!("/threads/{}", thread.id),
            id: thread.id,
            title: thread.viewer.hidden_title.unwrap_or(thread.title),
            language: Some(thread.language),
            number: None,
            author: Some(thread.author.name),
            delegation: None,
            text_language: None,
            state: None,
            html: None,
            hidden: None,
            body: None,
            thread: Some(Thread {
                kind: thread.kind,
                visibility: thread.visibility,
                slow_seconds: thread.slow_seconds,
                tools: slugs(thread.tools.edges, |edge| edge.node.slug),
                methods: slugs(thread.methods.edges, |edge| edge.node.slug),
                regions: slugs(thread.regions.edges, |edge| edge.node.slug),
            }),
            acts: thread.viewer.acts,
            acts_to_propose: thread.viewer.acts_to_propose,
        }),
        Node::Person(person) => Ok(Target {
            link: format!("/people/{}", person.id),
            id: person.id,
            title: person.name,
            language: None,
            number: None,
            author: None,
            delegation: None,
            text_language: None,
            state: None,
            html: None,
            hidden: None,
            body: None,
            thread: None,
            acts: person.viewer.acts,
            acts_to_propose: person.viewer.acts_to_propose,
        }),
        _ => Err(PageError::NotFound),
    }
}

fn slugs<E>(edges: Vec<E>, slug: fn(E) -> String) -> Vec<String> {
    edges.into_iter().map(slug).collect()
}

/// The decision that another one undoes.
pub type Undone = target_query::TargetQueryNodeOnDecisionUndoes;

/// A decision as a heading names it: its position in the ledger, and what it did.
pub struct Decided {
    pub position: i64,
    pub act: Act,
    pub undoes: Option<Undone>,
}

/// A decision that may be undone, and its targets.
pub struct UndoableDecision {
    pub decision: Decided,
    pub targets: Vec<Target>,
}

/// Finds the decision with this id, if the user may undo it.
pub async fn find_to_undo(request: &PageRequest, id: &str) -> Result<UndoableDecision, PageError> {
    let Node::Decision(decision) = node(request, id).await? else {
        return Err(PageError::NotFound);
    };
    if !decision.viewer.can_undo {
        return Err(denied(request, decision.viewer.undo_refusal));
    }
    let mut ids: Vec<String> = decision
        .posts
        .edges
        .into_iter()
        .map(|edge| edge.node.id)
        .collect();
    if ids.is_empty() {
        ids.extend(decision.threads.edges.into_iter().map(|edge| edge.node.id));
    }
    let people = decision.viewer.people.edges.into_iter();
    ids.extend(people.map(|edge| edge.node.id));
    let mut targets = Vec::new();
    for id in ids {
        match Box::pin(find(request, &id)).await {
            Ok(target) => targets.push(target),
            // A target that the user can no longer see is not shown.
            Err(PageError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let decision = Decided {
        position: decision.position,
        act: decision.act,
        undoes: decision.undoes,
    };
    Ok(UndoableDecision { decision, targets })
}

/// Finds the decision with this id, if the user may appeal it.
pub async fn find_to_appeal(request: &PageRequest, id: &str) -> Result<Decided, PageError> {
    let Node::Decision(decision) = node(request, id).await? else {
        return Err(PageError::NotFound);
    };
    if !decision.viewer.can_appeal {
        return Err(denied(request, decision.viewer.appeal_refusal));
    }
    Ok(Decided {
        position: decision.position,
        act: decision.act,
        undoes: decision.undoes,
    })
}
