//! Files that were renamed or copied, in every format: which of them, how similar they are, and what else has changed. The
//! arithmetic is git's (it is asked); that it is asked with the right options, and that the answer is taken over, is not.

use std::path::Path;

use super::{Answered, ask_and_compare, git_status, repository, shell, text};
use crate::support::Environment;

/// What happens to files that are committed, and what then is in `--porcelain=v2`.
type Case = (&'static str, &'static str, &'static [&'static str]);

const COMMITTED: &str = "mkdir d; seq 100 >a; seq 100 >twin; echo twin >>twin; seq 200 300 >b; seq 400 500 | sed 's/$/\\r/' >crlf
    printf '\\0\\1\\2' >binary; seq 600 700 >>binary; >empty; ln -s somewhere link; seq 800 900 >d/'sp \u{fc}'; git add .
    git commit -qm x";

const CASES: &[Case] = &[
    ("exactly", "git mv a moved", &["R100 moved\ta"]),
    ("inexactly", "git mv a moved; seq 5 >>moved; git add moved", &["R96 moved\ta"]),
    ("barely", "git mv a moved; seq 90 >>moved; git add moved", &["R52 moved\ta"]),
    ("too little in common", "git mv a moved; seq 40 >moved; seq 2000 2200 >>moved; git add moved", &["A. moved", "D. a"]),
    ("from two that it may be", "git rm -q --cached twin; git mv a moved; echo twin >>moved; git add moved", &["R100 moved\ttwin"]),
    ("to two", "git rm -q --cached a; for n in 1 2; do seq 100 >to$n; echo $n >>to$n; done; git add to1 to2", &["R99 to1\ta", "A. to2"]),
    ("to one of the same name", "git mv a d/a; git mv b d/c; seq 3 >>d/a; git add d", &["R97 d/a\ta", "R100 d/c\tb"]),
    ("across", "git mv a x; git mv b a; git mv x b", &["M. a", "M. b"]),
    ("beside a rewrite", "cp a moved; seq 3000 3100 >a; git add .", &["A. moved", "M. a"]),
    ("and changed since", "git mv a moved; git mv b gone; echo more >>moved; rm gone", &["RM R100 moved\ta", "RD R100 gone\tb"]),
    ("and back in the worktree", "git mv a moved; cp moved a", &["R. R100 moved\ta", "? a"]),
    ("with a mode", "git mv a moved; chmod +x moved; git add moved", &["100644 100755", "R100 moved\ta"]),
    ("a link", "git mv link d/link", &["R100 d/link\tlink"]),
    ("a file to a link", "git rm -q a; ln -s b moved; git add moved", &["A. moved", "D. a"]),
    ("an empty one", "git mv empty moved", &["R100 moved\tempty"]),
    ("a binary one", "git mv binary moved; seq 3 >>moved; git add moved", &["moved\tbinary"]),
    ("with other line endings", "git mv crlf moved; tr -d '\\r' <moved >x; mv x moved; git add moved", &["moved\tcrlf"]),
    ("with names to quote", "git mv d/sp* d/'q\"\u{e9} t'", &["R100 "]),
    ("a directory", "git mv d e; seq 100 200 >>e/sp*; git add e", &["e/"]),
    ("many", "for i in $(seq 12); do seq $i $((i + 60)) >n$i; done; git add .; git commit -qm y
        for i in $(seq 12); do git mv n$i m$i; echo $i >>m$i; done; git add .", &["R98 m1\tn1", "R98 m12\tn12"]),
    ("beside an untracked one", "git mv a moved; seq 100 >untracked", &["R100 moved\ta", "? untracked"]),
    ("in a conflict", "git checkout -qb o; git mv a theirs; git commit -qm o; git checkout -q main; git mv a ours; git commit -qm m
        git merge -q o || true; git mv b moved", &["R100 moved\tb", "u "]),
];

const FORMATS: &[&[&str]] = &[
    &[],
    &["-s", "-b"],
    &["--porcelain"],
    &["--porcelain=v2"],
    &["-z"],
    &["-s", "-z"],
    &["--porcelain=v2", "-z"],
];
const OPTIONS: &[&[&str]] = &[
    &["--no-renames"],
    &["--renames"],
    &["-M"],
    &["-M90%"],
    &["-M100%"],
    &["-M3"],
    &["--find-renames=95"],
    &["--no-renames", "-M"],
    &["-M95%", "--no-renames"],
];
const SETTINGS: &[&str] = &[
    "status.renames=copies",
    "status.renames=false",
    "diff.renames=copy",
    "diff.renames=false",
    "status.renameLimit=1000",
    "diff.renameLimit=0",
];

/// Our answer is git's, and natively so.
#[track_caller]
fn compare(env: &Environment, dir: &Path, what: &str, words: &[&str]) {
    let their = git_status(env, dir, words);
    let answered = ask_and_compare(env, dir, words, &their);
    assert_eq!(answered, Answered { served: "native".into(), reason: String::new() }, "{what}: {words:?}");
}

/// Without object names and what is the same on both sides.
fn records(env: &Environment, dir: &Path, words: &[&str]) -> String {
    text(&git_status(env, dir, &[&["--porcelain=v2"], words].concat()))
}

/// Whether a line has all of these parts.
fn has(records: &str, wanted: &str) -> bool {
    let parts: Vec<&str> = wanted.splitn(2, ' ').collect();
    records.lines().any(|line| parts.iter().all(|part| line.contains(part)))
}

#[test]
fn every_way_to_rename_in_every_format() {
    for (what, script, expected) in CASES {
        let env = Environment::new();
        let dir = repository(&env, COMMITTED);
        shell(&env, &dir, script);
        let found = records(&env, &dir, &[]);
        assert!(expected.iter().all(|wanted| has(&found, wanted)), "{what}: {expected:?} in\n{found}");
        for words in FORMATS {
            compare(&env, &dir, what, words);
        }
        compare(&env, &dir.join(if dir.join("d").is_dir() { "d" } else { "e" }), what, &[]);
        for (turn, options) in OPTIONS.iter().enumerate() {
            compare(&env, &dir, what, &[FORMATS[turn % FORMATS.len()], options].concat());
        }
        for setting in SETTINGS {
            let (key, value) = setting.split_once('=').expect("a value");
            env.git_ok(&dir, &["config", key, value]);
            let is_git_s = *what == "in a conflict" && setting.contains("cop");
            let their = git_status(&env, &dir, &["--porcelain=v2"]);
            let answered = ask_and_compare(&env, &dir, &["--porcelain=v2"], &their);
            assert_eq!(answered.served, if is_git_s { "git" } else { "native" }, "{what} with {setting}");
            env.git_ok(&dir, &["config", "--unset", key]);
        }
    }
}

/// Of one side only, a renamed file is a new one or a deleted one.
#[test]
fn paths_on_one_side() {
    let env = Environment::new();
    let dir = repository(&env, COMMITTED);
    shell(&env, &dir, "git mv a moved; git mv b d/b; seq 3 >>moved; git add moved");
    for paths in [&["moved"][..], &["a"], &["a", "moved"], &["d"], &["b", "d"], &["."], &["d/b"]] {
        for format in FORMATS {
            compare(&env, &dir, "paths", &[*format, &["--"], paths].concat());
        }
    }
    assert!(has(&records(&env, &dir, &["moved"]), "A. moved"));
    assert!(has(&records(&env, &dir, &["a", "moved"]), "R97 moved\ta"));
}

#[test]
fn copies() {
    let env = Environment::new();
    let dir = repository(&env, COMMITTED);
    shell(
        &env,
        &dir,
        "cp a copy; echo more >>a; cp b untouched; git mv twin moved; cp moved second; git add .",
    );
    for (key, value) in [("status.renames", "copies"), ("status.renames", "copy"), ("diff.renames", "copies")]
    {
        env.git_ok(&dir, &["config", key, value]);
        for format in FORMATS {
            compare(&env, &dir, "copies", format);
            compare(&env, &dir, "copies", &[*format, &["-M99%"]].concat());
            compare(&env, &dir, "copies", &[*format, &["--no-renames"]].concat());
            compare(&env, &dir, "copies", &[*format, &["--renames"]].concat());
        }
        // Only what has changed itself is an origin.
        let found = records(&env, &dir, &[]);
        for wanted in ["C100 copy\ta", "A. untouched", "C100 moved\ttwin", "R100 second\ttwin"] {
            assert!(has(&found, wanted), "{wanted}: {found}");
        }
        env.git_ok(&dir, &["config", "--unset", key]);
    }
    // The narrower setting counts.
    shell(&env, &dir, "git config diff.renames copies; git config status.renames true");
    compare(&env, &dir, "both", &["--porcelain=v2"]);
    assert!(!has(&records(&env, &dir, &[]), "C100"));
}

/// Beyond the limit only the same contents are found, of which git warns: it answers then.
#[test]
fn limits() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "for i in 1 2 3 4; do seq $i 60 >n$i; done; git add .; git commit -qm x
         for i in 1 2 3 4; do git mv n$i m$i; echo $i >>m$i; done; git add .",
    );
    for key in ["status.renameLimit", "diff.renameLimit"] {
        for (limit, renamed, served) in [
            ("4", true, "native"),
            ("0", true, "native"),
            ("-1", true, "native"),
            ("3", false, "git"),
            ("1", false, "git"),
        ] {
            env.git_ok(&dir, &["config", key, limit]);
            for words in FORMATS {
                let their = git_status(&env, &dir, words);
                let answered = ask_and_compare(&env, &dir, words, &their);
                assert_eq!(answered.served, served, "{key}={limit} {words:?}: {}", answered.reason);
                assert!(
                    served == "native" || answered.reason == "git finds no renames",
                    "{}",
                    answered.reason
                );
            }
            assert_eq!(has(&records(&env, &dir, &[]), "2 R."), renamed, "{key}={limit}");
            compare(&env, &dir, "limits", &["--porcelain=v2", "--no-renames"]);
        }
        env.git_ok(&dir, &["config", "--unset", key]);
    }
}

