//! The report's figures, counted a second time by git.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::{DONE, ends, ugly};
use crate::support::Environment;
use crate::support::repository::Generated;

fn report(env: &Environment, it: &Generated) -> serde_json::Value {
    let text = ends(env.optimize(&it.dir, &["report", "--json"]), 0);
    let mut report: serde_json::Value = serde_json::from_str(&text).expect("one object");
    // It counts the reports, too.
    assert!(report["usage"].take().is_array());
    report
}

/// Count, sum and maximum of the sizes of all reachable objects of one type.
fn counted(env: &Environment, it: &Generated, kind: &str) -> (u64, u64, u64) {
    let list = env.git_ok(&it.dir, &["rev-list", "--objects", "--all", "--no-object-names"]);
    let file = env.path().join("list");
    std::fs::write(&file, list).expect("writable");
    let format = "--batch-check=%(objecttype) %(objectsize) %(objectname)";
    let text = env.git_from_file(&it.dir, &["cat-file", format], &file);
    let lines: BTreeSet<String> = String::from_utf8_lossy(&text).lines().map(str::to_owned).collect();
    let sizes =
        lines.iter().filter_map(|line| line.strip_prefix(kind)?.split(' ').nth(1)?.parse::<u64>().ok());
    let sizes: Vec<u64> = sizes.collect();
    (sizes.len() as u64, sizes.iter().sum(), sizes.iter().copied().max().unwrap_or(0))
}

fn check(env: &Environment, it: &Generated) -> serde_json::Value {
    let report = report(env, it);
    for (name, kind) in [("commits", "commit"), ("trees", "tree"), ("blobs", "blob")] {
        let ours = &report["history"][name];
        let largest = ours["largest"][0].clone();
        let figures = (ours["count"].as_u64(), ours["total"].as_u64(), largest["size"].as_u64());
        let (count, total, max) = counted(env, it, kind);
        assert_eq!(figures, (Some(count), Some(total), Some(max)), "{name}");
        let (object, commit) = (&largest["object"], &largest["commit"]);
        if let (Some(path), Some(commit)) = (largest["path"].as_str(), commit.as_str()) {
            let found = env.git_ok(&it.dir, &["rev-parse", &format!("{commit}:{path}")]);
            assert_eq!(String::from_utf8_lossy(&found).trim(), object.as_str().expect("a name"), "{name}");
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
    let it = Generated::new(&env, "repository", crate::support::repository::Plan::plain(82, 3));
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
    let it = Generated::new(&env, "it's <b>&", crate::support::repository::Plan::plain(83, 30));
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
