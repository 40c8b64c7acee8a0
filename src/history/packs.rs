//! The packs of a repository, read in the order in which their entries lie on disk.
//!
//! git writes the commits of a pack together and most recent first, which is nearly the order in which a walk needs
//! them (`git fast-import` writes them in exactly the opposite order). So when a walk comes to a commit in a pack, the entries around it are worth decoding at once: many threads
//! can do that without waiting for one another's parents. Nothing here is needed for correctness. Whatever cannot be
//! read this way (or is not in a pack) is left to the object database.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use gix::hash::{Kind, oid};
use gix::odb::pack::cache::lru::StaticLinkedList;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{Bundle, data};

/// How many neighbouring entries are read at once.
const CHUNK: u32 = 256;

/// After so many runs a pack is mapped anew: what was read of it would count as memory of this process as long as
/// the mapping lasts, and nothing is read twice.
const RUNS_PER_MAPPING: u32 = 256;

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

/// One pack.
struct Pack {
    bundle: RwLock<Arc<Bundle>>,
    /// How many runs have been read.
    runs: AtomicU32,
    /// Entry numbers (as in the `.idx`, by name) in order of offset.
    by_offset: OnceLock<Vec<u32>>,
}

/// All packs, alternates' included.
pub(super) struct Packs {
    kind: Kind,
    packs: Vec<Pack>,
}

/// The packs of an object database, its alternates included, that can be opened.
pub(super) fn bundles(store: &gix::odb::Store, kind: Kind) -> impl Iterator<Item = Bundle> {
    let mut dirs = vec![store.path().to_owned()];
    dirs.extend(store.alternate_db_paths().unwrap_or_default());
    let entries = dirs.into_iter().filter_map(|dir| std::fs::read_dir(dir.join("pack")).ok()).flatten();
    let paths = entries.flatten().map(|entry| entry.path());
    let indices = paths.filter(|path| path.extension().is_some_and(|ext| ext == "idx"));
    indices.filter_map(move |path| Bundle::at(&path, kind).ok())
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
        let pack = |bundle| Pack {
            bundle: RwLock::new(Arc::new(bundle)),
            runs: AtomicU32::new(0),
            by_offset: OnceLock::new(),
        };
        Packs { kind, packs: bundles(store, kind).map(pack).collect() }
    }

    /// The run of entries in which a commit is.
    pub(super) fn locate(&self, id: &oid) -> Option<Chunk> {
        self.packs.iter().enumerate().find_map(|(number, pack)| {
            let bundle = pack.bundle();
            let offset = bundle.index.pack_offset_at_index(bundle.index.lookup(id)?);
            let at = pack.by_offset(&bundle).partition_point(|other| offset_of(&bundle, *other) < offset);
            Some(Chunk { pack: number, chunk: at as u32 / CHUNK })
        })
    }

    /// True when there is such a run.
    pub(super) fn has(&self, chunk: Chunk) -> bool {
        self.packs.get(chunk.pack).is_some_and(|pack| !pack.entries(&pack.bundle(), chunk.chunk).is_empty())
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
        pack.count_run(self.kind);
        let bundle = &*pack.bundle();
        let entries = pack.entries(bundle, chunk.chunk);
        let total = entries.len();
        let mut commits = 0;
        for at in entries {
            let Some(&entry) = pack.by_offset(bundle).get(at) else { continue };
            if entry >= bundle.index.num_objects() || !is_commit(bundle, entry) {
                continue;
            }
            if let Some(raw) = read(bundle, entry, decoder) {
                commits += 1;
                each(bundle.index.oid_at_index(entry), raw);
            }
        }
        commits * 2 > total
    }
}

impl Pack {
    fn bundle(&self) -> Arc<Bundle> {
        self.bundle.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Now and then maps the pack anew; whoever reads from the old mapping keeps it until then.
    fn count_run(&self, kind: Kind) {
        if self.runs.fetch_add(1, Ordering::Relaxed) % RUNS_PER_MAPPING != RUNS_PER_MAPPING - 1 {
            return;
        }
        let path = self.bundle().index.path().to_owned();
        // Where git has removed it meanwhile, the old one does.
        if let Ok(bundle) = Bundle::at(&path, kind) {
            *self.bundle.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(bundle);
        }
    }

    fn entries(&self, bundle: &Bundle, chunk: u32) -> Range<usize> {
        let len = self.by_offset(bundle).len();
        let start = (chunk as usize).saturating_mul(CHUNK as usize).min(len);
        start..(start + CHUNK as usize).min(len)
    }

    fn by_offset(&self, bundle: &Bundle) -> &[u32] {
        self.by_offset.get_or_init(|| {
            let count = bundle.index.num_objects();
            read_rev(&bundle.index.path().with_extension("rev"), count).unwrap_or_else(|| {
                let mut entries: Vec<(data::Offset, u32)> =
                    (0..count).map(|i| (offset_of(bundle, i), i)).collect();
                entries.sort_unstable();
                entries.into_iter().map(|(_, entry)| entry).collect()
            })
        })
    }
}

fn offset_of(bundle: &Bundle, entry: u32) -> u64 {
    if entry < bundle.index.num_objects() { bundle.index.pack_offset_at_index(entry) } else { u64::MAX }
}

/// The bytes of a commit.
fn read<'a>(bundle: &Bundle, entry: u32, decoder: &'a mut Decoder) -> Option<&'a [u8]> {
    let Decoder { inflate, cache, buf } = decoder;
    let header = bundle.pack.entry(offset_of(bundle, entry)).ok()?;
    if header.header != Header::Commit {
        let (object, _) = bundle.get_object_by_index(entry, buf, inflate, cache).ok()?;
        return (object.kind == gix::objs::Kind::Commit).then_some(object.data);
    }
    let size = usize::try_from(header.decompressed_size).ok().filter(|size| *size <= LARGE)?;
    if buf.len() < size + SLACK {
        buf.resize(size + SLACK, 0);
    }
    let input = bundle.pack.entry_slice(header.data_offset..bundle.pack.pack_end() as u64)?;
    inflate.reset();
    let (status, _, len) = inflate.once(input, &mut buf[..size + SLACK]).ok()?;
    (status == gix::zlib::Status::StreamEnd && len == size).then_some(&buf[..size])
}

/// Whether the entry is a commit, by the types in the headers of its delta chain; without decompressing anything.
fn is_commit(bundle: &Bundle, entry: u32) -> bool {
    let mut offset = offset_of(bundle, entry);
    // Longer chains than git makes are not worth following.
    for _ in 0..64 {
        let Ok(entry) = bundle.pack.entry(offset) else { return false };
        offset = match entry.header {
            Header::Commit => return true,
            Header::OfsDelta { base_distance } => match entry.checked_base_pack_offset(base_distance) {
                Some(base) => base,
                None => return false,
            },
            Header::RefDelta { base_id } => match bundle.index.lookup(base_id) {
                Some(base) => offset_of(bundle, base),
                None => return false,
            },
            Header::Tree | Header::Blob | Header::Tag => return false,
        };
    }
    false
}

/// Reads a reverse index (gitformat-pack(5)): a header of 12 bytes, then the entry numbers in order of offset as
/// big-endian numbers, then two checksums. Its contents are not trusted: a wrong order only costs time.
fn read_rev(path: &Path, count: u32) -> Option<Vec<u32>> {
    let bytes = std::fs::read(path).ok()?;
    let entries = bytes.strip_prefix(b"RIDX\0\0\0\x01")?.get(4..4 + count as usize * 4)?;
    Some(entries.chunks_exact(4).filter_map(|entry| entry.try_into().ok()).map(u32::from_be_bytes).collect())
}
