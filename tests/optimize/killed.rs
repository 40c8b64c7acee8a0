//! A run that is killed at any instant leaves a repository with all its objects, and the next run cleans up.

use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::time::Duration;

use fastrand::Rng;

use super::{DONE, LOCKED, NOTHING, SKIPPED, contents, make_loose, sane, temporaries, ugly};
use crate::support::Environment;
use crate::support::process::{kill_group, wait_for_group};

/// `GIT_FAST_KILL_TRIALS=500 cargo test --test main killed` takes its time.
fn trials() -> u32 {
    std::env::var("GIT_FAST_KILL_TRIALS").ok().and_then(|text| text.parse().ok()).unwrap_or(24)
}

#[test]
fn killed_at_random_instants_nothing_is_lost() {
    let mut env = Environment::new();
    let mut it = ugly(&mut env, "repository", 31);
    let mut rng = Rng::with_seed(31);
    let mut before = contents(&env, &it.dir);
    assert_eq!(before.fsck.0, 0);
    let (mut survived, mut interrupted) = (0, 0);
    for trial in 0..trials() {
        let how: &[&str] = match rng.u8(0..5) {
            0 => &["run", "--full"],
            1 => &["run", "--task", "loose-objects", "--task", "repack"],
            2 => &["run", "--task", "multi-pack-index", "--task", "repack", "--task", "bitmap"],
            _ => &["run"],
        };
        let mut command = env.ours("git-optimize", &it.dir, how);
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = quiet.process_group(0).spawn().expect("our programs are built");
        std::thread::sleep(Duration::from_millis(rng.u64(0..250)));
        // All at once, as a power cut does it; or only our process, and its git goes on.
        let all = rng.bool();
        if all {
            kill_group(&child);
        } else {
            child.kill().expect("the child is ours");
        }
        match child.wait().expect("the child is ours").success() {
            true => survived += 1,
            false => interrupted += 1,
        }
        if all {
            wait_for_group(&child);
        }
        // Whatever of git goes on holds the lock, or (what that git has started, and left behind) is seen at work: this
        // waits for it.
        let mut next = env.optimize(&it.dir, &["--task", "temporaries"]);
        for _ in 0..200 {
            if ![LOCKED, SKIPPED].contains(&next.code) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
            next = env.optimize(&it.dir, &["--task", "temporaries"]);
        }
        sane(&next);
        assert_eq!(next.code, DONE, "trial {trial}: {}", String::from_utf8_lossy(&next.stderr));
        assert_eq!(temporaries(&it.git_dir), Vec::<String>::new(), "trial {trial}, {how:?}");
        let after = contents(&env, &it.dir);
        assert!(after == before, "trial {trial}, {how:?}:\n{:?}\n{:?}", before.fsck, after.fsck);
        if rng.u8(0..3) == 0 {
            env.set_config(&[("fastimport.unpackLimit", "1".as_ref())]);
            it.grow(&env, 10);
            it.grow(&env, 3);
            env.set_config(&[]);
            make_loose(&env, &it.dir, 110);
            before = contents(&env, &it.dir);
        }
    }
    assert!(interrupted > survived / 4, "{interrupted} were interrupted, {survived} were not");
    let output = env.optimize(&it.dir, &["run"]);
    assert!([DONE, NOTHING].contains(&output.code), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(contents(&env, &it.dir) == before);
    env.index_ok(&it.dir, "verify");
}
