//! What the generator of command lines needs to know about a repository: its refs, some commits, some paths.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use bstr::ByteSlice;
use fastrand::Rng;

use crate::support::Environment;

/// The facts, all of them read with git.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Full ref names.
    pub refs: Vec<OsString>,
    /// Object names of some commits.
    pub commits: Vec<String>,
    /// Some paths, files and directories, that history has had.
    pub paths: Vec<OsString>,
    /// Object names of what HEAD has at the top.
    pub objects: Vec<String>,
    /// Whether it has a worktree, and so directories in which to ask.
    pub worktree: bool,
    /// Words of messages and names, as they are.
    pub words: Vec<OsString>,
}

impl Survey {
    /// Looks at the newest 400 commits of all refs, whatever the size of the repository.
    pub(crate) fn of(env: &Environment, dir: &Path) -> Self {
        let lines = |args: &[&str]| -> Vec<OsString> {
            let bytes = env.git_ok(dir, args);
            bytes.split_str("\n").filter(|line| !line.is_empty()).map(os).collect()
        };
        let commits = lines(&["rev-list", "--all", "-n", "400"]);
        let commits = commits.into_iter().map(|name| name.into_string().expect("hex")).collect();
        let listing =
            env.git_ok(dir, &["log", "--all", "-n", "400", "--format=", "--name-only", "-z", "--no-color"]);
        let mut paths: Vec<&[u8]> =
            listing.split(|&byte| byte == 0).filter(|path| !path.is_empty()).collect();
        let directories: Vec<&[u8]> =
            paths.iter().filter_map(|path| Some(&path[..path.rfind_byte(b'/')?])).collect();
        paths.extend(directories);
        paths.sort_unstable();
        paths.dedup();
        let args = ["log", "--all", "-n", "400", "--format=%s %an %ae", "--no-color", "--no-mailmap"];
        let text = env.git_ok(dir, &args);
        let mut words: Vec<&[u8]> =
            text.fields().filter(|word| word.len() > 1 && !word.contains(&0)).collect();
        words.sort_unstable();
        words.dedup();
        // HEAD may be nothing, or not a commit.
        let tree = env.git(dir, &["ls-tree", "HEAD"]).stdout;
        let objects =
            tree.lines().filter_map(|line| line.fields().nth(2)).map(|name| name.to_str_lossy().into());
        let bare = env.git_ok(dir, &["rev-parse", "--is-bare-repository"]);
        Self {
            objects: objects.collect(),
            worktree: bare == b"false\n",
            refs: lines(&["for-each-ref", "--format=%(refname)"]),
            commits,
            paths: paths.into_iter().map(os).collect(),
            words: words.into_iter().map(os).collect(),
        }
    }

    /// Some ref's name: full, or shortened as users write it.
    pub(crate) fn some_ref(&self, rng: &mut Rng) -> OsString {
        let Some(full) = rng.choice(&self.refs) else { return "HEAD".into() };
        let bytes = full.as_bytes();
        let prefixes: [&[u8]; 5] = [b"refs/heads/", b"refs/tags/", b"refs/remotes/", b"refs/", b""];
        if rng.u8(0..5) == 0 {
            return full.clone();
        }
        let short = prefixes.iter().find_map(|prefix| bytes.strip_prefix(*prefix)).unwrap_or(bytes);
        os(short)
    }

    /// Some commit's object name, full or shortened.
    pub(crate) fn some_oid(&self, rng: &mut Rng) -> OsString {
        let Some(name) = rng.choice(&self.commits) else { return "HEAD".into() };
        let length = [4, 7, 8, 10, 12, name.len(), name.len()][rng.usize(0..7)];
        name[..length].into()
    }

    /// Some object that is, or was, at a path.
    pub(crate) fn some_object(&self, rng: &mut Rng) -> OsString {
        rng.choice(&self.objects).map_or_else(|| "HEAD:README".into(), OsString::from)
    }

    /// Some path, perhaps one that never was.
    pub(crate) fn some_path(&self, rng: &mut Rng) -> OsString {
        if rng.u8(0..12) == 0 {
            return "never/was".into();
        }
        rng.choice(&self.paths).cloned().unwrap_or_else(|| "README".into())
    }

    /// Some word to search for.
    pub(crate) fn some_word(&self, rng: &mut Rng) -> OsString {
        rng.choice(&self.words).cloned().unwrap_or_else(|| "fix".into())
    }
}

/// Bytes as an argument.
pub(crate) fn os(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

/// An option with its value in one argument.
pub(crate) fn joined(option: &str, value: impl AsRef<OsStr>) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(value);
    argument
}
