//! In which order a walk takes some of the commits that it reaches, found without walking.
//!
//! The queue gives out the newest commit that waits, and of equally old ones the one that has waited longest. So a
//! commit is taken at its own date or, where that is later than what was taken before it came to wait (a skewed
//! clock), right after the newest of its children: at its *time* ([`Times`]), the smaller of its date and the
//! largest time of its children. Commits of different times are taken in the order of these. Only where commits that
//! are asked for share a time it matters who came to wait first. Mostly one of them is there because of the other; else
//! it is looked up for those times alone. Where many commits are asked for, there is nothing to be saved: the queue is
//! used after all ([`QueueOrder`]), and gives them out while others are busy with what it gave out before.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use smallvec::SmallVec;

use super::positions::Positions;
use super::queue::DateQueue;
use super::{EXPANDED, Start, States};
use crate::index::{History, Pos};

/// After so many searches for who came first the queue is quicker.
const ROUNDS: usize = 4;
/// Where more than one commit of so many is asked for, it is quicker from the start.
pub(super) const MANY: usize = 8;

/// When commits are taken, in the seconds of their dates, and why some of them wait no sooner. To be told of all children
/// of a commit before it is asked about that.
pub(super) struct Times<'a> {
    history: &'a History<'a>,
    /// Those that wait before their date comes: tips, and whatever has a child that is taken earlier. Nearly all.
    early: Positions,
    /// The others, which wait because of a child that is taken at the same time.
    prompted: Positions,
    /// By position, that child. Pages of memory that no such commit is in cost nothing.
    child: Vec<u32>,
    /// Those with several such children.
    rivals: Positions,
    /// `None` where no clock was skewed, and a date says it all.
    late: Option<Late>,
}

/// Commits that no child has wait before their date has passed.
struct Late {
    commits: Positions,
    /// The largest time of their children.
    since: HashMap<Pos, i64>,
}

impl Late {
    fn remove(&mut self, pos: Pos) {
        if self.commits.has(pos) {
            self.commits.remove(pos);
            self.since.remove(&pos);
        }
    }
}

impl<'a> Times<'a> {
    pub(super) fn new(history: &'a History<'a>) -> Self {
        let len = history.len();
        let none = || Positions::new(len);
        let late = history.has_skewed().then(|| Late { commits: none(), since: HashMap::new() });
        let (early, prompted, rivals) = (none(), none(), none());
        Times { history, early, prompted, child: vec![0; len as usize], rivals, late }
    }

    /// Notes a tip, which waits from the start. Before anything is handed down.
    pub(super) fn start(&mut self, pos: Pos) {
        self.early.insert(pos);
    }

    /// Notes that `child`, which is taken at `time`, has `parent` wait.
    #[inline]
    pub(super) fn hand_down(&mut self, child: Pos, time: i64, parent: Pos) {
        if time > self.history.committer_time(parent) {
            self.early.insert(parent);
            if let Some(late) = &mut self.late {
                late.remove(parent);
            }
        } else if !self.early.has(parent) {
            self.prompt(child, time, parent);
        }
    }

    /// The same where the parent can't be taken before the child, as far as is known by now.
    fn prompt(&mut self, child: Pos, time: i64, parent: Pos) {
        let known = Pos(self.child[parent.index()]);
        if self.prompted.has(parent) && known != child {
            let known_time = self.of(known);
            if known_time == time {
                self.rivals.insert(parent);
            }
            if known_time >= time {
                return;
            }
            self.rivals.remove(parent);
        }
        self.prompted.insert(parent);
        self.child[parent.index()] = child.0;
        let Some(late) = &mut self.late else { return };
        if time < self.history.committer_time(parent) {
            late.commits.insert(parent);
            late.since.insert(parent, time);
        } else {
            late.remove(parent);
        }
    }

    /// When a commit is taken.
    #[inline]
    pub(super) fn of(&self, pos: Pos) -> i64 {
        match &self.late {
            Some(late) if late.commits.has(pos) => late.since.get(&pos).copied().unwrap_or(i64::MIN),
            _ => self.history.committer_time(pos),
        }
    }

    /// Whether it is certain that `one` comes before `other`, which is taken at the same time: that one waits only
    /// because of it.
    fn leads_to(&self, one: Pos, other: Pos) -> bool {
        let mut at = other;
        while self.prompted.has(at) && !self.early.has(at) && !self.rivals.has(at) {
            at = Pos(self.child[at.index()]);
            if at == one {
                return true;
            }
        }
        false
    }
}

/// Commits in the order of the walk.
pub(super) enum Ordered {
    List(std::vec::IntoIter<Pos>),
    Queue(QueueOrder),
}

impl Ordered {
    /// The next one. `parents`: those that a commit leads to.
    pub(super) fn next<I: Iterator<Item = Pos>>(
        &mut self,
        history: &History<'_>,
        states: &States,
        parents: impl Fn(Pos) -> I,
    ) -> Option<Pos> {
        match self {
            Ordered::List(list) => list.next(),
            Ordered::Queue(order) => order.next(history, states, parents),
        }
    }
}

