//! How many hex digits git prints of an object's name: a configured or estimated length, and as many more as it
//! takes for being unique among all objects, packed and loose, alternates included.
//!
//! A sorted table of names needs one search per object: only the two neighbours of a name can share its longest
//! prefix.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bstr::{BStr, ByteSlice};
use gix::hash::{ObjectId, oid};
use gix::odb::pack::{index, multi_index};

use super::NotExact;
use super::config::{Config, parse_bool, parse_int};
use super::object_dirs::ObjectDirs;

/// The shortest abbreviation that git takes.
const MINIMUM: usize = 4;
/// The shortest one that git chooses by itself.
const AUTO_MINIMUM: usize = 7;

/// What is asked for, before it is made unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbbrevLength {
    /// From the number of objects.
    Auto,
    /// At least that many digits.
    AtLeast(usize),
    /// All of them (`--no-abbrev`, `core.abbrev=no`).
    Full,
}

impl AbbrevLength {
    /// `core.abbrev`; also what `--abbrev` without a number means.
    pub fn from_config(config: &Config) -> Result<Self, NotExact> {
        let mut length = AbbrevLength::Auto;
        for value in config.values("core.abbrev") {
            let value = value.ok_or(NotExact::because("core.abbrev without a value"))?;
            length = if value.eq_ignore_ascii_case(b"auto") {
                AbbrevLength::Auto
            } else if parse_int(value).is_none() && parse_bool(Some(value)) == Some(false) {
                AbbrevLength::Full
            } else {
                let number = parse_int(value).and_then(|number| usize::try_from(number).ok());
                match number.filter(|number| (MINIMUM..=i32::MAX as usize).contains(number)) {
                    Some(number) => AbbrevLength::AtLeast(number),
                    None => return Err("core.abbrev is out of range".into()),
                }
            };
        }
        Ok(length)
    }

    /// `--abbrev=<n>` with a number as people write it.
    pub fn from_option(value: &BStr) -> Result<Self, NotExact> {
        match value.to_str().ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit())) {
            Some(digits) if !digits.is_empty() && digits.len() < 10 => {
                let number = digits.parse().map_err(|_| NotExact::because("an odd --abbrev"))?;
                Ok(AbbrevLength::AtLeast(MINIMUM.max(number)))
            }
            _ => Err("an odd --abbrev".into()),
        }
    }
}

/// Finds the length of abbreviated names.
pub struct Abbrev {
    length: usize,
    hex_len: usize,
    tables: Vec<Table>,
    loose: Loose,
}

impl Abbrev {
    /// Opens whatever is needed to answer; nothing for [`AbbrevLength::Full`].
    ///
    /// With a multi-pack-index, git counts its objects and *again* those of each of its packs that it has happened
    /// to open before the first abbreviation. `read_before` names objects that git has certainly looked up by then
    /// (the tips of the walk). When the length still depends on which other packs were opened, that is
    /// [`NotExact`].
    pub fn open(
        dirs: &ObjectDirs,
        hash: gix::hash::Kind,
        length: AbbrevLength,
        config: &Config,
        read_before: &[&oid],
    ) -> Result<Self, NotExact> {
        let hex_len = hash.len_in_hex();
        let loose = Loose::new(dirs, hash);
        let full = Abbrev { length: hex_len, hex_len, tables: Vec::new(), loose };
        if length == AbbrevLength::Full || matches!(length, AbbrevLength::AtLeast(n) if n >= hex_len) {
            return Ok(full);
        }
        let use_multi_index = config.bool("core.multiPackIndex")?.unwrap_or(true);
        let mut packs = Packs::default();
        for dir in dirs.all() {
            packs.add(&dir.join("pack"), hash, use_multi_index, read_before)?;
        }
        let length = match length {
            AbbrevLength::AtLeast(n) => n,
            _ => {
                let (least, most) = (auto_length(packs.least), auto_length(packs.most));
                if least != most {
                    return Err("the abbreviation depends on which packs git opens".into());
                }
                least
            }
        };
        Ok(Abbrev { length: length.min(hex_len), tables: packs.tables, ..full })
    }

    /// How many digits to print. The object itself need not exist.
    pub fn len(&self, id: &oid) -> usize {
        if self.length == self.hex_len {
            return self.hex_len;
        }
        let shared = self.tables.iter().map(|table| table.shared_digits(id)).max().unwrap_or(0);
        self.length.max((shared + 1).min(self.hex_len)).max(self.loose.shared_digits(id) + 1)
    }
}

/// Twice as many bits as the count has, so that a collision is about as likely as not.
fn auto_length(objects: u64) -> usize {
    let bits = (u64::BITS - objects.leading_zeros()) as usize;
    bits.div_ceil(2).max(AUTO_MINIMUM)
}

/// The sorted names of a pack, or of several.
enum Table {
    Pack(index::File),
    Several(multi_index::File),
}

impl Table {
    fn len(&self) -> usize {
        match self {
            Table::Pack(file) => file.num_objects() as usize,
            Table::Several(file) => file.num_objects() as usize,
        }
    }

    fn name(&self, at: usize) -> &[u8] {
        match self {
            Table::Pack(file) => file.oid_at_index(at as u32).as_bytes(),
            Table::Several(file) => file.oid_at_index(at as u32).as_bytes(),
        }
    }

    /// The most leading digits that any other object here shares with `id`.
    fn shared_digits(&self, id: &oid) -> usize {
        let (len, id) = (self.len(), id.as_bytes());
        let at = lower_bound(len, |at| self.name(at), id);
        let mut shared = 0;
        if at > 0 {
            shared = shared_digits(self.name(at - 1), id);
        }
        let mut next = at;
        if next < len && self.name(next) == id {
            next += 1;
        }
        if next < len {
            shared = shared.max(shared_digits(self.name(next), id));
        }
        shared
    }
}

