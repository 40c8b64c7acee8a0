//! Whether anybody may still use a file: what the system tells about running processes (Linux: `/proc`).

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The processes that run now, as far as a repository is concerned.
#[derive(Debug)]
pub(super) struct Processes {
    /// Device and inode of every file that some process has open.
    open: HashSet<(u64, u64)>,
    /// Another git that is at work in the repository, or that cannot be looked at.
    git: Option<u32>,
}

impl Processes {
    /// Looks at all processes; `None` where the system does not tell about them.
    pub(super) fn look(repository: &[&Path]) -> Option<Processes> {
        let places: Vec<PathBuf> = repository.iter().filter_map(|dir| dir.canonicalize().ok()).collect();
        let mut found = Processes { open: HashSet::new(), git: None };
        let ours = ancestors();
        let mut any = false;
        for entry in fs::read_dir("/proc").ok()?.flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            any = true;
            let dir = entry.path();
            let name = fs::read_to_string(dir.join("comm")).unwrap_or_default();
            let is_git = is_git(name.trim_end()) && !ours.contains(&pid);
            let Ok(files) = fs::read_dir(dir.join("fd")) else {
                // Somebody else's, or gone since.
                if is_git && dir.exists() {
                    found.git.get_or_insert(pid);
                }
                continue;
            };
            let mut here = fs::read_link(dir.join("cwd")).is_ok_and(|cwd| inside(&cwd, &places));
            for file in files.flatten().map(|file| file.path()) {
                here |= is_git && fs::read_link(&file).is_ok_and(|target| inside(&target, &places));
                if let Ok(meta) = fs::metadata(&file).as_ref().map(|meta| (meta.dev(), meta.ino())) {
                    found.open.insert(meta);
                }
            }
            if is_git && (here || names(&dir, &places)) {
                found.git.get_or_insert(pid);
            }
        }
        any.then_some(found)
    }

    /// Whether one of them has a file open.
    pub(super) fn have_open(&self, meta: &fs::Metadata) -> bool {
        self.open.contains(&(meta.dev(), meta.ino()))
    }

    /// Why a file must be left alone.
    pub(super) fn needed_by(&self, meta: &fs::Metadata) -> Option<String> {
        if self.have_open(meta) {
            return Some("a process has it open".to_owned());
        }
        self.git.map(|pid| format!("git is running (process {pid})"))
    }
}

/// Whether a process still runs.
pub(super) fn is_alive(pid: i32) -> bool {
    let Some(pid) = rustix::process::Pid::from_raw(pid) else { return false };
    // Who may not be signalled is alive.
    !matches!(rustix::process::test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

fn is_git(name: &str) -> bool {
    let reader = name.starts_with("git-fast") || name.starts_with("git-optimize");
    (name == "git" || name.starts_with("git-")) && !reader
}

/// Whether a git was told by option or environment to work in one of these places, wherever it was started: a lock that
/// it has made and written is not open any more.
fn names(process: &Path, places: &[PathBuf]) -> bool {
    const VARIABLES: &[&[u8]] =
        &[b"GIT_DIR=", b"GIT_COMMON_DIR=", b"GIT_WORK_TREE=", b"GIT_OBJECT_DIRECTORY="];
    let start = fs::read_link(process.join("cwd")).unwrap_or_default();
    let list = |name: &str| fs::read(process.join(name)).unwrap_or_default();
    let (arguments, environment) = (list("cmdline"), list("environ"));
    let arguments = arguments.split(|b| *b == 0).map(|word| {
        let options: &[&[u8]] = &[b"--git-dir=", b"--work-tree="];
        options.iter().find_map(|option| word.strip_prefix(*option)).unwrap_or(word)
    });
    let variables = environment
        .split(|b| *b == 0)
        .filter_map(|variable| VARIABLES.iter().find_map(|name| variable.strip_prefix(*name)));
    arguments.chain(variables).filter(|path| !path.is_empty()).any(|path| {
        let path = start.join(OsStr::from_bytes(path)).canonicalize();
        path.is_ok_and(|path| inside(&path, places))
    })
}

fn inside(path: &Path, places: &[PathBuf]) -> bool {
    places.iter().any(|place| path.starts_with(place))
}

/// This process and those that it was started by: `git optimize` is started by a git.
fn ancestors() -> Vec<u32> {
    let mut found = vec![std::process::id()];
    while let Some(parent) = found.last().and_then(|pid| parent_of(*pid)).filter(|pid| *pid > 1) {
        if found.contains(&parent) {
            break;
        }
        found.push(parent);
    }
    found
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in parentheses and may hold anything.
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
}