/// The queue itself: the walk once more, knowing which commits are asked for.
pub(super) struct QueueOrder {
    queue: DateQueue,
    asked: Positions,
    /// How many of those were not met yet.
    left: usize,
    met: Positions,
}

impl QueueOrder {
    fn new(history: &History<'_>, starts: &[Start], states: &States, commits: &[Pos]) -> Self {
        let len = history.len();
        let (mut asked, mut met) = (Positions::new(len), Positions::new(len));
        commits.iter().for_each(|pos| asked.insert(*pos));
        let mut queue = DateQueue::default();
        for pos in starts.iter().map(|start| start.pos) {
            if met.insert_new(pos) && states.has(pos, EXPANDED) {
                queue.push(history.committer_time(pos), pos);
            }
        }
        QueueOrder { queue, asked, left: commits.len(), met }
    }

    fn next<I: Iterator<Item = Pos>>(
        &mut self,
        history: &History<'_>,
        states: &States,
        parents: impl Fn(Pos) -> I,
    ) -> Option<Pos> {
        while self.left > 0 {
            let pos = self.queue.peek()?;
            let mut replaced = false;
            for parent in parents(pos) {
                if !self.met.insert_new(parent) || !states.has(parent, EXPANDED) {
                    continue;
                }
                let date = history.committer_time(parent);
                if std::mem::replace(&mut replaced, true) {
                    self.queue.push(date, parent);
                } else {
                    self.queue.replace_top(date, parent);
                }
            }
            if !replaced {
                self.queue.pop();
            }
            if self.asked.has(pos) {
                self.asked.remove(pos);
                self.left -= 1;
                return Some(pos);
            }
        }
        None
    }
}

/// A walk that has come to its end: [`EXPANDED`] marks the commits that it took.
pub(super) struct TakeOrder<'w, F> {
    pub(super) times: &'w Times<'w>,
    pub(super) starts: &'w [Start],
    pub(super) states: &'w States,
    /// The parents that a commit leads to.
    pub(super) parents: F,
}

/// What has a commit wait.
#[derive(Clone, Copy)]
struct Inserter {
    time: i64,
    child: Pos,
    /// Which parent of that child it is.
    nth: u32,
}

/// Commits that come to wait before the walk gets to their time, each with the newest of what has it wait.
type Inserters = HashMap<Pos, SmallVec<[Inserter; 1]>>;
/// When a commit is taken among those of its time.
type Ranks = HashMap<Pos, u32>;

