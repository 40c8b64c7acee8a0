//! Which commits agree on everything that a pathspec chooses.
//!
//! What the index keeps of a path are the commits that changed it against their first parent; every other commit
//! has what its first parent has. For one path its value says everything, because the object of a directory stands for
//! all that is below: see [`super::one_path`]. For a set of paths each commit gets a number in one pass, parents first:
//! equal numbers, equal content. The number is the sum of one random-looking term for each path and what lies
//! there, kept up to date from commit to commit by the differences. The terms depend on a key from the system, new in
//! each process, so that nobody can prepare contents with equal sums; 2⁻⁶⁴ is more than the chance that two of them are
//! equal by accident.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use bstr::{BStr, ByteSlice};
use gix::objs::tree::EntryKind;
use rayon::prelude::*;

use super::Reach;
use super::matches::{Literal, union};
use super::one_path::OnePath;
use super::pathspec::Pathspec;
use crate::index::{History, PathTable, Paths, Pos, Value};
use crate::log::walk::{Classes, TreeSame};
use crate::repo::NotExact;

/// Which commits of `history` agree on what `pathspec` chooses. It holds for commits of which, and of whose ancestors, the
/// index [knows](super::check_known) what they changed.
///
/// # Errors
/// When the system has no random numbers.
pub fn tree_same<'a>(
    paths: &Paths<'a>,
    history: &'a History<'a>,
    pathspec: &'a Pathspec,
) -> Result<Box<dyn TreeSame + 'a>, NotExact> {
    // With an empty directory or an odd mode somewhere, two directories may differ and still hold the same files.
    let is_plain = |literal: &Literal<'_>| !paths.has_quirks() || is_never_a_directory(paths, literal.path);
    let literals = pathspec.literals().filter(|literals| literals.iter().all(is_plain));
    match literals.as_deref() {
        Some(literals) if literals.iter().any(|literal| literal.path.is_empty()) => {
            Ok(Box::new(Trees(history)))
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
            let tables = paths.tables().iter();
            let jobs: Vec<Job<'_>> = tables.flat_map(|table| jobs(table, pathspec)).collect();
            Ok(Box::new(of_sums(history, leaf_deltas(&jobs, pathspec, &terms, history.len() as usize))))
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

/// Everything: the trees of the commits.
struct Trees<'a>(&'a History<'a>);

impl TreeSame for Trees<'_> {
    fn same(&self, pos: Pos, other: Pos) -> bool {
        self.0.tree(pos) == self.0.tree(other)
    }

    fn is_empty(&self, pos: Pos) -> bool {
        self.0.tree(pos).is_empty_tree()
    }

    fn changes(&self) -> usize {
        self.0.len() as usize
    }
}

impl std::fmt::Debug for Trees<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Trees").finish_non_exhaustive()
    }
}

fn add(deltas: &mut [u128], pos: Pos, delta: u128) {
    if let Some(sum) = deltas.get_mut(pos.index()) {
        *sum = sum.wrapping_add(delta);
    }
}

/// Classes from what each commit adds to the sum of its first parent.
fn of_sums(history: &History<'_>, mut sums: Vec<u128>) -> Classes {
    let mut changes = 0;
    for pos in (0..history.len()).map(Pos) {
        changes += usize::from(sums[pos.index()] != 0);
        if let Some(parent) = history.first_parent(pos) {
            sums[pos.index()] = sums[pos.index()].wrapping_add(sums[parent.index()]);
        }
    }
    Classes { numbers: sums, changes }
}

/// Paths of a table that one thread matches at a time.
type Job<'t> = (&'t PathTable<'t>, Range<usize>);

/// All paths that `pathspec` may match.
fn jobs<'t>(table: &'t PathTable<'t>, pathspec: &Pathspec) -> impl Iterator<Item = Job<'t>> {
    const AT_ONCE: usize = 512;
    let ranges = union(pathspec.prefixes().map(|prefix| table.range(prefix)).collect());
    let parts = ranges.into_iter().flat_map(|range| {
        range.clone().step_by(AT_ONCE).map(move |start| start..(start + AT_ONCE).min(range.end))
    });
    parts.map(move |part| (table, part))
}

/// What each of `commits` adds. Each thread adds up by itself.
fn leaf_deltas(jobs: &[Job<'_>], pathspec: &Pathspec, terms: &Terms, commits: usize) -> Vec<u128> {
    /// More threads would need more memory than they save time.
    const THREADS: usize = 4;
    let next = AtomicUsize::new(0);
    let add_up = || {
        let mut deltas = vec![0; commits];
        while let Some((table, range)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            range.clone().for_each(|at| add_leaves(table, at, pathspec, terms, &mut deltas));
        }
        deltas
    };
    let threads = jobs.len().min(rayon::current_num_threads()).clamp(1, THREADS);
    let sums = (0..threads).into_par_iter().with_max_len(1).map(|_| add_up());
    let add_both = |mut all: Vec<u128>, more: Vec<u128>| {
        all.iter_mut().zip(more).for_each(|(sum, more)| *sum = sum.wrapping_add(more));
        all
    };
    sums.reduce_with(add_both).unwrap_or_default()
}

/// Adds what was done to the path with number `at`, if it is chosen.
fn add_leaves(table: &PathTable<'_>, at: usize, pathspec: &Pathspec, terms: &Terms, deltas: &mut [u128]) {
    let path = table.path(at);
    let reach = pathspec.reach(path);
    if reach.is_nothing() {
        return;
    }
    let factor = terms.factor(path);
    let term = |value: Option<Value<'_>>| {
        value.filter(|value| reach.takes(value.kind)).map_or(0, |value| terms.term(factor, value))
    };
    // What a commit finds mostly is what the last one has made.
    let mut last = (None, 0);
    for posting in table.postings(at) {
        let old = if is_same_entry(posting.old, last.0) { last.1 } else { term(posting.old) };
        let new = term(posting.new);
        add(deltas, posting.pos, new.wrapping_sub(old));
        last = (posting.new, new);
    }
}

/// Whether two values are the same one of the index. Two that are not may be equal.
#[inline]
fn is_same_entry(one: Option<Value<'_>>, other: Option<Value<'_>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.kind == other.kind && std::ptr::eq(one.id, other.id),
        (None, None) => true,
        _ => false,
    }
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
        getrandom::fill(&mut key).map_err(|err| NotExact::from(format!("random numbers: {err}")))?;
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
    #[inline]
    fn term(&self, factor: u128, value: Value<'_>) -> u128 {
        let (head, rest) = value.id.as_bytes().split_first_chunk().unwrap_or((&[0; 16], &[]));
        // Four bytes of SHA-1, sixteen of SHA-256.
        let rest = match (rest.try_into(), rest.first_chunk()) {
            (Ok(four), _) => u128::from(u32::from_le_bytes(four)),
            (_, Some(all)) => u128::from_le_bytes(*all),
            _ => 0,
        };
        let kind = self.kind.wrapping_mul(1 + value.kind as u128);
        let mixed = u128::from_le_bytes(*head).wrapping_add(rest.wrapping_mul(self.rest));
        mixed.wrapping_add(kind).wrapping_mul(factor)
    }
}

/// The first 16 bytes as a number.
fn number_from(bytes: &[u8]) -> u128 {
    bytes.first_chunk().map_or(0, |bytes| u128::from_le_bytes(*bytes))
}
