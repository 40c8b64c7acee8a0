//! The sorted names of the objects in packs, and who among them shares the longest prefix with a name.

use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use gix::hash::oid;
use gix::odb::pack::{index, multi_index};

use crate::repo::NotExact;

/// So many answers are read from the file before it is mapped into memory. gix checks the whole index then, which
/// takes as long as some hundred answers do.
const READ_BEFORE_MAPPING: u32 = 512;

/// Where names start in an index of version 2: behind the magic, the version and 256 counts. See
/// gitformat-pack(5).
const NAMES_START: usize = 8 + 256 * 4;
const VERSION_2: &[u8] = b"\xfftOc\0\0\0\x02";

/// The sorted names of a pack, or of several.
pub(in crate::repo) enum Table {
    Pack(PackNames),
    Several(multi_index::File),
}

impl Table {
    /// The most leading digits that any other object here shares with `id`; possibly 0 instead of 1.
    pub(in crate::repo) fn shared_digits(&self, id: &oid) -> usize {
        match self {
            Table::Pack(names) => names.shared_digits(id),
            Table::Several(file) => nearest(
                file.num_objects() as usize,
                |at| file.oid_at_index(at as u32).as_bytes(),
                id.as_bytes(),
            ),
        }
    }

    /// Whether it is one of the names. Where an index can't be read it is not.
    pub(in crate::repo) fn contains(&self, id: &oid) -> bool {
        match self {
            Table::Pack(names) => names.contains(id),
            Table::Several(file) => file.lookup(id).is_some(),
        }
    }
}

/// The names in one pack's index.
pub(in crate::repo) struct PackNames {
    path: PathBuf,
    hash: gix::hash::Kind,
    len: usize,
    /// `None` for an index of version 1, which is always mapped.
    file: Option<(std::fs::File, Box<[u32; 256]>)>,
    asked: AtomicU32,
    mapped: OnceLock<Option<index::File>>,
}

impl PackNames {
    pub(in crate::repo) fn open(path: PathBuf, hash: gix::hash::Kind) -> Result<Self, NotExact> {
        let broken = || NotExact::because("a pack index can't be read");
        let file = std::fs::File::open(&path).map_err(|_| broken())?;
        let mut header = [0; NAMES_START];
        file.read_exact_at(&mut header, 0).map_err(|_| broken())?;
        let mut names =
            PackNames { path, hash, len: 0, file: None, asked: AtomicU32::new(0), mapped: OnceLock::new() };
        let Some(counts) = header.strip_prefix(VERSION_2) else {
            names.len = names.map().ok_or_else(broken)?.num_objects() as usize;
            return Ok(names);
        };
        let mut fan = Box::new([0; 256]);
        for (count, bytes) in fan.iter_mut().zip(counts.as_chunks().0) {
            *count = u32::from_be_bytes(*bytes);
        }
        names.len = fan[255] as usize;
        let size = NAMES_START + names.len * (hash.len_in_bytes() + 8) + 2 * hash.len_in_bytes();
        if !fan.is_sorted() || file.metadata().map_err(|_| broken())?.len() < size as u64 {
            return Err(broken());
        }
        names.file = Some((file, fan));
        Ok(names)
    }

    pub(in crate::repo) fn len(&self) -> usize {
        self.len
    }

    fn map(&self) -> Option<&index::File> {
        self.mapped.get_or_init(|| index::File::at(&self.path, self.hash).ok()).as_ref()
    }

    fn shared_digits(&self, id: &oid) -> usize {
        let id = id.as_bytes();
        let read =
            self.read_around(id, |names| nearest(names.len() / id.len(), |at| nth(names, id.len(), at), id));
        read.unwrap_or_else(|| {
            let of = |file: &index::File| nearest(self.len, |at| file.oid_at_index(at as u32).as_bytes(), id);
            self.map().map_or(0, of)
        })
    }

