//! The packs of a repository as their names and sizes tell them: no object is read. How many objects a pack has
//! follows from the length of its index (gitformat-pack(5): version 2 has 8 bytes of header, 1024 of fan-out, for
//! each object its name, CRC and offset, and two hashes at the end).

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// By how much each pack must outgrow all smaller ones together (`git repack --geometric`).
const FACTOR: u64 = 2;
/// More names than this are no multi-pack index.
const MAX_NAMES: u64 = 64 << 20;

/// One pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pack {
    /// `pack-<hash>`.
    pub name: String,
    /// How many objects it has; too many by some where it is larger than 2 GiB.
    pub objects: u64,
    /// Size of the pack itself.
    pub bytes: u64,
    /// Not to be touched (`.keep`).
    pub keep: bool,
    /// From a partial clone's remote (`.promisor`).
    pub promisor: bool,
    /// Of unreachable objects (`.mtimes`).
    pub cruft: bool,
}

/// All packs of the repository's own object directory.
#[derive(Debug, Default)]
pub(crate) struct Packs {
    /// By number of objects, fewest first.
    pub list: Vec<Pack>,
    /// The packs that the multi-pack index has, by name.
    pub midx: Option<Vec<String>>,
    /// Whether there is a reachability bitmap.
    pub bitmap: bool,
    /// Packs without an index: half-written, or damaged.
    pub without_index: usize,
}

impl Packs {
    /// Looks at `objects/pack`; one that is missing is empty.
    pub(crate) fn read(dir: &Path, hash: gix::hash::Kind) -> io::Result<Packs> {
        let mut names = Vec::new();
        match fs::read_dir(dir) {
            Ok(entries) => {
                names.extend(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()))
            }
            Err(err) if err.kind() == io::ErrorKind::NotFound => {}
            Err(err) => return Err(err),
        }
        names.sort_unstable();
        let has = |name: &str| names.binary_search_by(|known| known.as_str().cmp(name)).is_ok();
        let mut packs =
            Packs { bitmap: names.iter().any(|name| name.ends_with(".bitmap")), ..Packs::default() };
        for file in names.iter().filter(|name| !name.starts_with('.') && !name.starts_with("tmp_")) {
            let Some(name) = file.strip_suffix(".pack") else { continue };
            // A pack may vanish at any moment: git repacks, too.
            let Ok(pack) = fs::metadata(dir.join(file)) else { continue };
            let Ok(index) = fs::metadata(dir.join(format!("{name}.idx"))) else {
                packs.without_index += 1;
                continue;
            };
            packs.list.push(Pack {
                name: name.to_owned(),
                objects: objects(index.len(), hash.len_in_bytes() as u64),
                bytes: pack.len(),
                keep: has(&format!("{name}.keep")),
                promisor: has(&format!("{name}.promisor")),
                cruft: has(&format!("{name}.mtimes")),
            });
        }
        packs.list.sort_by(|a, b| (a.objects, &a.name).cmp(&(b.objects, &b.name)));
        packs.midx = midx_names(&dir.join("multi-pack-index")).ok();
        Ok(packs)
    }

    /// The packs that a geometric repack may join.
    fn eligible(&self) -> Vec<&Pack> {
        self.list.iter().filter(|pack| !pack.keep && !pack.cruft).collect()
    }

    /// The packs that have to be joined so that each is at least [`FACTOR`] times as large as all smaller ones
    /// together.
    pub(crate) fn roll_up(&self) -> Vec<&Pack> {
        let mut packs = self.eligible();
        let crowded = |at: &usize| packs[*at].objects < FACTOR * packs[*at - 1].objects;
        let Some(mut split) = (1..packs.len()).rev().find(crowded).map(|at| at + 1) else {
            return Vec::new();
        };
        let mut sum: u64 = packs[..split].iter().map(|pack| pack.objects).sum();
        while let Some(next) = packs.get(split).filter(|next| next.objects < FACTOR * sum) {
            sum += next.objects;
            split += 1;
        }
        packs.truncate(split);
        packs
    }

    /// How many packs the multi-pack index lacks.
    pub(crate) fn outside_midx(&self) -> usize {
        let covered = self.midx.as_deref().unwrap_or_default();
        self.list.iter().filter(|pack| !covered.contains(&pack.name)).count()
    }

    /// Bytes of all packs.
    pub(crate) fn bytes(&self) -> u64 {
        self.list.iter().map(|pack| pack.bytes).sum()
    }
}

