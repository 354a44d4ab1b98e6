//! Common clients work with the server unmodified, without cache settings, through interruptions, without a warning, and without losing or
//! duplicating anything. What each does is in `tests/clients/story.mjs`.

use std::path::Path;
use std::process::Command;

use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::node;
use crate::support::template;
use crate::support::template::PASSWORD;
use crate::support::template::email;

/// Runs a program of `tests/clients`, which starts, kills and restarts a server of its own.
async fn run(interpreter: impl AsRef<Path>, trial: &str) {
    let place = template::of(Kind::Sqlite).await.copy().await;
    run_on(&place, interpreter, trial).await;
}

/// The same on this database.
async fn run_on(place: &Place, interpreter: impl AsRef<Path>, trial: &str) {
    let template = template::of(Kind::Sqlite).await;
    let mut command = Command::new(interpreter.as_ref());
    command
        .current_dir(node::package("clients"))
        .arg(trial)
        .env("PARTAGE_PROGRAM", env!("CARGO_BIN_EXE_partage"))
        .env("PARTAGE_DATABASE", place.url())
        .env("PARTAGE_MODERATOR", template.token("moderator"))
        .env("PARTAGE_EMAIL", email("ke"))
        .env("PARTAGE_PASSWORD", PASSWORD);
    let said = node::run(command, trial).await;
    assert!(said.contains(" 0 faults"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apollo_client_loses_and_doubles_nothing_and_has_nothing_to_warn_of() {
    run("node", "apollo.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn urql_with_graphcache_loses_and_doubles_nothing_and_has_nothing_to_warn_of() {
    run("node", "urql.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relay_loses_and_doubles_nothing_and_has_nothing_to_warn_of() {
    run("node", "relay.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphql_ws_loses_and_doubles_nothing_and_has_nothing_to_warn_of() {
    run("node", "sockets.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphql_sse_loses_and_doubles_nothing_and_has_nothing_to_warn_of() {
    run("node", "streams.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_generated_types_is_strictly_typed_and_loses_and_doubles_nothing() {
    run("node", "typed.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gql_for_python_loses_and_doubles_nothing_and_has_nothing_to_warn_of() {
    let python = node::package("clients").join("python/bin/python");
    run(python, "trial.py").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caches_that_normalise_keep_everything_that_the_schema_tells() {
    // The program fills it with the demonstration, which contains an example of everything.
    let place = Place::empty(Kind::Sqlite).await;
    run_on(&place, "node", "whole.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_an_allowed_origin_is_a_client_and_one_of_another_is_kept_out() {
    run("node", "browser.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_schema_is_free_of_lints() {
    run("node", "lint.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scripts_of_pages_name_only_what_there_is() {
    run("node", "scripts.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_of_the_schema_is_in_the_changelog() {
    run("node", "changes.mjs").await;
}
