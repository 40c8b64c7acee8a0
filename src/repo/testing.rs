//! Repositories for the tests of this folder, made by the real git in a clean environment.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bstr::{BString, ByteSlice};

use super::config::{Config, Location};

/// A small generator (xorshift64*), so that a printed seed replays a case.
pub(crate) struct Seed(u64);

impl Seed {
    pub(crate) fn new(seed: u64) -> Self {
        Seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize) % n
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// A directory in which git knows nothing of the machine's configuration.
pub(crate) struct Sandbox {
    dir: tempfile::TempDir,
    /// More environment for git.
    pub(crate) env: Vec<(String, OsString)>,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Sandbox { dir: tempfile::tempdir().unwrap(), env: Vec::new() }
    }

    pub(crate) fn path(&self, at: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(at)
    }

    pub(crate) fn run(&self, at: &str, arguments: &[&str], input: &[u8]) -> Output {
        let mut child = Command::new("git")
            .args(arguments)
            .current_dir(self.path(at))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.path("global"))
            .env("GIT_AUTHOR_DATE", "1700000000 +0000")
            .env("GIT_COMMITTER_DATE", "1700000000 +0000")
            .envs(
                ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"]
                    .map(|v| (v, "x")),
            )
            .envs(self.env.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let feeder = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        let _ = feeder.join();
        output
    }

    /// What git prints; git must succeed.
    #[track_caller]
    pub(crate) fn git(&self, at: &str, arguments: &[&str]) -> BString {
        self.feed(at, arguments, b"")
    }

    /// The same with standard input.
    #[track_caller]
    pub(crate) fn feed(&self, at: &str, arguments: &[&str], input: &[u8]) -> BString {
        let output = self.run(at, arguments, input);
        assert!(output.status.success(), "git {arguments:?}: {}", output.stderr.as_bstr());
        output.stdout.into()
    }

    pub(crate) fn write(&self, path: &str, text: &[u8]) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The configuration of a repository.
    pub(crate) fn config(&self, git_dir: &Path) -> Config {
        let global = self.path("global");
        Config::load(&Location {
            system: None,
            git_dir: Some(git_dir),
            common_dir: Some(git_dir),
            env: &|name| match name {
                "GIT_CONFIG_GLOBAL" => Some(global.clone().into()),
                "HOME" => Some(self.path("home").into()),
                _ => self.env.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()),
            },
        })
        .unwrap()
    }
}
