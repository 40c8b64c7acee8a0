//! What checking out HEAD puts on the disk, from `git ls-tree`.

use std::collections::BTreeMap;
use std::process::Stdio;

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

use crate::optimize::context::Context;
use crate::repo::NotExact;

/// How many directories are named.
const NAMED: usize = 10;
/// Directories of up to this depth are compared.
const DEPTH: usize = 2;

/// A directory of the checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Directory {
    pub(super) path: String,
    /// Files in it and below.
    pub(super) files: u64,
    /// Their bytes.
    pub(super) bytes: u64,
}

/// The figures of HEAD's tree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkout {
    pub(super) files: u64,
    pub(super) directories: u64,
    pub(super) links: u64,
    pub(super) submodules: u64,
    /// Bytes of all files, before filters.
    pub(super) bytes: u64,
    /// Names in the longest path.
    pub(super) depth: u64,
    /// Bytes of the longest path.
    pub(super) path_length: u64,
    pub(super) longest_path: String,
    /// The largest, by bytes.
    pub(super) largest_directories: Vec<Directory>,
    /// Entries of the directory that has most.
    pub(super) most_entries: u64,
    pub(super) most_entries_in: String,
}

/// Reads HEAD's tree; all zero where there is no commit.
pub(super) fn read(context: &Context, partial: bool) -> Result<Checkout, NotExact> {
    let mut args = vec!["ls-tree", "-r", "-t", "-z"];
    // Sizes of what is not here would be fetched.
    args.extend((!partial).then_some("--long"));
    args.push("HEAD");
    let output = context.git(&args).stdin(Stdio::null()).stderr(Stdio::null()).output().map_err(Context::fails)?;
    let mut checkout = Checkout::default();
    let mut directories: BTreeMap<Vec<u8>, (u64, u64)> = BTreeMap::new();
    let mut entries: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for line in output.stdout.split(|b| *b == 0).filter(|line| !line.is_empty()) {
        let Some((head, path)) = line.split_once_str("\t") else { continue };
        let fields: Vec<&[u8]> = head.fields().collect();
        let size = fields.get(3).and_then(|size| size.to_str().ok()?.parse::<u64>().ok()).unwrap_or(0);
        let parent = path.rsplit_once_str("/").map_or(&b""[..], |(parent, _)| parent);
        *entries.entry(parent.to_vec()).or_default() += 1;
        match fields.first().copied() {
            Some(b"040000") => {
                checkout.directories += 1;
                continue;
            }
            Some(b"120000") => checkout.links += 1,
            Some(b"160000") => checkout.submodules += 1,
            _ => checkout.files += 1,
        }
        checkout.bytes += size;
        checkout.depth = checkout.depth.max(path.split_str("/").count() as u64);
        if path.len() as u64 > checkout.path_length {
            checkout.path_length = path.len() as u64;
            checkout.longest_path = path.to_str_lossy().into_owned();
        }
        let slashes = path.find_iter("/").take(DEPTH);
        for end in slashes {
            let sum = directories.entry(path[..end].to_vec()).or_default();
            *sum = (sum.0 + 1, sum.1 + size);
        }
    }
    let mut largest: Vec<Directory> = directories
        .into_iter()
        .map(|(path, (files, bytes))| Directory { path: path.to_str_lossy().into_owned(), files, bytes })
        .collect();
    largest.sort_by_key(|directory| std::cmp::Reverse((directory.bytes, directory.files)));
    largest.truncate(NAMED);
    checkout.largest_directories = largest;
    if let Some((path, most)) = entries.into_iter().max_by_key(|(_, count)| *count) {
        checkout.most_entries = most;
        checkout.most_entries_in = path.to_str_lossy().into_owned();
    }
    Ok(checkout)
}
