//! What pathspecs choose, compared with `git diff-tree -- <pathspec>…` on random trees.

pub(in crate::log) mod classes;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use bstr::{BString, ByteSlice};

use super::{Environment, Pathspec, Place};
use crate::repo::testing::{Sandbox, Seed};

const NAMES: &[&str] = &[
    "a", "b", "ab", "A", "aB", "*", "a*", "?", "[a]", "a[b", "\\a", "a.c", "b.h", "sub", "SUB", "s*b", "ünï",
];

const PIECES: &[&str] = &[
    "a",
    "b",
    "ab",
    "A",
    "*",
    "a*",
    "*b",
    "?",
    "[a]",
    "[!a]",
    "[a-c]b",
    "\\a",
    "\\*",
    "**",
    "a**",
    "*.c",
    "*.h",
    "sub",
    "SUB",
    "s*b",
    ".",
    "..",
    "",
    "[[:alpha:]]",
    "[",
    "a[b",
    "[]a]",
    "ünï",
    "x",
];

const MAGIC: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    "",
    ":(glob)",
    ":(glob)",
    ":(icase)",
    ":(literal)",
    ":(top)",
    ":/",
    ":(exclude)",
    ":!",
    ":^",
    ":!/",
    ":(top,exclude,icase)",
    ":(icase,glob)",
    ":(literal,icase)",
    ":!:",
    ":()",
    ":",
    ":(glob,literal)",
    ":(nope)",
    ":%",
    ":(top",
];

pub(in crate::log) fn seed() -> u64 {
    let seed = match std::env::var("GIT_FAST_TEST_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64,
    };
    #[expect(clippy::print_stderr)]
    {
        eprintln!("replay with GIT_FAST_TEST_SEED={seed}");
    }
    seed
}

fn random_path(seed: &mut Seed, from: &[&str]) -> String {
    let depth = 1 + seed.below(3);
    (0..depth).map(|_| seed.pick(from)).collect::<Vec<_>>().join("/")
}

/// A line of commits, each with a tree of its own.
fn make_trees(sandbox: &Sandbox, seed: &mut Seed, trees: usize) {
    sandbox.git("", &["init", "--quiet", "--initial-branch=main", "repo"]);
    let mut stream = String::new();
    for tree in 0..trees {
        let _ = write!(stream, "commit refs/heads/t{tree}\ncommitter C <c@d> 1 +0000\ndata 0\n");
        for _ in 0..30 {
            let path = random_path(seed, NAMES);
            let text = seed.below(3);
            let _ = match seed.below(8) {
                0 => writeln!(stream, "M 160000 {:040x} {path}", 1 + text),
                1 => write!(stream, "M 120000 inline {path}\ndata 1\n{text}\n"),
                2 => write!(stream, "M 100755 inline {path}\ndata 1\n{text}\n"),
                _ => write!(stream, "M 100644 inline {path}\ndata 1\n{text}\n"),
            };
        }
    }
    sandbox.feed("repo", &["fast-import", "--quiet"], stream.as_bytes());
}

type Leaves = BTreeMap<BString, BString>;

fn leaves(sandbox: &Sandbox, tree: usize) -> Leaves {
    let listing = sandbox.git("repo", &["ls-tree", "-r", "-z", &format!("t{tree}")]);
    let entries = listing.split_str(b"\0").filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let (value, path) = entry.split_once_str(b"\t").unwrap();
            (path.into(), value.into())
        })
        .collect()
}

fn chosen(pathspec: &Pathspec, old: &Leaves, new: &Leaves) -> BTreeSet<(BString, bool, bool)> {
    let value = |leaves: &Leaves, path: &BString| {
        let reach = pathspec.reach(path.as_bstr());
        let chosen = |value: &&BString| {
            if value.starts_with(b"160000") { reach.submodules } else { reach.files }
        };
        leaves.get(path).filter(chosen).cloned()
    };
    let paths: BTreeSet<&BString> = old.keys().chain(new.keys()).collect();
    let changes = paths.into_iter().map(|path| (path, value(old, path), value(new, path)));
    changes
        .filter(|(_, old, new)| old != new)
        .map(|(path, old, new)| (path.clone(), old.is_some(), new.is_some()))
        .collect()
}

