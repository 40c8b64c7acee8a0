//! A sealed world for one test: its own HOME and configuration, a fixed clock, zone and locale, and nothing
//! of the caller's environment but PATH.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::lchown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use super::process::{self, Output};
use super::trace::{self, Trace};

/// The time that git (and git-fast) take for now: 2023-11-14T22:13:20Z.
pub(crate) const NOW: i64 = 1_700_000_000;

/// How long any one command may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// The sealed world. Dropping it removes all of its files.
pub(crate) struct Environment {
    root: TempDir,
    bin: PathBuf,
    variables: Vec<(OsString, OsString)>,
    traces: AtomicU64,
    limit: Duration,
    user: Option<u32>,
}

impl Environment {
    /// A new world with an empty HOME.
    pub(crate) fn new() -> Self {
        // To look at what a test has left.
        let keep = env::var_os("GIT_FAST_TEST_KEEP").is_some();
        let root = tempfile::Builder::new()
            .prefix("git-fast-test-")
            .disable_cleanup(keep)
            .tempdir()
            .expect("a temporary directory");
        let home = root.path().join("home");
        fs::create_dir(&home).expect("an empty directory");
        let config = "[user]\n\tname = A U Thor\n\temail = author@example.com\n[init]\n\tdefaultBranch = main\n\
             [gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[protocol \"file\"]\n\tallow = always\n";
        fs::write(home.join("gitconfig"), config).expect("a writable directory");
        let mut path = bin_dir().into_os_string();
        path.push(":");
        path.push(env::var_os("PATH").expect("PATH is set"));
        let variables = [
            ("PATH", path),
            ("HOME", home.clone().into()),
            ("GIT_CONFIG_GLOBAL", home.join("gitconfig").into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            ("GIT_ATTR_NOSYSTEM", "1".into()),
            ("GIT_TEST_DATE_NOW", NOW.to_string().into()),
            ("GIT_AUTHOR_DATE", format!("{NOW} +0100").into()),
            ("GIT_COMMITTER_DATE", format!("{NOW} +0100").into()),
            ("GIT_CEILING_DIRECTORIES", root.path().into()),
            ("GIT_TERMINAL_PROMPT", "0".into()),
            ("LC_ALL", "C.UTF-8".into()),
            ("TZ", "Asia/Kolkata".into()),
        ];
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Self { root, bin: bin_dir(), variables, traces: AtomicU64::new(0), limit: LIMIT, user: None }
    }

    /// Its root: everything in there is the test's own.
    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }

    /// Where our own programs are.
    pub(crate) fn bin(&self) -> &Path {
        &self.bin
    }

