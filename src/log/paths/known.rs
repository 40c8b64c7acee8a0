//! Whether the index knows what commits did to their paths: those that a question can meet.

use std::collections::HashSet;

use crate::index::{History, Paths, Pos};
use crate::log::walk::{Plan, Start, reached};
use crate::repo::NotExact;

/// Makes sure of it for all commits that `tips`, excluded ones among them, reach. What a commit has at a path follows from
/// what it and its ancestors changed, and from nothing else: what is not known of others makes no difference.
///
/// # Errors
/// Which commit is not known.
pub fn check_known(
    paths: &Paths<'_>,
    history: &History<'_>,
    tips: impl IntoIterator<Item = Pos>,
) -> Result<(), NotExact> {
    if paths.len() < history.len() {
        return Err("the index does not know the paths of all commits yet".into());
    }
    let unknown: HashSet<Pos> = paths.unknown().filter(|pos| pos.0 < history.len()).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let start = |pos| Start { pos, uninteresting: false, left: false, source: 0 };
    let plan = Plan { starts: tips.into_iter().map(start).collect(), ..Plan::default() };
    match reached(history, &plan).find(|pos| unknown.contains(pos)) {
        Some(pos) => Err(format!("what commit {} changed is not known", history.oid(pos)).into()),
        None => Ok(()),
    }
}
