//! The loose objects: few, and read only where they are asked for.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gix::hash::{ObjectId, oid};

use super::table::shared_digits;
use crate::repo::object_dirs::ObjectDirs;

/// The loose objects of all directories, each of the 256 fan-outs read when it is first asked for.
pub(super) struct Loose {
    dirs: Vec<PathBuf>,
    hash: gix::hash::Kind,
    fan_outs: Box<[OnceLock<Vec<ObjectId>>]>,
    /// Which fan-outs there are in each directory: mostly none, and one listing is cheaper than many failing opens.
    present: OnceLock<Vec<[bool; 256]>>,
}

impl Loose {
    pub(super) fn new(dirs: &ObjectDirs, hash: gix::hash::Kind) -> Self {
        let fan_outs = (0..256).map(|_| OnceLock::new()).collect();
        Loose { dirs: dirs.all().to_vec(), hash, fan_outs, present: OnceLock::new() }
    }

    pub(super) fn shared_digits(&self, id: &oid) -> usize {
        let names = self.fan_outs[usize::from(id.first_byte())].get_or_init(|| self.read(id.first_byte()));
        // They are few; a sorted table would cost more than it saves.
        let others = names.iter().filter(|name| name.as_bytes() != id.as_bytes());
        others.map(|name| shared_digits(name.as_bytes(), id.as_bytes())).max().unwrap_or(0)
    }

    pub(super) fn contains(&self, id: &oid) -> bool {
        let hex = id.to_hex().to_string();
        self.dirs.iter().any(|dir| dir.join(&hex[..2]).join(&hex[2..]).exists())
    }

    fn read(&self, first: u8) -> Vec<ObjectId> {
        let mut names = Vec::new();
        let present = self.present.get_or_init(|| self.dirs.iter().map(|dir| fan_outs_in(dir)).collect());
        for (dir, present) in self.dirs.iter().zip(present) {
            if !present[usize::from(first)] {
                continue;
            }
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

fn fan_outs_in(dir: &Path) -> [bool; 256] {
    let Ok(list) = std::fs::read_dir(dir) else { return [true; 256] };
    let mut present = [false; 256];
    for name in list.flatten().map(|entry| entry.file_name()) {
        let number =
            name.to_str().filter(|name| name.len() == 2).and_then(|name| u8::from_str_radix(name, 16).ok());
        if let Some(number) = number {
            present[usize::from(number)] = true;
        }
    }
    present
}
