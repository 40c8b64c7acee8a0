//! Each figure of a report, found by git a second time; [`super::report`] has objects, refs and what is kept.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::report::{report, text_of};
use super::{ends, ugly};
use crate::support::Environment;
use crate::support::damage::files;
use crate::support::repository::{Generated, Plan, args};

fn empty(env: &Environment, name: &str) -> Generated {
    let mut it = Generated::new(env, &format!("{name}-before"), Plan::plain(203, 1));
    env.git_ok(env.path(), &["init", "-q", "-b", "main", name]);
    it.dir = env.path().join(name);
    it.git_dir = it.dir.join(".git");
    it
}

/// A number of the report.
#[track_caller]
fn number(report: &Value, group: &str, key: &str) -> u64 {
    report[group][key].as_u64().unwrap_or_else(|| panic!("no {group}.{key}"))
}

/// What `git cat-file --batch-check` says of one object: its type, and its size.
fn checked(env: &Environment, it: &Generated, object: &str) -> (String, u64) {
    let input = format!("{object}\n");
    let format = "--batch-check=%(objecttype) %(objectsize)";
    let text = env.git_input(&it.dir, &["cat-file", format], Some(input.as_bytes()));
    let text = String::from_utf8_lossy(&text).into_owned();
    let (kind, size) = text.trim().split_once(' ').expect("two fields");
    (kind.to_owned(), size.parse().expect("a number"))
}

#[test]
fn history_and_tags() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 201);
    let long = "a long message\n".repeat(300);
    env.git_ok(&it.dir, &["tag", "-a", "-m", &long, "long", "main"]);
    env.git_ok(&it.dir, &["tag", "-a", "-m", "one", "one", "main"]);
    env.git_ok(&it.dir, &["tag", "-a", "-m", "two", "two", "one"]);
    env.git_ok(&it.dir, &["tag", "-a", "-m", "three", "three", "two"]);
    env.git_ok(&it.dir, &["tag", "-a", "-m", "of a tree", "tree", "main^{tree}"]);
    env.git_ok(&it.dir, &["tag", "plain", "main"]);
    env.git_ok(&it.dir, &["update-ref", "refs/remotes/origin/main", "main"]);
    let octopus = text_of(
        &env,
        &it,
        &[
            "commit-tree",
            "-m",
            "octopus",
            "-p",
            "main",
            "-p",
            "main~1",
            "-p",
            "main~2",
            "-p",
            "main~3",
            "main^{tree}",
        ],
    );
    env.git_ok(&it.dir, &["update-ref", "refs/heads/octopus", octopus.trim()]);
    let report = report(&env, &it);
    let (mut depths, mut most) = (BTreeMap::<String, u64>::new(), 0);
    for line in text_of(&env, &it, &["rev-list", "--all", "--parents", "--topo-order", "--reverse"]).lines() {
        let (commit, parents) = line.split_once(' ').unwrap_or((line, ""));
        let depth = parents.split_whitespace().map(|parent| depths[parent]).max().unwrap_or(0) + 1;
        most = most.max(parents.split_whitespace().count() as u64);
        depths.insert(commit.to_owned(), depth);
    }
    assert_eq!(Some(&number(&report, "history", "depth")), depths.values().max());
    assert_eq!(number(&report, "history", "parents"), most);
    assert!(most >= 4);

    let format = "--format=%(objecttype) %(objectname) %(refname)";
    let (mut counts, mut sizes, mut deepest) = (BTreeMap::<&str, u64>::new(), Vec::new(), 0);
    let listed = text_of(&env, &it, &["for-each-ref", format]);
    for line in listed.lines() {
        let [kind, object, name] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let group =
            ["refs/heads/", "refs/remotes/", "refs/tags/"].into_iter().find(|all| name.starts_with(all));
        *counts.entry(group.unwrap_or_default()).or_default() += 1;
        if kind == "tag" {
            sizes.push((checked(&env, &it, object).1, name));
            let (mut depth, mut object) = (0, object.to_owned());
            while checked(&env, &it, &object).0 == "tag" {
                depth += 1;
                let text = text_of(&env, &it, &["cat-file", "tag", &object]);
                object = text
                    .lines()
                    .next()
                    .and_then(|line| line.strip_prefix("object "))
                    .expect("a tag")
                    .to_owned();
            }
            deepest = deepest.max(depth);
        }
    }
    let refs = |key: &str| number(&report, "refs", key);
    assert_eq!(refs("branches"), counts["refs/heads/"]);
    assert_eq!(refs("remote_branches"), counts["refs/remotes/"]);
    assert_eq!(refs("tags"), counts["refs/tags/"]);
    assert_eq!(refs("count"), counts.values().sum::<u64>());
    assert_eq!(refs("annotated_tags"), sizes.len() as u64);
    assert_eq!(refs("tag_bytes"), sizes.iter().map(|(size, _)| size).sum::<u64>());
    let largest = sizes.iter().max().expect("there are some");
    assert_eq!(
        (refs("largest_tag"), report["refs"]["largest_tag_name"].as_str()),
        (largest.0, Some(largest.1))
    );
    assert_eq!((refs("tag_depth"), deepest), (3, 3));
    let below = listed.lines().filter(|line| line.contains(" refs/heads/loose/")).count() as u64;
    assert_eq!(
        (report["refs"]["most_below"].as_str(), refs("most_below_count")),
        (Some("refs/heads/loose"), below)
    );
}

