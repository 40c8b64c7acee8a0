//! The sorted names of the objects in packs, and who among them shares the longest prefix with a name.

use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use gix::hash::oid;
use gix::odb::pack::{index, multi_index};

use crate::index::Bytes;
use crate::repo::NotExact;

/// So many answers are read from the file before it is mapped into memory.
const READ_BEFORE_MAPPING: u32 = 64;

/// Where names start in an index of version 2: behind the magic, the version and 256 counts. See
/// gitformat-pack(5).
const NAMES_START: usize = 8 + 256 * 4;
const VERSION_2: &[u8] = b"\xfftOc\0\0\0\x02";

/// The sorted names of a pack, or of several packs in `dir`.
pub(super) enum Table {
    Pack(PackNames),
    Several { names: Box<multi_index::File>, dir: PathBuf },
}

impl Table {
    /// How many objects it lists.
    pub(super) fn count(&self) -> u64 {
        match self {
            Table::Pack(names) => names.len() as u64,
            Table::Several { names, .. } => u64::from(names.num_objects()),
        }
    }

    /// The most leading digits that any other object here shares with `id`; possibly 0 instead of 1.
    pub(super) fn shared_digits(&self, id: &oid) -> usize {
        match self {
            Table::Pack(names) => names.shared_digits(id),
            Table::Several { names: file, .. } => nearest(
                file.num_objects() as usize,
                |at| file.oid_at_index(at as u32).as_bytes(),
                id.as_bytes(),
            ),
        }
    }

    /// Reads where searches for `ids` are going to look, step by step for all of them: the names are all over a table that
    /// no cache holds, and the processor waits for many of them at a time.
    pub(super) fn touch(&self, ids: &[&oid]) {
        match self {
            Table::Pack(PackNames::Sorted(names)) => names.touch(ids),
            Table::Pack(PackNames::Old(_)) => {}
            Table::Several { names: file, .. } => {
                let all = 0..file.num_objects() as usize;
                touch(|at| file.oid_at_index(at as u32).as_bytes(), ids, |_| all.clone());
            }
        }
    }

    /// For each of `ids` that shares at least `least` digits with another name here: which it is, and how many. Names
    /// are read once from end to end if `ids` are many and in order.
    pub(super) fn crowded(&self, ids: &[&oid], least: usize, found: impl FnMut(usize, usize)) {
        match self {
            Table::Pack(PackNames::Old(file)) => {
                let name = |at| file.oid_at_index(at as u32).as_bytes();
                crowded(file.num_objects() as usize, name, ids, least, found);
            }
            Table::Pack(PackNames::Sorted(names)) => {
                let (len, hash_len) = (names.len(), names.hash_len);
                if let Some(names) = names.mapped(0..len) {
                    crowded(len, |at| nth(names, hash_len, at), ids, least, found);
                }
            }
            Table::Several { names: file, .. } => {
                let name = |at| file.oid_at_index(at as u32).as_bytes();
                crowded(file.num_objects() as usize, name, ids, least, found);
            }
        }
    }

    /// Whether it is one of the names. Where an index can't be read it is not.
    pub(super) fn contains(&self, id: &oid) -> bool {
        match self {
            Table::Pack(names) => names.contains(id),
            Table::Several { names, .. } => names.lookup(id).is_some(),
        }
    }
}

/// The names in one pack's index.
pub(super) enum PackNames {
    /// Of version 1, which is rare: gix reads it.
    Old(Box<index::File>),
    /// Of version 2, read without gix, which reads the whole of an index before it answers.
    Sorted(SortedNames),
}

/// The names in an index of version 2.
pub(super) struct SortedNames {
    file: std::fs::File,
    /// How many names begin with this byte or a smaller one.
    fan: Box<[u32; 256]>,
    hash_len: usize,
    asked: AtomicU32,
    mapped: OnceLock<Option<Bytes>>,
}