    /// Sets (or replaces) an environment variable for all commands from here on.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.into(), value.into()));
    }

    /// Takes a variable away.
    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.retain(|(known, _)| known != name);
    }

    /// Programs in `dir` come before all others from here on.
    pub(crate) fn put_first(&mut self, dir: &Path) {
        let known = self.variables.iter().find(|(name, _)| name == "PATH").map(|(_, path)| path.clone());
        let mut path = dir.as_os_str().to_owned();
        path.push(":");
        path.push(known.expect("PATH is set"));
        self.set("PATH", path);
    }

    /// The git on PATH, as it was when the tests were started.
    pub(crate) fn real_git(&self) -> PathBuf {
        let path = env::var_os("PATH").expect("PATH is set");
        env::split_paths(&path).map(|dir| dir.join("git")).find(|git| git.is_file()).expect("there is a git")
    }

    /// Gives configuration by environment, on top of every file.
    pub(crate) fn set_config(&mut self, settings: &[(&str, &OsStr)]) {
        self.set("GIT_CONFIG_COUNT", settings.len().to_string());
        for (number, (key, value)) in settings.iter().enumerate() {
            self.set(&format!("GIT_CONFIG_KEY_{number}"), *key);
            self.set(&format!("GIT_CONFIG_VALUE_{number}"), *value);
        }
    }

    /// Another deadline than [`LIMIT`].
    pub(crate) fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// A command in this world, not started.
    pub(crate) fn command(
        &self,
        program: impl AsRef<OsStr>,
        dir: &Path,
        args: &[impl AsRef<OsStr>],
    ) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.current_dir(dir).args(args);
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    /// One of our own programs, not started.
    pub(crate) fn ours(&self, name: &str, dir: &Path, args: &[impl AsRef<OsStr>]) -> Command {
        self.command(self.bin.join(name), dir, args)
    }

    /// Runs any prepared command to its end.
    pub(crate) fn run(&self, command: Command) -> Output {
        process::run(command, None, self.limit)
    }

    /// Runs git.
    pub(crate) fn git(&self, dir: &Path, args: &[impl AsRef<OsStr>]) -> Output {
        self.run(self.command("git", dir, args))
    }

    /// Runs git, which must succeed; its standard output.
    #[track_caller]
    pub(crate) fn git_ok(&self, dir: &Path, args: &[impl AsRef<OsStr>]) -> Vec<u8> {
        self.git_input(dir, args, None)
    }

    /// Runs git with something on its standard input; it must succeed.
    #[track_caller]
    pub(crate) fn git_input(&self, dir: &Path, args: &[impl AsRef<OsStr>], input: Option<&[u8]>) -> Vec<u8> {
        let what = args.iter().map(|arg| arg.as_ref().to_string_lossy()).collect::<Vec<_>>().join(" ");
        process::run(self.command("git", dir, args), input, LIMIT).success(&format!("git {what}"))
    }

    /// Runs git with a file as its standard input; it must succeed.
    #[track_caller]
    pub(crate) fn git_from_file(&self, dir: &Path, args: &[impl AsRef<OsStr>], file: &Path) -> Vec<u8> {
        let mut command =
            self.command("sh", dir, &["-c", "file=$1; shift; exec git \"$@\" <\"$file\"", "sh"]);
        command.arg(file).args(args);
        self.run(command).success("git with input from a file")
    }

    /// Runs `git log`.
    pub(crate) fn log(&self, dir: &Path, args: &[OsString], input: Option<&[u8]>) -> Output {
        let mut command = self.command("git", dir, &["log"]);
        command.args(args);
        process::run(command, input, self.limit)
    }

    /// Runs `git-fastlog`, and reads its trace line.
    pub(crate) fn fastlog(
        &self,
        dir: &Path,
        args: &[OsString],
        input: Option<&[u8]>,
    ) -> (Output, Result<Trace, String>) {
        let number = self.traces.fetch_add(1, Ordering::Relaxed);
        let file = self.path().join(format!("trace-{number}"));
        let mut command = self.ours("git-fastlog", dir, args);
        command.env("GIT_FAST_TRACE", &file);
        let output = process::run(command, input, self.limit);
        let trace = trace::read(&file);
        let _ = fs::remove_file(&file);
        (output, trace)
    }

    /// Runs `git-optimize`.
    pub(crate) fn optimize(&self, dir: &Path, args: &[&str]) -> Output {
        self.run(self.ours("git-optimize", dir, args))
    }

    /// Runs `git-optimize index <action>`, which must succeed.
    #[track_caller]
    pub(crate) fn index_ok(&self, dir: &Path, action: &str) {
        let output = self.optimize(dir, &["index", action]);
        assert!(!output.panicked(), "{}", String::from_utf8_lossy(&output.stderr));
        output.success(&format!("git-optimize index {action} in {}", dir.display()));
    }

    /// Runs everything from here on as an unprivileged user to whom all files of this world are given, so that
    /// permissions mean something. Nothing to do (and nothing done) where the test itself is not root.
    pub(crate) fn drop_privileges(&mut self) {
        const NOBODY: u32 = 65_534;
        if !rustix::process::geteuid().is_root() {
            return;
        }
        // The original programs may be below a directory that nobody else may enter.
        let copy = self.path().join("bin");
        fs::create_dir(&copy).expect("a new directory");
        for name in ["git-fastlog", "git-faststatus", "git-optimize"] {
            fs::copy(self.bin.join(name), copy.join(name)).expect("our programs are built");
        }
        self.bin = copy;
        give(self.path(), NOBODY);
        self.user = Some(NOBODY);
    }
}

/// Changes the owner of a file or of a directory with all it holds.
pub(crate) fn give(path: &Path, user: u32) {
    lchown(path, Some(user), Some(user)).expect("root may give files away");
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path).expect("a readable directory") {
            give(&entry.expect("a readable entry").path(), user);
        }
    }
}

/// Where our programs are: beside cargo's `git-fastlog`, or in `GIT_FAST_TEST_BIN_DIR` (a release build).
fn bin_dir() -> PathBuf {
    if let Some(dir) = env::var_os("GIT_FAST_TEST_BIN_DIR") {
        return fs::canonicalize(dir).expect("GIT_FAST_TEST_BIN_DIR is a directory");
    }
    let program = Path::new(env!("CARGO_BIN_EXE_git-fastlog"));
    program.parent().expect("a file has a directory").to_owned()
}