#[test]
fn the_checkout() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(202, 60));
    env.git_ok(&it.dir, &["checkout", "-q", "-f", "main"]);
    for number in 0..30 {
        let dir = it.dir.join(format!("wide/{}/deep/deeper", number % 12));
        fs::create_dir_all(&dir).expect("writable");
        fs::write(dir.join(format!("file {number}")), "x".repeat(100 + 7 * number)).expect("writable");
        fs::write(it.dir.join(format!("wide/{number}.txt")), "y".repeat(number)).expect("writable");
    }
    std::os::unix::fs::symlink("wide", it.dir.join("link")).expect("writable");
    env.git_ok(&it.dir, &["add", "-A"]);
    let head = text_of(&env, &it, &["rev-parse", "HEAD"]);
    let entry = format!("160000,{},wide/submodule", head.trim());
    env.git_ok(&it.dir, &["update-index", "--add", "--cacheinfo", &entry]);
    env.git_ok(&it.dir, &["commit", "-q", "-m", "wide"]);
    let report = report(&env, &it);
    let mut counts = BTreeMap::<&str, u64>::new();
    let (mut entries, mut below) = (BTreeMap::<String, u64>::new(), BTreeMap::<String, (u64, u64)>::new());
    let (mut bytes, mut depth, mut longest) = (0, 0, 0);
    let listed = text_of(&env, &it, &["ls-tree", "-r", "-t", "-l", "-z", "HEAD"]);
    for line in listed.split_terminator('\0') {
        let (head, path) = line.split_once('\t').expect("a path");
        let [mode, _, _, size] = head.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
        let kind = match mode {
            "040000" => "directories",
            "120000" => "links",
            "160000" => "submodules",
            _ => "files",
        };
        *counts.entry(kind).or_default() += 1;
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        *entries.entry(parent.to_owned()).or_default() += 1;
        if kind == "directories" {
            continue;
        }
        let size = size.parse().unwrap_or(0);
        bytes += size;
        depth = depth.max(path.split('/').count() as u64);
        longest = longest.max(path.len() as u64);
        for (at, _) in path.match_indices('/').take(2) {
            let sum = below.entry(path[..at].to_owned()).or_default();
            *sum = (sum.0 + 1, sum.1 + size);
        }
    }
    let ours = |key: &str| number(&report, "checkout", key);
    for kind in ["directories", "links", "submodules", "files"] {
        assert!(counts[kind] > 0);
        assert_eq!(ours(kind), counts[kind], "{kind}");
    }
    assert_eq!((ours("bytes"), ours("depth"), ours("path_length")), (bytes, depth, longest));
    assert_eq!(report["checkout"]["longest_path"].as_str().map(str::len), Some(longest as usize));
    let most = report["checkout"]["most_entries_in"].as_str().expect("a path");
    assert_eq!((Some(&ours("most_entries")), ours("most_entries")), (entries.values().max(), entries[most]));
    let mut largest: Vec<(u64, u64)> = below.values().map(|(files, bytes)| (*bytes, *files)).collect();
    largest.sort_unstable_by(|a, b| b.cmp(a));
    largest.truncate(10);
    let directories = report["checkout"]["largest_directories"].as_array().expect("a list");
    let field = |directory: &Value, key: &str| directory[key].as_u64().expect("a number");
    let found: Vec<(u64, u64)> =
        directories.iter().map(|dir| (field(dir, "bytes"), field(dir, "files"))).collect();
    assert_eq!((found.len(), found), (10, largest));
    for directory in directories {
        let path = directory["path"].as_str().expect("a path");
        assert_eq!(below[path], (field(directory, "files"), field(directory, "bytes")), "{path}");
    }
}

