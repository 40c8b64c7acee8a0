//! The options that git status does not have.

use std::fs;

use bstr::ByteSlice;
use serde_json::{Value, json};

use super::{ask, git_status, repository, rev_list_fails, same, same_native, shell, text};
use crate::support::Environment;

/// A branch with an upstream, changes of every kind, a stash.
const STATE: &str =
    "for f in a b c d; do seq 20 >$f; done; echo '*.o' >.gitignore; git add .; git commit -qm x
    echo stash >a; git stash -q; git branch up; git branch -q -u up; git commit -q --allow-empty -m y
    git mv c moved; git rm -q --cached d; rm d; echo changed >a; echo new >n; echo o >x.o; chmod +x b";

/// Where git has no index of ours either: to ask it for its version would take longer than the rest.
#[test]
fn which_git_it_is_is_remembered_with_the_snapshot() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    ask(&env, &dir, &["--no-index"]);
    ask(&env, &dir, &["--no-index"]);
    let program = dir.join(".git/git-fast.program");
    assert!(!program.exists(), "nothing else is remembered, and so is not this");
    ask(&env, &dir, &[]);
    assert!(dir.join(".git/git-fast.status").exists() && !dir.join(".git/git-fast.key").exists());
    ask(&env, &dir, &[]);
    assert!(program.exists());
    same(&env, &dir, &[]);
}

#[test]
fn json_says_what_porcelain_says() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let (output, answered) = ask(&env, &dir, &["--json", "--ignored", "--show-stash"]);
    assert_eq!(answered.served, "native");
    let object: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let head = text(&env.git(&dir, &["rev-parse", "HEAD"]));
    assert_eq!(object["branch"], "main");
    assert_eq!(object["commit"], head.trim());
    assert_eq!(object["upstream"], json!({"name": "up", "gone": false, "ahead": 1, "behind": 0}));
    assert_eq!((&object["stashes"], &object["clean"]), (&json!(1), &json!(false)));
    assert_eq!(
        object["changes"],
        json!([
            {"path": "a", "staged": null, "unstaged": "M"},
            {"path": "b", "staged": null, "unstaged": "M"},
            {"path": "d", "staged": "D", "unstaged": null},
            {"path": "moved", "staged": "R", "unstaged": null, "original": "c", "similarity": 100},
        ])
    );
    assert_eq!(object["untracked"], json!([{"path": "n"}]));
    assert_eq!(object["ignored"], json!([{"path": "x.o"}]));
}

#[test]
fn json_and_summary_are_the_same_when_git_is_asked() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let plain: Vec<_> =
        ["--json", "--summary"].iter().map(|word| ask(&env, &dir, &[word, "--show-stash"])).collect();
    shell(&env, &dir, "git update-index --split-index");
    for (word, (own, answered)) in ["--json", "--summary"].iter().zip(plain) {
        let (gits, by) = ask(&env, &dir, &[word, "--show-stash"]);
        assert_eq!((answered.served.as_str(), by.served.as_str()), ("native", "git"));
        assert_eq!(text(&own), text(&gits));
    }
}

#[test]
fn a_summary_counts() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let (output, _) = ask(&env, &dir, &["--summary"]);
    assert_eq!(text(&output), "main +1 staged:2 changed:2 untracked:1 stashes:1\n");
    shell(&env, &dir, "git stash -q -u; git stash drop -q; git stash drop -q; git reset -q --hard up");
    assert_eq!(text(&ask(&env, &dir, &["--summary"]).0), "main\n");
    shell(&env, &dir, "git checkout -q --detach");
    let short = text(&env.git(&dir, &["rev-parse", "--short=7", "HEAD"]));
    assert_eq!(text(&ask(&env, &dir, &["--summary"]).0), short);
}

