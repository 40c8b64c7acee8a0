//! Wall-clock time, processor time and peak memory of whole processes.

use std::fmt;
use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use wait4::{ResUse, Wait4};

/// How much is measured.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Effort {
    /// How often each command runs, unless that would take longer than the budget.
    #[arg(long, default_value_t = FOR_P95)]
    runs: usize,
    /// Seconds for one row; no row has fewer than three runs, but where they would take ten times as long.
    #[arg(long, default_value_t = 20)]
    budget: u64,
    /// Seconds that a row may take for as many runs as its 99th percentile needs; where its commands can be timed one by
    /// one, each of them, and then for the 95th if not for the 99th.
    #[arg(long, default_value_t = 10)]
    quick: u64,
}

impl Effort {
    /// One item for each run of a row, until it is enough.
    pub(crate) fn rounds(self) -> impl Iterator<Item = usize> {
        let (start, budget) = (Instant::now(), Duration::from_secs(self.budget));
        let quick = Duration::from_secs(self.quick);
        (0..).take_while(move |done| {
            let past = start.elapsed();
            *done == 0
                || *done < 3 && past < budget * PATIENCE
                || *done < self.runs && past < budget
                || *done < FOR_P99 && past < quick
        })
    }

    /// Adds what runs of one command by itself its percentiles are worth.
    pub(crate) fn alone(
        self,
        runs: &mut Vec<Run>,
        mut once: impl FnMut() -> io::Result<Run>,
    ) -> io::Result<()> {
        let took: Duration = runs.iter().map(|run| run.wall).sum();
        let seconds = |more: usize| took.as_secs_f64() / runs.len() as f64 * more as f64;
        let more = [FOR_P99, FOR_P95].map(|enough| enough.saturating_sub(runs.len()));
        for _ in 0..more.into_iter().find(|more| seconds(*more) <= self.quick as f64).unwrap_or(0) {
            runs.push(once()?);
        }
        Ok(())
    }
}

/// As it is said on a command line.
impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--runs {} --budget {} --quick {}", self.runs, self.budget, self.quick)
    }
}

/// How many times the budget three runs may take.
const PATIENCE: u32 = 10;
/// With fewer runs than these a percentile by nearest rank is nothing but the largest of all.
const FOR_P95: usize = 20;
const FOR_P99: usize = 100;

/// One process. (Of a pipe: the time of all, the memory of the largest.)
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) wall: Duration,
    /// Of all threads, in the kernel and outside.
    pub(crate) processor: Duration,
    /// Bytes.
    pub(crate) memory: u64,
}

impl Run {
    fn of(wall: Duration, used: &ResUse) -> Self {
        Self { wall, processor: used.rusage.utime + used.rusage.stime, memory: used.rusage.maxrss }
    }
}

/// Runs it; it must succeed.
pub(crate) fn timed(command: Command) -> io::Result<Run> {
    timed_with(command, 0)
}

/// Runs it; it must end with this exit code.
pub(crate) fn timed_with(mut command: Command, code: i32) -> io::Result<Run> {
    let start = Instant::now();
    let used = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?.wait4()?;
    let wall = start.elapsed();
    expect(&command, used.status, code)?;
    Ok(Run::of(wall, &used))
}

/// Runs it; the wall-clock time ends when `done` says so, the rest when it has succeeded.
pub(crate) fn timed_until(mut command: Command, done: impl Fn() -> bool) -> io::Result<Run> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    while !done() && child.try_wait()?.is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let wall = start.elapsed();
    let used = child.wait4()?;
    expect(&command, used.status, 0)?;
    Ok(Run::of(wall, &used))
}

fn expect(command: &Command, status: ExitStatus, code: i32) -> io::Result<()> {
    match status.code() {
        Some(found) if found == code => Ok(()),
        _ => Err(io::Error::other(format!("{command:?}: {status}"))),
    }
}

/// Several runs of the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Summary {
    /// These three of wall-clock time, by nearest rank; the last two where there are enough runs.
    pub(crate) median: Duration,
    p95: Option<Duration>,
    p99: Option<Duration>,
    /// Median, too.
    pub(crate) processor: Duration,
    /// The largest of all.
    pub(crate) memory: u64,
}

impl Summary {
    /// Of at least one run.
    pub(crate) fn of(runs: &[Run]) -> Self {
        let wall = sorted(runs.iter().map(|run| run.wall));
        Self {
            median: rank(&wall, 50),
            p95: (wall.len() >= FOR_P95).then(|| rank(&wall, 95)),
            p99: (wall.len() >= FOR_P99).then(|| rank(&wall, 99)),
            processor: rank(&sorted(runs.iter().map(|run| run.processor)), 50),
            memory: runs.iter().map(|run| run.memory).max().unwrap_or(0),
        }
    }

    /// For a table: the first two.
    pub(crate) fn median_and_p95(&self) -> String {
        let known = self.p95.map_or("–".to_owned(), milliseconds);
        format!("{} | {known}", milliseconds(self.median))
    }

    /// For a table: median, p95 and p99.
    pub(crate) fn wall(&self) -> String {
        let p99 = self.p99.map_or("–".to_owned(), milliseconds);
        format!("{} | {p99}", self.median_and_p95())
    }

    /// For a table: the same, and processor time.
    pub(crate) fn times(&self) -> String {
        format!("{} | {}", self.wall(), milliseconds(self.processor))
    }
}

/// How many times as fast as `theirs` ours is: the median of what each round says, for in one round both had the same
/// load beside them.
pub(crate) fn times_faster(theirs: &[Run], ours: &[Run]) -> f64 {
    let ratio = |(theirs, ours): (&Run, &Run)| theirs.wall.as_secs_f64() / ours.wall.as_secs_f64();
    let mut ratios: Vec<f64> = theirs.iter().zip(ours).map(ratio).collect();
    ratios.sort_by(f64::total_cmp);
    rank(&ratios, 50)
}

fn sorted(times: impl Iterator<Item = Duration>) -> Vec<Duration> {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times
}

fn rank<T: Copy>(sorted: &[T], percent: usize) -> T {
    sorted[(sorted.len() * percent).div_ceil(100).saturating_sub(1)]
}

pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
