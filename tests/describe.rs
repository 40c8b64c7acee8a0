//! `%(describe)`, which git starts a process for and git-fast answers from the index.
//! `GIT_FAST_DIFF_SEED=<n>`: other histories. `GIT_FAST_TEST_NEW_GIT=<git>`: another git, which may end its search
//! elsewhere.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use fastrand::Rng;

use crate::native::{native, served};
use crate::support::Environment;
use crate::support::environment::NOW;
use crate::support::repository::args;

/// Commits, tags on them, and dates that may be the same or run backwards.
fn history(rng: &mut Rng, commits: usize) -> String {
    let mut stream = String::new();
    let mut dates: Vec<i64> = Vec::new();
    let (step, skew) = ([1, 3, 1000][rng.usize(0..3)], [0, 0, 4, 5000][rng.usize(0..4)]);
    let often = [3, 10, 30][rng.usize(0..3)];
    for mark in 1..=commits {
        let mut parents = Vec::new();
        if mark > 1 && rng.u8(0..50) > 0 {
            for _ in 0..[1, 1, 1, 2, 3][rng.usize(0..5)] {
                let furthest = [1, 2, 6, 30][rng.usize(0..4)];
                let back = rng.usize(1..=furthest);
                let parent = mark.saturating_sub(back).max(1);
                if !parents.contains(&parent) {
                    parents.push(parent);
                }
            }
        }
        let newest = parents.iter().map(|parent| dates[parent - 1]).max().unwrap_or(NOW - 1_000_000);
        let date = newest + rng.i64(0..=step) - rng.i64(0..=skew);
        dates.push(date);
        let main = "refs/heads/main";
        if parents.is_empty() {
            writeln!(stream, "reset {main}").expect("memory");
        }
        writeln!(stream, "commit {main}\nmark :{mark}\ncommitter C <c@d> {date} +0000\ndata 2\nm")
            .expect("memory");
        for (at, parent) in parents.iter().enumerate() {
            writeln!(stream, "{} :{parent}", if at == 0 { "from" } else { "merge" }).expect("memory");
        }
        writeln!(stream).expect("memory");
        while rng.usize(0..often) == 0 {
            let name = ["v", "w", "dir/x"][rng.usize(0..3)];
            let name = format!("{name}{}-{}", rng.usize(0..100), stream.len());
            if rng.bool() {
                let date = date + rng.i64(-2..3);
                writeln!(stream, "tag {name}\nfrom :{mark}\ntagger T <t@d> {date} +0000\ndata 2\nt")
                    .expect("memory");
            } else {
                writeln!(stream, "reset refs/tags/{name}\nfrom :{mark}\n").expect("memory");
            }
        }
    }
    stream
}

/// A bare repository with what `stream` says.
fn import(env: &Environment, name: &str, format: &str, stream: &str) -> PathBuf {
    let dir = env.path().join(name);
    fs::create_dir(&dir).expect("a new name");
    env.git_ok(&dir, &["init", "-q", "--bare", "-b", "main", &format!("--object-format={format}"), "."]);
    let file = dir.join("stream");
    fs::write(&file, stream).expect("a writable repository");
    env.git_from_file(&dir, &["fast-import", "--quiet", "--date-format=raw-permissive"], &file);
    env.index_ok(&dir, "build");
    dir
}

#[test]
fn random_histories() {
    let seed = std::env::var("GIT_FAST_DIFF_SEED").map_or(1, |seed| seed.parse().expect("a number"));
    let mut env = Environment::new();
    if let Some(git) = std::env::var_os("GIT_FAST_TEST_NEW_GIT") {
        let dir = Path::new(&git).parent().expect("a path").to_owned();
        env.put_first(&dir);
    }
    for case in 0..12 {
        let mut rng = Rng::with_seed(seed * 1000 + case);
        let format = if case % 4 == 0 { "sha256" } else { "sha1" };
        let stream = history(&mut rng, 120);
        let dir = import(&env, &format!("r{case}"), format, &stream);
        if rng.bool() {
            env.git_ok(&dir, &["pack-refs", "--all"]);
        }
        if rng.bool() {
            env.git_ok(&dir, &["commit-graph", "write", "--reachable"]);
        }
        native(&env, &dir, &["-n60", "--format=%h %(describe) %(describe:tags,exclude=v*)"]);
        native(&env, &dir, &["-n20", "--skip=10", "--format=%h %(describe:abbrev=0,match=v?*,match=*/*5)"]);
    }
}

