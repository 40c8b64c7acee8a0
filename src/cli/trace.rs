//! What is said about an invocation: the trace line, and `--performance-stats`.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Instant;

use bstr::ByteSlice;

use crate::repo::config::parse_bool;

/// In which of the three ways an answer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// Selected and rendered here.
    Native,
    /// Selected here, rendered by git.
    Assisted,
    /// By git.
    Git,
}

impl Served {
    /// All of them.
    pub const ALL: [Served; 3] = [Served::Native, Served::Assisted, Served::Git];

    /// As the trace has it.
    pub fn name(self) -> &'static str {
        match self {
            Served::Native => "native",
            Served::Assisted => "assisted",
            Served::Git => "git",
        }
    }
}

/// What became of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexUse {
    /// It knew every tip.
    Fresh,
    /// A few commits were newer.
    Refreshed,
    /// It was built on the spot.
    Built,
    /// There is none, or it was not looked at.
    None,
    /// There is one that can't be used.
    Rejected,
}

impl IndexUse {
    /// All of them.
    pub const ALL: [IndexUse; 5] =
        [IndexUse::Fresh, IndexUse::Refreshed, IndexUse::Built, IndexUse::None, IndexUse::Rejected];

    fn name(self) -> &'static str {
        match self {
            IndexUse::Fresh => "fresh",
            IndexUse::Refreshed => "refreshed",
            IndexUse::Built => "built",
            IndexUse::None => "none",
            IndexUse::Rejected => "rejected",
        }
    }
}

/// Whether an answer was looked for among those that are remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheUse {
    /// No: the question is not one of those.
    None,
    /// Yes, and it was there.
    Hit,
    /// Yes, and it was not there.
    Miss,
}

impl CacheUse {
    /// In the order of their numbers in a record of [`super::metrics`].
    pub const ALL: [CacheUse; 3] = [CacheUse::None, CacheUse::Hit, CacheUse::Miss];

    fn name(self) -> &'static str {
        match self {
            CacheUse::None => "not asked",
            CacheUse::Hit => "hit",
            CacheUse::Miss => "miss",
        }
    }
}

/// What of the index was opened for an answer, and what had to be read besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// History segments.
    pub segments: usize,
    /// Their bytes, which are mapped: only what is looked at comes from the disk.
    pub bytes: u64,
    /// Path segments; none where nobody asked for paths.
    pub path_segments: usize,
    /// Their bytes.
    pub path_bytes: u64,
    /// Commits that are newer than the index, which were read from the repository.
    pub newer: u32,
}

/// The facts about one invocation.
#[derive(Debug)]
pub struct Report {
    /// `fastlog`, `faststatus` or `optimize`.
    pub command: &'static str,
    /// How it was served.
    pub served: Served,
    /// Why not natively; empty when it was.
    pub reason: String,
    /// What became of the index.
    pub index: IndexUse,
    /// What became of the remembered answers.
    pub cache: CacheUse,
    /// What was opened, where an index was.
    pub opened: Option<Opened>,
    /// Commits of the answer, where they were counted.
    pub commits: Option<u64>,
    /// When it began.
    pub start: Instant,
    /// Whether to print statistics on stderr.
    pub stats: bool,
    /// It ends with an error of ours.
    pub failed: bool,
    /// The directory with the ring of [`super::metrics`]; `None` when nothing is to be recorded.
    pub metrics: Option<PathBuf>,
}

impl Report {
    /// A report that starts now.
    pub fn new(command: &'static str) -> Self {
        Report {
            command,
            served: Served::Git,
            reason: String::new(),
            index: IndexUse::None,
            cache: CacheUse::None,
            opened: None,
            commits: None,
            start: Instant::now(),
            stats: false,
            failed: false,
            metrics: None,
        }
    }

    fn trace(&self, target: &OsStr) {
        match parse_bool(Some(target.as_bytes().as_bstr())) {
            Some(false) => {}
            Some(true) => drop(std::io::stderr().write_all(self.line().as_bytes())),
            None => {
                if let Ok(mut file) = std::fs::OpenOptions::new().append(true).create(true).open(target) {
                    let _ = file.write_all(self.line().as_bytes());
                }
            }
        }
    }

