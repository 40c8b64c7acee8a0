//! Whole-process comparison of git-fastlog with git log on real or generated repositories:
//!
//! `cargo bench --bench compare -- --output docs/BENCHMARKS.md REPOSITORY…`
//!
//! Each repository is cloned with hard links and given a commit-graph with changed-path filters, so that git
//! is at its best and the original is never written to. Runs are interleaved, standard output is `/dev/null`
//! for both, and no time is reported for an answer that differs from git's.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use wait4::Wait4;

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

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let mut text = heading()?;
    for path in &arguments.repositories {
        let subject = Subject::new(path)?;
        text.push_str(&subject.description()?);
        text.push_str(
            "| what | answered | git median | p95 | ours median | p95 | times faster | git memory | ours |\n",
        );
        text.push_str("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        for row in subject.rows()? {
            let line = subject.measure(&row, &arguments)?;
            let _ = io::stderr().write_all(line.as_bytes());
            text.push_str(&line);
        }
        text.push('\n');
    }
    match &arguments.output {
        Some(file) => std::fs::write(file, text),
        None => io::stdout().write_all(text.as_bytes()),
    }
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

/// One line of a table: what git is asked and what we are asked.
struct Row {
    name: String,
    git: Vec<OsString>,
    ours: Vec<OsString>,
    before: Before,
}

/// What happens, untimed, before each run.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Nothing,
    /// A commit is added to the current branch.
    Commit,
    /// The index is removed; our run builds it.
    ClearIndex,
}

/// A repository under test: a clone of its own.
struct Subject {
    name: String,
    commits: usize,
    dir: PathBuf,
    _temporary: tempfile::TempDir,
}