impl PackNames {
    /// Also what is known of the file.
    pub(super) fn open(path: &Path, hash: gix::hash::Kind) -> Result<(Self, std::fs::Metadata), NotExact> {
        let broken = || NotExact::because("a pack index can't be read");
        let file = std::fs::File::open(path).map_err(|_| broken())?;
        let meta = file.metadata().map_err(|_| broken())?;
        let mut header = [0; NAMES_START];
        file.read_exact_at(&mut header, 0).map_err(|_| broken())?;
        let Some(counts) = header.strip_prefix(VERSION_2) else {
            return index::File::at(path, hash)
                .map(|file| (PackNames::Old(Box::new(file)), meta))
                .map_err(|_| broken());
        };
        let mut fan = Box::new([0; 256]);
        for (count, bytes) in fan.iter_mut().zip(counts.as_chunks().0) {
            *count = u32::from_be_bytes(*bytes);
        }
        let hash_len = hash.len_in_bytes();
        let size = NAMES_START + fan[255] as usize * (hash_len + 8) + 2 * hash_len;
        if !fan.is_sorted() || meta.len() < size as u64 {
            return Err(broken());
        }
        let (asked, mapped) = (AtomicU32::new(0), OnceLock::new());
        Ok((PackNames::Sorted(SortedNames { file, fan, hash_len, asked, mapped }), meta))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            PackNames::Old(file) => file.num_objects() as usize,
            PackNames::Sorted(names) => names.len(),
        }
    }

    fn shared_digits(&self, id: &oid) -> usize {
        let bytes = id.as_bytes();
        match self {
            PackNames::Old(file) => nearest(self.len(), |at| file.oid_at_index(at as u32).as_bytes(), bytes),
            PackNames::Sorted(names) => names
                .around(id, |names| {
                    nearest(names.len() / bytes.len(), |at| nth(names, bytes.len(), at), bytes)
                })
                .unwrap_or(0),
        }
    }

    fn contains(&self, id: &oid) -> bool {
        match self {
            PackNames::Old(file) => file.lookup(id).is_some(),
            PackNames::Sorted(names) => {
                let bytes = id.as_bytes();
                let is_there = |names: &[u8]| {
                    let len = names.len() / bytes.len();
                    let at = lower_bound(len, |at| nth(names, bytes.len(), at), bytes);
                    at < len && nth(names, bytes.len(), at) == bytes
                };
                names.around(id, is_there).unwrap_or(false)
            }
        }
    }
}

impl SortedNames {
    /// See [`Table::touch()`]. While answers are read from the file there is nothing to touch.
    fn touch(&self, ids: &[&oid]) {
        if self.mapped.get().is_some()
            && let Some(names) = self.mapped(0..self.len())
        {
            touch(|at| nth(names, self.hash_len, at), ids, |id| self.beginning_like(id));
        }
    }

    fn len(&self) -> usize {
        self.fan[255] as usize
    }

    /// These names. `None` when the file can't be mapped.
    fn mapped(&self, names: Range<usize>) -> Option<&[u8]> {
        let mapped = self.mapped.get_or_init(|| Bytes::map(&self.file).ok()).as_ref()?;
        mapped.get(NAMES_START + names.start * self.hash_len..NAMES_START + names.end * self.hash_len)
    }

    /// The names that have the first byte of `id`.
    fn beginning_like(&self, id: &oid) -> Range<usize> {
        let first = usize::from(id.first_byte());
        let from = if first == 0 { 0 } else { self.fan[first - 1] };
        from as usize..self.fan[first] as usize
    }

    /// What `answer` makes of names among which are the neighbours of `id`. Those with another first byte share one digit
    /// at most, which makes no abbreviation longer. `None` when reading fails.
    fn around<T>(&self, id: &oid, answer: impl Fn(&[u8]) -> T) -> Option<T> {
        let names = self.beginning_like(id);
        if self.asked.load(Ordering::Relaxed) < READ_BEFORE_MAPPING {
            self.asked.fetch_add(1, Ordering::Relaxed);
            return self.read_around(names, id.as_bytes(), answer);
        }
        self.mapped(names).map(answer)
    }

    fn read_around<T>(&self, names: Range<usize>, id: &[u8], answer: impl Fn(&[u8]) -> T) -> Option<T> {
        let (from, len, hash_len) = (names.start, names.len(), self.hash_len);
        let guess = ((u128::from(leading_word(id) << 8) * len as u128) >> 64) as usize;
        // Four times the standard deviation of where a hash is.
        let mut reach = 2 * len.isqrt() + 8;
        let mut buffer = Vec::new();
        loop {
            let (start, end) = (guess.saturating_sub(reach), (guess + reach).min(len));
            buffer.resize((end - start) * hash_len, 0);
            self.file.read_exact_at(&mut buffer, (NAMES_START + (from + start) * hash_len) as u64).ok()?;
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
    beside(len, &name, id, lower_bound(len, &name, id))
}

/// The same, where `at` is the first position whose name is not below `id`.
fn beside<'a>(len: usize, name: impl Fn(usize) -> &'a [u8], id: &[u8], at: usize) -> usize {
    let before = at.checked_sub(1).map_or(0, |before| shared_digits(name(before), id));
    let next = if at < len && name(at) == id { at + 1 } else { at };
    if next < len { before.max(shared_digits(name(next), id)) } else { before }
}

/// Where a name may be. Names are hashes, so their values tell where between the first and the last one to look.
struct Guess {
    wanted: u64,
    names: Range<usize>,
    per_word: f64,
    at: usize,
}

impl Guess {
    /// Among `names`, at least one.
    fn new<'a>(names: Range<usize>, name: impl Fn(usize) -> &'a [u8], id: &[u8]) -> Self {
        let wanted = leading_word(id);
        let (first, last) = (leading_word(name(names.start)), leading_word(name(names.end - 1)));
        let per_word = names.len() as f64 / (last.saturating_sub(first) as f64).max(1.0);
        let offset = wanted.saturating_sub(first) as f64 * per_word;
        Guess { wanted, at: names.start + (offset as usize).min(names.len() - 1), names, per_word }
    }

