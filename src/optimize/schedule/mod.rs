//! `git optimize schedule`: one marked entry for each repository, with whatever runs things by the clock here. The
//! entry is recognised by its mark, so installing twice changes it and removing takes away exactly it.

mod cron;
mod launchd;
mod systemd;

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use super::cli::{ScheduleCommand, ScheduleOptions, When};
use super::context::Context;
use super::{said, shell};
use crate::cli::{FATAL, fatal};

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interval {
    Hourly,
    Daily(u8),
    Weekly(u8),
}

/// What is to be run, where and when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// The directory to run in.
    repository: PathBuf,
    /// This program.
    program: PathBuf,
    /// Where git is: by the clock, PATH is not what it is in a shell.
    git_dir: PathBuf,
    /// Only these tasks; all if there are none.
    tasks: Vec<&'static str>,
    interval: Interval,
    minute: u8,
}

impl Entry {
    /// The arguments of the program.
    fn arguments(&self) -> Vec<String> {
        let mut arguments: Vec<String> =
            ["run", "--auto", "--quiet", "--low-priority", "--only-on-ac"].map(str::to_owned).into();
        arguments.extend(self.tasks.iter().map(|task| format!("--task={task}")));
        arguments
    }
}

/// Stands for the repository in the entry's mark and in file names.
fn id(repository: &Path) -> String {
    blake3::hash(repository.as_os_str().as_bytes()).to_hex().chars().take(12).collect()
}

/// One of the three ways.
struct Scheduler {
    name: &'static str,
    install: fn(&Entry) -> Result<String, String>,
    remove: fn(&Path) -> Result<String, String>,
    show: fn(&Path) -> Result<Option<String>, String>,
}

const CRON: Scheduler =
    Scheduler { name: "cron", install: cron::install, remove: cron::remove, show: cron::show };
const SYSTEMD: Scheduler =
    Scheduler { name: "systemd", install: systemd::install, remove: systemd::remove, show: systemd::show };
const LAUNCHD: Scheduler =
    Scheduler { name: "launchd", install: launchd::install, remove: launchd::remove, show: launchd::show };

pub(super) fn run(options: &ScheduleOptions) -> ExitCode {
    let Some(scheduler) = choose(options) else {
        let code = fatal("there is neither cron nor a systemd user session here");
        let hint = "hint: install cron (Debian: apt-get install cron), or call 'git optimize --auto' from whatever \
                    runs things by the clock; 'git maintenance start' is git's own way";
        let _ = writeln!(std::io::stderr(), "{hint}");
        return code;
    };
    let repositories = match repositories(options) {
        Ok(repositories) => repositories,
        Err(reason) => return fatal(&reason),
    };
    let mut code = 0;
    for repository in &repositories {
        match one(&scheduler, options, repository) {
            Ok(text) => said::line(&text),
            Err(reason) => {
                fatal(&reason);
                code = FATAL;
            }
        }
    }
    ExitCode::from(code)
}

fn choose(options: &ScheduleOptions) -> Option<Scheduler> {
    match () {
        () if options.cron => Some(CRON),
        () if options.systemd => Some(SYSTEMD),
        () if options.launchd || cfg!(target_os = "macos") => Some(LAUNCHD),
        () if in_path("crontab") => Some(CRON),
        () if systemd::has_session() => Some(SYSTEMD),
        () => None,
    }
}

/// Whether there is such a program.
pub(super) fn in_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .any(|dir| rustix::fs::access(dir.join(program), rustix::fs::Access::EXEC_OK).is_ok())
}

/// Absolute, so that the same repository has the same entry wherever this is called.
fn repositories(options: &ScheduleOptions) -> Result<Vec<PathBuf>, String> {
    if options.repo.is_empty() {
        let context = Context::open().map_err(|reason| reason.to_string())?;
        let top = context.repo.work_dir.as_ref().unwrap_or(&context.repo.common_dir);
        return Ok(vec![top.canonicalize().map_err(|err| format!("{}: {err}", top.display()))?]);
    }
    let absolute = |path: &PathBuf| path.canonicalize().map_err(|err| format!("{}: {err}", path.display()));
    options.repo.iter().map(absolute).collect()
}

