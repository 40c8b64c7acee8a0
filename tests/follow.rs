//! `--follow` through histories full of renames, copies and files that come back, each question asked with an empty and
//! with a filled memory of renames. `GIT_FAST_DIFF_SEED=<n>`: other histories.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use bstr::ByteSlice;
use fastrand::Rng;

use crate::differential::compare::difference;
use crate::support::Environment;
use crate::support::process::shell;
use crate::support::recorder::{Recorder, VERSION};
use crate::support::repository::args;
use crate::support::trace::Served;

const NAMES: &[&str] = &["a", "b", "dir/a", "dir/b", "dir/sub/c", "other/a", "z", "naïve", "with space"];
/// In the common git directory.
const MEMORY: &str = ".git/git-fast.renames";

type Tree = BTreeMap<String, (&'static str, Vec<String>)>;

fn seed() -> u64 {
    std::env::var("GIT_FAST_DIFF_SEED").map_or(1, |seed| seed.parse().expect("a number"))
}

fn new_file(rng: &mut Rng) -> (&'static str, Vec<String>) {
    let mode = ["100644", "100644", "100644", "100755", "120000"][rng.usize(0..5)];
    let lines = rng.usize(1..12);
    (mode, (0..lines).map(|_| format!("line {}", rng.u8(0..60))).collect())
}

fn change(tree: &mut Tree, rng: &mut Rng) {
    let names: Vec<String> = tree.keys().cloned().collect();
    let new = NAMES[rng.usize(0..NAMES.len())].to_owned();
    let Some(old) = names.get(rng.usize(0..names.len().max(1))).cloned() else {
        tree.insert(new, new_file(rng));
        return;
    };
    let edit = |file: &mut (&'static str, Vec<String>), rng: &mut Rng| {
        let at = rng.usize(0..file.1.len());
        file.1[at] = format!("edited {}", rng.u8(..));
    };
    match rng.u8(0..12) {
        0..=3 => edit(tree.get_mut(&old).expect("its name"), rng),
        4 => {
            tree.insert(new, new_file(rng));
        }
        5 => {
            tree.remove(&old);
        }
        6..=8 => {
            let mut file = tree.remove(&old).expect("its name");
            (0..rng.usize(0..3)).for_each(|_| edit(&mut file, rng));
            tree.insert(new, file);
        }
        9 => {
            let mut file = tree[&old].clone();
            (0..rng.usize(0..2)).for_each(|_| edit(&mut file, rng));
            tree.insert(new, file);
        }
        10 => {
            let other = names[rng.usize(0..names.len())].clone();
            let (one, two) = (tree[&old].clone(), tree[&other].clone());
            tree.extend([(old, two), (other, one)]);
        }
        _ => {
            // Everything moves at once.
            let moved = std::mem::take(tree).into_iter();
            *tree =
                moved.map(|(name, file)| (format!("m/{}", name.trim_start_matches("m/")), file)).collect();
        }
    }
}

fn history(env: &Environment, seed: u64) -> PathBuf {
    let mut rng = Rng::with_seed(seed);
    let dir = env.path().join("r");
    fs::create_dir(&dir).expect("a new directory");
    let format = if rng.u8(0..4) == 0 { "sha256" } else { "sha1" };
    env.git_ok(&dir, &["init", "-q", &format!("--object-format={format}")]);
    let mut trees: Vec<Tree> = vec![Tree::new()];
    let mut stream = String::new();
    for mark in 1..=rng.usize(20..60) {
        let parent =
            if mark == 1 || rng.u8(0..40) == 0 { 0 } else { rng.usize(mark.saturating_sub(4).max(1)..mark) };
        let merged = if parent > 1 && rng.u8(0..4) == 0 { rng.usize(1..parent) } else { 0 };
        let mut tree = trees[parent].clone();
        (0..rng.usize(usize::from(merged == 0)..4)).for_each(|_| change(&mut tree, &mut rng));
        let time = 1_600_000_000 + mark * 60;
        let person = ["A <a@x>", "B <b@x>"][rng.usize(0..2)];
        let message = ["fix", "add", "move"][rng.usize(0..3)];
        if parent == 0 {
            stream += "reset refs/heads/main\n";
        }
        stream += &format!("commit refs/heads/main\nmark :{mark}\nauthor {person} {time} +0000\n");
        stream += &format!("committer {person} {time} +0000\ndata {}\n{message}\n", message.len());
        for (word, parent) in [("from", parent), ("merge", merged)] {
            if parent > 0 {
                stream += &format!("{word} :{parent}\n");
            }
        }
        stream += "deleteall\n";
        for (name, (mode, lines)) in &tree {
            let text = lines.join("\n");
            stream += &format!("M {mode} inline \"{name}\"\ndata {}\n{text}\n", text.len());
        }
        stream += &format!("reset refs/heads/t{}\nfrom :{mark}\n\n", mark % 3);
        trees.push(tree);
    }
    env.git_input(&dir, &["fast-import", "--quiet", "--force"], Some(stream.as_bytes()));
    env.index_ok(&dir, "build");
    dir
}

const QUESTIONS: &[&[&str]] = &[
    &["--oneline"],
    &["--all", "--format=%h %s"],
    &["--all", "--topo-order", "--format=%h %P"],
    &["-n3", "--oneline"],
    &["--skip=2", "-n2", "--oneline", "--all"],
    &["--author=A", "--oneline"],
    &["--grep=fix", "--oneline", "--all"],
    &["--first-parent", "--oneline"],
    &["--no-merges", "--all", "--oneline"],
    &["--merges", "--all", "--oneline"],
    &["--name-status", "--oneline"],
    &["--stat", "--format=%s", "--all"],
    &["-p", "-n4"],
    &["-M90%", "--oneline"],
    &["-C", "--name-only", "--oneline"],
    &["--no-renames", "--oneline"],
    &["--graph", "--oneline"],
    &["--reverse", "--oneline"],
    &["--full-history", "--oneline"],
    &["-m", "--oneline"],
    &["--diff-filter=R", "--oneline"],
    &["-Sline", "--oneline"],
    &["t0..t1", "--oneline"],
    &["t1", "^t2", "--oneline"],
];

const SETTINGS: &[&[(&str, &str)]] = &[
    &[],
    &[],
    &[("diff.renames", "false")],
    &[("diff.renames", "copies")],
    &[("diff.renameLimit", "1")],
    &[("log.showRoot", "false")],
    &[("log.follow", "true")],
    &[("log.follow", "true")],
];

#[test]
fn followed_files() {
    let (mut native, mut all) = (0, 0);
    for number in 0..8 {
        let seed = seed() * 1000 + number;
        let mut env = Environment::new();
        let mut rng = Rng::with_seed(seed);
        let dir = history(&env, seed);
        for round in 0..40 {
            let setting = SETTINGS[rng.usize(0..SETTINGS.len())];
            let settings: Vec<_> = setting.iter().map(|(key, value)| (*key, value.as_ref())).collect();
            env.set_config(&settings);
            let mut name = NAMES[rng.usize(0..NAMES.len())].to_owned();
            if rng.u8(0..5) == 0 {
                name = format!("m/{name}");
            }
            let mut words = QUESTIONS[rng.usize(0..QUESTIONS.len())].to_vec();
            if setting != [("log.follow", "true")] {
                words.push("--follow");
            }
            words.extend(["--", &name]);
            for again in [false, true] {
                let theirs = env.log(&dir, &args(&words), None);
                let (ours, trace) = env.fastlog(&dir, &args(&words), None);
                if let Some(text) = difference(&ours, &theirs, true) {
                    panic!(
                        "seed {seed}, round {round}, again: {again}, {setting:?}\nin {}\ngit log {}: {text}\n{trace:?}",
                        dir.display(),
                        shell(&args(&words))
                    );
                }
                let served = trace.expect("a trace").served;
                native += usize::from(served == Served::Native);
                all += 1;
            }
        }
    }
    assert!(native * 3 > all, "only {native} of {all} natively");
}

#[test]
fn a_damaged_memory_of_renames_is_forgotten() {
    let env = Environment::new();
    let dir = history(&env, seed());
    let questions: Vec<Vec<&str>> =
        NAMES.iter().map(|name| vec!["--all", "--oneline", "--follow", "--", name]).collect();
    let ask = |what: &str| {
        for words in &questions {
            let theirs = env.log(&dir, &args(words), None);
            let (ours, _) = env.fastlog(&dir, &args(words), None);
            assert_eq!(difference(&ours, &theirs, false), None, "{what}: {words:?}");
        }
    };
    ask("nothing remembered");
    let file = dir.join(MEMORY);
    let good = fs::read(&file).expect("git was asked about something");
    assert!(good.starts_with(b"git-fast renames 1 "));
    let mut rng = Rng::with_seed(seed());
    for round in 0..24 {
        let mut bad = good.clone();
        match round % 4 {
            0 => bad.truncate(rng.usize(0..good.len())),
            1 => bad.push(rng.u8(..)),
            2 => bad.clear(),
            _ => {
                let at = rng.usize(0..good.len());
                bad[at] ^= 1 << rng.u8(0..8);
            }
        }
        fs::write(&file, &bad).expect("a writable repository");
        ask(&format!("damage {round}"));
    }
    fs::remove_file(&file).expect("written again");
    fs::create_dir(&file).expect("a free name");
    ask("a directory in its place");
}

#[test]
fn followed_files_are_paged_and_counted() {
    let env = Environment::new();
    let dir = history(&env, seed());
    for name in NAMES {
        let words = ["--all", "--oneline", "--follow", "--", name];
        let all = env.git_ok(&dir, &[&["log"][..], &words].concat());
        let (counted, _) = env.fastlog(&dir, &args(&[&["--count"][..], &words].concat()), None);
        assert_eq!(counted.stdout.as_bstr(), format!("{}\n", all.lines().count()));
    }
}

/// Where a file came from is asked of git once, and again when anything has changed that has a say in it.
#[test]
fn where_files_came_from_is_asked_once() {
    let mut env = Environment::new();
    let dir = env.path().join("r");
    fs::create_dir_all(dir.join("sub/deep")).expect("a new directory");
    env.git_ok(&dir, &["init", "-q"]);
    let write = |path: &str, text: &str| {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().expect("below")).expect("writable");
        fs::write(path, text).expect("writable");
    };
    let commit = |env: &Environment, message: &str| {
        env.git_ok(&dir, &["add", "sub"]);
        env.git_ok(&dir, &["commit", "-q", "-a", "-m", message]);
    };
    // For git the two are much the same if they are texts, and have no line in common if they are not.
    let lines: Vec<String> = (0..40).map(|number| format!("line {number}")).collect();
    write("sub/deep/old", &lines.join("\r\n"));
    commit(&env, "one");
    write("sub/deep/new", &lines.join("\n"));
    fs::remove_file(dir.join("sub/deep/old")).expect("it is there");
    commit(&env, "two");
    env.index_ok(&dir, "build");
    let recorder = Recorder::start(&mut env);
    // How often git was asked, and how many commits are shown: each of them creates a file here.
    let ask = |env: &Environment, words: &[&str]| -> (usize, usize) {
        let words = args(&[words, &["--oneline", "--follow", "--", "sub/deep/new"]].concat());
        let theirs = env.log(&dir, &words, None);
        recorder.take();
        let (ours, trace) = env.fastlog(&dir, &words, None);
        assert_eq!(difference(&ours, &theirs, false), None, "{words:?}");
        assert_eq!(trace.expect("a trace").served, Served::Native, "{words:?}");
        let logs = recorder.take().iter().filter(|asked| asked.words.starts_with("log ")).count();
        (logs, theirs.stdout.lines().count())
    };
    assert_eq!(ask(&env, &[]), (2, 2));
    for words in [&[][..], &["--all"], &["-n1"], &["--author=Thor"], &["--topo-order"], &["--format=%ad"]] {
        assert_eq!(ask(&env, words).0, 0, "{words:?}");
    }
    env.git_ok(&dir, &["branch", "other", "HEAD~1"]);
    assert_eq!(ask(&env, &["--all"]), (0, 2), "refs have no say");
    write("sub/untracked", "a file");
    env.git_ok(&dir, &["add", "sub/untracked"]);
    assert_eq!(ask(&env, &[]), (0, 2), "nor has git's index, without attributes in it");

    type Change<'c> = (&'c str, usize, &'c dyn Fn(&mut Environment));
    let home = env.path().join("home");
    let changes: &[Change<'_>] = &[
        ("attributes at the top", 1, &|_| write(".gitattributes", "old -diff\n")),
        ("attributes below", 2, &|_| write("sub/.gitattributes", "old diff\n")),
        ("attributes beside", 1, &|_| write("sub/deep/.gitattributes", "* -diff\n")),
        ("attributes of git's index alone, which it hardly ever reads here", 2, &|env| {
            env.git_ok(&dir, &["add", "sub/deep/.gitattributes"]);
            fs::remove_file(dir.join("sub/deep/.gitattributes")).expect("it is there");
        }),
        ("no attributes in git's index", 2, &|env| {
            env.git_ok(&dir, &["rm", "-q", "--cached", "sub/deep/.gitattributes"]);
        }),
        ("attributes of the repository", 2, &|_| write(".git/info/attributes", "* diff\n")),
        ("no attributes of the repository", 2, &|_| {
            fs::remove_file(dir.join(".git/info/attributes")).expect("it is there");
        }),
        ("no attributes below", 1, &|_| {
            fs::remove_file(dir.join("sub/.gitattributes")).expect("it is there");
        }),
        ("no attributes at the top", 2, &|_| {
            fs::remove_file(dir.join(".gitattributes")).expect("it is there");
        }),
        ("attributes of the user", 1, &|_| {
            fs::create_dir_all(home.join(".config/git")).expect("writable");
            fs::write(home.join(".config/git/attributes"), "* binary\n").expect("writable");
        }),
        ("another place for them", 2, &|env| env.set("XDG_CONFIG_HOME", home.join("nowhere"))),
        ("and another", 1, &|env| {
            let file = home.join(".config/git/attributes");
            env.set_config(&[("core.attributesFile", file.as_os_str())]);
        }),
        ("a limit for renames", 2, &|env| env.set_config(&[("diff.renameLimit", "7".as_ref())])),
        ("what is too big to be a text", 2, &|env| {
            env.set_config(&[("core.bigFileThreshold", "8".as_ref())]);
        }),
        ("another git", 2, &|env| env.set(VERSION, "2.47.99")),
        ("only first parents", 2, &|_| {}),
    ];
    for (what, shown, change) in changes {
        change(&mut env);
        let words: &[&str] = if *what == "only first parents" { &["--first-parent"] } else { &[] };
        assert_eq!(ask(&env, words), (*shown, *shown), "{what}");
        assert_eq!(ask(&env, words), (0, *shown), "{what}");
    }
    // Where it can't be told which attributes there are, it is asked each time.
    write("elsewhere", "* -diff\n");
    symlink(dir.join("elsewhere"), dir.join("sub/.gitattributes")).expect("writable");
    assert_eq!(ask(&env, &[]), (2, 2), "a link, which git does not follow");
    assert_eq!(ask(&env, &[]), (2, 2), "a link, which git does not follow");
    fs::remove_file(dir.join("sub/.gitattributes")).expect("it is there");
    env.set_config(&[]);
    for (name, value) in [("GIT_ATTR_SOURCE", "HEAD"), ("GIT_INDEX_FILE", "another")] {
        env.set(name, value);
        assert_eq!(ask(&env, &[]), (2, 2), "{name}");
        assert_eq!(ask(&env, &[]), (2, 2), "{name}");
    }
}
