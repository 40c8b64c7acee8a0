//! The sizes of many objects, from the headers of their pack entries: nothing is inflated but the first bytes of
//! deltas, which say how long the result is (gitformat-pack(5)). Packs are read front to back, with reads instead of
//! mappings, so that memory stays small.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use gix::hash::{Kind, oid};
use gix::objs::FindHeader as _;
use gix::odb::pack::data::Entry;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::index;
use rayon::prelude::*;

/// How much of a pack is read at once.
const WINDOW: usize = 128 << 10;
/// So many bytes from the start of an entry are enough for its header and for the start of a delta.
const ENOUGH: usize = 1024;
/// How many neighbouring entries one thread takes on at a time.
const RUN: usize = 16 << 10;
/// Stands for a size that could not be read.
const UNKNOWN: u64 = u64::MAX;
/// Up to so many objects are asked for one by one.
const FEW: usize = 20_000;

/// How many of how many entries of packs or objects were looked at.
type Report<'r> = &'r (dyn Fn(u64, u64) + Sync);

/// The sizes of these objects, in their order; `None` for one that is not there or can't be read.
pub(super) fn of(
    objects: &gix::OdbHandle,
    dirs: &[PathBuf],
    kind: Kind,
    ids: &[&oid],
    report: Report<'_>,
) -> Vec<Option<u64>> {
    let mut sizes: Vec<Option<u64>> = vec![None; ids.len()];
    if ids.len() > FEW {
        let packs: Vec<(PathBuf, index::File)> = indices(dirs)
            .into_iter()
            .filter_map(|path| Some((path.clone(), index::File::at(path, kind).ok()?)))
            .collect();
        let total = packs.iter().map(|(_, index)| u64::from(index.num_objects())).sum();
        let done = AtomicU64::new(0);
        let read = |entries: u64| report(done.fetch_add(entries, Ordering::Relaxed) + entries, total);
        for (path, index) in packs {
            let Some(pack) = PackSizes::read(&path, index, kind, &read) else { continue };
            sizes.par_iter_mut().zip(ids).filter(|(size, _)| size.is_none()).for_each(|(size, id)| {
                *size = pack.size_of(id);
            });
        }
    }
    // What is loose, or in a pack that can't be read in this way, or just not much.
    let left = sizes.iter_mut().zip(ids).filter(|(size, _)| size.is_none());
    let mut left: Vec<(&mut Option<u64>, &&oid)> = left.collect();
    let total = left.len() as u64;
    for (done, (size, id)) in (1..).zip(&mut left) {
        **size = of_one(objects, id);
        report(done, total);
    }
    sizes
}

/// The size of one of a few objects. Nothing is fetched.
pub(super) fn of_one(objects: &gix::OdbHandle, id: &oid) -> Option<u64> {
    objects.try_header(id).ok().flatten().map(|header| header.size)
}

fn indices(dirs: &[PathBuf]) -> Vec<PathBuf> {
    let entries = dirs.iter().filter_map(|dir| std::fs::read_dir(dir.join("pack")).ok()).flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "idx")).collect()
}

/// The sizes of all objects of one pack.
struct PackSizes {
    index: index::File,
    /// By entry number; [`UNKNOWN`] where it could not be read.
    sizes: Vec<u64>,
}

impl PackSizes {
    /// Reads the pack of an index. Says how many entries it has read each time that it has read some.
    fn read(path: &Path, index: index::File, kind: Kind, report: &(dyn Fn(u64) + Sync)) -> Option<PackSizes> {
        let file = File::open(path.with_extension("pack")).ok()?;
        let count = index.num_objects();
        let mut entries: Vec<(u64, u32)> =
            (0..count).map(|at| (index.pack_offset_at_index(at), at)).collect();
        entries.par_sort_unstable();
        entries.par_chunks_mut(RUN).for_each(|run| {
            read_run(&file, run, kind);
            report(run.len() as u64);
        });
        let mut sizes = vec![UNKNOWN; count as usize];
        for (size, at) in entries {
            sizes[at as usize] = size;
        }
        Some(PackSizes { index, sizes })
    }

    fn size_of(&self, id: &oid) -> Option<u64> {
        let at = self.index.lookup(id)?;
        self.sizes.get(at as usize).copied().filter(|size| *size != UNKNOWN)
    }
}

