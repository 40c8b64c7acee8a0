//! What git commands leave behind when they are killed: temporaries of packs and objects, lock files that nobody
//! holds, a `gc.log` that stops git's own maintenance. They are found, reported, and removed once they are old and
//! nobody can need them.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::processes::{Processes, is_alive};
use crate::optimize::context::Context;

/// From this age on (in seconds) something is debris. git holds no lock and writes no temporary for so long, and
/// takes no notice of a `gc.log` that is older (`gc.logExpiry`).
const OLD: i64 = 86_400;

/// Locks at fixed places: in the git directory, and in the common one.
const OWN_LOCKS: &[&str] = &["index.lock", "HEAD.lock", "ORIG_HEAD.lock"];
const COMMON_LOCKS: &[&str] = &[
    "packed-refs.lock",
    "config.lock",
    "shallow.lock",
    "objects/maintenance.lock",
    "objects/info/commit-graph.lock",
    "objects/info/commit-graphs/commit-graph-chain.lock",
    "objects/pack/multi-pack-index.lock",
];

/// Locks that no task takes.
const NEVER_OURS: &[&str] =
    &["index.lock", "config.lock", "shallow.lock", "maintenance.lock", "ORIG_HEAD.lock", "gc.pid"];

/// Something that may be debris.
#[derive(Debug)]
pub(crate) struct Debris {
    /// The file or directory.
    pub path: PathBuf,
    /// What it is, for people.
    pub what: &'static str,
    /// Its age in seconds.
    pub age: i64,
    /// Its size in bytes.
    pub bytes: u64,
    /// Left by a run of ours that was killed.
    ours: bool,
}

impl Debris {
    /// Whether it is old enough to be removed, if nobody needs it.
    pub(crate) fn is_due(&self) -> bool {
        self.ours || self.age >= OLD
    }
}

/// Finds what may be debris. A `close` look also goes into the directories of loose objects and of refs, which takes
/// longer. `interrupted` is when a run of ours began that did not end.
pub(crate) fn find(
    context: &Context,
    index_dir: Option<&Path>,
    close: bool,
    interrupted: Option<i64>,
    now: i64,
) -> Vec<Debris> {
    let mut finder = Finder { found: Vec::new(), interrupted, now };
    if let Some(dir) = index_dir {
        finder.list(dir, "temporary file of the index", &|name| name.starts_with(crate::index::TEMP_PREFIX));
        // Whoever writes one has it open until it gets its name, so that age says nothing. A glance leaves them to
        // their writers all the same.
        if close && !finder.found.is_empty() {
            let processes = Processes::look(&[]);
            let has_open = |debris: &Debris| {
                let meta = fs::symlink_metadata(&debris.path);
                meta.is_ok_and(|meta| processes.as_ref().is_some_and(|processes| processes.have_open(&meta)))
            };
            finder.found.retain(|debris| !has_open(debris));
            finder.found.iter_mut().for_each(|debris| debris.ours = true);
        }
    }
    let (git_dir, common) = (&context.repo.git_dir, &context.repo.common_dir);
    for dir in [git_dir, common].into_iter().take(if git_dir == common { 1 } else { 2 }) {
        // What is written beside git's own files has one more dot in its name until it is complete.
        finder.list(dir, "temporary file of git-fast", &|name| {
            name.strip_prefix("git-fast.").is_some_and(|rest| rest.contains('.'))
        });
    }
    for (dir, names) in [(git_dir, OWN_LOCKS), (common, COMMON_LOCKS)] {
        for name in names {
            finder.look(dir.join(name), "lock");
        }
    }
    // Written under packed-refs.lock; git itself refuses to replace one that is there, and packs no refs any more.
    finder.look(common.join("packed-refs.new"), "temporary packed-refs");
    finder.look(common.join("gc.log"), "log of a failed gc");
    if fs::read_to_string(common.join("gc.pid")).is_ok_and(|text| !gc_runs(&text)) {
        finder.look(common.join("gc.pid"), "lock");
    }
    let objects = context.objects();
    finder.list(&objects.join("pack"), "temporary pack", &|name| {
        name.starts_with("tmp_") || name.starts_with(".tmp-")
    });
    finder.list(&objects, "quarantined objects", &|name| name.starts_with("tmp_objdir-"));
    finder.list(&objects.join("info/commit-graphs"), "temporary commit-graph", &|name| {
        name.starts_with("tmp_")
    });
    if close || interrupted.is_some() {
        for first in 0..=255u8 {
            let dir = objects.join(format!("{first:02x}"));
            finder.list(&dir, "temporary object", &|name| name.starts_with("tmp_obj_"));
        }
        for dir in ["refs", "logs"] {
            finder.locks_below(&common.join(dir), 0);
        }
        for worktree in fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten() {
            for name in OWN_LOCKS {
                finder.look(worktree.path().join(name), "lock");
            }
            for dir in ["refs", "logs"] {
                finder.locks_below(&worktree.path().join(dir), 0);
            }
        }
    }
    finder.found
}