fn one(scheduler: &Scheduler, options: &ScheduleOptions, repository: &Path) -> Result<String, String> {
    match &options.command {
        ScheduleCommand::Install(when) => {
            let registered = is_registered(repository);
            let entry = entry(when, repository, registered)?;
            let mut text = (scheduler.install)(&entry)?;
            if registered {
                text.push_str("\nnote: git maintenance runs in this repository by the clock; this entry leaves packs and refs to it");
            }
            Ok(text)
        }
        ScheduleCommand::Remove => (scheduler.remove)(repository),
        ScheduleCommand::Show => Ok((scheduler.show)(repository)?.unwrap_or_else(|| {
            format!("{}: nothing is installed for {}", scheduler.name, repository.display())
        })),
    }
}

fn entry(when: &When, repository: &Path, registered: bool) -> Result<Entry, String> {
    let program = std::env::current_exe().map_err(|err| err.to_string())?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let git = std::env::split_paths(&path).find(|dir| dir.join("git").is_file());
    // Not all machines at the same minute, and the same minute each time.
    let hash = blake3::hash(repository.as_os_str().as_bytes());
    let (minute, hour) = (hash.as_bytes()[0] % 60, 1 + hash.as_bytes()[1] % 4);
    let (interval, minute) = match when.at {
        Some((hour, minute)) => (Interval::Daily(hour), minute),
        None if when.hourly => (Interval::Hourly, minute),
        None if when.weekly => (Interval::Weekly(hour), minute),
        None => (Interval::Daily(hour), minute),
    };
    Ok(Entry {
        repository: repository.to_owned(),
        program,
        git_dir: git.ok_or("there is no git on PATH")?,
        tasks: if registered { vec!["index", "temporaries"] } else { Vec::new() },
        interval,
        minute,
    })
}

/// Whether `git maintenance start` was run in the repository of a context.
pub(super) fn registered_with_git(context: &Context) -> bool {
    let top = context.repo.work_dir.as_ref().unwrap_or(&context.repo.common_dir);
    top.canonicalize().is_ok_and(|top| is_registered(&top))
}

/// `maintenance.repo` lists the repositories that git maintains by the clock.
fn is_registered(repository: &Path) -> bool {
    let mut git = Command::new("git");
    git.args(["config", "--global", "-z", "--get-all", "maintenance.repo"]);
    let output = git.stdin(Stdio::null()).stderr(Stdio::null()).output();
    output.is_ok_and(|output| {
        output.stdout.split(|b| *b == 0).any(|path| {
            let path = Path::new(OsStr::from_bytes(path));
            path == repository || path.canonicalize().is_ok_and(|path| path == repository)
        })
    })
}

/// What a program says, when it succeeds; else what it says on standard error.
fn output_of(command: &mut Command, what: &str) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|err| format!("cannot run {what}: {err}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("{what}: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// A word of a POSIX shell. Newlines can't be in a crontab line or a unit file.
fn shell_word(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = path.as_os_str().as_bytes();
    if bytes.iter().any(|b| *b < b' ') {
        return Err(format!("{}: control characters can't be scheduled", path.display()));
    }
    Ok(shell::quoted(bytes))
}

/// Writes a file with its directory, unless it is there with the same content.
fn write(path: &Path, text: &[u8]) -> Result<(), String> {
    let failed = |err: std::io::Error| format!("{}: {err}", path.display());
    if std::fs::read(path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}

fn home() -> Result<PathBuf, String> {
    std::env::var_os("HOME").map(PathBuf::from).ok_or_else(|| "HOME is not set".to_owned())
}