#[test]
fn the_exit_code_says_whether_anything_differs() {
    let env = Environment::new();
    let dir = repository(&env, "mkdir d; echo 1 >d/f; echo '*.o' >.gitignore; git add .; git commit -qm x");
    let code = |words: &[&str]| {
        let (output, answered) = ask(&env, &dir, words);
        assert_eq!(output.stdout.as_bstr(), "");
        (output.code, answered.served)
    };
    let own = |code: i32| (code, "native".to_owned());
    for (script, expected) in [
        ("true", 0),
        ("echo >d/x.o", 0),
        ("echo >d/new", 1),
        ("rm d/new; echo 2 >d/f", 1),
        ("git add d/f", 1),
        ("git commit -qm y", 0),
        ("rm d/f", 1),
        ("git checkout -q d/f; chmod +x d/f", 1),
        ("chmod -x d/f; touch d/f", 0),
    ] {
        shell(&env, &dir, script);
        assert_eq!(code(&["--exit-code"]), own(expected), "{script}");
    }
    shell(&env, &dir, "echo >d/new");
    assert_eq!(code(&["--exit-code", "-uno"]), own(0));
    let (output, _) = ask(&env, &dir, &["--exit-code", "-s"]);
    assert_eq!((output.code, text(&output)), (1, "?? d/new\n".to_owned()));
    // The same where only git can tell.
    shell(&env, &dir, "git update-index --split-index");
    assert_eq!(code(&["--exit-code"]), (1, "git".to_owned()));
    assert_eq!(code(&["--exit-code", "-uno"]), (0, "git".to_owned()));
}

#[test]
fn the_exit_code_does_not_wait_for_all_differences() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "for d in $(seq 60); do mkdir $d; echo >$d/f; done; git add .; git commit -qm x; touch -d yesterday */f
         rm 1/f; git update-index -q --refresh || true; for d in $(seq 2 60); do echo >$d/g; done",
    );
    let directories = |words: &[&str]| -> usize {
        let (output, _) = ask(&env, &dir, words);
        let said = output.stderr.to_str_lossy().into_owned();
        let line = said.lines().find_map(|line| line.strip_prefix("directories: ")).expect("statistics");
        line.split(',').next().and_then(|count| count.parse().ok()).expect("a number")
    };
    assert_eq!(directories(&["-s", "--performance-stats", "--no-index"]), 61);
    assert!(directories(&["--exit-code", "--performance-stats", "--no-index"]) < 61);
}

#[test]
fn contents_are_compared_when_asked_to_verify() {
    let env = Environment::new();
    let dir = repository(&env, "echo 1 >f; git add f; git commit -qm x");
    // An edit that stat data do not show.
    shell(
        &env,
        &dir,
        "touch -d 2001-01-01 f; git config core.trustctime false; git config core.checkStat minimal
         git update-index --refresh; echo 2 >f; touch -d 2001-01-01 f",
    );
    assert_eq!(text(&git_status(&env, &dir, &["-s"])), "");
    assert_eq!(text(&ask(&env, &dir, &["-s"]).0), "");
    assert_eq!(text(&ask(&env, &dir, &["-s", "--verify"]).0), " M f\n");
    assert_eq!(text(&ask(&env, &dir, &["-s"]).0), "");
}

#[test]
fn without_an_index_nothing_is_read_or_written() {
    let env = Environment::new();
    let dir = repository(&env, "echo 1 >f; git add f; git commit -qm x");
    let file = dir.join(".git/git-fast.status");
    ask(&env, &dir, &["-s", "--no-index"]);
    assert!(!file.exists());
    ask(&env, &dir, &["-s"]);
    assert!(file.exists());
    let known = |words: &[&str]| ask(&env, &dir, words).0.stderr.contains_str("1, 1 as remembered");
    std::thread::sleep(std::time::Duration::from_millis(120));
    ask(&env, &dir, &["-s"]);
    assert!(known(&["-s", "--performance-stats"]));
    assert!(!known(&["-s", "--performance-stats", "--no-index"]));
}

