//! The command line of `git optimize`: pure syntax.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{ArgAction, Args, Parser, Subcommand};

use super::run::TASKS;
use crate::cli::duration::parse as duration;
use crate::cli::version::VERSION;

/// Keep a repository fast: maintenance by git where it is worth it, and the index that git fastlog answers from.
#[derive(Debug, Parser)]
#[command(
    name = "git-optimize",
    version = VERSION,
    disable_version_flag = true,
    args_conflicts_with_subcommands = true
)]
pub struct OptimizeOptions {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) run: RunOptions,
    /// Print the version, and that of git
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Look what is worth doing, and do it; the default
    Run(RunOptions),
    /// The index next to .git
    Index(IndexOptions),
    /// Say what is set up, what is missing and what is in the way, with the command that mends it
    Doctor(DoctorOptions),
    /// Clone a large repository: with the recommended configuration, and the index built
    Clone(CloneOptions),
    /// What the repository consists of, what is too large, and what to do about it
    Report(ReportOptions),
    /// How often the three programs ran in this repository, how long they took, and who answered
    Stats(StatsOptions),
    /// What is remembered beside the index
    Cache(CacheOptions),
    /// Run by itself: install, remove or show the entry that does it
    Schedule(ScheduleOptions),
}

/// `git optimize report`.
#[derive(Debug, Args)]
pub(super) struct ReportOptions {
    /// As one JSON object
    #[arg(long)]
    pub(super) json: bool,
    /// As one HTML page, which loads nothing, in this file
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(super) html: Option<PathBuf>,
    /// Count all objects anew, even if nothing has changed since the last report
    #[arg(long)]
    pub(super) fresh: bool,
    /// Show progress even when standard error is not a terminal
    #[arg(long, conflicts_with = "quiet")]
    pub(super) progress: bool,
    /// Show no progress
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// `git optimize stats`.
#[derive(Debug, Args)]
pub(super) struct StatsOptions {
    /// As one JSON array, with an object for each command
    #[arg(long)]
    pub(super) json: bool,
    /// In the text format of Prometheus
    #[arg(long, conflicts_with = "json")]
    pub(super) prometheus: bool,
    /// Only the last so much time (90s, 10m, 2h, 7d)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) since: Option<Duration>,
}

/// `git optimize cache`.
#[derive(Debug, Args)]
pub(super) struct CacheOptions {
    #[command(subcommand)]
    pub(super) command: CacheCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum CacheCommand {
    /// Each remembered file with its size and age
    Stats {
        /// One JSON object in each line
        #[arg(long)]
        json: bool,
    },
    /// Forget it; the index itself stays
    Clear {
        /// Only files whose name matches, with * for any characters
        #[arg(long, value_name = "GLOB")]
        pattern: Option<String>,
    },
}

/// `git optimize doctor`.
#[derive(Debug, Args)]
pub(super) struct DoctorOptions {
    /// Do what is safe at any time: update the index, remove what killed processes have left
    #[arg(long)]
    pub(super) fix: bool,
    /// Set the recommended configuration in this repository, where nothing else is configured
    #[arg(long, conflicts_with = "fix")]
    pub(super) apply_config: bool,
    /// Take back exactly what --apply-config has set
    #[arg(long, conflicts_with_all = ["fix", "apply_config"])]
    pub(super) revert_config: bool,
    /// One JSON object in each line
    #[arg(long)]
    pub(super) json: bool,
}

/// `git optimize clone`.
#[derive(Debug, Args)]
pub(super) struct CloneOptions {
    /// What to clone
    pub(super) url: String,
    /// Into which directory
    pub(super) dir: Option<PathBuf>,
    /// Only so many commits of history; there is no index then
    #[arg(long, value_name = "COMMITS")]
    pub(super) depth: Option<u32>,
    /// Leave out objects until they are needed, as in git clone: blob:none, tree:0, blob:limit=1m
    #[arg(long, value_name = "SPEC")]
    pub(super) filter: Option<String>,
    /// Check out only this directory (and the files above it); can be given several times
    #[arg(long, value_name = "DIR")]
    pub(super) sparse: Vec<PathBuf>,
    /// Without a worktree
    #[arg(long, conflicts_with = "sparse")]
    pub(super) bare: bool,
}

/// `git optimize schedule`.
#[derive(Debug, Args)]
pub(super) struct ScheduleOptions {
    #[command(subcommand)]
    pub(super) command: ScheduleCommand,
    /// With cron; the default where there is one
    #[arg(long, global = true)]
    pub(super) cron: bool,
    /// With a systemd user timer
    #[arg(long, global = true, conflicts_with = "cron")]
    pub(super) systemd: bool,
    /// With a launchd agent (macOS)
    #[arg(long, global = true, conflicts_with_all = ["cron", "systemd"])]
    pub(super) launchd: bool,
    /// For this repository, not the one of the current directory; can be given several times
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) repo: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum ScheduleCommand {
    /// Make the entry, or change it
    Install(When),
    /// Take it away
    Remove,
    /// Print it
    Show,
}

/// How often; daily if nothing is said.
#[derive(Debug, Args)]
pub(super) struct When {
    /// Once an hour
    #[arg(long, group = "when")]
    pub(super) hourly: bool,
    /// Once a day, at night
    #[arg(long, group = "when")]
    pub(super) daily: bool,
    /// Once a week, in the night to Sunday
    #[arg(long, group = "when")]
    pub(super) weekly: bool,
    /// Every day at this time (HH:MM)
    #[arg(long, group = "when", value_name = "TIME", value_parser = time_of_day)]
    pub(super) at: Option<(u8, u8)>,
}

fn time_of_day(text: &str) -> Result<(u8, u8), String> {
    let parts =
        text.split_once(':').and_then(|(hour, minute)| Some((hour.parse().ok()?, minute.parse().ok()?)));
    parts.filter(|(hour, minute)| *hour < 24 && *minute < 60).ok_or_else(|| "expected HH:MM".to_owned())
}

fn task_names() -> PossibleValuesParser {
    TASKS.iter().map(|task| PossibleValue::new(task.name).help(task.about)).collect::<Vec<_>>().into()
}

/// `git optimize run`.
#[derive(Debug, Default, Args)]
pub(super) struct RunOptions {
    /// Only what is pressing; when that is nothing, this ends after a few milliseconds
    #[arg(long, conflicts_with = "full")]
    pub(super) auto: bool,
    /// All tasks that change anything, and all packs into one
    #[arg(long)]
    pub(super) full: bool,
    /// Only this task, worth it or not; can be given several times
    #[arg(long, value_name = "NAME", value_parser = task_names(), hide_possible_values = true)]
    pub(super) task: Vec<String>,
    /// Say what would be done, why, and what it would cost and gain
    #[arg(long, short = 'n')]
    pub(super) dry_run: bool,
    /// Stop after so long (90s, 10m, 2h); the next run goes on
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) time_budget: Option<Duration>,
    /// Look, then work in the background
    #[arg(long)]
    pub(super) detach: bool,
    /// Give way to other processes; the default when standard error is not a terminal
    #[arg(long)]
    pub(super) low_priority: bool,
    /// Do nothing while the machine runs on battery
    #[arg(long)]
    pub(super) only_on_ac: bool,
    /// One JSON object in each line, while it runs
    #[arg(long)]
    pub(super) json: bool,
    /// Say nothing unless something is wrong
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// `git optimize index`.
#[derive(Debug, Args)]
pub(super) struct IndexOptions {
    #[command(subcommand)]
    pub(super) command: IndexCommand,
    /// Say nothing unless something is wrong
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Show progress even when standard error is not a terminal: a line now and then
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
    /// Add what is new, finish what was stopped halfway, and repair it if it can't be used
    Update,
    /// Compare it with the repository; exit code 1 when it is wrong
    Verify {
        /// Only this many commits, evenly spread, instead of all
        #[arg(long, value_name = "COMMITS", value_parser = clap::value_parser!(u32).range(1..))]
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
