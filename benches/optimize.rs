//! What `git optimize` costs, and what it gains:
//!
//! `cargo bench --bench optimize -- --output docs/BENCHMARKS-optimize.md REPOSITORY…`
//!
//! Each repository is cloned with hard links; the original is never written to. The last clone is made ugly on
//! purpose, and git's own commands are measured before and after `git optimize`. Runs are interleaved where there is
//! something to compare, and standard output is `/dev/null`.

mod ugly;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use wait4::Wait4;

use self::ugly::{Ugliness, uglify};

/// Measures git optimize.
#[derive(Parser)]
struct Arguments {
    /// How often each command runs, unless that would take longer than the budget.
    #[arg(long, default_value_t = 11)]
    runs: usize,
    /// Seconds for one row; no row has fewer than three runs.
    #[arg(long, default_value_t = 40)]
    budget: u64,
    /// Packs, loose objects and loose refs of the ugly repository.
    #[arg(long, default_value_t = 3_000)]
    packs: usize,
    #[arg(long, default_value_t = 100_000)]
    loose: usize,
    #[arg(long, default_value_t = 20_000)]
    refs: usize,
    /// Write the tables below what this file has up to the line `<!-- generated -->`, not to standard output.
    #[arg(long)]
    output: Option<PathBuf>,
    /// cargo says this to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
    /// Repositories, bare or not; the first is made ugly as well.
    #[arg(required = true)]
    repositories: Vec<PathBuf>,
}

const MARK: &str = "<!-- generated -->\n";

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let mut text = String::new();
    for path in &arguments.repositories {
        text.push_str(&costs(path, &arguments)?);
    }
    text.push_str(&gains(&arguments.repositories[0], &arguments)?);
    let Some(file) = &arguments.output else { return io::stdout().write_all(text.as_bytes()) };
    let before = std::fs::read_to_string(file).unwrap_or_default();
    let head = before.split_once(MARK).map_or(before.as_str(), |(head, _)| head);
    std::fs::write(file, format!("{head}{MARK}\n{text}"))
}

/// What looking, reporting and doing nothing costs.
fn costs(original: &Path, arguments: &Arguments) -> io::Result<String> {
    let (_temporary, dir) = clone(original)?;
    let objects = git(&dir, &["count-objects", "-v"])?;
    let count = |key: &str| objects.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("?").to_owned();
    let name = original.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut text = format!(
        "## {name}\n\n{} commits, {} objects\n\n| what | median | p95 | memory |\n| --- | ---: | ---: | ---: |\n",
        git(&dir, &["rev-list", "--all", "--count"])?,
        count("in-pack: "),
    );
    timed(ours(&dir, &["run", "-q"]))?;
    let mut row = |what: &str, commands: &mut dyn FnMut() -> io::Result<Command>| -> io::Result<Duration> {
        let summary = measure(arguments, commands)?;
        let line = format!(
            "| {what} | {} | {} | {:.1} MB |\n",
            ms(summary.median),
            ms(summary.p95),
            summary.memory as f64 / 1e6
        );
        let _ = io::stderr().write_all(line.as_bytes());
        text.push_str(&line);
        Ok(summary.median)
    };
    row("`git optimize --auto`, nothing to do", &mut || Ok(ours(&dir, &["--auto"])))?;
    row("`git maintenance run --auto`, nothing to do", &mut || {
        Ok(command("git", &dir, &["maintenance", "run", "--auto", "--quiet"]))
    })?;
    row("`git gc --auto`, nothing to do", &mut || Ok(command("git", &dir, &["gc", "--auto", "--quiet"])))?;
    let walk = "git rev-list --objects --all | git cat-file --batch-check";
    let theirs = row(&format!("`{walk}`"), &mut || Ok(command("sh", &dir, &["-c", walk])))?;
    let first = row("`git optimize report`, the first", &mut || {
        timed(ours(&dir, &["cache", "clear", "--pattern", "report.*"]))?;
        Ok(ours(&dir, &["report"]))
    })?;
    let second = row("`git optimize report`, nothing new", &mut || Ok(ours(&dir, &["report"])))?;
    let third = row("`git optimize report`, one new commit", &mut || {
        let new = git(&dir, &["commit-tree", "-p", "HEAD", "-m", "one more", "HEAD^{tree}"])?;
        git(&dir, &["update-ref", "HEAD", &new])?;
        Ok(ours(&dir, &["report"]))
    })?;
    let times = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    text.push_str(&format!(
        "\nThe first report is {:.1} times as fast as the walk; the second {:.0} times as fast as the first, with one \
         new commit {:.1} times.\n\n",
        times(theirs, first),
        times(first, second),
        times(first, third),
    ));
    Ok(text)
}

