//! Writing a snapshot: what was read now, and what the previous one had besides.

use std::collections::{BTreeMap, HashMap};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use bstr::{BStr, BString};

use super::format::{COMPARED_LEN, DIRECTORY_LEN, HEADER_LEN, MAGIC, NAME_LEN, NONE};
use super::{Compared, Directory, Identity, Snapshot};
use crate::status::scan::{Kind, ReadNames};

/// A directory that was read now.
pub struct FreshDirectory {
    /// Path from the top, with a slash at its end; empty for the top.
    pub path: BString,
    /// The identity that it had before it was read; the default one if it may have changed while it was read.
    pub identity: Identity,
    /// What is in it.
    pub names: ReadNames,
}

/// All that a new snapshot is made of.
pub struct Update<'s> {
    /// The previous snapshot.
    pub old: Option<&'s Snapshot>,
    /// What was read.
    pub directories: Vec<FreshDirectory>,
    /// What was compared, and whether it was the same.
    pub compared: Vec<(BString, Compared, bool)>,
    /// Whether a previous comparison of this path is worth keeping.
    pub keep: &'s dyn Fn(&BStr) -> bool,
}

#[derive(Default)]
struct Columns {
    directories: Vec<u8>,
    names: Vec<u8>,
    compared: Vec<u8>,
    text: Vec<u8>,
    name_count: u64,
}

impl Update<'_> {
    /// Writes it to this file. A reader sees the previous one or this one.
    ///
    /// # Errors
    /// When it can't be written; the previous one stays.
    pub fn publish(self, file: &Path) -> io::Result<()> {
        let (Some(git_dir), path) = (file.parent(), file) else { return Err(io::ErrorKind::NotFound.into()) };
        let bytes = self.encode();
        let mut builder = tempfile::Builder::new();
        builder.prefix("git-fast.status.");
        let mut file = builder.make_in(git_dir, |path| {
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
        })?;
        file.write_all(&bytes)?;
        // Not synced: a torn file has another hash, and then it is read anew.
        file.persist(path)?;
        Ok(())
    }

    fn encode(self) -> Vec<u8> {
        let fresh: HashMap<&[u8], &FreshDirectory> =
            self.directories.iter().map(|directory| (directory.path.as_slice(), directory)).collect();
        let mut columns = Columns::default();
        columns.add(&fresh, self.old, b"", self.old.and_then(Snapshot::root));
        let mut compared: BTreeMap<BString, (Compared, bool)> = BTreeMap::new();
        for (path, old, same) in self.old.into_iter().flat_map(Snapshot::all_compared) {
            if (self.keep)(path) {
                compared.insert(path.to_owned(), (old, same));
            }
        }
        compared.extend(self.compared.into_iter().map(|(path, new, same)| (path, (new, same))));
        for (path, (file, same)) in &compared {
            columns.add_compared(path, file, *same);
        }
        columns.finish(compared.len() as u64)
    }
}

impl Columns {
    /// Adds a directory and all that is known below it; its position.
    fn add(
        &mut self,
        fresh: &HashMap<&[u8], &FreshDirectory>,
        old: Option<&Snapshot>,
        path: &[u8],
        known: Option<Directory<'_>>,
    ) -> u32 {
        let position = (self.directories.len() / DIRECTORY_LEN) as u32;
        let new = fresh.get(path).copied();
        let identity = match (new, &known) {
            (Some(new), _) => new.identity,
            (None, Some(known)) => known.identity(),
            (None, None) => return NONE,
        };
        let count = new.map_or_else(|| known.map_or(0, |known| known.count()), |new| new.names.count());
        let first = self.name_count;
        self.name_count += count as u64;
        put_identity(&mut self.directories, identity);
        self.directories.extend_from_slice(&first.to_le_bytes());
        self.directories.extend_from_slice(&(count as u64).to_le_bytes());
        let mut below = Vec::new();
        for at in 0..count {
            let (name, kind, child) = match (new, &known) {
                (Some(new), known) => {
                    let (name, kind) = new.names.get(at);
                    let child = known
                        .filter(|_| kind == Kind::Directory)
                        .and_then(|known| known.find(name).and_then(|at| known.name(at).child));
                    (name, kind, child)
                }
                (None, Some(known)) => {
                    let name = known.name(at);
                    (name.name, name.kind, name.child)
                }
                (None, None) => break,
            };
            let kind_number: u64 = match kind {
                Kind::Directory => 1,
                Kind::File => 2,
                Kind::Link => 3,
                Kind::Other => 4,
            };
            if kind == Kind::Directory {
                below.push((at, [path, name, b"/"].concat(), child));
            }
            let place = kind_number << 56 | self.text.len() as u64;
            self.names.extend_from_slice(&place.to_le_bytes());
            self.names.extend_from_slice(&(name.len() as u32).to_le_bytes());
            self.names.extend_from_slice(&NONE.to_le_bytes());
            self.text.extend_from_slice(name);
        }
        for (at, path, child) in below {
            let known = child.and_then(|child| old.and_then(|old| old.directory(child)));
            let position = self.add(fresh, old, &path, known);
            let start = (first as usize + at) * NAME_LEN + 12;
            self.names[start..start + 4].copy_from_slice(&position.to_le_bytes());
        }
        position
    }

    fn add_compared(&mut self, path: &BString, file: &Compared, same: bool) {
        let out = &mut self.compared;
        let start = out.len();
        out.extend_from_slice(&(self.text.len() as u64).to_le_bytes());
        out.extend_from_slice(&(path.len() as u32).to_le_bytes());
        out.extend_from_slice(&file.mode.to_le_bytes());
        put_identity(out, file.identity);
        out.extend_from_slice(&file.size.to_le_bytes());
        out.extend_from_slice(&file.conversion.to_le_bytes());
        let object = file.object.as_bytes();
        out.extend_from_slice(&[u8::from(same), object.len() as u8, 0, 0]);
        out.extend_from_slice(object);
        out.resize(start + COMPARED_LEN, 0);
        self.text.extend_from_slice(path);
    }

    fn finish(self, compared: u64) -> Vec<u8> {
        let directories = (self.directories.len() / DIRECTORY_LEN) as u64;
        let counts = [directories, self.name_count, self.text.len() as u64, compared];
        let mut bytes = MAGIC.to_vec();
        bytes.resize(MAGIC.len() + super::format::HASH_LEN, 0);
        bytes.extend(counts.iter().flat_map(|count| count.to_le_bytes()));
        for column in [&self.directories, &self.names, &self.compared, &self.text] {
            bytes.extend_from_slice(column);
        }
        debug_assert!(bytes.len() >= HEADER_LEN);
        let hash = blake3::hash(&bytes[MAGIC.len() + super::format::HASH_LEN..]);
        bytes[MAGIC.len()..MAGIC.len() + super::format::HASH_LEN].copy_from_slice(hash.as_bytes());
        bytes
    }
}

/// Device, inode, modification (seconds, nanoseconds), change (nanoseconds, seconds): 40 bytes.
fn put_identity(out: &mut Vec<u8>, identity: Identity) {
    out.extend_from_slice(&identity.device.to_le_bytes());
    out.extend_from_slice(&identity.inode.to_le_bytes());
    out.extend_from_slice(&identity.mtime.0.to_le_bytes());
    out.extend_from_slice(&identity.mtime.1.to_le_bytes());
    out.extend_from_slice(&identity.ctime.1.to_le_bytes());
    out.extend_from_slice(&identity.ctime.0.to_le_bytes());
}
