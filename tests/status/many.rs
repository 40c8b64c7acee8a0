//! Several repositories at once: in parallel, and not too many at a time.

use std::fs;
use std::path::Path;

use bstr::ByteSlice;
use serde_json::Value;

use super::{git_status, shell, text};
use crate::status_machine::json::compare;
use crate::support::environment::give;
use crate::support::{Environment, Output, left_out, put_program};

/// A git that lets nobody through before so many have come, and notes who comes and who goes. It is the one thing that
/// each process that answers about a repository asks it once.
const GATE: &str = "PATH=${PATH#*:}
[ \"$*\" = version ] || exec git \"$@\"
echo + >>\"$GATE\"
until [ \"$(grep -c + \"$GATE\")\" -ge \"$TOGETHER\" ]; do sleep 0.01; done
sleep 0.1
git version
echo - >>\"$GATE\"
";

#[test]
fn so_many_at_a_time_and_no_more() {
    let mut env = Environment::new();
    shell(&env, env.path(), "for n in 1 2 3 4 5 6 7 8; do git init -q r$n; echo r$n >>list; done");
    put_program(&mut env, "git", GATE);
    let log = env.path().join("gate");
    env.set("GATE", &log);
    for threads in [1, 3, 5] {
        let _ = fs::remove_file(&log);
        env.set("TOGETHER", threads.to_string());
        let threads_option = format!("--threads={threads}");
        let words = ["--repos-from=list", "--no-index", &threads_option];
        let output = env.run(env.ours("git-faststatus", env.path(), &words));
        let lines: Vec<String> = (1..=8).map(|n| format!("r{n}\tmain\n")).collect();
        assert_eq!((text(&output), output.code), (lines.concat(), 0));
        let mut inside = 0;
        let mut most = 0;
        let log = fs::read_to_string(&log).expect("the gate was used");
        for line in log.lines() {
            inside += if line == "+" { 1 } else { -1 };
            most = most.max(inside);
        }
        // That they came together is why there is an answer at all.
        assert_eq!((log.lines().count(), inside, most), (16, 0, threads), "{log}");
    }
}

/// Worktrees in every state, each of a branch of its own, with an upstream where it says so; `repository` is the main one.
const FAMILY: &str = "git init -q repository; cd repository; mkdir d; for f in a b c; do echo $f >$f; echo $f >d/$f; done
    git add .; git commit -qm 1; git commit -q --allow-empty -m 2; git branch up; git commit -q --allow-empty -m 3
    for name in ahead behind locked merging damaged unreadable foreign missing staged; do
        git branch -q $name; git branch -q -u up $name; git worktree add -q ../$name $name
    done
    git worktree add -q --detach ../detached HEAD~1; git branch -q -u up main
    git -C ../ahead commit -q --allow-empty -m 4; echo n >../ahead/n
    git -C ../behind reset -q --hard HEAD~2; echo 2 >../behind/d/a
    git worktree lock --reason 'on a disk that is away' ../locked; git branch -q gone; git -C ../locked branch -q -u gone
    git branch -q -D gone; rm ../locked/a
    git checkout -q -b other; echo other >b; git commit -qam other; git checkout -q main
    echo ours >../merging/b; git -C ../merging commit -qam ours; git -C ../merging merge -q other || true
    echo n >../detached/d/n; rm -r ../missing; echo 2 >../staged/a; git -C ../staged mv b moved; git -C ../staged add .
    echo stash >a; git stash -q
    mkdir ../unreadable/closed; echo n >../unreadable/closed/n; chmod 0 ../unreadable/closed
    echo 'not an index' >.git/worktrees/damaged/index
    git clone -q --bare . ../bare.git; cd ../bare.git; git branch -q up2 up; git worktree add -q ../of-bare ahead
    git branch -q -u up2 ahead; echo n >../of-bare/n; mkdir ../elsewhere";

/// One of a number of answers: about which worktree, and what it is.
type Row = (String, Result<Vec<u8>, String>);

/// What is said about each with `--json`, as far as that is an answer.
fn rows(output: &Output) -> Vec<Row> {
    let row = |line: &[u8]| {
        let object: Value = serde_json::from_slice(line).expect("JSON");
        let path = object["worktree"].as_str().expect("a path").to_owned();
        (path, object["error"].as_str().map_or(Ok(line.to_vec()), |error| Err(error.to_owned())))
    };
    output.stdout.lines().map(row).collect()
}

/// git's answer there, or the first thing that it complains of.
fn gits(env: &Environment, dir: &Path) -> Result<Output, String> {
    if !dir.is_dir() {
        return Err("No such file or directory (os error 2)".to_owned());
    }
    let output = git_status(env, dir, &["--porcelain=v2", "--branch", "-z", "--show-stash"]);
    let said = text_of(&output.stderr);
    let complaint = said.lines().next().unwrap_or_default();
    match output.code {
        0 => Ok(output),
        _ => Err(complaint.strip_prefix("fatal: ").unwrap_or(complaint).to_owned()),
    }
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Each row with `--json` and with `--summary` is what git says when it is asked there; `paths` are relative to `place`.
#[track_caller]
fn each_is_gits(env: &Environment, place: &Path, words: &[&str], paths: &[String]) {
    let json = env.run(env.ours("git-faststatus", place, &[words, &["--json"]].concat()));
    let summary = env.run(env.ours("git-faststatus", place, words));
    let rows = rows(&json);
    let lines: Vec<String> = text(&summary).lines().map(str::to_owned).collect();
    let listed: Vec<&str> = rows.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(listed, paths, "{words:?} in {}", place.display());
    assert_eq!(lines.len(), paths.len());
    let mut failed = false;
    for ((path, answer), line) in rows.iter().zip(&lines) {
        let expected = gits(env, &place.join(path));
        failed |= expected.is_err();
        let said = match (&expected, answer) {
            (Ok(their), Ok(our)) => {
                let our = Output { stdout: our.clone(), ..Output::default() };
                if let Err(difference) = compare(&our, their) {
                    panic!("{path}: {difference}");
                }
                let merging =
                    env.git(&place.join(path), &["rev-parse", "-q", "--verify", "MERGE_HEAD"]).code == 0;
                summary_of(&their.stdout, if merging { &["merge"] } else { &[] })
            }
            (Err(their), Err(our)) => {
                assert_eq!(our, their, "{path}");
                format!("error: {their}")
            }
            _ => panic!("{path}: {answer:?}, git: {expected:?}"),
        };
        assert_eq!(*line, format!("{path}\t{said}"));
    }
    for output in [&json, &summary] {
        assert_eq!((output.code, text_of(&output.stderr)), (i32::from(failed), String::new()), "{words:?}");
    }
}

/// The line that git's answer comes to, with what is in progress.
fn summary_of(porcelain: &[u8], operations: &[&str]) -> String {
    let mut fields = porcelain.split(|byte| *byte == 0).map(text_of);
    let (mut head, mut commit, mut upstream, mut apart) = (String::new(), String::new(), false, None);
    let mut counts = [("conflicts", 0), ("staged", 0), ("changed", 0), ("untracked", 0), ("stashes", 0)];
    while let Some(field) = fields.next() {
        let words: Vec<&str> = field.split(' ').collect();
        match words[..] {
            ["#", "branch.head", name] => head = name.to_owned(),
            ["#", "branch.oid", id] => commit = id.to_owned(),
            ["#", "branch.upstream", _] => upstream = true,
            ["#", "branch.ab", ahead, behind] => apart = Some([ahead.to_owned(), behind.to_owned()]),
            ["#", "stash", count] => counts[4].1 = count.parse().expect("a number"),
            ["u", ..] => counts[0].1 += 1,
            ["?", ..] => counts[3].1 += 1,
            [kind @ ("1" | "2"), letters, ..] => {
                counts[1].1 += i32::from(!letters.starts_with('.'));
                counts[2].1 += i32::from(!letters.ends_with('.'));
                if kind == "2" {
                    fields.next();
                }
            }
            _ => {}
        }
    }
    if head == "(detached)" {
        commit[..7].clone_into(&mut head);
    }
    let apart: Vec<String> = apart.iter().flatten().filter(|count| !count.ends_with('0')).cloned().collect();
    let gone =
        if upstream && !porcelain.contains_str("branch.ab") { vec!["gone".to_owned()] } else { vec![] };
    let counts = counts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name}:{count}"));
    let operations = operations.iter().map(|name| (*name).to_owned());
    [head].into_iter().chain(apart).chain(gone).chain(operations).chain(counts).collect::<Vec<_>>().join(" ")
}

/// Those with a worktree, as git lists them.
fn listed_by_git(env: &Environment, dir: &Path) -> Vec<String> {
    let list = text(&env.git(dir, &["worktree", "list", "--porcelain"]));
    let with_worktree = list.split("\n\n").filter(|record| !record.contains("\nbare"));
    with_worktree
        .filter_map(|record| record.lines().next()?.strip_prefix("worktree "))
        .map(str::to_owned)
        .collect()
}

/// All of them, where there are directories that can't be read, and worktrees that are somebody else's; whether there are.
fn family() -> (Environment, bool) {
    let mut env = Environment::new();
    shell(&env, env.path(), FAMILY);
    let is_root = rustix::process::geteuid().is_root();
    env.drop_privileges();
    if is_root {
        give(&env.path().join("foreign"), 0);
    } else {
        left_out("a worktree of another owner", "it takes root to give something away");
    }
    (env, is_root)
}

#[test]
fn each_worktree_is_what_git_says_there() {
    let (env, is_root) = family();
    let place = |name: &str| env.path().join(name);
    let main = listed_by_git(&env, &place("repository"));
    assert_eq!(main.len(), 11);
    let errors = main.iter().filter(|path| gits(&env, Path::new(path)).is_err()).count();
    assert_eq!(
        errors,
        if is_root { 3 } else { 2 },
        "one that is missing, one with a damaged index, and a foreign one"
    );
    for dir in ["repository", "repository/d", "ahead", "behind/d", "merging", "detached/d"] {
        each_is_gits(&env, &place(dir), &["--worktrees"], &main);
    }
    let of_bare = listed_by_git(&env, &place("bare.git"));
    assert_eq!(of_bare.len(), 1, "the bare repository itself is none");
    for dir in ["bare.git", "bare.git/refs", "of-bare", "of-bare/d"] {
        each_is_gits(&env, &place(dir), &["--worktrees"], &of_bare);
    }
    // git is asked in all of them, too, where it has to be.
    for dir in ["repository", "ahead", "merging", "of-bare"] {
        env.git_ok(&place(dir), &["update-index", "--split-index"]);
    }
    each_is_gits(&env, &place("repository"), &["--worktrees"], &main);
    each_is_gits(&env, &place("of-bare/d"), &["--worktrees"], &of_bare);
    // As in a hook, where variables say which repository it is.
    let mut hook = env;
    let place = |name: &str| hook.path().join(name);
    let (dir, git_dir) = (place("ahead"), place("repository/.git/worktrees/ahead"));
    let plain = hook.run(hook.ours("git-faststatus", &dir, &["--worktrees"]));
    hook.set("GIT_DIR", git_dir.clone());
    hook.set("GIT_INDEX_FILE", git_dir.join("index"));
    hook.set("GIT_PREFIX", "d/");
    let in_hook = hook.run(hook.ours("git-faststatus", &dir, &["--worktrees"]));
    assert_eq!((text(&in_hook), in_hook.code), (text(&plain), plain.code));
}

#[test]
fn each_repository_of_a_list_is_what_git_says_there() {
    let (env, _) = family();
    let absolute = env.path().join("ahead").to_string_lossy().into_owned();
    let names = [
        "repository",
        "repository/d",
        "ahead",
        "ahead",
        "behind/d",
        "locked",
        "merging",
        "damaged",
        "unreadable",
        "foreign",
        "missing",
        "detached/d",
        "staged",
        "of-bare",
        "bare.git",
        "repository/.git",
        "elsewhere",
        "nowhere/at/all",
        &absolute,
    ];
    for (place, up) in
        [("", ""), ("ahead", "../"), ("behind/d", "../../"), ("bare.git", "../"), ("elsewhere", "../")]
    {
        let path =
            |name: &&str| if name.starts_with('/') { (*name).to_owned() } else { format!("{up}{name}") };
        let paths: Vec<String> = names.iter().map(path).collect();
        fs::write(env.path().join("list"), paths.join("\n") + "\n\n").expect("our own file");
        let list = format!("{up}list");
        each_is_gits(&env, &env.path().join(place), &["--repos-from", &list], &paths);
        each_is_gits(&env, &env.path().join(place), &["--threads=3", "--repos-from", &list], &paths);
    }
}
