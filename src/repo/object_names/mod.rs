//! The names of all objects of a repository, packed and loose, alternates included: which are there, how many, and how
//! many digits they share. The objects themselves are not read here. (gix reads the whole of a pack's index before it
//! answers, which takes longer than a page of history.)

use gix::hash::{Kind, ObjectId, oid};
use gix::objs::Exists as _;

mod loose;
mod packs;
mod table;

use loose::Loose;
use packs::Packs;
use table::Table;

use super::config::Config;
use super::object_dirs::ObjectDirs;
use super::{NotExact, Repo};

/// The objects of a repository by name.
pub struct ObjectNames {
    packs: Packs,
    loose: Loose,
    hash: Kind,
}

impl ObjectNames {
    /// Lists packs and opens their indices.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn open(dirs: &ObjectDirs, hash: Kind, config: &Config) -> Result<Self, NotExact> {
        let use_multi_index = config.bool("core.multiPackIndex")?.unwrap_or(true);
        let packs = Packs::open(dirs.all(), hash, use_multi_index)?;
        Ok(ObjectNames { packs, loose: Loose::new(dirs, hash), hash })
    }

    /// How the names are made.
    pub fn hash(&self) -> Kind {
        self.hash
    }

    /// Stands for the packs that there are.
    pub fn identity(&self) -> &blake3::Hash {
        &self.packs.identity
    }

    /// A tip that the index knows may have been lost since: by a damaged repository, or by alternates that went away.
    /// git would not list what a lost commit leads to.
    ///
    /// # Errors
    /// When one of them is not there any more.
    pub fn check(&self, repo: &Repo, tips: &[ObjectId]) -> Result<(), NotExact> {
        // Packs may have been replaced meanwhile: gix looks once more.
        for tip in tips.iter().filter(|tip| !self.contains(tip)) {
            if !repo.objects()?.exists(tip) {
                return Err(format!("object {tip} is missing").into());
            }
        }
        Ok(())
    }

    fn contains(&self, id: &oid) -> bool {
        self.packs.tables.iter().any(|table| table.contains(id)) || self.loose.contains(id)
    }

    /// How many packed objects there are. One that is in several packs counts in each, but for those that a multi-pack-index
    /// has in common.
    pub fn count(&self) -> u64 {
        self.packs.tables.iter().map(Table::count).sum()
    }

    /// The fewest and the most packed objects that git may count when it has read these objects before.
    ///
    /// With a multi-pack-index, git counts its objects and *again* those of each of its packs that it has happened to
    /// open before.
    ///
    /// # Errors
    /// When the index of such a pack can't be read.
    pub fn counted_twice(&self, read_before: &[&oid]) -> Result<(u64, u64), NotExact> {
        self.packs.counted_twice(self.hash, read_before)
    }

    /// To be called with many names before [`ObjectNames::shared_digits()`] is asked about each, which is quicker then.
    pub fn touch(&self, ids: &[&oid]) {
        self.packs.tables.iter().for_each(|table| table.touch(ids));
    }

    /// The most leading digits that any other object shares with `id`, which need not exist; possibly 0 instead of 1.
    pub fn shared_digits(&self, id: &oid) -> usize {
        let packed = self.packs.tables.iter().map(|table| table.shared_digits(id)).max().unwrap_or(0);
        packed.max(self.loose_shared_digits(id))
    }

    /// For each of `ids` that shares at least `least` digits with another packed object: which it is, and how many. May
    /// say it several times: the largest counts. Quickest where they are many neighbours, in order.
    pub fn crowded(&self, ids: &[&oid], least: usize) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        self.packs
            .tables
            .iter()
            .for_each(|table| table.crowded(ids, least, |at, shared| all.push((at, shared))));
        all
    }

    /// What [`ObjectNames::shared_digits()`] says, among loose objects.
    pub fn loose_shared_digits(&self, id: &oid) -> usize {
        self.loose.shared_digits(id)
    }
}
