//! docs/JSON-optimize.md names every field that is printed, with its type, and no other.

use std::collections::{BTreeMap, BTreeSet};

use fs2::FileExt;
use serde_json::Value;

use super::{DONE, LOCKED, NOTHING, ends, put_git, ugly};
use crate::support::Environment;
use crate::support::damage::index_dir;
use crate::support::repository::args;

/// The type of each field, by its path.
type Fields = BTreeMap<String, BTreeSet<&'static str>>;

/// The tables of the page, by the last heading above each.
fn documented() -> BTreeMap<String, Fields> {
    let mut tables = BTreeMap::<String, Fields>::new();
    let mut heading = String::new();
    // The last section is about another format; `stats` has its test.
    let (page, _) = include_str!("../../docs/JSON-optimize.md")
        .split_once("\n## `git optimize stats --prometheus`")
        .expect("the section");
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("##") {
            title.trim_matches(['#', '`', ' ']).clone_into(&mut heading);
        }
        let Some((field, rest)) = line.strip_prefix("| `").and_then(|line| line.split_once("` | ")) else {
            continue;
        };
        let kinds = rest.split(" | ").next().expect("a type").split(" or ");
        let kinds = kinds
            .map(|kind| ["string", "number", "boolean", "null"].into_iter().find(|known| *known == kind));
        let kinds: Option<BTreeSet<&str>> = kinds.collect();
        let known = tables.entry(heading.clone()).or_default();
        let before = known.insert(field.to_owned(), kinds.unwrap_or_else(|| panic!("{line}")));
        assert!(before.is_none(), "{field} is there twice");
    }
    tables
}

fn add(value: &Value, path: &str, found: &mut Fields) {
    let kind = match value {
        Value::Array(values) => {
            return values.iter().for_each(|value| add(value, &format!("{path}[]"), found));
        }
        Value::Object(fields) => {
            return fields.iter().for_each(|(key, value)| {
                let key = match path {
                    "history" if ["commits", "trees", "blobs"].contains(&key.as_str()) => "<kind>",
                    "history.years" => "<year>",
                    _ => key,
                };
                let dot = if path.is_empty() { "" } else { "." };
                add(value, &format!("{path}{dot}{key}"), found);
            });
        }
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
    };
    found.entry(path.to_owned()).or_default().insert(kind);
}

/// Fields are those of the table, and of no other type than it says.
#[track_caller]
fn compare(title: &str, found: &Fields, tables: &BTreeMap<String, Fields>) {
    let table = tables.get(title).unwrap_or_else(|| panic!("no table for {title}"));
    let names = |fields: &Fields| fields.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(table), "{title}; left: printed; right: documented");
    for (name, kinds) in found {
        assert!(kinds.is_subset(&table[name]), "{title}: {name} is {kinds:?}");
    }
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("an object in each line")).collect()
}

#[test]
fn every_field_is_documented() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 241);
    let tables = documented();
    let page = |title: &str| format!("git optimize {title} --json");
    let mut lines = objects(&ends(env.optimize(&it.dir, &["run", "--dry-run", "--json"]), DONE));
    lines.extend(objects(&ends(env.optimize(&it.dir, &["run", "--json"]), DONE)));
    lines.extend(objects(&ends(env.optimize(&it.dir, &["run", "--json"]), NOTHING)));
    put_git(&mut env, "case \"$*\" in *pack-refs*) exit 1 ;; esac");
    lines.extend(objects(&ends(env.optimize(&it.dir, &["--task", "pack-refs", "--json"]), super::FAILED)));
    super::remove_git(&env);
    let lock = std::fs::File::open(index_dir(&it.git_dir).join("optimize.lock")).expect("it is there");
    lock.lock_exclusive().expect("free");
    lines.extend(objects(&ends(env.optimize(&it.dir, &["--task", "pack-refs", "--json"]), LOCKED)));
    drop(lock);
    let mut events = BTreeMap::<String, Fields>::new();
    for line in &lines {
        add(line, "", events.entry(line["event"].as_str().expect("a name").to_owned()).or_default());
    }
    assert_eq!(events.len(), 5);
    events.iter().for_each(|(event, found)| compare(event, found, &tables));

    env.git_ok(&it.dir, &["config", "core.untrackedCache", "true"]);
    env.git_ok(&it.dir, &["tag", "-a", "-m", "a tag", "annotated", "main"]);
    for _ in 0..2 {
        env.fastlog(&it.dir, &args(&["-Sline", "--all"]), None).0.success("fastlog");
    }
    // Large enough for some advice.
    let file = env.path().join("large");
    std::fs::write(&file, vec![0; 10_000_000]).expect("writable");
    let object = |args: &[&str], input: Option<&[u8]>| {
        String::from_utf8_lossy(&env.git_input(&it.dir, args, input)).trim().to_owned()
    };
    let blob = object(&["hash-object", "-w", &file.display().to_string()], None);
    let tree = object(&["mktree"], Some(format!("100644 blob {blob}\tlarge\n").as_bytes()));
    let commit = object(&["commit-tree", "-m", "large", &tree], None);
    env.git_ok(&it.dir, &["update-ref", "refs/heads/large", &commit]);
    let text = ends(env.optimize(&it.dir, &["report", "--json"]), 0);
    let mut report: Value = serde_json::from_str(&text).expect("one object");
    let usage = report.as_object_mut().and_then(|report| report.remove("usage")).expect("it is there");
    let (mut found, mut of_usage, mut of_stats) = (Fields::new(), Fields::new(), Fields::new());
    add(&report, "", &mut found);
    compare(&page("report"), &found, &tables);
    let text = ends(env.optimize(&it.dir, &["stats", "--json"]), 0);
    let stats: Vec<Value> = serde_json::from_str(&text).expect("one array");
    stats.iter().for_each(|stats| add(stats, "", &mut of_stats));
    usage.as_array().expect("an array").iter().for_each(|usage| add(usage, "", &mut of_usage));
    compare(&page("stats"), &of_stats, &tables);
    assert_eq!(of_usage.keys().collect::<Vec<_>>(), of_stats.keys().collect::<Vec<_>>());
    for (title, command) in
        [("doctor", &["doctor", "--json"][..]), ("cache stats", &["cache", "stats", "--json"])]
    {
        let mut found = Fields::new();
        objects(&ends(env.optimize(&it.dir, command), 0)).iter().for_each(|line| add(line, "", &mut found));
        compare(&page(title), &found, &tables);
    }
}
