//! Our own options where only git can answer: a split index is git's to read.

use std::fs;

use bstr::ByteSlice;

use super::{ask, git_status, repository, same, shell, text};
use crate::support::Environment;

#[test]
fn an_exit_code_with_a_format_prints_too() {
    let env = Environment::new();
    let dir =
        repository(&env, "mkdir d e; echo 1 >d/f; echo 1 >e/f; git add .; git commit -qm x; echo 2 >d/f");
    let words: [&[&str]; 7] = [
        &["-s"],
        &["-z"],
        &["--porcelain=v2", "-b"],
        &["--long"],
        &["-s", "--", "d"],
        &["-s", "--", "e"],
        &["--porcelain", "--ignored", "e"],
    ];
    let ask = |words: &[&str], who: &str| {
        let (output, answered) = ask(&env, &dir, &[&["--exit-code"], words].concat());
        assert_eq!(answered.served, who, "{words:?}");
        (output.code, text(&output), output.stderr.to_str_lossy().into_owned())
    };
    let natively: Vec<_> = words.iter().filter(|words| !words.contains(&"--ignored")).collect();
    let own: Vec<_> = natively.iter().map(|words| ask(words, "native")).collect();
    shell(&env, &dir, "git update-index --split-index");
    for (words, own) in natively.iter().zip(own) {
        assert_eq!(ask(words, "git"), own, "{words:?}");
    }
    for words in words {
        let their = text(&git_status(&env, &dir, words));
        assert_eq!(ask(words, "git"), (i32::from(!words.contains(&"e")), their, String::new()), "{words:?}");
    }
    // Without a format nothing is printed, and paths are paths wherever they are.
    for (words, code) in [(&[][..], 1), (&["--", "e"], 0), (&["--", "d"], 1), (&["e"], 0), (&["-v"], 1)] {
        assert_eq!(ask(words, "git"), (code, String::new(), String::new()), "{words:?}");
    }
    // What git complains of is said once.
    for words in [&["--nonsense"][..], &["-s", "--nonsense"]] {
        let their = git_status(&env, &dir, words);
        assert_eq!(ask(words, "git"), (their.code, String::new(), text_of(&their.stderr)), "{words:?}");
    }
}

fn text_of(bytes: &[u8]) -> String {
    bytes.to_str_lossy().into_owned()
}

#[test]
fn a_hook_that_refuses_says_why() {
    let env = Environment::new();
    let dir =
        repository(&env, "echo 1 >f; git add f; git commit -qm x; git update-index --split-index; echo 2 >f");
    let hook = crate::install::root().join("contrib/hooks/clean");
    let run = || env.run(env.command(&hook, &dir, &[""; 0]));
    assert_eq!((run().code, text(&run())), (1, " M f\n".to_owned()));
    shell(&env, &dir, "git checkout -q f");
    assert_eq!((run().code, text(&run())), (0, String::new()));
}

/// An edit that stat data do not show.
const HIDDEN: &str = "echo 1 >f; mkdir d; echo 1 >d/g; git add .; git commit -qm x; touch -d 2001-01-01 f
    git config core.trustctime false; git config core.checkStat minimal
    git update-index --refresh; echo 2 >f; touch -d 2001-01-01 f";

