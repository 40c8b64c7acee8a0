//! Whether git has a commit-graph, and would warn of it. Nothing is read from one for an answer: commits come from our
//! own index.
//!
//! Looked at are the header and the sizes of chunks, as gitformat-commit-graph(5) gives them, the settings of
//! changed-path filters, and the first commit's generation number.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use gix::hash::Kind;

/// Signature, version, hash version, numbers of chunks and of files below.
const HEADER: usize = 8;
/// Name and offset of a chunk.
const ENTRY: usize = 12;
/// How many commits begin with each byte or a smaller one.
const FAN: u64 = 256 * 4;
/// The least size of the chunk with changed-path filters: its own header.
const FILTERS_HEADER: usize = 12;
/// That header: version, number of hashes, bits for each path.
pub(crate) type FilterSettings = [u8; FILTERS_HEADER];

/// The commit-graph below a directory of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommitGraphFile {
    /// There is none.
    Absent,
    /// It is as git writes it, as far as that can be told quickly.
    Sound {
        /// Whether its commits have generation numbers, which git needs to walk by them.
        has_generations: bool,
        /// The settings of the changed-path filters in it, in whatever file of a chain; `None` where there are none.
        filters: Option<FilterSettings>,
    },
    /// git would warn of it, or it is not understood.
    Unsound,
}

use CommitGraphFile::{Absent, Sound, Unsound};

impl CommitGraphFile {
    /// Looks at the commit-graph below `objects`: one file, or else a chain of files.
    pub(crate) fn look(objects: &Path, hash: Kind) -> Self {
        match file(&objects.join("info/commit-graph"), hash, 0) {
            Absent => chain(&objects.join("info/commit-graphs"), hash),
            found => found,
        }
    }
}

fn chain(dir: &Path, hash: Kind) -> CommitGraphFile {
    let text = match std::fs::read_to_string(dir.join("commit-graph-chain")) {
        Ok(text) => text,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Absent,
        Err(_) => return Unsound,
    };
    // The last one counts, and an empty chain is none.
    let mut found = Absent;
    let mut filters = None;
    for (below, name) in text.lines().enumerate() {
        // One that lies in an alternate is not looked for here.
        found = file(&dir.join(format!("graph-{name}.graph")), hash, below);
        let Sound { filters: own, .. } = &mut found else { return Unsound };
        // Of files with other settings than the last one git says that it does without their filters.
        if filters.is_some() && own.is_some() && filters != *own {
            return Unsound;
        }
        *own = own.or(filters);
        filters = *own;
    }
    found
}

fn file(path: &Path, hash: Kind, below: usize) -> CommitGraphFile {
    match File::open(path) {
        Ok(file) => contents(&file, hash, below).unwrap_or(Unsound),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Absent,
        Err(_) => Unsound,
    }
}

fn contents(file: &File, hash: Kind, below: usize) -> io::Result<CommitGraphFile> {
    let mut header = [0; HEADER];
    file.read_exact_at(&mut header, 0)?;
    let hash_version = if hash == Kind::Sha1 { 1 } else { 2 };
    if header[..6] != [b'C', b'G', b'P', b'H', 1, hash_version] || usize::from(header[7]) != below {
        return Ok(Unsound);
    }
    let chunks = usize::from(header[6]);
    let mut table = vec![0; (chunks + 1) * ENTRY];
    file.read_exact_at(&mut table, HEADER as u64)?;
    let entries: Vec<([u8; 4], u64)> = table.as_chunks::<ENTRY>().0.iter().map(entry).collect();
    let end = file.metadata()?.len().saturating_sub(hash.len_in_bytes() as u64);
    let last_has_no_name = entries.iter().position(|(name, _)| *name == [0; 4]) == Some(chunks);
    let bounds = |pair: &[([u8; 4], u64)]| (pair[0].0, pair[0].1..pair[1].1);
    let places: Vec<([u8; 4], Range<u64>)> = entries.windows(2).map(bounds).collect();
    let fits = |place: &Range<u64>| place.start <= place.end && place.end <= end;
    if !last_has_no_name || !places.iter().all(|(_, place)| fits(place)) {
        return Ok(Unsound);
    }
    let place =
        |wanted: &[u8; 4]| places.iter().find(|(name, _)| name == wanted).map(|(_, place)| place.clone());
    let (Some(fan), Some(_), Some(data)) = (place(b"OIDF"), place(b"OIDL"), place(b"CDAT")) else {
        return Ok(Unsound);
    };
    if fan.end - fan.start != FAN || (below > 0 && place(b"BASE").is_none()) {
        return Ok(Unsound);
    }
    let mut counts = [0; FAN as usize];
    file.read_exact_at(&mut counts, fan.start)?;
    let (counts, _) = counts.as_chunks();
    if !counts.is_sorted() {
        return Ok(Unsound);
    }
    let commits = counts.last().map_or(0, |last| u64::from(u32::from_be_bytes(*last)));
    let name_len = hash.len_in_bytes() as u64;
    let fit = places.iter().all(|(name, place)| {
        let size = place.end - place.start;
        match name {
            b"OIDL" => size == commits * name_len,
            b"CDAT" => size == commits * (name_len + 16),
            b"GDA2" | b"BIDX" => size == commits * 4,
            b"BDAT" => size >= FILTERS_HEADER as u64,
            b"BASE" => size == below as u64 * name_len,
            _ => true,
        }
    });
    if !fit {
        return Ok(Unsound);
    }
    let settings = |place: Range<u64>| -> io::Result<FilterSettings> {
        let mut settings = FilterSettings::default();
        file.read_exact_at(&mut settings, place.start)?;
        Ok(settings)
    };
    let filters = place(b"BDAT").map(settings).transpose()?;
    if commits == 0 {
        return Ok(Sound { has_generations: false, filters });
    }
    // The first commit's tree, two parents, and 30 bits of generation before the last two of its date.
    let mut generation = [0; 4];
    file.read_exact_at(&mut generation, data.start + name_len + 8)?;
    Ok(Sound { has_generations: u32::from_be_bytes(generation) >> 2 > 0, filters })
}

