//! What `git optimize` costs, and what it gains:
//!
//! `cargo bench --bench optimize -- --output docs/BENCHMARKS-optimize.md REPOSITORY…`
//!
//! Each repository is cloned with hard links; the original is never written to. The last clone is made ugly on
//! purpose, and git's own commands are measured before and after `git optimize`. Runs are interleaved where there is
//! something to compare, and standard output is `/dev/null`.

mod support;
mod ugly;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::Parser;

use support::document;
use support::options::Common;
use support::programs::{self, command, git};
use support::repository;
use support::timing::{Effort, Run, Summary, megabytes, milliseconds, timed, timed_with};
use ugly::{Ugliness, uglify};

/// Measures git optimize.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Packs, loose objects and loose refs of the ugly repository.
    #[arg(long, default_value_t = 3_000)]
    packs: usize,
    #[arg(long, default_value_t = 100_000)]
    loose: usize,
    #[arg(long, default_value_t = 20_000)]
    refs: usize,
    /// Repositories, bare or not; the first is made ugly as well.
    #[arg(required = true)]
    repositories: Vec<PathBuf>,
}

/// What `git optimize` says where there is nothing to do.
const NOTHING: i32 = 2;

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let heading = document::heading(
        "Benchmarks of git optimize",
        &arguments.common.again("optimize", "REPOSITORY…"),
        "Whole processes, wall-clock time (and, under “processor”, the time of all threads), standard output to \
         `/dev/null`, caches warm. Memory is the peak resident set, mapped files included; of a pipe that of its \
         largest process. Our programs are copies, as if installed.",
    )?;
    let (mut text, mut all) = (String::new(), Vec::new());
    for path in &arguments.repositories {
        text.push_str(&costs(path, &arguments, &mut all)?);
    }
    text.push_str(&gains(&arguments.repositories[0], &arguments, &mut all)?);
    document::write(arguments.common.output.as_deref(), &[heading, document::slower(&all), text].concat())
}

/// What looking, reporting and doing nothing costs; `all` gets what has a counterpart in git, and how many times as fast
/// as that it is.
fn costs(original: &Path, arguments: &Arguments, all: &mut Vec<(String, f64)>) -> io::Result<String> {
    let (_temporary, dir) = clone(original)?;
    let [objects, _] = repository::objects(&dir)?;
    let name = repository::name(original);
    let mut text = format!(
        "## {name}\n\n{} commits, {objects} objects\n\n| what | median | p95 | p99 | processor | memory |\n\
         | --- | ---: | ---: | ---: | ---: | ---: |\n",
        repository::commits(&dir, "--all")?,
    );
    timed(ours(&dir, &["run", "-q"]))?;
    let mut row = |what: &str, run: &mut dyn FnMut() -> io::Result<Run>| -> io::Result<Duration> {
        let summary = measure(arguments.common.effort, run)?;
        let line = format!("| {what} | {} | {} |\n", summary.times(), megabytes(summary.memory));
        document::row(&mut text, &line)?;
        Ok(summary.median)
    };
    let auto =
        row("`git optimize --auto`, nothing to do", &mut || timed_with(ours(&dir, &["--auto"]), NOTHING))?;
    let maintenance = row("`git maintenance run --auto`, nothing to do", &mut || {
        timed(command("git", &dir, &["maintenance", "run", "--auto", "--quiet"]))
    })?;
    let gc = row("`git gc --auto`, nothing to do", &mut || {
        timed(command("git", &dir, &["gc", "--auto", "--quiet"]))
    })?;
    let walk = "git rev-list --objects --all | git cat-file --batch-check";
    let theirs =
        row(&format!("`{}`", walk.replace('|', "\\|")), &mut || timed(command("sh", &dir, &["-c", walk])))?;
    let first = row("`git optimize report`, the first", &mut || {
        timed(ours(&dir, &["cache", "clear", "--pattern", "report.*"]))?;
        timed(ours(&dir, &["report"]))
    })?;
    let second = row("`git optimize report`, nothing new", &mut || timed(ours(&dir, &["report"])))?;
    let third = row("`git optimize report`, one new commit", &mut || {
        let new = git(&dir, &["commit-tree", "-p", "HEAD", "-m", "one more", "HEAD^{tree}"])?;
        git(&dir, &["update-ref", "HEAD", &new])?;
        timed(ours(&dir, &["report"]))
    })?;
    let times = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    for (theirs, took) in [("git maintenance run --auto", maintenance), ("git gc --auto", gc)] {
        all.push((
            format!("{name}: `git optimize --auto` with nothing to do, `{theirs}`"),
            times(took, auto),
        ));
    }
    all.push((
        format!("{name}: `git optimize report`, `{}`", walk.replace('|', "\\|")),
        times(theirs, first),
    ));
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
fn gains(original: &Path, arguments: &Arguments, all: &mut Vec<(String, f64)>) -> io::Result<String> {
    let (temporary, bare) = clone(original)?;
    let dir = temporary.path().join("ugly");
    git(temporary.path(), &["clone", "-q", &bare.to_string_lossy(), &dir.to_string_lossy()])?;
    // A fetch would start a gc of git's own in the background.
    git(&dir, &["config", "gc.auto", "0"])?;
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
    let medians = |dir: &Path| -> io::Result<Vec<Duration>> {
        let one = |(_, args): &Question<'_>| {
            measure(arguments.common.effort, &mut || timed(command("git", dir, args)))
                .map(|summary| summary.median)
        };
        questions.iter().map(one).collect()
    };
    let before = medians(&dir)?;
    let run = timed(ours(&dir, &["run"]))?;
    let after = medians(&dir)?;
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
        all.push((format!("{name} after `git optimize`, before"), times));
        text.push_str(&format!(
            "| {name} | {} | {} | {times:.1} |\n",
            milliseconds(*before),
            milliseconds(*after)
        ));
    }
    Ok(text)
}

fn clone(original: &Path) -> io::Result<(tempfile::TempDir, PathBuf)> {
    let temporary = tempfile::Builder::new().prefix("optimize-bench-").tempdir()?;
    let dir = temporary.path().join("repository.git");
    repository::mirror(original, &dir)?;
    Ok((temporary, dir))
}

fn measure(effort: Effort, run: &mut dyn FnMut() -> io::Result<Run>) -> io::Result<Summary> {
    let runs: Vec<Run> = effort.rounds().map(|_| run()).collect::<io::Result<_>>()?;
    Ok(Summary::of(&runs))
}

fn ours(dir: &Path, args: &[&str]) -> Command {
    command(programs::ours("git-optimize"), dir, args)
}
