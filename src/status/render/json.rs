//! `--json`: one object. docs/JSON.md describes it.

use bstr::{BStr, ByteSlice};
use serde_json::{Map, Value, json};

use super::short::short_branch;
use crate::status::model::{Change, Distance, Status};

/// A path; bytes that are not UTF-8 are given as a list of numbers besides.
fn path(path: &BStr, key: &str, into: &mut Map<String, Value>) {
    into.insert(key.to_owned(), path.to_str_lossy().into());
    if path.to_str().is_err() {
        into.insert(format!("{key}_bytes"), path.as_bytes().into());
    }
}

fn letter(letter: u8) -> Value {
    if letter == b' ' { Value::Null } else { (letter as char).to_string().into() }
}

/// The whole answer, with its newline.
pub fn render(status: &Status) -> Vec<u8> {
    let mut changes = Vec::new();
    for (name, change) in &status.changes {
        changes.push(entry(name.as_ref(), change));
    }
    let names = |paths: &[bstr::BString]| -> Value {
        let object = |name: &bstr::BString| {
            let mut object = Map::new();
            path(name.as_ref(), "path", &mut object);
            Value::Object(object)
        };
        paths.iter().map(object).collect()
    };
    let head = &status.head;
    let upstream = head.upstream.as_ref().map(|upstream| {
        let (ahead, behind) = match upstream.distance {
            Some(Distance::Counted(ahead, behind)) => (Some(ahead), Some(behind)),
            Some(Distance::Same(true)) => (Some(0), Some(0)),
            _ => (None, None),
        };
        json!({
            "name": upstream.name.to_str_lossy(),
            "gone": upstream.distance.is_none(),
            "ahead": ahead,
            "behind": behind,
        })
    });
    let object = json!({
        "version": 1,
        "branch": head.branch.as_ref().map(|name| short_branch(name.as_ref()).to_str_lossy()),
        "commit": head.commit.map(|id| id.to_string()),
        "upstream": upstream,
        "in_progress": status.operations,
        "stashes": status.stashes,
        "clean": status.is_clean(),
        "changes": changes,
        "untracked": names(&status.untracked),
        "ignored": names(&status.ignored),
    });
    let mut out = object.to_string().into_bytes();
    out.push(b'\n');
    out
}

fn entry(name: &BStr, change: &Change) -> Value {
    let mut object = Map::new();
    path(name, "path", &mut object);
    if let Some(letters) = change.conflict_letters() {
        object.insert("conflict".into(), letters.to_str_lossy().into());
        return Value::Object(object);
    }
    object.insert("staged".into(), letter(change.staged));
    object.insert("unstaged".into(), letter(change.unstaged));
    if let Some(submodule) = change.submodule {
        let words = json!({
            "new_commits": submodule.new_commits,
            "modified": submodule.modified,
            "untracked": submodule.untracked,
        });
        object.insert("submodule".into(), words);
    }
    if let Some((original, score)) = &change.original {
        path(original.as_ref(), "original", &mut object);
        object.insert("similarity".into(), (*score).into());
    }
    Value::Object(object)
}
