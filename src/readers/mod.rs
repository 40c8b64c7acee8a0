//! Everything that reads bytes which may be damaged or hostile, each run over any bytes to its end: what
//! `tests/readers.rs` and `fuzz/` call. They may refuse what they get; they may not panic, loop, or take memory without
//! bound, and what they accept has to hold together. Nothing else uses this.

mod files;
mod texts;

/// What reads some kind of bytes.
pub type Reader = fn(&[u8]);

/// All of them by name, in an order that only grows at its end: the first byte of what a fuzzer makes chooses one.
pub const READERS: &[(&str, Reader)] = &[
    ("history segment", files::history_segment),
    ("path segment", files::path_segment),
    ("manifest", files::manifest),
    ("git index", files::git_index),
    ("snapshot", files::snapshot),
    ("metrics", files::metrics),
    ("sizes", files::sizes),
    ("renames", files::renames),
    ("commit-graph", files::commit_graph),
    ("multi-pack-index", files::multi_pack_index),
    ("pack index", files::pack_index),
    ("commit", files::commit),
    ("tree", files::tree),
    ("delta", files::delta),
    ("config", texts::config),
    ("mailmap", texts::mailmap),
    ("gitignore", texts::gitignore),
    ("gitattributes", texts::gitattributes),
    ("cursor", texts::cursor),
    ("command line", texts::command_line),
    ("pathspec", texts::pathspec),
    ("text pattern", texts::text_pattern),
    ("format", texts::format),
    ("date format", texts::date_format),
    ("sums", files::sums),
    ("gitmodules", texts::gitmodules),
    ("git's status", texts::git_status),
];

/// The reader with this name.
pub fn find(name: &str) -> Option<(u8, Reader)> {
    let at = READERS.iter().position(|(known, _)| *known == name)?;
    Some((u8::try_from(at).ok()?, READERS[at].1))
}

/// Has the reader that the first byte names read the rest.
pub fn read(bytes: &[u8]) {
    if let Some((first, rest)) = bytes.split_first() {
        READERS[usize::from(*first) % READERS.len()].1(rest);
    }
}
