//! Answers of git that are remembered: the second one is the first one, and whatever changes what git would say keeps
//! the old one from being used.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::differential::compare::difference;
use crate::support::damage::{files, index_dir};
use crate::support::repository::{Generated, Plan, args};
use crate::support::{Environment, damage};

const QUESTION: &[&str] = &["-Sline", "-p", "--all"];

/// Asks both programs; whether ours was remembered.
#[track_caller]
fn ask(env: &Environment, dir: &Path, question: &[&str]) -> bool {
    let question: Vec<OsString> = args(question);
    let theirs = env.log(dir, &question, None);
    let (ours, trace) = env.fastlog(dir, &question, None);
    let text = difference(&ours, &theirs, false);
    assert!(text.is_none(), "{question:?}: {}", text.unwrap_or_default());
    trace.expect("a trace").reason.contains("remembered")
}

/// A repository with a worktree and an index, in which attributes, a mailmap and text to search for are.
fn repository(env: &Environment) -> Generated {
    let it = Generated::new(env, "repository", Plan::plain(101, 40));
    env.git_ok(&it.dir, &["checkout", "-q", "-f", "main"]);
    fs::create_dir_all(it.dir.join("sub/deep")).expect("writable");
    for number in 0..3 {
        fs::write(it.dir.join("sub/deep/text"), format!("a line {number}\nanother\n")).expect("writable");
        env.git_ok(&it.dir, &["add", "sub"]);
        env.git_ok(&it.dir, &["commit", "-q", "-m", "lines"]);
    }
    env.index_ok(&it.dir, "build");
    it
}

fn answers(it: &Generated) -> Vec<PathBuf> {
    files(&index_dir(&it.git_dir).join("answers"))
}

#[test]
fn the_second_answer_is_the_first_one() {
    let env = Environment::new();
    let it = repository(&env);
    for question in
        [QUESTION, &["-G", "a.*line", "--oneline"], &["-S", "line", "--pickaxe-regex", "--stat", "HEAD~1"]]
    {
        assert!(!ask(&env, &it.dir, question), "{question:?}");
        assert!(ask(&env, &it.dir, question), "{question:?}");
        assert!(ask(&env, &it.dir, question), "{question:?}");
    }
    let bare = Generated::new(&env, "bare", Plan { bare: true, ..Plan::plain(102, 30) });
    env.index_ok(&bare.dir, "build");
    assert!(!ask(&env, &bare.dir, &["-Sa", "--all"]));
    assert!(ask(&env, &bare.dir, &["-Sa", "--all"]));
}

/// How other repositories are reached says nothing about this one.
#[test]
fn the_way_to_other_repositories_does_not_matter() {
    let mut env = Environment::new();
    let it = repository(&env);
    for name in ["GIT_SSL_CAINFO", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_HTTP_USER_AGENT"] {
        env.set(name, "/nonexistent");
    }
    assert!(!ask(&env, &it.dir, QUESTION));
    assert!(ask(&env, &it.dir, QUESTION));
    env.set("GIT_LITERAL_PATHSPECS", "0");
    assert!(!ask(&env, &it.dir, QUESTION));
    assert!(!ask(&env, &it.dir, QUESTION));
}

#[test]
fn what_depends_on_more_is_never_remembered() {
    let mut env = Environment::new();
    let it = repository(&env);
    for question in [
        &["-Sline", "--since=1.week"][..],
        &["-Sline", "--date=relative"],
        &["-Sline", "--decorate"],
        &["-Sline", "--format=%ar %d"],
        &["-Sline", "--no-such-option"],
        &["-Sline", "no-such-revision"],
        &["--oneline"],
        &["-p"],
    ] {
        ask(&env, &it.dir, question);
        assert!(!ask(&env, &it.dir, question), "{question:?}");
    }
    assert_eq!(answers(&it), Vec::<PathBuf>::new());
    for (key, value) in [
        ("fast.cacheTTL", "0"),
        ("format.pretty", "%h %ar"),
        ("diff.x.textconv", "rev"),
        ("mailmap.file", "/nonexistent"),
        ("core.notesRef", "refs/notes/x"),
        ("diff.orderFile", "/nonexistent"),
    ] {
        env.set_config(&[(key, OsStr::new(value))]);
        let _ = env.fastlog(&it.dir, &args(QUESTION), None);
        assert_eq!(answers(&it), Vec::<PathBuf>::new(), "{key}");
    }
    env.set_config(&[]);
    env.set("GIT_DIFF_OPTS", "--unified=1");
    ask(&env, &it.dir, QUESTION);
    assert!(!ask(&env, &it.dir, QUESTION));
}

