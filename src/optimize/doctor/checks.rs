//! The checks. None of them changes anything; none reads objects.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;

use fs2::FileExt;

use super::{Finding, Level, config};
use crate::index::location::BESIDE;
use crate::index::manifest::MANIFEST_MAGIC;
use crate::optimize::context::Context;
use crate::optimize::run::{Wanted, inspect};
use crate::repo::NotExact;

/// File systems on which locks or mappings are not to be relied upon, by the magic numbers of statfs(2).
const REMOTE: &[(i64, &str)] = &[
    (0x6969, "NFS"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB2"),
    (0x517B, "SMB"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
];

/// What helps where files can't be locked or mapped.
const ELSEWHERE: &str = "git config fast.indexDir <a directory on a local disk>";

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
        false => Finding::new("git", Level::Advice, format!("version {version} lacks {}", lacks.join(", "))),
    }
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
    let dir = location.dir.display();
    Ok(match location.refused {
        Some(refused) => {
            let text = format!("the index is in {dir}, because {BESIDE} can't be used: {refused}");
            Finding::new("index place", Level::Advice, text)
        }
        None => Finding::new("index place", Level::Fine, dir.to_string()),
    })
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
        .command(format!("git rm -r -q --cached {BESIDE}"))
    })
}

fn file_system(context: &Context) -> Finding {
    let objects = context.objects();
    let magic = rustix::fs::statfs(&objects).map(|stat| stat.f_type & 0xFFFF_FFFF);
    match magic.ok().and_then(|magic| REMOTE.iter().find(|(known, _)| *known == magic)) {
        Some((_, name)) => {
            let text = format!(
                "{name}: locks and mapped files may not work as they should; git answers where they don't"
            );
            Finding::new("file system", Level::Advice, text)
                .command("git config --global fast.indexDir <a directory on a local disk>")
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
        Some(Ok(false)) => Finding::new(name, Level::Problem, not.to_owned()).command(ELSEWHERE),
        Some(Err(err)) => {
            let text = format!("files can't be {done} here: {err}");
            Finding::new(name, Level::Problem, text).command(ELSEWHERE)
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
