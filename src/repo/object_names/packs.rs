//! Which packs there are, and how many objects git counts in them.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use gix::hash::{Kind, oid};
use gix::odb::pack::multi_index;

use super::table::{PackNames, Table};
use crate::repo::NotExact;

const MULTI_INDEX: &str = "multi-pack-index";

fn broken() -> NotExact {
    NotExact::because("a multi-pack-index can't be read")
}

/// The tables of all object directories.
pub(super) struct Packs {
    pub(super) tables: Vec<Table>,
    /// Of the names of all files that were opened, and what changes when one is replaced.
    pub(super) identity: blake3::Hash,
}

impl Packs {
    /// Of these object directories.
    pub(super) fn open(dirs: &[PathBuf], hash: Kind, use_multi_index: bool) -> Result<Self, NotExact> {
        let mut tables = Vec::new();
        let mut identity = blake3::Hasher::new();
        for dir in dirs {
            let mut opened = |path: &Path, meta: &std::fs::Metadata, table| {
                identity.update(path.as_os_str().as_bytes());
                for number in [0, meta.len(), meta.ino(), meta.ctime() as u64, meta.ctime_nsec() as u64] {
                    identity.update(&number.to_le_bytes());
                }
                tables.push(table);
            };
            open_all(dir.join("pack"), hash, use_multi_index, &mut opened)?;
        }
        Ok(Packs { tables, identity: identity.finalize() })
    }

    /// See [`super::ObjectNames::counted_twice()`].
    pub(super) fn counted_twice(&self, hash: Kind, read_before: &[&oid]) -> Result<(u64, u64), NotExact> {
        let (mut least, mut most) = (0, 0);
        for table in &self.tables {
            let (fewest, highest) = match table {
                Table::Pack(_) => (table.count(), table.count()),
                Table::Several { names, dir } => counted_by_multi_index(names, dir, hash, read_before)?,
            };
            least += fewest;
            most += highest;
        }
        Ok((least, most))
    }
}

/// Opens the tables of a directory of packs.
fn open_all(
    dir: PathBuf,
    hash: Kind,
    use_multi_index: bool,
    opened: &mut impl FnMut(&Path, &std::fs::Metadata, Table),
) -> Result<(), NotExact> {
    let Ok(list) = std::fs::read_dir(&dir) else { return Ok(()) };
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
        } else if bytes == MULTI_INDEX.as_bytes() && use_multi_index {
            multi = Some(multi_index::File::at(dir.join(name), None).map_err(|_| broken())?);
        }
    }
    packs.sort_unstable();
    indices.sort_unstable();
    if let Some(multi) = &multi {
        if multi.object_hash() != hash {
            return Err("a multi-pack-index of another hash".into());
        }
        indices.retain(|name| multi.index_names().binary_search(name).is_err());
    }
    for name in indices {
        // git takes an index as one only beside its pack.
        if packs.binary_search(&name.with_extension("pack")).is_ok() {
            let path = dir.join(name);
            let (names, meta) = PackNames::open(&path, hash)?;
            opened(&path, &meta, Table::Pack(names));
        }
    }
    if let Some(multi) = multi {
        let path = dir.join(MULTI_INDEX);
        let meta = path.metadata().map_err(|_| broken())?;
        opened(&path, &meta, Table::Several { names: Box::new(multi), dir });
    }
    Ok(())
}

fn counted_by_multi_index(
    multi: &multi_index::File,
    dir: &Path,
    hash: Kind,
    read_before: &[&oid],
) -> Result<(u64, u64), NotExact> {
    let names = multi.index_names();
    let mut opened = Vec::new();
    for at in read_before.iter().filter_map(|id| multi.lookup(id)) {
        opened.push(multi.pack_id_and_pack_offset_at_index(at).map_err(|_| broken())?.0 as usize);
    }
    opened.sort_unstable();
    opened.dedup();
    let (mut least, mut most) = (u64::from(multi.num_objects()), u64::from(multi.num_objects()));
    for (at, name) in names.iter().enumerate() {
        let path = dir.join(name);
        if opened.binary_search(&at).is_ok() {
            let objects = PackNames::open(&path, hash)?.0.len() as u64;
            least += objects;
            most += objects;
        } else {
            // At most: an entry takes a name and 4 bytes in each version of the format, and more in the newer.
            let bytes = path.metadata().map_or(0, |meta| meta.len());
            most += bytes.saturating_sub(1024) / (hash.len_in_bytes() as u64 + 4);
        }
    }
    Ok((least, most))
}
