//! The tips that a cursor has to name. Where there are many, most are tags and branches that others lead to, and a walk
//! that begins without those shows the same commits in the same order.

use std::collections::{HashMap, HashSet};

use super::Question;
use crate::index::{History, Pos};
use crate::log::revisions::Request;
use crate::log::walk::Plan;

/// Up to this many are named as they are: leaving some out takes a look at all commits.
const FEW: usize = 64;

/// The tips of `question`, without those that the walk does not have to begin with.
pub(super) fn needed_tips(question: &Question<'_>, plan: &Plan<'_>, history: &History<'_>) -> Vec<Request> {
    let all = question.requests;
    if all.len() <= FEW || !walks_everything(question, plan) {
        return all.to_vec();
    }
    let position = |request: &Request| match request {
        Request::Commit { id, uninteresting: false, .. } => history.lookup(id),
        _ => None,
    };
    let Some(positions) = all.iter().map(position).collect::<Option<Vec<Pos>>>() else { return all.to_vec() };
    let met = met_before(history, &positions);
    let mut named = HashSet::new();
    let needed = all.iter().zip(positions).filter(|(_, pos)| !met.contains(pos) && named.insert(*pos));
    needed.map(|(request, _)| request.clone()).collect()
}

/// Whether it is shown all that the tips reach, over every parent. Otherwise what is reached from one tip need not be
/// shown where another leads to it.
fn walks_everything(question: &Question<'_>, plan: &Plan<'_>) -> bool {
    plan.simplify.is_none()
        && plan.no_walk.is_none()
        && plan.max_age.is_none()
        && !plan.first_parent
        && !plan.sources
        && !question.options.follow
        && !question.options.boundary
}

/// Tips that the walk comes to in any case before it is their turn.
///
/// The walk takes the newest commit that waits, and of those with one date the one that came first. Beginning with a tip
/// makes a difference, then, only if it is taken before any of its children, or if another commit has its date. It is not
/// taken before all children if some other tip leads to it over commits that are newer than it: one of those waits until
/// the last of them has been taken. The sorted orders are made of this one.
fn met_before(history: &History<'_>, tips: &[Pos]) -> HashSet<Pos> {
    let is_tip: HashSet<Pos> = tips.iter().copied().collect();
    let (Some(lowest), Some(highest)) = (tips.iter().min(), tips.iter().max()) else { return HashSet::new() };
    // Of the best way from a tip to each commit, the oldest date in front of it.
    let mut oldest: Vec<Option<i64>> = vec![None; (highest.0 - lowest.0 + 1) as usize];
    let mut met = HashSet::new();
    // Children come after their parents.
    for pos in (lowest.0..=highest.0).rev().map(Pos) {
        let date = history.committer_time(pos);
        let way = oldest[(pos.0 - lowest.0) as usize];
        if is_tip.contains(&pos) && way.is_some_and(|oldest| oldest > date) {
            met.insert(pos);
        }
        let way = if is_tip.contains(&pos) {
            date
        } else if let Some(oldest) = way {
            oldest.min(date)
        } else {
            continue;
        };
        for parent in history.parents(pos).filter(|parent| parent.0 >= lowest.0) {
            let known = &mut oldest[(parent.0 - lowest.0) as usize];
            *known = (*known).max(Some(way));
        }
    }
    let mut dates: HashMap<i64, u32> = met.iter().map(|pos| (history.committer_time(*pos), 0)).collect();
    for pos in (0..history.len()).map(Pos) {
        if let Some(count) = dates.get_mut(&history.committer_time(pos)) {
            *count += 1;
        }
    }
    met.retain(|pos| dates[&history.committer_time(*pos)] == 1);
    met
}
