//! The task that this program does itself: building and updating its index, and dropping from it what has vanished.

use std::time::Duration;

use gix::ObjectId;

use super::execute::{Runner, Stop};
use super::facts::Facts;
use super::tasks::Asked;
use crate::history::{self, Options, Outcome};
use crate::index::{History, WriterLock};
use crate::optimize::context::Context;
use crate::optimize::index;
use crate::optimize::progress::{Progress, ProgressWanted};
use crate::optimize::report::reachable;

/// How long to wait for another writer.
const PATIENCE: Duration = Duration::from_secs(5);
/// An index of fewer commits is not built anew for being smaller.
const WORTH_REBUILDING: u32 = 10_000;
/// One commit in so many has to be vanished for that.
const VANISHED_SHARE: u32 = 4;

/// How many commits the tips do not reach any more, if that is reason enough to build the index anew.
pub(super) fn many_vanished(history: &History<'_>, tips: &[ObjectId]) -> Option<u32> {
    if history.len() < WORTH_REBUILDING {
        return None;
    }
    let vanished = reachable(history, tips).iter().filter(|reached| !**reached).count() as u32;
    (vanished > history.len() / VANISHED_SHARE).then_some(vanished)
}

pub(super) fn run(runner: &Runner<'_>, facts: &mut Facts, _: Asked) -> Result<String, Stop> {
    let session = runner.context.session().map_err(Stop::failed)?;
    let location = session.prepare().map_err(|err| Stop::Failed(session.cannot_create(&err)))?;
    let lock = WriterLock::acquire(&location.dir, PATIENCE, |_| ()).map_err(Stop::failed)?;
    let Some(lock) = lock else { return Err(Stop::Skipped("another process writes it".to_owned())) };
    let tips = session.all_tips(&|_| false).map_err(Stop::failed)?;
    let target = session.target(&location).map_err(Stop::failed)?;
    let dates = session.dates();
    let events = runner.events;
    let bar = Progress::new("Indexing", ProgressWanted { forced: false, quiet: !events.bars() });
    let known = session.open_published(&location).ok().and_then(|index| Some(index.history().ok()?.len()));
    let expected = index::expected(target.objects.store_ref().path(), known.unwrap_or(0));
    let event = |phase: &str, commits: u32, total: Option<u32>| {
        events.progress("index", phase, u64::from(commits), total.map(u64::from));
    };
    let history_progress = |commits, total| {
        bar.at_about(commits, expected);
        event("history", commits, total);
    };
    let path_progress = |commits, total| {
        bar.at(commits, total);
        event("paths", commits, total);
    };
    let mut options = Options::new(&dates);
    options.deadline = runner.deadline;
    options.progress = Some(&history_progress);
    let mut outcome = history::update(&target, &lock, &tips, &options).map_err(stop)?;
    if !matches!(outcome, Outcome::Rebuilt { .. }) {
        let published = session.open_published(&location).map_err(Stop::failed)?;
        let history = published.history().map_err(Stop::failed)?;
        if many_vanished(&history, &tips).is_some() {
            outcome = history::rebuild(&target, &lock, &tips, &options).map_err(stop)?;
        }
    }
    bar.forget_total();
    options.progress = Some(&path_progress);
    let paths = history::update_paths(&target, &lock, &options).map_err(stop)?;
    drop((bar, lock));
    facts.refresh_index(runner.context).map_err(Stop::failed)?;
    let what = match outcome {
        Outcome::Current => "all commits were there".to_owned(),
        Outcome::Appended { commits, joined } => format!("added {commits} commits, joined {joined} segments"),
        Outcome::Rebuilt { commits, .. } => format!("built, {commits} commits"),
    };
    Ok(if paths > 0 { format!("{what}; paths of {paths} commits") } else { what })
}

fn stop(err: history::Error) -> Stop {
    match err {
        history::Error::Stopped => Stop::OutOfTime,
        other => Stop::Failed(Context::fails(other).to_string()),
    }
}
