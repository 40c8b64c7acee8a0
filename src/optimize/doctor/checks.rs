//! The checks. None of them changes anything; none reads objects.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use fs2::FileExt;

use super::{Finding, Level, config};
use crate::index::location::{BESIDE, Refused, usable};
use crate::index::manifest::MANIFEST_MAGIC;
use crate::optimize::context::Context;
use crate::optimize::run::{Wanted, inspect};
use crate::optimize::schedule::in_path;
use crate::optimize::shell;
use crate::repo::NotExact;

/// File systems on which locks or mappings are not to be relied upon, by the magic numbers of statfs(2).
#[cfg(target_os = "linux")]
const REMOTE: &[(i64, &str)] = &[
    (0x6969, "NFS"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB2"),
    (0x517B, "SMB"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
];

/// How git is brought up to date, by the program that does it.
const UPDATES: &[(&str, &str)] = &[
    ("apt-get", "sudo apt-get install git"),
    ("dnf", "sudo dnf upgrade git"),
    ("zypper", "sudo zypper update git"),
    ("pacman", "sudo pacman -S git"),
    ("apk", "sudo apk add --upgrade git"),
    ("brew", "brew upgrade git"),
];

/// Takes the index out of the history.
const UNTRACK: &str = "git rm -r -q --cached .git-fast";

pub(super) fn all(context: &Context) -> Result<Vec<Finding>, NotExact> {
    let mut findings = vec![version(context), place(context)?, file_system(context)];
    findings.extend(tried(context));
    findings.extend(tracked(context));
    findings.extend(tasks(context)?);
    findings.extend(config::findings(context)?);
    findings.push(schedule(context));
    Ok(findings)
}

fn version(context: &Context) -> Finding {
    let version = &context.git.version;
    let lacks: Vec<&str> = [
        ((2, 34), "multi-pack bitmaps"),
        ((2, 37), "cruft packs"),
        ((2, 41), "geometric repacks with alternates"),
    ]
    .into_iter()
    .filter(|((major, minor), _)| !context.git.at_least(*major, *minor))
    .map(|(_, feature)| feature)
    .collect();
    match lacks.is_empty() {
        true => Finding::new("git", Level::Fine, format!("version {version}")),
        false => {
            let update = UPDATES.iter().find(|(program, _)| in_path(program));
            let command = update.map_or("xdg-open https://git-scm.com/downloads", |(_, command)| command);
            Finding::new("git", Level::Advice, format!("version {version} lacks {}", lacks.join(", ")))
                .command(command)
        }
    }
}

/// What helps where files can't be locked or mapped: the index in a directory that is not on such a file system, as far as
/// can be told.
fn elsewhere() -> String {
    let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| remote(home).is_none());
    let dir = match home {
        Some(home) => home.join(".cache/git-fast"),
        None => PathBuf::from(format!("/var/tmp/git-fast-{}", rustix::process::geteuid().as_raw())),
    };
    format!("git config fast.indexDir {}", shell::word(&dir.display().to_string()))
}

/// The name of the file system, if it is among [`REMOTE`].
#[cfg(target_os = "linux")]
fn remote(path: &Path) -> Option<&'static str> {
    let magic = rustix::fs::statfs(path).ok()?.f_type & 0xFFFF_FFFF;
    REMOTE.iter().find(|(known, _)| *known == magic).map(|(_, name)| *name)
}

/// What the number of a file system means is Linux' own.
#[cfg(not(target_os = "linux"))]
fn remote(_: &Path) -> Option<&'static str> {
    None
}

fn place(context: &Context) -> Result<Finding, NotExact> {
    let location = match context.session()?.location() {
        Ok(Some(location)) => location,
        Ok(None) => {
            return Ok(Finding::new("index place", Level::Advice, "there is no index yet").task("index"));
        }
        Err(err) => {
            let text = format!("the key of the index can't be read: {err}");
            return Ok(Finding::new("index place", Level::Problem, text).command("git optimize index build"));
        }
    };
    let is_configured = context.config.contains("fast.indexDir");
    if let Err(err) = location.dir.metadata()
        && err.kind() != std::io::ErrorKind::NotFound
    {
        let text = format!("{} can't be a directory: {err}", location.dir.display());
        let finding = Finding::new("index place", Level::Problem, text);
        return Ok(match is_configured {
            true => finding.command(elsewhere()),
            false => finding,
        });
    }
    let beside = context.repo.work_dir.as_ref().map(|top| top.join(BESIDE));
    // One that was there first has made the index go elsewhere for good.
    let refused = location.refused.or_else(|| {
        let beside = beside.as_ref().filter(|beside| !is_configured && location.dir != **beside)?;
        usable(beside).err()
    });
    let dir = location.dir.display();
    let Some((refused, beside)) = refused.zip(beside) else {
        return Ok(Finding::new("index place", Level::Fine, dir.to_string()));
    };
    let text = format!("the index is in {dir}, because {BESIDE} can't be used: {refused}");
    let path = shell::word(&beside.display().to_string());
    let command = match refused {
        Refused::NotADirectory => format!("rm -- {path}"),
        Refused::Foreign => format!("mv -- {path} {path}.foreign"),
        Refused::Tracked => return Ok(Finding::new("index place", Level::Advice, text).command(UNTRACK)),
        Refused::NotWritable => format!("mkdir {path}"),
    };
    Ok(Finding::new("index place", Level::Advice, text).command(command))
}

