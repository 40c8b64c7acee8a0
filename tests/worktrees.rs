//! Revisions of linked worktrees: `--all` means the HEADs of all of them.

use std::path::Path;

use crate::differential::compare::difference;
use crate::support::Environment;
use crate::support::repository::args;
use crate::support::trace::Served;

/// Worktrees on a branch, with a detached HEAD of their own, at a tag, without commits, gone, and forgotten.
const WORKTREES: &str = r#"
git init -q -b main repo && cd repo
for i in 1 2 3; do git commit -q --allow-empty -m "c$i"; done
git tag -a -m t v1 HEAD~1
git worktree add -q -b side ../side && git -C ../side commit -q --allow-empty -m "on side"
for name in loose lost forgotten; do
    git worktree add -q --detach ../$name
    git -C ../$name commit -q --allow-empty -m "in $name"
done
git worktree add -q --detach ../tagged v1
git worktree add -q --detach ../unborn && git -C ../unborn symbolic-ref HEAD refs/heads/none
rm -r ../lost && rm .git/worktrees/forgotten/gitdir
git checkout -q --detach && git commit -q --allow-empty -m "in main"
git clone -q --bare . ../bare.git && cd ../bare.git
git worktree add -q --detach ../of-bare && git -C ../of-bare commit -q --allow-empty -m "of bare"
"#;

#[track_caller]
fn same(env: &Environment, dir: &Path, words: &[&str], served: Served) {
    let theirs = env.log(dir, &args(words), None);
    let (ours, trace) = env.fastlog(dir, &args(words), None);
    let text = difference(&ours, &theirs, true);
    assert!(text.is_none(), "git log {}: {}", words.join(" "), text.unwrap_or_default());
    let trace = trace.expect("there is a trace");
    assert_eq!(trace.served, served, "{}: {words:?}: {}", dir.display(), trace.reason);
}

#[test]
fn all_means_every_head() {
    let env = Environment::new();
    env.run(env.command("sh", env.path(), &["-ec", WORKTREES])).success("worktrees");
    let places = ["repo", "side", "loose", "tagged", "bare.git", "of-bare"];
    for place in places {
        let dir = env.path().join(place);
        for words in [
            &["--all", "--format=%H %D"][..],
            &["--all", "--graph", "--oneline"],
            &["--all", "--source", "--oneline"],
            &["--exclude=worktrees/*", "--all", "--oneline"],
            &["--exclude=main-worktree/*", "--all", "--oneline"],
            &["--exclude=*/HEAD", "--all", "--oneline"],
            &["--exclude=HEAD", "--all", "--oneline"],
            &["HEAD", "--not", "--all", "--oneline"],
            &["HEAD", "--not", "--exclude=HEAD", "--all", "--oneline"],
            &["--branches", "--oneline"],
            &["--all", "--no-walk", "--oneline"],
        ] {
            same(&env, &dir, words, Served::Native);
        }
    }
    // Their commits belong into the index.
    let repo = env.path().join("repo");
    env.index_ok(&repo, "update");
    let (_, trace) = env.fastlog(&repo, &args(&["--all", "--oneline"]), None);
    assert_eq!(trace.expect("there is a trace").index, "fresh");
    // A ref that only one worktree has.
    env.git_ok(&env.path().join("side"), &["symbolic-ref", "HEAD", "refs/worktree/own"]);
    same(&env, &env.path().join("repo"), &["--all", "--oneline"], Served::Git);
}
