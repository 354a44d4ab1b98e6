//! The server's responses follow the GraphQL specification, as graphql-js judges them by the schema.

use std::path::Path;
use std::process::Command;

use crate::support::database::Kind;
use crate::support::node;
use crate::support::process::Process;
use crate::support::template;

/// The seed of the generated documents, or `random` for a new one, which the output shows. It is fixed by default.
const SEED: &str = "PARTAGE_TEST_SEED";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphql_js_finds_no_fault_in_the_answers() {
    let template = template::of(Kind::Sqlite).await;
    let place = template.copy().await;
    let server = Process::serve(place.url(), &[]).await;
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let mut command = Command::new("node");
    command
        .current_dir(node::package("audit"))
        .arg("audit.mjs")
        .arg(format!("http://{}", server.address))
        .arg(schema)
        .args(std::env::var(SEED))
        .env("PARTAGE_DELEGATE", template.token("ke"))
        .env("PARTAGE_MODERATOR", template.token("secretariat"));
    let said = node::run(command, "the audit").await;
    assert!(said.contains(" 0 faults"), "{said}");
}
