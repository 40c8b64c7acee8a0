//! What is found is what `git log --raw -t` says of each commit against its first parent.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Write as _};

use bstr::{BString, ByteSlice};
use gix::hash::{Kind, ObjectId};
use gix::objs::tree::EntryKind;

use super::{Source, slices};
use crate::history::Options;
use crate::history::tests::random::Random;
use crate::history::tests::repo::{TestRepo, commit_bytes};
use crate::index::{Bytes, History, PathSegment, Paths, Pos, write_paths};

type Side = Option<(EntryKind, ObjectId)>;
/// The changes of one commit.
pub(in crate::history) type Row = BTreeMap<BString, (Side, Side)>;
/// Those of many; `None` when they are unknown.
pub(in crate::history) type Found = HashMap<ObjectId, Option<Row>>;

/// The path segments of all commits that the refs reach, and what they say of each: `None` when it is unknown.
fn found(repo: &TestRepo) -> (Vec<PathSegment>, Found) {
    let segment = repo.build(&repo.tips(), &History::new([]).unwrap()).unwrap();
    found_for(repo, &History::new([&segment]).unwrap())
}

/// The same for commits that have been read already.
fn found_for(repo: &TestRepo, history: &History<'_>) -> (Vec<PathSegment>, Found) {
    let objects = repo.odb();
    let source = Source { history, objects: &objects, kind: repo.kind };
    let dates = |_: &[ObjectId]| -> std::io::Result<Vec<i64>> { unreachable!() };
    let mut segments = Vec::new();
    slices(&source, 0..history.len(), &Options::new(&dates), |slice| {
        let out = write_paths(&slice, Cursor::new(Vec::new()))?;
        segments.push(PathSegment::new(Bytes::copy(out.get_ref()))?);
        Ok(())
    })
    .unwrap();
    let rows = rows(history, &Paths::new(&segments).unwrap());
    (segments, rows)
}

/// What `paths` say of each commit: `None` when it is unknown.
pub(in crate::history) fn rows(history: &History<'_>, paths: &Paths<'_>) -> Found {
    assert_eq!(paths.len(), history.len());
    let mut rows: Found =
        (0..history.len()).map(|pos| (history.oid(Pos(pos)).to_owned(), Some(Row::new()))).collect();
    for table in paths.tables() {
        for (i, posting) in (0..table.len()).flat_map(|i| table.postings(i).map(move |posting| (i, posting)))
        {
            let side =
                |value: Option<crate::index::Value<'_>>| value.map(|value| (value.kind, value.id.to_owned()));
            let row = rows.get_mut(history.oid(posting.pos)).unwrap().as_mut().unwrap();
            let twice = row.insert(table.path(i).to_owned(), (side(posting.old), side(posting.new)));
            assert!(twice.is_none());
        }
    }
    for pos in paths.unknown() {
        let row = rows.insert(history.oid(pos).to_owned(), None).unwrap().unwrap();
        assert!(row.is_empty(), "something is known of an unknown commit");
    }
    rows
}

fn side(mode: &str, id: &str) -> Side {
    let kind = match mode {
        "000000" => return None,
        "040000" => EntryKind::Tree,
        "100644" => EntryKind::Blob,
        "100755" => EntryKind::BlobExecutable,
        "120000" => EntryKind::Link,
        "160000" => EntryKind::Commit,
        other => panic!("mode {other}"),
    };
    Some((kind, ObjectId::from_hex(id.as_bytes()).unwrap()))
}

/// What git says of all commits that the refs reach.
pub(in crate::history) fn expected(repo: &TestRepo) -> HashMap<ObjectId, Row> {
    let args =
        "log --all --root --diff-merges=first-parent --raw -r -t -z --no-renames --no-abbrev --format=%x01%H";
    let out = repo.git(&args.split(' ').collect::<Vec<_>>());
    let mut rows: HashMap<ObjectId, Row> = HashMap::new();
    let mut tokens = out.split(|byte| *byte == 0).map(|token| token.strip_prefix(b"\n").unwrap_or(token));
    let mut row = None;
    while let Some(token) = tokens.next() {
        if let Some(id) = token.strip_prefix(b"\x01") {
            row = Some(rows.entry(ObjectId::from_hex(id.trim_ascii_end()).unwrap()).or_default());
        } else if let Some(change) = token.strip_prefix(b":") {
            let fields: Vec<&str> = change.to_str().unwrap().split(' ').collect();
            let (old, new) = (side(fields[0], fields[2]), side(fields[1], fields[3]));
            let at = row.as_mut().unwrap().entry(BString::from(tokens.next().unwrap())).or_default();
            // A file that becomes a directory is two changes to git.
            *at = (at.0.or(old), at.1.or(new));
        } else {
            assert!(token.is_empty(), "{:?}", token.as_bstr());
        }
    }
    rows
}