/// Removes what is due and needed by nobody; what was removed, and what was left with the reason.
pub(crate) fn remove(context: &Context, debris: &[Debris]) -> (usize, Vec<String>) {
    let mut places = vec![context.repo.git_dir.as_path(), context.repo.common_dir.as_path()];
    places.extend(context.repo.work_dir.as_deref());
    let due: Vec<&Debris> = debris.iter().filter(|debris| debris.is_due()).collect();
    let Some(processes) = Processes::look(&places).filter(|_| !due.is_empty()) else {
        let left =
            |debris: &&Debris| format!("{}: whether it is in use can't be told", debris.path.display());
        return (0, due.iter().map(left).collect());
    };
    let (mut removed, mut left) = (0, Vec::new());
    for debris in due {
        let Ok(meta) = fs::symlink_metadata(&debris.path) else { continue };
        let reason = match processes.needed_by(&meta) {
            Some(reason) => reason,
            None => {
                let result = if meta.is_dir() {
                    fs::remove_dir_all(&debris.path)
                } else {
                    fs::remove_file(&debris.path)
                };
                match result {
                    Ok(()) => {
                        removed += 1;
                        continue;
                    }
                    Err(err) => err.to_string(),
                }
            }
        };
        left.push(format!("{}: {reason}", debris.path.display()));
    }
    (removed, left)
}

/// Another maintenance that runs now, by git's own marks.
pub(crate) fn running_gc(context: &Context, now: i64) -> Option<String> {
    let common = &context.repo.common_dir;
    if fs::read_to_string(common.join("gc.pid")).is_ok_and(|text| gc_runs(&text)) {
        return Some("git gc is running".to_owned());
    }
    let lock = fs::metadata(common.join("objects/maintenance.lock")).ok()?;
    (age(&lock, now) < OLD).then(|| "git maintenance is running".to_owned())
}

/// `gc.pid` has a process id and the name of the machine.
fn gc_runs(text: &str) -> bool {
    let mut words = text.trim_end_matches('\0').split_ascii_whitespace();
    let pid = words.next().and_then(|pid| pid.parse().ok());
    let host = rustix::system::uname();
    let here = words.next().is_none_or(|name| host.nodename().to_str().is_ok_and(|host| host == name));
    // What runs on another machine can't be told.
    !here || pid.is_some_and(is_alive)
}

fn age(meta: &Metadata, now: i64) -> i64 {
    now.saturating_sub(meta.mtime())
}

/// The age of what was written last in a directory: a push that goes on for long writes below it only.
fn youngest(dir: &Path, mut least: i64, now: i64) -> i64 {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let Ok(meta) = entry.metadata() else { continue };
        least = least.min(age(&meta, now));
        if meta.is_dir() {
            least = youngest(&entry.path(), least, now);
        }
    }
    least
}

struct Finder {
    found: Vec<Debris>,
    interrupted: Option<i64>,
    now: i64,
}

impl Finder {
    fn look(&mut self, path: PathBuf, what: &'static str) {
        let Ok(meta) = fs::symlink_metadata(&path) else { return };
        let age = if meta.is_dir() {
            youngest(&path, age(&meta, self.now), self.now)
        } else {
            age(&meta, self.now)
        };
        let ours_to_make = what == "lock" && !NEVER_OURS.iter().any(|name| path.ends_with(name));
        let temporary = what.starts_with("temporary") || ours_to_make;
        // A second of tolerance: file systems and clocks round differently.
        let ours = temporary && self.interrupted.is_some_and(|since| meta.mtime() >= since - 1);
        self.found.push(Debris { path, what, age, bytes: meta.len(), ours });
    }

    fn list(&mut self, dir: &Path, what: &'static str, is_temporary: &dyn Fn(&str) -> bool) {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(is_temporary) {
                self.look(entry.path(), what);
            }
        }
    }

    fn locks_below(&mut self, dir: &Path, depth: u32) {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < 32 => self.locks_below(&entry.path(), depth + 1),
                Ok(kind) if kind.is_file() && entry.path().extension().is_some_and(|end| end == "lock") => {
                    self.look(entry.path(), "lock");
                }
                _ => {}
            }
        }
    }
}
