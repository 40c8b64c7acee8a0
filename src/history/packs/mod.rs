//! The packs of a repository, for reading single entries. Nothing here is needed for correctness: whatever cannot be
//! read this way is left to the object database.
//!
//! gix has readers of packs, too. A build looks at nearly all of a pack, though, and at most of its parts in no order
//! that the kernel could guess. Reading it through a mapping, as gix does, lets all of it count as memory of the
//! process, and each look costs a page fault that brings 64 KiB. So the bytes of entries are read here as from any file
//! ([`reader`]); only the indices are mapped.

mod cache;
mod delta;
mod reader;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use gix::hash::{Kind, oid};
use gix::odb::pack::{data, index};

pub(super) use cache::Cache;
pub(crate) use delta::apply as apply_delta;
pub(super) use reader::Reader;

/// So many packs are kept open, the largest. (By default a process may have 1,024 files open.)
const MAX_PACKS: usize = 256;

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// Number of the pack.
    pub(super) pack: usize,
    /// Offset of the entry in the pack.
    pub(super) offset: data::Offset,
}

/// One pack.
struct Pack {
    index: index::File,
    data: File,
    /// Where its entries end.
    end: u64,
}

impl Pack {
    fn open(index: &Path, kind: Kind) -> Option<Pack> {
        let data = File::open(index.with_extension("pack")).ok()?;
        let end = data.metadata().ok()?.len().checked_sub(kind.len_in_bytes() as u64)?;
        let mut header = [0; data::header::SIZE];
        data.read_exact_at(&mut header, 0).ok()?;
        data::header::decode(&header).ok()?;
        Some(Pack { index: index::File::at(index, kind).ok()?, data, end })
    }
}

/// All packs, alternates' included.
pub(super) struct Packs {
    kind: Kind,
    packs: Vec<Pack>,
}

impl Packs {
    /// Opens what can be opened.
    pub(super) fn open(store: &gix::odb::Store, kind: Kind) -> Packs {
        let mut dirs = vec![store.path().to_owned()];
        dirs.extend(store.alternate_db_paths().unwrap_or_default());
        let entries = dirs.into_iter().filter_map(|dir| std::fs::read_dir(dir.join("pack")).ok()).flatten();
        let paths = entries.flatten().map(|entry| entry.path());
        let indices = paths.filter(|path| path.extension().is_some_and(|ext| ext == "idx"));
        let size = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
        let mut indices: Vec<_> = indices.map(|path| (Reverse(size(&path)), path)).collect();
        indices.sort_unstable();
        indices.truncate(MAX_PACKS);
        Packs { kind, packs: indices.iter().filter_map(|(_, path)| Pack::open(path, kind)).collect() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.packs.len()
    }

    /// The index of a pack.
    pub(super) fn index(&self, pack: usize) -> Option<&index::File> {
        Some(&self.packs.get(pack)?.index)
    }

    /// Where an object is. The pack of `hint` is looked into first.
    pub(super) fn find(&self, id: &oid, hint: usize) -> Option<Place> {
        let first = std::iter::once(hint).filter(|hint| *hint < self.packs.len());
        let others = (0..self.packs.len()).filter(|pack| *pack != hint);
        first.chain(others).find_map(|pack| self.find_in(pack, id))
    }

    fn find_in(&self, pack: usize, id: &oid) -> Option<Place> {
        let index = self.index(pack)?;
        Some(Place { pack, offset: index.pack_offset_at_index(index.lookup(id)?) })
    }

    /// Reads what begins at `place`, as much as `buf` takes and the entries of the pack have. Returns how much that is.
    fn read(&self, place: Place, buf: &mut [u8]) -> Option<usize> {
        let Pack { data, end, .. } = self.packs.get(place.pack)?;
        let len = (buf.len() as u64).min(end.checked_sub(place.offset)?) as usize;
        data.read_exact_at(&mut buf[..len], place.offset).ok()?;
        Some(len)
    }
}