fn objects(index_len: u64, hash_len: u64) -> u64 {
    index_len.saturating_sub(8 + 1024 + 2 * hash_len) / (hash_len + 8)
}

/// gitformat-pack(5), "multi-pack-index (MIDX) files": a header of 12 bytes, a table of chunks, and in the chunk
/// `PNAM` the names of the pack indices, each ended by a NUL.
fn midx_names(path: &Path) -> io::Result<Vec<String>> {
    let bad = || io::Error::from(io::ErrorKind::InvalidData);
    let mut file = File::open(path)?;
    let mut head = [0; 12];
    file.read_exact(&mut head)?;
    if !head.starts_with(b"MIDX") {
        return Err(bad());
    }
    let chunks = chunk_table(&file, 12, head[6])?;
    let (start, end) =
        chunks.iter().find(|(id, _, _)| id == b"PNAM").map(|(_, a, b)| (*a, *b)).ok_or_else(bad)?;
    let len = end.checked_sub(start).filter(|len| *len <= MAX_NAMES).ok_or_else(bad)?;
    let mut names = vec![0; len as usize];
    file.read_exact_at(&mut names, start)?;
    let names = names.split(|b| *b == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| String::from_utf8_lossy(name).trim_end_matches(".idx").to_owned()).collect())
}

/// A chunk's name, and where it starts and ends.
pub(crate) type Chunk = ([u8; 4], u64, u64);

/// gitformat-chunk(5): rows of a name of 4 bytes and an offset of 8; the row after the last tells where that ends.
pub(crate) fn chunk_table(file: &File, at: u64, count: u8) -> io::Result<Vec<Chunk>> {
    let mut rows = vec![0; (usize::from(count) + 1) * 12];
    file.read_exact_at(&mut rows, at)?;
    let rows: Vec<([u8; 4], u64)> = rows
        .chunks_exact(12)
        .map(|row| {
            let (mut id, mut offset) = ([0; 4], [0; 8]);
            id.copy_from_slice(&row[..4]);
            offset.copy_from_slice(&row[4..]);
            (id, u64::from_be_bytes(offset))
        })
        .collect();
    Ok(rows.windows(2).map(|pair| (pair[0].0, pair[0].1, pair[1].1)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packs(objects: &[u64]) -> Packs {
        let pack = |(at, objects): (usize, &u64)| Pack {
            name: format!("pack-{at}"),
            objects: *objects,
            bytes: objects * 100,
            keep: false,
            promisor: false,
            cruft: false,
        };
        Packs { list: objects.iter().enumerate().map(pack).collect(), ..Packs::default() }
    }

    #[test]
    fn what_has_to_be_joined() {
        for (sizes, joined) in [
            (&[][..], 0),
            (&[5], 0),
            (&[1, 2, 4, 8], 0),
            (&[1, 1, 4, 8], 2),
            (&[1, 1, 1, 4, 8], 5),
            (&[1, 1, 1, 7, 100], 3),
            (&[10, 10, 1000], 2),
            (&[500, 900], 2),
        ] {
            assert_eq!(packs(sizes).roll_up().len(), joined, "{sizes:?}");
        }
    }

    #[test]
    fn kept_and_cruft_packs_stay() {
        let mut some = packs(&[3, 3, 3, 3]);
        some.list[0].keep = true;
        some.list[1].cruft = true;
        assert_eq!(some.roll_up().len(), 2);
    }

    #[test]
    fn objects_of_an_index_by_its_length() {
        assert_eq!(objects(8 + 1024 + 40, 20), 0);
        assert_eq!(objects(8 + 1024 + 28 * 7 + 40, 20), 7);
        assert_eq!(objects(8 + 1024 + 40 * 7 + 64, 32), 7);
    }
}
