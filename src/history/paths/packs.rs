//! Packs as a place to find trees in.

use std::path::Path;

use gix::hash::{Kind, oid};
use gix::odb::pack::{Bundle, data};

use crate::history::packs::bundles;

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) pack: usize,
    /// Offset of the entry in the pack.
    pub(super) offset: data::Offset,
}

/// All packs, alternates' included.
#[derive(Default)]
pub(super) struct Packs {
    packs: Vec<Bundle>,
}

impl Packs {
    /// Opens what can be opened.
    pub(super) fn open(store: &gix::odb::Store, kind: Kind) -> Packs {
        Packs { packs: bundles(store, kind).collect() }
    }

    /// Whether these are the same packs in the same order, so that a [`Place`] means the same in both.
    pub(super) fn are(&self, other: &Packs) -> bool {
        let paths = |packs: &'_ Packs| -> Vec<std::path::PathBuf> {
            packs.packs.iter().map(|pack| Path::to_owned(pack.index.path())).collect()
        };
        paths(self) == paths(other)
    }

    /// Where an object is.
    pub(super) fn find(&self, id: &oid) -> Option<Place> {
        (0..self.packs.len()).find_map(|pack| self.find_in(Place { pack, offset: 0 }, id))
    }

    /// Where an object is in the pack of another one.
    pub(super) fn find_in(&self, other: Place, id: &oid) -> Option<Place> {
        let index = &self.packs.get(other.pack)?.index;
        Some(Place { offset: index.pack_offset_at_index(index.lookup(id)?), ..other })
    }

    /// The header of an entry.
    pub(super) fn entry(&self, place: Place) -> Option<data::Entry> {
        let pack = &self.packs.get(place.pack)?.pack;
        // Beyond its end, the reader of packs panics.
        (place.offset < pack.pack_end() as u64).then(|| pack.entry(place.offset).ok())?
    }

    /// The compressed bytes of an entry, and what follows them.
    pub(super) fn data(&self, place: Place, entry: &data::Entry) -> Option<&[u8]> {
        let pack = &self.packs.get(place.pack)?.pack;
        pack.entry_slice(entry.data_offset..pack.pack_end() as u64)
    }
}
