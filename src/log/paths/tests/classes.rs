//! Classes of random histories, compared with the trees themselves and with `git log -- <pathspec>…`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Cursor;

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use gix::hash::Kind;
use gix::objs::tree::EntryKind;

use super::{MAGIC, NAMES, PIECES, random_path, seed};
use crate::history::{self, Options};
use crate::index::{Bytes, History, PathSegment, Paths, Pos, Segment, Slice, write_paths};
use crate::log::paths::{Environment, Pathspec, Place, check_known, tree_same};
use crate::repo::commit_dates;
use crate::repo::testing::{Sandbox, Seed};

pub(in crate::log) type Tree = BTreeMap<BString, (EntryKind, ObjectId)>;

/// A history with merges; later commits touch few paths.
pub(in crate::log) fn make_history(sandbox: &Sandbox, seed: &mut Seed, commits: usize) {
    sandbox.git("", &["init", "--quiet", "--initial-branch=main", "repo"]);
    let mut stream = String::new();
    let mut used = Vec::new();
    for commit in 1..=commits {
        let _ = write!(
            stream,
            "commit refs/heads/b{commit}\nmark :{commit}\ncommitter C <c@d> {commit} +0000\ndata 0\n"
        );
        if commit > 1 && seed.below(12) > 0 {
            let from = commit - 1 - seed.below(commit.min(4) - 1);
            let _ = writeln!(stream, "from :{from}");
            if from > 1 && seed.below(3) == 0 {
                let _ = writeln!(stream, "merge :{}", 1 + seed.below(from - 1));
            }
        }
        for _ in 0..seed.below(5) {
            if seed.below(2) == 0 || used.is_empty() {
                used.push(random_path(seed, NAMES));
            }
            let path = &used[seed.below(used.len())];
            let text = "line\n".repeat(9) + seed.pick(&["0", "1"]);
            let len = text.len();
            let _ = match seed.below(9) {
                0 => writeln!(stream, "M 160000 {:040x} {path}", 1 + seed.below(2)),
                1 => write!(stream, "M 120000 inline {path}\ndata {len}\n{text}\n"),
                2 => write!(stream, "M 100755 inline {path}\ndata {len}\n{text}\n"),
                3 => writeln!(stream, "D {path}"),
                4 => writeln!(stream, "D {}", path.split('/').next().unwrap()),
                _ => write!(stream, "M 100644 inline {path}\ndata {len}\n{text}\n"),
            };
        }
    }
    sandbox.feed("repo", &["fast-import", "--quiet"], stream.as_bytes());
}

pub(in crate::log) fn read_history(sandbox: &Sandbox) -> Segment {
    let tips = sandbox.git("repo", &["for-each-ref", "--format=%(objectname)"]);
    let tips: Vec<ObjectId> = tips.lines().map(|hex| ObjectId::from_hex(hex).unwrap()).collect();
    let repo = gix::open_opts(sandbox.path("repo"), gix::open::Options::isolated()).unwrap();
    let git_dir = sandbox.path("repo/.git");
    let dates = |ids: &[ObjectId]| commit_dates("git".as_ref(), &git_dir, ids);
    let known = History::new([]).unwrap();
    history::build(&repo.objects, Kind::Sha1, &tips, &known, &Options::new(&dates)).unwrap().unwrap()
}

/// Each commit's tree, directories included.
pub(in crate::log) fn trees(sandbox: &Sandbox, history: &History<'_>) -> Vec<Tree> {
    let read = |pos: u32| {
        let id = history.oid(Pos(pos)).to_string();
        let listing = sandbox.git("repo", &["ls-tree", "-r", "-t", "-z", &id]);
        let entries = listing.split_str(b"\0").filter(|entry| !entry.is_empty());
        entries
            .map(|entry| {
                let (value, path) = entry.split_once_str(b"\t").unwrap();
                let kind = match &value[..6] {
                    b"040000" => EntryKind::Tree,
                    b"100644" => EntryKind::Blob,
                    b"100755" => EntryKind::BlobExecutable,
                    b"120000" => EntryKind::Link,
                    b"160000" => EntryKind::Commit,
                    mode => panic!("mode {}", mode.as_bstr()),
                };
                let id = value.rsplit_once_str(b" ").unwrap().1;
                (path.into(), (kind, ObjectId::from_hex(id).unwrap()))
            })
            .collect()
    };
    (0..history.len()).map(read).collect()
}

pub(in crate::log) fn path_segments(
    history: &History<'_>,
    trees: &[Tree],
    cuts: &[usize],
    quirks: u32,
) -> Vec<PathSegment> {
    let none = Tree::new();
    let mut segments = Vec::new();
    for cut in cuts.windows(2) {
        let mut slice = Slice::new(Kind::Sha1, Pos(cut[0] as u32));
        for at in cut[0]..cut[1] {
            let old = history.first_parent(Pos(at as u32)).map_or(&none, |parent| &trees[parent.index()]);
            let new = &trees[at];
            for path in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
                let (old, new) = (old.get(path), new.get(path));
                if old != new {
                    let id = slice.path(path.as_bstr());
                    let mut value = |value: Option<&(EntryKind, ObjectId)>| {
                        value.map(|(kind, oid)| slice.value(*kind, oid))
                    };
                    let (old, new) = (value(old), value(new));
                    slice.change(id, old, new);
                }
            }
            slice.commit();
        }
        slice.count_quirks(quirks);
        let bytes = write_paths(&slice, Cursor::new(Vec::new())).unwrap();
        segments.push(PathSegment::new(Bytes::copy(bytes.get_ref())).unwrap());
    }
    segments
}

