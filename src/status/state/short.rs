//! Names of commits as git abbreviates them.

use gix::ObjectId;

use crate::repo::abbrev::{Abbrev, AbbrevLength};
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};

/// Abbreviates; what it needs for that is opened when it is needed.
pub(super) struct Short<'a> {
    pub(super) repo: &'a Repo,
    pub(super) config: &'a Config,
    pub(super) git: &'a GitProgram,
    pub(super) head: Option<ObjectId>,
    pub(super) open: Option<Abbrev>,
}

impl Short<'_> {
    pub(super) fn of(&mut self, id: &ObjectId) -> Result<String, NotExact> {
        if self.open.is_none() {
            let length = AbbrevLength::from_config(self.config)?;
            let read: Vec<&gix::oid> = self.head.iter().map(|id| id.as_ref()).collect();
            self.open = Some(Abbrev::new(self.repo.object_names(self.config)?, length, &read, self.git)?);
        }
        let length = self.open.as_ref().map_or(0, |abbrev| abbrev.len(id));
        Ok(id.to_hex_with_len(length).to_string())
    }
}
