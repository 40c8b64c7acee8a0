//! Changes at the worst moment. While something changes, any answer is right; afterwards only git's is, and nothing
//! that was remembered meanwhile may be in its way.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use super::{ask, repository, same, same_native, shell, text};
use crate::support::{Environment, namespace};

/// Ends what goes on meanwhile, even where the work fails.
pub(super) struct End<'a>(pub(super) &'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Lets something happen again and again while `work` is done.
pub(super) fn meanwhile(mut disturb: impl FnMut(usize) + Send, work: impl FnOnce()) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut turn = 0;
            while !done.load(Ordering::Relaxed) {
                disturb(turn);
                turn += 1;
            }
        });
        let _end = End(&done);
        work();
    });
}

fn set_modified(path: &Path, time: SystemTime) {
    fs::File::options()
        .write(true)
        .open(path)
        .and_then(|file| file.set_modified(time))
        .expect("our own file");
}

#[test]
fn edits_in_the_second_of_the_scan() {
    let env = Environment::new();
    let dir = repository(&env, "echo 0000 >f; git add f; git commit -qm x");
    for turn in 0..30 {
        fs::write(dir.join("f"), format!("{turn:04}\n")).expect("a writable file");
        same_native(&env, &dir, &["-s"]);
    }
}

#[test]
fn edits_that_leave_size_and_time_of_modification() {
    let env = Environment::new();
    let dir = repository(&env, "echo 0000 >f; git add f; git commit -qm x");
    let file = dir.join("f");
    for age in [0, 1, 60] {
        let time = SystemTime::now() - Duration::from_secs(age);
        fs::write(&file, "0000\n").expect("a writable file");
        set_modified(&file, time);
        shell(&env, &dir, "git update-index --refresh -q; touch -d 2030-01-01 .git/index");
        for turn in 0..10 {
            same(&env, &dir, &["-s"]);
            // The time of the last change of the inode may be within one tick of the scan's.
            fs::write(&file, format!("{:04}\n", turn % 2)).expect("a writable file");
            set_modified(&file, time);
            same(&env, &dir, &["-s"]);
        }
    }
}

#[test]
fn names_that_come_and_go_in_the_tick_of_the_scan() {
    let env = Environment::new();
    let dir = repository(&env, "mkdir d; echo x >d/f; git add .; git commit -qm x");
    for turn in 0..30 {
        let name = dir.join(format!("d/new-{turn}"));
        fs::write(&name, "").expect("a writable directory");
        same_native(&env, &dir, &["-s", "-uall"]);
        fs::remove_file(name).expect("our own file");
        same_native(&env, &dir, &["-s"]);
    }
}

#[test]
fn a_directory_that_changes_while_it_is_scanned() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "for d in 1 2 3 4 5 6 7 8; do mkdir $d; for f in 1 2 3; do echo x >$d/f$f; done; done
         git add .; git commit -qm x",
    );
    for round in 0..6 {
        meanwhile(
            |turn| {
                let name = dir.join(format!("{}/new-{}", 1 + turn % 8, turn % 5));
                let _ = if turn % 3 == 0 { fs::remove_file(name) } else { fs::write(name, "x") };
            },
            || {
                for _ in 0..4 {
                    let (output, _) = ask(&env, &dir, &["-s"]);
                    assert!(!output.panicked() && output.code == 0);
                }
            },
        );
        let words: &[&str] = if round % 2 == 0 { &["-s"] } else { &["-s", "-uall", "--ignored"] };
        same_native(&env, &dir, words);
    }
}

