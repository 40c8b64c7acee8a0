//! Another repository with an index, of which the one that is asked about is given something.

use std::ffi::OsStr;
use std::fs;

use super::fixture::Fixture;
use crate::support::Environment;
use crate::support::repository::{Generated, Plan, remove_dir};

/// The other repository, in a world of its own.
pub(crate) struct Foreign {
    env: Environment,
    repository: Generated,
}

impl Foreign {
    /// One of twenty commits.
    pub(crate) fn new(object_format: &'static str) -> Self {
        let env = Environment::new();
        let repository = Generated::new(&env, "other", Plan { object_format, ..Plan::plain(99, 20) });
        env.index_ok(&repository.dir, "build");
        Self { env, repository }
    }

    /// Its index takes the place of the one that is there.
    pub(crate) fn give_index(&self, it: &Fixture) {
        remove_dir(&it.index);
        let from = self.repository.index_dir();
        let copy = [OsStr::new("-R"), from.as_os_str(), it.index.as_os_str()];
        self.env.run(self.env.command("cp", &it.dir, &copy)).success("cp");
    }

    /// Its key takes the place of the one that is there.
    pub(crate) fn give_key(&self, it: &Fixture) {
        fs::copy(self.repository.git_dir.join("git-fast.key"), it.key()).expect("both have one");
    }
}
