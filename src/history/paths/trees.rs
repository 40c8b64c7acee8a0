//! Reads trees. Those in packs are read here, delta by delta, and each step is kept: with the trees of history in
//! order, a tree's delta base, or the one that it is the base of, is asked for next. Whatever cannot be read this way
//! is left to the object database.

use std::rc::Rc;
use std::sync::Arc;

use gix::hash::{ObjectId, oid};
use gix::objs::Find as _;
use gix::odb::pack::data::Entry;
use gix::odb::pack::data::entry::Header;
use smallvec::SmallVec;

use super::cache::Cache;
use super::delta::{LARGE, apply};
use super::packs::{Packs, Place};

/// git makes no longer chains of deltas.
const MAX_CHAIN: usize = 4096;
/// Inflating is slow at the end of its output buffer, so that is longer by this.
const SLACK: usize = 512;
/// After so many trees turned out to be missing, packs are no longer looked for anew when one is.
const PATIENCE: u64 = 64;

/// Reads trees, for one thread.
pub(super) struct Trees {
    packs: Arc<Packs>,
    /// In which pack the last tree was.
    last_pack: usize,
    objects: gix::OdbHandle,
    packed: Cache<Place>,
    other: Cache<ObjectId>,
    inflate: gix::zlib::Inflate,
    scratch: Vec<u8>,
    missing: u64,
}

impl Trees {
    /// A reader that keeps at most `limit` bytes of trees. `objects` must not resolve replacement objects.
    pub(super) fn new(objects: gix::OdbHandle, limit: usize) -> Trees {
        Trees {
            packs: Arc::new(Packs::default()),
            last_pack: 0,
            objects,
            packed: Cache::new(limit / 8 * 7),
            other: Cache::new(limit / 8),
            inflate: Default::default(),
            scratch: Vec::new(),
            missing: 0,
        }
    }

    /// Goes on with packs that have been opened (anew).
    pub(super) fn use_packs(&mut self, packs: Arc<Packs>) {
        if !self.packs.are(&packs) {
            self.packed.clear();
        }
        self.packs = packs;
    }

    /// The bytes of a tree; `None` when it is missing, damaged or no tree.
    pub(super) fn load(&mut self, id: &oid) -> Option<Rc<Vec<u8>>> {
        let packs = Arc::clone(&self.packs);
        if let Some((place, pack)) = packs.find(id, self.last_pack) {
            self.last_pack = pack;
            if let Some(tree) = self.packed(&packs, place) {
                return Some(tree);
            }
        }
        self.other(id)
    }

    fn packed(&mut self, packs: &Packs, place: Place) -> Option<Rc<Vec<u8>>> {
        let mut chain: SmallVec<[(Place, Entry); 16]> = SmallVec::new();
        let mut at = place;
        let mut tree = loop {
            if let Some(tree) = self.packed.get(at) {
                break tree;
            }
            let entry = packs.entry(at)?;
            let base = match &entry.header {
                Header::Tree => {
                    let tree = Rc::new(self.inflate(packs, at, &entry)?.to_vec());
                    self.packed.insert(at, Rc::clone(&tree));
                    break tree;
                }
                Header::OfsDelta { base_distance } => at.base(&entry, *base_distance)?,
                Header::RefDelta { base_id } => packs.find_in(at, base_id)?,
                Header::Commit | Header::Blob | Header::Tag => return None,
            };
            if chain.len() == MAX_CHAIN {
                return None;
            }
            chain.push((at, entry));
            at = base;
        };
        while let Some((at, entry)) = chain.pop() {
            let delta = self.inflate(packs, at, &entry)?;
            tree = Rc::new(apply(&tree, delta)?);
            self.packed.insert(at, Rc::clone(&tree));
        }
        Some(tree)
    }

    fn inflate(&mut self, packs: &Packs, at: Place, entry: &Entry) -> Option<&[u8]> {
        if entry.decompressed_size > LARGE {
            return None;
        }
        let size = entry.decompressed_size as usize;
        if self.scratch.len() < size + SLACK {
            self.scratch.resize(size + SLACK, 0);
        }
        self.inflate.reset();
        let input = packs.data(at, entry)?;
        let (status, _, len) = self.inflate.once(input, &mut self.scratch[..size + SLACK]).ok()?;
        (status == gix::zlib::Status::StreamEnd && len == size).then_some(&self.scratch[..size])
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
        if object.kind != gix::objs::Kind::Tree {
            return None;
        }
        let len = object.data.len();
        bytes.truncate(len);
        let tree = Rc::new(bytes);
        self.other.insert(id.to_owned(), Rc::clone(&tree));
        Some(tree)
    }
}
