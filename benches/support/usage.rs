//! The resource usage of another process: processor time and resident memory.

use std::time::Duration;

use nix::time::ClockId;
use nix::unistd::Pid;

/// A process of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Usage(u32);

/// Resident memory in KiB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// All of it: `VmRSS`.
    pub resident: f64,
    /// The anonymous part: `RssAnon`.
    pub own: f64,
}

impl Usage {
    /// The process with that id.
    pub fn of(pid: u32) -> Usage {
        Usage(pid)
    }

    /// Processor time since its start, in user and kernel mode: utime + stime of `/proc/PID/stat`, but in nanoseconds instead of hundredths
    /// of a second.
    pub fn processor(self) -> Duration {
        let pid = Pid::from_raw(i32::try_from(self.0).expect("a process id"));
        let clock = ClockId::pid_cpu_clock_id(pid).expect("the clock of a running process");
        Duration::from(clock.now().expect("the time of a running process"))
    }

    /// Its resident memory now.
    pub fn memory(self) -> Memory {
        let path = format!("/proc/{}/status", self.0);
        let status = std::fs::read_to_string(path).expect("the status of a running process");
        let figure = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
                .expect("a figure in KiB")
        };
        Memory {
            resident: figure("VmRSS:"),
            own: figure("RssAnon:"),
        }
    }
}