fn compare(repo: &TestRepo) -> usize {
    let (segments, found) = found(repo);
    let expected = expected(repo);
    assert_eq!(found.len(), expected.len());
    let mut count = 0;
    for (id, row) in &expected {
        assert_eq!(found[id].as_ref(), Some(row), "commit {id}");
        count += row.len();
    }
    assert!(!Paths::new(&segments).unwrap().has_quirks());
    count
}

/// A history for `git fast-import`.
pub(in crate::history) struct Generator {
    random: Random,
    pub(in crate::history) out: Vec<u8>,
    /// The files of each commit: mode and content, or object name for a submodule.
    commits: Vec<BTreeMap<Vec<u8>, (u32, String)>>,
    hash_len: usize,
}

impl Generator {
    #[expect(clippy::print_stdout, reason = "a seed is all it takes to repeat a case")]
    pub(in crate::history) fn new(seed: u64, kind: Kind) -> Generator {
        println!("seed {seed}");
        let hash_len = kind.len_in_bytes();
        Generator { random: Random::new(seed), out: Vec::new(), commits: Vec::new(), hash_len }
    }

    fn name(&mut self) -> Vec<u8> {
        const NAMES: &[&[u8]] = &[
            b"a",
            b"a.b",
            b"a-",
            b"a0",
            b"b",
            b"lib",
            b"lib.c",
            b"lib-x",
            b"\xff\xfe",
            b"\xc3\xa4",
            b"x y",
            b"z",
        ];
        let depth = 1 + self.random.below(4);
        let names: Vec<&[u8]> = (0..depth).map(|_| NAMES[self.random.below(NAMES.len())]).collect();
        names.join(&b'/')
    }

