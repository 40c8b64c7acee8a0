//! The packs of a repository, read in the order in which their entries lie on disk.
//!
//! git writes the commits of a pack together and most recent first, which is nearly the order in which a walk needs
//! them (`git fast-import` writes them in exactly the opposite order). So when a walk comes to a commit in a pack, the entries around it are worth decoding at once: many threads
//! can do that without waiting for one another's parents. Nothing here is needed for correctness. Whatever cannot be
//! read this way (or is not in a pack) is left to the object database.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gix::hash::{Kind, oid};
use gix::odb::pack::cache::lru::StaticLinkedList;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{Bundle, data};

/// How many neighbouring entries are read at once.
const CHUNK: u32 = 256;

/// Commits larger than this are left to the object database.
const LARGE: usize = 1 << 20;
/// Inflating falls back to a slow loop for the last bytes of its output buffer, which would be a good part of an
/// ordinary commit. So the buffer is longer by this.
const SLACK: usize = 512;

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

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) pack: usize,
    /// Offset of the entry in the pack.
    pub(super) offset: data::Offset,
}

/// One pack.
struct Pack {
    bundle: Bundle,
    /// Entry numbers (as in the `.idx`, by name) in order of offset.
    by_offset: OnceLock<Vec<u32>>,
}

/// All packs, alternates' included.
#[derive(Default)]
pub(super) struct Packs {
    packs: Vec<Pack>,
}

/// What a thread needs to decode entries.
pub(super) struct Decoder {
    inflate: gix::zlib::Inflate,
    cache: StaticLinkedList<64>,
    buf: Vec<u8>,
}

impl Decoder {
    pub(super) fn new() -> Decoder {
        // Few commits are deltas, and their bases are close.
        Decoder { inflate: Default::default(), cache: StaticLinkedList::new(1 << 20), buf: Vec::new() }
    }
}

impl Packs {
    /// Opens what can be opened.
    pub(super) fn open(store: &gix::odb::Store, kind: Kind) -> Packs {
        let mut dirs = vec![store.path().to_owned()];
        dirs.extend(store.alternate_db_paths().unwrap_or_default());
        let mut packs = Vec::new();
        for dir in dirs {
            let Ok(entries) = std::fs::read_dir(dir.join("pack")) else { continue };
            let paths = entries.flatten().map(|entry| entry.path());
            for path in paths.filter(|path| path.extension().is_some_and(|ext| ext == "idx")) {
                if let Ok(bundle) = Bundle::at(&path, kind) {
                    packs.push(Pack { bundle, by_offset: OnceLock::new() });
                }
            }
        }
        Packs { packs }
    }

    /// Whether these are the same packs in the same order, so that a [`Place`] means the same in both.
    pub(super) fn are(&self, other: &Packs) -> bool {
        let paths = |packs: &Packs| -> Vec<PathBuf> {
            packs.packs.iter().map(|pack| pack.bundle.index.path().to_owned()).collect()
        };
        paths(self) == paths(other)
    }

    /// Where an object is.
    pub(super) fn find(&self, id: &oid) -> Option<Place> {
        (0..self.packs.len()).find_map(|pack| self.find_in(Place { pack, offset: 0 }, id))
    }

    /// Where an object is in the pack of another one.
    pub(super) fn find_in(&self, other: Place, id: &oid) -> Option<Place> {
        let index = &self.packs.get(other.pack)?.bundle.index;
        Some(Place { offset: index.pack_offset_at_index(index.lookup(id)?), ..other })
    }

    /// The header of an entry.
    pub(super) fn entry(&self, place: Place) -> Option<data::Entry> {
        let pack = &self.packs.get(place.pack)?.bundle.pack;
        // Beyond its end, the reader of packs panics.
        (place.offset < pack.pack_end() as u64).then(|| pack.entry(place.offset).ok())?
    }

    /// The compressed bytes of an entry, and what follows them.
    pub(super) fn data(&self, place: Place, entry: &data::Entry) -> Option<&[u8]> {
        let pack = &self.packs.get(place.pack)?.bundle.pack;
        pack.entry_slice(entry.data_offset..pack.pack_end() as u64)
    }

    /// The run of entries in which a commit is.
    pub(super) fn locate(&self, id: &oid) -> Option<Chunk> {
        self.packs.iter().enumerate().find_map(|(number, pack)| {
            let entry = pack.bundle.index.lookup(id)?;
            let offset = pack.bundle.index.pack_offset_at_index(entry);
            let at = pack.by_offset().partition_point(|other| pack.offset(*other) < offset);
            Some(Chunk { pack: number, chunk: at as u32 / CHUNK })
        })
    }

