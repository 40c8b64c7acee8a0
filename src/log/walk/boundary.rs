//! `--boundary`: the parents of shown commits that are not shown themselves.

use std::collections::HashSet;

use super::topo;
use super::{States, Step};
use crate::index::{History, Pos};
use crate::log::options::Order;

/// The boundary of the commits in `shown`, in git's order.
pub fn boundary(history: &History<'_>, shown: &[Step], order: Order) -> Vec<Step> {
    boundary_of(history, shown, order, |pos| history.parents(pos))
}

/// The same for commits whose parents are others than those that they name.
pub(super) fn boundary_of<P: Iterator<Item = Pos>>(
    history: &History<'_>,
    shown: &[Step],
    order: Order,
    parents: impl Fn(Pos) -> P,
) -> Vec<Step> {
    let all: HashSet<Pos> = shown.iter().map(|step| step.pos).collect();
    let mut met = HashSet::new();
    let mut found = Vec::new();
    for step in shown {
        for parent in parents(step.pos) {
            if !all.contains(&parent) && met.insert(parent) {
                found.push(parent);
            }
        }
    }
    // git collects them in a list that grows at its head, and sorts that.
    found.reverse();
    let mut states = States::new(history.len() as usize, false);
    topo::sort(&found, order, history, &mut states, parents)
        .into_iter()
        .map(|pos| Step { pos, mark: b'-', source: super::NO_SOURCE })
        .collect()
}
