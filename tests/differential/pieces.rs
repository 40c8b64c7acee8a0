//! The pieces of generated command lines: revisions, options with their values, paths.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use fastrand::Rng;

use super::survey::{Survey, joined, os};
use crate::support::repository::Generated;

/// One revision, range or set of revisions.
pub(crate) fn revision(rng: &mut Rng, survey: &Survey) -> Vec<OsString> {
    let name = match rng.u8(0..8) {
        0..=3 => survey.some_ref(rng),
        4..=5 => survey.some_oid(rng),
        _ => "HEAD".into(),
    };
    let with = |suffix: &str| {
        let mut text = name.clone();
        text.push(suffix);
        vec![text]
    };
    match rng.u8(0..40) {
        0..=12 => vec![name],
        13..=16 => vec!["--all".into()],
        17..=21 => {
            let mut text = name.clone();
            let dots = ["..", "..."][rng.usize(0..2)];
            text.push(dots);
            text.push(if rng.bool() { survey.some_ref(rng) } else { survey.some_oid(rng) });
            match rng.u8(0..3) {
                0 if dots == "..." => vec![SIDES[rng.usize(0..3)].into(), text],
                _ => vec![text],
            }
        }
        22..=24 => vec![joined("^", survey.some_ref(rng)), name],
        25 => with(SUFFIXES[rng.usize(0..SUFFIXES.len())]),
        26..=27 => with(["~1", "~3", "^", "~0", "^{}", "^!", "^@", "^-"][rng.usize(0..8)]),
        28 => with(["..", "..."][rng.usize(0..2)]),
        29 => match rng.u8(0..3) {
            0 => vec![joined(":/", survey.some_word(rng))],
            _ => vec![[":/!-fix", ":/", ":/^fix", "HEAD^{/fix}"][rng.usize(0..4)].into()],
        },
        30..=33 => vec![MANY[rng.usize(0..MANY.len())].into()],
        34 => vec![
            joined("--exclude=", ["refs/heads/*", "refs/tags/v*", "main"][rng.usize(0..3)]),
            "--all".into(),
        ],
        35..=36 => vec!["--all".into(), "--not".into(), name],
        37 => vec!["--not".into(), "--remotes".into(), "--not".into(), "--branches".into()],
        38 => match rng.u8(0..6) {
            // In some repositories these have two merge bases.
            4 => vec!["topic...feature/x".into()],
            5 => vec!["topic..feature/x".into()],
            0 => vec!["--exclude-hidden=fetch".into(), "--all".into()],
            1 => vec!["--reflog".into()],
            2 => vec!["--default".into(), name],
            _ => vec!["--ignore-missing".into(), "no-such-name".into(), name],
        },
        _ => match rng.u8(0..4) {
            0 => vec!["no-such-name".into()],
            1 => vec![["0", "00000", "a", "deadbeef", "ffff"][rng.usize(0..5)].into()],
            2 => vec![survey.some_path(rng)],
            _ => with("^{/fix}"),
        },
    }
}

const MANY: &[&str] = &[
    "--branches",
    "--tags",
    "--remotes",
    "--all",
    "--branches=feature/*",
    "--tags=v*",
    "--remotes=origin",
    "--glob=refs/custom",
    "--glob=heads/*",
    "--branches=main",
    "--tags=none",
    "--bisect",
    "--alternate-refs",
];

const SUFFIXES: &[&str] = &[
    "^",
    "^^",
    "^{}",
    "^@",
    "^!",
    "^-",
    "^-2",
    "^{commit}",
    "^{tree}",
    "@{1}",
    "@{0}",
    "@{u}",
    "@{upstream}",
    "@{yesterday}",
    "^0",
    "~",
    "^3",
    "^1~1",
    "@{9}",
    ":README",
    "-1-gabcdef0",
];

/// One option that bounds how many commits or which dates.
pub(crate) fn limit(rng: &mut Rng) -> Vec<OsString> {
    let number = [0, 1, 2, 3, 5, 10, 30, 1000][rng.usize(0..8)];
    match rng.u8(0..16) {
        0..=2 => vec![format!("-{number}").into()],
        3 => vec![format!("-n{number}").into()],
        4 => vec!["-n".into(), number.to_string().into()],
        5..=6 => vec![format!("--max-count={number}").into()],
        7..=8 => vec![format!("--skip={number}").into()],
        9 => vec!["--skip".into(), number.to_string().into()],
        10 => vec![joined("--max-age=", "1680000000")],
        11 => vec![joined("--min-age=", "1690000000")],
        _ => {
            let option =
                ["--since=", "--until=", "--after=", "--before=", "--since-as-filter="][rng.usize(0..5)];
            let date = [
                "2023-01-01",
                "6 months ago",
                "2023-09-13T12:00:00+02:00",
                "1.week.ago",
                "yesterday",
                "2022-06-01",
                "1690000000",
                "2038-01-19",
                "garbage",
            ][rng.usize(0..9)];
            vec![joined(option, date)]
        }
    }
}

