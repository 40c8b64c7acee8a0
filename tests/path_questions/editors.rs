//! The commands of docs/EDITORS.md, as they are written there.

use std::ffi::OsString;

use bstr::ByteSlice;
use serde_json::Value;

use super::World;
use crate::support::repository::Plan;

const DOCUMENT: &str = include_str!("../../docs/EDITORS.md");

/// What stands between backquotes, or on a line of its own, and asks `git fastlog` something.
fn commands() -> Vec<&'static str> {
    DOCUMENT.split(['\n', '`']).filter(|text| text.starts_with("git fastlog -")).collect()
}

/// One command with what its placeholders stand for.
fn filled(command: &str, cursor: &str, path: Option<&str>) -> Vec<OsString> {
    let path = path.map(|path| format!("-- {path}")).unwrap_or_default();
    let mut text = command.strip_prefix("git fastlog ").expect("one of them").to_owned();
    for (placeholder, value) in [
        ("[-- <path>…]", &*path),
        ("[-- <the same path>…]", &path),
        ("<the same revision>", "main"),
        ("<revision>", "main"),
        ("<cursor>", cursor),
        ("<directory>", "src"),
    ] {
        text = text.replace(placeholder, value);
    }
    assert!(!text.contains(['<', '[']), "{text} has something else to be filled in");
    text.split_whitespace().map(OsString::from).collect()
}

fn json(answer: &[u8]) -> Vec<Value> {
    answer.lines().map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect()
}

fn names(objects: &[Value]) -> Vec<&str> {
    objects.iter().map(|object| object["oid"].as_str().expect("a name")).collect()
}

#[test]
fn commands_for_editors_work_as_documented() {
    let world = World::new(Plan::plain(49, 300));
    let [first, next, count, directory, files] = commands()[..] else {
        panic!("other commands than this test knows: {:?}", commands());
    };
    let mut second_pages = 0;
    for path in [None, Some("src"), Some("src/main.c README")] {
        let mut question = vec!["rev-list", "main", "--"];
        question.extend(path.iter().flat_map(|paths| paths.split(' ')));
        let expected = world.lines(&question);
        let page = json(&world.native_os(&filled(first, "", path)));
        let (end, shown) = page.split_last().expect("a page");
        assert_eq!(names(shown), expected.iter().take(50).collect::<Vec<_>>(), "{path:?}");
        assert_eq!(end["has_more"], expected.len() > 50, "{path:?}");
        let Some(cursor) = end["cursor"].as_str() else { continue };
        let page = json(&world.native_os(&filled(next, cursor, path)));
        let (_, shown) = page.split_last().expect("a page");
        assert_eq!(names(shown), expected.iter().skip(50).take(50).collect::<Vec<_>>(), "{path:?}");
        second_pages += 1;
    }
    assert!(second_pages > 0, "nothing has more than a page");
    let number = world.native_os(&filled(count, "", None));
    assert_eq!(number, world.git(&["rev-list", "--count", "main"]));
    for (command, listed) in [
        (directory, &["ls-tree", "-z", "--name-only", "main", "src/"][..]),
        (files, &["ls-tree", "-rz", "--name-only", "main"]),
    ] {
        let found = json(&world.native_os(&filled(command, "", None)));
        let listed = world.git(listed);
        let mut listed: Vec<&[u8]> =
            listed.split(|byte| *byte == 0).filter(|path| !path.is_empty()).collect();
        listed.sort_unstable();
        assert!(listed.len() > 1, "{command}: nothing to be found");
        assert_eq!(found.len(), listed.len(), "{command}");
        for (object, path) in found.iter().zip(listed) {
            assert_eq!(object["path"], *path.to_str_lossy(), "{command}");
            assert_eq!(object["oid"], world.newest("main", path, "%H"), "{command} {}", path.as_bstr());
        }
    }
}

/// What the examples ask: a name instead of a branch, and no path.
#[test]
fn the_examples_ask_for_pages() {
    assert!(DOCUMENT.contains(r#""fastlog", "--json", f"--per-page={size}""#), "another example in Python");
    assert!(DOCUMENT.contains(r#"["fastlog", "--json", "main", "--"]"#), "another example in Node");
    let world = World::new(Plan::plain(48, 60));
    let expected = world.lines(&["rev-list", "main"]);
    let main = world.lines(&["rev-parse", "--verify", "--end-of-options", "main^{commit}"]).remove(0);
    let page = json(&world.native(&["--json", "--per-page=3", &main, "--"]));
    assert_eq!(names(&page[..page.len() - 1]), expected[..3]);
    let cursor =
        format!("--cursor={}", page.last().expect("the page")["cursor"].as_str().expect("there are more"));
    let page = json(&world.native(&["--json", "--per-page=3", &cursor, &main, "--"]));
    assert_eq!(names(&page[..page.len() - 1]), expected[3..6]);
    let all = json(&world.native(&["--json", "main", "--"]));
    assert_eq!(names(&all[..all.len() - 1]), expected);
}
