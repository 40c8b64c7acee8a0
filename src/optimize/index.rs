//! `git optimize index`: build, update, verify, status, clear.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use gix::ObjectId;

use super::cli::{IndexCommand, IndexOptions};
use super::context::Context;
use super::progress::{Progress, ProgressWanted};
use super::report::reachable;
use super::run::graph;
use super::said;
use crate::cli::fatal;
use crate::history::{self, Options, Outcome};
use crate::index::{History, Location, OpenIndex, Pos, WriterLock};
use crate::repo::{NotExact, Repo};
use crate::session::Session;

/// How much niceness a process in the background takes on.
const NICENESS: i32 = 10;
/// How long to wait for another writer.
const PATIENCE: Duration = Duration::from_secs(5);
/// What how many commits did to paths `verify --deep` compares.
const DEEP_SAMPLE: u32 = 2048;

pub(super) fn run(options: &IndexOptions) -> ExitCode {
    if options.detached {
        // Both may fail, and then it runs like any other process.
        let _ = rustix::process::setsid();
        let _ = rustix::process::nice(NICENESS);
    }
    match answer(options) {
        Ok(code) => code,
        Err(reason) => fatal(&reason.to_string()),
    }
}

fn answer(options: &IndexOptions) -> Result<ExitCode, NotExact> {
    let context = Context::open()?;
    let session = context.session()?;
    match options.command {
        IndexCommand::Build => write(&session, options, true),
        IndexCommand::Update => write(&session, options, false),
        IndexCommand::Verify { sample, deep, all } => {
            let deep = deep.then_some(if all { u32::MAX } else { DEEP_SAMPLE });
            verify((&context.repo, &session), options, sample, deep)
        }
        IndexCommand::Status => status(&session),
        IndexCommand::Clear => clear(&session, options),
    }
}

/// Adds to the index what is new, and says nothing but how far it is.
pub(super) fn update_for_report(session: &Session<'_>, wanted: ProgressWanted) -> Result<(), NotExact> {
    let ProgressWanted { forced: progress, quiet } = wanted;
    let options = IndexOptions { command: IndexCommand::Update, quiet, progress, detached: false };
    add(session, &options, false).map(drop)
}

fn wanted(options: &IndexOptions) -> ProgressWanted {
    ProgressWanted { forced: options.progress, quiet: options.quiet }
}

fn failed(err: impl std::fmt::Display) -> NotExact {
    NotExact::from(err.to_string())
}

fn busy() -> NotExact {
    "another process writes the index; try again when it is done".into()
}

fn say(options: &IndexOptions, text: &str) {
    if !options.quiet {
        said::line(text);
    }
}