#[test]
fn pathspecs_choose_what_git_chooses() {
    let mut seed = Seed::new(seed());
    let mut understood = 0;
    let mut found = 0;
    for _ in 0..3 {
        let mut sandbox = Sandbox::new();
        make_trees(&sandbox, &mut seed, 4);
        let trees: Vec<Leaves> = (0..4).map(|tree| leaves(&sandbox, tree)).collect();
        for case in 0..150 {
            let mut directory = String::new();
            if seed.below(3) == 0 {
                directory = random_path(&mut seed, NAMES) + "/";
                std::fs::create_dir_all(sandbox.path(&format!("repo/{directory}"))).unwrap();
            }
            let count = 1 + seed.below(3) * seed.below(2);
            let specs: Vec<String> = (0..count)
                .map(|_| {
                    let slash = seed.pick(&["", "", "", "/"]);
                    seed.pick(MAGIC).to_owned() + &random_path(&mut seed, PIECES) + slash
                })
                .collect();
            let flag = |seed: &mut Seed| seed.below(25) == 0;
            let environment = Environment {
                literal: flag(&mut seed),
                glob: flag(&mut seed),
                noglob: flag(&mut seed),
                icase: flag(&mut seed),
            };
            let variables = [
                ("LITERAL", environment.literal),
                ("GLOB", environment.glob),
                ("NOGLOB", environment.noglob),
                ("ICASE", environment.icase),
            ];
            sandbox.env = variables
                .map(|(name, value)| (format!("GIT_{name}_PATHSPECS"), u8::from(value).to_string().into()))
                .to_vec();
            let (old, new) = (seed.below(4), seed.below(4));
            let parsed = Pathspec::parse(&specs, &Place::below(&directory), environment);
            let (from, to) = (format!("t{old}"), format!("t{new}"));
            let mut arguments = vec!["diff-tree", "-r", "-z", "--name-status", &from, &to, "--"];
            arguments.extend(specs.iter().map(String::as_str));
            let output = sandbox.run(&format!("repo/{directory}"), &arguments, b"");
            let about = format!("case {case}: {specs:?} in '{directory}' {environment:?}");
            let Ok(pathspec) = parsed else { continue };
            assert!(output.status.success(), "git refuses {about}: {}", output.stderr.as_bstr());
            understood += 1;
            let fields: Vec<&[u8]> = output.stdout.split_str(b"\0").collect();
            let expected: BTreeSet<(BString, bool, bool)> = fields
                .chunks_exact(2)
                .map(|pair| (pair[1].into(), pair[0] != b"A", pair[0] != b"D"))
                .collect();
            found += expected.len();
            assert_eq!(chosen(&pathspec, &trees[old], &trees[new]), expected, "{about}");
            // What the index is searched for must hold all of it.
            let prefixes: Vec<_> = pathspec.prefixes().collect();
            for (path, ..) in &expected {
                let covered = prefixes.iter().any(|prefix| path.starts_with(prefix));
                assert!(covered, "{path} has none of {prefixes:?}: {about}");
            }
            if let Some(literals) = pathspec.literals() {
                for (path, ..) in &expected {
                    let below = |dir: &[u8]| {
                        dir.is_empty() || path.strip_prefix(dir).is_some_and(|rest| rest.starts_with(b"/"))
                    };
                    let covered = literals.iter().any(|literal| *path == literal.path || below(literal.path));
                    assert!(covered, "{path} is not below {literals:?}: {about}");
                }
            }
        }
    }
    assert!(understood > 150 && found > 150, "{understood} pathspecs were understood, {found} paths found");
}

#[test]
fn what_git_refuses_is_left_to_git() {
    let refused = [
        "",
        ":(nope)a",
        ":(glob,literal)a",
        ":(top",
        "../a",
        "a/../../b",
        "/a",
        ":%a",
        ":(attr:x)a",
        ":(prefix:0)a",
    ];
    for spec in refused {
        assert!(Pathspec::parse(&[spec], &Place::default(), Environment::default()).is_err(), "{spec}");
    }
    let both = Environment { glob: true, noglob: true, ..Environment::default() };
    assert!(Pathspec::parse(&["a"], &Place::default(), both).is_err());
}

#[test]
fn only_plain_paths_are_literal() {
    let literals = |spec: &str| {
        let pathspec = Pathspec::parse(&[spec], &Place::below("sub/"), Environment::default()).unwrap();
        pathspec
            .literals()
            .map(|all| all.iter().map(|one| (one.path.to_string(), one.not_a_file)).collect::<Vec<_>>())
    };
    assert_eq!(literals("a"), Some(vec![("sub/a".to_owned(), false)]));
    assert_eq!(literals("a//"), Some(vec![("sub/a".to_owned(), true)]));
    assert_eq!(literals("."), Some(vec![("sub".to_owned(), true)]));
    assert_eq!(literals(".."), Some(vec![(String::new(), false)]));
    assert_eq!(literals(":/"), Some(vec![(String::new(), false)]));
    assert_eq!(literals(":(top)a//"), None);
    assert_eq!(literals("*.c"), None);
    assert_eq!(literals(":!a"), None);
    assert_eq!(literals(":(literal)*"), Some(vec![("sub/*".to_owned(), false)]));
    assert_eq!(
        Pathspec::parse(&[PathBuf::from("x").to_str().unwrap()], &Place::default(), Environment::default())
            .unwrap()
            .prefixes()
            .collect::<Vec<_>>(),
        ["x"]
    );
}
