//! Against `git log --format=%D`.

use super::*;
use crate::repo::testing::{Sandbox, Seed};

/// What `%D` prints of these decorations.
fn joined(decorations: Option<&Decorations>) -> BString {
    let mut text = BString::default();
    let Some(decorations) = decorations else { return text };
    for (at, one) in decorations.names.iter().enumerate() {
        if decorations.head_branch == Some(at) {
            continue;
        }
        if !text.is_empty() {
            text.extend_from_slice(b", ");
        }
        if one.kind == DecorationKind::Tag {
            text.extend_from_slice(b"tag: ");
        }
        text.extend_from_slice(&one.name);
        if let (0, Some(branch)) = (at, decorations.head_branch) {
            text.extend_from_slice(b" -> ");
            text.extend_from_slice(&decorations.names[branch].name);
        }
    }
    text
}

fn check(sandbox: &Sandbox, full: bool, options: &[FilterOption], what: &str) {
    let git_dir = sandbox.path("r/.git");
    let mut arguments = vec!["log".to_owned(), "--no-walk".into(), "--stdin".into(), "--format=%H %D".into()];
    arguments.push(format!("--decorate={}", if full { "full" } else { "short" }));
    for option in options {
        arguments.push(match option {
            FilterOption::Include(pattern) => format!("--decorate-refs={pattern}"),
            FilterOption::Exclude(pattern) => format!("--decorate-refs-exclude={pattern}"),
            FilterOption::Clear => "--clear-decorations".into(),
        });
    }
    let all = sandbox.git("r", &["rev-list", "--all"]);
    let borrowed: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let expected = sandbox.feed("r", &borrowed, &all);

    let refs = file::Store::at(git_dir.clone(), gix::hash::Kind::Sha1);
    let objects = gix::odb::at(git_dir.join("objects"), gix::hash::Kind::Sha1).unwrap();
    let filter = DecorationFilter::new(&sandbox.config(&git_dir), options).unwrap();
    let map = DecorationMap::load(&refs, &objects, &|_| false, &filter, full).expect(what);
    let commits: std::collections::HashSet<ObjectId> =
        expected.lines().map(|line| ObjectId::from_hex(&line[..40]).unwrap()).collect();
    let knowing =
        DecorationMap::load(&refs, &objects, &|id| commits.contains(id), &filter, full).expect(what);
    let mut shown = 0;
    for line in expected.lines() {
        let (id, names) = line.split_once_str(" ").unwrap();
        let id = ObjectId::from_hex(id).unwrap();
        assert_eq!(joined(map.get(&id)), names.as_bstr(), "{what}: {arguments:?}");
        assert_eq!(map.get(&id), knowing.get(&id));
        shown += 1;
    }
    assert!(shown > 2);
}