/// Patterns for messages and names.
pub(crate) fn filter(rng: &mut Rng, survey: &Survey) -> Vec<OsString> {
    const PATTERNS: &[&str] = &[
        "fix",
        "FIX",
        "a.c",
        "a\\.c",
        "^fix",
        "index$",
        "a*c",
        "x+y",
        "a\\|b",
        "a|b",
        "(group)",
        "[abc]",
        "\\bfix\\b",
        "é",
        "日本",
        "",
        "^$",
        "fix.*add",
        "\\(fix\\)",
        "a\\{1,2\\}",
        "[[:upper:]]",
        "\\d+",
        "(?i)fix",
        "^Signed-off-by",
        "#",
        "%",
        "<",
        "@example",
        "[",
        "*",
        "\\w",
        "fix\nadd",
    ];
    let pattern =
        if rng.u8(0..3) == 0 { survey.some_word(rng) } else { PATTERNS[rng.usize(0..PATTERNS.len())].into() };
    let option = match rng.u8(0..10) {
        0..=4 => "--grep=",
        5..=7 => "--author=",
        8 => "--committer=",
        _ if rng.u8(0..4) == 0 => return vec!["-g".into(), joined("--grep-reflog=", pattern)],
        _ => "--grep=",
    };
    let mut piece = vec![joined(option, pattern)];
    for flag in
        ["-i", "-F", "-E", "-P", "--all-match", "--invert-grep", "--basic-regexp", "--regexp-ignore-case"]
    {
        if rng.u8(0..12) == 0 {
            piece.push(flag.into());
        }
    }
    if rng.u8(0..6) == 0 {
        piece.push(joined("--grep=", survey.some_word(rng)));
    }
    if rng.u8(0..8) == 0 {
        piece.push(joined(["--author=", "--committer="][rng.usize(0..2)], survey.some_word(rng)));
    }
    piece
}

/// What is walked, and in which order.
pub(crate) const WALK: &[&str] = &[
    "--merges",
    "--no-merges",
    "--min-parents=2",
    "--max-parents=1",
    "--no-min-parents",
    "--no-max-parents",
    "--max-parents=0",
    "--min-parents=3",
    "--first-parent",
    "--exclude-first-parent-only",
    "--reverse",
    "--date-order",
    "--topo-order",
    "--author-date-order",
    "--full-history",
    "--sparse",
    "--dense",
    "--simplify-merges",
    "--simplify-by-decoration",
    "--show-pulls",
    "--ancestry-path",
    "--no-walk",
    "--no-walk=unsorted",
    "--do-walk",
    "--remove-empty",
    "--ancestry-path=HEAD~2",
    "--first-parent",
    "--topo-order",
];

/// What means something else, or is asked for most, where paths are given.
pub(crate) const SIMPLIFY: &[&str] = &[
    "--full-history",
    "--sparse",
    "--dense",
    "--simplify-merges",
    "--simplify-by-decoration",
    "--ancestry-path",
    "--show-pulls",
    "--remove-empty",
    "--first-parent",
    "--parents",
    "--children",
    "--topo-order",
    "--date-order",
    "--boundary",
    "--oneline",
];

/// What shows or follows the changes of paths.
pub(crate) const CHANGES: &[&str] =
    &["--follow", "--name-only", "--name-status", "--raw", "--no-renames", "--diff-filter=A", "--graph"];

/// How commits are shown.
pub(crate) const LOOKS: &[&str] = &[
    "--graph",
    "--oneline",
    "--abbrev-commit",
    "--no-abbrev-commit",
    "--abbrev=4",
    "--abbrev=12",
    "--abbrev=40",
    "--no-abbrev",
    "--parents",
    "--children",
    "--decorate",
    "--decorate=full",
    "--decorate=no",
    "--decorate=auto",
    "--no-decorate",
    "--decorate-refs=refs/tags/*",
    "--decorate-refs-exclude=refs/remotes/*",
    "--clear-decorations",
    "--source",
    "-z",
    "--color=always",
    "--color",
    "--no-color",
    "--show-notes",
    "--notes",
    "--no-notes",
    "--notes=review",
    "--notes=*",
    "--encoding=ISO-8859-1",
    "--encoding=none",
    "--expand-tabs",
    "--expand-tabs=4",
    "--no-expand-tabs",
    "--encode-email-headers",
    "--no-encode-email-headers",
    "--no-mailmap",
    "--mailmap",
    "--use-mailmap",
    "--relative-date",
    "--show-signature",
    "--no-graph",
    "--graph",
    "--oneline",
    "--log-size",
    "--show-linear-break",
    "--null",
    "--no-color",
];

