//! The command line of `git optimize`: pure syntax.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand};

/// Keep a repository fast: maintenance by git, and the index that git fastlog answers from.
#[derive(Debug, Parser)]
#[command(name = "git-optimize", version)]
pub struct OptimizeOptions {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Do what is worth doing: hands over to 'git maintenance run'
    Run {
        /// Arguments for git maintenance run
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// The index next to .git
    Index(IndexOptions),
}

/// `git optimize index`.
#[derive(Debug, Args)]
pub(super) struct IndexOptions {
    #[command(subcommand)]
    pub(super) command: IndexCommand,
    /// Say nothing unless something is wrong
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Show progress even when standard error is not a terminal
    #[arg(long, global = true, conflicts_with = "quiet")]
    pub(super) progress: bool,
    /// In a session of its own and with low priority
    #[arg(long, global = true, hide = true)]
    pub(super) detached: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum IndexCommand {
    /// Build it from scratch
    Build,
    /// Add what is new, and repair it if it can't be used
    Update,
    /// Compare it with the repository; exit code 1 when it is wrong
    Verify {
        /// Only this many commits, evenly spread, instead of all
        #[arg(long, value_name = "COMMITS")]
        sample: Option<u32>,
        /// Compare with trees, too, what some commits did to paths
        #[arg(long)]
        deep: bool,
        /// With --deep: what all commits did
        #[arg(long, requires = "deep")]
        all: bool,
    },
    /// Say where it is, how large, and whether it is up to date
    Status,
    /// Remove it
    Clear,
}