/// Puts sizes in the place of offsets: of neighbouring entries, in order of offset.
fn read_run(file: &File, run: &mut [(u64, u32)], kind: Kind) {
    let mut window = Window { file, start: 0, bytes: Vec::new() };
    let mut inflate = gix::zlib::Inflate::default();
    for (entry, _) in run {
        let bytes = window.at(*entry).ok();
        *entry = bytes.and_then(|bytes| size(bytes, *entry, kind, &mut inflate)).unwrap_or(UNKNOWN);
    }
}

fn size(bytes: &[u8], offset: u64, kind: Kind, inflate: &mut gix::zlib::Inflate) -> Option<u64> {
    let entry = Entry::from_bytes(bytes, offset, kind).ok()?;
    if !matches!(entry.header, Header::OfsDelta { .. } | Header::RefDelta { .. }) {
        return Some(entry.decompressed_size);
    }
    let data = bytes.get(usize::try_from(entry.data_offset.checked_sub(offset)?).ok()?..)?;
    // Two numbers of seven bits a byte: the length of the base, and that of the result.
    let mut start = [0; 24];
    inflate.reset();
    let (_, _, len) = inflate.once(data, &mut start).ok()?;
    let (_, rest) = number(start.get(..len)?)?;
    number(rest).map(|(size, _)| size)
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

/// A part of a file in memory.
struct Window<'f> {
    file: &'f File,
    start: u64,
    bytes: Vec<u8>,
}

impl Window<'_> {
    /// The bytes from an offset on: [`ENOUGH`], or up to the end of the file.
    fn at(&mut self, offset: u64) -> io::Result<&[u8]> {
        let end = self.start + self.bytes.len() as u64;
        if offset < self.start || offset + ENOUGH as u64 > end {
            self.bytes.resize(WINDOW, 0);
            let mut filled = 0;
            while filled < WINDOW {
                match self.file.read_at(&mut self.bytes[filled..], offset + filled as u64)? {
                    0 => break,
                    count => filled += count,
                }
            }
            self.bytes.truncate(filled);
            self.start = offset;
        }
        let from = (offset - self.start) as usize;
        self.bytes
            .get(from..)
            .map(|bytes| &bytes[..bytes.len().min(ENOUGH)])
            .ok_or(io::ErrorKind::UnexpectedEof.into())
    }
}

/// Sizes that are known from an earlier run, by the first eight bytes of the objects' names, in order.
#[derive(Default)]
pub(super) struct Known(Vec<(u64, u32)>);

/// What the file of [`Known`] starts with.
const MAGIC: &[u8; 8] = b"GFSIZE2\n";

impl Known {
    /// Reads it; nothing is known when it is not there or not whole.
    pub(super) fn load(path: &Path) -> Known {
        let bytes = crate::index::read_regular(path).unwrap_or_default();
        let Some((rows, [])) = bytes.strip_prefix(MAGIC).map(<[u8]>::as_chunks::<12>) else {
            return Known::default();
        };
        let entry = |row: &[u8; 12]| {
            let (mut prefix, mut size) = ([0; 8], [0; 4]);
            prefix.copy_from_slice(&row[..8]);
            size.copy_from_slice(&row[8..]);
            (u64::from_le_bytes(prefix), u32::from_le_bytes(size))
        };
        let rows: Vec<(u64, u32)> = rows.iter().map(entry).collect();
        if rows.is_sorted() { Known(rows) } else { Known::default() }
    }

    /// To be asked for one object after the other, which is quick while their names ascend.
    pub(super) fn lookup(self) -> impl FnMut(&oid) -> Option<u64> {
        let (mut at, mut last) = (0, 0);
        move |id| {
            let wanted = prefix(id);
            if wanted < last {
                at = 0;
            }
            last = wanted;
            at += self.0[at..].iter().take_while(|(prefix, _)| *prefix < wanted).count();
            self.0.get(at).filter(|(prefix, _)| *prefix == wanted).map(|(_, size)| u64::from(*size))
        }
    }

