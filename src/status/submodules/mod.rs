//! Submodules that are checked out: which commit they are at, and whether anything in them differs.

pub mod settings;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bstr::{BStr, ByteSlice};
use gix::ObjectId;

use super::model::Submodule;
use super::options::Ignore;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, check_format};

/// Variables that are about the repository around: git takes them from the environment of what it runs in a
/// submodule.
const LOCAL: [&str; 14] = [
    "GIT_DIR",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_OBJECT_DIRECTORY",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
];

/// Asks about the submodule at `path`, which should be at `commit`; `None` when nothing differs.
///
/// This program is asked, as git asks `git status`: what it can't answer there is git's there.
///
/// # Errors
/// When there is no answer: git would fail, too, and say why.
pub fn ask(
    git: &GitProgram,
    top: &Path,
    path: &BStr,
    commit: &gix::oid,
    ignored: Ignore,
) -> Result<Option<Submodule>, NotExact> {
    let failed = || NotExact::from(format!("submodule {path}"));
    let dir = top.join(OsStr::from_bytes(path));
    if repository(&dir).is_none() {
        // The repository around would answer.
        return Err(failed());
    }
    // An object name of the other kind, filled up with zeros, is what git compares it with.
    let differs = |head: &[u8]| {
        let head = ObjectId::from_hex(head).ok().filter(|head| head.kind() == commit.kind());
        head.map(|head| *head != *commit).ok_or_else(failed)
    };
    if ignored >= Ignore::Dirty {
        let output =
            run(&git.path, &dir, &["rev-parse", "--verify", "--quiet", "HEAD"]).ok_or_else(failed)?;
        let new_commits = match output.status.code() {
            Some(0) => differs(output.stdout.trim_ascii_end())?,
            // Before its first commit it is as good as any.
            Some(1) if output.stderr.is_empty() => false,
            _ => return Err(failed()),
        };
        return Ok(new_commits.then_some(Submodule { new_commits, ..Submodule::default() }));
    }
    let program = std::env::current_exe().map_err(|_| failed())?;
    let options = ["--porcelain=2", "--branch", "--no-ahead-behind", "--threads=1", "-uno"];
    let count = if ignored == Ignore::Untracked { 5 } else { 4 };
    let output = run(&program, &dir, &options[..count]).ok_or_else(failed)?;
    if !output.status.success() || !output.stderr.is_empty() {
        return Err(failed());
    }
    let mut found = Submodule::default();
    for line in output.stdout.lines() {
        match line.first() {
            Some(b'#') => {
                // Before its first commit it is as good as any.
                if let Some(oid) = line.strip_prefix(b"# branch.oid ")
                    && oid != b"(initial)"
                {
                    found.new_commits = differs(oid)?;
                }
            }
            Some(b'?') => found.untracked = true,
            Some(b'1' | b'2' | b'u') => {
                // `1 XY sub …`: of a submodule in it, untracked files are no more than that.
                let sub = line.get(5..9).ok_or_else(failed)?;
                found.untracked |= sub.starts_with(b"S") && sub.ends_with(b"U");
                found.modified |= line[0] != b'1' || sub != b"S..U";
            }
            _ => return Err(failed()),
        }
    }
    Ok((found != Submodule::default()).then_some(found))
}

/// Runs a program in a submodule.
fn run(program: &Path, dir: &Path, args: &[&str]) -> Option<Output> {
    let mut command = Command::new(program);
    for name in LOCAL.iter().chain(&["GIT_FAST_TRACE"]) {
        command.env_remove(name);
    }
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().ok()
}

/// git looks where a submodule is even if all about it is ignored: whether it has nothing to say then.
pub fn check_ignored(top: &Path, path: &BStr) -> Result<(), NotExact> {
    let dir = top.join(OsStr::from_bytes(path));
    if dir.join(".git").symlink_metadata().is_err() {
        return Ok(());
    }
    let git_dir = repository(&dir).ok_or_else(|| NotExact::from(format!("submodule {path}")))?;
    check_format(&git_dir)
}

/// The git directory of what is plainly a repository, itself or by a `.git` file.
fn repository(dir: &Path) -> Option<PathBuf> {
    let mut git_dir: PathBuf = dir.join(".git");
    if git_dir.is_file() {
        let text = std::fs::read(&git_dir).unwrap_or_default();
        let path = text.strip_prefix(b"gitdir: ")?;
        git_dir = dir.join(OsStr::from_bytes(path.trim_end_with(|c| c == '\n' || c == '\r')));
    }
    let is_one =
        git_dir.join("HEAD").is_file() && git_dir.join("refs").is_dir() && git_dir.join("objects").is_dir();
    is_one.then_some(git_dir)
}
