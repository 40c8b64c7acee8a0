//! Several worktrees at once.

use std::process::ExitCode;

use super::options::own::OwnOptions;
use super::options::{Refusal, StatusOptions};

/// Answers about each of them.
pub(super) fn run(_own: &OwnOptions, _status: Result<StatusOptions, Refusal>) -> ExitCode {
    crate::cli::fatal("not yet")
}