    /// Replaces the file. Objects of 4 GiB and more are asked for again each time.
    pub(super) fn save(path: &Path, sizes: impl Iterator<Item = (u64, u64)>) -> io::Result<()> {
        let mut rows: Vec<(u64, u32)> =
            sizes.filter_map(|(prefix, size)| Some((prefix, u32::try_from(size).ok()?))).collect();
        rows.par_sort_unstable();
        let mut bytes = Vec::with_capacity(MAGIC.len() + 12 * rows.len());
        bytes.extend_from_slice(MAGIC);
        for (prefix, size) in rows {
            bytes.extend_from_slice(&prefix.to_le_bytes());
            bytes.extend_from_slice(&size.to_le_bytes());
        }
        let dir = path.parent().ok_or(io::ErrorKind::NotFound)?;
        let mut temp = tempfile::Builder::new().prefix(crate::index::TEMP_PREFIX).tempfile_in(dir)?;
        io::Write::write_all(&mut temp, &bytes)?;
        temp.persist(path)?;
        Ok(())
    }
}

/// The first eight bytes of a name.
pub(super) fn prefix(id: &oid) -> u64 {
    id.as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// Reads a file of sizes (see [`crate::readers`]).
pub(crate) fn read_sizes(path: &Path) {
    let _ = Known::load(path).lookup()(gix::hash::Kind::Sha1.null_ref());
}

/// Reads a pack by its index (see [`crate::readers`]).
pub(crate) fn read_pack(index: &Path, kind: Kind) {
    let file = index::File::at(index, kind).ok();
    if let Some(sizes) = file.and_then(|file| PackSizes::read(index, file, kind, &|_| ())) {
        let _ = sizes.size_of(kind.null_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    /// Headers, deltas by offset and by name, and objects large and small, against `git cat-file`.
    #[test]
    fn sizes_of_a_pack_are_those_of_git() {
        let world = Sandbox::new();
        world.git(".", &["init", "-q", "r"]);
        for number in 0..40 {
            let lines: String =
                (0..300 + number).map(|line| format!("{line} {}\n", line * number / 7)).collect();
            world.write("r/f", lines.as_bytes());
            world.write(&format!("r/g{number}"), &vec![number as u8; number * 5000]);
            world.git("r", &["add", "."]);
            world.git("r", &["commit", "-q", "-m", "x"]);
        }
        for delta_base_offset in ["true", "false"] {
            let option = format!("repack.useDeltaBaseOffset={delta_base_offset}");
            world.git("r", &["-c", &option, "repack", "-q", "-a", "-d", "-f"]);
            let listed = world
                .git("r", &["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objectsize)"]);
            let indices = indices(&[world.path("r/.git/objects")]);
            assert_eq!(indices.len(), 1);
            let index = index::File::at(&indices[0], Kind::Sha1).unwrap();
            let (read, count) = (AtomicU64::new(0), u64::from(index.num_objects()));
            let report = |entries| _ = read.fetch_add(entries, Ordering::Relaxed);
            let pack = PackSizes::read(&indices[0], index, Kind::Sha1, &report).unwrap();
            assert_eq!(read.into_inner(), count);
            let listed = String::from_utf8_lossy(&listed).into_owned();
            assert!(listed.lines().count() > 100);
            for line in listed.lines() {
                let (name, size) = line.split_once(' ').unwrap();
                let id = gix::ObjectId::from_hex(name.as_bytes()).unwrap();
                assert_eq!(pack.size_of(&id), size.parse().ok(), "{line}");
            }
        }
    }

    #[test]
    fn what_is_known_comes_back_and_what_is_damaged_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("sizes");
        Known::save(&file, [(9, 90), (7, 70), (8, u64::MAX)].into_iter()).unwrap();
        let name =
            |number: u8| gix::ObjectId::from_hex(format!("{number:016x}{:024x}", 0).as_bytes()).unwrap();
        let mut size = Known::load(&file).lookup();
        let found: Vec<_> = [7, 8, 9, 10, 9, 7].iter().map(|number| size(&name(*number))).collect();
        assert_eq!(found, [Some(70), None, Some(90), None, Some(90), Some(70)]);
        std::fs::write(&file, b"GFSIZE2\n12345").unwrap();
        assert_eq!(Known::load(&file).lookup()(&name(7)), None);
    }
}