impl Subject {
    fn new(original: &Path) -> io::Result<Self> {
        let original = std::fs::canonicalize(original)?;
        let temporary = tempfile::tempdir()?;
        let dir = temporary.path().join("repository.git");
        let (from, to) = (original.to_string_lossy(), dir.to_string_lossy());
        output(temporary.path(), &["clone", "-q", "--mirror", &from, &to])?;
        output(&dir, &["commit-graph", "write", "--reachable", "--changed-paths"])?;
        run_ours(&dir, "git-optimize", &["index".into(), "build".into()])?;
        let commits = output(&dir, &["rev-list", "--count", "HEAD"])?.parse().map_err(io::Error::other)?;
        let name = original.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, commits, dir, _temporary: temporary })
    }

    fn description(&self) -> io::Result<String> {
        let all = output(&self.dir, &["rev-list", "--all", "--count"])?;
        let refs = output(&self.dir, &["for-each-ref"])?.lines().count();
        let objects = output(&self.dir, &["count-objects", "-v", "-H"])?;
        let fact =
            |key: &str| objects.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("?").to_owned();
        let (packed, size) = (fact("in-pack: "), fact("size-pack: "));
        let commits = self.commits;
        Ok(format!(
            "## {}\n\n{commits} commits behind HEAD, {all} in all, {refs} refs, {packed} objects in {size}\n\n",
            self.name
        ))
    }

    fn rows(&self) -> io::Result<Vec<Row>> {
        let authors = output(&self.dir, &["shortlog", "-s", "-n", "-n", "HEAD"])?;
        let author =
            authors.lines().nth(2).and_then(|line| line.split_once('\t')).map_or("A", |(_, name)| name);
        let log = |name: &str, before: Before, words: &[&str]| {
            let ours: Vec<OsString> = words.iter().map(OsString::from).collect();
            let git = std::iter::once("log".into()).chain(ours.iter().cloned()).collect();
            Row { name: format!("`log {}`{name}", words.join(" ")), git, ours, before }
        };
        let skip = format!("--skip={}", self.commits / 2);
        let author = format!("--author={author}");
        let mut rows = vec![
            log("", Before::Nothing, &["-30"]),
            log("", Before::Nothing, &[&skip, "-30"]),
            log("", Before::Nothing, &["--oneline"]),
            log("", Before::Nothing, &["--format=%H %an %ad %s"]),
            log("", Before::Nothing, &["--graph", "--oneline"]),
            log("", Before::Nothing, &[&author]),
            log("", Before::Nothing, &["--grep", "fix"]),
        ];
        rows.push(Row {
            name: "`rev-list --count HEAD` and `fastlog --count`".to_owned(),
            git: ["rev-list", "--count", "HEAD"].map(OsString::from).to_vec(),
            ours: vec!["--count".into()],
            before: Before::Nothing,
        });
        rows.push(log(" after one new commit", Before::Commit, &["-30"]));
        rows.push(Row {
            name: "index build, against `log --format='%H %an %ad %s' --all`".to_owned(),
            git: ["log", "--format=%H %an %ad %s", "--all"].map(OsString::from).to_vec(),
            ours: ["index", "build"].map(OsString::from).to_vec(),
            before: Before::ClearIndex,
        });
        Ok(rows)
    }

    /// Compares the answers, then runs both in turn; one line of the table.
    fn measure(&self, row: &Row, arguments: &Arguments) -> io::Result<String> {
        let program = if row.before == Before::ClearIndex { "git-optimize" } else { "git-fastlog" };
        let served = match row.before {
            Before::ClearIndex => "build".to_owned(),
            _ => self.check(row)?,
        };
        let (mut git, mut ours) = (Vec::new(), Vec::new());
        let start = Instant::now();
        let enough = |done: usize| {
            done >= arguments.runs || (done >= 3 && start.elapsed() > Duration::from_secs(arguments.budget))
        };
        while !enough(git.len()) {
            self.prepare(row.before)?;
            git.push(timed(command("git", &self.dir, &row.git))?);
            ours.push(timed(command(binary(program), &self.dir, &row.ours))?);
        }
        let (git, ours) = (Summary::of(git), Summary::of(ours));
        Ok(format!(
            "| {} | {served} | {} | {} | {} | {} | {:.1} | {} | {} |\n",
            row.name,
            milliseconds(git.median),
            milliseconds(git.p95),
            milliseconds(ours.median),
            milliseconds(ours.p95),
            git.median.as_secs_f64() / ours.median.as_secs_f64(),
            megabytes(git.memory),
            megabytes(ours.memory),
        ))
    }

    fn prepare(&self, before: Before) -> io::Result<()> {
        match before {
            Before::Nothing => Ok(()),
            Before::Commit => {
                let new = output(&self.dir, &["commit-tree", "-p", "HEAD", "-m", "one more", "HEAD^{tree}"])?;
                output(&self.dir, &["update-ref", "HEAD", &new]).map(drop)
            }
            Before::ClearIndex => run_ours(&self.dir, "git-optimize", &["index".into(), "clear".into()]),
        }
    }

    /// Both answers must be the same; how ours came about.
    ///
    /// They go through files: memory of this process would be counted as its children's.
    fn check(&self, row: &Row) -> io::Result<String> {
        let place = self.dir.parent().ok_or_else(|| io::Error::other("no parent"))?;
        let files = ["git", "ours", "trace"].map(|name| place.join(name));
        let _ = std::fs::remove_file(&files[2]);
        self.prepare(row.before)?;
        command("git", &self.dir, &row.git).stdout(File::create(&files[0])?).status()?;
        let mut ours = command(binary("git-fastlog"), &self.dir, &row.ours);
        ours.env("GIT_FAST_TRACE", &files[2]).stdout(File::create(&files[1])?).status()?;
        if !Command::new("cmp").args(["-s"]).args(&files[..2]).status()?.success() {
            return Err(io::Error::other(format!("{}: the answers differ", row.name)));
        }
        let trace = std::fs::read_to_string(&files[2]).unwrap_or_default();
        let value: serde_json::Value = serde_json::from_str(&trace).map_err(io::Error::other)?;
        Ok(value["served"].as_str().unwrap_or("?").to_owned())
    }
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
fn binary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_git-fastlog")).with_file_name(name)
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
