//! How far a branch is from its upstream: the same whether commits are counted in the index of the history or by git, and in
//! whatever state that index is.

use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use fastrand::Rng;

use super::races::meanwhile;
use super::{ask, ask_and_compare, git_status, repository, rev_list_fails, shell, text};
use crate::support::repository::remove_dir;
use crate::support::{Environment, Output, damage};

/// Two sides that have left each other at `base`, and merged once before.
const COMMITS: &str = "c() { git commit -q --allow-empty -m $1; }; c 0; git checkout -q -b side; c s; git checkout -q main
    c 1; git merge -q -m m side; git tag base
    c a1; git tag a1; c a2; git tag a2; git checkout -q --detach base; c b1; git tag b1; c b2; git tag b2; c b3; git tag b3
    git checkout -q main; git reset -q --hard base; git config remote.origin.url .
    git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
    for t in base a1 a2 b1 b3; do git update-ref refs/heads/at-$t $t; git update-ref refs/remotes/origin/at-$t $t; done
    b() { for r in . origin; do n=$1-$(test $r = . && echo local || echo remote); git branch -q $n $2
        git config branch.$n.remote $r; git config branch.$n.merge refs/heads/at-$3; done; }
    git branch -q none a1; b same a2 a2; b ahead-1 a1 base; b ahead-2 a2 base; b behind-1 base a1; b behind-2 base a2
    b diverged a2 b3; b older a1 b1; b gone a2 nowhere; echo x >f; git add f";

/// What is said of the distance: the branch, and what its line in the short format ends in.
const BRANCHES: &[(&str, &str)] = &[
    ("none", "none"),
    ("same", "at-a2"),
    ("ahead-1", "[ahead 1]"),
    ("ahead-2", "[ahead 2]"),
    ("behind-1", "[behind 1]"),
    ("behind-2", "[behind 2]"),
    ("diverged", "[ahead 2, behind 3]"),
    ("older", "[ahead 1, behind 1]"),
    ("gone", "[gone]"),
];

const QUESTIONS: &[&[&str]] = &[
    &["-s", "-b"],
    &[],
    &["--porcelain=v2", "--branch"],
    &["--porcelain", "-b", "-z"],
    &["--long", "--no-ahead-behind"],
    &["-s", "-b", "--no-ahead-behind"],
    &["--porcelain=v2", "--branch", "--no-ahead-behind"],
];

/// Every branch with what git says of it.
struct Tracking {
    env: Environment,
    dir: PathBuf,
    answers: Vec<(String, Vec<Output>)>,
}

impl Tracking {
    fn new() -> Tracking {
        let env = Environment::new();
        let dir = repository(&env, COMMITS);
        let mut it = Tracking { env, dir, answers: Vec::new() };
        it.ask_git();
        it
    }

    /// Asks git about each branch, once for all states of the index.
    fn ask_git(&mut self) {
        self.answers.clear();
        for (kind, expected) in BRANCHES {
            let sides: &[&str] = if *kind == "none" { &[""] } else { &["-local", "-remote"] };
            for side in sides {
                let branch = format!("{kind}{side}");
                self.check_out(&branch);
                let answers: Vec<Output> =
                    QUESTIONS.iter().map(|words| git_status(&self.env, &self.dir, words)).collect();
                let line = answers[0].stdout.lines().next().unwrap_or_default().as_bstr().to_string();
                assert!(line.ends_with(expected), "{branch}: {line}");
                self.answers.push((branch, answers));
            }
        }
    }

    /// All trees are the same.
    fn check_out(&self, branch: &str) {
        self.env.git_ok(&self.dir, &["symbolic-ref", "HEAD", &format!("refs/heads/{branch}")]);
    }

    /// Every answer is git's, and our own.
    #[track_caller]
    fn compare(&self, state: &str) {
        self.compare_but_for(state, None);
    }