    fn contains(&self, id: &oid) -> bool {
        let read = self.read_around(id.as_bytes(), |names| {
            names.chunks_exact(id.as_bytes().len()).any(|name| name == id.as_bytes())
        });
        read.unwrap_or_else(|| self.map().is_some_and(|file| file.lookup(id).is_some()))
    }

    /// What `answer` makes of the names around the place where `id` belongs. Names with another first byte share one
    /// digit at most, which makes no abbreviation longer. `None` when reading fails, or would cost more than mapping.
    fn read_around<T>(&self, id: &[u8], answer: impl Fn(&[u8]) -> T) -> Option<T> {
        if self.asked.fetch_add(1, Ordering::Relaxed) >= READ_BEFORE_MAPPING {
            return None;
        }
        let (file, fan) = self.file.as_ref()?;
        let first = usize::from(*id.first()?);
        let from = if first == 0 { 0 } else { fan[first - 1] as usize };
        let len = fan[first] as usize - from;
        let hash_len = id.len();
        let guess = ((u128::from(leading_word(id) << 8) * len as u128) >> 64) as usize;
        // Four times the standard deviation of where a hash is.
        let mut reach = 2 * len.isqrt() + 8;
        let mut buffer = Vec::new();
        loop {
            let (start, end) = (guess.saturating_sub(reach), (guess + reach).min(len));
            buffer.resize((end - start) * hash_len, 0);
            file.read_exact_at(&mut buffer, (NAMES_START + (from + start) * hash_len) as u64).ok()?;
            let at = lower_bound(end - start, |at| nth(&buffer, hash_len, at), id);
            // Both neighbours must be known, or not be there.
            if (at > 0 || start == 0) && (at + 1 < end - start || end == len) {
                return Some(answer(&buffer));
            }
            reach *= 4;
        }
    }
}

fn nth(names: &[u8], hash_len: usize, at: usize) -> &[u8] {
    &names[at * hash_len..][..hash_len]
}

/// The most leading digits that any of the sorted names but `id` itself shares with it.
fn nearest<'a>(len: usize, name: impl Fn(usize) -> &'a [u8], id: &[u8]) -> usize {
    let at = lower_bound(len, &name, id);
    let mut shared = 0;
    if at > 0 {
        shared = shared_digits(name(at - 1), id);
    }
    let next = if at < len && name(at) == id { at + 1 } else { at };
    if next < len {
        shared = shared.max(shared_digits(name(next), id));
    }
    shared
}

/// The first position whose name is not below `id`. Names are hashes, so their values tell where to look; should
/// they be no good hashes, the steps double.
pub(in crate::repo) fn lower_bound<'a>(len: usize, name: impl Fn(usize) -> &'a [u8], id: &[u8]) -> usize {
    if len == 0 {
        return 0;
    }
    let wanted = i128::from(leading_word(id));
    let mut guess = ((wanted * len as i128) >> 64) as usize;
    for _ in 0..2 {
        let off = ((wanted - i128::from(leading_word(name(guess)))) * len as i128) >> 64;
        guess = (guess as i128 + off).clamp(0, len as i128 - 1) as usize;
    }
    // Everything before `low` is below `id`, everything from `high` on is not.
    let (mut low, mut high, mut step) = (0, len, 1);
    if name(guess) < id {
        low = guess + 1;
        while low + step < len {
            if name(low + step) >= id {
                high = low + step;
                break;
            }
            low += step + 1;
            step *= 2;
        }
    } else {
        high = guess;
        while high > step {
            if name(high - step) < id {
                low = high - step + 1;
                break;
            }
            high -= step;
            step *= 2;
        }
    }
    while low < high {
        let middle = low.midpoint(high);
        if name(middle) < id {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn leading_word(name: &[u8]) -> u64 {
    name.first_chunk().map_or(0, |word| u64::from_be_bytes(*word))
}

pub(in crate::repo) fn shared_digits(a: &[u8], b: &[u8]) -> usize {
    match a.iter().zip(b).position(|(a, b)| a != b) {
        Some(at) => 2 * at + usize::from((a[at] ^ b[at]) < 0x10),
        None => 2 * a.len().min(b.len()),
    }
}
