//! Reads commits with several threads.
//!
//! A walk alone would not keep threads busy: in a linear history each commit must be read before the next one is
//! known. So the unit of work is a [`Chunk`] of neighbouring pack entries: a commit that is needed brings its whole
//! chunk, and a chunk that consisted of commits suggests the one that follows it.

use std::collections::{HashMap, HashSet};
use std::io::{Seek, Write};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use gix::hash::{Kind, ObjectId};

use super::batch::Batch;
use super::build::{Options, read};
use super::collect::Collector;
use super::error::Error;
use super::runs::{Chunk, Runs};
use crate::index::keep_large_blocks_apart;

/// More threads would only wait for the one that collects.
const MAX_THREADS: usize = 16;
/// How many single objects are asked for at once.
const OBJECTS: usize = 64;
/// How often the deadline is looked at while nothing arrives.
const TICK: Duration = Duration::from_millis(20);

enum Job {
    /// A run of neighbouring pack entries.
    Chunk(Chunk),
    /// Certain commits, from wherever they are.
    Objects(Vec<ObjectId>),
}

enum Answer {
    /// What a run has, and whether it mostly consists of commits.
    Chunk(Chunk, Batch, bool),
    Objects(Result<Batch, Error>),
}

/// Reads all that the collector misses.
pub(super) fn collect<W: Write + Seek>(
    collector: &mut Collector<'_, W>,
    objects: &gix::OdbHandle,
    kind: Kind,
    options: &Options<'_>,
) -> Result<(), Error> {
    keep_large_blocks_apart();
    let runs = Runs::open(objects.store_ref(), kind);
    let threads = thread::available_parallelism().map_or(2, NonZero::get).min(MAX_THREADS);
    let (jobs, queue) = channel();
    let (answers, incoming) = channel();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (objects, answers, queue, runs) = (objects.clone(), answers.clone(), &queue, &runs);
            thread::Builder::new()
                .spawn_scoped(scope, move || work(queue, &answers, &objects, runs, kind))?;
        }
        drop(answers);
        // Dropping `jobs` at the end of this call, however it ends, is what ends the threads.
        let dispatcher = Dispatcher {
            jobs,
            runs: &runs,
            in_flight: 0,
            capacity: threads * 2,
            claimed: HashSet::new(),
            waiting: HashMap::new(),
            single: Vec::new(),
            ahead: Vec::new(),
            back: false,
        };
        dispatcher.run(collector, &incoming, options)
    })
}

fn work(
    queue: &Mutex<Receiver<Job>>,
    answers: &Sender<Answer>,
    objects: &gix::OdbHandle,
    runs: &Runs,
    kind: Kind,
) {
    let mut decoder = runs.decoder();
    let mut buf = Vec::new();
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Whoever waits for an answer must get one, even if a damaged pack makes the reader of packs panic.
        let done = catch_unwind(AssertUnwindSafe(|| match &job {
            Job::Chunk(chunk) => {
                let mut batch = Batch::default();
                // A malformed commit matters only if it is needed, and then it is asked for by name.
                let more = runs.decode(*chunk, &mut decoder, |id, raw| _ = batch.push(id, raw, kind));
                Answer::Chunk(*chunk, batch, more)
            }
            Job::Objects(ids) => {
                let mut batch = Batch::default();
                let result = ids.iter().try_for_each(|id| read(objects, kind, *id, &mut buf, &mut batch));
                Answer::Objects(result.map(|()| batch))
            }
        }));
        let answer = done.unwrap_or_else(|_| match job {
            Job::Chunk(chunk) => Answer::Chunk(chunk, Batch::default(), false),
            Job::Objects(ids) => Answer::Objects(match ids.first() {
                Some(id) => Err(Error::Unreadable { id: *id, reason: "reading it failed".into() }),
                None => Ok(Batch::default()),
            }),
        });
        if answers.send(answer).is_err() {
            return;
        }
    }
}