#[test]
fn what_was_compared_is_not_compared_again() {
    let env = Environment::new();
    let dir = repository(&env, "echo 1 >f; echo 1 >g; git add .; git commit -qm x; sleep 0.1; touch f g");
    let index = fs::read(dir.join(".git/index")).expect("an index");
    let compared = || {
        let (output, _) = ask(&env, &dir, &["-s", "--performance-stats"]);
        output.stderr.contains_str("contents compared: 0")
    };
    std::thread::sleep(std::time::Duration::from_millis(120));
    assert!(!compared());
    assert!(compared());
    assert_eq!(fs::read(dir.join(".git/index")).expect("an index"), index, "git's index is never written");
}

#[test]
fn threads_and_statistics() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let their = text(&git_status(&env, &dir, &["-s"]));
    for threads in ["1", "2", "7", "65535"] {
        assert_eq!(text(&ask(&env, &dir, &["-s", "--threads", threads]).0), their);
    }
    assert_eq!(ask_code(&env, &dir, &["--threads=0"]), 129);
    let (output, _) = ask(&env, &dir, &["-s", "--performance-stats"]);
    let said = output.stderr.to_str_lossy().into_owned();
    for line in ["files: 4\n", "directories: 1, ", "contents compared: ", "served: native"] {
        assert!(said.contains(line), "{line:?} in {said}");
    }
    assert_eq!(text(&output), their);
}

fn ask_code(env: &Environment, dir: &std::path::Path, words: &[&str]) -> i32 {
    env.run(env.ours("git-faststatus", dir, words)).code
}

#[test]
fn no_fallback_says_why() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let words = ["-v", "--no-fallback"];
    let (output, _) = ask(&env, &dir, &words);
    assert_eq!((output.code, output.stdout.as_bstr()), (128, "".into()));
    assert!(output.stderr.contains_str("option -v"), "{}", output.stderr.as_bstr());
    shell(&env, &dir, "git config fast.fallback false");
    assert_eq!(ask(&env, &dir, &["-v"]).0.code, 128);
    shell(&env, &dir, "git config fast.fallback true");
    assert_eq!(same(&env, &dir, &["-v"]).served, "git");
}

#[test]
fn a_cross_check_finds_what_differs() {
    let env = Environment::new();
    let dir = repository(&env, "echo 1 >f; git add f; git commit -qm x; echo n >n");
    let (output, _) = ask_untraced(&env, &dir, &["-s", "--cross-check"]);
    assert_eq!((output.as_str(), ask_code(&env, &dir, &["-s", "--cross-check"])), ("?? n\n", 0));
    // --verify sees what git does not see.
    shell(
        &env,
        &dir,
        "touch -d 2001-01-01 f; git config core.trustctime false; git config core.checkStat minimal
         git update-index --refresh; echo 2 >f; touch -d 2001-01-01 f",
    );
    let (_, said) = ask_untraced(&env, &dir, &["-s", "--cross-check", "--verify"]);
    assert!(said.contains("differs from git's"), "{said}");
    assert_eq!(ask_code(&env, &dir, &["-s", "--cross-check", "--verify"]), 1);
}

fn ask_untraced(env: &Environment, dir: &std::path::Path, words: &[&str]) -> (String, String) {
    let output = env.run(env.ours("git-faststatus", dir, words));
    (text(&output), output.stderr.to_str_lossy().into_owned())
}

#[test]
fn all_worktrees_of_a_repository() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    shell(
        &env,
        &dir,
        "git worktree add -q ../linked up; echo n >../linked/new; git worktree add -q ../gone; rm -r ../gone",
    );
    let place = env.path().canonicalize().expect("it is there");
    let place = place.display();
    let output = env.run(env.ours("git-faststatus", &dir, &["--worktrees"]));
    let lines: Vec<String> = text(&output).lines().map(str::to_owned).collect();
    assert_eq!(lines[0], format!("{place}/repository\tmain +1 staged:2 changed:2 untracked:1 stashes:1"));
    assert!(lines[1].starts_with(&format!("{place}/gone\terror: ")), "{}", lines[1]);
    assert_eq!(lines[2], format!("{place}/linked\tup untracked:1 stashes:1"));
    assert_eq!((lines.len(), output.code), (3, 1));
    let output = env.run(env.ours("git-faststatus", &dir, &["--worktrees", "--json", "--threads=2"]));
    let values: Vec<Value> =
        text(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(values[2]["untracked"], json!([{"path": "new"}]));
    assert!(values[1]["error"].is_string());
}