fn write(session: &Session<'_>, options: &IndexOptions, anew: bool) -> Result<ExitCode, NotExact> {
    let Some((outcome, paths)) = add(session, options, anew)? else { return Ok(ExitCode::SUCCESS) };
    say(
        options,
        &match outcome {
            Outcome::Current => "index: up to date".to_owned(),
            Outcome::Appended { commits, joined } => {
                format!("index: added {commits} commits (joined with {joined} segments)")
            }
            Outcome::Rebuilt { commits, .. } => format!("index: built, {commits} commits"),
        },
    );
    if paths > 0 {
        say(options, &format!("index: added the paths of {paths} commits"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What was added, and the paths of how many commits; `None` when another process does it.
fn add(
    session: &Session<'_>,
    options: &IndexOptions,
    anew: bool,
) -> Result<Option<(Outcome, u32)>, NotExact> {
    let location = session.prepare().map_err(|err| failed(session.cannot_create(&err)))?;
    let lock = if options.detached {
        // Whoever has it does the same work.
        match WriterLock::try_acquire(&location.dir).map_err(failed)? {
            Some(lock) => lock,
            None => return Ok(None),
        }
    } else {
        let waiting = |holder: Option<u32>| {
            if !options.quiet {
                let who = holder.map_or_else(String::new, |pid| format!(" {pid}"));
                let _ = writeln!(std::io::stderr(), "waiting for process{who}, which writes the index");
            }
        };
        WriterLock::acquire(&location.dir, PATIENCE, waiting).map_err(failed)?.ok_or_else(busy)?
    };
    let (tips, known) = tips(session, &location, anew)?;
    let target = session.target(&location).map_err(failed)?;
    let progress = Progress::new("Indexing history", wanted(options));
    let expected = expected(target.objects.store_ref().path(), known);
    let report = |commits, _| progress.at_about(commits, expected);
    let dates = session.dates();
    let mut build = Options::new(&dates);
    build.progress = Some(&report);
    let outcome = if anew {
        history::rebuild(&target, &lock, &tips, &build)
    } else {
        history::update(&target, &lock, &tips, &build)
    };
    let outcome = outcome.map_err(|err| failed(format!("cannot build the index: {err}")))?;
    drop(progress);
    // The history can be used from here on; what was done to paths follows.
    let progress = Progress::new("Indexing paths", wanted(options));
    let report = |commits, total| progress.at(commits, total);
    let mut build = Options::new(&dates);
    build.progress = Some(&report);
    let paths = history::update_paths(&target, &lock, &build)
        .map_err(|err| failed(format!("cannot index paths: {err}")))?;
    drop(progress);
    // Who needs to know finds out, if this fails.
    let _ = session.learn_abbrevs(&location);
    Ok(Some((outcome, paths)))
}

/// What the index is to reach, and how many commits it keeps. If it keeps some, it knows most of that to be commits.
fn tips(session: &Session<'_>, location: &Location, anew: bool) -> Result<(Vec<ObjectId>, u32), NotExact> {
    let index = if anew { None } else { session.open_published(location).ok() };
    match index.as_ref().and_then(|index| index.history().ok()) {
        Some(history) => Ok((session.all_tips(&|id| history.lookup(id).is_some())?, history.len())),
        None => Ok((session.all_tips(&|_| false)?, 0)),
    }
}

/// About how many commits are to be read, where that can be said without reading them: those that the commit-graph below
/// this directory of objects has, without those that the index knows. (From the number of objects it can't be said: there
/// may be three of them to a commit, or a thousand.)
pub(super) fn expected(objects: &Path, known: u32) -> Option<u32> {
    graph::read(objects)?.commits.checked_sub(known).filter(|commits| *commits > 0)
}

fn existing(session: &Session<'_>) -> Result<Option<Location>, NotExact> {
    session.location().map_err(|err| failed(format!("cannot read the key of the index: {err}")))
}

fn verify(
    (repo, session): (&Repo, &Session<'_>),
    options: &IndexOptions,
    sample: Option<u32>,
    deep: Option<u32>,
) -> Result<ExitCode, NotExact> {
    let wrong = |what: &dyn std::fmt::Display| {
        let _ = writeln!(std::io::stderr(), "error: index: {what}");
        let _ = writeln!(std::io::stderr(), "hint: 'git optimize index build' builds it anew");
        Ok(ExitCode::FAILURE)
    };
    let Some(location) = existing(session)? else { return wrong(&"there is none") };
    let index = match session.open_published(&location) {
        Ok(index) => index,
        Err(rejected) => return wrong(&rejected),
    };
    if let Err((segment, damage)) = index.verify_hashes() {
        return wrong(&format!("segment {segment}: {damage}"));
    }
    let path_segments = match index.path_segments() {
        Ok(segments) => segments,
        Err(rejected) => return wrong(rejected),
    };
    for (segment, file) in path_segments.iter().enumerate() {
        if let Err(damage) = file.verify_hashes() {
            return wrong(&format!("path segment {segment}: {damage}"));
        }
    }
    let history = index.history().map_err(failed)?;
    let progress = Progress::new("Verifying history", wanted(options));
    let report = |commits, total| progress.at(commits, total);
    let dates = session.dates();
    let mut check = Options::new(&dates);
    check.progress = Some(&report);
    let target = session.target(&location).map_err(failed)?;
    let mut positions = history::sample(&history, sample.unwrap_or(u32::MAX));
    let gone = leave_out_vanished((repo, session), &history, &mut positions);
    let result = history::verify(&history, target.objects, target.kind, &positions, &check);
    drop(progress);
    match result {
        Ok(commits) if gone > 0 => {
            say(options, &format!("index: {commits} commits verified; {gone} are in the repository no more"));
        }
        Ok(commits) => say(options, &format!("index: {commits} commits verified")),
        Err(fault) => return wrong(&fault),
    }
    let Some(deep) = deep else { return Ok(ExitCode::SUCCESS) };
    let paths = index.paths().map_err(failed)?;
    let progress = Progress::new("Verifying paths", wanted(options));
    let report = |commits, total| progress.at(commits, total);
    let mut check = Options::new(&dates);
    check.progress = Some(&report);
    let runs = history::sample_runs(&history, deep);
    let source = (&history, target.objects, target.kind);
    let result = history::verify_paths(source, &paths, &runs, &check);
    drop(progress);
    match result {
        Ok(commits) => {
            say(options, &format!("index: the paths of {commits} commits verified"));
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => wrong(&fault),
    }
}

/// Takes out what nothing leads to any more and the repository has lost: it can't be compared, and nobody can ask for it
/// either. Returns how many those are.
fn leave_out_vanished(
    (repo, session): (&Repo, &Session<'_>),
    history: &History<'_>,
    positions: &mut Vec<Pos>,
) -> usize {
    let before = positions.len();
    let tips = session.all_tips(&|id| history.lookup(id).is_some()).unwrap_or_default();
    let reached = reachable(history, &tips);
    positions.retain(|pos| reached[pos.index()] || repo.object_header(history.oid(*pos)).is_ok());
    before - positions.len()
}

fn status(session: &Session<'_>) -> Result<ExitCode, NotExact> {
    let Some(location) = existing(session)? else {
        said::line("index: none (git optimize index build makes one)");
        return Ok(ExitCode::SUCCESS);
    };
    let mut text = format!("index: {}\n", location.dir.display());
    if let Some(refused) = location.refused {
        text.push_str(&format!("not in {}: {refused}\n", crate::index::location::BESIDE));
    }
    match session.open_published(&location) {
        Err(rejected) if rejected.is_missing() => text.push_str("state: not built\n"),
        Err(rejected) => text.push_str(&format!("state: rejected: {rejected}\n")),
        Ok(index) => {
            let history = index.history().map_err(failed)?;
            let missing = {
                let tips = session.all_tips(&|id| history.lookup(id).is_some())?;
                tips.iter().filter(|tip| history.lookup(tip).is_none()).count()
            };
            text.push_str(&match missing {
                0 => "state: up to date\n".to_owned(),
                1 => "state: 1 tip is newer\n".to_owned(),
                n => format!("state: {n} tips are newer\n"),
            });
            let bytes: u64 = index.segments().iter().map(|segment| segment.byte_len()).sum();
            text.push_str(&format!(
                "commits: {}\nsegments: {}\nbytes: {bytes}\n",
                history.len(),
                index.segments().len(),
            ));
            text.push_str(&path_status(&index));
        }
    }
    said::text(&text);
    Ok(ExitCode::SUCCESS)
}

fn path_status(index: &OpenIndex) -> String {
    let (paths, segments) = match (index.paths(), index.path_segments()) {
        (Ok(paths), Ok(segments)) => (paths, segments),
        (Err(rejected), _) | (_, Err(rejected)) => return format!("paths: rejected: {rejected}\n"),
    };
    let bytes: u64 = segments.iter().map(|segment| segment.byte_len()).sum();
    let quirks: u64 = segments.iter().map(|segment| u64::from(segment.header().quirks)).sum();
    format!(
        "paths of commits: {}\npath segments: {}\npath bytes: {bytes}\nunknown: {}\nquirks: {quirks}\n",
        paths.len(),
        segments.len(),
        paths.unknown().count(),
    )
}

fn clear(session: &Session<'_>, options: &IndexOptions) -> Result<ExitCode, NotExact> {
    let Some(location) = existing(session)? else {
        say(options, "index: there is none");
        return Ok(ExitCode::SUCCESS);
    };
    if location.dir.exists() {
        let _lock = WriterLock::acquire(&location.dir, PATIENCE, |_| ()).map_err(failed)?.ok_or_else(busy)?;
        location
            .remove()
            .map_err(|err| failed(format!("cannot remove {}: {err}", location.dir.display())))?;
    }
    say(options, "index: removed");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    #[test]
    fn a_commit_graph_tells_how_many_commits_to_expect() {
        let world = Sandbox::new();
        world.git(".", &["init", "-q", "r"]);
        for message in ["one", "two", "three"] {
            world.git("r", &["commit", "-q", "--allow-empty", "-m", message]);
        }
        let objects = world.path("r/.git/objects");
        assert_eq!(expected(&objects, 0), None, "nobody has counted them");
        world.git("r", &["commit-graph", "write", "--reachable"]);
        assert_eq!([0, 1, 3, 4].map(|known| expected(&objects, known)), [Some(3), Some(2), None, None]);
    }
}
