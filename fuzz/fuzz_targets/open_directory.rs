//! An index directory of arbitrary bytes: an authentic manifest that may say anything, and a segment file that it may
//! name. It may be refused, but whatever is accepted can be read to its end.
//!
//! The first two bytes of the input are the length of the manifest (little-endian), its bytes follow without the
//! authentication code, and the rest is the segment. Bit 15 has the first entry set right for the segment.
//!
//! Built without cargo-fuzz this is a program that reads the files it is given.

#![cfg_attr(fuzzing, no_main)]

use std::cell::OnceCell;
use std::fs;
use std::hint::black_box;
use std::path::PathBuf;

use git_fast::index::manifest::{MANIFEST, MANIFEST_HEADER_LEN};
use git_fast::index::{Bytes, Location, OpenIndex, Place, Pos, Segment};
use gix_hash::Kind;

/// Where the header of a segment keeps the length of the file.
const FILE_LEN: std::ops::Range<usize> = 64..72;
/// What a manifest says of the repository: taken from its own bytes, or hardly any would get past that check.
const FINGERPRINT: std::ops::Range<usize> = 24..56;

struct Index {
    location: Location,
    key: [u8; 32],
    _dir: tempfile::TempDir,
}

impl Index {
    fn new() -> Index {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let place = Place { common_dir: dir.path(), bare: true, index_dir: None };
        let location = Location::prepare(place, &|| false).expect("an index directory");
        let key = fs::read(dir.path().join("git-fast.key")).expect("the key");
        Index { location, key: *key.last_chunk().expect("32 bytes"), _dir: dir }
    }
}

thread_local! {
    static INDEX: OnceCell<Index> = const { OnceCell::new() };
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| open(data));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    for file in std::env::args_os().skip(1) {
        open(&fs::read(file)?);
    }
    Ok(())
}

fn open(data: &[u8]) {
    let Some((len, data)) = data.split_first_chunk::<2>() else { return };
    let len = u16::from_le_bytes(*len);
    let (manifest, segment) = data.split_at(data.len().min(usize::from(len & 0x7fff)));
    let (mut manifest, mut segment) = (manifest.to_vec(), segment.to_vec());
    let file_len = segment.len() as u64;
    if let Some(field) = segment.get_mut(FILE_LEN) {
        field.copy_from_slice(&file_len.to_le_bytes());
    }
    INDEX.with(|index| {
        let index = index.get_or_init(Index::new);
        let mut file: Option<PathBuf> = None;
        if let Ok(parsed) = Segment::new(Bytes::copy(&segment)) {
            let hash = parsed.header_hash();
            let name = format!("history-{}.seg", &blake3::Hash::from(hash).to_hex()[..32]);
            if len & 0x8000 != 0 && manifest.len() >= MANIFEST_HEADER_LEN + 44 {
                let entry = &mut manifest[MANIFEST_HEADER_LEN..];
                entry[..32].copy_from_slice(&hash);
                entry[32..40].copy_from_slice(&file_len.to_le_bytes());
                entry[40..44].copy_from_slice(&parsed.header().commits.to_le_bytes());
            }
            let path = index.location.dir.join(name);
            fs::write(&path, &segment).expect("the segment is written");
            file = Some(path);
        }
        let mac = blake3::keyed_hash(&index.key, &manifest);
        let signed = [&manifest[..], mac.as_bytes()].concat();
        fs::write(index.location.dir.join(MANIFEST), signed).expect("the manifest is written");
        let mut fingerprint = [0; 32];
        if let Some(bytes) = manifest.get(FINGERPRINT) {
            fingerprint.copy_from_slice(bytes);
        }
        if let Ok(open) = OpenIndex::open(&index.location, Kind::Sha1, &fingerprint) {
            let history = open.history().expect("it was accepted");
            for pos in (0..history.len().min(2000)).map(Pos) {
                black_box(history.lookup(history.oid(pos)));
                black_box((history.parents(pos).count(), history.author(pos), history.message(pos)));
            }
        }
        if let Some(path) = file {
            fs::remove_file(path).expect("the segment is removed");
        }
    });
}