    /// True when there is such a run.
    pub(super) fn has(&self, chunk: Chunk) -> bool {
        self.packs.get(chunk.pack).is_some_and(|pack| !pack.entries(chunk.chunk).is_empty())
    }

    /// Gives name and bytes of each commit of a run to `each`, in order of offset. True when most entries of the run
    /// are commits, so that the run that follows is worth a look.
    pub(super) fn decode(
        &self,
        chunk: Chunk,
        decoder: &mut Decoder,
        mut each: impl FnMut(&oid, &[u8]),
    ) -> bool {
        let Some(pack) = self.packs.get(chunk.pack) else { return false };
        let entries = pack.entries(chunk.chunk);
        let total = entries.len();
        let mut commits = 0;
        for at in entries {
            let Some(&entry) = pack.by_offset().get(at) else { continue };
            if entry >= pack.bundle.index.num_objects() || !pack.is_commit(entry) {
                continue;
            }
            if let Some(raw) = pack.read(entry, decoder) {
                commits += 1;
                each(pack.bundle.index.oid_at_index(entry), raw);
            }
        }
        commits * 2 > total
    }
}

impl Pack {
    fn offset(&self, entry: u32) -> u64 {
        if entry < self.bundle.index.num_objects() {
            self.bundle.index.pack_offset_at_index(entry)
        } else {
            u64::MAX
        }
    }

    /// The bytes of a commit.
    fn read<'a>(&self, entry: u32, decoder: &'a mut Decoder) -> Option<&'a [u8]> {
        let Decoder { inflate, cache, buf } = decoder;
        let header = self.bundle.pack.entry(self.offset(entry)).ok()?;
        if header.header != Header::Commit {
            let (object, _) = self.bundle.get_object_by_index(entry, buf, inflate, cache).ok()?;
            return (object.kind == gix::objs::Kind::Commit).then_some(object.data);
        }
        let size = usize::try_from(header.decompressed_size).ok().filter(|size| *size <= LARGE)?;
        if buf.len() < size + SLACK {
            buf.resize(size + SLACK, 0);
        }
        let input = self.bundle.pack.entry_slice(header.data_offset..self.bundle.pack.pack_end() as u64)?;
        inflate.reset();
        let (status, _, len) = inflate.once(input, &mut buf[..size + SLACK]).ok()?;
        (status == gix::zlib::Status::StreamEnd && len == size).then_some(&buf[..size])
    }

    /// Whether the entry is a commit, by the types in the headers of its delta chain; without decompressing anything.
    fn is_commit(&self, entry: u32) -> bool {
        let mut offset = self.offset(entry);
        // Longer chains than git makes are not worth following.
        for _ in 0..64 {
            let Ok(entry) = self.bundle.pack.entry(offset) else { return false };
            offset = match entry.header {
                Header::Commit => return true,
                Header::OfsDelta { base_distance } => match entry.checked_base_pack_offset(base_distance) {
                    Some(base) => base,
                    None => return false,
                },
                Header::RefDelta { base_id } => match self.bundle.index.lookup(base_id) {
                    Some(base) => self.offset(base),
                    None => return false,
                },
                Header::Tree | Header::Blob | Header::Tag => return false,
            };
        }
        false
    }

    fn entries(&self, chunk: u32) -> Range<usize> {
        let len = self.by_offset().len();
        let start = (chunk as usize).saturating_mul(CHUNK as usize).min(len);
        start..(start + CHUNK as usize).min(len)
    }

    fn by_offset(&self) -> &[u32] {
        self.by_offset.get_or_init(|| {
            let count = self.bundle.index.num_objects();
            read_rev(&self.bundle.index.path().with_extension("rev"), count).unwrap_or_else(|| {
                let mut entries: Vec<(data::Offset, u32)> = (0..count).map(|i| (self.offset(i), i)).collect();
                entries.sort_unstable();
                entries.into_iter().map(|(_, entry)| entry).collect()
            })
        })
    }
}

/// Reads a reverse index (gitformat-pack(5)): a header of 12 bytes, then the entry numbers in order of offset as
/// big-endian numbers, then two checksums. Its contents are not trusted: a wrong order only costs time.
fn read_rev(path: &Path, count: u32) -> Option<Vec<u32>> {
    let bytes = std::fs::read(path).ok()?;
    let entries = bytes.strip_prefix(b"RIDX\0\0\0\x01")?.get(4..4 + count as usize * 4)?;
    Some(entries.chunks_exact(4).filter_map(|entry| entry.try_into().ok()).map(u32::from_be_bytes).collect())
}
