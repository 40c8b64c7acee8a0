//! The report's figures, counted a second time by git.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{DONE, ends, ugly};
use crate::support::Environment;
use crate::support::repository::{Generated, Plan};

pub(super) fn report(env: &Environment, it: &Generated) -> serde_json::Value {
    let text = ends(env.optimize(&it.dir, &["report", "--json"]), 0);
    let mut report: serde_json::Value = serde_json::from_str(&text).expect("one object");
    // It counts the reports, too.
    assert!(report["usage"].take().is_array());
    report
}

pub(super) fn text_of(env: &Environment, it: &Generated, args: &[&str]) -> String {
    String::from_utf8_lossy(&env.git_ok(&it.dir, args)).into_owned()
}

/// The sizes of all reachable objects of one type, smallest first.
fn counted(env: &Environment, it: &Generated, kind: &str) -> Vec<u64> {
    let list = env.git_ok(&it.dir, &["rev-list", "--objects", "--all", "--no-object-names"]);
    let file = env.path().join("list");
    std::fs::write(&file, list).expect("writable");
    let format = "--batch-check=%(objecttype) %(objectsize) %(objectname)";
    let text = env.git_from_file(&it.dir, &["cat-file", format], &file);
    let lines: BTreeSet<String> = String::from_utf8_lossy(&text).lines().map(str::to_owned).collect();
    let sizes =
        lines.iter().filter_map(|line| line.strip_prefix(kind)?.split(' ').nth(1)?.parse::<u64>().ok());
    let mut sizes: Vec<u64> = sizes.collect();
    sizes.sort_unstable();
    sizes
}

/// Its commit has a large object where the report says, and none of that one's parents has it there.
fn is_brought(env: &Environment, it: &Generated, kind: &str, large: &serde_json::Value) {
    let text = |key: &str| large[key].as_str();
    let (object, commit) = (text("object").expect("a name"), text("commit").expect("a name"));
    let place = match (kind, text("path")) {
        ("commit", None) => return assert_eq!(object, commit),
        ("tree", None) => "^{tree}".to_owned(),
        (_, Some(path)) => format!(":{path}"),
        (_, None) => panic!("a {kind} without a path: {large}"),
    };
    let at = |commit: &str| {
        let found = env.git(&it.dir, &["rev-parse", "-q", "--verify", &format!("{commit}{place}")]);
        String::from_utf8_lossy(&found.stdout).trim().to_owned()
    };
    assert_eq!(at(commit), object, "{large}");
    let parents = text_of(env, it, &["rev-parse", &format!("{commit}^@")]);
    parents.lines().for_each(|parent| assert_ne!(at(parent), object, "{large}"));
}

fn check(env: &Environment, it: &Generated) -> serde_json::Value {
    let report = report(env, it);
    for (name, kind) in [("commits", "commit"), ("trees", "tree"), ("blobs", "blob")] {
        let ours = &report["history"][name];
        let list = ours["largest"].as_array().expect("a list");
        let named: Vec<u64> = list.iter().map(|large| large["size"].as_u64().expect("a number")).collect();
        let sizes = counted(env, it, kind);
        let figures = (ours["count"].as_u64(), ours["total"].as_u64(), named);
        let largest = sizes.iter().rev().take(10).copied().collect();
        assert_eq!(figures, (Some(sizes.len() as u64), Some(sizes.iter().sum()), largest), "{name}");
        for large in list {
            is_brought(env, it, kind, large);
        }
    }
    let refs = env.git_ok(&it.dir, &["for-each-ref"]);
    assert_eq!(report["refs"]["count"], String::from_utf8_lossy(&refs).lines().count());
    let years = report["history"]["years"].as_object().expect("by year");
    let sum = |key: &str| years.values().filter_map(|year| year[key].as_u64()).sum::<u64>();
    assert_eq!(report["history"]["commits"]["count"], sum("commits"));
    assert_eq!(report["history"]["blobs"]["total"], sum("bytes"));
    report
}