#[test]
fn git_compares_contents_too() {
    let mut env = Environment::new();
    let temporary = env.path().join("temporary");
    fs::create_dir(&temporary).expect("a new directory");
    env.set("TMPDIR", &temporary);
    let dir = repository(&env, HIDDEN);
    shell(&env, &dir, "git update-index --split-index");
    let index = fs::read(dir.join(".git/index")).expect("an index");
    assert_eq!(same(&env, &dir, &["-s"]).served, "git");
    assert_eq!(text(&git_status(&env, &dir, &["-s"])), "", "git does not see it");
    for (place, path) in [(&dir, "f"), (&dir.join("d"), "../f")] {
        let (output, answered) = ask(&env, place, &["-s", "--verify"]);
        assert_eq!((answered.served.as_str(), output.code), ("git", 0));
        assert_eq!((text(&output), text_of(&output.stderr)), (format!(" M {path}\n"), String::new()));
    }
    let code = |words: &[&str]| {
        let (output, _) = ask(&env, &dir, &[&["--verify", "--exit-code"], words].concat());
        (output.code, text(&output))
    };
    assert_eq!(code(&[]), (1, String::new()));
    assert_eq!(code(&["-s", "f"]), (1, " M f\n".to_owned()));
    assert_eq!(code(&["-s", "d"]), (0, String::new()));
    assert_eq!(code(&["--summary"]), (1, "main changed:1\n".to_owned()));
    // An index that is elsewhere, and one that is nowhere.
    shell(&env, &dir, "cp .git/index ../other; git --git-dir=.git config --unset core.checkStat");
    env.set("GIT_INDEX_FILE", env.path().join("other"));
    assert_eq!(text(&ask(&env, &dir, &["-s", "-v", "--verify"]).0), git_long_of_f(&env, &dir));
    env.set("GIT_INDEX_FILE", env.path().join("nowhere"));
    assert_eq!(ask(&env, &dir, &["-s", "-v", "--verify"]).0.stdout, git_status(&env, &dir, &["-s"]).stdout);
    assert_eq!(fs::read(dir.join(".git/index")).expect("an index"), index);
    assert_eq!(fs::read_dir(&temporary).expect("our own directory").count(), 0, "copies are removed");
}

/// What git says once it has been made to look.
fn git_long_of_f(env: &Environment, dir: &std::path::Path) -> String {
    let script = "touch f; GIT_OPTIONAL_LOCKS=0 git status -s -v; touch -d 2001-01-01 f";
    text(&env.run(env.command("sh", dir, &["-c", script])))
}

#[test]
fn where_git_can_not_compare_contents_that_is_an_error() {
    let mut env = Environment::new();
    let dir = repository(&env, HIDDEN);
    shell(&env, &dir, "git update-index --split-index");
    env.set("TMPDIR", env.path().join("nowhere"));
    let (output, _) = ask(&env, &dir, &["-s", "--verify"]);
    assert_eq!((output.code, text(&output)), (128, String::new()));
    assert!(
        output.stderr.starts_with(b"fatal: --verify needs a copy of the index"),
        "{}",
        output.stderr.as_bstr()
    );
}

#[test]
fn own_formats_look_at_what_was_asked_for() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "echo '*.o' >.gitignore; for f in a b; do mkdir $f; echo 1 >$f/f; done; git add .; git commit -qm x
         echo stash >a/f; git stash -q; git branch up; git branch -q -u up; git commit -q --allow-empty -m y
         for f in a b; do echo 2 >$f/f; echo n >$f/n; echo o >$f/x.o; done",
    );
    let words: [&[&str]; 9] = [
        &[],
        &["-sb"],
        &["-s", "-z", "-uno"],
        &["--porcelain=v1", "--ignored"],
        &["--no-branch", "--long", "-uall"],
        &["--", "a"],
        &["-sz", "b", "--", "a/n"],
        &["--show-stash", "--no-ahead-behind"],
        &["--no-show-stash"],
    ];
    let ask = |words: &[&str], format: &str, who: &str| {
        let (output, answered) = ask(&env, &dir, &[&[format], words].concat());
        assert_eq!((answered.served.as_str(), output.code), (who, 0), "{format} {words:?}: {answered:?}");
        text(&output)
    };
    let all = |who: &str| -> Vec<String> {
        let both = |words: &&[&str]| [ask(words, "--json", who), ask(words, "--summary", who)];
        words.iter().flat_map(both).collect()
    };
    let own = all("native");
    shell(&env, &dir, "git update-index --split-index");
    assert_eq!(own, all("git"));
}
