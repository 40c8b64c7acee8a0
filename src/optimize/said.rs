//! Standard output of what goes on whether or not anybody hears of it: what could not be said counts in the end.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

use crate::cli::fatal;
use crate::cli::output::{STANDARD_OUTPUT, reason};
use crate::repo::NotExact;

/// Why something was lost, if it was.
static LOST: OnceLock<String> = OnceLock::new();

/// Prints text as it is.
pub(super) fn text(text: &str) {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        // A reader that went away has seen enough.
        Err(err) if err.kind() != ErrorKind::BrokenPipe => drop(LOST.set(reason(&err))),
        _ => {}
    }
}

/// Prints a line.
pub(super) fn line(line: &str) {
    text(&format!("{line}\n"));
}

/// Prints an answer, or why there is none; the exit code.
pub(super) fn answer(answer: Result<String, NotExact>) -> ExitCode {
    match answer {
        Ok(answer) => {
            text(&answer);
            ExitCode::SUCCESS
        }
        Err(reason) => fatal(&reason.to_string()),
    }
}

/// The exit code, given the one where all was said.
pub(super) fn end(code: ExitCode) -> ExitCode {
    match LOST.get() {
        Some(reason) => fatal(&format!("write failure on {STANDARD_OUTPUT}: {reason}")),
        None => code,
    }
}