    fn change(&mut self, files: &mut BTreeMap<Vec<u8>, (u32, String)>) {
        let taken: Vec<Vec<u8>> = files.keys().cloned().collect();
        let any = |random: &mut Random| taken.get(random.below(taken.len())).cloned();
        match self.random.below(12) {
            0 | 1 => {
                // Delete.
                any(&mut self.random).map(|name| files.remove(&name));
            }
            2 => {
                // Rename.
                if let Some(file) = any(&mut self.random).and_then(|name| files.remove(&name)) {
                    let name = self.name();
                    put(files, name, file);
                }
            }
            3 => {
                // Another mode.
                if let Some((mode, _)) = any(&mut self.random).and_then(|name| files.get_mut(&name))
                    && *mode != 0o160000
                {
                    *mode = [0o100644, 0o100755, 0o120000][self.random.below(3)];
                }
            }
            4 => {
                // A directory goes.
                if let Some(name) = any(&mut self.random) {
                    let dir = name.split(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
                    files.retain(|name, _| !name.starts_with(&dir));
                }
            }
            kind => {
                let name = if kind < 8 { any(&mut self.random) } else { None };
                let name = name.unwrap_or_else(|| self.name());
                let content = self.random.below(1000);
                let file = match self.random.below(10) {
                    0 => (0o160000, format!("{content:0width$x}", width = self.hash_len * 2)),
                    1 => (0o120000, content.to_string()),
                    2 => (0o100755, content.to_string()),
                    _ => (0o100644, content.to_string()),
                };
                put(files, name, file);
            }
        }
    }

    pub(in crate::history) fn grow(&mut self, count: usize) {
        let start = self.commits.len();
        for _ in 0..count {
            let n = self.commits.len();
            let parents = match self.random.below(16) {
                0 => 0,
                1..=3 => 2,
                4 => 3 + self.random.below(3),
                _ => 1,
            };
            let mut chosen: Vec<usize> = Vec::new();
            for _ in 0..parents.min(n) {
                let back = if self.random.below(4) == 0 { n } else { n.min(4) };
                let parent = n - 1 - self.random.below(back);
                if !chosen.contains(&parent) {
                    chosen.push(parent);
                }
            }
            // Mostly the first parent's files; sometimes another's, a mix, or those of an old commit (a revert).
            let mut files = match chosen.first() {
                None => BTreeMap::new(),
                Some(_) if self.random.below(12) == 0 => self.commits[self.random.below(n)].clone(),
                Some(first) => self.commits[*first].clone(),
            };
            for parent in chosen.iter().skip(1) {
                let theirs: Vec<_> = self.commits[*parent].clone().into_iter().collect();
                for (name, file) in theirs {
                    if self.random.below(2) == 0 {
                        put(&mut files, name, file);
                    }
                }
            }
            for _ in 0..self.random.below(4) + 10 * usize::from(chosen.is_empty()) {
                self.change(&mut files);
            }
            let out = &mut self.out;
            let date = 1_000_000_000 + n;
            writeln!(out, "reset refs/heads/c{n}\n").unwrap();
            writeln!(out, "commit refs/heads/c{n}\ncommitter C <c@e> {date} +0000\ndata 0\n").unwrap();
            for (i, parent) in chosen.iter().enumerate() {
                // What was imported before is not a branch of this import.
                let suffix = if *parent < start { "^0" } else { "" };
                writeln!(out, "{} refs/heads/c{parent}{suffix}", if i == 0 { "from" } else { "merge" })
                    .unwrap();
            }
            out.extend_from_slice(b"deleteall\n");
            for (name, (mode, content)) in &files {
                match mode {
                    0o160000 => write!(out, "M 160000 {content} ").unwrap(),
                    mode => write!(out, "M {mode:o} inline ").unwrap(),
                }
                out.extend_from_slice(name);
                out.push(b'\n');
                if *mode != 0o160000 {
                    writeln!(out, "data {}\n{content}", content.len()).unwrap();
                }
            }
            self.commits.push(files);
        }
    }
}

/// Adds a file where there may be a directory, or below what may be a file.
fn put(files: &mut BTreeMap<Vec<u8>, (u32, String)>, name: Vec<u8>, file: (u32, String)) {
    let below = |dir: &[u8], name: &[u8]| name.strip_prefix(dir).is_some_and(|rest| rest.starts_with(b"/"));
    files.retain(|other, _| !below(other, &name) && !below(&name, other));
    files.insert(name, file);
}

fn random_history(seed: u64) {
    let kind = if seed.is_multiple_of(3) { Kind::Sha256 } else { Kind::Sha1 };
    let repo = TestRepo::new(kind);
    let mut generator = Generator::new(seed, kind);
    // Loose objects, or two packs.
    let limit =
        if seed.is_multiple_of(2) { "fastimport.unpackLimit=100000" } else { "fastimport.unpackLimit=1" };
    for _ in 0..2 {
        generator.grow(75);
        repo.git_with(&["-c", limit, "fast-import", "--quiet"], &std::mem::take(&mut generator.out));
    }
    match seed % 5 {
        0 => drop(repo.git(&["repack", "-qadf", "--depth=200", "--window=50"])),
        1 => drop(repo.git(&["repack", "-qad", "--window=0"])),
        _ => {}
    }
    let count = compare(&repo);
    assert!(count > 500, "only {count} changes were compared");
}

#[test]
fn random_histories() {
    for seed in 1..=8 {
        random_history(seed);
    }
}

fn entry(mode: &str, name: &str, id: ObjectId) -> Vec<u8> {
    [mode.as_bytes(), b" ", name.as_bytes(), b"\0", id.as_bytes()].concat()
}

/// A repository in which trees are written byte by byte.
struct Raw {
    repo: TestRepo,
    blob: ObjectId,
}

impl Raw {
    fn new() -> Raw {
        let repo = TestRepo::new(Kind::Sha1);
        let blob = repo.write(gix::objs::Kind::Blob, b"blob");
        Raw { repo, blob }
    }

