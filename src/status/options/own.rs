//! The options that `git faststatus` has and `git status` has not. clap owns them: help, man page and completions
//! come from here.

use std::path::PathBuf;

use clap::{ArgAction, Parser};

use crate::cli::version::VERSION;

/// git status from a parallel scan and a snapshot: the same answer, sooner.
///
/// Every option and argument of git status is accepted: see git-status(1). What is printed are the same bytes that
/// git status prints; what can't be answered exactly is handed over to git. git's index is never locked and never
/// written.
#[derive(Debug, Clone, Default, Parser, PartialEq, Eq)]
#[command(
    name = "git-faststatus",
    version = VERSION,
    disable_version_flag = true,
    override_usage = "git faststatus [<options>] [--] [<pathspec>...]"
)]
pub struct OwnOptions {
    /// One JSON object with the branch and one entry per path
    #[arg(long, conflicts_with = "summary")]
    pub json: bool,
    /// One line with the branch, what is in progress, and the number of changes of each kind
    #[arg(long)]
    pub summary: bool,
    /// Exit with 1 if there is any change or untracked file; nothing is printed unless a format is asked for
    #[arg(long)]
    pub exit_code: bool,
    /// Compare the contents of all tracked files instead of trusting their stat data
    #[arg(long)]
    pub verify: bool,
    /// Neither use nor write the snapshot of the worktree
    #[arg(long)]
    pub no_index: bool,
    /// Threads to scan with, 256 at most [default: the number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Fail with exit code 128 and the reason instead of handing over to git
    #[arg(long)]
    pub no_fallback: bool,
    /// Run git as well and report any difference (exit code 1)
    #[arg(long, conflicts_with_all = ["json", "summary", "exit_code"])]
    pub cross_check: bool,
    /// Say on stderr how it was served, what was looked at, and time, CPU time and peak memory
    #[arg(long)]
    pub performance_stats: bool,
    /// One line for each worktree of this repository
    #[arg(long, conflicts_with_all = ["repos_from", "cross_check", "exit_code"])]
    pub worktrees: bool,
    /// One line for each repository whose path is a line of FILE (- for standard input)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cross_check", "exit_code"])]
    pub repos_from: Option<PathBuf>,
    /// Print the version, and that of git
    // Without clap's -V, which is git's to complain about.
    #[arg(long, action = ArgAction::Version)]
    pub version: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_the_default() {
        assert_eq!(OwnOptions::parse_from(["git-fast"]), OwnOptions::default());
    }
}
