//! The recommended configuration of one repository: what it is, setting it, and taking back exactly what was set.

use std::path::PathBuf;
use std::process::{Child, ExitCode, Stdio};

use serde::{Deserialize, Serialize};

use super::{Finding, Level, checks};
use crate::optimize::context::Context;
use crate::optimize::said;
use crate::repo::NotExact;

/// In the common git directory: what has been set, in order.
const FILE: &str = "git-fast.config.json";
/// From so many files on, a smaller index is worth having.
const MANY_FILES: u32 = 10_000;

/// One setting that makes git faster and changes no answer.
struct Advice {
    key: &'static str,
    value: &'static str,
    why: &'static str,
    /// Whether it is for this repository and this git.
    applies: fn(&Context) -> bool,
}

const ADVICE: &[Advice] = &[
    Advice {
        key: "fetch.writeCommitGraph",
        value: "true",
        why: "history is quick to walk right after a fetch",
        applies: |_| true,
    },
    Advice {
        key: "core.untrackedCache",
        value: "true",
        why: "git status reads only directories that have changed",
        applies: |context| context.repo.work_dir.is_some(),
    },
    Advice {
        key: "index.version",
        value: "4",
        why: "an index of half the size",
        applies: |context| {
            checks::index_entries(&context.repo.git_dir).is_some_and(|files| files >= MANY_FILES)
        },
    },
    Advice {
        key: "checkout.workers",
        value: "0",
        why: "files are written by all cores",
        applies: |context| {
            checks::index_entries(&context.repo.git_dir).is_some_and(|files| files >= MANY_FILES)
        },
    },
    Advice {
        key: "pack.writeBitmapLookupTable",
        value: "true",
        why: "bitmaps are read only where they are needed",
        applies: |context| context.git.at_least(2, 38),
    },
    Advice {
        key: "core.fsmonitor",
        value: "true",
        why: "git status asks a watcher instead of looking at every file",
        applies: |context| context.repo.work_dir.is_some() && has_watcher(context),
    },
];

/// What was set, and what was there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Set {
    key: String,
    value: String,
    before: Vec<String>,
}

/// Whether this git has a file system watcher of its own.
fn has_watcher(context: &Context) -> bool {
    WatcherAsked::ask(context).answer()
}

/// A git that has been asked whether it has a file system watcher, so that something else can be done meanwhile.
pub(in crate::optimize) struct WatcherAsked(std::io::Result<Child>);

impl WatcherAsked {
    pub(in crate::optimize) fn ask(context: &Context) -> WatcherAsked {
        let mut command = context.git(&["version", "--build-options"]);
        WatcherAsked(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn())
    }

    pub(in crate::optimize) fn answer(self) -> bool {
        let output = self.0.and_then(Child::wait_with_output);
        output.is_ok_and(|output| {
            String::from_utf8_lossy(&output.stdout).contains("feature: fsmonitor--daemon")
        })
    }
}

/// Settings that are recommended and not made anywhere. Whoever has decided otherwise is left alone.
fn open(context: &Context) -> Vec<&'static Advice> {
    ADVICE.iter().filter(|advice| !context.config.contains(advice.key) && (advice.applies)(context)).collect()
}

pub(super) fn findings(context: &Context) -> Result<Vec<Finding>, NotExact> {
    let open = open(context);
    if open.is_empty() {
        return Ok(vec![Finding::new("configuration", Level::Fine, "nothing to recommend")]);
    }
    let findings = open.into_iter().map(|advice| {
        let text =
            format!("{}={}: {} (--apply-config sets all of these)", advice.key, advice.value, advice.why);
        let command = format!("git config {} {}", advice.key, advice.value);
        Finding::new("configuration", Level::Advice, text).command(command)
    });
    Ok(findings.collect())
}

fn file(context: &Context) -> PathBuf {
    context.repo.common_dir.join(FILE)
}

fn load(context: &Context) -> Result<Vec<Set>, NotExact> {
    match std::fs::read(file(context)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|err| NotExact::from(format!("{FILE}: {err}"))),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(err) => Err(NotExact::from(format!("{FILE}: {err}"))),
    }
}

fn save(context: &Context, sets: &[Set]) -> Result<(), NotExact> {
    let path = file(context);
    let write = || -> std::io::Result<()> {
        if sets.is_empty() {
            return std::fs::remove_file(&path);
        }
        let mut temp = tempfile::NamedTempFile::new_in(&context.repo.common_dir)?;
        serde_json::to_writer_pretty(&mut temp, sets)?;
        temp.as_file().sync_all()?;
        temp.persist(&path)?;
        Ok(())
    };
    write().map_err(|err| NotExact::from(format!("{FILE}: {err}")))
}

/// The values of a key in the repository's own configuration file.
fn local(context: &Context, key: &str) -> Result<Vec<String>, NotExact> {
    let mut command = context.git(&["config", "--local", "-z", "--get-all", key]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().map_err(Context::fails)?;
    match output.status.code() {
        Some(0) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            Ok(text.split_terminator('\0').map(str::to_owned).collect())
        }
        Some(1) => Ok(Vec::new()),
        _ => Err(NotExact::from(format!("git config --get-all {key} failed"))),
    }
}

fn config(context: &Context, args: &[&str]) -> Result<(), NotExact> {
    let mut all = vec!["config", "--local"];
    all.extend_from_slice(args);
    let output = context.git(&all).stdin(Stdio::null()).output().map_err(Context::fails)?;
    match output.status.success() {
        true => Ok(()),
        false => Err(NotExact::from(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}

pub(super) fn apply(context: &Context) -> Result<ExitCode, NotExact> {
    let open = open(context);
    let mut sets = load(context)?;
    for advice in &open {
        let before = local(context, advice.key)?;
        // Remembered first: one that is remembered and not set is left alone when it is taken back.
        sets.push(Set { key: advice.key.to_owned(), value: advice.value.to_owned(), before });
        save(context, &sets)?;
        config(context, &[advice.key, advice.value])?;
        said::line(&format!("set {}={}: {}", advice.key, advice.value, advice.why));
    }
    if open.is_empty() {
        said::line("nothing to recommend");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn revert(context: &Context) -> Result<ExitCode, NotExact> {
    let mut sets = load(context)?;
    if sets.is_empty() {
        said::line("nothing was set");
        return Ok(ExitCode::SUCCESS);
    }
    while let Some(set) = sets.last().cloned() {
        if local(context, &set.key)? == [set.value.as_str()] {
            config(context, &["--unset-all", &set.key])?;
            for value in &set.before {
                config(context, &["--add", &set.key, value])?;
            }
            said::line(&format!("took back {}", set.key));
        } else {
            said::line(&format!("left {}: it was changed since", set.key));
        }
        sets.pop();
        save(context, &sets)?;
    }
    Ok(ExitCode::SUCCESS)
}
