//! What the three programs have in common towards their user: options, messages, exit codes, output, quoted paths, trace,
//! metrics.

pub mod columns;
pub mod cross_check;
pub mod duration;
pub mod metrics;
pub mod options;
pub mod output;
pub mod own_options;
pub mod profile;
pub mod quote;
pub mod trace;
pub mod version;

use std::io::Write;
use std::process::ExitCode;

/// git's exit code for fatal errors.
pub const FATAL: u8 = 128;
/// git's exit code for a command line that is wrong.
pub const USAGE: u8 = 129;

/// Says what is wrong on stderr, as git does, and gives the exit code for it.
pub fn fatal(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "fatal: {message}");
    ExitCode::from(FATAL)
}

/// The same for a command line that is wrong.
pub fn usage_error(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "error: {message}");
    ExitCode::from(USAGE)
}