    /// Gets closer, by the name that is there.
    fn improve<'a>(&mut self, name: impl Fn(usize) -> &'a [u8]) {
        let off = (self.wanted as f64 - leading_word(name(self.at)) as f64) * self.per_word;
        let (start, last) = (self.names.start as f64, (self.names.end - 1) as f64);
        self.at = (self.at as f64 + off).clamp(start, last) as usize;
    }
}

/// How often a guess is improved before names are compared.
const IMPROVED: usize = 2;

/// See [`Table::touch()`]; `range` says among which names an object is.
fn touch<'a>(name: impl Fn(usize) -> &'a [u8], ids: &[&oid], range: impl Fn(&oid) -> Range<usize>) {
    let ranges = ids.iter().map(|id| (id, range(id))).filter(|(_, range)| !range.is_empty());
    let mut guesses: Vec<Guess> = ranges.map(|(id, range)| Guess::new(range, &name, id.as_bytes())).collect();
    for _ in 0..IMPROVED {
        guesses.iter_mut().for_each(|guess| guess.improve(&name));
    }
    let words = guesses.iter().map(|guess| leading_word(name(guess.at)));
    std::hint::black_box(words.fold(0, |all, word| all ^ word));
}

/// So many steps take about as long as a search.
const STEPS: usize = 32;

/// See [`Table::crowded()`].
fn crowded<'a>(
    len: usize,
    name: impl Fn(usize) -> &'a [u8],
    ids: &[&oid],
    least: usize,
    mut found: impl FnMut(usize, usize),
) {
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return };
    let mut at = lower_bound(len, &name, first.as_bytes());
    let end = lower_bound(len, &name, last.as_bytes());
    // Steps from name to name cost less than a search as long as they are few.
    let dense = end.saturating_sub(at) < STEPS * ids.len();
    for (number, id) in ids.iter().enumerate() {
        let id = id.as_bytes();
        let wanted = leading_word(id);
        if !dense || (at > 0 && name(at - 1) >= id) {
            at = lower_bound(len, &name, id);
        }
        while at < len && leading_word(name(at)) < wanted {
            at += 1;
        }
        while at < len && name(at) < id {
            at += 1;
        }
        let shared = beside(len, &name, id, at);
        if shared >= least {
            found(number, shared);
        }
    }
}

/// The first position whose name is not below `id`. Should the names be no good hashes, the steps from where it is guessed
/// to be double.
fn lower_bound<'a>(len: usize, name: impl Fn(usize) -> &'a [u8], id: &[u8]) -> usize {
    if len == 0 {
        return 0;
    }
    let mut guess = Guess::new(0..len, &name, id);
    for _ in 0..IMPROVED {
        guess.improve(&name);
    }
    let guess = guess.at;
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

pub(super) fn shared_digits(a: &[u8], b: &[u8]) -> usize {
    match a.iter().zip(b).position(|(a, b)| a != b) {
        Some(at) => 2 * at + usize::from((a[at] ^ b[at]) < 0x10),
        None => 2 * a.len().min(b.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::lower_bound;

    /// The search against the obvious one, on names that are no good hashes.
    #[test]
    fn searching_any_table() {
        let mut seed = crate::repo::testing::Seed::new(7);
        for case in 0..300 {
            let spread = [2, 16, 256][case % 3];
            let mut table: Vec<[u8; 20]> = (0..seed.below(200))
                .map(|_| std::array::from_fn(|at| if at % 3 == 1 { 0 } else { seed.below(spread) as u8 }))
                .collect();
            table.sort_unstable();
            for _ in 0..50 {
                let id: [u8; 20] =
                    std::array::from_fn(|at| if at % 3 == 1 { 0 } else { seed.below(spread) as u8 });
                assert_eq!(
                    lower_bound(table.len(), |at| &table[at], &id),
                    table.partition_point(|name| *name < id)
                );
            }
        }
    }
}
