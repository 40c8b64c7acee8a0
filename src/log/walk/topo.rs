//! Topological orders: no commit before all of its children.
//!
//! Kahn's algorithm (1962). What is taken next among the commits that are ready is what makes the three orders.

use super::queue::DateQueue;
use super::{MEMBER, Plan, States, TIP};
use crate::index::{History, Pos};
use crate::log::options::Order;

/// Everything that the tips reach, sorted.
pub(super) fn reachable_sorted(history: &History<'_>, plan: &Plan<'_>, states: &mut States) -> Vec<Pos> {
    let mut children = vec![0u32; history.len() as usize];
    let mut pending: Vec<Pos> = plan.starts.iter().map(|start| start.pos).collect();
    for &tip in &pending {
        states.add(tip, MEMBER);
    }
    pending.sort_unstable();
    pending.dedup();
    let mut reached = 0;
    while let Some(pos) = pending.pop() {
        reached += 1;
        for parent in edges(history, plan.first_parent, pos) {
            children[parent.index()] += 1;
            if states.add_new(parent, MEMBER) {
                pending.push(parent);
            }
        }
    }
    // The tips in the order of git's list: by date, then as given.
    let mut by_date = DateQueue::default();
    for start in &plan.starts {
        if states.add_new(start.pos, TIP) {
            by_date.push(history.committer_time(start.pos), start.pos);
        }
    }
    let mut tips = Vec::new();
    while let Some(pos) = by_date.pop() {
        if children[pos.index()] == 0 {
            tips.push(pos);
        }
    }
    let parents = |pos| edges(history, plan.first_parent, pos);
    Kahn { history, parents, states, children, capacity: reached }.run(&tips, plan.order)
}

/// `list` sorted by the given edges; those to commits that are not in it don't count.
pub(super) fn sort<P: Iterator<Item = Pos>>(
    list: &[Pos],
    order: Order,
    history: &History<'_>,
    states: &mut States,
    parents: impl Fn(Pos) -> P,
) -> Vec<Pos> {
    let mut children = vec![0u32; history.len() as usize];
    for &pos in list {
        states.add(pos, MEMBER);
    }
    for &pos in list {
        for parent in parents(pos) {
            children[parent.index()] += 1;
        }
    }
    let tips: Vec<Pos> = list.iter().copied().filter(|pos| children[pos.index()] == 0).collect();
    Kahn { history, parents, states, children, capacity: list.len() }.run(&tips, order)
}

fn edges<'a>(history: &'a History<'a>, first_parent: bool, pos: Pos) -> impl Iterator<Item = Pos> + 'a {
    history.parents(pos).take(if first_parent { 1 } else { usize::MAX })
}

struct Kahn<'a, 's, F> {
    history: &'a History<'a>,
    /// The edges that count.
    parents: F,
    states: &'s mut States,
    /// How many members each commit is a parent of, and still to come.
    children: Vec<u32>,
    capacity: usize,
}

impl<P: Iterator<Item = Pos>, F: Fn(Pos) -> P> Kahn<'_, '_, F> {
    fn run(mut self, tips: &[Pos], order: Order) -> Vec<Pos> {
        let mut sorted = Vec::with_capacity(self.capacity);
        match order {
            Order::Date | Order::AuthorDate => {
                let date = |history: &History<'_>, pos| match order {
                    Order::AuthorDate => history.author_time(pos),
                    _ => history.committer_time(pos),
                };
                let mut ready = DateQueue::default();
                for &tip in tips {
                    ready.push(date(self.history, tip), tip);
                }
                while let Some(pos) = ready.pop() {
                    sorted.push(pos);
                    let history = self.history;
                    self.release(pos, |parent| ready.push(date(history, parent), parent));
                }
            }
            Order::Topo | Order::Default => {
                let mut ready: Vec<Pos> = tips.iter().rev().copied().collect();
                while let Some(pos) = ready.pop() {
                    sorted.push(pos);
                    self.release(pos, |parent| ready.push(parent));
                }
            }
        }
        sorted
    }

    /// Counts `pos` as shown, and hands over the parents that have no child left.
    fn release(&mut self, pos: Pos, mut ready: impl FnMut(Pos)) {
        let source = self.states.source(pos);
        for parent in (self.parents)(pos) {
            if !self.states.has(parent, MEMBER) {
                continue;
            }
            self.states.set_source(parent, source);
            let left = &mut self.children[parent.index()];
            *left -= 1;
            if *left == 0 {
                ready(parent);
            }
        }
    }
}
