//! Path-limited history is answered from the index, whatever the pathspec and whatever it is combined with. What is git's
//! all the same is listed here, with its reason, and in docs/COMPATIBILITY.md.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;

use bstr::ByteSlice;

use super::World;
use crate::differential::compare::difference;
use crate::support::Environment;
use crate::support::repository::{Generated, Plan, args};
use crate::support::trace::Served;

/// Where a question is asked, and about what.
type Place<'p> = (&'static str, &'p [&'p str]);

/// What a question about paths is combined with. What is not an option of `git log` has its meaning for git behind it.
const COMBINED: &[(&[&str], &[&str])] = &[
    (&[], &[]),
    (&["-n3"], &["-n3"]),
    (&["--skip=1"], &["--skip=1"]),
    (&["--page=2", "--per-page=4"], &["--skip=4", "-n4"]),
    (&["HEAD~9.."], &["HEAD~9.."]),
    (&["topic..main"], &["topic..main"]),
    (&["main...topic"], &["main...topic"]),
    (&["--graph", "topic..main"], &["--graph", "topic..main"]),
    (&["--topo-order", "-n5", "topic.."], &["--topo-order", "-n5", "topic.."]),
    (&["--all", "--not", "HEAD~4"], &["--all", "--not", "HEAD~4"]),
    (&["--author=example"], &["--author=example"]),
    (&["--grep=fix", "-i"], &["--grep=fix", "-i"]),
    (&["--merges"], &["--merges"]),
    (&["--graph"], &["--graph"]),
    (&["--reverse"], &["--reverse"]),
    (&["--topo-order"], &["--topo-order"]),
    (&["--date-order"], &["--date-order"]),
    (&["--author-date-order"], &["--author-date-order"]),
];

/// How history is simplified.
const SIMPLIFIED: &[&[&str]] = &[
    &["--full-history"],
    &["--dense"],
    &["--sparse"],
    &["--simplify-merges"],
    &["--ancestry-path", "HEAD~9..HEAD"],
    &["--ancestry-path=HEAD~4", "HEAD~9..HEAD"],
    &["--show-pulls"],
    &["--first-parent"],
    &["--simplify-by-decoration"],
    &["--remove-empty"],
];

/// What each way of simplifying is combined with.
const SHOWN: &[&[&str]] = &[
    &[],
    &["-n3"],
    &["--all"],
    &["--parents"],
    &["--graph"],
    &["--graph", "--format=%p %s"],
    &["--author=example"],
];

/// Of these, docs/COMPATIBILITY.md says that they may be git's: what git makes of such a question depends on which commits it
/// has read, for ranges where it sorts, for `...` by other ways to the same commits.
const MAY_BE_GITS: &[&[&str]] = &[
    &["main...topic"],
    &["--graph", "topic..main"],
    &["--topo-order", "-n5", "topic.."],
    &["--first-parent", "--graph"],
    &["--first-parent", "--graph", "--format=%p %s"],
];

/// All of that, as words for us and for git.
fn combinations() -> Vec<(Vec<&'static str>, Vec<&'static str>)> {
    let simplified = SIMPLIFIED.iter().flat_map(|how| SHOWN.iter().map(|shown| [*how, *shown].concat()));
    let combined = COMBINED.iter().map(|(ours, theirs)| (ours.to_vec(), theirs.to_vec()));
    combined.chain(simplified.map(|words| (words.clone(), words))).collect()
}

