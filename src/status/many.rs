//! Several worktrees at once: `--worktrees` and `--repos-from`.
//!
//! Each is answered by a process of its own, a few at a time: what is wrong with one repository stays with it, and
//! memory is that of a few small worktrees however many there are.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bstr::ByteSlice;
use serde_json::{Value, json};

use super::options::own::OwnOptions;
use super::options::{Refusal, StatusOptions};
use crate::cli::output::Output;
use crate::cli::{FATAL, fatal, own_options, usage_error};

/// As many at a time as are worth it: more wait for the disk and for each other, and each takes 7 MB for 1,000 files.
const AT_A_TIME: usize = 8;
/// Exit code when some could not be answered.
const SOME_FAILED: u8 = 1;
/// Variables that say which repository it is.
const PLACE: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"];

/// Answers about each of them, in the order in which they were named. `args`: what else was asked for.
pub(super) fn run(own: &OwnOptions, status: Result<StatusOptions, Refusal>, args: &[OsString]) -> ExitCode {
    if let Err(refusal) = status {
        return usage_error(&format!("--worktrees and --repos-from: {refusal} is not possible"));
    }
    let paths = match &own.repos_from {
        Some(file) => listed(file),
        None => worktrees(),
    };
    let paths = match paths {
        Ok(paths) => paths,
        Err(code) => return code,
    };
    let answers: Vec<Mutex<Option<Answer>>> = paths.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..at_a_time(own.threads, processors).min(paths.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = paths.get(at) else { break };
                    let answer = ask(path, own.json, args);
                    if let Ok(mut slot) = answers[at].lock() {
                        *slot = Some(answer);
                    }
                }
            });
        }
    });
    let mut out = Vec::new();
    let mut failed = false;
    for (path, answer) in paths.iter().zip(answers) {
        let answer = answer.into_inner().ok().flatten().unwrap_or_else(|| Err("no answer".into()));
        failed |= answer.is_err();
        line(path, &answer, own.json, &mut out);
    }
    let mut output = Output::of_status();
    output.write(&out);
    output.finish();
    ExitCode::from(if failed { SOME_FAILED } else { 0 })
}

/// How many processes answer at a time; whoever says how many gets as many.
fn at_a_time(threads: Option<u16>, processors: usize) -> usize {
    threads.map_or_else(|| processors.min(AT_A_TIME), own_options::at_most)
}

/// What one of them said, or what is wrong.
type Answer = Result<Vec<u8>, String>;

fn ask(path: &Path, json: bool, args: &[OsString]) -> Answer {
    let program = std::env::current_exe().map_err(|err| err.to_string())?;
    let mut command = Command::new(program);
    command.arg(if json { "--json" } else { "--summary" }).arg("--threads=1").args(args);
    for name in PLACE {
        command.env_remove(name);
    }
    let output = command.current_dir(path).stdin(Stdio::null()).output().map_err(|err| err.to_string())?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = output.stderr.to_str_lossy();
    let said = said.lines().next().unwrap_or("it failed");
    Err(said.strip_prefix("fatal: ").unwrap_or(said).to_owned())
}

fn line(path: &Path, answer: &Answer, json: bool, out: &mut Vec<u8>) {
    if !json {
        out.extend_from_slice(path.as_os_str().as_bytes());
        out.push(b'\t');
        match answer {
            Ok(text) => out.extend_from_slice(text.trim_ascii_end()),
            Err(reason) => out.extend_from_slice(format!("error: {reason}").as_bytes()),
        }
    } else {
        let value = match answer {
            Ok(text) => serde_json::from_slice(text).unwrap_or_else(|_| json!({"error": "no JSON"})),
            Err(reason) => json!({ "error": reason }),
        };
        let mut object = json!({ "worktree": path.to_string_lossy() });
        if path.to_str().is_none() {
            object["worktree_bytes"] = path.as_os_str().as_bytes().into();
        }
        if let (Value::Object(object), Value::Object(more)) = (&mut object, value) {
            object.extend(more);
        }
        out.extend_from_slice(object.to_string().as_bytes());
    }
    out.push(b'\n');
}

/// The lines of a file, or of standard input.
fn listed(file: &Path) -> Result<Vec<PathBuf>, ExitCode> {
    let mut text = Vec::new();
    let read = match file == Path::new("-") {
        true => std::io::stdin().lock().read_to_end(&mut text),
        false => std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut text)),
    };
    match read {
        Ok(_) => Ok(text
            .lines()
            .filter(|line| !line.is_empty())
            .map(|line| PathBuf::from(OsStr::from_bytes(line)))
            .collect()),
        Err(err) => Err(fatal(&format!("--repos-from: {}: {err}", file.display()))),
    }
}

/// The worktrees of this repository that are there.
fn worktrees() -> Result<Vec<PathBuf>, ExitCode> {
    let output = Command::new("git")
        .args(["worktree", "list", "--porcelain", "-z"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|err| fatal(&format!("cannot run git: {err}")))?;
    if !output.status.success() {
        let _ = std::io::stderr().flush();
        return Err(ExitCode::from(FATAL));
    }
    let mut paths = Vec::new();
    for record in output.stdout.split_str(b"\0\0") {
        let mut fields = record.split(|byte| *byte == 0).peekable();
        let path = fields.next().and_then(|field| field.strip_prefix(b"worktree "));
        let is_bare = fields.any(|field| field == b"bare");
        if let Some(path) = path.filter(|_| !is_bare) {
            paths.push(PathBuf::from(OsStr::from_bytes(path)));
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_processors_do_not_mean_many_processes() {
        let of = |processors| at_a_time(None, processors);
        assert_eq!([of(1), of(2), of(8), of(9), of(256)], [1, 2, 8, 8, 8]);
        assert_eq!([at_a_time(Some(1), 4), at_a_time(Some(40), 4)], [1, 40]);
    }
}