    /// As [`Self::compare`]; for one reason git may be asked.
    #[track_caller]
    fn compare_but_for(&self, state: &str, reason: Option<&str>) {
        for (branch, answers) in &self.answers {
            self.check_out(branch);
            for (words, their) in QUESTIONS.iter().zip(answers) {
                let answered = ask_and_compare(&self.env, &self.dir, words, their);
                let native = answered.served == "native" || reason == Some(&answered.reason);
                assert!(native, "{state}: {branch} {words:?}: {answered:?}");
            }
        }
    }

    fn index(&self) -> PathBuf {
        damage::index_dir(&self.dir.join(".git"))
    }

    fn optimize(&self, action: &str) -> Output {
        self.env.optimize(&self.dir, &["index", action])
    }
}

#[test]
fn without_an_index() {
    let it = Tracking::new();
    it.compare("no index");
    assert!(!it.index().exists(), "none is made");
}

/// Commits are counted without git then, which is why it may fail.
#[test]
fn with_a_fresh_index() {
    let mut it = Tracking::new();
    it.env.index_ok(&it.dir, "build");
    it.compare("a fresh index");
    rev_list_fails(&mut it.env);
    it.compare("a fresh index and no help");
    it.check_out("diverged-remote");
    let (_, answered) = ask(&it.env, &it.dir, &["-s", "-b", "--no-index"]);
    assert_eq!(answered.reason, "git does not count commits", "nothing was shown by that");
}

/// The index has `base` and nothing newer, and then many commits less than there are.
#[test]
fn with_a_stale_index() {
    let mut it = Tracking::new();
    shell(
        &it.env,
        &it.dir,
        "git checkout -q base; git for-each-ref --format='update %(refname) %(objectname)' >../refs
         git for-each-ref --format='delete %(refname)' | git update-ref --stdin",
    );
    it.env.index_ok(&it.dir, "build");
    shell(&it.env, &it.dir, "git update-ref --stdin <../refs; git config fast.autoIndex false");
    it.compare("a stale index");
    let path = it.env.path().join("programs");
    rev_list_fails(&mut it.env);
    it.compare("a stale index and no help");
    fs::remove_dir_all(path).expect("our own directory");
    // Far more than are read for one answer.
    shell(
        &it.env,
        &it.dir,
        "{ echo 'reset refs/heads/at-b3'; echo 'from refs/tags/b3'; echo
           for i in $(seq 20000); do printf 'commit refs/heads/at-b3\\ncommitter C <c@d> %s +0000\\ndata 1\\nx\\n' $i; done
         } | git fast-import --quiet; git update-ref refs/remotes/origin/at-b3 at-b3",
    );
    it.check_out("diverged-local");
    let line = text(&git_status(&it.env, &it.dir, &["-s", "-b"]));
    assert!(line.contains("[ahead 2, behind 20003]"), "{line}");
    for branch in ["diverged-local", "diverged-remote"] {
        it.check_out(branch);
        for words in QUESTIONS {
            super::same_native(&it.env, &it.dir, words);
        }
    }
}

/// Any file of it in any way, replayed by its number.
#[test]
fn with_a_damaged_index() {
    let it = Tracking::new();
    for seed in 0..8 {
        it.env.index_ok(&it.dir, "build");
        let mut rng = Rng::with_seed(seed);
        let done: Vec<String> = (0..2).filter_map(|_| damage::random(&it.index(), &mut rng)).collect();
        assert!(!done.is_empty(), "there is nothing to damage");
        it.compare(&format!("damage {seed}: {done:?}"));
    }
}

/// The index of another history, and of one that is the same but for a key of its own.
#[test]
fn with_a_foreign_index() {
    let it = Tracking::new();
    let other = Tracking::new();
    shell(&other.env, &other.dir, "git checkout -q main; git commit -q --amend --allow-empty -m other");
    for (what, dir) in [("other commits", &other.dir), ("the same commits", &it.dir)] {
        let copy = it.env.path().join(what);
        copy_dir(&it.env, dir, &copy);
        it.env.index_ok(&copy, "build");
        it.env.index_ok(&it.dir, "build");
        remove_dir(&it.index());
        copy_dir(&it.env, &damage::index_dir(&copy.join(".git")), &it.index());
        it.compare(what);
    }
}

