//! A process that a bench starts: the forum, or the bench's own program in the role of a bare reference. It exits with its owner.

use std::io::BufRead;
use std::io::BufReader;
use std::process::Child as Process;
use std::process::ChildStdin;
use std::process::ChildStdout;
use std::process::Command;
use std::process::Stdio;

use crate::support::usage::Usage;

/// A running process whose output is read.
pub struct Child {
    process: Process,
    output: BufReader<ChildStdout>,
    /// A bare reference exits when this is closed, even if the bench was killed.
    _input: Option<ChildStdin>,
}

impl Child {
    /// Starts a command with an empty environment.
    pub fn start(command: &mut Command) -> Child {
        let mut process = command
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("stdout"));
        Child {
            process,
            output,
            _input: input,
        }
    }

    /// Starts this program again in another role, which [`end_with_owner`] ends.
    pub fn again(arguments: &[&str]) -> Child {
        let program = std::env::current_exe().expect("the path of this program");
        Child::start(Command::new(program).args(arguments))
    }

    /// The next line of its output; `None` if it has exited.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line).expect("a line of output");
        (read > 0).then(|| line.trim_end().to_string())
    }

    /// Its resource usage.
    pub fn usage(&self) -> Usage {
        Usage::of(self.process.id())
    }

    /// Waits for its exit; returns whether it succeeded.
    pub fn succeeds(mut self) -> bool {
        self.process.wait().is_ok_and(|status| status.success())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Already exited, or killed now: there is nothing else to do here.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Exits this process when the one that started it has exited.
pub fn end_with_owner() {
    std::thread::spawn(|| {
        drop(std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
        std::process::exit(0);
    });
}
