//! The addresses of pages, in the form that the pages themselves use, under the public address of the forum.

use async_graphql::Context;
use uuid::Uuid;

use crate::base::id;
use crate::base::id::Kind;
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::graph::context::request;

/// Builds an address from its path.
fn of(ctx: &Context<'_>, path: &str) -> String {
    format!("{}{path}", request(ctx).base_url)
}

/// The forum's home page.
pub fn home(ctx: &Context<'_>) -> String {
    of(ctx, "/")
}

/// A thread's page.
pub fn thread(ctx: &Context<'_>, id: ThreadId) -> String {
    let id = id.global();
    of(ctx, &format!("/threads/{id}"))
}

/// A post on the page of its thread: its citation.
pub fn post(ctx: &Context<'_>, thread: ThreadId, number: i32) -> String {
    let thread = thread.global();
    let path = format!("/threads/{thread}?number={number}#post-{number}");
    of(ctx, &path)
}

/// A revision on the page of all revisions of its post.
pub fn revision(ctx: &Context<'_>, thread: ThreadId, post: i32, revision: i32) -> String {
    let thread = thread.global();
    let path = format!("/threads/{thread}/posts/{post}/revisions#revision-{revision}");
    of(ctx, &path)
}

/// A person's page.
pub fn person(ctx: &Context<'_>, id: PersonId) -> String {
    let id = id.global();
    of(ctx, &format!("/people/{id}"))
}

/// A delegation's page.
pub fn delegation(ctx: &Context<'_>, slug: &str) -> String {
    of(ctx, &format!("/delegations/{slug}"))
}

/// The page of a concept of the vocabulary.
pub fn concept(ctx: &Context<'_>, slug: &str) -> String {
    of(ctx, &format!("/vocabulary/{slug}"))
}

/// A decision on the page of the ledger.
pub fn decision(ctx: &Context<'_>, position: i64) -> String {
    of(
        ctx,
        &format!("/ledger?number={position}#decision-{position}"),
    )
}

/// The page of a case, for those who could decide on it.
pub fn case(ctx: &Context<'_>, id: Uuid) -> String {
    let id = id::of_uuid(Kind::Case, id);
    of(ctx, &format!("/moderation/cases/{id}"))
}
