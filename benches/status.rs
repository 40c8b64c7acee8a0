//! Whole-process comparison of git-faststatus with git status on generated worktrees:
//!
//! `cargo bench --bench status -- --output docs/BENCHMARKS-status.md --files 10000,100000,1000000`
//!
//! Runs are interleaved, standard output is `/dev/null`, caches are warm, and no time is reported for an answer that
//! differs from git's. git is measured with an index that has an untracked cache and with one that has none. The
//! floor is what no program without a watcher can do without: one `fstatat` for each tracked file, on as many threads
//! as there are processors, without looking at what it says.

mod support;
mod worktree;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::Parser;
use support::document;
use support::options::Common;
use support::programs::{command, git, gix_version, ours, succeed};
use support::timing::{Effort, Run, Summary, megabytes, milliseconds, timed, times_faster};
use worktree::Worktree;

/// Compares git-faststatus with git status.
#[derive(Parser)]
struct Arguments {
    /// Sizes of the worktrees, in files.
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000])]
    files: Vec<usize>,
    #[command(flatten)]
    common: Common,
    /// Where worktrees are made; they are kept there, and found again.
    #[arg(long, default_value = "target/bench-status")]
    place: PathBuf,
    /// Measure the floor in this worktree and print it in nanoseconds (what the benchmark starts itself with).
    #[arg(long, hide = true)]
    floor: Option<PathBuf>,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    if let Some(top) = &arguments.floor {
        let (wall, processor) = worktree::floor(top)?;
        return writeln!(io::stdout(), "{} {}", wall.as_nanos(), processor.as_nanos());
    }
    std::fs::create_dir_all(&arguments.place)?;
    let place = std::fs::canonicalize(&arguments.place)?;
    // First, while this process is small: a child's peak memory is at least that of what it was forked from.
    let mut text = many(&place, arguments.common.effort)?;
    let mut all = Vec::new();
    for files in &arguments.files {
        text.push_str(&one_worktree(&place, *files, arguments.common.effort, &mut all)?);
    }
    let gix = gix_version().unwrap_or_else(|| "no gix".to_owned());
    let heading = format!("{}\n- {gix}\n\n", heading(&arguments)?.trim_end());
    let text = [heading, document::slower(&all), text].concat();
    document::write(arguments.common.output.as_deref(), &text)
}

fn heading(arguments: &Arguments) -> io::Result<String> {
    let files: Vec<String> = arguments.files.iter().map(usize::to_string).collect();
    document::heading(
        "Benchmarks of git faststatus",
        &arguments.common.again("status", &format!("--files {}", files.join(","))),
        "Whole processes, median wall-clock time (and, under “processor”, the time of all threads, which other \
         load changes less), standard output to `/dev/null`, runs interleaved, caches warm. \
         Answers were compared byte for byte first. UC: git with an index that has an untracked cache. gix: gitoxide's \
         `gix status`, where it is installed; what it prints is not compared. Floor: \
         `fstatat` of every tracked file relative to its open directory, on all processors, and nothing else. “Times” \
         are medians of what each round says. Memory is the peak resident set, mapped files included. Our programs are \
         copies, as if installed. Dirty: ten files \
         edited, ten new ones, one staged.",
    )
}

/// What both are asked.
const QUESTIONS: [&[&str]; 4] = [&[], &["-uno"], &["-uall"], &["--ignored"]];

/// One table; `all` gets what each row is about, and how many times as fast as git we are.
fn one_worktree(
    place: &Path,
    files: usize,
    effort: Effort,
    all: &mut Vec<(String, f64)>,
) -> io::Result<String> {
    let tree = Worktree::make(place, files)?;
    let mut text = format!(
        "## {files} files in {} directories\n\n| state | `status …` | git | p95 | with UC | gix | ours | p95 | p99 | floor | \
         times git | times UC | ours / floor | processor: git | ours | floor | memory: git | ours |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | \
         ---: | ---: |\n",
        tree.directories,
    );
    for dirty in [false, true] {
        tree.set_dirty(dirty)?;
        for words in QUESTIONS {
            let (line, [times, times_cached]) = tree_row(&tree, dirty, words, effort)?;
            document::row(&mut text, &line)?;
            let state = if dirty { "dirty" } else { "clean" };
            let about = format!("{files} files, {state}: `status {}`", words.join(" "));
            all.push((about.clone(), times));
            all.push((format!("{about}, git with UC"), times_cached));
        }
    }
    tree.set_dirty(false)?;
    text.push('\n');
    Ok(text)
}