/// In a history without branches it is plain which commit brings what.
#[test]
fn growth_extensions_and_places() {
    let mut env = Environment::new();
    let it = empty(&env, "repository");
    for (number, (date, path)) in [
        ("1971-01-01T00:00:00Z", "a/b/c.txt"),
        ("2019-12-31T23:59:59Z", "a/b/c.txt"),
        ("2020-01-01T00:30:00+0100", "a/b/d.PNG"),
        ("2020-01-01T00:00:00Z", "a/x/d.png"),
        ("2021-06-01T00:00:00Z", "top"),
        ("2021-06-02T00:00:00Z", "a/b/c.txt"),
        ("2024-06-02T00:00:00Z", "film.mp4"),
    ]
    .into_iter()
    .enumerate()
    {
        env.set("GIT_COMMITTER_DATE", date);
        let file = it.dir.join(path);
        fs::create_dir_all(file.parent().expect("it has one")).expect("writable");
        fs::write(file, "x".repeat(100 * number + 5)).expect("writable");
        env.git_ok(&it.dir, &["add", "-A"]);
        env.git_ok(&it.dir, &["commit", "-q", "-m", path]);
    }
    let report = report(&env, &it);
    let (mut years, mut extensions) =
        (BTreeMap::<String, [u64; 3]>::new(), BTreeMap::<String, [u64; 2]>::new());
    let (mut places, mut all, mut media) = (BTreeMap::<String, [u64; 2]>::new(), 0, 0);
    env.set("TZ", "UTC");
    let options =
        ["--reverse", "--raw", "--no-abbrev", "--format=%cd", "--date=format-local:%Y", "--no-renames"];
    let log = text_of(&env, &it, &[&["log"], &options[..]].concat());
    let mut year = String::new();
    for line in log.lines().filter(|line| !line.is_empty()) {
        let Some(change) = line.strip_prefix(':') else {
            year = line.to_owned();
            years.entry(year.clone()).or_default()[0] += 1;
            continue;
        };
        let (fields, path) = change.split_once('\t').expect("a path");
        let size = checked(&env, &it, fields.split(' ').nth(3).expect("a name")).1;
        let year = years.get_mut(&year).expect("its commit came first");
        (year[1], year[2], all) = (year[1] + 1, year[2] + size, all + size);
        let extension = Path::new(path).extension().map(|end| end.to_string_lossy().to_lowercase());
        media += if path.ends_with("ng") || path.ends_with("NG") || path.ends_with("mp4") { size } else { 0 };
        let place: Vec<&str> = path.split('/').take(2).collect();
        for sum in [extensions.entry(extension.unwrap_or_default()), places.entry(place.join("/"))] {
            let sum = sum.or_default();
            *sum = [sum[0] + 1, sum[1] + size];
        }
    }
    assert_eq!((years.len(), years["2019"]), (5, [2, 2, 105 + 205]), "the clock of the zone does not count");
    let history = &report["history"];
    let of = |value: &Value, keys: &[&str]| -> Vec<u64> {
        keys.iter().map(|key| value[key].as_u64().expect("a number")).collect()
    };
    let ours: BTreeMap<String, [u64; 3]> = history["years"]
        .as_object()
        .expect("by year")
        .iter()
        .map(|(year, sum)| (year.clone(), of(sum, &["commits", "blobs", "bytes"]).try_into().expect("three")))
        .collect();
    assert_eq!(ours, years);
    for (list, key, expected) in [("extensions", "extension", &extensions), ("places", "path", &places)] {
        let ours: BTreeMap<String, [u64; 2]> = history[list]
            .as_array()
            .expect("a list")
            .iter()
            .map(|sum| {
                (
                    sum[key].as_str().expect("text").to_owned(),
                    of(sum, &["blobs", "bytes"]).try_into().expect("two"),
                )
            })
            .collect();
        assert_eq!(&ours, expected, "{list}");
    }
    let share = history["media_share"].as_f64().expect("a share");
    assert!((share - media as f64 / all as f64).abs() < 1e-9, "{share}: {media} of {all}");
    for sum in history["extensions"].as_array().expect("a list") {
        assert_eq!(sum["media"], ["png", "mp4"].contains(&sum["extension"].as_str().expect("text")), "{sum}");
    }
}

