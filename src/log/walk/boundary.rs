//! `--boundary`: the parents of shown commits that are not shown themselves.

use std::collections::HashSet;

use super::topo;
use super::{States, Step};
use crate::index::{History, Pos};
use crate::log::options::Order;

/// The boundary of the commits in `shown`, in git's order.
pub fn boundary(history: &History<'_>, shown: &[Step], order: Order) -> Vec<Step> {
    let found = parents_not_in(shown, |step| history.parents(step.pos));
    sorted(history, &found, order, |pos| history.parents(pos))
}

/// The parents that are not shown themselves, the last one met first.
pub(super) fn parents_not_in<'s, P: Iterator<Item = Pos>>(
    shown: &'s [Step],
    parents: impl Fn(&'s Step) -> P,
) -> Vec<Pos> {
    let all: HashSet<Pos> = shown.iter().map(|step| step.pos).collect();
    let mut met = HashSet::new();
    let new = |parent: &Pos| !all.contains(parent) && met.insert(*parent);
    let mut found: Vec<Pos> = shown.iter().flat_map(parents).filter(new).collect();
    // git collects them in a list that grows at its head.
    found.reverse();
    found
}

/// A boundary in git's order.
pub(super) fn sorted<P: Iterator<Item = Pos>>(
    history: &History<'_>,
    found: &[Pos],
    order: Order,
    parents: impl Fn(Pos) -> P,
) -> Vec<Step> {
    let mut states = States::new(history.len() as usize, false);
    topo::sort(found, order, history, &mut states, parents)
        .into_iter()
        .map(|pos| Step { pos, mark: b'-', source: super::NO_SOURCE })
        .collect()
}
