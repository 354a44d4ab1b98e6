//! Programs for Node.js, with the packages that `sh tests/run` installs.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

/// A folder of `tests` with a package of its own.
pub fn package(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name);
    assert!(
        folder.join("node_modules").is_dir(),
        "{} needs its packages; `sh tests/run` installs them",
        folder.display()
    );
    folder
}

/// Runs a program until it exits; fails with its output unless it succeeds.
pub async fn run(mut command: Command, what: &str) -> String {
    command.stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("the task")
        .unwrap_or_else(|error| panic!("{what}: {error}; `sh tests/run` installs what it needs"));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{what}: {}\n{stdout}{stderr}",
        output.status
    );
    stdout
}
