//! What tips reach, where no order is asked for.

use super::Plan;
use crate::index::{History, Pos};

/// Every commit that a walk of a plan without excluded tips, sides, sorting and simplification yields, newest position
/// first: parents come before their children in the index, so one look at each position does.
pub fn reached<'a>(history: &'a History<'_>, plan: &Plan<'_>) -> impl Iterator<Item = Pos> + 'a {
    let end = plan.starts.iter().map(|start| start.pos.index() + 1).max().unwrap_or(0);
    let mut marked = vec![false; end];
    for start in &plan.starts {
        marked[start.pos.index()] = true;
    }
    let limit = match (plan.no_walk, plan.first_parent) {
        (Some(_), _) => 0,
        (None, true) => 1,
        (None, false) => usize::MAX,
    };
    let max_age = plan.max_age;
    (0..end as u32).rev().map(Pos).filter(move |&pos| {
        // A line of history ends at the first commit that is too old.
        if !marked[pos.index()] || max_age.is_some_and(|oldest| history.committer_time(pos) < oldest) {
            return false;
        }
        for parent in history.parents(pos).take(limit) {
            marked[parent.index()] = true;
        }
        true
    })
}
