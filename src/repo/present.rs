//! Whether objects are there at all: looked up in the lists of names, without opening a pack. (gix reads the whole of a
//! pack's index before it answers, which takes longer than a page of history.)

use gix::hash::{ObjectId, oid};
use gix::objs::Exists as _;

use super::abbrev::loose::Loose;
use super::abbrev::packs::Packs;
use super::abbrev::table::Table;
use super::config::Config;
use super::object_dirs::ObjectDirs;
use super::{NotExact, Repo};

/// The objects of a repository by name.
pub struct Present<'a> {
    repo: &'a Repo,
    tables: Vec<Table>,
    loose: Loose,
}

impl<'a> Present<'a> {
    /// Lists packs.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn open(repo: &'a Repo, config: &Config) -> Result<Self, NotExact> {
        let dirs = ObjectDirs::find(&repo.common_dir.join("objects"), None)?;
        let hash = repo.git.object_hash();
        let use_multi_index = config.bool("core.multiPackIndex")?.unwrap_or(true);
        let mut packs = Packs::default();
        for dir in dirs.all() {
            packs.add(&dir.join("pack"), hash, use_multi_index, &[])?;
        }
        Ok(Present { repo, tables: packs.tables, loose: Loose::new(&dirs, hash) })
    }

    /// A tip that the index knows may have been lost since: by a damaged repository, or by alternates that went away.
    /// git would not list what a lost commit leads to.
    ///
    /// # Errors
    /// When one of them is not there any more.
    pub fn check(&self, tips: &[ObjectId]) -> Result<(), NotExact> {
        match tips.iter().find(|tip| !self.contains(tip)) {
            Some(lost) => Err(format!("object {lost} is missing").into()),
            None => Ok(()),
        }
    }

    fn contains(&self, id: &oid) -> bool {
        self.tables.iter().any(|table| table.contains(id))
            || self.loose.contains(id)
            // Packs may have been replaced meanwhile.
            || self.repo.git.objects.exists(id)
    }
}
