//! Which commits agree on everything that a pathspec chooses.
//!
//! What the index keeps of a path are the commits that changed it against their first parent; every other commit
//! has what its first parent has. For one path its value says everything, because the object of a directory stands for
//! all that is below: see [`super::one_path`]. For a set of paths each commit gets a number in one pass, parents first:
//! equal numbers, equal content. The number stands for a sum of one random-looking term for each path and what lies
//! there, kept up to date from commit to commit by the differences. The terms depend on a key from the system, new in
//! each process, so that nobody can prepare contents with equal sums; 2⁻⁶⁴ is more than the chance that two of them are
//! equal by accident.

use std::collections::hash_map::Entry;

use bstr::{BStr, ByteSlice};
use gix::hash::oid;
use gix::objs::tree::EntryKind;
use rayon::prelude::*;

use super::Reach;
use super::hashing::RandomKeyMap;
use super::matches::{Literal, union};
use super::one_path::OnePath;
use super::pathspec::Pathspec;
use crate::index::{History, PathTable, Paths, Pos, Value};
use crate::log::walk::{Classes, TreeSame};
use crate::repo::NotExact;

/// Which commits of `history` agree on what `pathspec` chooses.
///
/// # Errors
/// When the index does not know for each commit what it changed.
pub fn tree_same<'a>(
    paths: &Paths<'a>,
    history: &'a History<'a>,
    pathspec: &'a Pathspec,
) -> Result<Box<dyn TreeSame + 'a>, NotExact> {
    if paths.len() < history.len() {
        return Err("the index does not know the paths of all commits yet".into());
    }
    if let Some(pos) = paths.unknown().find(|pos| pos.0 < history.len()) {
        return Err(format!("what commit {} changed is not known", history.oid(pos)).into());
    }
    // With an empty directory or an odd mode somewhere, two directories may differ and still hold the same files.
    let is_plain = |literal: &Literal<'_>| !paths.has_quirks() || is_never_a_directory(paths, literal.path);
    let literals = pathspec.literals().filter(|literals| literals.iter().all(is_plain));
    match literals.as_deref() {
        Some(literals) if literals.iter().any(|literal| literal.path.is_empty()) => {
            Ok(Box::new(of_trees(history)))
        }
        Some([literal]) => Ok(Box::new(OnePath::new(paths, history, *literal))),
        Some(literals) => {
            let terms = Terms::new()?;
            let mut deltas = vec![0; history.len() as usize];
            for literal in literals {
                let factor = terms.factor(literal.path);
                let term = |value: Option<Value<'_>>| {
                    value
                        .filter(|value| literal.takes(value.kind))
                        .map_or(0, |value| terms.term(factor, value))
                };
                for posting in paths.postings(literal.path) {
                    add(&mut deltas, posting.pos, term(posting.new).wrapping_sub(term(posting.old)));
                }
            }
            Ok(Box::new(of_sums(history, deltas)))
        }
        None => {
            let terms = Terms::new()?;
            let mut deltas = vec![0; history.len() as usize];
            for table in paths.tables() {
                for (pos, delta) in leaf_deltas(table, pathspec, &terms).into_iter().flatten() {
                    add(&mut deltas, pos, delta);
                }
            }
            Ok(Box::new(of_sums(history, deltas)))
        }
    }
}

fn is_never_a_directory(paths: &Paths<'_>, path: &BStr) -> bool {
    let is_directory = |value: Option<Value<'_>>| value.is_some_and(|value| value.kind == EntryKind::Tree);
    !path.is_empty()
        && !paths.postings(path).any(|posting| is_directory(posting.old) || is_directory(posting.new))
}

impl Literal<'_> {
    /// Whether something of this kind is chosen.
    pub(super) fn takes(&self, kind: EntryKind) -> bool {
        !self.not_a_file || matches!(kind, EntryKind::Tree | EntryKind::Commit)
    }
}

/// Numbers things in the order in which they are met, from 1.
fn number<K: Eq + std::hash::Hash>(known: &mut RandomKeyMap<K, u32>, key: K) -> u32 {
    let next = known.len() as u32 + 1;
    match known.entry(key) {
        Entry::Occupied(old) => *old.get(),
        Entry::Vacant(new) => *new.insert(next),
    }
}

/// The class of the first parent, or of nothing for a root.
fn inherited(history: &History<'_>, classes: &[u32], pos: u32) -> u32 {
    history.first_parent(Pos(pos)).map_or(0, |parent| classes[parent.index()])
}

