//! Things that happen to a repository.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt::Debug;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bstr::ByteSlice;
use fastrand::Rng;

use super::lists::{ATTRIBUTES, DIRECTORIES, IGNORES, NAMES, SETTINGS};
use crate::support::Environment;

/// A repository to which things happen.
pub(super) struct World {
    pub(super) env: Environment,
    pub(super) rng: Rng,
    pub(super) dir: PathBuf,
    /// How often what was done.
    pub(super) done: BTreeMap<String, usize>,
    copies: usize,
    branches: usize,
    /// Whether permissions mean something to the programs.
    unprivileged: bool,
    /// A directory that may not be read at the moment.
    closed: Option<PathBuf>,
}

/// Who runs the programs where root runs the tests.
const NOBODY: u32 = 65_534;
/// In so many cases, one is run by somebody unprivileged.
const UNPRIVILEGED: usize = 8;

impl World {
    pub(super) fn new(seed: u64, case: usize) -> World {
        let mut env = Environment::new();
        let rng = Rng::with_seed(seed.wrapping_mul(1_000_003).wrapping_add(case as u64));
        let dir = env.path().join("repository");
        fs::create_dir(&dir).expect("a new directory");
        let is_root = rustix::process::geteuid().is_root();
        if is_root && case % UNPRIVILEGED == 3 {
            env.drop_privileges();
        }
        let unprivileged = !is_root || case % UNPRIVILEGED == 3;
        let done = BTreeMap::new();
        let mut world = World { env, rng, dir, done, copies: 0, branches: 0, unprivileged, closed: None };
        let format = if world.rng.u8(0..6) == 0 { "--object-format=sha256" } else { "--object-format=sha1" };
        world.git(&["init", "-q", format]);
        if world.rng.u8(0..4) == 0 {
            world.git(&["config", "color.ui", "always"]);
            world.git(&["config", "color.status.header", "bold blue"]);
        }
        if world.rng.bool() {
            for _ in 0..12 {
                world.write();
            }
            world.git(&["add", "-A"]);
            world.git(&["commit", "-qm", "first"]);
        }
        world
    }

    fn git(&mut self, words: &[impl AsRef<OsStr>]) -> String {
        let output = self.env.git(&self.dir, words);
        let words: Vec<_> = words.iter().map(|word| word.as_ref().to_string_lossy()).collect();
        if output.code == 0 {
            let kind: Vec<&str> =
                words.iter().map(AsRef::as_ref).take_while(|word| *word != "--").take(2).collect();
            self.count(&format!("git {}", kind.join(" ")));
        }
        format!("git {} (exit {})", words.join(" "), output.code)
    }

    /// Something was done.
    pub(super) fn count(&mut self, what: &str) {
        *self.done.entry(what.to_owned()).or_default() += 1;
    }

    /// Tells of something that may have been done.
    fn tell(&mut self, kind: &str, about: impl Debug, done: std::io::Result<()>) -> String {
        if done.is_ok() {
            self.count(kind);
        }
        format!("{kind}: {about:?}: {done:?}")
    }

