//! `--json`: docs/JSON.md names every field that is printed and no other, and texts are UTF-8 whatever commits are in.

use std::collections::BTreeSet;

use bstr::ByteSlice;
use serde_json::Value;

use super::World;
use crate::support::repository::args;

const TEXTS: &str = r#"
git init -q . && printf 'Latein: \374' | git -c i18n.commitEncoding=latin1 commit -q --allow-empty -F -
git commit -q --allow-empty -m 'no utf-8: X'
git reset -q $(git cat-file commit HEAD | LC_ALL=C tr X '\374' | git hash-object -t commit -w --stdin)
printf 'two\nlines\n\nbody\n' | git commit -q --allow-empty -F -
git tag v1 && GIT_AUTHOR_DATE='@1600000000 -0330' git commit -q --allow-empty -m zone && git-optimize index build
"#;

fn lines(world: &World, words: &[&str]) -> Vec<Value> {
    let (output, _) = world.env.fastlog(&world.dir, &args(words), None);
    let text = output.success("objects");
    text.lines().map(|line| serde_json::from_slice(line).expect("JSON in UTF-8")).collect()
}

/// The fields in the first table below a heading of docs/JSON.md; a row may have several.
fn documented(heading: &str, table: usize) -> BTreeSet<String> {
    let page = include_str!("../../docs/JSON.md");
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).expect("a heading");
    let section = section.split("\n## ").next().expect("there is always one");
    let rows = section.split("\n| --- |").nth(table + 1).expect("a table").lines().skip(1);
    let rows = rows.take_while(|row| row.starts_with('|'));
    let names =
        rows.flat_map(|row| row.split(" | ").next().expect("a column").trim_matches(['|', ' ']).split(", "));
    names.map(|name| name.trim_matches('`').to_owned()).collect()
}

fn fields(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn fields_are_those_of_the_page() {
    let world = World::with(TEXTS);
    let found = lines(&world, &["--json", "--decorate"]);
    let (page, commits) = found.split_last().expect("a page");
    assert_eq!(fields(page), documented("The page", 0));
    let commit = commits.iter().find(|commit| commit.get("refs").is_some()).expect("one with refs");
    assert_eq!(fields(commit), documented("A commit", 0));
    for person in ["author", "committer"] {
        assert_eq!(fields(&commit[person]), documented("A commit", 1));
    }
    let without = commits.iter().filter(|commit| commit.get("refs").is_none()).count();
    assert_eq!(without, 2, "HEAD and v1 are named, the others not");
    assert!(lines(&world, &["--json", "--no-decorate"]).iter().all(|line| line.get("refs").is_none()));
}

#[test]
fn fields_about_paths_are_those_of_the_page() {
    let world = World::with(
        "git init -q . && echo 1 >a && mkdir d && echo 2 >d/b && git add . && git commit -q -m 1
         echo 3 >a && git rm -q d/b && git add . && git commit -q -m 2 && git-optimize index build",
    );
    for (words, heading, paths) in [
        (&["--last-modified", "--json"][..], "A path's last change", &["a"][..]),
        (&["--contains-path", "*", "--json"], "A file's life", &["a", "d/b"]),
    ] {
        let found = lines(&world, words);
        let shown: Vec<&str> = found.iter().filter_map(|line| line["path"].as_str()).collect();
        assert_eq!(shown, paths, "{words:?}");
        for line in &found {
            assert_eq!(fields(line), documented(heading, 0), "{words:?}");
            for commit in ["first", "last"].iter().filter_map(|field| line.get(field)) {
                let expected = ["author", "committer", "oid", "subject"].map(str::to_owned);
                assert_eq!(fields(commit), BTreeSet::from(expected), "{words:?}");
            }
        }
    }
}

#[test]
fn texts_and_zones() {
    let world = World::with(TEXTS);
    let found = lines(&world, &["--json", "--reverse"]);
    let said = |at: usize, field: &str| found[at][field].as_str().expect("a text").to_owned();
    assert_eq!([said(0, "subject"), said(1, "subject")], ["Latein: ü", "no utf-8: \u{fffd}"]);
    assert_eq!([said(2, "subject"), said(2, "body")], ["two lines", "body\n"]);
    let theirs = world.env.git_ok(&world.dir, &["log", "--reverse", "--format=%ad|%cd", "--date=format:%z"]);
    let zones = found.iter().filter(|line| line.get("oid").is_some());
    let zones = zones.map(|line| format!("{}|{}\n", line["author"]["zone"], line["committer"]["zone"]));
    assert_eq!(zones.collect::<String>().replace('"', "").as_bytes().as_bstr(), theirs.as_bstr());
    assert!(theirs.contains_str("-0330"), "{}", theirs.as_bstr());
}
