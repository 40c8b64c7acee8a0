//! Compares the trees of many commits, with several threads.
//!
//! The unit of work is a run of neighbouring commits; finished runs are put in order again and joined to slices.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use gix::hash::Kind;

use super::diff::Differ;
use super::rows::Rows;
use super::trees::Trees;
use crate::history::packs::Packs;
use crate::history::{Error, Options};
use crate::index::{History, Pos};

/// So many commits are one unit of work. Where a unit ends, trees are read twice.
const RUN: u32 = 2048;
/// A unit ends early when it has so many changes.
const RUN_CHANGES: usize = 1 << 20;
/// A slice has about so many commits or changes.
const SLICE: u32 = 32_768;
/// See [`SLICE`].
const SLICE_CHANGES: usize = 4 << 20;
/// How many bytes of trees all threads keep together.
const CACHE: usize = 128 << 20;
/// More threads would have too small caches.
const MAX_THREADS: usize = 8;
/// How many runs each thread may be ahead of the first that is not finished.
const AHEAD: usize = 3;
/// How often the deadline is looked at while nothing arrives.
const TICK: Duration = Duration::from_millis(20);

/// Where trees come from.
pub(super) struct Source<'a> {
    pub(super) history: &'a History<'a>,
    pub(super) objects: &'a gix::OdbHandle,
    pub(super) kind: Kind,
}

struct Job {
    run: Range<u32>,
    packs: Arc<Packs>,
}

/// What a run has; it may be less than was asked for.
type Answer = (Range<u32>, Rows);

/// Compares the commits at `positions` with their first parents, and gives the result to `each` slice by slice.
///
/// # Errors
/// When it is told to stop, or `each` fails.
pub(super) fn slices(
    source: &Source<'_>,
    positions: Range<u32>,
    options: &Options<'_>,
    each: impl FnMut(u32, Rows) -> Result<(), Error>,
) -> Result<(), Error> {
    let cores = thread::available_parallelism().map_or(2, NonZero::get).min(MAX_THREADS);
    let threads = cores.min(positions.len().div_ceil(RUN as usize)).max(1);
    let (jobs, queue) = channel();
    let (answers, incoming) = channel();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..threads {
            let mut objects = source.objects.clone();
            // Who has replacement objects is not served from the index.
            objects.ignore_replacements = true;
            let (answers, queue, history, kind) = (answers.clone(), &queue, source.history, source.kind);
            let worker = move || work(queue, &answers, history, kind, objects, CACHE / threads);
            thread::Builder::new().spawn_scoped(scope, worker)?;
        }
        drop(answers);
        // Dropping `jobs` at the end of this call, however it ends, is what ends the threads.
        Joiner { source, jobs, end: positions.end, capacity: threads * AHEAD, each }.run(
            positions.start,
            &incoming,
            options,
        )
    })
}

fn work(
    queue: &Mutex<Receiver<Job>>,
    answers: &Sender<Answer>,
    history: &History<'_>,
    kind: Kind,
    objects: gix::OdbHandle,
    limit: usize,
) {
    let mut trees = Trees::new(objects, limit);
    let mut differ = Differ::new(kind);
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { run, packs }) = job else { return };
        trees.use_packs(packs);
        let mut rows = Rows::new(kind.len_in_bytes());
        for pos in run.clone() {
            commit(history, Pos(pos), &mut trees, &mut differ, &mut rows);
            if rows.changes.len() >= RUN_CHANGES {
                break;
            }
        }
        if answers.send((run, rows)).is_err() {
            return;
        }
    }
}

fn commit(history: &History<'_>, pos: Pos, trees: &mut Trees, differ: &mut Differ, rows: &mut Rows) {
    let old = history.first_parent(pos).map(|parent| history.tree(parent));
    // A damaged pack may make the reader of packs panic.
    let done = catch_unwind(AssertUnwindSafe(|| differ.commit(trees, old, history.tree(pos), rows)));
    if done.is_err() {
        rows.end_row(false);
    }
}

/// Puts runs together.
struct Joiner<'a, F> {
    source: &'a Source<'a>,
    jobs: Sender<Job>,
    end: u32,
    capacity: usize,
    each: F,
}

impl<F: FnMut(u32, Rows) -> Result<(), Error>> Joiner<'_, F> {
    fn run(mut self, start: u32, incoming: &Receiver<Answer>, options: &Options<'_>) -> Result<(), Error> {
        let new_rows = || Rows::new(self.source.kind.len_in_bytes());
        let open = || Arc::new(Packs::open(self.source.objects.store_ref(), self.source.kind));
        let mut packs = open();
        // What is asked for next; what is needed next; what has come before it was needed.
        let (mut next, mut needed) = (start, start);
        let mut early: BTreeMap<u32, Rows> = BTreeMap::new();
        let mut in_flight = 0;
        let mut slice = new_rows();
        while needed < self.end {
            while next < self.end && in_flight + early.len() < self.capacity {
                let run = next..self.end.min(next.saturating_add(RUN));
                next = run.end;
                in_flight += 1;
                // The receiver lives as long as this call.
                let _ = self.jobs.send(Job { run, packs: Arc::clone(&packs) });
            }
            options.check(needed)?;
            let (run, rows) = match incoming.recv_timeout(TICK) {
                Ok(answer) => answer,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return Err(Error::Stopped),
            };
            let rest = run.start + rows.len()..run.end;
            early.insert(run.start, rows);
            if rest.is_empty() {
                in_flight -= 1;
            } else {
                let _ = self.jobs.send(Job { run: rest, packs: Arc::clone(&packs) });
            }
            while let Some(rows) = early.remove(&needed) {
                slice.append(&rows);
                needed += rows.len();
                if slice.len() >= SLICE || slice.changes.len() >= SLICE_CHANGES || needed == self.end {
                    let slice = std::mem::replace(&mut slice, new_rows());
                    (self.each)(needed - slice.len(), slice)?;
                    // Pages of packs that are mapped count as memory: this lets go of them.
                    packs = open();
                }
            }
        }
        Ok(())
    }
}

/// Temporary.
pub fn try_it(history: &History<'_>, objects: &gix::OdbHandle, kind: Kind, options: &Options<'_>) {
    let source = Source { history, objects, kind };
    slices(&source, 0..history.len(), options, |base, rows| {
        let unknown = (0..rows.len() as usize).filter(|i| rows.row(*i).is_none()).count();
        eprintln!(
            "slice {base} commits {} changes {} paths {} quirks {} unknown {unknown}",
            rows.len(),
            rows.changes.len(),
            rows.paths.len(),
            rows.quirks
        );
        Ok(())
    })
    .unwrap();
}
