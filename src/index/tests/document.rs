//! `docs/gitformat-fastindex.md` against the code, so that they cannot drift apart.

use std::io::Cursor;

use gix::ObjectId;
use gix::hash::Kind;
use gix::objs::tree::EntryKind;

use crate::index::frame::{self, FileType, Frame, Section};
use crate::index::layout::{self, Header, tags};
use crate::index::location::{BESIDE, INSIDE, KEY_FILE, KEY_FILE_LEN, KEY_MAGIC, REMOVED, TEMPORARY};
use crate::index::lock::LOCK_FILE;
use crate::index::manifest::{self, Entry, Manifest, Stamp};
use crate::index::paths;
use crate::index::{Bytes, FlagCounts, Flags, PathSegment, Pos, SMALL, Slice, TEMP_PREFIX, write_paths};

const DOCUMENT: &str = include_str!("../../../docs/gitformat-fastindex.md");

/// The cells of the table rows below a heading or a line of text.
fn table(after: &str) -> Vec<Vec<&'static str>> {
    let start = DOCUMENT.find(&format!("\n{after}\n")).unwrap_or_else(|| panic!("{after:?} is not there"));
    let rows = DOCUMENT[start..].lines().skip(2).skip_while(|line| !line.starts_with('|'));
    rows.take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// The documented place of a field, found by the start of its description.
