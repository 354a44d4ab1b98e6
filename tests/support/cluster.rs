//! A PostgreSQL server of a test's own, which can be restarted while the forum runs. What it has acknowledged survives that.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use tempfile::TempDir;

use crate::support::database::Place;

const SETTINGS: &str =
    "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n";

/// A running server in a temporary folder.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    /// Creates and starts one, as a user other than root.
    pub fn start() -> Cluster {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cluster = Cluster {
            programs: programs(),
            port: free_port(),
            folder,
        };
        if is_root() {
            let owner = format!("chown postgres '{}'", cluster.folder.path().display());
            run(Command::new("sh").args(["-c", &owner]));
        }
        run(cluster
            .command("initdb")
            .arg("--pgdata")
            .arg(cluster.data())
            .args(["--username=partage", "--encoding=UTF8", "--locale=C.UTF-8"])
            .args(["--auth-local=reject", "--auth-host=trust", "--no-sync"]));
        let settings = cluster.data().join("postgresql.conf");
        let mut text = std::fs::read_to_string(&settings).expect("the settings");
        text.push_str(SETTINGS);
        std::fs::write(&settings, text).expect("the settings");
        cluster.control("start");
        cluster
    }

    /// Restarts it as after a crash: sessions are not closed, the write-ahead log is replayed.
    pub fn restart(&self) {
        self.control("restart");
    }

    /// Copies another server's database; returns the URL of the copy.
    pub fn copy(&self, place: &Place) -> String {
        let url = format!("postgres://partage@127.0.0.1:{}/postgres", self.port);
        let copy = format!(
            "'{0}/pg_dump' --no-owner --dbname='{1}' | '{0}/psql' --quiet --set=ON_ERROR_STOP=1 --dbname='{url}'",
            self.programs.display(),
            place.url(),
        );
        run(Command::new("sh").args(["-c", &copy]));
        url
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn control(&self, what: &str) {
        run(self
            .command("pg_ctl")
            .arg(what)
            .arg("--pgdata")
            .arg(self.data())
            .args(["--mode=immediate", "--wait", "--silent"])
            .arg("--log")
            .arg(self.folder.path().join("log"))
            .arg(format!("--options=-p {}", self.port)));
    }

    /// A program of PostgreSQL, which refuses to run as root.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.arg("stop").arg("--pgdata").arg(self.data());
        // The folder is removed in any case.
        drop(stop.args(["--mode=immediate", "--silent"]).status());
    }
}

/// The folder of the programs of Debian's newest PostgreSQL.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL");
    versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .max_by_key(|folder| version(folder))
        .expect("PostgreSQL's programs")
}

fn version(folder: &Path) -> u32 {
    let name = folder.parent().and_then(Path::file_name);
    name.and_then(|name| name.to_str()?.parse().ok())
        .unwrap_or(0)
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    id.stdout.starts_with(b"0\n")
}

fn run(command: &mut Command) {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("a program of PostgreSQL");
    assert!(status.success(), "{command:?} ended with {status}");
}