/// git's own commands before and after.
fn gains(original: &Path, arguments: &Arguments) -> io::Result<String> {
    let (temporary, bare) = clone(original)?;
    let dir = temporary.path().join("ugly");
    git(temporary.path(), &["clone", "-q", &bare.to_string_lossy(), &dir.to_string_lossy()])?;
    let how = Ugliness { packs: arguments.packs, loose: arguments.loose, refs: arguments.refs };
    uglify(&dir, how)?;
    type Question<'q> = (&'q str, &'q [&'q str]);
    let questions: &[Question<'_>] = &[
        ("`git log --oneline -2000 many-packs`", &["log", "--oneline", "-2000", "many-packs"]),
        ("`git log --stat -200 many-packs`", &["log", "--stat", "-200", "many-packs"]),
        ("`git status`", &["status"]),
        ("`git rev-list --count --all`", &["rev-list", "--count", "--all"]),
        (
            "`git rev-list --count --objects HEAD`",
            &["rev-list", "--count", "--objects", "--use-bitmap-index", "HEAD"],
        ),
        ("`git for-each-ref`", &["for-each-ref"]),
        ("`git fetch`, nothing new", &["fetch", "-q"]),
    ];
    let all = |dir: &Path| -> io::Result<Vec<Duration>> {
        let one = |(_, args): &Question<'_>| {
            measure(arguments, &mut || Ok(command("git", dir, args))).map(|summary| summary.median)
        };
        questions.iter().map(one).collect()
    };
    let before = all(&dir)?;
    let run = timed(ours(&dir, &["run", "-q"]))?;
    let after = all(&dir)?;
    let mut text = format!(
        "## An ugly repository\n\n{} packs, {} loose objects and {} loose refs on top of a clone of the first one. \
         `git optimize` took {:.1} s.\n\n| what | before | after | times faster |\n| --- | ---: | ---: | ---: |\n",
        how.packs,
        how.loose,
        how.refs,
        run.wall.as_secs_f64(),
    );
    for ((name, _), (before, after)) in questions.iter().zip(before.iter().zip(&after)) {
        let times = before.as_secs_f64() / after.as_secs_f64();
        text.push_str(&format!("| {name} | {} | {} | {times:.1} |\n", ms(*before), ms(*after)));
    }
    Ok(text)
}

fn clone(original: &Path) -> io::Result<(tempfile::TempDir, PathBuf)> {
    let temporary = tempfile::Builder::new().prefix("optimize-bench-").tempdir()?;
    let dir = temporary.path().join("repository.git");
    let original = std::fs::canonicalize(original)?;
    git(temporary.path(), &["clone", "-q", "--mirror", &original.to_string_lossy(), &dir.to_string_lossy()])?;
    Ok((temporary, dir))
}

struct Run {
    wall: Duration,
    memory: u64,
}

fn timed(mut command: Command) -> io::Result<Run> {
    let start = Instant::now();
    let used = command.stdout(Stdio::null()).spawn()?.wait4()?;
    let wall = start.elapsed();
    // 2 and 3: nothing to do, and something skipped.
    match used.status.code() {
        Some(0 | 2 | 3) => Ok(Run { wall, memory: used.rusage.maxrss }),
        _ => Err(io::Error::other(format!("{command:?}: {}", used.status))),
    }
}

struct Summary {
    median: Duration,
    p95: Duration,
    memory: u64,
}

/// Nearest-rank percentiles; the largest memory of all runs. (Of a pipe: of its largest process.)
fn measure(arguments: &Arguments, next: &mut dyn FnMut() -> io::Result<Command>) -> io::Result<Summary> {
    let start = Instant::now();
    let mut runs = Vec::new();
    while runs.len() < 3
        || (runs.len() < arguments.runs && start.elapsed() < Duration::from_secs(arguments.budget))
    {
        runs.push(timed(next()?)?);
    }
    runs.sort_by_key(|run| run.wall);
    let rank = |percent: usize| runs[(runs.len() * percent).div_ceil(100).saturating_sub(1)].wall;
    let memory = runs.iter().map(|run| run.memory).max().unwrap_or(0);
    Ok(Summary { median: rank(50), p95: rank(95), memory })
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// Our program, as cargo has just built it with optimisation, or the one in `GIT_FAST_TEST_BIN_DIR`.
fn ours(dir: &Path, args: &[&str]) -> Command {
    let bin = std::env::var_os("GIT_FAST_TEST_BIN_DIR").map(PathBuf::from);
    let bin = bin.unwrap_or_else(|| Path::new(env!("CARGO_BIN_EXE_git-fastlog")).with_file_name(""));
    command(&bin.join("git-optimize").to_string_lossy(), dir, args)
}

fn command(program: &str, dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(dir).args(args).stdin(Stdio::null());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C.UTF-8");
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "A U Thor").env(format!("GIT_{role}_EMAIL"), "a@example.com");
    }
    command
}

/// Runs git, which must succeed; what it printed, without the last newline.
fn git(dir: &Path, args: &[&str]) -> io::Result<String> {
    let output = command("git", dir, args).stderr(Stdio::inherit()).output()?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned()),
        false => Err(io::Error::other(format!("git {} failed", args.join(" ")))),
    }
}