/// Sides, boundaries, reflogs.
pub(crate) const SIDES: &[&str] = &[
    "--left-right",
    "--left-only",
    "--right-only",
    "--cherry-mark",
    "--cherry-pick",
    "--cherry",
    "--boundary",
    "-g",
    "--walk-reflogs",
    "--bisect",
    "--merge",
    "--boundary",
    "--left-right",
];

/// What hardly anybody asks for, and what git refuses.
pub(crate) const RARE: &[&str] = &[
    "--no-such-option",
    "--since",
    "-n",
    "--format",
    "--help-me",
    "--max-count=x",
    "-x",
    "--pretty=nope",
    "--date=nope",
    "--objects",
    "--timestamp",
    "--",
    "--end-of-options",
    "--bisect-all",
    "--header",
    "--show-all",
    "-5x",
    "--exclude-promisor-objects",
    "--single-worktree",
    "--indexed-objects",
    "--unpacked",
    "--quiet",
    "--full-diff",
    "--follow",
    "--in-commit-order",
    "--missing=print",
];

/// One of a list.
pub(crate) fn fixed(rng: &mut Rng, list: &[&str]) -> Vec<OsString> {
    vec![list[rng.usize(0..list.len())].into()]
}

/// One option about differences.
pub(crate) fn diff(rng: &mut Rng, survey: &Survey) -> Vec<OsString> {
    const PLAIN: &[&str] = &[
        "-p",
        "--stat",
        "--name-status",
        "--name-only",
        "--raw",
        "--numstat",
        "--shortstat",
        "--summary",
        "--dirstat",
        "-m",
        "-c",
        "--cc",
        "--diff-merges=first-parent",
        "--no-patch",
        "-s",
        "-M",
        "-C",
        "--no-renames",
        "-R",
        "--diff-filter=A",
        "--diff-filter=d",
        "--diff-filter=R",
        "--word-diff",
        "-U0",
        "--patch-with-stat",
        "-w",
        "--compact-summary",
        "--full-index",
        "--find-copies-harder",
        "--root",
        "-t",
        "--check",
        "-D",
        "--exit-code",
        "--relative",
        "--relative=src",
        "--no-relative",
    ];
    match rng.u8(0..9) {
        0 => vec![joined("-S", survey.some_word(rng))],
        1 => vec![joined("-G", survey.some_word(rng))],
        2 if rng.bool() => vec!["--follow".into()],
        3 => vec![joined("--find-object=", survey.some_object(rng))],
        _ => fixed(rng, PLAIN),
    }
}

/// Directories below the top in which to ask. Some were directories in history, some files, one never was anything.
const DIRECTORIES: &[&str] = &["src", "src/lib", "src/a/b", "doc", "zz", "never"];

/// One of them.
pub(crate) fn directory(rng: &mut Rng) -> &'static str {
    DIRECTORIES[rng.usize(0..DIRECTORIES.len())]
}

/// Makes them, where there is a worktree.
pub(crate) fn make_directories(repository: &Generated) {
    if repository.dir != repository.git_dir {
        for directory in DIRECTORIES {
            std::fs::create_dir_all(repository.dir.join(directory)).expect("nothing is checked out");
        }
    }
}

/// A path from the top, as it is written in a directory below.
pub(crate) fn path_from(rng: &mut Rng, directory: &str, path: OsString) -> OsString {
    let up = "../".repeat(directory.split('/').count());
    let below = path.as_bytes().strip_prefix(directory.as_bytes()).and_then(|path| path.strip_prefix(b"/"));
    match (rng.u8(0..16), below) {
        (0, _) => [".", "./", "..", "../", "../..", "*", "../*.c", ":/", ":(top)", ":!lib", ":(icase)LIB"]
            [rng.usize(0..11)]
        .into(),
        (1, _) => path,
        (2..=3, _) => joined(":(top)", path),
        (4, _) => joined(":/", path),
        (5..=10, Some(below)) => os(below),
        _ => joined(&up, path),
    }
}

/// One path or pathspec.
pub(crate) fn path(rng: &mut Rng, survey: &Survey) -> OsString {
    match rng.u8(0..12) {
        0 => [
            ".",
            "src/",
            ":/",
            ":(top)src",
            ":!src",
            ":(exclude)*.c",
            ":(icase)readme",
            ":(glob)**/a.c",
            "*.c",
            "",
            ":(literal)*.c",
            ":(attr:x)src",
            "src/*",
            "*/a.c",
            "[a-m]*",
            ":(glob)src/*.c",
            ":(top,icase)SRC",
            ":(exclude,icase)SRC",
            ":^:README",
            "s*",
            "?*",
            "./src",
            "src//",
            "src/../README",
        ][rng.usize(0..24)]
        .into(),
        1 => {
            let mut name = survey.some_path(rng);
            name.push("/");
            name
        }
        _ => survey.some_path(rng),
    }
}
