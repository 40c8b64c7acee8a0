//! contrib/hooks as hooks of git, and through the real pre-commit.

mod pre_commit;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bstr::ByteSlice;

use crate::install::root;
use crate::support::{Environment, Output};

struct World {
    env: Environment,
    dir: PathBuf,
}

impl World {
    /// An empty repository; `hooks` are pairs of a hook's name and the command that it is.
    fn new(hooks: &[(&str, &str)]) -> Self {
        let env = Environment::new();
        let dir = env.path().join("repository");
        fs::create_dir(&dir).expect("a new directory");
        env.git_ok(&dir, &["init", "-q", "."]);
        let folder = root().join("contrib/hooks");
        for (name, command) in hooks {
            let file = dir.join(".git/hooks").join(name);
            fs::create_dir_all(file.parent().expect("it has one")).expect("our own repository");
            fs::write(&file, format!("#!/bin/sh\nexec '{}'/{command}\n", folder.display())).expect("ours");
            fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("ours");
        }
        Self { env, dir }
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let file = self.dir.join(name);
        fs::create_dir_all(file.parent().expect("it has one")).expect("our own repository");
        fs::write(file, bytes).expect("our own repository");
    }

    #[track_caller]
    fn git(&self, args: &[&str]) {
        self.env.git_ok(&self.dir, args);
    }

    fn commit(&self) -> Output {
        self.env.git(&self.dir, &["commit", "-q", "-m", "next"])
    }

    #[track_caller]
    fn accepted(&self) {
        let output = self.commit();
        assert_eq!(output.code, 0, "{}", output.stderr.as_bstr());
    }

    /// It may take a while.
    #[track_caller]
    fn index_is_up_to_date(&self, after: &str) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let output = self.env.optimize(&self.dir, &["index", "status"]);
            if output.code == 0 && output.stdout.contains_str("up to date") {
                return;
            }
            assert!(Instant::now() < deadline, "after {after}: {}", output.stdout.as_bstr());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The commit is refused, and what is said has all of these.
    #[track_caller]
    fn refused(&self, words: &[&str]) {
        let output = self.commit();
        assert_eq!(output.code, 1, "{}", output.stderr.as_bstr());
        for word in words {
            assert!(output.stderr.contains_str(word), "no {word}: {}", output.stderr.as_bstr());
        }
    }
}

#[test]
fn files_that_are_too_large() {
    let world = World::new(&[("pre-commit", "large-files --max-size=10k")]);
    let large = vec![b'x'; 10 * 1024 + 1];
    // The first commit, too; odd names; what is staged counts, not what is there now.
    world.write("a b\"ü\n", &large);
    world.write("exactly", &large[1..]);
    world.git(&["add", "."]);
    world.refused(&["\"a b\\\"\\303\\274\\n\": 10.0 KiB", "hint: larger than 10k"]);
    world.write("a b\"ü\n", "small");
    world.refused(&["a b"]);
    world.git(&["add", "."]);
    world.write("exactly", &large);
    world.accepted();
    world.git(&["commit", "-q", "--allow-empty", "-m", "empty"]);
    // Changed, of another type, and what was large already.
    world.git(&["add", "."]);
    world.refused(&["exactly"]);
    world.git(&["commit", "-q", "-n", "-m", "because"]);
    world.git(&["mv", "exactly", "moved"]);
    world.refused(&["moved: "]);
    world.git(&["commit", "-q", "-n", "-m", "because"]);
    world.git(&["rm", "-q", "moved"]);
    world.accepted();
}

#[test]
fn conflicts() {
    let world = World::new(&[("pre-commit", "conflicts")]);
    world.write("file", "one \n\n\n");
    world.git(&["add", "."]);
    world.accepted();
    world.write("file", "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n");
    world.git(&["add", "."]);
    world.refused(&["file:1: leftover conflict marker", "file:5: leftover"]);
    world.write("file", "a\n=======\nb \n\n\n");
    world.git(&["add", "."]);
    world.refused(&["file:2"]);
    world.write("file", "a \nb\n\n\n");
    world.git(&["add", "."]);
    world.accepted();
}

