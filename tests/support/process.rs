//! The program as an operator runs it: in a process of its own, with its output recorded.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::support::wait::until;

/// A running server.
pub struct Process {
    child: Child,
    output: Output,
    pub address: SocketAddr,
}

/// The outcome of a command.
#[derive(Debug)]
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

#[derive(Clone, Default)]
struct Output {
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
}

impl Process {
    /// Starts `partage serve` on a free port with these additional flags and waits until it listens.
    pub async fn serve(database: &str, flags: &[&str]) -> Process {
        Process::serve_at("127.0.0.1:0", database, flags).await
    }

    /// The same at a given address.
    pub async fn serve_at(address: &str, database: &str, flags: &[&str]) -> Process {
        let first = ["serve", "--listen", address, "--database", database];
        let all: Vec<&str> = first.iter().chain(flags).copied().collect();
        Process::listening(spawn(&all)).await
    }

    /// A server whose process exits after so many statements, counted from the first one that contains a text.
    pub async fn serve_and_cut(database: &str, count: usize, text: &str) -> Process {
        let all = ["serve", "--listen", "127.0.0.1:0", "--database", database];
        let cut = [("PARTAGE_TEST_CUT", format!("{count} {text}"))];
        Process::listening(spawn_with(&all, &cut)).await
    }

    /// The tests' own server with additional consumers (`tests/consumers`).
    pub async fn serve_consumers(database: &str, flags: &[&str]) -> Process {
        let command = consumers(database, flags);
        Process::listening(spawn_command(command, &[])).await
    }

    /// The same; its process exits as with [`Process::serve_and_cut`]. `None` if it has exited before it listens, because a consumer starts
    /// at once.
    pub async fn serve_consumers_and_cut(
        database: &str,
        flags: &[&str],
        count: usize,
        text: &str,
    ) -> Option<Process> {
        let cut = [("PARTAGE_TEST_CUT", format!("{count} {text}"))];
        let started = spawn_command(consumers(database, flags), &cut);
        Process::try_listening(started).await.ok()
    }

    /// A server that gets an error, instead of being killed, when a file grows beyond a limit.
    pub async fn serve_on_files_that_may_not_grow(database: &str, flags: &[&str]) -> Process {
        let program = env!("CARGO_BIN_EXE_partage");
        let ignoring = "trap '' XFSZ; exec \"$0\" \"$@\"";
        let mut command = Command::new("sh");
        command.args(["-c", ignoring, program, "serve"]);
        command.args(["--listen", "127.0.0.1:0", "--database", database]);
        command.args(flags);
        Process::listening(spawn_command(command, &[])).await
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    async fn listening(started: (Child, Output)) -> Process {
        let listening = Process::try_listening(started).await;
        listening.unwrap_or_else(|ended| panic!("{ended}"))
    }

    /// Waits until it listens; if it exits before, returns how.
    async fn try_listening((mut child, output): (Child, Output)) -> Result<Process, String> {
        let address = until("the server to listen", || {
            let said = output.stdout();
            let ended = match child.try_wait() {
                Ok(Some(status)) => Some(format!(
                    "the server ended with {status}: {said}{}",
                    output.stderr()
                )),
                Ok(None) | Err(_) => None,
            };
            let found = match ended {
                Some(ended) => Some(Err(ended)),
                None => listening(&said).map(Ok),
            };
            async move { found }
        })
        .await?;
        Ok(Process {
            child,
            output,
            address,
        })
    }

    /// Its output so far.
    pub fn said(&self) -> String {
        format!("{}{}", self.output.stdout(), self.output.stderr())
    }

    /// Its resident memory, in KiB.
    pub fn resident(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("the status of the process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let size = line.and_then(|line| line.split_whitespace().next());
        size.and_then(|size| size.parse().ok())
            .expect("its resident memory")
    }

    /// Kills it at once, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("the end of the process");
    }

    /// Asks it to stop, as an operator would.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal, by its name.
    pub fn signal(&self, signal: &str) {
        let command = format!("kill -{signal} {}", self.child.id());
        let status = Command::new("sh")
            .args(["-c", &command])
            .status()
            .expect("a shell");
        assert!(status.success(), "{command}");
    }

    /// Waits for its exit.
    pub async fn end(&mut self) -> ExitStatus {
        until("the process to end", || {
            let ended = self.child.try_wait().expect("the process");
            async move { ended }
        })
        .await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already exited, or killed now: there is nothing else to do here.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a command of the program until it exits.
pub async fn run(arguments: &[&str]) -> Finished {
    run_with(arguments, &[]).await
}

/// The same with variables in its environment.
pub async fn run_with(arguments: &[&str], environment: &[(&str, String)]) -> Finished {
    let (mut child, output) = spawn_with(arguments, environment);
    let status = until("the command to end", || {
        let ended = child.try_wait().expect("the process");
        async move { ended }
    })
    .await;
    let complete =
        || Arc::strong_count(&output.stdout) == 1 && Arc::strong_count(&output.stderr) == 1;
    until("the command's output", || async {
        complete().then_some(())
    })
    .await;
    Finished {
        code: status.code(),
        stdout: output.stdout(),
        stderr: output.stderr(),
    }
}

/// The first link to an invitation in a text.
pub fn link_in(text: &str) -> String {
    text.split_whitespace()
        .find(|word| word.starts_with("http") && word.contains("/invitations/"))
        .unwrap_or_else(|| panic!("no link in {text}"))
        .to_string()
}

fn consumers(database: &str, flags: &[&str]) -> Command {
    let programs = Path::new(env!("CARGO_BIN_EXE_partage")).with_file_name("examples");
    let mut command = Command::new(programs.join("consumers"));
    command.args(["--listen", "127.0.0.1:0", "--database", database]);
    command.args(flags);
    command
}

fn spawn(arguments: &[&str]) -> (Child, Output) {
    spawn_with(arguments, &[])
}

fn spawn_with(arguments: &[&str], environment: &[(&str, String)]) -> (Child, Output) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_partage"));
    command.args(arguments);
    spawn_command(command, environment)
}

fn spawn_command(mut command: Command, environment: &[(&str, String)]) -> (Child, Output) {
    let mut child = command
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let output = Output::default();
    keep(child.stdout.take().expect("stdout"), &output.stdout);
    keep(child.stderr.take().expect("stderr"), &output.stderr);
    (child, output)
}

fn keep(from: impl Read + Send + 'static, to: &Arc<Mutex<String>>) {
    let to = Arc::clone(to);
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut text = to.lock().unwrap_or_else(PoisonError::into_inner);
            text.push_str(&line);
            text.push('\n');
        }
    });
}

impl Output {
    fn stdout(&self) -> String {
        read(&self.stdout)
    }

    fn stderr(&self) -> String {
        read(&self.stderr)
    }
}

fn read(text: &Mutex<String>) -> String {
    text.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn listening(said: &str) -> Option<SocketAddr> {
    let (_, rest) = said.split_once("Listening on http://")?;
    // The line is complete once its newline has arrived.
    let (line, _) = rest.split_once('\n')?;
    line.split([' ', '/']).next()?.parse().ok()
}