#[test]
fn generated_refs_and_filters() {
    let spaces = [
        "refs/heads/",
        "refs/heads/a/",
        "refs/tags/",
        "refs/remotes/o/",
        "refs/remotes/",
        "refs/pull/1/",
        "refs/notes/",
        "refs/bisect/",
        "refs/heads2/",
        "refs/x/y/",
        "refs/prefetch/",
    ];
    let patterns = [
        "HEAD",
        "refs/tags",
        "tags/",
        "heads",
        "refs/*/b0",
        "*",
        "refs/heads/b?",
        "remotes/o",
        "refs/[hp]*",
        "stash",
        "refs/heads/b1",
        "heads/b",
        "nothing",
    ];
    for seed in 1..=12u64 {
        let mut random = Seed::new(seed);
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q", "-b", "main", "r"]);
        let mut targets = Vec::new();
        for at in 0..5 {
            sandbox.git("r", &["commit", "-q", "--allow-empty", "-m", &at.to_string()]);
            targets.push(sandbox.git("r", &["rev-parse", "HEAD"]).trim().to_str().unwrap().to_owned());
        }
        for at in 0..4 {
            // Tags of commits, and tags of those tags.
            let name = format!("t{at}");
            let of = targets[random.below(targets.len())].clone();
            sandbox.git("r", &["tag", "-m", "x", &name, &of]);
            targets.push(sandbox.git("r", &["rev-parse", &name]).trim().to_str().unwrap().to_owned());
        }
        let tree = sandbox.git("r", &["rev-parse", "HEAD^{tree}"]).trim().to_str().unwrap().to_owned();
        sandbox.git("r", &["update-ref", "refs/tags/tree", &tree]);
        let mut updates = String::new();
        for at in 0..30 {
            let space = random.pick(&spaces);
            // Branches must be commits.
            let many = if space.starts_with("refs/heads/") { 5 } else { targets.len() };
            updates += &format!("update {space}b{at} {}\n", targets[random.below(many)]);
        }
        sandbox.feed("r", &["update-ref", "--stdin"], updates.as_bytes());
        if random.below(2) == 0 {
            sandbox.git("r", &["update-ref", "refs/stash", &targets[0]]);
        }
        if random.below(3) > 0 {
            sandbox.git("r", &["pack-refs", "--all"]);
        }
        for at in 0..4 {
            let space = random.pick(&["refs/heads/", "refs/remotes/o/", "refs/tags/", "refs/x/y/"]);
            let to = random.pick(&[
                "refs/heads/main",
                "refs/tags/t1",
                "refs/heads/none",
                "refs/remotes/o/s0",
                "refs/x/y/s1",
            ]);
            let name = format!("{space}s{at}");
            if name != to {
                sandbox.git("r", &["symbolic-ref", &name, to]);
            }
        }
        sandbox.write("r/.git/refs/heads/main.lock", b"");
        std::fs::create_dir_all(sandbox.path("r/.git/refs/heads/empty/dir")).unwrap();
        match random.below(4) {
            0 => drop(sandbox.git("r", &["checkout", "-q", "--detach"])),
            1 => drop(sandbox.git("r", &["symbolic-ref", "HEAD", "refs/heads/none"])),
            2 => drop(sandbox.git("r", &["symbolic-ref", "HEAD", "refs/tags/t0"])),
            _ => {}
        }
        for at in 0..8 {
            let mut options = Vec::new();
            let mut config = String::from("[log]\n");
            for _ in 0..random.below(3) {
                let pattern = BString::from(random.pick(&patterns));
                options.push(match random.below(5) {
                    0 | 1 => FilterOption::Include(pattern),
                    2 | 3 => FilterOption::Exclude(pattern),
                    _ => FilterOption::Clear,
                });
            }
            for _ in 0..random.below(3).saturating_sub(1) {
                config += &format!("excludeDecoration = {}\n", random.pick(&patterns));
            }
            if random.below(4) == 0 {
                config += &format!("initialDecorationSet = {}\n", random.pick(&["all", "All", "none"]));
            }
            sandbox.write("global", config.as_bytes());
            check(&sandbox, random.below(3) == 0, &options, &format!("seed {seed}, case {at}, {config:?}"));
        }
    }
}

/// `packed-refs` as very old gits wrote it.
#[test]
fn unpeeled_packed_refs() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main", "r"]);
    for at in 0..3 {
        sandbox.git("r", &["commit", "-q", "--allow-empty", "-m", &at.to_string()]);
        sandbox.git("r", &["tag", "-m", "x", &format!("t{at}")]);
    }
    let listing = sandbox.git("r", &["for-each-ref", "--format=%(objectname) %(refname)"]);
    sandbox.git("r", &["pack-refs", "--all"]);
    for header in ["", "# pack-refs with: peeled \n", "# pack-refs with: \n"] {
        sandbox.write("r/.git/packed-refs", &[header.as_bytes(), &listing].concat());
        check(&sandbox, false, &[], header);
    }
}

#[test]
fn decorate_values() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main", "r"]);
    sandbox.git("r", &["commit", "-q", "--allow-empty", "-m", "x"]);
    for value in ["", "short", "full", "auto", "no", "yes", "true", "1", "0", "off", "Short", "FULL", "x"] {
        let output = sandbox.run("r", &["log", "--oneline", &format!("--decorate={value}")], b"");
        let expected = match Decorate::parse(Some(value.into())) {
            None => None,
            Some(Decorate::No | Decorate::Auto) => Some(("", false)),
            Some(Decorate::Short) => Some(("-> main)", true)),
            Some(Decorate::Full) => Some(("-> refs/heads/main)", true)),
        };
        assert_eq!(output.status.success(), expected.is_some(), "{value}");
        if let Some((text, there)) = expected {
            assert!(output.stdout.contains_str(text), "{value}");
            assert_eq!(output.stdout.contains_str("->"), there, "{value}");
        }
    }
}
