//! Reads entries, for one thread. Objects that are made from deltas are kept, and so is each step of making them: the
//! base of a delta, or the object that it is the base of, is often asked for next.

use std::rc::Rc;

use gix::hash::oid;
use gix::objs::Kind;
use gix::odb::pack::data::Entry;
use gix::odb::pack::data::entry::Header;
use gix::zlib::{Inflate, Status};
use smallvec::SmallVec;

use super::cache::Cache;
use super::delta::{LARGE, apply};
use super::{Packs, Place};

/// git makes no longer chains of deltas.
const MAX_CHAIN: usize = 4096;
/// Inflating is slow at the end of its output buffer, so that is longer by this.
const SLACK: usize = 512;
/// Room for more, in bytes, is given back when it has been used.
const KEEP: usize = 1 << 20;
/// The header of an entry is not longer: type and length, and the distance or name of a delta's base.
const HEADER: usize = 64;

/// See the module.
pub(in crate::history) struct Reader<'a> {
    packs: &'a Packs,
    kind: Kind,
    window: Window,
    /// The pack in which the last object was found.
    last_pack: usize,
    objects: Cache<Place>,
    inflate: Inflate,
    out: Vec<u8>,
}

impl<'a> Reader<'a> {
    /// One for objects of this kind, which reads at least `window` bytes at once and keeps at most `limit` bytes of
    /// objects.
    pub(in crate::history) fn new(packs: &'a Packs, kind: Kind, window: usize, limit: usize) -> Reader<'a> {
        let window =
            Window { at: Place { pack: usize::MAX, offset: 0 }, bytes: Vec::new(), len: 0, least: window };
        let (objects, inflate) = (Cache::new(limit), Inflate::default());
        Reader { packs, kind, window, last_pack: 0, objects, inflate, out: Vec::new() }
    }

    /// What an entry says about itself.
    pub(in crate::history) fn entry(&mut self, place: Place) -> Option<Entry> {
        let bytes = self.window.read(self.packs, place, HEADER)?;
        Entry::from_bytes(bytes, place.offset, self.packs.kind).ok()
    }

    /// The object of this name, if it is in a pack and of the kind.
    pub(in crate::history) fn find(&mut self, id: &oid) -> Option<Rc<Vec<u8>>> {
        let place = self.packs.find(id, self.last_pack)?;
        self.last_pack = place.pack;
        self.object(place)
    }

    /// The object at `place`, if it is of the kind.
    pub(in crate::history) fn object(&mut self, place: Place) -> Option<Rc<Vec<u8>>> {
        let mut chain: SmallVec<[(Place, Entry); 16]> = SmallVec::new();
        let mut at = place;
        let mut object = loop {
            if let Some(object) = self.objects.get(at) {
                break object;
            }
            let entry = self.entry(at)?;
            let offset = match &entry.header {
                Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(*base_distance)?,
                Header::RefDelta { base_id } => self.packs.find_in(at.pack, base_id)?.offset,
                whole if whole.as_kind() == Some(self.kind) => {
                    let object = Rc::new(self.inflate(at, &entry)?.to_vec());
                    self.objects.insert(at, Rc::clone(&object));
                    break object;
                }
                _ => return None,
            };
            if chain.len() == MAX_CHAIN {
                return None;
            }
            chain.push((at, entry));
            at.offset = offset;
        };
        while let Some((at, entry)) = chain.pop() {
            let delta = self.inflate(at, &entry)?;
            object = Rc::new(apply(&object, delta)?);
            self.objects.insert(at, Rc::clone(&object));
        }
        Some(object)
    }

    /// What an entry holds: an object, or a delta.
    pub(in crate::history) fn inflate(&mut self, place: Place, entry: &Entry) -> Option<&[u8]> {
        let size = usize::try_from(entry.decompressed_size).ok().filter(|size| *size <= LARGE)?;
        make_room(&mut self.out, size + SLACK);
        let header = (entry.data_offset - place.offset) as usize;
        // What does not get smaller takes a little more. If that is too little, the object database reads it.
        let input = self.window.read(self.packs, place, header + size + size / 16 + HEADER)?.get(header..)?;
        self.inflate.reset();
        let (status, _, len) = self.inflate.once(input, &mut self.out[..size + SLACK]).ok()?;
        (status == Status::StreamEnd && len == size).then_some(&self.out[..size])
    }
}

/// Sees to it that `buf` has at least `len` bytes, and not many more for long.
fn make_room(buf: &mut Vec<u8>, len: usize) {
    if buf.len() < len {
        buf.resize(len, 0);
    } else if buf.len() > len.max(KEEP) {
        buf.truncate(len.max(KEEP));
        buf.shrink_to_fit();
    }
}

/// The part of a pack that was read last.
struct Window {
    at: Place,
    bytes: Vec<u8>,
    len: usize,
    /// So much is read at least.
    least: usize,
}

impl Window {
    /// The `len` bytes at `place` and what else is known of those that follow; less at the end of a pack.
    fn read(&mut self, packs: &Packs, place: Place, len: usize) -> Option<&[u8]> {
        if let Some(start) = self.has(place, len) {
            return self.bytes.get(start..self.len);
        }
        let len = len.max(self.least);
        make_room(&mut self.bytes, len);
        // Should reading fail, nothing is known.
        self.len = 0;
        self.len = packs.read(place, &mut self.bytes[..len])?;
        self.at = place;
        self.bytes.get(..self.len)
    }

    /// Where in the window such bytes begin.
    fn has(&self, place: Place, len: usize) -> Option<usize> {
        let start = place.offset.checked_sub(self.at.offset).filter(|_| place.pack == self.at.pack)?;
        let start = usize::try_from(start).ok()?;
        // A part that ends where the pack ends is read anew. It is short.
        (start.checked_add(len)? <= self.len).then_some(start)
    }
}
