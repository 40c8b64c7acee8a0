//! Runs one git command of a task: with the run's lock, its deadline, and what it says kept for the report.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::events::Events;
use super::listen::Listen;
use super::lock::RunLock;
use crate::optimize::context::Context;

/// How long a command that was told to stop may take for removing its temporaries.
const GRACE: Duration = Duration::from_secs(5);

/// Why a task did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// Something went wrong; the repository is as git left it, which is sound.
    Failed(String),
    /// It could not be begun.
    Skipped(String),
    /// The time budget was used up; the next run goes on.
    OutOfTime,
}

impl Stop {
    pub(super) fn failed(err: impl std::fmt::Display) -> Stop {
        Stop::Failed(err.to_string())
    }
}

/// What a task may use.
pub(super) struct Runner<'a> {
    pub(super) context: &'a Context,
    pub(super) lock: &'a RunLock,
    pub(super) deadline: Option<Instant>,
    /// The name of the task that runs.
    pub(super) task: Cell<&'static str>,
    pub(super) events: Events,
}

impl Runner<'_> {
    /// Runs git with these arguments; it reads no standard input.
    pub(super) fn git(&self, args: &[&str]) -> Result<(), Stop> {
        let mut command = self.context.git(args);
        command.stdin(self.lock.inherited());
        self.run(command, args.first().copied().unwrap_or_default(), None)
    }

    /// Runs git with this on its standard input.
    pub(super) fn git_with(&self, args: &[&str], input: Vec<u8>) -> Result<(), Stop> {
        let mut command = self.context.git(args);
        command.stdin(Stdio::piped());
        self.run(command, args.first().copied().unwrap_or_default(), Some(input))
    }

    /// Whether somebody sees git's progress, as it is or as events.
    pub(super) fn wants_progress(&self) -> bool {
        !matches!(self.listen(), Listen::ForErrors)
    }

    fn listen(&self) -> Listen {
        match () {
            () if self.events.are_wanted() => {
                Listen::ForProgress { events: self.events, task: self.task.get() }
            }
            () if self.events.bars() && std::io::stderr().is_terminal() => Listen::Not,
            () => Listen::ForErrors,
        }
    }

    /// Runs a command of git that people call by this name.
    pub(super) fn run(&self, mut command: Command, name: &str, input: Option<Vec<u8>>) -> Result<(), Stop> {
        command.stdout(Stdio::null());
        let (mut child, listener) = self
            .listen()
            .spawn(&mut command)
            .map_err(|err| Stop::Failed(format!("cannot run git: {err}")))?;
        let feeder = input.zip(child.stdin.take()).map(|(input, mut stdin)| {
            // A git that ends early closes the pipe: its exit code tells.
            std::thread::spawn(move || drop(stdin.write_all(&input)))
        });
        let status = self.wait(&mut child);
        let said = listener.and_then(|listener| listener.join().ok()).unwrap_or_default();
        if let Some(feeder) = feeder {
            let _ = feeder.join();
        }
        match status? {
            status if status.success() => Ok(()),
            status => {
                let reason =
                    said.lines().rfind(|line| line.starts_with("fatal:") || line.starts_with("error:"));
                let reason = reason.or(said.lines().last()).map_or(status.to_string(), str::to_owned);
                Err(Stop::Failed(format!("git {name}: {reason}")))
            }
        }
    }

    fn wait(&self, child: &mut Child) -> Result<ExitStatus, Stop> {
        let Some(deadline) = self.deadline else { return child.wait().map_err(Stop::failed) };
        let mut pause = Duration::from_millis(1);
        let mut told: Option<Instant> = None;
        loop {
            if let Some(status) = child.try_wait().map_err(Stop::failed)? {
                return if told.is_some() && !status.success() { Err(Stop::OutOfTime) } else { Ok(status) };
            }
            match told {
                None if Instant::now() >= deadline => {
                    signal_tree(child.id(), Signal::TERM);
                    told = Some(Instant::now());
                }
                Some(when) if when.elapsed() > GRACE => signal_tree(child.id(), Signal::KILL),
                _ => {}
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }
}

/// To a process and all that it has started.
fn signal_tree(pid: u32, signal: Signal) {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    for child in children.split_ascii_whitespace().filter_map(|child| child.parse().ok()) {
        signal_tree(child, signal);
    }
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // It may have ended by itself.
        let _ = kill_process(pid, signal);
    }
}
