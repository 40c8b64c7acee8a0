//! Reads trees: those in packs with a reader of our own, which keeps what it has decoded. With the trees of history in
//! order, a tree's delta base, or the one that it is the base of, is asked for next. Whatever cannot be read this way
//! is left to the object database.

use std::rc::Rc;

use gix::hash::{ObjectId, oid};
use gix::objs::{Find as _, Kind};

use crate::history::packs::{Cache, Packs, Reader};

/// How much of a pack is read at once: most trees, as deltas or compressed, are shorter.
const WINDOW: usize = 4 << 10;
/// After so many trees turned out to be missing, packs are no longer looked for anew when one is.
const PATIENCE: u64 = 64;

/// Reads trees, for one thread.
pub(super) struct Trees<'a> {
    packed: Reader<'a>,
    objects: gix::OdbHandle,
    other: Cache<ObjectId>,
    missing: u64,
}

impl<'a> Trees<'a> {
    /// A reader that keeps at most `limit` bytes of trees. `objects` must not resolve replacement objects.
    pub(super) fn new(packs: &'a Packs, objects: gix::OdbHandle, limit: usize) -> Trees<'a> {
        Trees {
            packed: Reader::new(packs, Kind::Tree, WINDOW, limit / 8 * 7),
            objects,
            other: Cache::new(limit / 8),
            missing: 0,
        }
    }

    /// The bytes of a tree; `None` when it is missing, damaged or no tree.
    pub(super) fn load(&mut self, id: &oid) -> Option<Rc<Vec<u8>>> {
        self.packed.find(id).or_else(|| self.other(id))
    }

    /// A tree that is not in a pack, or not readable there.
    fn other(&mut self, id: &oid) -> Option<Rc<Vec<u8>>> {
        if let Some(tree) = self.other.get(id.to_owned()) {
            return Some(tree);
        }
        if *id == *ObjectId::empty_tree(id.kind()) {
            // git knows it without having it.
            return Some(Rc::default());
        }
        let mut bytes = Vec::new();
        let Ok(Some(object)) = self.objects.try_find(id, &mut bytes) else {
            self.missing += 1;
            if self.missing == PATIENCE {
                self.objects.refresh_never();
            }
            return None;
        };
        if object.kind != Kind::Tree {
            return None;
        }
        let len = object.data.len();
        bytes.truncate(len);
        let tree = Rc::new(bytes);
        self.other.insert(id.to_owned(), Rc::clone(&tree));
        Some(tree)
    }
}
