//! Files of the index, of the worktree's snapshot and of git, and objects.

use std::cell::OnceCell;
use std::fs;
use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;

use bstr::ByteSlice;
use gix::hash::Kind;

use crate::cli::metrics;
use crate::index::manifest::Manifest;
use crate::index::{Bytes, History, PathSegment, Paths, Pos, Segment, merge_paths};
use crate::repo::object_dirs::ObjectDirs;
use crate::repo::object_names::ObjectNames;
use crate::status::index_file::IndexFile;
use crate::status::snapshot::Snapshot;

/// Where the header of a segment keeps the length of the file: set right, or hardly anything would get past that.
const SEGMENT_LEN: std::ops::Range<usize> = 64..72;
/// Of what is large, so much is looked at.
const MOST: u32 = 2000;
const KINDS: [Kind; 2] = [Kind::Sha1, Kind::Sha256];

fn segment(bytes: &[u8]) -> Bytes {
    let mut bytes = bytes.to_vec();
    let len = bytes.len() as u64;
    if let Some(field) = bytes.get_mut(SEGMENT_LEN) {
        field.copy_from_slice(&len.to_le_bytes());
    }
    Bytes::copy(&bytes)
}

pub(super) fn history_segment(bytes: &[u8]) {
    let Ok(segment) = Segment::new(segment(bytes)) else { return };
    black_box(segment.verify_hashes().is_ok());
    let Ok(history) = History::new([&segment]) else { return };
    for pos in (0..history.len().min(MOST)).map(Pos) {
        black_box(history.lookup(history.oid(pos)));
        black_box((history.tree(pos), history.first_parent(pos), history.parents(pos).count()));
        black_box((history.generation(pos), history.flags(pos), history.author_time(pos)));
        black_box((history.committer_time(pos), history.author(pos), history.committer(pos)));
        black_box((history.message(pos), history.extra_headers(pos)));
        assert!(history.parents(pos).all(|parent| parent < pos), "parents come before their children");
    }
}

pub(super) fn path_segment(bytes: &[u8]) {
    let Ok(segment) = PathSegment::new(segment(bytes)) else { return };
    black_box(segment.verify_hashes().is_ok());
    let Ok(paths) = Paths::new([&segment]) else { return };
    assert!(paths.unknown().all(|pos| pos.0 < paths.len()));
    for table in paths.tables() {
        for at in 0..table.len().min(MOST as usize) + 2 {
            let mut last = None;
            for posting in table.postings(at) {
                assert!(posting.pos.0 < paths.len() && last < Some(posting.pos), "postings are in order");
                last = Some(posting.pos);
                black_box(posting);
            }
            black_box((table.find(table.path(at)), table.range(table.path(at))));
        }
    }
    for pos in (0..paths.len().min(MOST)).map(Pos) {
        black_box(paths.changes(pos).count());
    }
    if let Ok(joined) = merge_paths(&[&segment], Cursor::new(Vec::new())) {
        black_box(PathSegment::new(Bytes::copy(joined.get_ref())).is_ok());
    }
}

/// The bytes of a manifest without the code that authenticates it, which is made here.
pub(super) fn manifest(bytes: &[u8]) {
    const KEY: [u8; 32] = [7; 32];
    let signed = [bytes, blake3::keyed_hash(&KEY, bytes).as_bytes()].concat();
    assert!(Manifest::decode(bytes, &KEY).is_err(), "without the code it is not authentic");
    if let Ok(manifest) = Manifest::decode(&signed, &KEY) {
        assert_eq!(Manifest::decode(&manifest.encode(&KEY), &KEY), Ok(manifest));
    }
}

pub(super) fn git_index(bytes: &[u8]) {
    for kind in KINDS {
        let Ok(index) = IndexFile::parse(Bytes::copy(bytes), kind, 1) else { continue };
        for at in 0..index.len().min(MOST as usize) {
            let entry = index.entry(at);
            black_box((entry.ctime(), entry.mtime(), entry.inode(), entry.mode(), entry.uid(), entry.gid()));
            black_box((entry.size(), entry.id(), entry.is_assumed_unchanged()));
            black_box((entry.is_skipped(), entry.is_intended()));
            assert!(entry.stage() < 4 && !entry.path.is_empty());
            let same = index.find(entry.path);
            assert!(same.contains(&at), "what is there is found");
            let end = index.end_of(at, index.len(), entry.path);
            assert!(at < end && end <= index.len());
        }
        black_box((index.root_tree(), index.untracked_cache_is_at(Path::new("/"))));
        if let Some(tree) = index.cache_tree() {
            black_box(tree.child(b"a".as_bstr()).is_some());
        }
        black_box(index.untracked_cache().is_ok());
    }
}