#[test]
fn a_file_that_is_swapped_between_stat_and_read() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir d other; for f in 1 2 3 4 5 6; do echo tracked >d/$f; echo changed >other/$f; done
         echo other >.gitignore; git add d .gitignore; git commit -qm x; touch -d '1 hour ago' d/* other/*",
    );
    let swap = || {
        let _ = fs::rename(dir.join("d"), dir.join("between"));
        let _ = fs::rename(dir.join("other"), dir.join("d"));
        let _ = fs::rename(dir.join("between"), dir.join("other"));
    };
    // The identity of the files does not change when the directory that they are in is swapped.
    std::thread::sleep(Duration::from_millis(60));
    for _ in 0..10 {
        meanwhile(
            |_| swap(),
            || {
                for _ in 0..3 {
                    let (output, _) = ask(&env, &dir, &["-s"]);
                    assert!(!output.panicked() && output.code == 0);
                    // Each file is as it was before or after, or in a directory that was not there for a moment.
                    for line in text(&output).lines() {
                        let known = line.strip_prefix(" M d/").or_else(|| line.strip_prefix(" D d/"));
                        let is_file =
                            known.is_some_and(|name| ["1", "2", "3", "4", "5", "6"].contains(&name));
                        assert!(is_file || line == "?? between/", "{line:?}");
                    }
                }
            },
        );
        same_native(&env, &dir, &["-s"]);
        swap();
        same_native(&env, &dir, &["-s"]);
    }
}

/// A file system that knows whole seconds only, with a copy of the repository `$1` in which scripts play; our program is
/// `$2`. So what happens within a second has the same times, whatever happens.
const SECONDS: &str = r#"
    set -e
    truncate -s 16m image
    mkfs.ext4 -q -F -I 128 image >mkfs 2>&1 || { echo "not here: mkfs.ext4: $(cat mkfs)"; exit 0; }
    mkdir disk
    mount -o loop image disk 2>mount || { echo "not here: $(cat mount)"; exit 0; }
    cp -a "$1" disk/r
    cd disk/r
    ours=$2 fallback=--no-fallback
    same() {
        GIT_OPTIONAL_LOCKS=0 git status "$@" >../their 2>&1
        "$ours" $fallback "$@" >../our 2>&1
        cmp ../their ../our || { echo "$*: turn $turn"; cat ../their ../our; }
    }
"#;

/// Plays a script that prints what is wrong, and how often it has put what to the test, which must be `enough`.
#[track_caller]
fn within_a_second(script: &str, enough: usize) {
    let env = Environment::new();
    let dir = repository(&env, "mkdir d; echo 0000 >f; echo x >d/f; git add .; git commit -qm x");
    let program = env.ours("git-faststatus", &dir, &[""; 0]).get_program().to_owned();
    let what = "a file system that knows whole seconds only";
    let said = namespace::run(&env, what, &[SECONDS, script].concat(), &[&dir, program.as_ref()]);
    let Some(said) = said else { return };
    let hits = said.strip_prefix("hits: ").unwrap_or_else(|| panic!("{said}"));
    let hits: Vec<usize> = hits.split_whitespace().map(|count| count.parse().expect("a number")).collect();
    assert!(hits.iter().all(|count| *count >= enough), "too few came within one second: {hits:?}");
}

const EDITS: &str = r#"
    files=0 directories=0
    for turn in $(seq 1000 1020); do
        # As long, in the same second as what has been compared before.
        echo "$turn" >f; before=$(stat -c %Z.%i f); same -s -uno
        echo 0000 >f; same -s -uno
        test "$(stat -c %Z.%i f)" != "$before" || files=$((files + 1))
        # Names, in the same second as those that have been read.
        echo >d/new-$turn; before=$(stat -c %Z d); same -s -uall
        rm d/new-$turn; same -s -uall
        echo >d/other; same -s -uall
        rm d/other; same -s -uall
        test "$(stat -c %Z d)" != "$before" || directories=$((directories + 1))
    done
    # Left alone, it is remembered, and then changed again.
    sleep 2.2
    same -s; same -s
    "$ours" -s --performance-stats 2>&1 | grep -q '^directories: 2, 2 as remembered' ||
        { echo "nothing is remembered"; "$ours" -s --performance-stats 2>&1; }
    echo 1234 >f; echo >d/late; same -s -uall
    echo "hits: $files $directories"
"#;

#[test]
fn what_happens_within_the_second_of_the_scan() {
    within_a_second(EDITS, 5);
}

/// git's untracked cache is out of date, and no time tells.
const UNTRACKED_CACHE: &str = r#"
    fallback= stale=0
    for turn in $(seq 3); do
        git update-index --no-untracked-cache; git update-index --force-untracked-cache
        sleep 1.1
        until date +%N | grep -q ^0; do sleep 0.01; done
        mkdir t; rmdir t; git status >../out; mkdir g$turn; echo n >g$turn/new
        sleep 1.1
        # Now nothing seems to be as young as the index.
        git update-index --index-version $((3 + turn % 2))
        same -s; ! test "$(grep -c "g$turn/" ../their)" = 0 || stale=$((stale + 1))
        same -s --ignored; same -s -uall; same -s -uno
    done
    echo "hits: $stale"
"#;

#[test]
fn an_untracked_cache_of_a_file_system_that_knows_seconds_only() {
    within_a_second(UNTRACKED_CACHE, 1);
}
