//! One comparison: the same question to git and to git-fastlog, and what differs between the answers.

use std::path::Path;

use bstr::ByteSlice;

use super::command_line::{CommandLine, Mode};
use crate::support::trace::Trace;
use crate::support::{Environment, Output};

/// What became of one case.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The answers are the same; who gave ours.
    Same(Trace),
    /// git itself did not come to an end in time.
    GitTooSlow,
    /// They are not the same, or our answer is broken in itself.
    Different(String),
}

/// Asks both. With `one_more_line` our standard error may hold one line that git's does not; and where git
/// succeeded, its warnings need not be there.
pub(crate) fn compare(env: &Environment, dir: &Path, line: &CommandLine, one_more_line: bool) -> Verdict {
    let input = line.input.as_deref();
    let dir = &dir.join(line.directory);
    let theirs = env.log(dir, &line.theirs(), input);
    if theirs.timed_out {
        return Verdict::GitTooSlow;
    }
    let (ours, trace) = env.fastlog(dir, &line.ours(), input);
    let differences = match line.mode {
        Mode::Count => difference_of_count(&ours, &theirs),
        _ => difference(&ours, &theirs, one_more_line),
    };
    match (differences, trace) {
        (None, Ok(trace)) => Verdict::Same(trace),
        (None, Err(broken)) => Verdict::Different(broken),
        (Some(text), Ok(trace)) => Verdict::Different(format!(
            "{text}\nserved: {:?} ({}), index {}",
            trace.served, trace.reason, trace.index
        )),
        (Some(text), Err(broken)) => Verdict::Different(format!("{text}\n{broken}")),
    }
}

/// What differs between two answers; `None` when nothing does.
pub(crate) fn difference(ours: &Output, theirs: &Output, one_more_line: bool) -> Option<String> {
    if let Some(broken) = broken(ours) {
        return Some(broken);
    }
    if ours.code != theirs.code {
        let (a, b) = (ours.stderr.as_bstr(), theirs.stderr.as_bstr());
        return Some(format!(
            "exit {} instead of {}\nour stderr: {a}\ngit's stderr: {b}",
            ours.code, theirs.code
        ));
    }
    if let Some(text) = first_difference("stdout", &ours.stdout, &theirs.stdout) {
        return Some(text);
    }
    let stderr = first_difference("stderr", &ours.stderr, &theirs.stderr)?;
    let (a, b) = (&ours.stderr, &theirs.stderr);
    let forgiven = match theirs.code {
        0 => a.lines().count() <= b.lines().count() + 1,
        _ => is_one_more_line(a, b),
    };
    (!one_more_line || !forgiven).then_some(stderr)
}

/// `--count` prints how many commits git lists; when git fails it fails alike and prints nothing.
fn difference_of_count(ours: &Output, theirs: &Output) -> Option<String> {
    if let Some(broken) = broken(ours) {
        return Some(broken);
    }
    if ours.code != theirs.code {
        return Some(format!("exit {} instead of {}: {}", ours.code, theirs.code, ours.stderr.as_bstr()));
    }
    let expected = match theirs.code {
        0 => format!("{}\n", theirs.stdout.iter().filter(|&&byte| byte == b'\n').count()),
        _ => String::new(),
    };
    first_difference("stdout", &ours.stdout, expected.as_bytes())
}

fn broken(ours: &Output) -> Option<String> {
    if ours.timed_out {
        return Some("our answer took too long".to_owned());
    }
    ours.panicked().then(|| format!("a panic: {}", ours.stderr.as_bstr()))
}

/// Whether `ours` is `theirs` with one line added anywhere.
fn is_one_more_line(ours: &[u8], theirs: &[u8]) -> bool {
    let mut start = 0;
    ours.lines_with_terminator().any(|line| {
        let end = start + line.len();
        let rest = [&ours[..start], &ours[end..]].concat();
        start = end;
        rest == theirs
    })
}

fn first_difference(name: &str, ours: &[u8], theirs: &[u8]) -> Option<String> {
    if ours == theirs {
        return None;
    }
    let at = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let around = |bytes: &[u8]| bytes[at.saturating_sub(80)..(at + 80).min(bytes.len())].as_bstr().to_owned();
    Some(format!(
        "{name} differs at byte {at} (we wrote {} bytes, git {})\n  ours: {:?}\n  git:  {:?}",
        ours.len(),
        theirs.len(),
        around(ours),
        around(theirs)
    ))
}