#[test]
fn figures_are_those_of_git_whatever_the_packs() {
    let mut env = Environment::new();
    let mut it = ugly(&mut env, "repository", 81);
    let before = check(&env, &it);
    let files = env.git_ok(&it.dir, &["ls-tree", "-r", "--name-only", "-z", "HEAD"]);
    let files = files.split(|b| *b == 0).filter(|name| !name.is_empty()).count() as u64;
    let checkout = &before["checkout"];
    assert_eq!(
        files,
        ["files", "links", "submodules"].iter().filter_map(|key| checkout[key].as_u64()).sum::<u64>()
    );
    let longest = text_of(&env, &it, &["ls-tree", "-r", "--name-only", "-z", "HEAD"]);
    let longest =
        longest.split('\0').max_by_key(|path| (path.len(), std::cmp::Reverse(*path))).expect("a file");
    assert_eq!(
        (&checkout["path_length"], &checkout["longest_path"]),
        (&longest.len().into(), &longest.into())
    );
    let listed = text_of(&env, &it, &["ls-tree", "-r", "--long", "HEAD"]);
    let bytes: u64 =
        listed.lines().filter_map(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok()).sum();
    assert_eq!(checkout["bytes"], bytes);
    assert_eq!(report(&env, &it), before, "the second one is the first one");
    // Deltas of all kinds, and then new objects on top of what is known.
    env.git_ok(&it.dir, &["repack", "-a", "-d", "-f", "-q", "--depth=50"]);
    check(&env, &it);
    it.grow(&env, 20);
    check(&env, &it);
    ends(env.optimize(&it.dir, &["report", "--fresh"]), 0);
    ends(env.optimize(&it.dir, &["run", "--full"]), DONE);
    check(&env, &it);
}

#[test]
fn what_is_too_large_gets_advice_with_a_command() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(82, 3));
    env.git_ok(&it.dir, &["checkout", "-q", "-f", "main"]);
    let mut rng = fastrand::Rng::with_seed(82);
    let noise: Vec<u8> = (0..12_000_000).map(|_| rng.u8(..)).collect();
    std::fs::write(it.dir.join("film.MP4"), noise).expect("writable");
    env.git_ok(&it.dir, &["add", "film.MP4"]);
    env.git_ok(&it.dir, &["commit", "-q", "-m", "a film"]);
    let report = check(&env, &it);
    let levels = report["levels"].as_array().expect("levels");
    let blob = levels
        .iter()
        .find(|level| level["group"] == "biggest" && level["name"] == "blob")
        .expect("it is there");
    assert_eq!((&blob["stars"], &blob["value"]), (&1.into(), &12_000_000.into()));
    assert_eq!(report["history"]["blobs"]["largest"][0]["path"], "film.MP4");
    let advice = report["advice"].as_array().expect("advice");
    assert!(
        advice.iter().any(|advice| advice["command"]
            .as_str()
            .is_some_and(|text| text.contains("--filter=blob:limit"))),
        "{advice:?}"
    );
    assert!(report["history"]["media_share"].as_f64().expect("a share") > 0.9);
    let text = ends(env.optimize(&it.dir, &["report"]), 0);
    assert!(text.contains("12.0 MB  *\n") && text.contains("film.MP4"), "{text}");
}