fn chosen(pathspec: &Pathspec, tree: &Tree) -> Tree {
    let is_chosen = |path: &BString, kind: EntryKind| {
        let reach = pathspec.reach(path.as_bstr());
        match kind {
            EntryKind::Tree => false,
            EntryKind::Commit => reach.submodules,
            _ => reach.files,
        }
    };
    let entries = tree.iter().filter(|(path, (kind, _))| is_chosen(path, *kind));
    entries.map(|(path, value)| (path.clone(), *value)).collect()
}

#[test]
fn the_same_where_contents_are_equal() {
    let mut seed = Seed::new(seed());
    for round in 0..3 {
        let sandbox = Sandbox::new();
        make_history(&sandbox, &mut seed, 70);
        let segment = read_history(&sandbox);
        let history = History::new([&segment]).unwrap();
        assert_eq!(history.len(), 70);
        let trees = trees(&sandbox, &history);
        let quirks = u32::from(round == 2);
        let segments = path_segments(&history, &trees, &[0, 20 + seed.below(20), 60, 70], quirks);
        let paths = Paths::new(&segments).unwrap();
        let mut used: Vec<String> =
            trees.iter().flat_map(|tree| tree.keys().map(|path| path.to_string())).collect();
        used.sort();
        used.dedup();
        for case in 0..120 {
            let specs: Vec<String> = (0..1 + seed.below(3))
                .map(|_| match seed.below(3) {
                    0 => seed.pick(MAGIC).to_owned() + &random_path(&mut seed, PIECES),
                    1 => used[seed.below(used.len())].clone() + "/",
                    _ => ":(literal)".to_owned() + &used[seed.below(used.len())],
                })
                .collect();
            let Ok(pathspec) = Pathspec::parse(&specs, &Place::default(), Environment::default()) else {
                continue;
            };
            let tree_same = tree_same(&paths, &history, &pathspec).unwrap();
            let about = format!("case {case}: {specs:?}");
            let contents: Vec<Tree> = trees.iter().map(|tree| chosen(&pathspec, tree)).collect();
            for _ in 0..2 * contents.len() {
                // In no order, because what was asked before is remembered.
                let [a, b] = [seed.below(contents.len()), seed.below(contents.len())];
                let b = match history.first_parent(Pos(a as u32)) {
                    Some(parent) if seed.below(3) == 0 => parent.index(),
                    _ => b,
                };
                let [pos, other] = [Pos(a as u32), Pos(b as u32)];
                assert_eq!(tree_same.same(pos, other), contents[a] == contents[b], "{about}: {a} and {b}");
                assert_eq!(tree_same.is_empty(pos), contents[a].is_empty(), "{about}: {a}");
            }
            if case % 8 == 0 {
                let mut arguments =
                    vec!["log", "--all", "--full-history", "--no-merges", "--format=%H", "--"];
                arguments.extend(specs.iter().map(String::as_str));
                let mut expected: Vec<BString> =
                    sandbox.git("repo", &arguments).lines().map(BString::from).collect();
                expected.sort();
                let differs = |pos: u32| {
                    let pos = Pos(pos);
                    let same = match history.first_parent(pos) {
                        Some(parent) => tree_same.same(pos, parent),
                        None => tree_same.is_empty(pos),
                    };
                    history.parents(pos).count() < 2 && !same
                };
                let mut found: Vec<BString> = (0..history.len())
                    .filter(|pos| differs(*pos))
                    .map(|pos| history.oid(Pos(pos)).to_string().into())
                    .collect();
                found.sort();
                assert_eq!(found, expected, "{about}");
            }
        }
    }
}

#[test]
fn what_the_index_does_not_know_is_left_to_git() {
    let sandbox = Sandbox::new();
    make_history(&sandbox, &mut Seed::new(1), 10);
    let segment = read_history(&sandbox);
    let history = History::new([&segment]).unwrap();
    let trees = trees(&sandbox, &history);
    let few = path_segments(&history, &trees, &[0, 9], 0);
    assert!(check_known(&Paths::new(&few).unwrap(), &history, [Pos(0)]).is_err());
    let mut slice = Slice::new(Kind::Sha1, Pos(9));
    slice.unknown();
    let bytes = write_paths(&slice, Cursor::new(Vec::new())).unwrap();
    let last = PathSegment::new(Bytes::copy(bytes.get_ref())).unwrap();
    let paths = Paths::new(few.iter().chain([&last])).unwrap();
    assert!(check_known(&paths, &history, [Pos(0), Pos(9)]).is_err());
    assert!(check_known(&paths, &history, [Pos(0), Pos(8)]).is_ok(), "the last commit is not met");
}
