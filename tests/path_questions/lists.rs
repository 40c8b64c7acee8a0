//! Lists of changes over a path: which of them come from the index alone, and what git is given of the others.

use std::collections::BTreeSet;

use bstr::ByteSlice;

use super::World;
use crate::differential::compare::difference;
use crate::support::recorder::{Asked, Recorder};
use crate::support::repository::{Plan, args};
use crate::support::trace::Served;

const LISTS: &[&str] = &["--name-only", "--name-status", "--raw"];

const PLACES: &[&[&str]] = &[
    &["--", "src"],
    &["--", "src/main.c"],
    &["--", "*.c", "README"],
    &["--full-history", "--", "src/lib", "doc"],
    &["--first-parent", "--", ".", ":!src"],
    &["--reverse", "-n4", "--", "src"],
    &["--author=example", "--", ":(icase)SRC"],
];

/// A history without other encodings, which git is asked about, with a recorder in front of git.
fn world() -> (World, Recorder) {
    let mut world = World::new(Plan::plain(78, 80));
    assert!(world.lines(&["log", "--all", "--format=%e"]).iter().all(String::is_empty), "another encoding");
    let recorder = Recorder::start(&mut world.env);
    (world, recorder)
}

/// Asks ours and git for a list, which must be the same; what git was asked meanwhile.
fn asked(world: &World, recorder: &Recorder, words: &[&str]) -> Vec<Asked> {
    let theirs = world.env.log(&world.repository.dir, &args(words), None);
    recorder.take();
    let (ours, trace) = world.env.fastlog(&world.repository.dir, &args(words), None);
    let trace = trace.expect("a trace");
    assert_eq!(difference(&ours, &theirs, false), None, "{words:?}");
    assert_eq!(trace.served, Served::Native, "{words:?}: {}", trace.reason);
    assert!(!theirs.stdout.is_empty(), "{words:?} shows nothing");
    let mut asked = recorder.take();
    // Which git it is, is asked anew as long as the program was just written.
    asked.retain(|asked| !["version", "var GIT_CONFIG_SYSTEM"].contains(&&*asked.words));
    asked
}

#[test]
fn lists_without_renames_take_no_git() {
    let (world, recorder) = world();
    for list in LISTS {
        for place in PLACES {
            for format in ["--format=%h %s", "--oneline"] {
                let words = [&["--all", "--no-renames", list, format], *place].concat();
                let asked = asked(&world, &recorder, &words);
                assert!(asked.is_empty(), "{words:?}: {asked:?}");
            }
        }
    }
}

/// Commits that both add and delete files, as git lists them where it looks for no renames.
fn may_rename(world: &World, place: &[&str]) -> BTreeSet<String> {
    let listed = ["log", "--all", "--no-renames", "--name-status", "--format=%x01%H"];
    let listed = world.git(&[&listed, place].concat());
    let commits = listed.split(|byte| *byte == 1).skip(1);
    let both = commits.filter(|commit| {
        let does = |status: &[u8]| commit.lines().any(|line| line.starts_with(status));
        does(b"A\t") && does(b"D\t")
    });
    both.map(|commit| commit.lines().next().expect("its name").to_str_lossy().into_owned()).collect()
}

#[test]
fn only_commits_that_may_rename_are_given_to_git() {
    let (world, recorder) = world();
    let mut given = 0;
    for list in LISTS {
        for place in PLACES {
            let words = [&["--all", list, "--format=%s"], *place].concat();
            let expected = may_rename(&world, place);
            let asked = asked(&world, &recorder, &words);
            assert!(
                asked.iter().all(|asked| asked.words.starts_with("diff-tree --stdin ")),
                "{words:?}: {asked:?}"
            );
            assert_eq!(asked.len(), usize::from(!expected.is_empty()), "{words:?}: {asked:?}");
            let pairs = asked.iter().flat_map(|asked| asked.input.lines()).filter(|line| *line != "-");
            let commits = pairs.map(|pair| pair.split(' ').next().expect("a commit").to_owned());
            assert_eq!(commits.collect::<BTreeSet<_>>(), expected, "{words:?}");
            given += expected.len();
        }
    }
    assert!(given > 0, "no commit may rename anything");
}