impl<F, I> TakeOrder<'_, F>
where
    F: Fn(Pos) -> I,
    I: Iterator<Item = Pos>,
{
    /// Puts commits that were taken, in the order of positions, in order of their times; at which of these that is not
    /// certain to be the walk's.
    fn sort_by_time(&self, commits: &mut [Pos]) -> Wanted {
        let time = |pos: &Pos| Reverse(self.times.of(*pos));
        // Positions are nearly in the order of dates.
        commits.sort_by_key(time);
        let mut wanted = Wanted::default();
        for pair in commits.windows(2) {
            if time(&pair[0]) == time(&pair[1]) && !self.times.leads_to(pair[0], pair[1]) {
                wanted.add(self.times.of(pair[0]));
            }
        }
        wanted
    }

    /// Puts commits that were taken before all others, in the order of positions, in the walk's order, if their times
    /// are enough for that.
    pub(super) fn sort_first(&self, commits: &mut [Pos]) -> bool {
        self.sort_by_time(commits).is_empty()
    }

    /// Puts some of the commits that were taken, of which there are `taken`, in order.
    pub(super) fn sort(&self, mut commits: Vec<Pos>, taken: usize) -> Ordered {
        if commits.len() > taken / MANY {
            return self.queue(&commits);
        }
        let mut wanted = self.sort_by_time(&mut commits);
        if wanted.is_empty() {
            return Ordered::List(commits.into_iter());
        }
        for _ in 0..ROUNDS {
            match self.ranks(&wanted) {
                Ok(ranks) => {
                    // Of the others the order is known.
                    let rank = |pos: &Pos| ranks.get(pos).copied().unwrap_or_default();
                    commits.sort_by_key(|pos| (Reverse(self.times.of(*pos)), rank(pos)));
                    return Ordered::List(commits.into_iter());
                }
                Err(more) => more.into_iter().for_each(|time| wanted.add(time)),
            }
        }
        self.queue(&commits)
    }

    fn queue(&self, commits: &[Pos]) -> Ordered {
        Ordered::Queue(QueueOrder::new(self.times.history, self.starts, self.states, commits))
    }

    /// The ranks of all commits that are taken at the wanted times; else at which other times the order must be known
    /// for that.
    fn ranks(&self, wanted: &Wanted) -> Result<Ranks, Vec<i64>> {
        let mut missing = Vec::new();
        let mut ranks = Ranks::new();
        let inserters = self.inserters(wanted);
        // Tips wait from the start, in the order of the command line.
        let is_wanted = |pos: &Pos| self.states.has(*pos, EXPANDED) && wanted.has(self.times.of(*pos));
        let mut tips: BTreeMap<i64, Vec<Pos>> = BTreeMap::new();
        let mut met = HashSet::new();
        for pos in self.starts.iter().map(|start| start.pos).filter(is_wanted) {
            if met.insert(pos) {
                tips.entry(self.times.of(pos)).or_default().push(pos);
            }
        }
        let mut others: BTreeMap<i64, Vec<Pos>> = BTreeMap::new();
        for &pos in inserters.keys().filter(|pos| !met.contains(pos)) {
            others.entry(self.times.of(pos)).or_default().push(pos);
        }
        let mut times: Vec<i64> = wanted.times.iter().copied().collect();
        times.sort_unstable_by_key(|time| Reverse(*time));
        for time in times {
            let mut first = tips.remove(&time).unwrap_or_default();
            let others = others.remove(&time).unwrap_or_default();
            first.extend(in_order(others, &inserters, &ranks, &mut missing));
            self.take(time, first, &mut ranks);
        }
        if missing.is_empty() { Ok(ranks) } else { Err(missing) }
    }

    /// What has commits wait that are taken at a wanted time, if it was taken before that.
    fn inserters(&self, wanted: &Wanted) -> Inserters {
        let len = self.states.flags.len() as u32;
        let taken = || (0..len).rev().map(Pos).filter(|pos| self.states.has(*pos, EXPANDED));
        // Nearly none: children need not look at the times of all their parents.
        let mut members = Positions::new(len);
        taken().filter(|pos| wanted.has(self.times.of(*pos))).for_each(|pos| members.insert(pos));
        let mut inserters = Inserters::new();
        for child in taken() {
            for (nth, pos) in (0..).zip((self.parents)(child)) {
                if !members.has(pos) {
                    continue;
                }
                let time = self.times.of(child);
                if self.times.of(pos) >= time {
                    continue;
                }
                let known = inserters.entry(pos).or_default();
                if known.first().is_some_and(|known| known.time < time) {
                    known.clear();
                }
                if known.first().is_none_or(|known| known.time == time) {
                    known.push(Inserter { time, child, nth });
                }
            }
        }
        inserters
    }

    /// Takes all commits of a time, as the queue does, beginning with those that wait.
    fn take(&self, time: i64, first: Vec<Pos>, ranks: &mut Ranks) {
        let date = |pos: Pos| self.times.history.committer_time(pos);
        let mut met: HashSet<Pos> = first.iter().copied().collect();
        let mut queue: BinaryHeap<(i64, Reverse<u32>, Reverse<Pos>)> = first
            .into_iter()
            .zip(0..)
            .map(|(pos, since)| (date(pos), Reverse(since), Reverse(pos)))
            .collect();
        let mut since = queue.len() as u32;
        let mut rank = 0;
        while let Some((_, _, Reverse(pos))) = queue.pop() {
            ranks.insert(pos, rank);
            rank += 1;
            for parent in (self.parents)(pos) {
                if self.times.of(parent) == time && self.states.has(parent, EXPANDED) && met.insert(parent) {
                    queue.push((date(parent), Reverse(since), Reverse(parent)));
                    since += 1;
                }
            }
        }
    }
}

/// Commits of one time in the order in which they came to wait. Times at which that order was decided, and which `ranks`
/// lacks, are added to `missing`.
fn in_order(commits: Vec<Pos>, inserters: &Inserters, ranks: &Ranks, missing: &mut Vec<i64>) -> Vec<Pos> {
    let rank = |inserter: &Inserter| ranks.get(&inserter.child).copied();
    let mut first: Vec<(Inserter, Pos)> = Vec::with_capacity(commits.len());
    for pos in commits {
        let Some(known) = inserters.get(&pos) else { continue };
        let Some(earliest) = known.iter().min_by_key(|known| (rank(known), known.nth)) else { continue };
        if known.iter().any(|other| other.child != earliest.child && rank(other).is_none()) {
            missing.push(earliest.time);
        }
        first.push((*earliest, pos));
    }
    first.sort_by_key(|(known, _)| (Reverse(known.time), rank(known), known.nth));
    for pair in first.windows(2) {
        let (one, other) = (&pair[0].0, &pair[1].0);
        if one.time == other.time && one.child != other.child && rank(one).is_none() {
            missing.push(one.time);
        }
    }
    first.into_iter().map(|(_, pos)| pos).collect()
}

/// Times at which the order is to be found out.
#[derive(Default)]
struct Wanted {
    times: HashSet<i64>,
    /// By the last bits of a time: whether one of `times` may have them. Nearly all questions end here.
    hints: Vec<u64>,
}

impl Wanted {
    const HINTS: usize = 1 << 16;

    fn add(&mut self, time: i64) {
        self.hints.resize(Self::HINTS / 64, 0);
        let at = time as usize % Self::HINTS;
        self.hints[at / 64] |= 1 << (at % 64);
        self.times.insert(time);
    }

    fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    #[inline]
    fn has(&self, time: i64) -> bool {
        let at = time as usize % Self::HINTS;
        self.hints.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0) && self.times.contains(&time)
    }
}
