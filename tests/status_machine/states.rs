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
    "info/attributes",
    "core.attributesFile",
    "a filter program",
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
    "asked: a sparse checkout in cones",
    "asked: a sparse checkout by patterns",
    "asked: a submodule",
    "asked: a repository in it with commits",
    "asked: a repository in it without commits",
    "asked: SHA-256",
    "asked: stashes",
    "asked: core.autocrlf",
    "asked: --json",
    "answered: ahead of the upstream",
    "answered: behind the upstream",
    "answered: both ahead and behind",
    "answered: an upstream that is gone",
    "answered: from the snapshot",
    "git's: a filter program",
];

/// Counts the states in which a question is asked.
pub(super) fn note(world: &mut World) {
    let dir = world.git_dir();
    let has = |name: &str| dir.join(name).exists();
    let index = fs::read(dir.join("index")).unwrap_or_default();
    let head = fs::read(dir.join("HEAD")).unwrap_or_default();
    let config = fs::read(dir.join("config.worktree")).unwrap_or_default();
    let sparse = config.contains_str("sparseCheckout = true");
    let cone = config.contains_str("sparseCheckoutCone = true");
    let common = world.common_dir();
    let shared = fs::read(common.join("config")).unwrap_or_default();
    let (full, empty) = nested(world);
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
        ("a sparse checkout in cones", sparse && cone),
        ("a sparse checkout by patterns", sparse && !cone),
        ("a submodule", world.dir.join("module/.git").exists()),
        ("a repository in it with commits", full),
        ("a repository in it without commits", empty),
        ("SHA-256", shared.contains_str("objectformat = sha256")),
        ("stashes", common.join("refs/stash").exists()),
        ("core.autocrlf", ["true", "input"].iter().any(|on| shared.contains_str(format!("autocrlf = {on}")))),
    ];
    for (state, _) in states.iter().filter(|(_, is)| *is) {
        world.count(&format!("asked: {state}"));
    }
}

/// Whether there are repositories below that have commits, and such that have none.
fn nested(world: &World) -> (bool, bool) {
    let mut found = (false, false);
    for path in world.walk(true) {
        let git_dir = world.dir.join(path).join(".git");
        if git_dir.join("HEAD").exists() {
            let is_empty =
                fs::read_dir(git_dir.join("refs/heads")).is_ok_and(|mut refs| refs.next().is_none());
            if is_empty { found.1 = true } else { found.0 = true }
        }
    }
    found
}

/// Counts what git has said of the upstream.
pub(super) fn note_upstream(world: &mut World, said: &[u8]) {
    let line = |start: &str| said.lines().find_map(|line| line.strip_prefix(start.as_bytes()));
    let has = |text: &str| said.contains_str(text);
    let counts = line("# branch.ab ").map(|line| (!line.starts_with(b"+0"), !line.ends_with(b"-0")));
    let ahead = has("[ahead ") || has("Your branch is ahead of") || counts == Some((true, false));
    let behind = has("[behind ") || has("Your branch is behind") || counts == Some((false, true));
    let both = has(", behind ") || has("have diverged") || counts == Some((true, true));
    for (state, is) in [
        ("ahead of the upstream", ahead && !both),
        ("behind the upstream", behind && !both),
        ("both ahead and behind", both),
        ("an upstream that is gone", has("[gone]") || has("but the upstream is gone")),
    ] {
        if is {
            world.count(&format!("answered: {state}"));
        }
    }
}
