//! The states in which questions are asked, and which of them and of the steps a run has to have seen.

use std::fs;

use bstr::ByteSlice;

use super::steps::World;

/// What happens in every run of the usual length.
pub(super) const REQUIRED: &[&str] = &[
    "write",
    "edit with the same size and time",
    "touch",
    "chmod",
    "rename a file",
    "rename a directory",
    "a directory instead",
    "a link instead",
    "a file instead",
    ".gitignore at the top",
    ".gitignore below",
    ".gitattributes",
    "core.excludesFile",
    "info/exclude",
    "git add",
    "git add -A",
    "git add -N",
    "git add -f",
    "git rm -q",
    "git mv",
    "git commit -qm",
    "git commit -qam",
    "git stash -q",
    "git stash pop",
    "git reset -q",
    "git checkout -q",
    "git merge -q",
    "git revert --no-edit",
    "git bisect start",
    "git submodule add",
    "git submodule update",
    "git -C module",
    "git sparse-checkout set",
    "git sparse-checkout disable",
    "git update-index --assume-unchanged",
    "git update-index --skip-worktree",
    "git worktree add",
    "an empty directory",
    "a pipe",
    "something like a repository",
    "a file in the submodule",
    "a new file in the submodule",
    "a closed directory",
    "the clock is set back",
    "the clock is set forward",
    "a copy of everything",
    "no snapshot",
    "a damaged snapshot",
    "an index of the history",
    "asked: a merge",
    "asked: a rebase",
    "asked: an am",
    "asked: a cherry-pick",
    "asked: a revert",
    "asked: a bisection",
    "asked: a detached HEAD",
    "asked: no commit yet",
    "asked: a linked worktree",
    "asked: a closed directory",
    "asked: index version 2",
    "asked: index version 3",
    "asked: index version 4",
    "asked: an index without a hash",
    "asked: a split index",
    "asked: a sparse index",
    "asked: an untracked cache",
    "asked: an fsmonitor extension",
    "asked: a sparse checkout",
    "asked: a submodule",
    "asked: --json",
];

/// Counts the states in which a question is asked.
pub(super) fn note(world: &mut World) {
    let dir = world.git_dir();
    let has = |name: &str| dir.join(name).exists();
    let index = fs::read(dir.join("index")).unwrap_or_default();
    let head = fs::read(dir.join("HEAD")).unwrap_or_default();
    let config = fs::read(dir.join("config.worktree")).unwrap_or_default();
    // Names of extensions are unlikely to be in the index otherwise.
    let extension = |name: &str| index.contains_str(name);
    let branch = head.strip_prefix(b"ref: ").map(|name| name.trim().to_str_lossy().into_owned());
    let unborn = branch.is_some_and(|name| !has(&name) && !has("commondir") && !has("packed-refs"));
    let version = index.get(7).copied().unwrap_or_default();
    let states = [
        ("a merge", has("MERGE_HEAD")),
        ("a rebase", has("rebase-merge") || has("rebase-apply/rebasing")),
        ("an am", has("rebase-apply/applying")),
        ("a cherry-pick", has("CHERRY_PICK_HEAD")),
        ("a revert", has("REVERT_HEAD")),
        ("a bisection", has("BISECT_LOG")),
        ("a detached HEAD", !head.is_empty() && !head.starts_with(b"ref: ")),
        ("no commit yet", unborn),
        ("a linked worktree", has("commondir")),
        ("a closed directory", world.has_closed()),
        ("index version 2", version == 2),
        ("index version 3", version == 3),
        ("index version 4", version == 4),
        ("an index without a hash", index.ends_with(&[0; 20])),
        ("a split index", extension("link\0\0")),
        ("a sparse index", extension("sdir\0\0\0\0")),
        ("an untracked cache", extension("UNTR\0\0")),
        ("an fsmonitor extension", extension("FSMN\0\0")),
        ("a sparse checkout", config.contains_str("sparseCheckout = true")),
        ("a submodule", world.dir.join("module/.git").exists()),
    ];
    for (state, _) in states.iter().filter(|(_, is)| *is) {
        world.count(&format!("asked: {state}"));
    }
}
