//! What every command begins with: the repository, the git that would answer about it, and its configuration.

use crate::index::location::{KEY_FILE, STATUS_FILE};
use crate::repo::config::{Config, Location};
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};

/// A repository, its configuration and the git that would answer about it.
pub struct Environment {
    /// The repository.
    pub repo: Repo,
    /// The git on PATH.
    pub git: GitProgram,
    /// What git would read from all of its configuration files.
    pub config: Config,
}

impl Environment {
    /// Finds what git would find from the current directory.
    ///
    /// # Errors
    /// When there is no repository, or one about which only git can speak.
    pub fn open() -> Result<Self, NotExact> {
        let repo = Repo::open()?;
        // Which git this is, is remembered once there is an index or what `git faststatus` remembers.
        let known = repo.common_dir.join(KEY_FILE).exists() || repo.git_dir.join(STATUS_FILE).exists();
        let remembered = known.then(|| repo.common_dir.join("git-fast.program"));
        let git = GitProgram::locate(remembered.as_deref())?;
        let config = Config::load(&Location {
            system: git.system_config.as_deref(),
            git_dir: Some(&repo.git_dir),
            common_dir: Some(&repo.common_dir),
            env: &|name| std::env::var_os(name),
        })?;
        repo.check_replacements_are_usual(&config)?;
        Ok(Environment { repo, git, config })
    }
}
