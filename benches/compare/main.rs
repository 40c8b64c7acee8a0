//! Whole-process comparison of git-fastlog with git log on real or generated repositories:
//!
//! `cargo bench --bench compare -- --output docs/BENCHMARKS.md REPOSITORY…`
//!
//! Each repository is cloned with hard links and given a commit-graph with changed-path filters, so that git
//! is at its best and the original is never written to. Runs are interleaved, standard output is `/dev/null`
//! for both, and no time is reported for an answer that differs from git's.

mod rows;
mod subject;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use wait4::Wait4;

use subject::Subject;

/// Compares git-fastlog with git log.
#[derive(Parser)]
struct Arguments {
    /// How often each command runs, unless that would take longer than the budget.
    #[arg(long, default_value_t = 15)]
    runs: usize,
    /// Seconds for one row; no row has fewer than three runs.
    #[arg(long, default_value_t = 60)]
    budget: u64,
    /// Write the tables to this file (`docs/BENCHMARKS.md`), not to standard output.
    #[arg(long)]
    output: Option<PathBuf>,
    /// cargo says this to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
    /// Repositories, bare or not.
    #[arg(required = true)]
    repositories: Vec<PathBuf>,
}

/// What follows this line in the file of tables is written by hand, and kept.
const KEPT: &str = "<!-- not generated from here on -->";

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let mut text = heading()?;
    for path in &arguments.repositories {
        let subject = Subject::new(path)?;
        text.push_str(&subject.description()?);
        table(&mut text, "Commits", rows::history(&subject)?, &subject, &arguments)?;
        table(&mut text, "Paths", rows::paths(&subject)?, &subject, &arguments)?;
        table(&mut text, "Building", rows::build(), &subject, &arguments)?;
    }
    match &arguments.output {
        Some(file) => {
            let old = std::fs::read_to_string(file).unwrap_or_default();
            let kept = old.find(KEPT).map_or("", |at| &old[at..]);
            std::fs::write(file, text + kept)
        }
        None => io::stdout().write_all(text.as_bytes()),
    }
}

fn table(
    text: &mut String,
    title: &str,
    rows: Vec<rows::Row>,
    subject: &Subject,
    arguments: &Arguments,
) -> io::Result<()> {
    text.push_str(&format!(
        "### {title}\n\n\
         | what | answered | git median | p95 | ours median | p95 | times faster | git memory | ours |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    ));
    for row in rows {
        let line = subject.measure(&row, arguments)?;
        let _ = io::stderr().write_all(line.as_bytes());
        text.push_str(&line);
    }
    text.push('\n');
    Ok(())
}

fn heading() -> io::Result<String> {
    let value = |file: &str, key: &str| -> String {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism()?;
    let git = output(Path::new("."), &["version"])?;
    Ok(format!(
        "# Benchmarks\n\n\
         Regenerate with `cargo bench --bench compare -- --output docs/BENCHMARKS.md REPOSITORY…`; synthetic \
         repositories come from `cargo bench --bench generate -- --help`.\n\n\
         Whole processes, wall-clock time, standard output to `/dev/null`, runs interleaved, caches warm. git has a \
         commit-graph with changed-path filters. The answers were compared byte for byte first. Memory is the peak \
         resident set, mapped files included.\n\n\
         - machine: {}, {cores} cores, {} of memory\n- {git}\n- git-fast {}\n\n",
        value("/proc/cpuinfo", "model name"),
        value("/proc/meminfo", "MemTotal"),
        env!("CARGO_PKG_VERSION"),
    ))
}

/// Wall-clock time and peak memory of one process.
struct Run {
    wall: Duration,
    memory: u64,
}

fn timed(mut command: Command) -> io::Result<Run> {
    let start = Instant::now();
    let used = command.stdout(Stdio::null()).spawn()?.wait4()?;
    let wall = start.elapsed();
    match used.status.success() {
        true => Ok(Run { wall, memory: used.rusage.maxrss }),
        false => Err(io::Error::other(format!("{command:?}: {}", used.status))),
    }
}

/// The time until a file appears; the process goes on to its end.
fn timed_until(mut command: Command, file: &Path) -> io::Result<Run> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    while !file.exists() && child.try_wait()?.is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let wall = start.elapsed();
    let used = child.wait4()?;
    Ok(Run { wall, memory: used.rusage.maxrss })
}

struct Summary {
    median: Duration,
    p95: Duration,
    memory: u64,
}

impl Summary {
    /// Nearest-rank percentiles; the largest memory of all runs.
    fn of(mut runs: Vec<Run>) -> Self {
        runs.sort_by_key(|run| run.wall);
        let rank = |percent: usize| runs[(runs.len() * percent).div_ceil(100).saturating_sub(1)].wall;
        let memory = runs.iter().map(|run| run.memory).max().unwrap_or(0);
        Self { median: rank(50), p95: rank(95), memory }
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// Our programs, as cargo has just built them with optimisation.
fn binary(name: impl AsRef<OsStr>) -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_git-fastlog")).with_file_name(name.as_ref())
}

fn command(program: impl Into<PathBuf>, dir: &Path, args: &[OsString]) -> Command {
    let mut command = Command::new(program.into());
    command.current_dir(dir).args(args).stdin(Stdio::null());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C.UTF-8");
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "A U Thor").env(format!("GIT_{role}_EMAIL"), "a@example.com");
    }
    command
}

fn run_ours(dir: &Path, program: &str, args: &[OsString]) -> io::Result<()> {
    timed(command(binary(program), dir, args)).map(drop)
}

/// Runs git, which must succeed; what it printed, without the last newline.
fn output(dir: &Path, args: &[&str]) -> io::Result<String> {
    let words: Vec<OsString> = args.iter().map(OsString::from).collect();
    let output = command("git", dir, &words).stderr(Stdio::inherit()).output()?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned()),
        false => Err(io::Error::other(format!("git {} failed", args.join(" ")))),
    }
}
