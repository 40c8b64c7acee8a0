//! The index's `TREE` extension: which directories of the index are exactly which tree objects.

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;

/// Directories nested deeper than this are not in any real tree; git itself would overflow its stack.
const MAX_DEPTH: usize = 4096;

/// One directory.
#[derive(Debug, Clone)]
pub struct CacheTree {
    /// Last component of its path; empty at the top.
    name: BString,
    /// The tree, and how many entries of the index it stands for; `None` where the index has changed since.
    pub tree: Option<(ObjectId, usize)>,
    /// Ordered by name.
    children: Vec<CacheTree>,
}

impl CacheTree {
    /// Reads the extension; `None` when it is malformed (git would rebuild it silently).
    pub(super) fn parse(data: &[u8], hash_len: usize) -> Option<CacheTree> {
        let mut rest = data;
        let tree = read(&mut rest, hash_len, 0)?;
        (rest.is_empty() && tree.name.is_empty()).then_some(tree)
    }

    /// The directory `name` in this one.
    pub fn child(&self, name: &BStr) -> Option<&CacheTree> {
        let at = self.children.binary_search_by(|child| child.name.as_bstr().cmp(name)).ok()?;
        Some(&self.children[at])
    }

    /// The tree at the top and how many entries it stands for, without reading the rest.
    pub(super) fn root(data: &[u8], hash_len: usize) -> Option<(ObjectId, usize)> {
        let mut rest = data;
        take_until(&mut rest, 0).filter(|name| name.is_empty())?;
        let count: i64 = take_until(&mut rest, b' ')?.to_str().ok()?.parse().ok()?;
        take_until(&mut rest, b'\n')?;
        let count = usize::try_from(count).ok()?;
        Some((ObjectId::try_from(rest.get(..hash_len)?).ok()?, count))
    }
}

fn read(rest: &mut &[u8], hash_len: usize, depth: usize) -> Option<CacheTree> {
    if depth > MAX_DEPTH {
        return None;
    }
    let name = take_until(rest, 0)?;
    let count: i64 = take_until(rest, b' ')?.to_str().ok()?.parse().ok()?;
    let children: usize = take_until(rest, b'\n')?.to_str().ok()?.parse().ok()?;
    let mut tree = None;
    if let Ok(count) = usize::try_from(count) {
        let (id, behind) = rest.split_at_checked(hash_len)?;
        tree = Some((ObjectId::try_from(id).ok()?, count));
        *rest = behind;
    }
    let mut node = CacheTree { name: name.into(), tree, children: Vec::new() };
    for _ in 0..children {
        node.children.push(read(rest, hash_len, depth + 1)?);
    }
    node.children.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Some(node)
}

fn take_until<'a>(rest: &mut &'a [u8], end: u8) -> Option<&'a [u8]> {
    let at = rest.find_byte(end)?;
    let (head, tail) = (&rest[..at], &rest[at + 1..]);
    *rest = tail;
    Some(head)
}
