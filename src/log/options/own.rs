//! The options that `git fastlog` has and `git log` has not. clap owns them: help, man page and completions come
//! from here.

use std::ffi::OsString;

use clap::{ArgAction, Parser};

use crate::cli::version::VERSION;

/// Options about a list of commits.
const COMMITS_ONLY: [&str; 5] = ["count", "page", "per_page", "cursor", "cross_check"];

/// git log from an index: the same answer, at once.
///
/// Every option and argument of git log is accepted: see git-log(1). What is printed are the same bytes that git
/// log prints; what can't be answered exactly from the index is handed over to git.
#[derive(Debug, Clone, Default, Parser, PartialEq, Eq)]
#[command(
    name = "git-fastlog",
    version = VERSION,
    disable_version_flag = true,
    override_usage = "git fastlog [<options>] [<revision-range>] [[--] <path>...]"
)]
pub struct OwnOptions {
    /// Show page N, counted from 1, of --per-page commits: what --skip and -n do, which count more where they are given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub page: Option<u64>,
    /// Commits on a page [default: fastlog.pageSize, 30]
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..))]
    pub per_page: Option<u64>,
    /// Continue behind the page that gave this token, whatever commits came since
    #[arg(long, value_name = "TOKEN", conflicts_with = "page")]
    pub cursor: Option<String>,
    /// One JSON object per commit and a trailer with page, cursor and has_more
    #[arg(long)]
    pub json: bool,
    /// Print the number of commits instead of the commits
    #[arg(long, conflicts_with = "json")]
    pub count: bool,
    /// Summarize the commits by author, as git shortlog does: with its options -s, -n, -e, -c, --group and -w
    #[arg(long, conflicts_with_all = COMMITS_ONLY)]
    #[arg(conflicts_with = "json")]
    pub shortlog: bool,
    /// For each entry at the top of the tree, or each path given, the newest commit that changed it, as git
    /// last-modified does: with its options -r (what is inside directories), -t (directories, too) and -z. A slash behind
    /// a directory asks for its entries. Paths are in ascending order; a ^ marks those that have not been changed in the
    /// range
    #[arg(long, conflicts_with_all = COMMITS_ONLY)]
    #[arg(conflicts_with = "shortlog")]
    pub last_modified: bool,
    /// Every file that commits have touched and whose path matches the pathspec, deleted ones included: the first of
    /// these commits and its author's date, the last one and its date, what that did (A, M, T, D), and the path, with
    /// tabs between them
    #[arg(long, value_name = "GLOB", conflicts_with_all = COMMITS_ONLY)]
    #[arg(conflicts_with_all = ["shortlog", "last_modified"])]
    pub contains_path: Option<OsString>,
    /// Fail with exit code 128 and the reason instead of handing over to git
    #[arg(long)]
    pub no_fallback: bool,
    /// Run git as well and report any difference (exit code 1)
    #[arg(long, conflicts_with_all = ["json", "count", "cursor"])]
    pub cross_check: bool,
    /// Don't use the index: hand over to git
    #[arg(long)]
    pub no_index: bool,
    /// Threads to render with, 256 at most [default: the number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Say on stderr how it was served, what of the index was opened, how many newer commits were read, whether a
    /// remembered answer of git was used, and time, CPU time and peak memory until then. (What git computes after this
    /// program has become git does not count.)
    #[arg(long)]
    pub performance_stats: bool,
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