/// git refuses to commit then before it asks a hook; whoever asks earlier is told which paths.
#[test]
fn unmerged_paths() {
    let world = World::new(&[]);
    world.write("file", "one\n");
    world.git(&["add", "."]);
    world.accepted();
    world.git(&["switch", "-q", "-c", "topic"]);
    world.write("file", "theirs\n");
    world.git(&["commit", "-q", "-a", "-m", "theirs"]);
    world.git(&["switch", "-q", "main"]);
    world.write("file", "ours\n");
    world.git(&["commit", "-q", "-a", "-m", "ours"]);
    let conflicts =
        || world.env.run(world.env.command(root().join("contrib/hooks/conflicts"), &world.dir, &[""; 0]));
    assert_eq!(conflicts().code, 0);
    assert_eq!(world.env.git(&world.dir, &["merge", "-q", "topic"]).code, 1);
    let output = conflicts();
    assert_eq!((output.code, output.stderr.as_bstr()), (1, "UU file\n".into()));
    world.write("file", "both\n");
    world.git(&["add", "."]);
    assert_eq!(conflicts().code, 0);
}

#[test]
fn files_that_are_not_tracked() {
    let world = World::new(&[("pre-commit", "untracked")]);
    world.write(".gitignore", "*.o\n");
    world.git(&["add", "."]);
    world.write("a.o", "");
    world.accepted();
    world.write("deep/forgotten.c", "");
    world.write("main.c", "");
    world.git(&["add", "main.c"]);
    world.refused(&["deep/forgotten.c", "hint: not tracked:"]);
    world.git(&["add", "."]);
    world.accepted();
}

#[test]
fn files_that_are_named_but_not_tracked() {
    let world = World::new(&[("pre-commit", "untracked --referenced")]);
    world.write("main.rs", "fn main() {}\n");
    world.write("notes.txt", "");
    world.write("src/parser.rs", "");
    world.git(&["add", "main.rs"]);
    world.accepted();
    for line in ["mod parser;", "// see parser.rs", "include!(\"src/parser.rs\");"] {
        world.write("main.rs", line);
        world.git(&["add", "main.rs"]);
        world.refused(&["src/parser.rs", "named by what is being committed"]);
    }
    // Only a part of a word, and no word of those that name files.
    world.write("main.rs", "mod parsers;\nlet parser = 1;\n");
    world.git(&["add", "main.rs"]);
    world.accepted();
}

#[test]
fn pushing_with_changes() {
    let world = World::new(&[("pre-push", "clean")]);
    let bare = world.env.path().join("bare");
    world.env.git_ok(world.env.path(), &["init", "-q", "--bare", "bare"]);
    world.write("file", "one\n");
    world.git(&["add", "."]);
    world.git(&["commit", "-q", "-m", "one"]);
    let push = || world.env.git(&world.dir, &["push", "-q", bare.to_str().expect("ours"), "HEAD"]);
    world.write("file", "two\n");
    let output = push();
    assert_eq!(output.code, 1, "{}", output.stderr.as_bstr());
    assert!([output.stdout, output.stderr].concat().contains_str(" M file"));
    world.git(&["commit", "-q", "-a", "-m", "two"]);
    push().success("git push");
}

#[test]
fn pushing_what_is_out_of_order() {
    let world = World::new(&[("pre-push", "doctor")]);
    let bare = world.env.path().join("bare");
    world.env.git_ok(world.env.path(), &["init", "-q", "--bare", "bare"]);
    world.write("file", "one\n");
    world.git(&["add", "."]);
    world.git(&["commit", "-q", "-m", "one"]);
    world.env.optimize(&world.dir, &["index", "build"]).success("git optimize index build");
    let push = || world.env.git(&world.dir, &["push", "-q", bare.to_str().expect("ours"), "HEAD"]);
    // There is advice by now, and no more.
    push().success("git push");
    world.git(&["add", "-f", ".git-fast"]);
    world.git(&["commit", "-q", "-m", "a mistake"]);
    let output = push();
    assert_eq!(output.code, 1, "{}", output.stderr.as_bstr());
    let said = output.stderr.to_str_lossy();
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("problem  tracked index"), "{said}");
    assert!(lines[1].trim_start().starts_with("git rm"), "{said}");
    assert!(!said.contains("advice ") && !said.contains("ok "), "{said}");
    world.git(&["rm", "-q", "-r", "--cached", ".git-fast"]);
    world.git(&["commit", "-q", "-m", "mended"]);
    push().success("git push");
}