fn tracked(context: &Context) -> Option<Finding> {
    let top = context.repo.work_dir.as_ref()?;
    let mut command = std::process::Command::new(&context.git.path);
    command.arg("-C").arg(top).args(["ls-files", "-z", "--", BESIDE]).stdin(Stdio::null());
    let tracked = command.stderr(Stdio::null()).output().ok().filter(|output| !output.stdout.is_empty());
    tracked.map(|_| {
        Finding::new(
            "tracked index",
            Level::Problem,
            format!("{BESIDE} is in the history of this repository"),
        )
        .command(UNTRACK)
    })
}

fn file_system(context: &Context) -> Finding {
    match remote(&context.objects()) {
        Some(name) => {
            let text = format!(
                "{name}: locks and mapped files may not work as they should; git answers where they don't"
            );
            Finding::new("file system", Level::Advice, text).command(elsewhere())
        }
        None => Finding::new("file system", Level::Fine, "local"),
    }
}

/// What is tried with files of its own in the directory of the index: locks and mappings.
fn tried(context: &Context) -> [Finding; 2] {
    let dir = context.session().ok().and_then(|session| session.location().ok().flatten());
    let dir = dir.map(|location| location.dir).filter(|dir| dir.is_dir());
    let finding = |name, works: Option<std::io::Result<bool>>, done: &str, not: &str| match works {
        None => Finding::new(name, Level::Fine, "not tried: there is no index yet"),
        Some(Ok(true)) => Finding::new(name, Level::Fine, "they work"),
        Some(Ok(false)) => Finding::new(name, Level::Problem, not.to_owned()).command(elsewhere()),
        Some(Err(err)) => {
            let text = format!("files can't be {done} here: {err}");
            Finding::new(name, Level::Problem, text).command(elsewhere())
        }
    };
    [
        finding("locks", dir.as_deref().map(excludes), "locked", "two writers could hold one lock here"),
        finding(
            "mappings",
            dir.as_deref().map(maps),
            "mapped",
            "files can't be mapped into memory here: each answer reads all of the index",
        ),
    ]
}

/// Whether a file is mapped, and what is seen there is what was written.
fn maps(dir: &Path) -> std::io::Result<bool> {
    let mut file = tempfile::Builder::new().prefix(crate::index::TEMP_PREFIX).tempfile_in(dir)?;
    file.write_all(&MANIFEST_MAGIC)?;
    let bytes = crate::index::Bytes::map(file.as_file())?;
    Ok(bytes.are_mapped() && *bytes == MANIFEST_MAGIC)
}

/// Whether a lock keeps a second opener out.
fn excludes(dir: &Path) -> std::io::Result<bool> {
    let first = tempfile::Builder::new().prefix(crate::index::TEMP_PREFIX).tempfile_in(dir)?;
    let second = File::open(first.path())?;
    FileExt::try_lock_exclusive(first.as_file())?;
    Ok(FileExt::try_lock_exclusive(&second).is_err())
}

fn tasks(context: &Context) -> Result<Vec<Finding>, NotExact> {
    /// These may be run at any time: they take back nothing, and cost little.
    const SAFE: &[&str] = &["temporaries", "index"];
    let findings = inspect(context)?.into_iter().map(|(task, wanted)| match wanted {
        Wanted::No(reason) => Finding::new(task, Level::Fine, reason),
        Wanted::Skipped(reason) => Finding::new(task, Level::Advice, reason),
        Wanted::Yes(reason) => {
            let level = if task == "temporaries" { Level::Problem } else { Level::Advice };
            let finding = Finding::new(task, level, reason);
            match SAFE.contains(&task) {
                true => finding.task(task),
                false => finding.command(format!("git optimize --task {task}")),
            }
        }
    });
    Ok(findings.collect())
}

fn schedule(context: &Context) -> Finding {
    match crate::optimize::schedule::registered_with_git(context) {
        true => Finding::new("schedule", Level::Fine, "git maintenance runs in this repository"),
        false => Finding::new("schedule", Level::Fine, "see 'git optimize schedule show'"),
    }
}

/// How many entries git's index has (gitformat-index(5): `DIRC`, version, number).
pub(super) fn index_entries(git_dir: &Path) -> Option<u32> {
    let mut head = [0; 12];
    File::open(git_dir.join("index")).ok()?.read_exact(&mut head).ok()?;
    let count = [head[8], head[9], head[10], head[11]];
    head.starts_with(b"DIRC").then(|| u32::from_be_bytes(count))
}
