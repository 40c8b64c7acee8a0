//! The commands of docs/EDITORS.md, as they are written there.

use std::ffi::OsString;
use std::fs;

use bstr::ByteSlice;
use serde_json::Value;

use super::World;
use crate::support::need;
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

/// The code block of this language.
fn example(language: &str) -> &'static str {
    let (_, code) = DOCUMENT.split_once(&format!("\n```{language}\n")).expect("an example");
    code.split_once("```").expect("it ends").0
}

/// What the example prints in this world, with what surrounds it.
fn ran(world: &World, program: &str, file: &str, code: &str) -> Vec<String> {
    let file = world.env.path().join(file);
    fs::write(&file, code).expect("writable");
    let output = world.env.run(world.env.command(program, &world.repository.dir, &[file])).success(program);
    output.lines().map(|line| line.to_str_lossy().into_owned()).collect()
}

#[test]
#[ignore = "needs what .ci/tools installs"]
fn examples_do_what_they_are_for() {
    need("python3", "python3");
    need("node", "nodejs");
    let world = World::new(Plan::plain(48, 60));
    let expected = world.lines(&["rev-list", "main"]);
    let pages = "
commit, cursor, pages = resolve('.', 'main'), None, 0
while pages == 0 or cursor:
    commits, cursor = page('.', commit, cursor, 7)
    pages += 1
    for shown in commits:
        print(shown['oid'])
";
    let printed = ran(&world, "python3", "example.py", &[example("python"), pages].concat());
    assert_eq!(printed, expected);
    let given = "const repository = '.'; const show = (object) => console.log(object.oid);\n";
    let printed = ran(&world, "node", "example.mjs", &[given, example("js")].concat());
    assert_eq!(printed, expected);
}
