//! The few commits whose names share so many digits with those of other packed objects that they can't be abbreviated
//! like all others. To find them every name of every pack is looked at; so they are remembered in a file of the
//! common git directory, for one set of packs and the commits of one segment of the index.

use std::path::PathBuf;

use gix::hash::{Kind, ObjectId, oid};

use crate::repo::remembered;

/// The file in the common git directory.
const FILE: &str = "git-fast.abbrevs";
/// How it begins; another layout gets another number.
const FORMAT: &[u8] = b"git-fast abbrevs 1\n";
/// With more of them, abbreviations are shorter than git would choose.
const MOST: usize = 1 << 12;
/// So many later commits are asked about one by one.
const MOST_LATER: usize = 1 << 12;

/// Those commits, with the most digits that each shares with another packed object.
pub(super) struct Crowded {
    /// In order of their names.
    commits: Vec<(ObjectId, usize)>,
    /// In order of their names: commits of which is not known whether they belong here.
    later: Vec<ObjectId>,
}

impl Crowded {
    /// From commits in any order, some of them several times: the largest number counts.
    pub(super) fn new(mut commits: Vec<(ObjectId, usize)>) -> Self {
        commits.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        commits.dedup_by_key(|(id, _)| *id);
        Crowded { commits, later: Vec::new() }
    }

    /// How many digits the commit shares with another packed object, 0 if they are few. `None` when that is not known.
    pub(super) fn shared_digits(&self, id: &oid) -> Option<usize> {
        if !self.later.is_empty() && self.later.binary_search_by(|other| (**other).cmp(id)).is_ok() {
            return None;
        }
        let found = self.commits.binary_search_by(|(other, _)| (**other).cmp(id));
        Some(found.map_or(0, |at| self.commits[at].1))
    }
}

/// Where they are remembered, and for what.
pub(super) struct Memo {
    file: PathBuf,
    label: Vec<u8>,
    later: Vec<ObjectId>,
    hash: Kind,
}

impl Memo {
    /// `packs` stands for the packs, `segment` for the commits of the index that are remembered; `later` has its other
    /// commits. `None` where those are too many.
    pub(super) fn new(
        dir: &std::path::Path,
        hash: Kind,
        packs: &blake3::Hash,
        segment: &[u8; 32],
        later: impl Iterator<Item = ObjectId>,
    ) -> Option<Memo> {
        let later: Vec<ObjectId> = later.take(MOST_LATER + 1).collect();
        let label = [FORMAT, packs.as_bytes(), segment].concat();
        (later.len() <= MOST_LATER).then(|| Memo { file: dir.join(FILE), label, later, hash })
    }

    /// Those that share at least `least` digits, if that is remembered.
    pub(super) fn recall(&self, least: usize) -> Option<Crowded> {
        let bytes = remembered::read(&self.file, &self.label)?;
        let (&known_from, entries) = bytes.split_first()?;
        let width = self.hash.len_in_bytes() + 1;
        if usize::from(known_from) > least || entries.len() % width != 0 {
            return None;
        }
        let entry = |bytes: &[u8]| {
            let (&shared, id) = bytes.split_last()?;
            Some((ObjectId::try_from(id).ok()?, usize::from(shared)))
        };
        let commits: Vec<_> = entries.chunks_exact(width).map(entry).collect::<Option<_>>()?;
        let mut later = self.later.clone();
        later.sort_unstable();
        Some(Crowded { later, ..Crowded::new(commits) })
    }

    /// Remembers all that share at least `least` digits.
    pub(super) fn keep(&self, crowded: &Crowded, least: usize) {
        let Ok(least) = u8::try_from(least) else { return };
        if crowded.commits.len() > MOST {
            return;
        }
        let mut bytes = vec![least];
        for (id, shared) in &crowded.commits {
            bytes.extend_from_slice(id.as_bytes());
            bytes.push(u8::try_from(*shared).unwrap_or(u8::MAX));
        }
        remembered::write(&self.file, &self.label, &bytes);
    }
}
