//! The forum as an operator runs it: the release build, in a process of its own, on a free port of this machine.

use std::net::SocketAddr;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use crate::support::child::Child;
use crate::support::database::Database;
use crate::support::http::Http;
use crate::support::http::PATIENCE;
use crate::support::usage::Usage;

const PROGRAM: &str = env!("CARGO_BIN_EXE_partage");
/// One person of a bench writes as much as a hundred of a real forum.
const FLAGS: [&str; 6] = [
    "--posts-per-minute=1000000000",
    "--threads-per-hour=1000000000",
    "--invitations-per-day=1000000000",
    "--sockets=1000000",
    "--sockets-per-address=1000000",
    "--sockets-per-person=1000000",
];

/// A running forum.
pub struct Forum {
    child: Child,
    pub address: SocketAddr,
    /// From its start until it reported that it is ready.
    pub started: Duration,
}

impl Forum {
    /// Starts one with these additional flags on an empty database and waits until it is ready.
    pub fn start(database: &Database, flags: &[&str]) -> Forum {
        let mut command = Command::new(PROGRAM);
        command
            .args(["serve", "--listen=127.0.0.1:0", "--database"])
            .arg(database.url())
            .args(FLAGS)
            .args(flags)
            // One line is logged per request as usual, and discarded.
            .stderr(Stdio::null());
        let begin = Instant::now();
        let mut child = Child::start(&mut command);
        let address = loop {
            let line = child.line().expect("the forum to listen");
            if let Some(address) = line.strip_prefix("Listening on http://") {
                break address.parse().expect("an address");
            }
        };
        await_ready(address);
        Forum {
            child,
            address,
            started: begin.elapsed(),
        }
    }

    /// The resource usage of its process.
    pub fn usage(&self) -> Usage {
        self.child.usage()
    }

    /// One of its metrics; `None` if there is none with that name.
    pub fn figure(&self, name: &str) -> Option<f64> {
        let answer = Http::connect(self.address, &[])
            .and_then(|mut http| http.get("/metrics"))
            .expect("the figures");
        String::from_utf8_lossy(&answer.body)
            .lines()
            .filter_map(|line| line.rsplit_once(' '))
            .find(|(each, _)| *each == name)
            .and_then(|(_, value)| value.parse().ok())
    }
}

/// Migrates an empty database; only PostgreSQL needs it before the forum is started.
pub fn migrate(database: &Database) {
    if database.is_postgres() {
        let mut command = Command::new(PROGRAM);
        command.args(["migrate", "--database", database.url()]);
        assert!(Child::start(&mut command).succeeds(), "the migrations");
    }
}

fn await_ready(address: SocketAddr) {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        let answer = Http::connect(address, &[]).and_then(|mut http| http.get("/readyz"));
        if answer.is_ok_and(|answer| answer.status == 200) {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("the forum was not ready in {PATIENCE:?}");
}