#[test]
fn whatever_differs_is_noticed() {
    let mut env = Environment::new();
    let it = repository(&env);
    let dir = it.dir.as_path();
    assert!(!ask(&env, dir, QUESTION));
    assert!(ask(&env, dir, QUESTION));
    let write = |path: &str, text: &str| {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().expect("a file has one")).expect("writable");
        fs::write(path, text).expect("writable");
    };
    type Change<'c> = (&'c str, &'c dyn Fn(&Environment));
    let changes: &[Change<'_>] = &[
        ("configuration", &|env| drop(env.git_ok(dir, &["config", "diff.context", "7"]))),
        ("configuration of the user", &|env| {
            drop(env.git_ok(dir, &["config", "--global", "diff.noprefix", "true"]))
        }),
        ("attributes", &|_| write("sub/.gitattributes", "text -diff\n")),
        ("attributes deeper", &|_| write("sub/deep/.gitattributes", "text diff\n")),
        ("attributes of the repository", &|_| write(".git/info/attributes", "* binary\n")),
        ("attributes of the user", &|env| {
            let home = env.path().join("home/.config/git");
            fs::create_dir_all(&home).expect("writable");
            fs::write(home.join("attributes"), "*.c binary\n").expect("writable");
        }),
        ("no attributes", &|_| fs::remove_file(dir.join(".git/info/attributes")).expect("it is there")),
        ("a mailmap", &|_| write(".mailmap", "Somebody Else <author@example.com>\n")),
        ("a commit", &|env| {
            write("sub/deep/text", "no such thing\n");
            env.git_ok(dir, &["commit", "-q", "-a", "-m", "no line"]);
        }),
        ("a branch", &|env| drop(env.git_ok(dir, &["branch", "-f", "side", "HEAD~2"]))),
        ("an object", &|env| drop(env.git_input(dir, &["hash-object", "-w", "--stdin"], Some(b"something")))),
        ("packs", &|env| drop(env.git_ok(dir, &["repack", "-a", "-d", "-q"]))),
        ("an answer that was hurt", &|_| {
            for file in answers(&it) {
                let mut bytes = fs::read(&file).expect("readable");
                let last = bytes.len() - 1;
                bytes[last] ^= 1;
                damage::replace(&file, Some(&bytes));
            }
        }),
        ("an answer to another question", &|_| {
            let all = answers(&it);
            let newest =
                all.iter().max_by_key(|file| fs::metadata(file).and_then(|meta| meta.modified()).ok());
            let newest = newest.expect("there are answers").clone();
            let other = all.iter().find(|file| **file != newest).expect("more than one");
            let bytes = fs::read(other).expect("readable");
            damage::replace(&newest, Some(&bytes));
        }),
    ];
    for (what, change) in changes {
        change(&env);
        assert!(!ask(&env, dir, QUESTION), "{what}");
        assert!(ask(&env, dir, QUESTION), "{what}");
    }
    assert!(!ask(&env, &dir.join("sub"), QUESTION), "another directory");
    env.set("TZ", "America/New_York");
    assert!(!ask(&env, dir, QUESTION), "another zone");
    env.set_config(&[("fast.cacheTTL", "1s".as_ref())]);
    assert!(!ask(&env, dir, QUESTION), "other configuration");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert!(!ask(&env, dir, QUESTION), "it is too old");
    env.git_ok(dir, &["notes", "add", "-m", "a note", "HEAD"]);
    assert!(!ask(&env, dir, QUESTION), "notes");
    assert!(!ask(&env, dir, QUESTION), "notes are never remembered");
}

#[test]
fn nobody_else_can_plant_an_answer_and_all_can_be_forgotten() {
    let env = Environment::new();
    let it = repository(&env);
    ask(&env, &it.dir, QUESTION);
    let file = answers(&it).pop().expect("one answer");
    let mut planted = vec![0; 40];
    planted.extend_from_slice(b"commit of somebody\n");
    damage::replace(&file, Some(&planted));
    assert!(!ask(&env, &it.dir, QUESTION));
    assert!(ask(&env, &it.dir, QUESTION));
    let text = env.optimize(&it.dir, &["cache", "stats"]).success("cache stats");
    assert!(text.contains_str("answers/"), "{}", text.as_bstr());
    env.optimize(&it.dir, &["cache", "clear", "--pattern", "answers/*"]).success("cache clear");
    assert_eq!(answers(&it), Vec::<PathBuf>::new());
    assert!(!ask(&env, &it.dir, QUESTION));
}
