//! Runs of neighbouring entries of a pack, in the order in which they lie on disk.
//!
//! git writes the commits of a pack together and most recent first, which is nearly the order in which a walk needs
//! them (`git fast-import` writes them in exactly the opposite order). So when a walk comes to a commit in a pack, the
//! entries around it are worth decoding at once: many threads can do that without waiting for one another's parents.

use std::path::Path;
use std::sync::OnceLock;

use gix::hash::{Kind, oid};
use gix::objs;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::index;

use super::packs::{Packs, Place, Reader};

/// How many neighbouring entries are read at once.
const CHUNK: u32 = 256;
/// Commits larger than this are left to the object database.
const LARGE: u64 = 1 << 20;
/// How much of a pack is read at once: about so long is a run of commits.
const WINDOW: usize = 64 << 10;
/// How much is read at once of a delta or its base, which may be anywhere.
const DELTA_WINDOW: usize = 2 << 10;
/// How many bytes of such bases each thread keeps.
const CACHE: usize = 2 << 20;

/// The `chunk`th run of neighbouring entries in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Chunk {
    pack: usize,
    chunk: u32,
}

impl Chunk {
    /// The run that follows or, with `back`, precedes.
    pub(super) fn neighbour(self, back: bool) -> Option<Chunk> {
        let chunk = if back { self.chunk.checked_sub(1)? } else { self.chunk.checked_add(1)? };
        Some(Chunk { chunk, ..self })
    }
}

/// The runs of all packs.
pub(super) struct Runs {
    packs: Packs,
    /// For each pack the entry numbers (as in the `.idx`, by name) in order of offset.
    by_offset: Vec<OnceLock<Vec<u32>>>,
}

/// What a thread needs to decode runs.
pub(super) struct Decoder<'a> {
    whole: Reader<'a>,
    deltas: Reader<'a>,
}

impl Runs {
    /// Opens the packs that can be opened.
    pub(super) fn open(store: &gix::odb::Store, kind: Kind) -> Runs {
        let packs = Packs::open(store, kind);
        let by_offset = (0..packs.len()).map(|_| OnceLock::new()).collect();
        Runs { packs, by_offset }
    }

    /// The run of entries in which a commit is.
    pub(super) fn locate(&self, id: &oid) -> Option<Chunk> {
        let Place { pack, offset } = self.packs.find(id, 0)?;
        let index = self.packs.index(pack)?;
        let at = self.by_offset(pack, index).partition_point(|other| offset_of(index, *other) < offset);
        Some(Chunk { pack, chunk: at as u32 / CHUNK })
    }

    /// True when there is such a run.
    pub(super) fn has(&self, chunk: Chunk) -> bool {
        self.packs.index(chunk.pack).is_some_and(|index| !self.entries(chunk, index).is_empty())
    }

    /// For a thread that decodes runs.
    pub(super) fn decoder(&self) -> Decoder<'_> {
        Decoder {
            whole: Reader::new(&self.packs, objs::Kind::Commit, WINDOW, 0),
            deltas: Reader::new(&self.packs, objs::Kind::Commit, DELTA_WINDOW, CACHE),
        }
    }

    /// Gives name and bytes of commits of a run to `each`, those first that are no deltas. True when most entries of the
    /// run are commits, so that the run that follows is worth a look.
    pub(super) fn decode(
        &self,
        chunk: Chunk,
        decoder: &mut Decoder<'_>,
        mut each: impl FnMut(&oid, &[u8]),
    ) -> bool {
        let Some(index) = self.packs.index(chunk.pack) else { return false };
        let entries = self.entries(chunk, index);
        let mut commits = 0;
        let mut deltas = Vec::new();
        for &number in entries {
            let place = Place { pack: chunk.pack, offset: offset_of(index, number) };
            let Some(entry) = decoder.whole.entry(place) else { continue };
            match entry.header {
                Header::Commit if entry.decompressed_size <= LARGE => {
                    let Some(raw) = decoder.whole.inflate(place, &entry) else { continue };
                    commits += 1;
                    each(index.oid_at_index(number), raw);
                }
                Header::OfsDelta { .. } | Header::RefDelta { .. } => deltas.push((number, place)),
                Header::Commit | Header::Tree | Header::Blob | Header::Tag => {}
            }
        }
        // What a delta makes is known at the end of its chain. Where there is more than commits, that is far to go for
        // what mostly turns out to be something else.
        if commits * 2 > entries.len() {
            for (number, place) in deltas {
                let Some(raw) = decoder.deltas.object(place) else { continue };
                commits += 1;
                each(index.oid_at_index(number), &raw);
            }
        }
        commits * 2 > entries.len()
    }

    fn entries(&self, chunk: Chunk, index: &index::File) -> &[u32] {
        let all = self.by_offset(chunk.pack, index);
        let start = (chunk.chunk as usize).saturating_mul(CHUNK as usize).min(all.len());
        let entries = start..all.len().min(start + CHUNK as usize);
        &all[entries]
    }

    fn by_offset(&self, pack: usize, index: &index::File) -> &[u32] {
        let Some(by_offset) = self.by_offset.get(pack) else { return &[] };
        by_offset.get_or_init(|| {
            let count = index.num_objects();
            read_rev(&index.path().with_extension("rev"), count).unwrap_or_else(|| {
                let mut entries: Vec<(u64, u32)> =
                    (0..count).map(|entry| (offset_of(index, entry), entry)).collect();
                entries.sort_unstable();
                entries.into_iter().map(|(_, entry)| entry).collect()
            })
        })
    }
}

/// The offset of an entry; one that is in no pack where the reverse index is wrong about there being such an entry.
fn offset_of(index: &index::File, entry: u32) -> u64 {
    if entry < index.num_objects() { index.pack_offset_at_index(entry) } else { u64::MAX }
}

/// Reads a reverse index (gitformat-pack(5)): a header of 12 bytes, then the entry numbers in order of offset as
/// big-endian numbers, then two checksums. Its contents are not trusted: a wrong order only costs time.
fn read_rev(path: &Path, count: u32) -> Option<Vec<u32>> {
    let bytes = std::fs::read(path).ok()?;
    let entries = bytes.strip_prefix(b"RIDX\0\0\0\x01")?.get(4..4 + count as usize * 4)?;
    Some(entries.chunks_exact(4).filter_map(|entry| entry.try_into().ok()).map(u32::from_be_bytes).collect())
}
