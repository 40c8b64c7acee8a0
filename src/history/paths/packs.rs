//! The packs of a repository, for reading single entries. Nothing here is needed for correctness: whatever cannot be
//! read this way is left to the object database.

use std::sync::Arc;

use gix::hash::{Kind, oid};
use gix::odb::pack::{Bundle, data, index};

use crate::history::packs::bundles;

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pack: usize,
    /// Offset of the entry in the pack.
    offset: data::Offset,
}

impl Place {
    /// The base of the delta in `entry`, which is here, if it is that of an `OfsDelta`.
    pub(super) fn base(self, entry: &data::Entry, distance: u64) -> Option<Place> {
        Some(Place { offset: entry.checked_base_pack_offset(distance)?, ..self })
    }
}

/// One pack.
struct Pack {
    index: Arc<index::File>,
    data: data::File,
}

/// All packs, alternates' included.
#[derive(Default)]
pub(super) struct Packs {
    packs: Vec<Pack>,
}

impl Packs {
    /// Opens what can be opened.
    pub(super) fn open(store: &gix::odb::Store, kind: Kind) -> Packs {
        let pack = |bundle: Bundle| Pack { index: Arc::new(bundle.index), data: bundle.pack };
        Packs { packs: bundles(store, kind).map(pack).collect() }
    }

    /// The same packs, mapped anew: pages that have been looked at count as memory as long as they are mapped. `None`
    /// when one of them has gone.
    pub(super) fn again(&self, kind: Kind) -> Option<Packs> {
        let again = |pack: &Pack| {
            let data = data::File::at(pack.data.path(), kind).ok()?;
            Some(Pack { index: Arc::clone(&pack.index), data })
        };
        Some(Packs { packs: self.packs.iter().map(again).collect::<Option<_>>()? })
    }

    /// Whether a [`Place`] means the same in both.
    pub(super) fn are(&self, other: &Packs) -> bool {
        self.packs.len() == other.packs.len()
            && self.packs.iter().zip(&other.packs).all(|(pack, other)| Arc::ptr_eq(&pack.index, &other.index))
    }

    /// Where an object is. The pack of `hint` is looked into first.
    pub(super) fn find(&self, id: &oid, hint: usize) -> Option<(Place, usize)> {
        let first = std::iter::once(hint).filter(|hint| *hint < self.packs.len());
        let others = (0..self.packs.len()).filter(|pack| *pack != hint);
        first.chain(others).find_map(|pack| Some((self.find_in(Place { pack, offset: 0 }, id)?, pack)))
    }

    /// Where an object is in the pack of another one.
    pub(super) fn find_in(&self, other: Place, id: &oid) -> Option<Place> {
        let index = &self.packs.get(other.pack)?.index;
        Some(Place { offset: index.pack_offset_at_index(index.lookup(id)?), ..other })
    }

    /// The header of an entry.
    pub(super) fn entry(&self, place: Place) -> Option<data::Entry> {
        let data = &self.packs.get(place.pack)?.data;
        // Beyond its end, the reader of packs panics.
        (place.offset < data.pack_end() as u64).then(|| data.entry(place.offset).ok())?
    }

    /// The compressed bytes of an entry, and what follows them.
    pub(super) fn data(&self, place: Place, entry: &data::Entry) -> Option<&[u8]> {
        let data = &self.packs.get(place.pack)?.data;
        data.entry_slice(entry.data_offset..data.pack_end() as u64)
    }
}