#[test]
fn a_list_of_repositories() {
    let env = Environment::new();
    repository(&env, STATE);
    shell(
        &env,
        env.path(),
        "git init -q empty; mkdir none; printf '%s\\n' empty repository none nowhere empty >list",
    );
    let ours = |words: &[&str]| env.run(env.ours("git-faststatus", env.path(), words));
    let output = ours(&["--repos-from", "list"]);
    let lines: Vec<String> = text(&output).lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "empty\tmain");
    assert_eq!(lines[1], "repository\tmain +1 staged:2 changed:2 untracked:1 stashes:1");
    assert!(lines[2].starts_with("none\terror: ") && lines[3].starts_with("nowhere\terror: "), "{lines:?}");
    assert_eq!((lines[4].as_str(), lines.len(), output.code), ("empty\tmain", 5, 1));
    let from_stdin = env.run(env.command("sh", env.path(), &["-c", "git faststatus --repos-from - <list"]));
    assert_eq!(text(&from_stdin), text(&output));
    assert_eq!(ours(&["--repos-from", "no-such-file"]).code, 128);
    shell(&env, env.path(), "echo empty >list");
    assert_eq!(ours(&["--repos-from=list", "-uno"]).code, 0);
}

#[test]
fn commits_are_counted_in_the_index() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git commit -q --allow-empty -m 0; git branch up; git branch -q -u up
         for i in 1 2 3; do git commit -q --allow-empty -m $i; done; git checkout -q up
         for i in 4 5; do git commit -q --allow-empty -m $i; done; git merge -q -m m main~1; git checkout -q main",
    );
    let used = |words: &[&str]| {
        let trace = env.path().join("trace");
        let _ = fs::remove_file(&trace);
        let mut command = env.ours("git-faststatus", &dir, words);
        command.env("GIT_FAST_TRACE", &trace);
        env.run(command);
        let value: Value = serde_json::from_slice(&fs::read(&trace).expect("a trace")).expect("JSON");
        value["index"].as_str().unwrap_or_default().to_owned()
    };
    let compare = || {
        for words in [&["-sb"][..], &["--porcelain=v2", "-b"], &[], &["-sb", "--no-ahead-behind"]] {
            assert_eq!(same(&env, &dir, words).served, "native");
        }
    };
    compare();
    env.index_ok(&dir, "build");
    compare();
    shell(&env, &dir, "git commit -q --allow-empty -m more");
    compare();
    assert_eq!(used(&["-sb"]), "refreshed");
}

/// Where the index has both commits, git is not asked how far they are apart.
#[test]
fn commits_are_counted_without_git() {
    let mut env = Environment::new();
    let dir = repository(
        &env,
        "git commit -q --allow-empty -m 0; git branch up; git branch -q -u up
         for i in 1 2 3; do git commit -q --allow-empty -m $i; done; git checkout -q up
         for i in 4 5; do git commit -q --allow-empty -m $i; done; git checkout -q main",
    );
    env.index_ok(&dir, "build");
    rev_list_fails(&mut env);
    for words in [&["-sb"][..], &["--porcelain=v2", "-b"], &[]] {
        same_native(&env, &dir, words);
    }
    assert_eq!(text(&ask(&env, &dir, &["--summary"]).0), "main +3 -2\n");
    // Newer than the index, too.
    shell(&env, &dir, "git commit -q --allow-empty -m 6");
    same_native(&env, &dir, &["-sb"]);
    // That it is git that counts without the index is why this shows anything.
    let (_, answered) = ask(&env, &dir, &["-sb", "--no-index"]);
    assert_eq!((answered.served.as_str(), answered.reason.as_str()), ("git", "git does not count commits"));
}