#[test]
fn the_page_has_everything_in_it_and_takes_nothing_from_elsewhere() {
    let env = Environment::new();
    let it = Generated::new(&env, "it's <b>&", Plan::plain(83, 30));
    env.git_ok(&it.dir, &["checkout", "-q", "-f", "main"]);
    for name in [&b"<img src=x onerror=\"1\">&'.txt"[..], b"caf\xe9 \xff.bin", b"tab\tnew\nline"] {
        let name = OsStr::from_bytes(name);
        // Each with a content of its own: objects count once.
        let content = name.as_encoded_bytes().repeat(5000);
        std::fs::write(it.dir.join(name), content).expect("writable");
    }
    env.git_ok(&it.dir, &["add", "-A"]);
    env.git_ok(&it.dir, &["commit", "-q", "-m", "odd names"]);
    env.git_ok(&it.dir, &["tag", "-a", "-m", "one", "one"]);
    env.git_ok(&it.dir, &["tag", "-a", "-m", "two", "two", "one"]);
    env.index_ok(&it.dir, "build");
    env.run(env.ours("git-fastlog", &it.dir, &["-n1"])).success("fastlog");
    let file = env.path().join("page.html");
    let path = file.display().to_string();
    assert_eq!(ends(env.optimize(&it.dir, &["report", "--html", &path]), 0), "");
    let page = std::fs::read_to_string(&file).expect("it is text");
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("<h1>it&#39;s &lt;b&gt;&amp;</h1>"), "{page}");
    assert!(page.contains("&lt;img src=x onerror=&quot;1&quot;&gt;&amp;&#39;.txt"), "{page}");
    assert!(page.contains("caf\u{fffd} \u{fffd}.bin") && page.contains("tab\u{fffd}new\u{fffd}line"));
    for address in ["http:", "https:", "href", " src=\"", "url(", "<script", "<img", "<link", "@import"] {
        assert!(!page.contains(address), "{address}");
    }
    assert!(page.contains("<td>fastlog</td>") && page.contains("★"), "timings, and stars");
    let json = report(&env, &it);
    assert_eq!(json["refs"]["tag_depth"], 2);
    let places = json["history"]["places"].as_array().expect("places");
    assert!(places.iter().filter_map(|place| place["bytes"].as_u64()).is_sorted_by(|a, b| a >= b));
    let levels = json["levels"].as_array().expect("levels");
    let tags = levels.iter().find(|level| level["name"] == "depth of tags").expect("it is there");
    assert_eq!((&tags["value"], &tags["stars"]), (&2.into(), &1.into()));
    let bad = env.optimize(&it.dir, &["report", "--html", "/nonexistent/page.html"]);
    assert_eq!(bad.code, 128);
}

/// The report without what it says of the runs so far and of files that are kept from one run to the next.
fn without_runs(env: &Environment, it: &Generated) -> String {
    let text = ends(env.optimize(&it.dir, &["report", "--json"]), 0);
    let mut report: serde_json::Value = serde_json::from_str(&text).expect("one object");
    report["usage"].take();
    report["storage"]["cache_bytes"].take();
    serde_json::to_string_pretty(&report).expect("it was JSON")
}

fn inode(path: &Path) -> u64 {
    path.metadata().expect("it is there").ino()
}