/// The bytes of a snapshot, whose hash is set right.
pub(super) fn snapshot(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    if let Some((head, body)) = bytes.split_at_mut_checked(40) {
        head[8..].copy_from_slice(blake3::hash(body).as_bytes());
    }
    let Some(snapshot) = Snapshot::new(Bytes::copy(&bytes)) else { return };
    black_box(snapshot.root().is_some());
    for position in 0..(snapshot.directory_count() as u32).min(MOST) {
        let Some(directory) = snapshot.directory(position) else { continue };
        black_box(directory.identity());
        for at in 0..directory.count().min(MOST as usize) {
            let name = directory.name(at);
            assert!(name.child.is_none_or(|child| child > position), "nothing leads in circles");
            black_box(directory.find(name.name));
        }
    }
    for (path, compared, same) in snapshot.all_compared().take(MOST as usize) {
        black_box((snapshot.same_content(path, &compared), same));
    }
}

/// The bytes of a file of the ring; the check of each record is set right.
pub(super) fn metrics(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    for record in bytes.chunks_exact_mut(metrics::RECORD) {
        let hash = blake3::hash(&record[..28]);
        record[28..].copy_from_slice(&hash.as_bytes()[..4]);
    }
    in_directory(|dir| {
        place(dir, metrics::CURRENT, &bytes);
        black_box(metrics::read(dir).len());
    });
}

pub(super) fn sizes(bytes: &[u8]) {
    in_directory(|dir| crate::optimize::read_sizes(&place(dir, "sizes", bytes)));
}

/// What follows the code that authenticates it.
pub(super) fn sums(bytes: &[u8]) {
    crate::optimize::read_sums(bytes);
}

pub(super) fn renames(bytes: &[u8]) {
    for kind in KINDS {
        black_box(crate::log::follow::decode_renames(bytes, kind).is_some());
    }
}

pub(super) fn commit_graph(bytes: &[u8]) {
    in_directory(|dir| {
        place(&dir.join("info"), "commit-graph", bytes);
        for kind in KINDS {
            black_box(crate::repo::CommitGraphFile::look(dir, kind));
        }
        crate::optimize::read_commit_graph(dir);
    });
}

/// Beside no pack at all.
pub(super) fn multi_pack_index(bytes: &[u8]) {
    in_directory(|dir| {
        let _ = fs::remove_file(dir.join("pack/pack-1.idx"));
        place(&dir.join("pack"), "multi-pack-index", bytes);
        packs(dir);
    });
}

/// Beside a pack without objects.
pub(super) fn pack_index(bytes: &[u8]) {
    in_directory(|dir| {
        let _ = fs::remove_file(dir.join("pack/multi-pack-index"));
        place(&dir.join("pack"), "pack-1.pack", b"PACK\0\0\0\x02\0\0\0\0");
        place(&dir.join("pack"), "pack-1.idx", bytes);
        packs(dir);
    });
}

fn packs(objects: &Path) {
    for kind in KINDS {
        crate::optimize::read_packs(objects, kind);
        crate::optimize::read_pack(&objects.join("pack/pack-1.idx"), kind);
        let config = crate::repo::config::read_file(b"");
        let (Ok(config), Ok(dirs)) = (config, ObjectDirs::find(objects, None)) else { continue };
        let Ok(names) = ObjectNames::open(&dirs, kind, &config) else { continue };
        for id in [kind.null_ref(), kind.empty_tree().as_ref()] {
            black_box((names.shared_digits(id), names.counted_twice(&[id]).is_ok()));
        }
    }
}

pub(super) fn commit(bytes: &[u8]) {
    for kind in KINDS {
        black_box(crate::history::split_commit(bytes, kind).is_ok());
    }
}

pub(super) fn tree(bytes: &[u8]) {
    KINDS.into_iter().for_each(|kind| crate::history::read_tree(bytes, kind.len_in_bytes()));
}

/// A byte that says how long the base is, the base, and the delta.
pub(super) fn delta(bytes: &[u8]) {
    let Some((&len, rest)) = bytes.split_first() else { return };
    let (base, delta) = rest.split_at(usize::from(len).min(rest.len()));
    black_box(crate::history::apply_delta(base, delta));
}

thread_local! {
    static DIRECTORY: OnceCell<Option<tempfile::TempDir>> = const { OnceCell::new() };
}

/// Gives a directory to those that read files by their names.
fn in_directory(read: impl FnOnce(&Path)) {
    DIRECTORY.with(|dir| {
        if let Some(dir) = dir.get_or_init(|| tempfile::tempdir().ok()) {
            read(dir.path());
        }
    });
}

fn place(dir: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = dir.join(name);
    // A file that somebody has mapped is never changed.
    let _ = fs::remove_file(&path);
    drop(fs::create_dir_all(dir).and_then(|()| fs::write(&path, bytes)));
    path
}
