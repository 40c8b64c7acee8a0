//! What expires does so by git's own settings: the same goes, and the same stays, as when `git gc` does it.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::{DONE, ends};
use crate::support::Environment;
use crate::support::damage::files;

const DAY: u64 = 86_400;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

fn age(path: &Path, days: u64) {
    let when = SystemTime::now() - Duration::from_secs(days * DAY);
    fs::File::open(path).and_then(|file| file.set_modified(when)).expect("ours");
}

/// A repository with old and young entries of everything that expires.
fn with_old_entries(env: &mut Environment, dir: &Path, now: u64) {
    env.set("GIT_TEST_DATE_NOW", now.to_string());
    let name = dir.display().to_string();
    env.git_ok(env.path(), &["init", "-q", "-b", "main", &name]);
    for (number, days) in [40, 20, 7, 1].into_iter().enumerate() {
        env.set("GIT_COMMITTER_DATE", format!("{} +0000", now - days * DAY));
        env.git_ok(dir, &["commit", "-q", "--allow-empty", "-m", &format!("{days} days ago")]);
        // Beside it: moved on by commits that nothing reaches.
        let message = format!("unreached {number}");
        let commit = text(env.git_ok(dir, &["commit-tree", "-m", &message, "HEAD^{tree}"]));
        for branch in ["side", "kept"] {
            let name = format!("refs/heads/{branch}");
            env.git_ok(dir, &["update-ref", "--create-reflog", "-m", &message, &name, commit.trim()]);
        }
    }
    // Resolved are those with an image of what came after.
    for (number, (days, resolved)) in [(20, true), (7, true), (7, false), (1, false)].into_iter().enumerate()
    {
        let entry = dir.join(format!(".git/rr-cache/{:040x}", number + 1));
        fs::create_dir_all(&entry).expect("writable");
        let images = [("preimage", true), ("postimage", resolved)];
        for (image, _) in images.into_iter().filter(|(_, there)| *there) {
            fs::write(entry.join(image), "<<<<<<<\n").expect("writable");
            age(&entry.join(image), days);
        }
    }
    for days in [200, 20, 1] {
        let worktree = dir.with_file_name(format!("{name}-{days}"));
        env.git_ok(dir, &["worktree", "add", "-q", "--detach", &worktree.display().to_string()]);
        fs::remove_dir_all(&worktree).expect("it was made");
        let own = worktree.file_name().expect("it has one").to_owned();
        age(&dir.join(".git/worktrees").join(own).join("index"), days);
    }
}

/// All that expires.
fn left(env: &Environment, dir: &Path) -> Vec<String> {
    let mut left = Vec::new();
    for reference in ["HEAD", "main", "side", "kept"] {
        left.push(text(env.git_ok(dir, &["reflog", "show", "--format=%gd %gs %H", reference, "--"])));
    }
    for folder in ["rr-cache", "worktrees"] {
        let base = dir.join(".git").join(folder);
        let names = files(&base).into_iter().map(|path| {
            let path = path.strip_prefix(&base).expect("below it").display().to_string();
            path.replace("gc-", "optimize-")
        });
        left.push(names.collect::<Vec<_>>().join(" "));
    }
    left
}

#[test]
fn old_entries_go_and_young_ones_stay_as_with_gc() {
    const OWN: &[(&str, &str)] = &[
        ("gc.reflogExpire", "10.days"),
        ("gc.reflogExpireUnreachable", "5.days"),
        ("gc.refs/heads/kept.reflogExpire", "never"),
        ("gc.refs/heads/kept.reflogExpireUnreachable", "never"),
        ("gc.rerereResolved", "10"),
        ("gc.rerereUnresolved", "5"),
        ("gc.worktreePruneExpire", "10.days.ago"),
    ];
    // What is left of reflogs of main, side and kept, of resolutions, and of worktrees.
    for (settings, expected) in [(&[][..], (4, 3, 3, 4, 2)), (OWN, (2, 1, 4, 2, 1))] {
        let mut env = Environment::new();
        let (ours, theirs) = (env.path().join("optimize"), env.path().join("gc"));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("later").as_secs();
        for dir in [&ours, &theirs] {
            with_old_entries(&mut env, dir, now);
            for (key, value) in settings {
                env.git_ok(dir, &["config", key, value]);
            }
        }
        let before = left(&env, &ours);
        assert_eq!(before, left(&env, &theirs), "they are the same");
        let tasks = ["reflog", "rerere", "worktrees"].map(|task| format!("--task={task}"));
        ends(env.optimize(&ours, &tasks.each_ref().map(String::as_str)), DONE);
        env.git_ok(&theirs, &["gc", "-q", "--no-prune"]);
        let after = left(&env, &ours);
        assert_eq!(after, left(&env, &theirs));
        let entries = |at: usize| after[at].lines().count();
        let resolved = after[4].matches("preimage").count();
        let worktrees = after[5].matches("/HEAD").count() - after[5].matches("logs/HEAD").count();
        assert_eq!((entries(1), entries(2), entries(3), resolved, worktrees), expected, "{after:?}");
        assert_ne!(after, before);
    }
}