    /// Records the invocation, and writes the trace line where `GIT_FAST_TRACE` says (a file to append to, or a boolean for
    /// stderr or nowhere), and the statistics if they were asked for. Failing to write is nobody's problem.
    pub fn finish(&self) {
        if let Some(dir) = &self.metrics
            && let Some(record) = super::metrics::Record::of(self)
        {
            super::metrics::append(dir, &record);
        }
        if let Some(target) = std::env::var_os("GIT_FAST_TRACE") {
            self.trace(&target);
        }
        if self.stats {
            let _ = std::io::stderr().write_all(self.statistics().as_bytes());
        }
    }

    fn line(&self) -> String {
        let mut reason = String::new();
        for c in self.reason.chars() {
            match c {
                '"' | '\\' => reason.extend(['\\', c]),
                c if (c as u32) < 0x20 => {
                    let _ = write!(reason, "\\u{:04x}", c as u32);
                }
                c => reason.push(c),
            }
        }
        format!(
            "{{\"cmd\":\"{}\",\"served\":\"{}\",\"reason\":\"{reason}\",\"index\":\"{}\",\"wall_us\":{},\"peak_rss_kb\":{}}}\n",
            self.command,
            self.served.name(),
            self.index.name(),
            self.start.elapsed().as_micros(),
            peak_rss_kb(),
        )
    }

    fn statistics(&self) -> String {
        let mut text = format!("served: {}", self.served.name());
        if !self.reason.is_empty() {
            let _ = write!(text, " ({})", self.reason);
        }
        let _ = write!(text, "\nindex: {}\n", self.index.name());
        if let Some(opened) = self.opened {
            let Opened { segments, bytes, path_segments, path_bytes, newer } = opened;
            let _ = writeln!(
                text,
                "read: history {}, paths {}, newer commits {newer}",
                files(segments, bytes),
                files(path_segments, path_bytes)
            );
            let _ = writeln!(text, "cache: {}", self.cache.name());
        }
        if let Some(commits) = self.commits {
            let _ = writeln!(text, "commits: {commits}");
        }
        let _ = writeln!(text, "wall: {:.1} ms", self.start.elapsed().as_secs_f64() * 1e3);
        let _ = write!(text, "cpu: {:.1} ms", cpu_seconds() * 1e3);
        if let Some(seconds) = cpu_seconds_of_children() {
            let _ = write!(text, ", of other programs: {:.0} ms", seconds * 1e3);
        }
        let _ = writeln!(text, "\npeak memory: {} kB", peak_rss_kb());
        text
    }
}

fn files(count: usize, bytes: u64) -> String {
    match count {
        0 => "none".to_owned(),
        count => format!("{count} ({:.1} kB)", bytes as f64 / 1e3),
    }
}

/// What all threads of this process have computed.
fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// `USER_HZ` of Linux, which proc(5) counts in.
const TICKS_PER_SECOND: f64 = 100.0;

/// What the programs have computed that this process has run and waited for, in steps of 10 ms;
/// `None` where the system does not tell.
fn cpu_seconds_of_children() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name, in parentheses, may hold anything. Behind it: state, eleven numbers, and the times in user mode
    // and in the kernel, first our own.
    let times = stat.rsplit_once(')')?.1.split_whitespace().skip(13).take(2);
    let ticks: u64 = times.map(str::parse::<u64>).sum::<Result<u64, _>>().ok()?;
    Some(ticks as f64 / TICKS_PER_SECOND)
}

/// The high-water mark of resident memory, in kB; 0 where the system does not tell.
pub(super) fn peak_rss_kb() -> u64 {
    // Read at one go, which it is as a rule: growing a buffer takes ten calls, in each invocation.
    let mut status = [0; 4096];
    let len =
        std::fs::File::open("/proc/self/status").and_then(|mut file| file.read(&mut status)).unwrap_or(0);
    String::from_utf8_lossy(&status[..len])
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok())
        .unwrap_or(0)
}
