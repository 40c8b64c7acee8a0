//! What is going on in one word each, for formats of ours: git names these in the long format only.

use std::path::Path;

use super::{Sequence, sequence};

/// The commands that are in progress, in git's order of precedence. `has_ref`: whether there is such a ref of the
/// worktree, where refs are not files.
pub fn names(git_dir: &Path, has_ref: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let has = |name: &str| git_dir.join(name).exists();
    // One that can't be read is none that could be named.
    let sequence = sequence(git_dir).unwrap_or_default();
    let is_am = has("rebase-apply/applying");
    let all = [
        ("merge", has("MERGE_HEAD")),
        ("am", is_am),
        ("rebase", !is_am && has("rebase-apply") || has("rebase-merge")),
        (
            "cherry-pick",
            has("CHERRY_PICK_HEAD")
                || has_ref("CHERRY_PICK_HEAD")
                || matches!(sequence, Some(Sequence::Pick)),
        ),
        (
            "revert",
            has("REVERT_HEAD") || has_ref("REVERT_HEAD") || matches!(sequence, Some(Sequence::Revert)),
        ),
        ("bisect", has("BISECT_LOG")),
    ];
    all.into_iter().filter_map(|(name, is)| is.then_some(name)).collect()
}
