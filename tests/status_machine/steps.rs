//! Things that happen to a repository.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use fastrand::Rng;

use super::lists::{ATTRIBUTES, DIRECTORIES, IGNORES, NAMES, SETTINGS};
use crate::support::Environment;

/// A repository to which things happen.
pub(super) struct World {
    pub(super) env: Environment,
    pub(super) rng: Rng,
    pub(super) dir: PathBuf,
    copies: usize,
    branches: usize,
}

impl World {
    pub(super) fn new(seed: u64, case: usize) -> World {
        let env = Environment::new();
        let rng = Rng::with_seed(seed.wrapping_mul(1_000_003).wrapping_add(case as u64));
        let dir = env.path().join("repository");
        fs::create_dir(&dir).expect("a new directory");
        let mut world = World { env, rng, dir, copies: 0, branches: 0 };
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

    fn git(&self, words: &[impl AsRef<OsStr>]) -> String {
        let output = self.env.git(&self.dir, words);
        let words: Vec<_> = words.iter().map(|word| word.as_ref().to_string_lossy()).collect();
        format!("git {} (exit {})", words.join(" "), output.code)
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

    fn walk(&self, want_directories: bool) -> Vec<PathBuf> {
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
        format!("write {path:?}: {done:?}")
    }

    /// The next thing that happens.
    pub(super) fn step(&mut self) -> String {
        match self.rng.u8(0..60) {
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
            _ => self.disturb(),
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
                format!("edit {path:?}, same size and time: {done:?}")
            }
            2 => {
                let seconds = Duration::from_secs(self.rng.u64(0..5));
                let later = self.rng.u8(0..4) == 0;
                let now = SystemTime::now();
                set_time(&full, if later { now + seconds * 1000 } else { now - seconds });
                format!("touch {path:?}, {seconds:?} away from now")
            }
            3 => {
                let mode = self.pick(&[0o644, 0o755, 0o600]);
                let done = fs::set_permissions(&full, fs::Permissions::from_mode(mode));
                format!("chmod {mode:o} {path:?}: {done:?}")
            }
            4 => format!("remove {path:?}: {:?}", fs::remove_file(full)),
            5 => {
                let done = fs::read(&full).and_then(|mut bytes| {
                    bytes.extend_from_slice(b"more\n");
                    fs::write(&full, bytes)
                });
                format!("append to {path:?}: {done:?}")
            }
            _ => {
                let same = fs::read(&full)
                    .and_then(|bytes| fs::remove_file(&full).and_then(|()| fs::write(&full, bytes)));
                format!("write {path:?} anew: {same:?}")
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
            0..3 => format!("rename {from:?} to {to:?}: {:?}", fs::rename(full, target)),
            3 => {
                let done = remove(&full)
                    .and_then(|()| fs::create_dir(&full))
                    .and_then(|()| if self.rng.bool() { fs::write(full.join("a"), "x\n") } else { Ok(()) });
                format!("directory instead of {from:?}: {done:?}")
            }
            4 => {
                let done = remove(&full).and_then(|()| symlink(self.pick(&["a", "dir", "nowhere"]), &full));
                format!("link instead of {from:?}: {done:?}")
            }
            5 => {
                let done = remove(&full).and_then(|()| fs::write(&full, "file\n"));
                format!("file instead of {from:?}: {done:?}")
            }
            _ => {
                let done = remove(&full);
                format!("remove {from:?}: {done:?}")
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
        let (file, text) = match self.rng.u8(0..7) {
            0..4 => (place.join(".gitignore"), self.lines(IGNORES)),
            4 => (PathBuf::from(".git/info/exclude"), self.lines(IGNORES)),
            5 => {
                self.git(&["config", "core.excludesFile", "../excludes"]);
                (PathBuf::from("../excludes"), self.lines(IGNORES))
            }
            _ => (place.join(".gitattributes"), self.lines(ATTRIBUTES)),
        };
        let done = fs::write(self.dir.join(&file), &text);
        format!("{file:?} is {text:?}: {done:?}")
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
        let path = self.file().unwrap_or_default();
        let mark = |world: &World, flag: &str| {
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
                if self.rng.u8(0..4) > 0 {
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
        let branches = ["main", "side", "other"];
        let branch = self.pick(&branches);
        match self.rng.u8(0..27) {
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
                for what in ["merge", "rebase", "cherry-pick", "revert"] {
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
                format!("an index of the history (exit {})", done.code)
            }
            _ => self.git(&["checkout", "-q", "--orphan", "fresh"]),
        }
    }

    fn repositories(&mut self) -> String {
        let path = self.path();
        let name = path.to_string_lossy().into_owned();
        match self.rng.u8(0..16) {
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
                format!("a file in the submodule: {done:?}")
            }
            4 => self.git(&["submodule", "deinit", "-f", "module"]),
            8 => {
                let done = fs::write(self.dir.join("module/a"), self.content());
                format!("a file in the submodule: {done:?}")
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
                format!("no submodule: {done:?}")
            }
            5 => format!("an empty directory {path:?}: {:?}", fs::create_dir_all(self.dir.join(&path))),
            6 => {
                let file = self.dir.join(&path).join(".git");
                let _ = fs::create_dir_all(self.dir.join(&path));
                let done =
                    if self.rng.bool() { fs::create_dir(file) } else { fs::write(file, "gitdir: nowhere\n") };
                format!("something like a repository in {path:?}: {done:?}")
            }
            _ => {
                let mut command = self.env.command("mkfifo", &self.dir, &[&path]);
                command.stderr(std::process::Stdio::null());
                format!("a pipe {path:?}: {}", self.env.run(command).code)
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

    /// Clocks, copies, and what can happen to the snapshot.
    fn disturb(&mut self) -> String {
        let snapshot = self.git_dir().join(self.pick(&["git-fast.status", "git-fast.status-contents"]));
        match self.rng.u8(0..7) {
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
            3 => format!("no snapshot: {:?}", fs::remove_file(snapshot)),
            4 => {
                let done = fs::read(&snapshot).and_then(|mut bytes| {
                    let at = self.rng.usize(0..bytes.len().max(1));
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << self.rng.u8(0..8);
                    }
                    fs::remove_file(&snapshot).and_then(|()| fs::write(&snapshot, bytes))
                });
                format!("a damaged snapshot: {done:?}")
            }
            5 => {
                self.copies += 1;
                let to = self.dir.with_file_name(format!("copy-{}", self.copies));
                let mut command = self.env.command("cp", self.env.path(), &["-a"]);
                command.arg(&self.dir).arg(&to);
                let code = self.env.run(command).code;
                self.dir = to;
                format!("everything is copied: {code}")
            }
            _ => {
                set_time(
                    &self.git_dir().join("index"),
                    SystemTime::now() - Duration::from_secs(self.rng.u64(0..4)),
                );
                "the index is older than it was".into()
            }
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