#[test]
fn what_is_stored() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 204);
    env.git_ok(&it.dir, &["commit-graph", "write", "--reachable"]);
    env.index_ok(&it.dir, "build");
    // Remembered answers are kept in a folder of their own.
    env.fastlog(&it.dir, &args(&["-Sline", "--all"]), None).0.success("fastlog");
    ends(env.optimize(&it.dir, &["report"]), 0);
    let size = |path: &Path| path.metadata().expect("it is there").len();
    let all: u64 = files(&it.index_dir()).iter().map(|path| size(path)).sum();
    let text = ends(env.optimize(&it.dir, &["report", "--fresh", "--json"]), 0);
    let report: Value = serde_json::from_str(&text).expect("one object");
    let counted = text_of(&env, &it, &["count-objects", "-v"]);
    let git = |key: &str| {
        let value = counted.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        value.and_then(|value| value.parse::<u64>().ok()).expect("git counts")
    };
    let ours = |key: &str| number(&report, "storage", key);
    assert!(git("count") > 100 && git("packs") > 10);
    assert_eq!((ours("loose"), ours("packs")), (git("count"), git("packs")));
    let packs = files(&it.git_dir.join("objects/pack"));
    let bytes = |end: &str| {
        packs
            .iter()
            .filter(|path| path.extension().is_some_and(|name| name == end))
            .map(|path| size(path))
            .sum::<u64>()
    };
    assert_eq!(ours("pack_bytes"), bytes("pack"));
    // git counts indices, too, in kilobytes.
    assert_eq!((ours("pack_bytes") + bytes("idx")) / 1024, git("size-pack"));
    let commits = text_of(&env, &it, &["rev-list", "--all", "--count"]);
    assert_eq!(ours("graph_commits").to_string(), commits.trim());
    assert!(files(&it.index_dir().join("answers")).iter().map(|path| size(path)).sum::<u64>() > 0);
    // What is recorded of the runs is all that has grown since, and that only after the report was made.
    assert_eq!(ours("index_bytes") + ours("cache_bytes"), all);
    let status = ends(env.optimize(&it.dir, &["index", "status"]), 0);
    let said = |key: &str| {
        let value = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        value.and_then(|value| value.parse::<u64>().ok()).expect("a number")
    };
    assert_eq!(ours("index_bytes"), said("bytes") + said("path bytes"));
    let text = ends(env.optimize(&it.dir, &["stats", "--json"]), 0);
    let stats: Value = serde_json::from_str(&text).expect("one array");
    let of = |list: &Value| {
        list.as_array().expect("a list").iter().find(|sum| sum["command"] == "fastlog").cloned()
    };
    assert_eq!(of(&report["usage"]), of(&stats));
    assert!(of(&stats).is_some(), "hit rates are those that stats counts");
}

