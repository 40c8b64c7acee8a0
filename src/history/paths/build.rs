//! Compares the trees of many commits, with several threads.
//!
//! The unit of work is a run of neighbouring commits; finished runs are put in order again and joined to slices.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use gix::hash::Kind;

use super::diff::Differ;
use super::trees::Trees;
use crate::history::packs::Packs;
use crate::history::{Error, Options};
use crate::index::{History, Pos, Slice};

/// So many commits are one unit of work. Where a unit ends, trees are read twice.
const RUN_COMMITS: u32 = 2048;
/// A unit ends early when it has so many changes. The rest becomes a unit of its own.
const RUN_CHANGES: usize = 1 << 18;
/// A slice ends early when it has so many changes.
const SLICE_CHANGES: usize = 3 << 19;
/// How many bytes of trees all threads keep together.
const CACHE: usize = 96 << 20;
/// More threads would have too small caches.
const MAX_THREADS: usize = 8;
/// How many runs each thread may be ahead of the first that is not finished.
const AHEAD: usize = 3;
/// How often the deadline is looked at while nothing arrives.
const TICK: Duration = Duration::from_millis(20);

/// Where trees come from.
pub(in crate::history) struct Source<'a> {
    pub(in crate::history) history: &'a History<'a>,
    pub(in crate::history) objects: &'a gix::OdbHandle,
    pub(in crate::history) kind: Kind,
}

/// What a run has; it may be less than was asked for.
type Answer = (Range<u32>, Slice);

/// Compares the commits at `positions` with their first parents, and gives the result to `each` slice by slice.
///
/// # Errors
/// When it is told to stop, or `each` fails.
pub(in crate::history) fn slices(
    source: &Source<'_>,
    positions: Range<u32>,
    options: &Options<'_>,
    each: impl FnMut(Slice) -> Result<(), Error>,
) -> Result<(), Error> {
    let cores = thread::available_parallelism().map_or(2, NonZero::get).min(MAX_THREADS);
    let threads = cores.min(positions.len().div_ceil(RUN_COMMITS as usize)).max(1);
    let packs = Packs::open(source.objects.store_ref(), source.kind);
    let (jobs, queue) = channel();
    let (answers, incoming) = channel();
    let queue = Mutex::new(queue);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..threads {
            let mut objects = source.objects.clone();
            // Who has replacement objects is not served from the index.
            objects.ignore_replacements = true;
            let (answers, packs, queue, stop) = (answers.clone(), &packs, &queue, &stop);
            let (history, kind) = (source.history, source.kind);
            let worker = move || {
                let mut trees = Trees::new(packs, objects, CACHE / threads);
                work(queue, &answers, stop, history, kind, &mut trees);
            };
            thread::Builder::new().spawn_scoped(scope, worker)?;
        }
        drop(answers);
        // Dropping `jobs` at the end of this call, however it ends, is what ends the threads.
        let done = Joiner { source, jobs, end: positions.end, capacity: threads * AHEAD, each }.run(
            positions.start,
            &incoming,
            options,
        );
        stop.store(true, Ordering::Relaxed);
        done
    })
}

fn work(
    queue: &Mutex<Receiver<Range<u32>>>,
    answers: &Sender<Answer>,
    stop: &AtomicBool,
    history: &History<'_>,
    kind: Kind,
    trees: &mut Trees<'_>,
) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(run) = job else { return };
        let mut differ = Differ::new(kind, Slice::new(kind, Pos(run.start)), stop);
        for pos in run.clone() {
            commit(history, Pos(pos), trees, &mut differ);
            if stop.load(Ordering::Relaxed) {
                return;
            }
            if differ.slice.changes() >= RUN_CHANGES {
                break;
            }
        }
        if answers.send((run, differ.slice)).is_err() {
            return;
        }
    }
}

/// Compares one commit with its first parent.
pub(super) fn commit(history: &History<'_>, pos: Pos, trees: &mut Trees<'_>, differ: &mut Differ<'_>) {
    let old = history.first_parent(pos).map(|parent| history.tree(parent));
    let before = differ.slice.commits();
    // A damaged pack may make the reader of packs panic.
    let done = catch_unwind(AssertUnwindSafe(|| differ.commit(trees, old, history.tree(pos))));
    if done.is_err() && differ.slice.commits() == before {
        differ.slice.unknown();
    }
}

/// Puts runs together.
struct Joiner<'a, F> {
    source: &'a Source<'a>,
    jobs: Sender<Range<u32>>,
    end: u32,
    capacity: usize,
    each: F,
}

impl<F: FnMut(Slice) -> Result<(), Error>> Joiner<'_, F> {
    fn run(mut self, start: u32, incoming: &Receiver<Answer>, options: &Options<'_>) -> Result<(), Error> {
        let kind = self.source.kind;
        // What is asked for next; what is needed next; what has come before it was needed.
        let (mut next, mut needed) = (start, start);
        let mut early: BTreeMap<u32, Slice> = BTreeMap::new();
        let mut in_flight = 0;
        let run_commits = RUN_COMMITS.min(options.path_slice).max(1);
        let mut slice = Slice::new(kind, Pos(start));
        let total = Some(self.end - start);
        while needed < self.end {
            while next < self.end && in_flight + early.len() < self.capacity {
                let run = next..self.end.min(next.saturating_add(run_commits));
                next = run.end;
                in_flight += 1;
                // The receiver lives as long as this call.
                let _ = self.jobs.send(run);
            }
            options.check(needed - start, total)?;
            let (run, part) = match incoming.recv_timeout(TICK) {
                Ok(answer) => answer,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return Err(Error::Stopped),
            };
            let rest = run.start + part.commits()..run.end;
            early.insert(run.start, part);
            if rest.is_empty() {
                in_flight -= 1;
            } else {
                let _ = self.jobs.send(rest);
            }
            while let Some(part) = early.remove(&needed) {
                needed += part.commits();
                slice.append(part)?;
                let full = slice.commits() >= options.path_slice || slice.changes() >= SLICE_CHANGES;
                if full || needed == self.end {
                    (self.each)(std::mem::replace(&mut slice, Slice::new(kind, Pos(needed))))?;
                }
            }
        }
        options.report(needed - start, total);
        Ok(())
    }
}