fn field(after: &str, content: &str) -> std::ops::Range<usize> {
    let rows = table(after);
    let row = rows.iter().find(|row| row[2].starts_with(content)).unwrap_or_else(|| panic!("no {content:?}"));
    let (offset, size): (usize, usize) = (row[0].parse().unwrap(), row[1].parse().unwrap());
    offset..offset + size
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Offsets follow one another, so that every byte is described.
fn end_of(after: &str, start: usize) -> usize {
    table(after).iter().fold(start, |end, row| {
        assert_eq!(row[0].parse::<usize>().unwrap(), end, "{after}: {row:?}");
        end + row[1].parse::<usize>().unwrap()
    })
}

fn magic(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

const ENTRY: &str = "One entry per section, in the order of the sections:";
const HISTORY_NUMBERS: &str = "### Numbers of a history segment";
const PATH_NUMBERS: &str = "### Numbers of a path segment";

#[test]
fn frame_of_segments() {
    let section = Section { tag: tags::OIDS, offset: 192, len: 77, hash: [9; 32] };
    let numbers = [1; frame::NUMBERS];
    for file_type in FileType::ALL {
        let frame = Frame { file_type, kind: Kind::Sha256, numbers, sections: vec![section] };
        let bytes = frame.encode(269);
        let at = |content: &str| number(&bytes[field("### Header", content)]);
        assert!(DOCUMENT.contains(&format!("`{}`", magic(&file_type.magic()))));
        assert_eq!(bytes[field("### Header", "magic")], file_type.magic());
        assert_eq!(at("version: 1"), u64::from(frame::VERSION));
        assert_eq!(at("byte order mark: 0x01020304"), u64::from(frame::ENDIAN_MARK));
        assert_eq!(at("object format: 0x73686131 (`sha1`) or 0x73323536 (`s256`)"), 0x7332_3536);
        assert_eq!(at(&format!("number of sections, at most {}", frame::MAX_SECTIONS)), 1);
        assert_eq!(bytes[field("### Header", "numbers that depend")], [1, 0, 0, 0].repeat(frame::NUMBERS));
        assert_eq!(at("length of the file"), 269);
        let entry = &bytes[frame::HEADER_LEN..];
        let at = |content: &str| &entry[field(ENTRY, content)];
        assert_eq!(at("name"), tags::OIDS);
        assert_eq!(number(at("offset")), 192);
        assert_eq!(number(at("length")), 77);
        assert_eq!(at("blake3"), [9; 32]);
    }
    assert_eq!((end_of("### Header", 0), end_of(ENTRY, 0)), (frame::HEADER_LEN, frame::ENTRY_LEN));
    assert_eq!(frame::hash_id(Kind::Sha1), Some(0x7368_6131));
    assert!(DOCUMENT.contains("add up to at most 0x7fffffff"));
    assert_eq!(layout::MAX_COMMITS, 0x7fff_ffff);
    let numbers = field("### Header", "numbers that depend");
    for after in [HISTORY_NUMBERS, PATH_NUMBERS] {
        assert_eq!(end_of(after, numbers.start), numbers.end);
    }
}

#[test]
fn numbers_of_a_history_segment() {
    let counts = FlagCounts { odd: 5, skewed: 6, encoding: 7, gpgsig: 8, nul: 9 };
    let header = Header { kind: Kind::Sha1, commits: 1, base: 2, identities: 3, identity_base: 4, counts };
    let bytes = header.frame().encode(0);
    for (content, value) in [
        ("number of commits", 1),
        ("base:", 2),
        ("number of identities", 3),
        ("identity base", 4),
        ("number of commits with flag ODD", 5),
        ("number of commits with flag SKEWED", 6),
        ("number of commits with flag ENCODING", 7),
        ("number of commits with flag GPGSIG", 8),
        ("number of commits with flag NUL", 9),
    ] {
        assert_eq!(number(&bytes[field(HISTORY_NUMBERS, content)]), value, "{content}");
    }
    assert_eq!((layout::NO_PARENT, layout::NO_IDENTITY, layout::EDGE_BIT), (u32::MAX, u32::MAX, 1 << 31));
}

#[test]
fn path_segments() {
    let mut slice = Slice::new(Kind::Sha1, Pos(2));
    let (tree, blob) = (ObjectId::empty_tree(Kind::Sha1), ObjectId::empty_blob(Kind::Sha1));
    for (path, kind, id) in [("d", EntryKind::Tree, tree), ("d/f", EntryKind::Blob, blob)] {
        let (path, value) = (slice.path(path.into()), slice.value(kind, &id));
        slice.change(path, None, Some(value));
    }
    slice.commit();
    (0..3).for_each(|_| slice.unknown());
    slice.count_quirks(7);
    let bytes = write_paths(&slice, Cursor::new(Vec::new())).unwrap().into_inner();
    for (content, value) in [
        ("number of commits", 4),
        ("base:", 2),
        ("number of paths", 2),
        ("number of postings", 2),
        ("number of values", 2),
        ("number of postings in `CLEF`", 1),
        ("number of unknown commits", 3),
        ("quirks:", 7),
    ] {
        assert_eq!(number(&bytes[field(PATH_NUMBERS, content)]), value, "{content}");
    }
    assert_eq!(paths::NONE, u32::MAX);
    let segment = PathSegment::new(Bytes::copy(&bytes)).unwrap();
    let section = |tag: frame::Tag| {
        let section = segment.sections().iter().find(|section| section.tag == tag).unwrap();
        &bytes[section.offset as usize..(section.offset + section.len) as usize]
    };
    let column = |tag| section(tag).chunks_exact(4).map(|four| number(four) as u32).collect::<Vec<u32>>();
    assert_eq!(section(paths::tags::PTXT), b"dd/f");
    assert_eq!(column(paths::tags::POFF)[..3], [0, 1, 4]);
    assert_eq!(column(paths::tags::PPST)[..3], [0, 1, 2]);
    assert_eq!(column(paths::tags::QPOS)[..2], [2, 2]);
    assert_eq!(column(paths::tags::QNEW)[..2], [0, 1]);
    assert_eq!(column(paths::tags::QOLD)[..2], [paths::NONE; 2]);
    assert_eq!(section(paths::tags::VKND), [1, 2]);
    assert_eq!(section(paths::tags::VOID), [tree.as_bytes(), blob.as_bytes()].concat());
    assert_eq!(column(paths::tags::CRNG)[..5], [0, 1, 1, 1, 1]);
    assert_eq!(column(paths::tags::CLEF)[..1], [1]);
    assert_eq!(column(paths::tags::UNKN)[..3], [3, 4, 5]);

    let documented: Vec<(String, u8, u16)> = table("### Kinds")
        .iter()
        .map(|row| (row[0].to_owned(), row[1].parse().unwrap(), u16::from_str_radix(row[2], 8).unwrap()))
        .collect();
    let kinds =
        [EntryKind::Tree, EntryKind::Blob, EntryKind::BlobExecutable, EntryKind::Link, EntryKind::Commit];
    let actual = kinds.map(|kind| (format!("{kind:?}"), paths::kind_number(kind), kind as u16));
    assert_eq!(documented, actual);
}

#[test]
fn sections_and_flags() {
    for (after, file_type) in [
        ("### Sections of a history segment", FileType::History),
        ("### Sections of a path segment", FileType::Paths),
    ] {
        let documented: Vec<&str> = table(after).iter().map(|row| row[0].trim_matches('`')).collect();
        let actual: Vec<&str> =
            file_type.sections().iter().map(|tag| std::str::from_utf8(tag).unwrap()).collect();
        assert_eq!(documented, actual);
    }
    let flags: Vec<(&str, u16)> =
        table("### Flags").iter().map(|row| (row[0], row[1].parse().unwrap())).collect();
    let actual = [
        ("ODD", Flags::ODD),
        ("SKEWED", Flags::SKEWED),
        ("ENCODING", Flags::ENCODING),
        ("GPGSIG", Flags::GPGSIG),
        ("NUL", Flags::NUL),
    ];
    assert_eq!(flags, actual.map(|(name, flag)| (name, flag.0)));
}

#[test]
fn manifest_key_and_files() {
    let entry = Entry { header_hash: [3; 32], len: 4, commits: 5, stamp: Stamp { inode: 6, changed: 7 } };
    let manifest = Manifest {
        kind: Kind::Sha1,
        fingerprint: [6; 32],
        entries: vec![entry.clone()],
        paths: vec![entry.clone()],
    };
    let bytes = manifest.encode(&[7; 32]);
    let at = |content: &str| &bytes[field("## MANIFEST", content)];
    assert_eq!(at("magic"), manifest::MANIFEST_MAGIC);
    assert!(DOCUMENT.contains(&format!("magic: `{}`", magic(&manifest::MANIFEST_MAGIC))));
    assert_eq!(number(at("version: 1")), u64::from(manifest::MANIFEST_VERSION));
    assert_eq!(number(at("byte order mark: 0x01020304")), u64::from(frame::ENDIAN_MARK));
    assert_eq!(number(at("object format")), 0x7368_6131);
    assert_eq!(number(at(&format!("number of entries, of each type at most {}", manifest::MAX_SEGMENTS))), 2);
    assert_eq!(at("fingerprint"), [6; 32]);
    let rows = table("## MANIFEST");
    assert_eq!(rows[6][0], manifest::MANIFEST_HEADER_LEN.to_string());
    assert_eq!(rows[6][1], format!("{} each", manifest::MANIFEST_ENTRY_LEN));
    assert_eq!(rows[7][1], manifest::MAC_LEN.to_string());
    assert_eq!(end_of("An entry:", 0), manifest::MANIFEST_ENTRY_LEN);
    let second = &bytes[manifest::MANIFEST_HEADER_LEN + manifest::MANIFEST_ENTRY_LEN..];
    assert_eq!(second[field("An entry:", "header hash")], [3; 32]);
    assert_eq!(number(&second[field("An entry:", "length")]), 4);
    assert_eq!(number(&second[field("An entry:", "number of commits")]), 5);
    assert_eq!(number(&second[field("An entry:", "type: 0 history, 1 paths")]), 1);
    let first = &bytes[manifest::MANIFEST_HEADER_LEN..];
    assert_eq!(number(&first[field("An entry:", "type: 0 history, 1 paths")]), 0);
    assert_eq!(number(&second[field("An entry:", "inode number")]), 6);
    assert_eq!(number(&second[field("An entry:", "change time")]), 7);
    assert_eq!(Manifest::decode(&bytes, &[7; 32]), Ok(manifest));

    assert_eq!(end_of("### git-fast.key", 0), KEY_FILE_LEN);
    assert!(DOCUMENT.contains(&format!("Length: {KEY_FILE_LEN} bytes")));
    assert!(DOCUMENT.contains(&format!("magic: `{}`", magic(&KEY_MAGIC))));
    assert!(DOCUMENT.contains(&format!("more than {} KiB", SMALL >> 10)));
    let files: Vec<&str> = table("## Files").iter().map(|row| row[0].trim_matches('`')).collect();
    let temp = format!("{TEMP_PREFIX}*");
    let [history, paths] =
        FileType::ALL.map(|file_type| format!("{}<hash>{}", file_type.prefix(), frame::SUFFIX));
    let new = format!("{TEMPORARY}*");
    assert_eq!(
        files,
        [KEY_FILE, manifest::MANIFEST, &history, &paths, LOCK_FILE, &temp, ".gitignore", &new, REMOVED]
    );
    assert_eq!(entry.file_name(FileType::History), format!("history-{}.seg", "03".repeat(16)));
    assert!(
        DOCUMENT.contains(&format!("`{BESIDE}` beside")) && DOCUMENT.contains(&format!("`{INSIDE}` inside"))
    );
}

#[test]
fn columns() {
    // "the numbers end to end, padding with zeros to a multiple of 4, and then 8 bytes"
    let bytes = rkyv::to_bytes::<rkyv::rancor::Error>(&vec![1u16, 2, 3]).unwrap();
    assert_eq!(bytes[..], [1, 0, 2, 0, 3, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff, 3, 0, 0, 0]);
    let bytes = rkyv::to_bytes::<rkyv::rancor::Error>(&vec![-2i64]).unwrap();
    assert_eq!(bytes[..], [0xfe, 255, 255, 255, 255, 255, 255, 255, 0xf8, 0xff, 0xff, 0xff, 1, 0, 0, 0]);
    let bytes = rkyv::to_bytes::<rkyv::rancor::Error>(&Vec::<u32>::new()).unwrap();
    assert_eq!(bytes.len(), 8);
}