fn entry(bytes: &[u8; ENTRY]) -> ([u8; 4], u64) {
    let (name, offset) = bytes.split_at(4);
    let name = name.first_chunk().copied().unwrap_or_default();
    (name, offset.first_chunk().map_or(0, |offset| u64::from_be_bytes(*offset)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::testing::Sandbox;

    fn is_sound(objects: &Path, hash: Kind) -> bool {
        CommitGraphFile::look(objects, hash) != Unsound
    }

    /// Each byte of header, table of chunks and settings of filters, and some of the counts by first byte, changed:
    /// whenever git warns, or fails, so do we say.
    fn each_byte_of(sandbox: &Sandbox, file: &Path, hash: Kind) {
        let objects = sandbox.path("r/.git/objects");
        assert!(is_sound(&objects, hash));
        let good = std::fs::read(file).unwrap();
        std::fs::remove_file(file).unwrap();
        let table = HEADER + (usize::from(good[6]) + 1) * ENTRY;
        let entries: Vec<_> = good[HEADER..table].as_chunks::<ENTRY>().0.iter().map(entry).collect();
        let start = |wanted: &[u8; 4]| {
            let (_, start) = entries.iter().find(|(name, _)| name == wanted).unwrap();
            usize::try_from(*start).unwrap()
        };
        let (fan, filters) = (start(b"OIDF"), start(b"BDAT"));
        let counts = (fan..fan + FAN as usize).step_by(61);
        for at in (0..table).chain(filters..filters + FILTERS_HEADER).chain(counts) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(file, &bad).unwrap();
            let git = sandbox.run("r", &["log", "--oneline", "--", "f"], b"");
            let warned = !git.stderr.is_empty() || !git.status.success();
            assert!(
                !(warned && is_sound(&objects, hash)),
                "byte {at}: {}",
                String::from_utf8_lossy(&git.stderr)
            );
        }
        std::fs::write(file, &good).unwrap();
        assert!(is_sound(&objects, hash));
    }

    fn repository(hash: &str) -> Sandbox {
        let sandbox = Sandbox::new();
        std::fs::create_dir(sandbox.path("r")).unwrap();
        sandbox.git("r", &["init", "-q", &format!("--object-format={hash}")]);
        sandbox
    }

    fn commit(sandbox: &Sandbox, text: &str) {
        std::fs::write(sandbox.path("r/f"), text).unwrap();
        sandbox.git("r", &["add", "f"]);
        sandbox.git("r", &["commit", "-q", "-m", text]);
    }

    #[test]
    fn single_files() {
        for (name, hash) in [("sha1", Kind::Sha1), ("sha256", Kind::Sha256)] {
            let sandbox = repository(name);
            assert!(is_sound(&sandbox.path("r/.git/objects"), hash), "none is fine");
            commit(&sandbox, "one");
            sandbox.git("r", &["commit-graph", "write", "--reachable", "--changed-paths"]);
            each_byte_of(&sandbox, &sandbox.path("r/.git/objects/info/commit-graph"), hash);
        }
    }

    #[test]
    fn chains() {
        let sandbox = repository("sha1");
        for text in ["one", "two"] {
            commit(&sandbox, text);
            sandbox
                .git("r", &["commit-graph", "write", "--reachable", "--split=no-merge", "--changed-paths"]);
        }
        let dir = sandbox.path("r/.git/objects/info/commit-graphs");
        let chain = std::fs::read_to_string(dir.join("commit-graph-chain")).unwrap();
        assert_eq!(chain.lines().count(), 2);
        for name in chain.lines() {
            each_byte_of(&sandbox, &dir.join(format!("graph-{name}.graph")), Kind::Sha1);
        }
    }
}