    /// What root has made belongs to the one who runs the programs.
    fn give_away(&self) {
        if !self.unprivileged || !rustix::process::geteuid().is_root() {
            return;
        }
        let is_new = |path: &Path| fs::symlink_metadata(path).is_ok_and(|meta| meta.uid() != NOBODY);
        for path in [self.walk(true), self.walk(false)].concat() {
            let path = self.dir.join(path);
            if is_new(&path) {
                let _ = lchown(path, Some(NOBODY), Some(NOBODY));
            }
        }
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.rng.usize(0..from.len())]
    }

    /// A path that may or may not exist.
    fn path(&mut self) -> PathBuf {
        let dir: &[u8] = self.pick(DIRECTORIES);
        let name: &[u8] = self.pick(NAMES);
        Path::new(OsStr::from_bytes(dir)).join(OsStr::from_bytes(name))
    }

    pub(super) fn walk(&self, want_directories: bool) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut todo = vec![PathBuf::new()];
        while let Some(dir) = todo.pop() {
            for entry in fs::read_dir(self.dir.join(&dir)).into_iter().flatten().flatten() {
                let name = entry.file_name();
                if name == ".git" || name == ".git-fast" {
                    continue;
                }
                let path = dir.join(name);
                let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_dir {
                    todo.push(path.clone());
                }
                if is_dir == want_directories {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }

    /// Directories below the top, in random order.
    pub(super) fn directories(&mut self) -> Vec<PathBuf> {
        let mut found = self.walk(true);
        self.rng.shuffle(&mut found);
        found
    }

    /// A file that is there, if there is any.
    fn file(&mut self) -> Option<PathBuf> {
        let files = self.walk(false);
        (!files.is_empty()).then(|| files[self.rng.usize(0..files.len())].clone())
    }

    /// A path in the index, if there is any.
    fn tracked(&mut self) -> Option<PathBuf> {
        let listed = self.env.git(&self.dir, &["ls-files", "-z", ":/"]).stdout;
        let paths: Vec<&[u8]> = listed.split(|byte| *byte == 0).filter(|path| !path.is_empty()).collect();
        (!paths.is_empty()).then(|| PathBuf::from(OsStr::from_bytes(paths[self.rng.usize(0..paths.len())])))
    }

    fn content(&mut self) -> Vec<u8> {
        let lines = self.rng.usize(0..6);
        let end = self.pick(&["\n", "\n", "\r\n"]);
        let mut text = String::new();
        for _ in 0..lines {
            text += self.pick(&["one", "two", "three", "$Id$", "$Id: 12 $", "four", ""]);
            text += end;
        }
        text.into_bytes()
    }

    fn write(&mut self) -> String {
        let path = self.path();
        let content = self.content();
        let full = self.dir.join(&path);
        let _ = fs::create_dir_all(full.parent().expect("it has one"));
        // Nobody reads from the other end of a pipe.
        if fs::metadata(&full).is_ok_and(|meta| !meta.is_file()) {
            return format!("{path:?} is no file");
        }
        let done = fs::write(full, content);
        self.tell("write", path, done)
    }

    /// The next thing that happens.
    pub(super) fn step(&mut self) -> String {
        self.open();
        let what = self.choose();
        self.give_away();
        what
    }

    /// Nothing stays closed for longer than it is asked about.
    pub(super) fn open(&mut self) {
        if let Some(closed) = self.closed.take() {
            let _ = fs::set_permissions(closed, fs::Permissions::from_mode(0o755));
        }
    }

    /// Whether this is in a directory that may not be read at the moment.
    pub(super) fn is_closed(&self, dir: &Path) -> bool {
        self.closed.as_ref().is_some_and(|closed| dir.starts_with(closed))
    }

    /// Whether there is such a directory.
    pub(super) fn has_closed(&self) -> bool {
        self.closed.is_some()
    }

    fn choose(&mut self) -> String {
        match self.rng.u8(0..75) {
            0..10 => self.write(),
            10..18 if self.rng.u8(0..12) == 0 => self.elsewhere(),
            10..18 => self.change_file(),
            18..24 => self.change_place(),
            24..29 => self.patterns(),
            29..44 => self.porcelain(),
            44..49 => self.marks(),
            49..52 => self.history(),
            52..55 => self.repositories(),
            55..58 => self.configure(),
            58..61 => self.disturb(),
            61..66 => self.stopped(),
            66..=68 if self.unprivileged => self.close(),
            69 => self.upstream(),
            70..75 => self.repositories(),
            _ => self.history(),
        }
    }

    fn change_file(&mut self) -> String {
        let Some(path) = self.file() else { return self.write() };
        let full = self.dir.join(&path);
        if !fs::metadata(&full).is_ok_and(|meta| meta.is_file()) {
            return format!("{path:?} is no file");
        }
        match self.rng.u8(0..7) {
            0 | 1 => {
                let Ok(mut bytes) = fs::read(&full) else { return "nothing".into() };
                let times = fs::symlink_metadata(&full).and_then(|meta| meta.modified());
                if let Some(byte) = bytes.first_mut() {
                    *byte ^= 1;
                }
                let done = fs::write(&full, bytes);
                if let Ok(time) = times {
                    set_time(&full, time);
                }
                self.tell("edit with the same size and time", path, done)
            }
            2 => {
                let seconds = Duration::from_secs(self.rng.u64(0..5));
                let later = self.rng.u8(0..4) == 0;
                let now = SystemTime::now();
                set_time(&full, if later { now + seconds * 1000 } else { now - seconds });
                self.tell("touch", (path, seconds), Ok(()))
            }
            3 => {
                let mode = self.pick(&[0o644, 0o755, 0o600]);
                let done = fs::set_permissions(&full, fs::Permissions::from_mode(mode));
                self.tell("chmod", (mode, path), done)
            }
            4 => {
                let done = fs::remove_file(full);
                self.tell("remove", path, done)
            }
            5 => {
                let done = fs::read(&full).and_then(|mut bytes| {
                    bytes.extend_from_slice(b"more\n");
                    fs::write(&full, bytes)
                });
                self.tell("append", path, done)
            }
            _ => {
                let same = fs::read(&full)
                    .and_then(|bytes| fs::remove_file(&full).and_then(|()| fs::write(&full, bytes)));
                self.tell("write anew", path, same)
            }
        }
    }

    /// Renames, and other kinds of files in the place of files.
    fn change_place(&mut self) -> String {
        let directories = self.directories();
        let (from, to) = match (self.rng.bool(), directories.first()) {
            (true, Some(dir)) => (dir.clone(), self.path()),
            _ => (self.file().unwrap_or_default(), self.path()),
        };
        let (full, target) = (self.dir.join(&from), self.dir.join(&to));
        if from.as_os_str().is_empty() {
            return self.write();
        }
        match self.rng.u8(0..7) {
            0..3 => {
                let kind = if full.is_dir() { "rename a directory" } else { "rename a file" };
                let done = fs::rename(full, target);
                self.tell(kind, (from, to), done)
            }
            3 => {
                let done = remove(&full)
                    .and_then(|()| fs::create_dir(&full))
                    .and_then(|()| if self.rng.bool() { fs::write(full.join("a"), "x\n") } else { Ok(()) });
                self.tell("a directory instead", from, done)
            }
            4 => {
                let done = remove(&full).and_then(|()| symlink(self.pick(&["a", "dir", "nowhere"]), &full));
                self.tell("a link instead", from, done)
            }
            5 => {
                let done = remove(&full).and_then(|()| fs::write(&full, "file\n"));
                self.tell("a file instead", from, done)
            }
            _ => {
                let done = remove(&full);
                self.tell("remove a file or directory", from, done)
            }
        }
    }

    fn lines(&mut self, from: &[&str]) -> String {
        let count = self.rng.usize(0..4);
        (0..count).map(|_| format!("{}\n", self.pick(from))).collect()
    }

    fn patterns(&mut self) -> String {
        let mut directories = self.directories();
        directories.truncate(1);
        directories.push(PathBuf::new());
        directories.push(PathBuf::new());
        let place = directories[self.rng.usize(0..directories.len())].clone();
        let (file, text) = match self.rng.u8(0..11) {
            0..4 => (place.join(".gitignore"), self.lines(IGNORES)),
            4 => (self.git_path("info/exclude"), self.lines(IGNORES)),
            5 => (self.git_path("info/attributes"), self.lines(ATTRIBUTES)),
            6 => {
                let file = self.env.path().join("attributes");
                self.git(&["config".as_ref(), "core.attributesFile".as_ref(), file.as_os_str()]);
                (file, self.lines(ATTRIBUTES))
            }
            7 => return self.filter(),
            8 => {
                self.git(&["config", "core.excludesFile", "../excludes"]);
                (PathBuf::from("../excludes"), self.lines(IGNORES))
            }
            _ => (place.join(".gitattributes"), self.lines(ATTRIBUTES)),
        };
        let done = fs::write(self.dir.join(&file), &text);
        let kind = match (file.parent() == Some(Path::new("")), file.file_name().and_then(OsStr::to_str)) {
            (true, Some(".gitignore")) => ".gitignore at the top",
            (_, Some(".gitignore")) => ".gitignore below",
            (_, Some(".gitattributes")) => ".gitattributes",
            (_, Some("excludes")) => "core.excludesFile",
            (_, Some("exclude")) => "info/exclude",
            (_, file) if file == Some("attributes") && self.env.path().join("attributes").is_file() => {
                "core.attributesFile"
            }
            _ => "info/attributes",
        };
        self.tell(kind, text, done)
    }

    /// Some files, or all of them, are stored otherwise than they are.
    fn filter(&mut self) -> String {
        self.git(&["config", "filter.lower.clean", "tr A-Z a-z"]);
        let text = self.pick(&["* filter=lower\n", "*.txt filter=lower\n", "[a-c]* filter=lower\n"]);
        let done = fs::write(self.dir.join(".gitattributes"), text);
        self.tell("a filter program", text, done)
    }

    /// Where git has a file of its own: in a linked worktree, that of all worktrees for some.
    fn git_path(&self, name: &str) -> PathBuf {
        let told = self.env.git_ok(&self.dir, &["rev-parse", "--git-path", name]);
        let file = self.dir.join(OsStr::from_bytes(told.trim_ascii_end()));
        let _ = fs::create_dir_all(file.parent().expect("it has one"));
        file
    }

    fn porcelain(&mut self) -> String {
        let path = match self.rng.bool() {
            true => self.file().unwrap_or_else(|| self.path()),
            false => self.path(),
        };
        let with = |words: &[&str]| -> Vec<OsString> {
            let words = words.iter().map(OsString::from);
            words.chain(["--".into(), path.clone().into_os_string()]).collect()
        };
        match self.rng.u8(0..17) {
            0..2 => self.git(&with(&["add"])),
            2 => self.git(&["add", "-A"]),
            3 => self.git(&with(&["add", "-N"])),
            4 => self.git(&with(&["add", "-f"])),
            5 => self.git(&with(&["rm", "-q", "--cached", "-r"])),
            6 => {
                let to = self.path().into_os_string();
                let mut words = with(&["mv"]);
                words.push(to);
                self.git(&words)
            }
            7..10 => self.git(&["commit", "-qm", "next"]),
            10 => self.git(&["commit", "-qam", "all"]),
            11 => self.git(&with(&["reset", "-q"])),
            12 => self.git(&["stash", "-q"]),
            13 => self.git(&["stash", "pop", "-q"]),
            14 => self.git(&["status"]),
            15 => self.git(&["reset", "-q", "--hard"]),
            _ => self.git(&with(&["checkout", "-q"])),
        }
    }

    /// Marks on entries, and other shapes of the index.
    fn marks(&mut self) -> String {
        let path = self.tracked().unwrap_or_default();
        let mark = |world: &mut World, flag: &str| {
            world.git(&["update-index".into(), flag.into(), "--".into(), path.clone().into_os_string()])
        };
        match self.rng.u8(0..20) {
            0 => mark(self, "--assume-unchanged"),
            1 => mark(self, "--no-assume-unchanged"),
            2 => mark(self, "--skip-worktree"),
            3 => mark(self, "--no-skip-worktree"),
            4 => self.git(&["sparse-checkout", "set", "--cone", "dir"]),
            5 => self.git(&["sparse-checkout", "set", "--no-cone", "/*", "!/dir/sub"]),
            6 => self.git(&["sparse-checkout", "disable"]),
            7 => self.git(&["update-index", "--index-version", "4"]),
            8 => self.git(&["update-index", "--index-version", "2"]),
            9 => self.git(&["update-index", "--force-untracked-cache"]),
            10 => self.git(&["update-index", "--split-index"]),
            11 | 12 => self.git(&["update-index", "--no-split-index"]),
            13 => self.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "dir"]),
            14 => {
                let hook = self.env.path().join("fsmonitor");
                let _ = fs::write(&hook, "#!/bin/sh\nprintf 'token\\0/\\0'\n");
                let _ = fs::set_permissions(&hook, fs::Permissions::from_mode(0o755));
                self.git(&["config", "core.fsmonitor", &hook.to_string_lossy()]);
                self.git(&["update-index", "--fsmonitor"]);
                let done = self.git(&["status"]);
                // With the program, all is git's; what it leaves in the index remains.
                if self.rng.u8(0..8) > 0 {
                    self.git(&["config", "--unset-all", "core.fsmonitor"]);
                }
                done
            }
            15 | 16 => self.git(&["config", "--unset-all", "core.fsmonitor"]),
            17 => self.git(&["update-index", "--no-untracked-cache"]),
            18 => self.git(&["update-index", "--really-refresh"]),
            _ => mark(self, "--chmod=+x"),
        }
    }

    fn history(&mut self) -> String {
        let which = self.rng.u8(0..27);
        if self.rng.bool() {
            // Most of them want a clean worktree.
            self.git(&["stash", "-q"]);
        }
        self.history_step(which)
    }

    fn history_step(&mut self, which: u8) -> String {
        let branches = ["main", "side", "other"];
        let branch = self.pick(&branches);
        match which {
            0 => {
                self.branches += 1;
                self.git(&["checkout", "-q", "-b", branch])
            }
            1 => self.git(&["checkout", "-q", branch]),
            2 => self.git(&["checkout", "-q", "-f", branch]),
            3 => self.git(&["checkout", "-q", "--detach"]),
            4 => self.git(&["merge", "-q", "-m", "merge", branch]),
            5 => self.git(&["cherry-pick", branch]),
            6 => self.git(&["revert", "--no-edit", "HEAD"]),
            7 => self.git(&["rebase", "-q", branch]),
            8 => self.git(&["bisect", "start"]),
            9 => self.git(&["bisect", "reset"]),
            10 => {
                for what in ["merge", "rebase", "cherry-pick", "revert", "am"] {
                    self.git(&[what, "--abort"]);
                }
                "abort everything".into()
            }
            11 => self.git(&["reset", "-q", "HEAD~1"]),
            12 => {
                self.git(&["config", "remote.origin.url", "."]);
                self.git(&["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"]);
                self.git(&["config", &format!("branch.{branch}.remote"), "origin"]);
                self.git(&["config", &format!("branch.{branch}.merge"), "refs/heads/main"])
            }
            13 => {
                let other = self.pick(&branches);
                self.git(&["config", &format!("branch.{branch}.remote"), "."]);
                self.git(&["config", &format!("branch.{branch}.merge"), &format!("refs/heads/{other}")])
            }
            14 => {
                let to = self.pick(&["HEAD", "HEAD~1", "side"]);
                self.git(&["update-ref", "refs/remotes/origin/main", to])
            }
            15 => self.git(&["update-ref", "-d", "refs/remotes/origin/main"]),
            17 => {
                let patch = self.env.path().join("patch");
                self.git(&["format-patch", "-q", "-1", &format!("--output={}", patch.display()), branch]);
                self.git(&["am", "-q", &patch.to_string_lossy()])
            }
            18 => self.git(&["am", "--abort"]),
            19 => self.git(&["rebase", "--continue"]),
            20 => {
                self.git(&["bisect", "bad"]);
                self.git(&["bisect", "good", "HEAD~1"])
            }
            21 => self.git(&["tag", "-f", "side"]),
            22 => self.git(&["cherry-pick", "--no-commit", branch]),
            23 => self.git(&["checkout", "-q", "origin/main"]),
            24 => self.git(&["checkout", "-q", "HEAD~1"]),
            25 => {
                let done = self.env.run(self.env.ours("git-optimize", &self.dir, &["index", "build"]));
                if done.code == 0 {
                    self.count("an index of the history");
                }
                format!("an index of the history (exit {})", done.code)
            }
            _ => self.git(&["checkout", "-q", "--orphan", "fresh"]),
        }
    }

    /// The branch has an upstream, in any relation to it.
    fn upstream(&mut self) -> String {
        let head = self.env.git(&self.dir, &["symbolic-ref", "--short", "HEAD"]);
        let branch = head.stdout.to_str_lossy().trim().to_owned();
        let configured = self.history_step(12);
        if branch.is_empty() {
            return configured;
        }
        self.git(&["config", &format!("branch.{branch}.remote"), "origin"]);
        self.git(&["config", &format!("branch.{branch}.merge"), "refs/heads/main"]);
        let parent = self.pick(&["HEAD", "HEAD~1", "HEAD~2"]);
        let commit = match self.rng.u8(0..5) {
            0 => return self.history_step(15),
            1 | 2 => parent.to_owned(),
            _ => {
                let made =
                    self.env.git(&self.dir, &["commit-tree", "-p", parent, "-m", "theirs", "HEAD^{tree}"]);
                made.stdout.to_str_lossy().trim().to_owned()
            }
        };
        self.git(&["update-ref", "refs/remotes/origin/main", &commit])
    }

    /// Something that stops midway: two sides have changed the same file.
    fn stopped(&mut self) -> String {
        self.history_step(10);
        self.git(&["bisect", "reset"]);
        self.git(&["reset", "-q", "--hard"]);
        let path = self.path();
        let full = self.dir.join(&path);
        let _ = fs::create_dir_all(full.parent().expect("it has one"));
        for (side, start) in [("base", "HEAD"), ("theirs", "HEAD"), ("ours", "HEAD~1")] {
            if side != "base" {
                self.git(&["checkout", "-q", "-B", side, start]);
            }
            if fs::symlink_metadata(&full).is_ok_and(|meta| !meta.is_file()) {
                return format!("{path:?} is no file");
            }
            let _ = fs::write(&full, format!("{side} {}\n", self.rng.u8(..)));
            self.give_away();
            self.git(&["add".into(), "-f".into(), "--".into(), path.clone().into_os_string()]);
            self.git(&["commit", "-q", "-m", side]);
        }
        let done = match self.rng.u8(0..9) {
            0 => self.git(&["merge", "-q", "theirs"]),
            1 => self.git(&["rebase", "-q", "theirs"]),
            2 => self.git(&["rebase", "-q", "--exec", "false", "HEAD~1"]),
            3 => self.git(&["cherry-pick", "theirs"]),
            4 => self.git(&["cherry-pick", "theirs", "theirs~1"]),
            5 => self.git(&["revert", "--no-edit", "HEAD~1"]),
            6 => {
                let patch = self.env.path().join("patch");
                self.git(&["format-patch", "-q", "-1", &format!("--output={}", patch.display()), "theirs"]);
                self.git(&["am", "-q", &patch.to_string_lossy()])
            }
            7 => {
                self.git(&["bisect", "start"]);
                self.git(&["bisect", "bad"]);
                self.git(&["bisect", "good", "HEAD~1"])
            }
            _ => {
                self.git(&["checkout", "-q", "theirs"]);
                self.git(&["stash", "-q"]);
                let _ = fs::write(&full, "stash\n");
                self.git(&["stash", "-q"]);
                self.git(&["checkout", "-q", "ours"]);
                self.git(&["stash", "pop", "-q"])
            }
        };
        format!("two sides of {path:?}; {done}")
    }

    fn repositories(&mut self) -> String {
        let path = self.path();
        let name = path.to_string_lossy().into_owned();
        // What is done to a submodule is little without one.
        let which = match self.dir.join("module/.git").exists() && self.rng.bool() {
            true => self.pick(&[3, 4, 8, 9, 10, 11, 12, 13, 14]),
            false => self.rng.u8(0..16),
        };
        match which {
            0 => self.git(&["init", "-q", &name]),
            1 => {
                self.git(&["init", "-q", &name]);
                self.git(&["-C", &name, "commit", "-q", "--allow-empty", "-m", "x"])
            }
            2 => {
                let url = self.dir.join(".git");
                self.git(&["submodule", "add", "-q", "-f", &url.to_string_lossy(), "module"])
            }
            3 => {
                let done = fs::write(self.dir.join("module/new"), "x");
                self.tell("a new file in the submodule", "module/new", done)
            }
            4 => self.git(&["submodule", "deinit", "-f", "module"]),
            8 => {
                let content = self.content();
                let done = fs::write(self.dir.join("module/a"), content);
                self.tell("a file in the submodule", "module/a", done)
            }
            9 => self.in_submodule(&["add", "-A"]),
            10 => self.in_submodule(&["commit", "-q", "--allow-empty", "-m", "in the submodule"]),
            11 => self.in_submodule(&["checkout", "-q", "--detach", "HEAD~1"]),
            12 => self.git(&["submodule", "update", "-q", "--init", "--force"]),
            13 => {
                let ignore = self.pick(&["all", "dirty", "untracked", "none"]);
                self.git(&["config", "-f", ".gitmodules", "submodule.module.ignore", ignore])
            }
            14 => {
                let done = remove(&self.dir.join("module"));
                self.tell("no submodule", "module", done)
            }
            5 => {
                let done = fs::create_dir_all(self.dir.join(&path));
                self.tell("an empty directory", path, done)
            }
            6 => {
                let file = self.dir.join(&path).join(".git");
                let _ = fs::create_dir_all(self.dir.join(&path));
                let done =
                    if self.rng.bool() { fs::create_dir(file) } else { fs::write(file, "gitdir: nowhere\n") };
                self.tell("something like a repository", path, done)
            }
            _ => {
                let mut command = self.env.command("mkfifo", &self.dir, &[&path]);
                command.stderr(std::process::Stdio::null());
                let code = self.env.run(command).code;
                let done = if code == 0 { Ok(()) } else { Err(std::io::Error::other("mkfifo")) };
                self.tell("a pipe", path, done)
            }
        }
    }

    fn configure(&mut self) -> String {
        let (key, values) = self.pick(SETTINGS);
        let value = self.pick(values);
        match self.rng.u8(0..3) {
            0 => self.git(&["config", "--unset-all", key]),
            _ => self.git(&["config", key, value]),
        }
    }

    /// In the submodule, if there is one.
    fn in_submodule(&mut self, words: &[&str]) -> String {
        if !self.dir.join("module/.git").exists() {
            return "there is no submodule".into();
        }
        let words: Vec<&str> = ["-C", "module"].iter().chain(words).copied().collect();
        self.git(&words)
    }

    /// To a new linked worktree.
    fn elsewhere(&mut self) -> String {
        self.copies += 1;
        let to = self.env.path().join(format!("linked-{}", self.copies));
        let done = self.git(&["worktree", "add", "-q", "--detach", &to.to_string_lossy()]);
        if to.is_dir() {
            self.dir = to;
        }
        done
    }

    /// The worktree's own git directory.
    pub(super) fn git_dir(&self) -> PathBuf {
        let file = self.dir.join(".git");
        let text = fs::read_to_string(&file).unwrap_or_default();
        text.strip_prefix("gitdir: ").map_or(file, |path| PathBuf::from(path.trim_end()))
    }

    /// The git directory of all worktrees.
    pub(super) fn common_dir(&self) -> PathBuf {
        let own = self.git_dir();
        match fs::read_to_string(own.join("commondir")) {
            Ok(path) => own.join(path.trim_end()),
            Err(_) => own,
        }
    }

    /// The clock is set: all that has been written seems to have been at another time.
    fn clock(&mut self) -> String {
        let by = Duration::from_secs(self.pick(&[1, 60, 5000]));
        let back = self.rng.bool();
        let git_dir = self.git_dir();
        let own = ["index", "git-fast.status", "git-fast.status-contents"].map(|name| git_dir.join(name));
        let mut paths = [self.walk(false), self.walk(true), vec![PathBuf::new()]].concat();
        paths.iter_mut().for_each(|path| *path = self.dir.join(&path));
        for path in paths.iter().chain(&own) {
            if let Ok(time) = fs::symlink_metadata(path).and_then(|meta| meta.modified()) {
                // Set back, what was written before lies in the future.
                set_time(path, if back { time + by } else { time - by });
            }
        }
        self.tell(if back { "the clock is set back" } else { "the clock is set forward" }, by, Ok(()))
    }

    /// A directory may not be read, or not be entered.
    fn close(&mut self) -> String {
        let Some(dir) = self.directories().into_iter().next() else { return self.write() };
        let mode = self.pick(&[0o000, 0o300, 0o500, 0o400, 0o100]);
        let full = self.dir.join(&dir);
        let done = fs::set_permissions(&full, fs::Permissions::from_mode(mode));
        self.closed = Some(full);
        self.tell("a closed directory", (mode, dir), done)
    }

    /// Clocks, copies, and what can happen to the snapshot.
    fn disturb(&mut self) -> String {
        let snapshot = self.git_dir().join(self.pick(&["git-fast.status", "git-fast.status-contents"]));
        match self.rng.u8(0..9) {
            0 => {
                std::thread::sleep(Duration::from_millis(60));
                "a moment passes".into()
            }
            1 | 2 => {
                // As if all of it had been there for long.
                let then = SystemTime::now() - Duration::from_secs(100);
                for path in self.walk(false) {
                    set_time(&self.dir.join(path), then);
                }
                self.git(&["update-index", "-q", "--refresh"])
            }
            3 => {
                let done = fs::remove_file(&snapshot);
                self.tell("no snapshot", snapshot, done)
            }
            4 => {
                let done = fs::read(&snapshot).and_then(|mut bytes| {
                    let at = self.rng.usize(0..bytes.len().max(1));
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.rng.u8(0..8);
                    }
                    fs::remove_file(&snapshot).and_then(|()| fs::write(&snapshot, bytes))
                });
                self.tell("a damaged snapshot", snapshot, done)
            }
            5 => {
                self.copies += 1;
                let to = self.dir.with_file_name(format!("copy-{}", self.copies));
                let mut command = self.env.command("cp", self.env.path(), &["-a"]);
                command.arg(&self.dir).arg(&to);
                let code = self.env.run(command).code;
                self.dir = to;
                self.count("a copy of everything");
                format!("everything is copied: {code}")
            }
            6 => {
                set_time(
                    &self.git_dir().join("index"),
                    SystemTime::now() - Duration::from_secs(self.rng.u64(0..4)),
                );
                "the index is older than it was".into()
            }
            _ => self.clock(),
        }
    }
}

fn set_time(path: &Path, time: SystemTime) {
    use rustix::fs::{AtFlags, Timespec, Timestamps, UTIME_OMIT};
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let modified = Timespec { tv_sec: since.as_secs() as i64, tv_nsec: i64::from(since.subsec_nanos()) };
    let times =
        Timestamps { last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT }, last_modification: modified };
    let _ = rustix::fs::utimensat(rustix::fs::CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW);
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::symlink_metadata(path)?.is_dir() {
        true => fs::remove_dir_all(path),
        false => fs::remove_file(path),
    }
}