/// Between index and worktree only these can be renamed; whether they are copies is git's to say.
#[test]
fn files_that_are_intended_to_be_added() {
    let env = Environment::new();
    let dir = repository(&env, COMMITTED);
    shell(&env, &dir, "mv a moved; git add -N moved; echo n >n; git add -N n");
    for words in FORMATS {
        compare(&env, &dir, "intended", words);
        compare(&env, &dir, "intended", &[*words, &["--no-renames"]].concat());
    }
    assert!(has(&records(&env, &dir, &[]), ".R R100"));
    shell(&env, &dir, "git config status.renames copies; seq 100 >a; echo changed >>a");
    for words in FORMATS {
        let answered = ask_and_compare(&env, &dir, words, &git_status(&env, &dir, words));
        assert_eq!(answered.reason, "files intended to be added that may be copied", "{words:?}");
    }
    assert!(has(&records(&env, &dir, &[]), ".C C100"));
    // Nothing is gone: they can only be new.
    shell(&env, &dir, "git config --unset status.renames; git mv b staged");
    for words in FORMATS {
        compare(&env, &dir, "intended", words);
    }
    let page = include_str!("../../docs/COMPATIBILITY-status.md");
    for said in [
        "intended to be added (`git add -N`), where copies are looked for",
        "files in a conflict, where others are",
    ] {
        assert!(page.contains(said), "it is not documented: {said}");
    }
}