/// Whoever can't look does not let anything through.
#[test]
fn hooks_that_cannot_ask_refuse() {
    let world = World::new(&[]);
    world.write("file", "one\n");
    world.git(&["add", "."]);
    world.accepted();
    world.write("forgotten", "");
    let all = ["large-files", "conflicts", "untracked", "untracked --referenced", "clean", "doctor"];
    let code = |hook: &str, before: &str| {
        let script = format!("{before} '{}'/{hook}", root().join("contrib/hooks").display());
        world.env.run(world.env.command("sh", &world.dir, &["-c", &script])).code
    };
    // Without git-fast.
    let git = world.env.real_git();
    let path = format!("PATH={}:/usr/bin:/bin", git.parent().expect("it is in a directory").display());
    let which = format!("{path}; command -v git-faststatus");
    assert_ne!(world.env.run(world.env.command("sh", &world.dir, &["-c", &which])).code, 0, "it is there");
    for hook in all {
        let (before, without) = (code(hook, ""), code(hook, &path));
        assert!(before < 2 && ![0, 126, 127].contains(&without), "{hook}: {before}, {without}");
    }
    // In a repository that git can't read.
    fs::write(world.dir.join(".git/index"), "damaged").expect("ours");
    for hook in &all[..5] {
        assert!(![0, 126, 127].contains(&code(hook, "")), "{hook}");
    }
    fs::remove_file(world.dir.join(".git/index")).expect("ours");
    for words in ["", "x", "-1", "5q", "k", "08k"] {
        assert_eq!(code(&format!("large-files --max-size={words}"), ""), 129, "{words}");
    }
    assert_eq!(code("large-files --max-size=5K", ""), 0);
}

#[test]
fn the_index_is_refreshed_behind_the_back() {
    let hooks = ["post-commit", "post-merge", "post-checkout", "post-rewrite"];
    let world = World::new(&hooks.map(|name| (name, "refresh-index")));
    let state = |dir: &Path| world.env.optimize(dir, &["index", "status"]);
    let up_to_date = |after: &str| world.index_is_up_to_date(after);
    world.write("file", "one\n");
    world.git(&["add", "."]);
    world.accepted();
    up_to_date("a commit");
    world.git(&["commit", "-q", "--amend", "-m", "other"]);
    up_to_date("amending");
    world.git(&["switch", "-q", "-c", "topic"]);
    world.write("new", "");
    world.git(&["add", "."]);
    world.accepted();
    world.git(&["switch", "-q", "main"]);
    world.git(&["merge", "-q", "--no-ff", "topic"]);
    up_to_date("a merge");

    // Each by itself, after a commit of which no other hook has heard.
    let elsewhere = |message: &str| {
        let commit =
            world.env.git_ok(&world.dir, &["commit-tree", "-p", "HEAD", "-m", message, "HEAD^{tree}"]);
        let commit = commit.trim_end().to_str_lossy().into_owned();
        world.git(&["branch", "-f", "elsewhere", &commit]);
        let output = state(&world.dir);
        assert!(!output.stdout.contains_str("up to date"), "{}", output.stdout.as_bstr());
    };
    let hooks = world.dir.join(".git/hooks");
    let all = world.dir.join(".git/all-hooks");
    fs::rename(&hooks, &all).expect("ours");
    for (hook, command) in [
        ("post-checkout", &["switch", "-q", "--detach", "elsewhere"][..]),
        ("post-merge", &["merge", "-q", "--ff-only", "elsewhere"]),
        ("post-commit", &["commit", "-q", "--allow-empty", "-m", "by itself"]),
        ("post-rewrite", &["commit", "-q", "--amend", "--allow-empty", "-m", "rewritten"]),
    ] {
        elsewhere(hook);
        fs::create_dir(&hooks).expect("ours");
        fs::copy(all.join(hook), hooks.join(hook)).expect("ours");
        world.git(command);
        up_to_date(hook);
        fs::remove_dir_all(&hooks).expect("ours");
    }

    // What git waits for. The best of several: this machine has other things to do, too.
    let hook = || {
        let mut command: Command =
            world.env.command(root().join("contrib/hooks/refresh-index"), &world.dir, &[""; 0]);
        command.stdin(std::process::Stdio::null());
        let start = Instant::now();
        assert!(command.status().expect("it can be run").success());
        start.elapsed()
    };
    let best = (0..20).map(|_| hook()).min().expect("there are some");
    assert!(best < Duration::from_millis(10), "the hook takes {best:?} in the foreground");
    up_to_date("the last one");
}