/// A line, and how many times as fast ours is as git, and as git with an untracked cache.
fn tree_row(tree: &Worktree, dirty: bool, words: &[&str], effort: Effort) -> io::Result<(String, [f64; 2])> {
    tree.check(words)?;
    let [mut plain, mut cached, mut gix, mut ours, mut floor] = [const { Vec::<Run>::new() }; 5];
    let has_gix = gix_version().is_some();
    for _ in effort.rounds() {
        plain.push(timed(tree.git_status(words, false))?);
        cached.push(timed(tree.git_status(words, true))?);
        if has_gix {
            gix.push(timed(tree.gix_status(words))?);
        }
        ours.push(timed(tree.our_status(words))?);
        floor.push(own_floor(&tree.top)?);
    }
    effort.alone(&mut plain, || timed(tree.git_status(words, false)))?;
    effort.alone(&mut ours, || timed(tree.our_status(words)))?;
    let [times, times_cached, times_floor] =
        [&plain, &cached, &floor].map(|other| times_faster(other, &ours));
    let gix = (!gix.is_empty()).then(|| milliseconds(Summary::of(&gix).median));
    let [plain, cached, ours, floor] = [plain, cached, ours, floor].map(|runs| Summary::of(&runs));
    let line = format!(
        "| {} | `{}` | {} | {} | {} | {} | {} | {:.1} | {:.1} | {:.2} | {} | {} | {} | {} | {} |\n",
        if dirty { "dirty" } else { "clean" },
        words.join(" "),
        plain.median_and_p95(),
        milliseconds(cached.median),
        gix.as_deref().unwrap_or("–"),
        ours.wall(),
        milliseconds(floor.median),
        times,
        times_cached,
        1.0 / times_floor,
        milliseconds(plain.processor),
        milliseconds(ours.processor),
        milliseconds(floor.processor),
        megabytes(plain.memory),
        megabytes(ours.memory),
    );
    Ok((line, [times, times_cached]))
}

/// The floor, in a process of its own like all the others.
fn own_floor(top: &Path) -> io::Result<Run> {
    let output = Command::new(std::env::current_exe()?).arg("--floor").arg(top).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let times: Vec<Duration> =
        text.split_whitespace().filter_map(|word| word.parse().ok()).map(Duration::from_nanos).collect();
    match times.as_slice() {
        [wall, processor] => Ok(Run { wall: *wall, processor: *processor, memory: 0 }),
        _ => Err(io::Error::other("no times")),
    }
}

/// 100 linked worktrees of 1,000 files, each on a branch of its own that is one commit ahead of another.
fn many(place: &Path, effort: Effort) -> io::Result<String> {
    const COUNT: usize = 100;
    let tree = Worktree::make(place, 1000)?;
    for number in 1..COUNT {
        let path = place.join(format!("linked-{number}"));
        if !path.exists() {
            let branch = format!("branch-{number}");
            git(&tree.top, &["worktree", "add", "-q", "-b", &branch, &path.to_string_lossy()])?;
            git(&path, &["branch", "-q", "--set-upstream-to", "main"])?;
            git(&path, &["commit", "-q", "--allow-empty", "-m", &branch])?;
        }
    }
    succeed(command(ours("git-optimize"), &tree.top, &["index", "update"]))?;
    let words = ["--worktrees"];
    // The first time makes what the others find.
    for _ in 0..3 {
        timed(tree.our_status(&words))?;
        std::thread::sleep(Duration::from_millis(200));
    }
    let answer = succeed(tree.our_status(&words))?;
    let answer = String::from_utf8_lossy(&answer);
    let ahead = answer.lines().filter(|line| line.contains(" +1")).count();
    if (answer.lines().count(), ahead) != (COUNT, COUNT - 1) {
        return Err(io::Error::other(format!("not all worktrees are answered about:\n{answer}")));
    }
    let times: Vec<Run> =
        effort.rounds().map(|_| timed(tree.our_status(&words))).collect::<io::Result<_>>()?;
    let ours = Summary::of(&times);
    Ok(format!(
        "## {COUNT} worktrees of 1000 files\n\n`git faststatus --worktrees`, each on a branch that is ahead of its upstream: \
         {} (p95 and p99: {}), {} (the largest process; one for each worktree, as many at a time as there are processors \
         and eight at most)\n\n",
        milliseconds(ours.median),
        ours.wall().split_once(" | ").map_or("–", |(_, rest)| rest),
        megabytes(ours.memory),
    ))
}