/// Found by `status_machine`: to git a file in a conflict is a new one, which a deleted one may have become; then it does
/// not tell that anything was deleted.
#[test]
fn files_in_a_conflict() {
    let env = Environment::new();
    let dir = repository(&env, COMMITTED);
    shell(
        &env,
        &dir,
        "git checkout -qb o; echo o >>a; git commit -qam o; git checkout -q main; echo m >>a; git commit -qam m
         ! git merge -q o; cp b a; rm b",
    );
    for words in FORMATS {
        let answered = ask_and_compare(&env, &dir, words, &git_status(&env, &dir, words));
        assert_eq!(answered.reason, "files in a conflict that may be taken for renamed ones", "{words:?}");
        compare(&env, &dir, "a conflict", &[*words, &["--no-renames"]].concat());
    }
    assert!(!has(&records(&env, &dir, &[]), "D b") && has(&records(&env, &dir, &["--no-renames"]), ".D b"));
    // With nothing deleted, or nothing there, nothing can be renamed.
    for script in ["git checkout -q b; cp b a", "git checkout -q b; rm a", "rm b"] {
        shell(&env, &dir, script);
        for words in FORMATS {
            compare(&env, &dir, script, words);
        }
    }
    shell(&env, &dir, "git checkout -q b; echo changed >>b; cp b a; git config status.renames copies");
    for words in FORMATS {
        let answered = ask_and_compare(&env, &dir, words, &git_status(&env, &dir, words));
        assert_eq!(answered.served, "git", "{words:?}");
    }
}
