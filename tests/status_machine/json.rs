//! `--json` against what git says in another format: it is the same, counted and named.

use bstr::{BStr, ByteSlice};
use serde_json::Value;

use crate::support::Output;

/// The exit code of a program that has called abort(3).
const ABORTED: i32 = 128 + 6;

/// What both say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    branch: Option<String>,
    commit: Option<String>,
    upstream: Option<String>,
    counts: Option<(i64, i64)>,
    /// Two letters and a path.
    changes: Vec<String>,
    untracked: Vec<String>,
    ignored: Vec<String>,
}

/// Compares `--json` with `--porcelain=v2 --branch -z`.
pub(crate) fn compare(our: &Output, their: &Output) -> Result<(), String> {
    let show = |output: &Output| {
        format!("exit {}\n{:?}\n{:?}", output.code, output.stdout.as_bstr(), output.stderr.as_bstr())
    };
    let differs =
        |what: &str| Err(format!("--json: {what}\n--- ours: {}\n--- git's: {}", show(our), show(their)));
    // A git that has found a mistake of its own aborts, which no other program does in its place.
    let aborted = their.code == ABORTED && our.code != 0;
    if our.panicked() || our.code != their.code && !aborted {
        return differs("exit codes");
    }
    if their.code != 0 {
        return Ok(());
    }
    let Ok(object) = serde_json::from_slice::<Value>(&our.stdout) else { return differs("no JSON") };
    let (own, gits) = (of_json(&object), of_porcelain(&their.stdout));
    if own != gits {
        return differs(&format!("{own:#?} and {gits:#?}"));
    }
    let clean = gits.changes.is_empty() && gits.untracked.is_empty();
    if object["clean"] != clean {
        return differs("clean");
    }
    Ok(())
}

fn of_json(object: &Value) -> Said {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = |key: &str| object[key].as_array().cloned().unwrap_or_default();
    let names = |key: &str| list(key).iter().filter_map(|entry| text(&entry["path"])).collect();
    let change = |entry: &Value| {
        let letter = |key: &str| entry[key].as_str().unwrap_or(".").to_owned();
        let letters = text(&entry["conflict"]).unwrap_or_else(|| letter("staged") + &letter("unstaged"));
        format!("{letters} {}", entry["path"].as_str().unwrap_or_default())
    };
    let upstream = &object["upstream"];
    let mut changes: Vec<String> = list("changes").iter().map(change).collect();
    changes.sort();
    Said {
        branch: text(&object["branch"]),
        commit: text(&object["commit"]),
        upstream: text(&upstream["name"]),
        counts: upstream["ahead"].as_i64().zip(upstream["behind"].as_i64()),
        changes,
        untracked: names("untracked"),
        ignored: names("ignored"),
    }
}

fn of_porcelain(text: &[u8]) -> Said {
    let mut said = Said::default();
    let lossy = |bytes: &[u8]| bytes.to_str_lossy().into_owned();
    let mut fields = text.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        let words: Vec<&[u8]> = field.splitn(2, |byte| *byte == b' ').collect();
        let [kind, rest] = words[..] else { continue };
        // The path is behind so many spaces.
        let change = |words: usize| {
            let path = rest.splitn(words + 1, |byte| *byte == b' ').last().unwrap_or_default();
            format!("{} {}", BStr::new(&rest[..2]), path.to_str_lossy())
        };
        match kind {
            b"#" => {
                let (key, value) = rest.split_once_str(b" ").unwrap_or_default();
                match key {
                    b"branch.oid" => said.commit = (value != b"(initial)").then(|| lossy(value)),
                    b"branch.head" => said.branch = (value != b"(detached)").then(|| lossy(value)),
                    b"branch.upstream" => said.upstream = Some(lossy(value)),
                    b"branch.ab" => {
                        let mut numbers = value
                            .to_str_lossy()
                            .split(' ')
                            .map(|word| word.parse::<i64>().ok())
                            .collect::<Vec<_>>()
                            .into_iter();
                        let ahead = numbers.next().flatten();
                        said.counts = ahead.zip(numbers.next().flatten().map(|behind| -behind));
                    }
                    _ => {}
                }
            }
            b"1" => said.changes.push(change(7)),
            b"2" => {
                said.changes.push(change(8));
                fields.next();
            }
            b"u" => said.changes.push(change(9)),
            b"?" => said.untracked.push(lossy(rest)),
            b"!" => said.ignored.push(lossy(rest)),
            _ => {}
        }
    }
    said.changes.sort();
    said
}
