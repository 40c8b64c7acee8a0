//! The repository of one invocation, and how its git is run. Every command of `git optimize` starts here.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::Command;

use crate::cli::trace::{CacheUse, Report, Served};
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};
use crate::session::{Environment, Session};

/// What all commands need.
pub(super) struct Context {
    pub(super) repo: Repo,
    pub(super) git: GitProgram,
    pub(super) config: Config,
    report: RefCell<Report>,
}

impl Drop for Context {
    fn drop(&mut self) {
        // Now, because there may have been no index to record beside when it began.
        let metrics = self.session().and_then(|session| session.metrics(&self.config));
        let report = self.report.get_mut();
        report.metrics = metrics.ok().flatten();
        report.finish();
    }
}

impl Context {
    /// Opens the repository that git would find from the current directory.
    pub(super) fn open() -> Result<Context, NotExact> {
        let mut report = Report::new("optimize");
        report.served = Served::Native;
        let Environment { repo, git, config } = Environment::open()?;
        Ok(Context { repo, git, config, report: RefCell::new(report) })
    }

    /// For the statistics: the command ends with an error.
    pub(super) fn failed(&self) {
        self.report.borrow_mut().failed = true;
    }

    /// For the statistics: an answer was looked for, and found or not.
    pub(super) fn looked_up(&self, found: bool) {
        self.report.borrow_mut().cache = if found { CacheUse::Hit } else { CacheUse::Miss };
    }

    pub(super) fn session(&self) -> Result<Session<'_>, NotExact> {
        Session::new(&self.repo, &self.git, &self.config)
    }

    /// git for this repository, untranslated, and without maintenance of its own behind our back.
    pub(super) fn git(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.git.path);
        command.arg("--git-dir").arg(&self.repo.git_dir);
        command.args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"]);
        command.args(args).env("LC_ALL", "C");
        command
    }

    /// A setting that is on where nothing is said. One that can't be read is off.
    pub(super) fn is_on(&self, key: &str) -> bool {
        matches!(self.config.bool(key), Ok(None | Some(true)))
    }

    pub(super) fn objects(&self) -> PathBuf {
        self.repo.common_dir.join("objects")
    }

    pub(super) fn fails(err: impl std::fmt::Display) -> NotExact {
        NotExact::from(err.to_string())
    }
}
