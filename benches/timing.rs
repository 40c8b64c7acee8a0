//! Wall-clock time, processor time and peak memory of whole processes.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// One process.
pub(crate) struct Run {
    pub(crate) wall: Duration,
    /// Of all threads, in the kernel and outside.
    pub(crate) processor: Duration,
    /// Bytes.
    pub(crate) memory: u64,
}

/// Runs it; it must succeed.
pub(crate) fn timed(mut command: Command) -> io::Result<Run> {
    let start = Instant::now();
    let used = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?.wait4()?;
    let wall = start.elapsed();
    match used.status.success() {
        true => {
            Ok(Run { wall, processor: used.rusage.utime + used.rusage.stime, memory: used.rusage.maxrss })
        }
        false => Err(io::Error::other(format!("{command:?}: {}", used.status))),
    }
}

/// Several runs of the same.
pub(crate) struct Summary {
    pub(crate) median: Duration,
    /// Median, too.
    pub(crate) processor: Duration,
    /// The largest of all.
    pub(crate) memory: u64,
}

impl Summary {
    pub(crate) fn of(mut runs: Vec<Run>) -> Self {
        let middle = runs.len().saturating_sub(1) / 2;
        runs.sort_by_key(|run| run.processor);
        let processor = runs[middle].processor;
        runs.sort_by_key(|run| run.wall);
        let memory = runs.iter().map(|run| run.memory).max().unwrap_or(0);
        Self { median: runs[middle].wall, processor, memory }
    }
}

pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
