//! A segment of arbitrary bytes may be refused, but whatever is accepted can be read to its end.
//!
//! Real segments make good seeds: copy the files of some `.git-fast/` to `corpus/open_index/`.

#![no_main]

use std::hint::black_box;

use git_fast::index::{Bytes, History, Pos, Segment};
use libfuzzer_sys::fuzz_target;

/// Where the header keeps the length of the file: set right, or hardly any input would get past the first check.
const FILE_LEN: std::ops::Range<usize> = 64..72;

fuzz_target!(|data: &[u8]| {
    let mut data = data.to_vec();
    let length = data.len() as u64;
    if let Some(field) = data.get_mut(FILE_LEN) {
        field.copy_from_slice(&length.to_le_bytes());
    }
    let Ok(segment) = Segment::new(Bytes::copy(&data)) else { return };
    black_box(segment.verify_hashes().is_ok());
    let Ok(history) = History::new([&segment]) else { return };
    for pos in (0..history.len().min(2000)).map(Pos) {
        black_box(history.lookup(history.oid(pos)));
        black_box((history.tree(pos), history.first_parent(pos), history.parents(pos).count()));
        black_box((history.generation(pos), history.flags(pos), history.author_time(pos)));
        black_box((history.committer_time(pos), history.author(pos), history.committer(pos)));
        black_box((history.message(pos), history.extra_headers(pos)));
    }
});