    fn tree(&self, entries: &[(&str, &str, ObjectId)]) -> ObjectId {
        let bytes: Vec<u8> = entries.iter().flat_map(|(mode, name, id)| entry(mode, name, *id)).collect();
        self.repo.write(gix::objs::Kind::Tree, &bytes)
    }

    /// A linear history of these trees; whether each commit is known, the changes, and whether there are quirks.
    fn history(&self, trees: &[ObjectId]) -> (Vec<Option<Row>>, bool) {
        let mut commits: Vec<ObjectId> = Vec::new();
        for tree in trees {
            let parents: Vec<ObjectId> = commits.last().copied().into_iter().collect();
            let date = 1_000_000_000 + commits.len() as i64;
            commits.push(self.repo.raw_commit(&commit_bytes(*tree, &parents, date, "A", "")));
        }
        self.repo.set_ref("refs/heads/main", *commits.last().unwrap());
        let (segments, found) = found(&self.repo);
        let quirks = Paths::new(&segments).unwrap().has_quirks();
        (commits.iter().map(|id| found[id].clone()).collect(), quirks)
    }

    fn known(&self, trees: &[ObjectId]) -> Vec<bool> {
        self.history(trees).0.iter().map(Option::is_some).collect()
    }
}

#[test]
fn modes_that_git_does_not_write() {
    for mode in ["100664", "100640", "100666", "100000"] {
        let raw = Raw::new();
        let odd = raw.tree(&[(mode, "a", raw.blob)]);
        let canonical = raw.tree(&[("100644", "a", raw.blob)]);
        let executable = raw.tree(&[("100755", "a", raw.blob)]);
        let nested = |tree| raw.tree(&[("40000", "dir", tree)]);
        let (rows, quirks) = raw.history(&[nested(odd), nested(canonical), nested(executable)]);
        assert!(quirks, "{mode}");
        assert_eq!(
            rows.iter().map(|row| row.as_ref().unwrap().len()).collect::<Vec<_>>(),
            [2, 1, 2],
            "{mode}"
        );
        let expected = expected(&raw.repo);
        assert_eq!(expected.len(), 3);
        assert!(rows.iter().flatten().all(|row| expected.values().any(|other| other == row)), "{mode}");
    }
    let raw = Raw::new();
    let file = raw.tree(&[("100644", "a", raw.blob)]);
    let zero = raw.tree(&[("040000", "dir", file)]);
    let (rows, quirks) = raw.history(&[zero, raw.tree(&[("40000", "dir", file)])]);
    assert!(quirks && rows[1].as_ref().unwrap().is_empty());
    let (rows, quirks) = raw.history(&[file, raw.tree(&[("160000", "a", raw.blob)])]);
    assert!(!quirks && rows.iter().all(Option::is_some));
}

#[test]
fn directories_without_files() {
    let raw = Raw::new();
    let empty = raw.repo.empty_tree();
    let hollow = raw.tree(&[("40000", "x", raw.tree(&[("40000", "y", empty)]))]);
    let (rows, quirks) = raw.history(&[hollow]);
    assert!(quirks);
    assert_eq!(rows[0].as_ref().unwrap().len(), 2);
    let file = raw.tree(&[("100644", "f", raw.blob)]);
    let (_, quirks) = raw.history(&[raw.tree(&[("40000", "x", file)]), hollow]);
    assert!(quirks);
    let (rows, quirks) = raw.history(&[empty, file, empty]);
    assert!(!quirks, "the root is no path");
    assert_eq!(rows.iter().map(|row| row.as_ref().unwrap().len()).collect::<Vec<_>>(), [0, 1, 1]);
}

#[test]
fn trees_out_of_order_are_unknown() {
    let raw = Raw::new();
    let blob = raw.blob;
    let good = raw.tree(&[("100644", "a", blob), ("100644", "c", blob)]);
    let dir = raw.tree(&[("100644", "f", blob)]);
    let bad: &[&[(&str, &str, ObjectId)]] = &[
        &[("100644", "c", blob), ("100644", "a", blob)],
        &[("100644", "a", blob), ("100644", "a", blob)],
        &[("100644", "a", blob), ("100644", "c", blob), ("100644", "b", blob)],
        &[("100644", "a", blob), ("100644", "a.b", blob), ("40000", "a", dir)],
        &[("40000", "a", dir), ("100644", "a.b", blob)],
        &[("100644", "", blob)],
        &[("100644", "a/b", blob)],
        &[("1006448", "a", blob)],
        &[("", "a", blob)],
        &[("12345678", "a", blob)],
    ];
    for entries in bad {
        let tree = raw.tree(entries);
        assert_eq!(raw.known(&[tree]), [false], "{entries:?}");
        assert_eq!(raw.known(&[good, tree]), [true, false], "{entries:?}");
        let nested = raw.tree(&[("40000", "n", tree)]);
        assert_eq!(raw.known(&[good, nested]), [true, false], "{entries:?}");
    }
    for bytes in [&b"100644"[..], b"100644 a", b"100644 a\0\x01\x02\x03", b"100644 a\0"] {
        let tree = raw.repo.write(gix::objs::Kind::Tree, bytes);
        assert_eq!(raw.known(&[good, tree, good]), [true, false, false], "{bytes:?}");
    }
}

#[test]
fn missing_trees_are_unknown() {
    let raw = Raw::new();
    let blob = raw.blob;
    let missing = ObjectId::from_hex(&[b'1'; 40]).unwrap();
    let good = raw.tree(&[("100644", "a", blob)]);
    let below = raw.tree(&[("40000", "n", missing)]);
    let more = raw.tree(&[("100644", "a", blob), ("40000", "n", missing)]);
    // What is the same on both sides need not be there.
    assert_eq!(raw.known(&[good, missing, good, more, below]), [true, false, false, false, true]);
    assert_eq!(raw.known(&[good, below, below, good]), [true, false, true, false]);
    // A file in the place of a tree.
    let wrong = raw.tree(&[("40000", "n", blob)]);
    assert_eq!(raw.known(&[good, wrong]), [true, false]);
}

#[test]
fn trees_that_multiply_are_unknown() {
    let raw = Raw::new();
    let mut tree = raw.tree(&[("100644", "a", raw.blob)]);
    for _ in 0..12 {
        let names: Vec<String> = (0..10).map(|i| i.to_string()).collect();
        tree = raw.tree(&names.iter().map(|name| ("40000", &**name, tree)).collect::<Vec<_>>());
    }
    assert_eq!(raw.known(&[tree]), [false]);
    let mut deep = raw.tree(&[("100644", "a", raw.blob)]);
    for _ in 0..300 {
        deep = raw.tree(&[("40000", &"d".repeat(250), deep)]);
    }
    assert_eq!(raw.known(&[deep]), [false]);
}

#[test]
fn damaged_packs_are_unknown_in_part() {
    let repo = TestRepo::new(Kind::Sha1);
    let mut generator = Generator::new(77, Kind::Sha1);
    generator.grow(200);
    repo.git_with(&["fast-import", "--quiet"], &generator.out);
    repo.git(&["repack", "-qadf"]);
    let segment = repo.build(&repo.tips(), &History::new([]).unwrap()).unwrap();
    let history = History::new([&segment]).unwrap();
    let good = expected(&repo);
    let pack = std::fs::read_dir(repo.git_dir().join("objects/pack"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "pack"))
        .unwrap();
    let bytes = std::fs::read(&pack).unwrap();
    let mut random = Random::new(78);
    let (mut unknown, mut known) = (0, 0);
    for round in 0..40 {
        let mut damaged = bytes.clone();
        for _ in 0..10 {
            let at = 12 + random.below(bytes.len() - 32);
            damaged[at] ^= 1 << random.below(8);
        }
        std::fs::remove_file(&pack).unwrap();
        std::fs::write(&pack, damaged).unwrap();
        for (id, row) in found_for(&repo, &history).1 {
            let Some(row) = row else {
                unknown += 1;
                continue;
            };
            assert_eq!(row, good[&id], "round {round}: commit {id}");
            known += 1;
        }
    }
    assert!(unknown > 0 && known > 0 && good.len() == 200, "{unknown} unknown, {known} known");
}