/// Everything: the trees of the commits.
fn of_trees(history: &History<'_>) -> Classes {
    let mut known: RandomKeyMap<&oid, u32> = RandomKeyMap::default();
    let mut classes: Vec<u32> = Vec::with_capacity(history.len() as usize);
    for pos in (0..history.len()).map(Pos) {
        let tree = history.tree(pos);
        let parent = history.first_parent(pos).filter(|parent| history.tree(*parent) == tree);
        classes.push(match parent {
            Some(parent) => classes[parent.index()],
            None if tree.is_empty_tree() => 0,
            None => number(&mut known, tree),
        });
    }
    Classes(classes)
}

fn add(deltas: &mut [u128], pos: Pos, delta: u128) {
    if let Some(sum) = deltas.get_mut(pos.index()) {
        *sum = sum.wrapping_add(delta);
    }
}

/// Classes from what each commit adds to the sum of its first parent.
fn of_sums(history: &History<'_>, mut sums: Vec<u128>) -> Classes {
    let mut known: RandomKeyMap<u128, u32> = RandomKeyMap::default();
    let mut classes: Vec<u32> = Vec::with_capacity(sums.len());
    for pos in 0..history.len() {
        let parent = history.first_parent(Pos(pos));
        let before = parent.map_or(0, |parent| sums[parent.index()]);
        let delta = std::mem::replace(&mut sums[pos as usize], before);
        classes.push(if delta == 0 {
            inherited(history, &classes, pos)
        } else {
            let sum = before.wrapping_add(delta);
            sums[pos as usize] = sum;
            if sum == 0 { 0 } else { number(&mut known, sum) }
        });
    }
    Classes(classes)
}

/// What each commit adds, file by file, in no certain order.
fn leaf_deltas(table: &PathTable<'_>, pathspec: &Pathspec, terms: &Terms) -> Vec<Vec<(Pos, u128)>> {
    /// Matching fewer paths than this is not worth another thread.
    const AT_ONCE: usize = 512;
    let ranges = union(pathspec.prefixes().map(|prefix| table.range(prefix)).collect());
    let mut deltas = Vec::new();
    for range in ranges {
        let parts = range.into_par_iter().with_min_len(AT_ONCE).fold(Vec::new, |mut deltas, at| {
            let path = table.path(at);
            let reach = pathspec.reach(path);
            if !reach.is_nothing() {
                let factor = terms.factor(path);
                let term = |value: Option<Value<'_>>| {
                    value.filter(|value| reach.takes(value.kind)).map_or(0, |value| terms.term(factor, value))
                };
                deltas.extend(table.postings(at).filter_map(|posting| {
                    let delta = term(posting.new).wrapping_sub(term(posting.old));
                    (delta != 0).then_some((posting.pos, delta))
                }));
            }
            deltas
        });
        deltas.extend(parts.collect::<Vec<_>>());
    }
    deltas
}

impl Reach {
    /// Whether something of this kind is chosen; what is chosen of a directory are the files in it.
    pub fn takes(self, kind: EntryKind) -> bool {
        match kind {
            EntryKind::Tree => false,
            EntryKind::Commit => self.submodules,
            EntryKind::Blob | EntryKind::BlobExecutable | EntryKind::Link => self.files,
        }
    }
}

/// The key of this process.
struct Terms {
    paths: [u8; 32],
    rest: u128,
    kind: u128,
}

impl Terms {
    fn new() -> Result<Terms, NotExact> {
        let mut key = [0; 64];
        let filled = rustix::rand::getrandom(&mut key, rustix::rand::GetRandomFlags::empty());
        if !filled.is_ok_and(|count| count == key.len()) {
            return Err("the system has no random numbers".into());
        }
        let (paths, numbers) = key.split_at(32);
        let mut terms = Terms {
            paths: [0; 32],
            rest: number_from(&numbers[..16]) | 1,
            kind: number_from(&numbers[16..]) | 1,
        };
        terms.paths.copy_from_slice(paths);
        Ok(terms)
    }

    /// A random odd number for each path.
    fn factor(&self, path: &BStr) -> u128 {
        let hash = blake3::keyed_hash(&self.paths, path.as_bytes());
        number_from(&hash.as_bytes()[..16]) | 1
    }

    /// The term of a path with this factor and what lies there.
    fn term(&self, factor: u128, value: Value<'_>) -> u128 {
        let (head, rest) = value.id.as_bytes().split_at(16);
        let kind = 1 + value.kind as u128;
        let mixed = number_from(head)
            .wrapping_add(number_from(rest).wrapping_mul(self.rest))
            .wrapping_add(kind.wrapping_mul(self.kind));
        mixed.wrapping_mul(factor)
    }
}

/// Up to 16 bytes as a number.
fn number_from(bytes: &[u8]) -> u128 {
    let mut padded = [0; 16];
    padded[..bytes.len()].copy_from_slice(bytes);
    u128::from_le_bytes(padded)
}