/// Each of the levels is a figure of the report beside it, and the share of what is still fine.
#[test]
fn levels_are_of_the_figures() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 205);
    for number in 0..45 {
        let blob = env.git_input(&it.dir, &["hash-object", "-w", "--stdin"], Some(&[number, 1]));
        env.git_input(&it.dir, &["pack-objects", "-q", ".git/objects/pack/pack"], Some(&blob));
    }
    let long = "x".repeat(60_000);
    env.git_input(&it.dir, &["tag", "-a", "-F", "-", "large"], Some(long.as_bytes()));
    let report = report(&env, &it);
    let levels = report["levels"].as_array().expect("a list");
    let level = |group: &str, name: &str| {
        levels
            .iter()
            .find(|level| level["group"] == group && level["name"] == name)
            .unwrap_or_else(|| panic!("no level of {group}: {name}"))
    };
    for (group, name, value) in [
        ("overall", "commits", &report["history"]["commits"]["count"]),
        ("overall", "size of commits", &report["history"]["commits"]["total"]),
        ("overall", "trees", &report["history"]["trees"]["count"]),
        ("overall", "size of trees", &report["history"]["trees"]["total"]),
        ("overall", "blobs", &report["history"]["blobs"]["count"]),
        ("overall", "size of blobs", &report["history"]["blobs"]["total"]),
        ("overall", "annotated tags", &report["refs"]["annotated_tags"]),
        ("overall", "size of annotated tags", &report["refs"]["tag_bytes"]),
        ("overall", "depth of tags", &report["refs"]["tag_depth"]),
        ("overall", "references", &report["refs"]["count"]),
        ("biggest", "commit", &report["history"]["commits"]["largest"][0]["size"]),
        ("biggest", "blob", &report["history"]["blobs"]["largest"][0]["size"]),
        ("biggest", "annotated tag", &report["refs"]["largest_tag"]),
        ("biggest", "parents of a commit", &report["history"]["parents"]),
        ("biggest", "entries of a directory", &report["checkout"]["most_entries"]),
        ("history", "depth", &report["history"]["depth"]),
        ("checkout", "directories", &report["checkout"]["directories"]),
        ("checkout", "path depth", &report["checkout"]["depth"]),
        ("checkout", "path length", &report["checkout"]["path_length"]),
        ("checkout", "files", &report["checkout"]["files"]),
        ("checkout", "size of files", &report["checkout"]["bytes"]),
        ("checkout", "links", &report["checkout"]["links"]),
        ("checkout", "submodules", &report["checkout"]["submodules"]),
        ("storage", "packs", &report["storage"]["packs"]),
        ("storage", "loose objects", &report["storage"]["loose"]),
    ] {
        let level = level(group, name);
        assert_eq!(&level["value"], value, "{group}: {name}");
        let number = |key: &str| level[key].as_u64().expect("a number");
        assert_eq!(number("stars"), number("value") / number("reference"), "{group}: {name}");
    }
    assert_eq!(levels.len(), 26, "and the size of media");
    assert_eq!(
        (&level("storage", "packs")["stars"], &level("biggest", "annotated tag")["stars"]),
        (&1.into(), &1.into())
    );
    let text = ends(env.optimize(&it.dir, &["report"]), 0);
    let line = text.lines().find(|line| line.starts_with("  packs ")).expect("it is shown");
    assert!(line.ends_with('*'), "{line}");
}

/// The command that recommends directories is taken by git as it stands, whatever their names.
#[test]
fn recommended_directories_can_be_checked_out() {
    let env = Environment::new();
    let dir = env.path().join("repository");
    env.git_ok(env.path(), &["init", "-q", "-b", "main", "repository"]);
    let names = ["it's $HOME", "-x", "a b*[?]"];
    let object = |args: &[&str], input: &str| {
        String::from_utf8_lossy(&env.git_input(&dir, args, Some(input.as_bytes()))).trim().to_owned()
    };
    // Little on the disk, and much in a checkout.
    let file = env.path().join("large");
    fs::write(&file, vec![0; 40_000_000]).expect("writable");
    let blob = object(&["hash-object", "-w", &file.display().to_string()], "");
    let tree = |count: usize| {
        let entries: String =
            (0..count).map(|number| format!("100644 blob {blob}\tf{number:02}\n")).collect();
        object(&["mktree"], &entries)
    };
    let entry = |name: &str, count: usize| format!("040000 tree {}\t{name}\n", tree(count));
    let large: String = names.iter().enumerate().map(|(at, name)| entry(name, 12 - at)).collect();
    let top = object(&["mktree"], &format!("{large}{}", entry("small", 1)));
    let commit = env.git_ok(&dir, &["commit-tree", "-m", "large", &top]);
    env.git_ok(&dir, &["update-ref", "refs/heads/main", String::from_utf8_lossy(&commit).trim()]);
    let text = ends(env.optimize(&dir, &["report", "--json"]), 0);
    let report: Value = serde_json::from_str(&text).expect("one object");
    let advice = report["advice"].as_array().expect("a list");
    let commands: Vec<&str> = advice.iter().filter_map(|advice| advice["command"].as_str()).collect();
    assert!(
        commands.iter().all(|command| !command.contains('<') && !command.contains("...")),
        "{commands:?}"
    );
    let command = commands.iter().find(|command| command.contains("sparse")).expect("it is large");
    env.run(env.command("sh", &dir, &["-c", command])).success(command);
    let mut listed = env.git_ok(&dir, &["sparse-checkout", "list"]);
    listed.retain(|byte| *byte != b'"');
    let listed = String::from_utf8_lossy(&listed).replace("\\\\", "\\");
    let mut listed: Vec<&str> = listed.lines().collect();
    listed.sort_unstable();
    let mut names = names;
    names.sort_unstable();
    assert_eq!(listed, names);
}