/// What can happen to a repository between two reports.
fn something_happens(
    env: &Environment,
    it: &mut Generated,
    rng: &mut fastrand::Rng,
    (step, pruned): (usize, &mut bool),
) -> String {
    let dir = it.dir.clone();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
    let branches = text(env.git_ok(&dir, &["for-each-ref", "--format=%(refname:short)", "refs/heads/"]));
    let branches: Vec<&str> = branches.lines().collect();
    let any = |rng: &mut fastrand::Rng| branches[rng.usize(0..branches.len())];
    let commits = text(env.git_ok(&dir, &["rev-list", "--all"]));
    let commits: Vec<&str> = commits.lines().collect();
    let some_commit = |rng: &mut fastrand::Rng| commits[rng.usize(0..commits.len())];
    // Blobs that are there under another name, and a tree with them.
    let commit_of = |rng: &mut fastrand::Rng, parents: &[&str]| {
        let listed = text(env.git_ok(&dir, &["ls-tree", "-r", some_commit(rng)]));
        let blobs: Vec<&str> = listed
            .lines()
            .filter_map(|line| line.split_once(' ')?.1.strip_prefix("blob ")?.split('\t').next())
            .collect();
        let mut entries = String::new();
        for number in 0..rng.usize(1..4) {
            let blob = match blobs.len() {
                0 => text(env.git_input(
                    &dir,
                    &["hash-object", "-w", "--stdin"],
                    Some(format!("{step}\n").as_bytes()),
                )),
                count => blobs[rng.usize(0..count)].to_owned(),
            };
            entries.push_str(&format!(
                "100644 blob {blob}\tagain-{number}.{}\n",
                rng.choice(["c", "png", "h"]).expect("some")
            ));
        }
        let below = text(env.git_input(&dir, &["mktree"], Some(entries.as_bytes())));
        let top = format!("040000 tree {below}\tmoved-{}\n040000 tree {below}\ta\n", rng.usize(0..3));
        let tree = text(env.git_input(&dir, &["mktree"], Some(top.as_bytes())));
        let message = format!("step {step}");
        let mut args = vec!["commit-tree", "-m", message.as_str()];
        parents.iter().for_each(|parent| args.extend(["-p", parent]));
        args.push(&tree);
        text(env.git_ok(&dir, &args))
    };
    let set = |name: &str, to: &str| drop(env.git_ok(&dir, &["update-ref", name, to]));
    match rng.u8(0..12) {
        // That needs commits which may have been pruned.
        0 | 1 if !*pruned => {
            let count = rng.usize(1..12);
            it.grow(env, count);
            format!("{count} commits more")
        }
        2..=5 => {
            let parent = any(rng);
            let commit = commit_of(rng, &[parent]);
            set(&format!("refs/heads/again-{step}"), &commit);
            "the same blobs elsewhere".into()
        }
        6 => {
            let (one, two) = (some_commit(rng), some_commit(rng));
            let parents = if one == two { vec![one] } else { vec![one, two] };
            let commit = commit_of(rng, &parents);
            set(&format!("refs/heads/merge-{step}"), &commit);
            "a merge".into()
        }
        7 if branches.len() > 1 => {
            let branch = any(rng);
            env.git_ok(&dir, &["update-ref", "-d", &format!("refs/heads/{branch}")]);
            format!("{branch} is deleted")
        }
        8 => {
            let (branch, to) = (any(rng), some_commit(rng));
            set(&format!("refs/heads/{branch}"), to);
            format!("{branch} is set back")
        }
        9 => {
            let other = format!("refs/tags/tag-{}", (step + 1) % 3);
            let there = env.git(&dir, &["rev-parse", "-q", "--verify", &other]).code == 0;
            let of = if there { &other } else { some_commit(rng) };
            env.git_ok(&dir, &["tag", "-f", "-a", "-m", "a tag", &format!("tag-{}", step % 3), of]);
            "a tag".into()
        }
        10 if step > 10 => {
            *pruned = true;
            env.git_ok(&dir, &["reflog", "expire", "--expire=now", "--all"]);
            env.git_ok(&dir, &["gc", "-q", "--prune=now"]);
            "gc".into()
        }
        _ => {
            env.git_ok(&dir, &["repack", "-a", "-d", "-k", "-f", "-q"]);
            "repacked".into()
        }
    }
}

/// Whatever has happened, a report that only looks at what is new says what one does that begins with nothing.
#[test]
fn what_is_kept_changes_no_figure() {
    let env = Environment::new();
    let (mut changed, mut caught_up) = (0, 0);
    for (seed, object_format) in [(91, "sha1"), (92, "sha256"), (93, "sha1")] {
        let plan = Plan { object_format, ..Plan::plain(seed, 60) };
        let mut it = Generated::new(&env, &format!("repository-{seed}"), plan);
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut pruned = false;
        without_runs(&env, &it);
        for step in 0..20 {
            let what = something_happens(&env, &mut it, &mut rng, (step, &mut pruned));
            let [sums, sizes] = ["report.sums", "report.sizes"].map(|name| it.index_dir().join(name));
            let state = |path: &Path| (std::fs::read(path).expect("it is kept"), inode(path));
            let before = (state(&sums), state(&sizes));
            let incremental = without_runs(&env, &it);
            let after = (state(&sums), state(&sizes));
            // Who counts new objects all over writes down their sizes, too.
            changed += usize::from(before.0.0 != after.0.0);
            caught_up += usize::from(before.0.0 != after.0.0 && before.1 == after.1);
            ends(env.optimize(&it.dir, &["cache", "clear", "--pattern", "report.*"]), 0);
            assert!(!sums.exists());
            let anew = without_runs(&env, &it);
            assert_eq!(incremental, anew, "seed {seed}, step {step}: {what}");
            // The next one goes on from the first of the two.
            std::fs::write(&sums, &after.0.0).expect("writable");
        }
    }
    assert!(changed > 20, "hardly anything happened: {changed}");
    assert!(2 * caught_up > changed, "{caught_up} of {changed}");
}