#[test]
fn tags_of_all_kinds() {
    let env = Environment::new();
    let stream: String = (0..6)
        .map(|at| {
            format!("commit refs/heads/main\nmark :{at}1\ncommitter C <c@d> {} +0000\ndata 2\nm\n", NOW + at)
        })
        .collect();
    for format in ["sha1", "sha256"] {
        let dir = import(&env, format, format, &stream);
        let script = "
            git tag -a -m x real HEAD~1 && git update-ref refs/tags/other $(git rev-parse real) && git tag -d real
            git tag -a -m x nested $(git rev-parse other) && git update-ref -d refs/tags/other
            git tag light HEAD~2 && git tag -a -m x tree HEAD^{tree} && git tag blob $(echo x | git hash-object -w --stdin)
            git tag -a -m x inner HEAD~4 && git tag -a -m x outer inner
            git update-ref refs/tags/misnamed $(git rev-parse outer) && git tag -d outer inner
            git tag same HEAD~3 && git tag also HEAD~3
            git update-ref refs/tags/dir/annotated $(git rev-parse nested)
            printf 'object %s\\ntype commit\\ntag old\\n\\nno tagger\\n' $(git rev-parse HEAD~5) >tag
            git update-ref refs/tags/old $(git hash-object --literally -t tag -w tag)
            git symbolic-ref refs/tags/link refs/tags/light";
        env.run(env.command("sh", &dir, &["-ec", script])).success("tags");
        for packed in [false, true] {
            if packed {
                env.git_ok(&dir, &["pack-refs", "--all"]);
            }
            for options in [
                "",
                ":",
                ":tags",
                ":tags=no",
                ":tags=yes,tags=off",
                ":abbrev=0",
                ":abbrev=1",
                ":abbrev=12",
                ":abbrev=99",
                ":match=n*",
                ":match=l*,tags",
                ":exclude=*",
                ":exclude=nested,exclude=dir/*",
                ":tags,match=*a*,exclude=s*",
            ] {
                native(
                    &env,
                    &dir,
                    &["--all", &format!("--format=%h|%(describe{options})|%+(describe{options})|")],
                );
            }
        }
    }
}

/// What git does not take for the placeholder, and numbers that it reads by rules of its own.
#[test]
fn odd_arguments() {
    let env = Environment::new();
    let mut rng = Rng::with_seed(5);
    let stream = history(&mut rng, 20) + "tag t\nfrom :3\ntagger T <t@d> 5 +0000\ndata 2\nt\n";
    let dir = import(&env, "r", "sha1", &stream);
    for options in [
        ":abbrev=",
        ":abbrev",
        ":abbrev=x",
        ":abbrev=5x",
        ":match=",
        ":match",
        ":exclude",
        ":tags=maybe",
        ":tags=2",
        ":tags=",
        ":nope",
        ":tags,",
        ":tags,,",
        ":,",
        ":tagsx",
        "x",
        ":tags nope",
        ":abbrev=5,nope",
        ":match=a)b,tags",
        "",
    ] {
        native(
            &env,
            &dir,
            &[
                "-n5",
                &format!("--format=%(describe{options})%<(20)%(describe{options})|%-(describe{options})"),
            ],
        );
    }
    for options in [":abbrev=+5", ":abbrev=-5", ":abbrev= 5", ":abbrev=99999"] {
        served(&env, &dir, &["-n5", &format!("--format=%h %(describe{options})")]);
    }
}

/// With the rest of what a format does, and how commits are chosen.
#[test]
fn beside_everything_else() {
    let env = Environment::new();
    let dir = import(&env, "r", "sha1", &history(&mut Rng::with_seed(8), 60));
    for words in [
        &["--graph", "-n12"][..],
        &["--reverse", "-n5"],
        &["--grep=m", "-n4"],
        &["--left-right", "-n6", "main~20...main~3"],
        &["--boundary", "main~9..main~2"],
        &["--skip=5", "-n5", "--first-parent", "-z"],
        &["--all", "-n6"],
    ] {
        native(
            &env,
            &dir,
            &[&["--format=format:%C(auto)%h%d %<(14,trunc)%(describe:tags)|% (describe)"], words].concat(),
        );
    }
    for setting in ["4", "12", "no", "auto"] {
        env.git_ok(&dir, &["config", "core.abbrev", setting]);
        native(&env, &dir, &["-n4", "--abbrev=9", "--format=%h %(describe:tags)"]);
    }
    // Nothing is described that is only counted.
    let (counted, _) = env.fastlog(&dir, &args(&["--count", "--format=%(describe)"]), None);
    assert_eq!(
        counted.stdout.trim().as_bstr(),
        env.git_ok(&dir, &["rev-list", "--count", "HEAD"]).trim().as_bstr()
    );
}