/// The first position whose name is not below `id`. Names are hashes, so their values tell where to look; should
/// they be no good hashes, the steps double.
fn lower_bound<'a>(len: usize, name: impl Fn(usize) -> &'a [u8], id: &[u8]) -> usize {
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

fn shared_digits(a: &[u8], b: &[u8]) -> usize {
    match a.iter().zip(b).position(|(a, b)| a != b) {
        Some(at) => 2 * at + usize::from((a[at] ^ b[at]) < 0x10),
        None => 2 * a.len().min(b.len()),
    }
}

#[derive(Default)]
struct Packs {
    tables: Vec<Table>,
    /// The fewest and the most objects that git may count.
    least: u64,
    most: u64,
}

impl Packs {
    fn add(
        &mut self,
        dir: &Path,
        hash: gix::hash::Kind,
        use_multi_index: bool,
        read_before: &[&oid],
    ) -> Result<(), NotExact> {
        let broken = |_| NotExact::because("a pack index can't be read");
        let Ok(list) = std::fs::read_dir(dir) else { return Ok(()) };
        let mut indices = Vec::new();
        let mut packs = Vec::new();
        let mut multi = None;
        for entry in list {
            let name = entry.map_err(|_| NotExact::because("a pack directory can't be read"))?.file_name();
            let bytes = name.as_encoded_bytes();
            if bytes.ends_with(b".idx") {
                indices.push(PathBuf::from(name));
            } else if bytes.ends_with(b".pack") {
                packs.push(PathBuf::from(name));
            } else if bytes == b"multi-pack-index.d" && use_multi_index {
                return Err("an incremental multi-pack-index".into());
            } else if bytes == b"multi-pack-index" && use_multi_index {
                multi = Some(multi_index::File::at(dir.join(name), None).map_err(broken)?);
            }
        }
        packs.sort_unstable();
        if let Some(multi) = &multi {
            if multi.object_hash() != hash {
                return Err("a multi-pack-index of another hash".into());
            }
            self.count(multi, dir, hash, read_before)?;
            indices.retain(|name| multi.index_names().binary_search(name).is_err());
        }
        for name in indices {
            // git takes an index as one only beside its pack.
            if packs.binary_search(&name.with_extension("pack")).is_err() {
                continue;
            }
            let file = index::File::at(dir.join(name), hash).map_err(broken)?;
            self.least += u64::from(file.num_objects());
            self.most += u64::from(file.num_objects());
            self.tables.push(Table::Pack(file));
        }
        self.tables.extend(multi.map(Table::Several));
        Ok(())
    }

    /// What git counts for a multi-pack-index; see [`Abbrev::open()`].
    fn count(
        &mut self,
        multi: &multi_index::File,
        dir: &Path,
        hash: gix::hash::Kind,
        read_before: &[&oid],
    ) -> Result<(), NotExact> {
        let broken = |_| NotExact::because("a multi-pack-index can't be read");
        let names = multi.index_names();
        let mut opened = Vec::new();
        for at in read_before.iter().filter_map(|id| multi.lookup(id)) {
            opened.push(multi.pack_id_and_pack_offset_at_index(at).map_err(broken)?.0 as usize);
        }
        opened.sort_unstable();
        opened.dedup();
        self.least += u64::from(multi.num_objects());
        self.most += u64::from(multi.num_objects());
        for (at, name) in names.iter().enumerate() {
            let path = dir.join(name);
            if opened.binary_search(&at).is_ok() {
                let objects = u64::from(index::File::at(path, hash).map_err(broken)?.num_objects());
                self.least += objects;
                self.most += objects;
            } else {
                // At most: an entry takes a name and 4 bytes in each version of the format, and more in the newer.
                let bytes = path.metadata().map_or(0, |meta| meta.len());
                self.most += bytes.saturating_sub(1024) / (hash.len_in_bytes() as u64 + 4);
            }
        }
        Ok(())
    }
}

/// The loose objects of all directories, each of the 256 fan-outs read when it is first asked for.
struct Loose {
    dirs: Vec<PathBuf>,
    hash: gix::hash::Kind,
    fan_outs: Box<[OnceLock<Vec<ObjectId>>]>,
}

impl Loose {
    fn new(dirs: &ObjectDirs, hash: gix::hash::Kind) -> Self {
        let fan_outs = (0..256).map(|_| OnceLock::new()).collect();
        Loose { dirs: dirs.all().to_vec(), hash, fan_outs }
    }

    fn shared_digits(&self, id: &oid) -> usize {
        let names = self.fan_outs[usize::from(id.first_byte())].get_or_init(|| self.read(id.first_byte()));
        // They are few; a sorted table would cost more than it saves.
        let others = names.iter().filter(|name| name.as_bytes() != id.as_bytes());
        others.map(|name| shared_digits(name.as_bytes(), id.as_bytes())).max().unwrap_or(0)
    }

    fn read(&self, first: u8) -> Vec<ObjectId> {
        let mut names = Vec::new();
        for dir in &self.dirs {
            // A directory that can't be read has no objects for git either.
            let Ok(list) = std::fs::read_dir(dir.join(format!("{first:02x}"))) else { continue };
            for entry in list.flatten() {
                let mut hex = [0; 64];
                let name = entry.file_name();
                let name = name.as_encoded_bytes();
                if name.len() + 2 != self.hash.len_in_hex() {
                    continue;
                }
                hex[..2].copy_from_slice(format!("{first:02x}").as_bytes());
                hex[2..name.len() + 2].copy_from_slice(name);
                names.extend(ObjectId::from_hex(&hex[..name.len() + 2]));
            }
        }
        names
    }
}

#[cfg(test)]
mod tests;