/// Kept sums that are damaged, cut off, another repository's or of another version are not used.
#[test]
fn sums_that_are_not_ours_are_not_believed() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(94, 30));
    let other = Generated::new(&env, "other", Plan::plain(95, 30));
    let expected = without_runs(&env, &it);
    without_runs(&env, &other);
    let sums = it.index_dir().join("report.sums");
    let sound = std::fs::read(&sums).expect("it was kept");
    let foreign = std::fs::read(other.index_dir().join("report.sums")).expect("it was kept");
    let text = String::from_utf8_lossy(&sound[40..]).into_owned();
    assert!(text.contains("\"count\":"), "there is something to change");
    let mut damaged: Vec<Vec<u8>> =
        vec![Vec::new(), foreign, sound[..sound.len() - 1].to_vec(), b"GFSUMS0\n".to_vec()];
    for at in [3, 20, 60, 100, sound.len() / 2, sound.len() - 3] {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        damaged.push(bytes);
    }
    for bytes in damaged {
        std::fs::write(&sums, &bytes).expect("writable");
        std::fs::remove_file(it.index_dir().join("report.json")).expect("it is there");
        assert_eq!(without_runs(&env, &it), expected);
        assert_eq!(std::fs::read(&sums).expect("made anew"), sound);
    }
    // An index that was built anew may have its commits in another order.
    env.git_ok(&it.dir, &["branch", "-f", "another", "HEAD~3"]);
    env.index_ok(&it.dir, "build");
    let incremental = without_runs(&env, &it);
    ends(env.optimize(&it.dir, &["cache", "clear", "--pattern", "report.*"]), 0);
    assert_eq!(without_runs(&env, &it), incremental);
}

/// In a partial clone the sizes of what is not here are not known, are looked for each time, and are never fetched.
#[test]
fn what_a_partial_clone_lacks_is_counted_as_unread() {
    let env = Environment::new();
    let mut it = Generated::new(&env, "original", Plan::plain(96, 40));
    let url = super::filtering(&it, &env);
    env.git_ok(env.path(), &["clone", "-q", "--bare", "--filter=blob:none", &url, "partial"]);
    it.git_dir = env.path().join("partial");
    it.dir.clone_from(&it.git_dir);
    let objects = |env: &Environment| text_of(env, &it, &["count-objects", "-v"]);
    let figures = |env: &Environment| -> serde_json::Value {
        serde_json::from_str(&without_runs(env, &it)).expect("one object")
    };
    let before = objects(&env);
    let report = figures(&env);
    let blobs = &report["history"]["blobs"];
    assert!(blobs["count"].as_u64() > Some(10) && blobs["unread"] == blobs["count"], "{blobs}");
    let checkout = &report["checkout"];
    let files = [&checkout["files"], &checkout["links"]].map(|count| count.as_u64().expect("a number"));
    assert_eq!((&checkout["bytes"], &checkout["unread"]), (&0.into(), &(files[0] + files[1]).into()));
    assert_eq!(objects(&env), before, "nothing was fetched");
    // Some are fetched, and there is a commit more.
    let blob = text_of(&env, &it, &["rev-list", "--objects", "--missing=print", "--no-object-names", "main"]);
    let blob = blob.lines().find_map(|line| line.strip_prefix('?')).expect("it lacks some").to_owned();
    env.git_ok(&it.dir, &["cat-file", "-e", &blob]);
    let commit = text_of(&env, &it, &["commit-tree", "-p", "main", "-m", "more", "main^{tree}"]);
    env.git_ok(&it.dir, &["update-ref", "refs/heads/more", commit.trim()]);
    let report = figures(&env);
    let unread = |report: &serde_json::Value| report["history"]["blobs"]["unread"].as_u64();
    assert_eq!(unread(&report).map(|unread| unread + 1), blobs["count"].as_u64());
    ends(env.optimize(&it.dir, &["cache", "clear", "--pattern", "report.*"]), 0);
    assert_eq!(figures(&env), report);
    // git fetches all that HEAD has, to say how large it is.
    let listed = text_of(&env, &it, &["ls-tree", "-r", "-l", "HEAD"]);
    let size = |line: &str| line.split_whitespace().nth(3)?.parse::<u64>().ok();
    let sum: u64 = listed.lines().filter_map(size).sum();
    let checkout = &figures(&env)["checkout"];
    assert_eq!((&checkout["bytes"], &checkout["unread"]), (&sum.into(), &0.into()));
}
