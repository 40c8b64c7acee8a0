//! Refs and objects that are moved by maintenance while we look: to where they are moved changes nothing, so every answer
//! is one that git gives when nothing moves.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use bstr::ByteSlice;

use super::{ask, git_status, repository, same_native, shell};
use crate::support::Environment;

const QUESTIONS: [&[&str]; 3] = [&["-sb"], &["--porcelain=v2", "--branch"], &[]];

/// Runs `script` again and again while `work` is done; how often it was run to its end.
#[track_caller]
fn meanwhile(env: &Environment, dir: &Path, script: &str, work: impl FnOnce()) -> usize {
    /// Ends it even where the work fails.
    struct Stop<'a>(&'a Path);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            fs::write(self.0, "").expect("our own directory");
        }
    }
    let stop = env.path().join("stop");
    let turns = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.exists() {
                shell(env, dir, script);
                turns.fetch_add(1, Ordering::Relaxed);
            }
        });
        let _stop = Stop(&stop);
        work();
    });
    fs::remove_file(&stop).expect("our own file");
    turns.into_inner()
}

/// Asks many times; each answer must be among `theirs`, which has those to each question. How many were our own, and how
/// many of the possible answers came.
#[track_caller]
fn one_of(env: &Environment, dir: &Path, theirs: &[Vec<Vec<u8>>; QUESTIONS.len()]) -> (usize, usize) {
    let mut natively = 0;
    let mut seen: Vec<Vec<bool>> = theirs.iter().map(|answers| vec![false; answers.len()]).collect();
    for turn in 0..150 {
        let at = turn % QUESTIONS.len();
        let (our, answered) = ask(env, dir, QUESTIONS[at]);
        assert!(our.code == 0 && our.stderr.is_empty(), "{answered:?}: {}", our.stderr.as_bstr());
        let found = theirs[at].iter().position(|their| *their == our.stdout);
        let found = found.unwrap_or_else(|| panic!("{answered:?}: {}", our.stdout.as_bstr()));
        seen[at][found] = true;
        natively += usize::from(answered.served == "native");
    }
    (natively, seen.iter().flatten().filter(|seen| **seen).count())
}

#[test]
fn refs_that_are_packed_and_written_anew() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "echo 1 >f; git add f; git commit -qm 1; git branch up; git branch -q -u up
         for n in 2 3 4; do git commit -q --allow-empty -m $n; git tag t$n; done; git pack-refs --all; echo 2 >f; echo n >n",
    );
    // Where both branches are from time to time, and what git says then.
    let mut theirs: [Vec<Vec<u8>>; QUESTIONS.len()] = Default::default();
    for main in ["t3", "t4"] {
        for up in ["t2", "t2~"] {
            shell(
                &env,
                &dir,
                &format!("git update-ref refs/heads/main {main}; git update-ref refs/heads/up {up}"),
            );
            for (words, answers) in QUESTIONS.iter().zip(&mut theirs) {
                answers.push(git_status(&env, &dir, words).stdout);
            }
        }
    }
    let script = "for main in t3 t4; do
            git update-ref refs/heads/main $main; git update-ref refs/heads/up t2; git pack-refs --all
            git update-ref refs/heads/up t2~; git pack-refs --all
        done";
    let mut counts = (0, 0);
    let turns = meanwhile(&env, &dir, script, || counts = one_of(&env, &dir, &theirs));
    let (natively, seen) = counts;
    assert!(
        turns > 3 && natively > 75 && seen > QUESTIONS.len(),
        "{turns} turns, {natively} natively, {seen} answers"
    );
    for words in QUESTIONS {
        same_native(&env, &dir, words);
    }
}

#[test]
fn objects_that_are_packed_and_loose_in_turn() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "for d in 1 2 3 4 5 6 7 8; do mkdir -p d$d/e; seq $d 40 >d$d/e/f; echo $d >d$d/g; done; git add .; git commit -qm 1
         git branch up; git branch -q -u up; for n in 2 3 4; do git commit -q --allow-empty -m $n; done
         cp -r .git/objects ../loose; rm -rf ../loose/pack ../loose/info; git repack -adq
         for d in 1 2 3; do echo s >d$d/e/f; echo w >d$d/g; git add d$d/e; git mv d$d/g d$d/h; done; git read-tree HEAD
         git add -A d1 d2; cp -rn .git/objects/?? ../loose; git reset -q; git add -A d1 d2/e; echo n >n",
    );
    let theirs = QUESTIONS.map(|words| vec![git_status(&env, &dir, words).stdout]);
    // Everything is there all the time: links are made at one go, and packs go only when there are links.
    let script = "cp -rlf ../loose/. .git/objects/; rm -f .git/objects/pack/*.idx; rm -f .git/objects/pack/*
        git repack -adq; git prune-packed";
    let mut counts = (0, 0);
    let turns = meanwhile(&env, &dir, script, || counts = one_of(&env, &dir, &theirs));
    assert!(turns > 3 && counts.0 > 75, "{turns} turns, {counts:?}");
    for words in QUESTIONS {
        same_native(&env, &dir, words);
    }
}

/// A worktree that goes while it is asked is an error of its own row; a submodule, one that git is asked about.
#[test]
fn worktrees_and_submodules_that_come_and_go() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir ../origin; git -C ../origin init -q .; echo 1 >../origin/f; git -C ../origin add .
         git -C ../origin commit -qm 1; git submodule --quiet add ../origin m; git submodule --quiet add ../origin n
         echo 1 >f; git add .; git commit -qm 1; git worktree add -q ../stays; echo n >../stays/new",
    );
    let script = "git worktree add -q --detach ../comes; echo n >../comes/new; git submodule --quiet deinit -f m
        git worktree remove -f ../comes; git submodule --quiet update --init m; echo n >m/n; rm m/n; echo 2 >f; echo 1 >f";
    let stays = format!("{}\tstays untracked:1\n", env.path().join("stays").display());
    let turns = meanwhile(&env, &dir, script, || {
        for _ in 0..40 {
            let output = env.run(env.ours("git-faststatus", &dir, &["--worktrees"]));
            assert!(!output.panicked() && output.code <= 1, "{}", output.stderr.as_bstr());
            let rows: Vec<&[u8]> = output.stdout.lines_with_terminator().collect();
            assert!(
                (2..=3).contains(&rows.len()) && rows.contains(&stays.as_bytes()),
                "{}",
                output.stdout.as_bstr()
            );
            let (output, _) = ask(&env, &dir, &["-s"]);
            assert!(
                !output.panicked() && (output.code == 0 || output.code == 128),
                "{}",
                output.stderr.as_bstr()
            );
        }
    });
    assert!(turns > 2, "{turns}");
    for words in QUESTIONS {
        same_native(&env, &dir, words);
    }
}
