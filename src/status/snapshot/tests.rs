//! What is written is what is read, and what the document says.

use bstr::BString;

use super::format::{COMPARED_LEN, DIRECTORY_LEN, HEADER_LEN, MAGIC, NAME_LEN};
use super::{CONTENTS_FILE, Compared, FreshDirectory, Identity, NAMES_FILE, Snapshot, Update};
use crate::status::scan::{Kind, ReadNames};

const DOCUMENT: &str = include_str!("../../../docs/gitformat-faststatus.md");

fn identity(number: u32) -> Identity {
    let time = (i64::from(number) - 3, number);
    Identity { device: 7, inode: u64::from(number), mtime: time, ctime: (time.0 + 1, number + 1) }
}

fn fresh(path: &str, number: u32, names: &[(&str, Kind)]) -> FreshDirectory {
    let names = ReadNames::from_list(names.iter().map(|(name, kind)| (name.as_bytes(), *kind)));
    FreshDirectory { path: path.into(), identity: identity(number), names }
}

fn compared(path: &str, number: u32) -> (BString, Compared, bool) {
    let object = gix::ObjectId::empty_blob(gix::hash::Kind::Sha1);
    let file = Compared { identity: identity(number), size: 5, mode: 0o100_644, conversion: 256, object };
    (path.into(), file, number.is_multiple_of(2))
}

fn publish(dir: &std::path::Path, old: Option<&Snapshot>, directories: Vec<FreshDirectory>) -> Snapshot {
    let compared = if old.is_none() { vec![compared("d/f", 1), compared("a", 2)] } else { Vec::new() };
    let file = dir.join(NAMES_FILE);
    Update { old, directories, compared, keep: &|_| true }.publish(&file).unwrap();
    Snapshot::open(&file).unwrap()
}

#[test]
fn what_is_written_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let top =
        fresh("", 1, &[("a", Kind::File), ("d", Kind::Directory), ("l", Kind::Link), ("p", Kind::Other)]);
    let first = publish(dir.path(), None, vec![top, fresh("d/", 2, &[("f", Kind::File)])]);
    let root = first.root().unwrap();
    assert_eq!((root.identity(), root.count()), (identity(1), 4));
    let kinds: Vec<Kind> = (0..4).map(|at| root.name(at).kind).collect();
    assert_eq!(kinds, [Kind::File, Kind::Directory, Kind::Link, Kind::Other]);
    let below = first.directory(root.name(1).child.unwrap()).unwrap();
    assert_eq!((below.identity(), below.name(0).name), (identity(2), &b"f"[..]));
    let (path, file, same) = compared("a", 2);
    assert_eq!(first.same_content(path.as_ref(), &file), Some(same));
    assert_eq!(first.same_content("d/f".into(), &file), None);
    assert_eq!(first.same_content("b".into(), &file), None);

    // What is not read again stays, and what is gone goes with all that is in it.
    let again = publish(dir.path(), Some(&first), vec![fresh("d/", 3, &[("g", Kind::File)])]);
    let below = again.directory(again.root().unwrap().name(1).child.unwrap()).unwrap();
    assert_eq!((below.identity(), below.name(0).name), (identity(3), &b"g"[..]));
    assert_eq!(again.same_content(path.as_ref(), &file), Some(same));
    let last = publish(dir.path(), Some(&again), vec![fresh("", 4, &[("a", Kind::File)])]);
    assert_eq!((last.directory_count(), last.root().unwrap().count()), (1, 1));
}

#[test]
fn the_document_has_the_numbers() {
    let magic: Vec<String> = MAGIC.iter().map(|byte| format!("{byte:02x}")).collect();
    for text in [
        format!("| 8 | magic and version: `{}` |", magic.join(" ")),
        format!("| {DIRECTORY_LEN} each | directories |"),
        format!("| {NAME_LEN} each | names |"),
        format!("| {COMPARED_LEN} each | compared files |"),
        format!("`{NAMES_FILE}`"),
        format!("`{CONTENTS_FILE}`"),
    ] {
        assert!(DOCUMENT.contains(&text), "{text}");
    }
    assert_eq!(HEADER_LEN, 8 + 32 + 4 * 8);
}

/// A file of version 1, as it was written when that version was new: it stays readable.
#[test]
fn a_file_of_version_1() {
    let dir = tempfile::tempdir().unwrap();
    let top = fresh("", 1, &[("a", Kind::File), ("d", Kind::Directory)]);
    publish(dir.path(), None, vec![top, fresh("d/", 2, &[("f", Kind::File)])]);
    let written = std::fs::read(dir.path().join(NAMES_FILE)).unwrap();
    let frozen = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/status/snapshot/version-1.bin");
    if std::env::var_os("GIT_FAST_BLESS").is_some() && !frozen.exists() {
        std::fs::write(&frozen, &written).unwrap();
    }
    let snapshot = Snapshot::open(&frozen).unwrap();
    let root = snapshot.root().unwrap();
    assert_eq!((snapshot.directory_count(), root.identity()), (2, identity(1)));
    assert_eq!(root.find(b"d"), Some(1));
    assert_eq!(snapshot.same_content("a".into(), &compared("a", 2).1), Some(true));
    assert_eq!(written, std::fs::read(frozen).unwrap());
}
