//! The search for the nearest tag, as git-describe(1) has it under "Search strategy": back through history by date,
//! until there are enough candidates; the one that lacks the fewest commits is taken.
//!
//! Which candidates are met, and what each is found to lack, depends on the order of dates, so it is the same order
//! here, and the walk ends where git's ends. That was found by running git on random histories.

use crate::index::{History, Pos};
use crate::log::describe::names::Names;
use crate::log::walk::DateQueue;

/// How many candidates git looks at (`--candidates`).
const MOST: usize = 10;

/// Marks of a commit. Bit `n` is set in what candidate `n` has.
type Marks = u16;
const MET: Marks = 1 << 14;
const QUEUED: Marks = 1 << 15;

/// What describes a commit.
pub(super) struct Found {
    /// The commit that has the name.
    pub(super) tag: Pos,
    /// How many commits are not in it; `None` if it is the very commit.
    pub(super) depth: Option<u32>,
}

/// A commit with a name, above which there may be nearer ones.
struct Candidate {
    tag: Pos,
    depth: u32,
}

/// Searches one history, again and again.
pub(super) struct Search<'h> {
    history: &'h History<'h>,
    stops_early: bool,
    marks: Vec<Marks>,
    met: Vec<Pos>,
    queue: DateQueue,
}

impl<'h> Search<'h> {
    /// With `stops_early` the walk ends once there can't be more candidates, without it at the first one too many.
    pub(super) fn new(history: &'h History<'h>, stops_early: bool) -> Self {
        let marks = vec![0; history.len() as usize];
        Search { history, stops_early, marks, met: Vec::new(), queue: DateQueue::default() }
    }

    /// What describes `commit`, if anything does.
    pub(super) fn nearest(&mut self, names: &Names, commit: Pos) -> Option<Found> {
        if names.is_empty() {
            return None;
        }
        if names.get(commit).is_some() {
            return Some(Found { tag: commit, depth: None });
        }
        let nearest = self.walk(names, commit);
        for pos in self.met.drain(..) {
            self.marks[pos.index()] = 0;
        }
        self.queue = DateQueue::default();
        nearest
    }

    fn walk(&mut self, names: &Names, commit: Pos) -> Option<Found> {
        let mut candidates: Vec<Candidate> = Vec::with_capacity(MOST);
        let mut any_annotated = false;
        let mut seen = 0;
        let mut unread = None;
        self.push(commit, 0);
        while let Some(pos) = self.pop() {
            let enough = candidates.len() == MOST || candidates.len() == names.objects;
            if self.stops_early && enough {
                unread = Some(pos);
                break;
            }
            if let Some(name) = names.get(pos) {
                if candidates.len() == MOST {
                    unread = Some(pos);
                    break;
                }
                self.marks[pos.index()] |= 1 << candidates.len();
                candidates.push(Candidate { tag: pos, depth: seen });
                any_annotated |= name.annotated.is_some();
            }
            seen += 1;
            let marks = self.marks[pos.index()];
            for (at, candidate) in candidates.iter_mut().enumerate() {
                candidate.depth += u32::from(marks >> at & 1 == 0);
            }
            if any_annotated && self.queue.peek().is_none() && has_all_best(&candidates, marks) {
                break;
            }
            self.push_parents(pos);
        }
        let (best, candidate) = candidates.iter().enumerate().min_by_key(|(_, candidate)| candidate.depth)?;
        if let Some(pos) = unread {
            self.requeue(pos);
        }
        let depth = candidate.depth + self.rest(1 << best);
        Some(Found { tag: candidate.tag, depth: Some(depth) })
    }

    /// How many of the commits that were not visited yet the candidate with this mark lacks.
    fn rest(&mut self, mark: Marks) -> u32 {
        let lacks = |marks: Marks| marks & mark == 0;
        let mut lacking = self.queue.iter().filter(|pos| lacks(self.marks[pos.index()])).count();
        let mut depth = 0;
        while let Some(pos) = self.pop() {
            let marks = self.marks[pos.index()];
            if lacks(marks) {
                lacking -= 1;
                depth += 1;
            } else if lacking == 0 {
                break;
            }
            for parent in self.history.parents(pos) {
                let old = self.marks[parent.index()];
                if old & MET == 0 {
                    lacking += usize::from(lacks(marks));
                } else if old & QUEUED != 0 && lacks(old) && !lacks(marks) {
                    lacking -= 1;
                }
                self.push(parent, marks);
            }
        }
        depth
    }

    fn push_parents(&mut self, pos: Pos) {
        let marks = self.marks[pos.index()];
        for parent in self.history.parents(pos) {
            self.push(parent, marks);
        }
    }

    /// Hands marks down to a commit, and queues it when it is met for the first time.
    fn push(&mut self, pos: Pos, marks: Marks) {
        let own = &mut self.marks[pos.index()];
        let new = *own & MET == 0;
        *own |= marks & !(MET | QUEUED);
        if new {
            *own |= MET;
            self.met.push(pos);
            self.requeue(pos);
        }
    }

    fn requeue(&mut self, pos: Pos) {
        self.marks[pos.index()] |= QUEUED;
        self.queue.push(self.history.committer_time(pos), pos);
    }

    fn pop(&mut self) -> Option<Pos> {
        let pos = self.queue.pop()?;
        self.marks[pos.index()] &= !QUEUED;
        Some(pos)
    }
}

/// Whether a commit with these marks is in every candidate that lacks the fewest.
fn has_all_best(candidates: &[Candidate], marks: Marks) -> bool {
    let fewest = candidates.iter().map(|candidate| candidate.depth).min();
    let mut best = candidates.iter().enumerate().filter(|(_, candidate)| Some(candidate.depth) == fewest);
    best.all(|(at, _)| marks >> at & 1 != 0)
}
