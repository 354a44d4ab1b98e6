//! Files with private content are readable by their owner only, whatever the umask.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use crate::support::database::Kind;
use crate::support::process::Process;
use crate::support::process::run;
use crate::support::template;
use crate::support::wait::until;

fn mode(path: &Path) -> u32 {
    let found = std::fs::metadata(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    found.permissions().mode() & 0o777
}

/// The program with a umask that allows everything.
fn open_to_all(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            "umask 000; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_partage"),
        ])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_database_its_log_its_backups_and_keys_are_private() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let serve = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database",
        "sqlite://new.db?mode=rwc",
    ];
    let mut server = open_to_all(&serve, folder.path())
        .spawn()
        .expect("a server");
    let log = path("new.db-wal");
    until("the database to be in use", || async {
        log.exists().then_some(())
    })
    .await;
    let ledger = ["ledger", "key", "ledger.key"];
    let backup = ["backup", "new.backup", "--database", "sqlite://new.db"];
    assert!(
        open_to_all(&ledger, folder.path())
            .status()
            .expect("a key")
            .success()
    );
    until("the backup to be made", || async {
        // Before the schema exists, there is no forum to back up.
        let done = open_to_all(&backup, folder.path())
            .status()
            .expect("a backup");
        done.success().then_some(())
    })
    .await;
    for name in [
        "new.db",
        "new.db-wal",
        "new.db-shm",
        "new.backup",
        "ledger.key",
    ] {
        assert_eq!(mode(&path(name)), 0o600, "{name}");
    }
    server.kill().expect("SIGKILL");
    server.wait().expect("its end");
    let restore = [
        "restore",
        "new.backup",
        "--database",
        "sqlite://back.db?mode=rwc",
    ];
    assert!(
        open_to_all(&restore, folder.path())
            .status()
            .expect("a restore")
            .success()
    );
    assert_eq!(mode(&path("back.db")), 0o600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_database_that_others_can_read_is_made_private_at_the_start() {
    let place = template::of(Kind::Sqlite).await.copy().await;
    let file = place.url().strip_prefix("sqlite://").expect("a file");
    let file = file.strip_suffix("?mode=rwc").expect("a file");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(file, open).expect("the mode");
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("ledger.key");
    let name = key.to_str().expect("a path");
    let made = run(&["ledger", "key", name]).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).expect("the mode");
    let server = Process::serve(place.url(), &["--ledger-key-file", name]).await;
    for suffix in ["", "-wal", "-shm"] {
        let name = format!("{file}{suffix}");
        assert_eq!(mode(Path::new(&name)), 0o600, "{name}");
    }
    assert!(server.said().contains("private now"), "{}", server.said());
    assert_eq!(mode(&key), 0o640, "it may be so on purpose");
    assert!(server.said().contains("chmod 600"), "{}", server.said());
    drop(server);
    place.remove().await;
}