fn copy_dir(env: &Environment, from: &Path, to: &Path) {
    env.run(env.command("cp", env.path(), &["-R".as_ref(), from.as_os_str(), to.as_os_str()])).success("cp");
}

#[test]
fn while_the_index_is_built() {
    let it = Tracking::new();
    let build = |_| {
        it.optimize("build").success("index build");
    };
    meanwhile(build, || it.compare("a builder at work"));
}

#[test]
fn while_the_index_is_cleared() {
    let it = Tracking::new();
    let build_or_clear = |turn: usize| {
        let action = if turn.is_multiple_of(2) { "build" } else { "clear" };
        it.optimize(action).success(action);
    };
    // Its directory may go while it is looked into.
    let gone = ".gitignore: No such file or directory (os error 2)";
    meanwhile(build_or_clear, || it.compare_but_for("an index that comes and goes", Some(gone)));
}

/// Settings of other branches and remotes, which git reads along: those that it refuses, or warns of, are its own to answer.
/// Found by `status_machine`, which had set `branch..remote`.
#[test]
fn settings_that_git_refuses() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git commit -q --allow-empty -m x; git branch up; git branch -q -u up; git commit -q --allow-empty -m y",
    );
    let config = dir.join(".git/config");
    let base = fs::read(&config).expect("there is one");
    let ask = |setting: &str| {
        fs::write(&config, [&base, setting.as_bytes()].concat()).expect("our own file");
        let questions = [&["-s", "-b"][..], &["--porcelain=v2", "--branch"], &[]];
        questions.map(|words| ask_and_compare(&env, &dir, words, &git_status(&env, &dir, words)).served)
    };
    for bad in [
        "[branch \"\"]\nremote=x\n",
        "[branch \"other\"]\nremote\n",
        "[branch \"other\"]\nmerge\n",
        "[branch \"other\"]\npushRemote\n",
        "[url \"x\"]\ninsteadOf\n",
        "[url \"x\"]\npushInsteadOf\n",
        "[remote]\npushDefault\n",
        "[remote \"o\"]\nurl\n",
        "[remote \"o\"]\nfetch\n",
        "[remote \"o\"]\npush\n",
        "[remote \"o\"]\nproxy\n",
        "[remote \"o\"]\nmirror=x\n",
        "[remote \"o\"]\nprune=x\n",
        "[remote \"o\"]\nskipDefaultUpdate=x\n",
        "[remote \"/o\"]\nurl=x\n",
        "[remote \"o\"]\nfetch=a:b:c\n",
        "[remote \"o\"]\nfetch=+refs/heads/*:x\n",
        "[remote \"o\"]\nfetch=refs/heads/a..b:x\n",
        "[remote \"o\"]\npush=refs/*/*:refs/*/*\n",
    ] {
        assert_eq!(ask(bad), ["git"; 3], "{bad}");
    }
    for good in [
        "[branch \"other\"]\nremote=x\nmerge=y\nrebase\ndescription\n",
        "[url \"x\"]\ninsteadOf=y\npushInsteadOf=z\n[remote]\npushDefault=o\n",
        "[remote \"o\"]\nurl=x\nfetch=+refs/heads/*:refs/remotes/o/*\nfetch=^refs/heads/x*\nfetch=refs/tags/v1\nmirror\n",
        "[remote \"o\"]\npush=HEAD:refs/for/main\npush=:\npush=+:\npush=:refs/heads/gone\npush=main\nprune=no\n",
        "[remote \"o\"]\nfetch=+refs/pull/*/head:refs/remotes/o/pr/*\nfollowRemoteHEAD=never\ntagOpt=--no-tags\n",
    ] {
        assert_eq!(ask(good), ["native"; 3], "{good}");
    }
}
