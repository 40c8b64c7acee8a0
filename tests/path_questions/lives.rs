//! `--contains-path`: the first and the last commit of every path that ever was.

use std::collections::{BTreeMap, HashSet};
use std::ffi::{OsStr, OsString};

use bstr::ByteSlice;
use fastrand::Rng;
use serde_json::Value;

use super::{World, os, seed};
use crate::support::repository::{Plan, args};

/// First and last commit by path, as `git log` lists changed paths.
pub(super) fn listed(world: &World, words: &[OsString], glob: &OsStr) -> BTreeMap<Vec<u8>, (String, String)> {
    let mut question =
        args(&["log", "--full-history", "-c", "--no-renames", "--name-only", "-z", "--format=%x01%H"]);
    question.extend(words.iter().cloned());
    question.extend(["--".into(), glob.to_owned()]);
    let log = world.env.git_ok(&world.repository.dir, &question);
    let mut lives = BTreeMap::new();
    for record in log.split(|byte| *byte == 1).skip(1) {
        let mut names = record.split(|byte| *byte == 0);
        let commit = names.next().expect("the commit").trim().to_str_lossy().into_owned();
        for name in names.map(|name| name.strip_prefix(b"\n").unwrap_or(name)).filter(|name| !name.is_empty())
        {
            let life = lives.entry(name.to_vec()).or_insert_with(|| (commit.clone(), commit.clone()));
            life.0.clone_from(&commit);
        }
    }
    lives
}

#[test]
fn lives_of_paths_are_those_that_log_lists() {
    let mut rng = Rng::with_seed(seed() ^ 0x11f3);
    let globs =
        ["*", "*.c", "src", ":(icase)READ*", ":(glob)src/*", ":!*.c", "*a*", "src/lib/", "README", "no/such"];
    let options: &[&[&str]] =
        &[&[], &["--all"], &["--no-merges", "--all"], &["--topo-order"], &["--all", "^HEAD"]];
    for number in 0..4 {
        let world = World::new(Plan {
            odd: false,
            commits: 70,
            submodules: number > 1,
            ..Plan::random(seed() * 100 + 70 + number)
        });
        for _ in 0..10 {
            let glob = globs[rng.usize(0..globs.len())];
            let words = options[rng.usize(0..options.len())];
            let expected = listed(&world, &args(words), OsStr::new(glob));
            let answer = world.native(&[&["-z", "--contains-path", glob], words].concat());
            let what = format!("seed {} repository {number}: {glob} {words:?}", seed());
            let rows: Vec<Vec<&[u8]>> = answer
                .split(|byte| *byte == 0)
                .filter(|row| !row.is_empty())
                .map(|row| row.splitn_str(6, "\t").collect())
                .collect();
            let paths: Vec<&[u8]> = rows.iter().map(|row| row[5]).collect();
            let expected_paths: Vec<&[u8]> = expected.keys().map(Vec::as_slice).collect();
            assert_eq!(paths, expected_paths, "{what}");
            for row in rows {
                let (first, last) = &expected[row[5]];
                for (abbreviated, date, full) in [(row[0], row[1], first), (row[2], row[3], last)] {
                    assert!(full.as_bytes().starts_with(abbreviated), "{what} {}", row[5].as_bstr());
                    let theirs = world.lines(&["log", "-1", "--no-walk", "--format=%as", full]).remove(0);
                    assert_eq!(date.as_bstr(), theirs.as_bytes().as_bstr(), "{what}");
                }
                let mut question = args(&[
                    "--literal-pathspecs",
                    "diff-tree",
                    "--root",
                    "-r",
                    "--no-renames",
                    "--name-status",
                ]);
                question.push("--no-commit-id".into());
                let parent = world
                    .env
                    .git(&world.repository.dir, &["rev-parse", "-q", "--verify", &format!("{last}^1")]);
                if parent.code == 0 {
                    question.push(format!("{last}^1").into());
                }
                question.extend([last.into(), "--".into(), os(row[5]).to_owned()]);
                let status = world.env.git_ok(&world.repository.dir, &question);
                // A directory that takes the place of a file is listed, too.
                let exact = status.lines().find(|line| !line.contains(&b'/') || row[5].contains(&b'/'));
                assert_eq!(exact.map(|line| &line[..1]), Some(row[4]), "{what} {}", row[5].as_bstr());
            }
        }
    }
}

#[test]
fn lives_as_json() {
    let world = World::new(Plan::plain(8, 30));
    let expected = listed(&world, &args(&["--all"]), OsStr::new("*"));
    let answer = world.native(&["--contains-path=*", "--json", "--all"]);
    let lines: Vec<Value> =
        answer.lines().map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect();
    assert_eq!(lines.len(), expected.len());
    for (line, (path, (first, last))) in lines.iter().zip(&expected) {
        assert_eq!(line["path"], path.to_str_lossy().as_ref());
        assert_eq!(
            (&line["first"]["oid"], &line["last"]["oid"]),
            (&first.as_str().into(), &last.as_str().into())
        );
        let subject = world.lines(&["log", "-1", "--no-walk", "--format=%s", last]).remove(0);
        assert_eq!(line["last"]["subject"], subject);
        assert!(["A", "M", "T", "D"].iter().any(|status| line["status"] == *status));
    }
}

/// Files that HEAD no longer has are found, too.
#[test]
fn deleted_files_have_lives() {
    let world = World::new(Plan::plain(90, 200));
    let present: HashSet<Vec<u8>> = world
        .git(&["ls-tree", "-rz", "--name-only", "HEAD"])
        .split(|byte| *byte == 0)
        .map(<[u8]>::to_vec)
        .collect();
    let mut gone = listed(&world, &[], OsStr::new("*"));
    gone.retain(|path, _| !present.contains(path));
    let answer = world.native(&["--contains-path=*", "--json"]);
    let lines: Vec<Value> =
        answer.lines().map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect();
    let mut deleted = 0;
    for (path, (first, last)) in gone {
        let line = lines.iter().find(|line| line["path"] == *path.to_str_lossy());
        let line = line.unwrap_or_else(|| panic!("{} is not listed", path.as_bstr()));
        assert_eq!((&line["first"]["oid"], &line["last"]["oid"]), (&first.into(), &last.into()));
        deleted += usize::from(line["status"] == "D");
    }
    assert!(deleted > 0, "nothing was deleted");
}
