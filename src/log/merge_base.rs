//! The best common ancestors of two commits.

use std::collections::{BinaryHeap, HashMap};

use crate::index::{History, Pos};

const LEFT: u8 = 1;
const RIGHT: u8 = 2;
/// Below a common ancestor that was found already.
const STALE: u8 = 4;

/// All merge bases of `a` and `b`, the latest position first.
///
/// Commits are visited from the highest position down, and children have higher positions than parents: when a
/// commit is visited, everything that its descendants have to say of it has been said.
pub(super) fn merge_bases(history: &History<'_>, a: Pos, b: Pos) -> Vec<Pos> {
    let mut marks: HashMap<Pos, u8> = HashMap::new();
    let mut queue = BinaryHeap::new();
    let mut bases = Vec::new();
    // How many commits in the queue are not stale: with none left, nothing new can be found.
    let mut fresh = 0usize;
    let mark = |marks: &mut HashMap<Pos, u8>, queue: &mut BinaryHeap<Pos>, fresh: &mut usize, pos, add| {
        let entry = marks.entry(pos).or_insert(0);
        let old = *entry;
        *entry |= add;
        if old == 0 {
            queue.push(pos);
            *fresh += usize::from(*entry & STALE == 0);
        } else if old & STALE == 0 && *entry & STALE != 0 {
            *fresh -= 1;
        }
    };
    mark(&mut marks, &mut queue, &mut fresh, a, LEFT);
    mark(&mut marks, &mut queue, &mut fresh, b, RIGHT);
    while fresh > 0
        && let Some(pos) = queue.pop()
    {
        let mut hand_down = marks.get(&pos).copied().unwrap_or(0);
        if hand_down & STALE == 0 {
            fresh -= 1;
            if hand_down & (LEFT | RIGHT) == LEFT | RIGHT {
                bases.push(pos);
                hand_down |= STALE;
            }
        }
        for parent in history.parents(pos) {
            mark(&mut marks, &mut queue, &mut fresh, parent, hand_down);
        }
    }
    bases
}