/// Decides what is read next.
struct Dispatcher<'a> {
    jobs: Sender<Job>,
    runs: &'a Runs,
    in_flight: usize,
    capacity: usize,
    /// Chunks that were asked for.
    claimed: HashSet<Chunk>,
    /// Chunks that were asked for and have not come, with the slots that are expected in them.
    waiting: HashMap<Chunk, Vec<u32>>,
    /// Slots that must be asked for one by one.
    single: Vec<u32>,
    /// Chunks that consisted of commits, so that their neighbours may be worth it.
    ahead: Vec<Chunk>,
    /// Whether the walk goes towards the start of the pack.
    back: bool,
}

impl Dispatcher<'_> {
    fn run<W: Write + Seek>(
        mut self,
        collector: &mut Collector<'_, W>,
        incoming: &Receiver<Answer>,
        options: &Options<'_>,
    ) -> Result<(), Error> {
        while !collector.is_complete() {
            self.fill(collector);
            options.check(collector.count(), None)?;
            match incoming.recv_timeout(TICK) {
                Ok(answer) => self.take(answer, collector)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Error::Stopped),
            }
        }
        Ok(())
    }

    fn take<W: Write + Seek>(
        &mut self,
        answer: Answer,
        collector: &mut Collector<'_, W>,
    ) -> Result<(), Error> {
        self.in_flight -= 1;
        match answer {
            Answer::Objects(batch) => collector.take(&batch?),
            Answer::Chunk(chunk, batch, more) => {
                collector.take(&batch)?;
                let expected = self.waiting.remove(&chunk).unwrap_or_default();
                self.single.extend(expected.into_iter().filter(|slot| collector.is_needed(*slot)));
                if more {
                    self.ahead.push(chunk);
                }
                Ok(())
            }
        }
    }

    /// Asks for more until enough is under way: first for what is certainly needed.
    fn fill<W: Write + Seek>(&mut self, collector: &mut Collector<'_, W>) {
        while self.in_flight < self.capacity {
            let job = match collector.next_wanted() {
                Some(slot) => match self.runs.locate(collector.id(slot)) {
                    Some(chunk) if self.claimed.insert(chunk) => {
                        self.turn(chunk);
                        self.waiting.insert(chunk, vec![slot]);
                        Job::Chunk(chunk)
                    }
                    Some(chunk) if self.waiting.contains_key(&chunk) => {
                        self.waiting.entry(chunk).or_default().push(slot);
                        continue;
                    }
                    _ => {
                        self.single.push(slot);
                        if self.single.len() < OBJECTS {
                            continue;
                        }
                        self.singles(collector)
                    }
                },
                None if !self.single.is_empty() => self.singles(collector),
                None => match self.look_ahead() {
                    Some(chunk) => {
                        self.waiting.insert(chunk, Vec::new());
                        Job::Chunk(chunk)
                    }
                    None => return,
                },
            };
            // The receiver lives as long as this call.
            if self.jobs.send(job).is_err() {
                return;
            }
            self.in_flight += 1;
        }
    }

    /// The next chunk that nobody has asked for, not too far from one that was worth it.
    fn look_ahead(&mut self) -> Option<Chunk> {
        while let Some(mut chunk) = self.ahead.last().copied() {
            for _ in 0..self.capacity {
                match chunk.neighbour(self.back).filter(|chunk| self.runs.has(*chunk)) {
                    Some(next) if self.claimed.insert(next) => return Some(next),
                    Some(next) => chunk = next,
                    None => break,
                }
            }
            self.ahead.pop();
        }
        None
    }

    /// Takes the direction in which a chunk that is needed lies from those that were asked for before.
    fn turn(&mut self, needed: Chunk) {
        let claimed = |back| needed.neighbour(back).is_some_and(|chunk| self.claimed.contains(&chunk));
        match (claimed(true), claimed(false)) {
            (true, false) => self.back = false,
            (false, true) => self.back = true,
            _ => {}
        }
    }

    fn singles<W: Write + Seek>(&mut self, collector: &Collector<'_, W>) -> Job {
        let slots = self.single.drain(..self.single.len().min(OBJECTS));
        Job::Objects(
            slots
                .filter(|slot| collector.is_needed(*slot))
                .map(|slot| collector.id(slot).to_owned())
                .collect(),
        )
    }
}