/// Asks about every place with every combination: those that the index did not answer for some place.
fn survey(world: &World, places: &[Place<'_>]) -> BTreeSet<Vec<&'static str>> {
    let mut left = BTreeSet::new();
    let mut empty = 0;
    let combinations = combinations();
    for (below, paths) in places {
        let dir = world.repository.dir.join(below);
        for (ours, theirs) in &combinations {
            let with = |words: &[&str]| args(&[&["--format=%h %s"], words, &["--"], paths].concat());
            let theirs = world.env.log(&dir, &with(theirs), None);
            let (answer, trace) = world.env.fastlog(&dir, &with(ours), None);
            let trace = trace.expect("a trace");
            let what = format!("{below} {ours:?} {paths:?}: {}", trace.reason);
            assert_eq!(difference(&answer, &theirs, false), None, "{what}");
            assert_eq!(theirs.code, 0, "{what}: {}", theirs.stderr.as_bstr());
            if trace.served != Served::Native {
                assert!(MAY_BE_GITS.contains(&ours.as_slice()), "{what}");
                assert_eq!(trace.reason, "simplification that depends on how far git has walked", "{what}");
                left.insert(ours.clone());
            }
            empty += usize::from(theirs.stdout.is_empty());
        }
    }
    assert!(empty * 4 < places.len() * combinations.len(), "{empty} answers are empty");
    left
}

/// The file that was deleted first of those that HEAD does not have.
fn deleted_long_ago(world: &World) -> String {
    let present = world.lines(&["ls-tree", "-r", "--name-only", "HEAD"]);
    let deleted =
        world.lines(&["log", "--reverse", "--no-renames", "--diff-filter=D", "--name-only", "--format="]);
    deleted.into_iter().find(|path| !present.contains(path) && !path.starts_with('"')).expect("one of them")
}

/// Asks about all kinds of pathspecs, after `prepare`.
fn ask_all(prepare: &[&str]) -> BTreeSet<Vec<&'static str>> {
    let world = World::new(Plan::plain(61, 200));
    world.git(prepare);
    fs::create_dir_all(world.repository.dir.join("src/lib")).expect("a worktree");
    let gone = deleted_long_ago(&world);
    survey(
        &world,
        &[
            ("", &["src/main.c"]),
            ("", &["src"]),
            ("", &["doc/", "README"]),
            ("", &["*.c"]),
            ("", &[":(icase)readme"]),
            ("", &[":(glob)src/*.c"]),
            ("", &[":(glob)**/a*"]),
            ("", &[":(literal)*.c"]),
            ("", &[":(top)src"]),
            ("", &[":(exclude)src"]),
            ("", &["src", ":!*.c"]),
            ("", &[&gone]),
            ("src", &["main.c"]),
            ("src", &["."]),
            ("src/lib", &["..", "../../README"]),
            ("src/lib", &[":/doc"]),
        ],
    )
}

#[test]
fn path_limits_are_answered_from_the_index() {
    let left = ask_all(&["config", "core.commitGraph", "false"]);
    assert_eq!(left, BTreeSet::from([vec!["main...topic"]]));
}

/// A commit-graph has a say in the order in which git walks.
#[test]
fn path_limits_beside_a_commit_graph() {
    let left = ask_all(&["commit-graph", "write", "--reachable"]);
    assert_eq!(left, MAY_BE_GITS.iter().map(|words| words.to_vec()).collect());
    let said = include_str!("../../docs/COMPATIBILITY.md");
    assert!(said.contains("where that depends on which commits git has read"), "it is not documented");
}

/// Submodules and symbolic links are entries of trees like others, and change places with files and directories.
#[test]
fn submodules_and_links_are_answered_from_the_index() {
    let world = World::new(Plan { submodules: true, ..Plan::plain(62, 200) });
    let changes = world.lines(&["log", "--all", "--raw", "--no-renames", "--format="]);
    let one = |modes: &str| {
        let line = changes.iter().find(|line| line.starts_with(modes) && !line.ends_with('"'));
        line.unwrap_or_else(|| panic!("no change of {modes}")).split('\t').nth(1).expect("a path").to_owned()
    };
    let changed = one(":000000 160000");
    survey(
        &world,
        &[
            ("", &[&changed]),
            ("", &[&format!("{changed}/")]),
            ("", &[&format!(":!{changed}/")]),
            ("", &[&one(":160000 000000")]),
            ("", &[&one(":100644 120000")]),
            ("", &["src", "*/"]),
        ],
    );
}

/// A graph draws nothing but first parents then, so what becomes of the others only matters to a format that shows them.
#[test]
fn graphs_along_first_parents_beside_a_commit_graph() {
    let world = World::new(Plan::plain(61, 200));
    world.git(&["commit-graph", "write", "--reachable"]);
    for words in [
        &["--oneline"][..],
        &["--format=%h %s", "-n5"],
        &["--oneline", "--author=example", "--skip=1"],
        &["--oneline", "--full-history"],
    ] {
        let words = [&["--graph", "--first-parent"], words, &["--", "src"]].concat();
        let theirs = world.env.log(&world.repository.dir, &args(&words), None);
        assert!(theirs.stdout.lines().count() > 2, "{words:?} shows nothing");
        assert_eq!(world.native(&words).as_bstr(), theirs.stdout.as_bstr(), "{words:?}");
    }
}

/// Paths from the root of the file system, as editors have them.
#[test]
fn absolute_paths() {
    let world = World::new(Plan::plain(61, 200));
    let top = world.repository.dir.canonicalize().expect("it is there").display().to_string();
    let link = format!("{top}-link");
    symlink(&top, &link).expect("a new name");
    let below = world.repository.dir.join("src");
    fs::create_dir_all(&below).expect("a worktree");
    let ask = |path: &str| {
        let words = args(&["--format=%h %s", "--name-only", "--no-renames", "--", path]);
        let theirs = world.env.log(&below, &words, None);
        let (ours, trace) = world.env.fastlog(&below, &words, None);
        assert_eq!(difference(&ours, &theirs, false), None, "{path}");
        (theirs.code, theirs.stdout, trace.expect("a trace").served)
    };
    let everything = ask(".").1;
    for path in ["", "/", "/src", "/src/", "//src/./main.c", "/doc/../src", "/no/such", "/*.c"] {
        let (code, shown, served) = ask(&format!("{top}{path}"));
        assert_eq!((code, served), (0, Served::Native), "{path}");
        assert_eq!(shown.is_empty(), path == "/no/such", "{path}");
    }
    for magic in [":(icase)", ":(glob)", ":(literal)", ":!"] {
        let (code, shown, served) = ask(&format!("{magic}{top}/src"));
        assert_eq!((code, served, shown.is_empty()), (0, Served::Native, false), "{magic}");
    }
    assert!(ask(&format!("{top}/src/")).1 == everything, "not the same commits");
    // Which file a path leads to by links, git finds out.
    assert!(ask(&format!("{link}/src/")) == (0, everything, Served::Git), "{link}/src/");
    for outside in ["/", "/no/such", &format!("{top}2"), &format!("{top}/../x")] {
        assert_eq!(ask(outside), (128, Vec::new(), Served::Git), "{outside}");
    }
}

/// What docs/COMPATIBILITY.md lists besides: git's answer, for this reason.
#[test]
fn what_is_left_to_git_is_git_s() {
    let world = World::new(Plan::plain(61, 200));
    let stars = "*".repeat(33);
    let other_letters = ":(icase)\u{e9}t\u{e9}";
    for (words, reason) in [
        (&["--", other_letters][..], "letters beyond ASCII in any case"),
        (&["--", &stars], "a pattern with very many stars"),
        (&["--", ":(attr:x)src"], "pathspec magic 'attr:x'"),
        (&["--author=example", "--parents", "--", "src"], "rewritten parents of filtered commits"),
        (&["--skip=1", "--parents", "--", "src"], "rewritten parents of filtered commits"),
        (&["-p", "--parents", "--", "src"], "diff output"),
        (&["--stat", "--graph", "--", "src"], "diff output"),
        (&["-p", "--simplify-merges", "--", "src"], "diffs of commits whose parents were simplified"),
        (
            &["--stat", "--simplify-by-decoration", "--", "src"],
            "diffs of commits whose parents were simplified",
        ),
        (
            &["--raw", "--full-diff", "--simplify-merges", "--", "src"],
            "all changes of commits whose parents were simplified",
        ),
        (&["--follow", "--graph", "--", "README"], "--follow with options that look at other commits"),
        (&["--follow", "--reverse", "--", "README"], "--follow with options that look at other commits"),
        (&["--follow", "--full-history", "--", "README"], "--follow with options that look at other commits"),
        (&["--follow", "-p", "-C", "--", "README"], "--follow with other diff options"),
        (&["--follow", "--", "src"], "--follow of 'src', which was not always a file"),
        (&["--follow", "--", "READ*"], "--follow of something else than a path"),
        (&["--follow", "--format=%G?", "--", "README"], "--follow with what git renders"),
        (&["--no-walk", "--", "src"], "--no-walk with what needs a walk"),
    ] {
        let words = args(words);
        let theirs = world.env.log(&world.repository.dir, &words, None);
        let (ours, trace) = world.env.fastlog(&world.repository.dir, &words, None);
        assert_eq!(difference(&ours, &theirs, false), None, "{words:?}");
        let trace = trace.expect("a trace");
        assert_eq!((trace.served, &*trace.reason), (Served::Git, reason), "{words:?}");
    }
    world.git(&["commit-graph", "write", "--reachable", "--changed-paths"]);
    let words = args(&["--remove-empty", "--", "src"]);
    let theirs = world.env.log(&world.repository.dir, &words, None);
    let (ours, trace) = world.env.fastlog(&world.repository.dir, &words, None);
    assert_eq!(difference(&ours, &theirs, false), None);
    assert_eq!(trace.expect("a trace").reason, "--remove-empty with changed-path filters");
}

/// Where nothing of a merge's first parent is shown, the second takes its place, to which `--first-parent` never comes. Git
/// keeps a column for it if the filters let it through.
#[test]
fn a_filtered_graph_along_first_parents_to_commits_that_are_not_walked() {
    let env = Environment::new();
    let repository = Generated::new(&env, "repository", Plan::plain(1, 1));
    let world = World { env, repository };
    let commit = |file: &str, author: &str| {
        fs::write(world.repository.dir.join(file), format!("{author}\n")).expect("a worktree");
        world.git(&["add", file]);
        world.git(&["commit", "-q", "-m", file, &format!("--author={author} <{author}@example.com>")]);
    };
    let start = |branch: &str| {
        world.git(&["switch", "-q", "-f", "--orphan", branch]);
    };
    for (branch, author) in [("kept", "Ada"), ("left-out", "Bob")] {
        start(&format!("{branch}-other"));
        commit("file", "Ada");
        start(branch);
        commit("beside", "Ada");
        world.git(&["switch", "-q", "-c", "merged"]);
        commit("file", author);
        world.git(&["switch", "-q", branch]);
        commit("beside", "Bob");
        world.git(&["merge", "-q", "--no-ff", "-m", "merge", "merged"]);
        world.git(&["commit", "-q", "--amend", "--no-edit", "--author=Ada <Ada@example.com>"]);
        world.git(&["branch", "-q", "-D", "merged"]);
    }
    world.env.index_ok(&world.repository.dir, "build");
    for branch in ["kept", "left-out"] {
        for filter in ["--author=Ada", "--author=Bob", "--all"] {
            let other = format!("{branch}-other");
            let words =
                args(&["--graph", "--first-parent", "--format=%s", filter, branch, &other, "--", "file"]);
            let theirs = world.env.log(&world.repository.dir, &words, None);
            let (ours, trace) = world.env.fastlog(&world.repository.dir, &words, None);
            assert_eq!(difference(&ours, &theirs, false), None, "{words:?}: {trace:?}");
        }
    }
}
