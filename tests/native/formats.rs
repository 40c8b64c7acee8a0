//! Formats, placeholders, dates; and the arguments that choose commits.

use super::World;

/// Every placeholder of git-log(1) that needs neither a diff nor a signature check.
pub(super) const PLACEHOLDERS: &[&str] = &[
    "%H",
    "%h",
    "%T",
    "%t",
    "%P",
    "%p",
    "%an",
    "%aN",
    "%ae",
    "%aE",
    "%al",
    "%aL",
    "%ad",
    "%aD",
    "%ar",
    "%at",
    "%ai",
    "%aI",
    "%as",
    "%ah",
    "%cn",
    "%cN",
    "%ce",
    "%cE",
    "%cl",
    "%cL",
    "%cd",
    "%cD",
    "%cr",
    "%ct",
    "%ci",
    "%cI",
    "%cs",
    "%ch",
    "%d",
    "%D",
    "%(decorate)",
    "%(decorate:prefix=<,suffix=>,separator=;,pointer=~,tag=)",
    "%(describe)",
    "%(describe:tags,abbrev=9)",
    "%S",
    "%e",
    "%s",
    "%f",
    "%b",
    "%B",
    "%N",
    "%m",
    "%n",
    "%%",
    "%x41",
    "%gD",
    "%gd",
    "%gn",
    "%gs",
    "%Cred",
    "%Cgreen",
    "%Cblue",
    "%Creset",
    "%C(auto)%h%d",
    "%C(bold #ff0000)",
    "%C(always,yellow)x",
    "%(trailers)",
    "%(trailers:only,unfold)",
    "%(trailers:key=Fixes,valueonly,separator=%x2C)",
    "%w(30,2,4)%B",
    "%<(12)%s",
    "%<(5,trunc)%s",
    "%<(5,ltrunc)%s",
    "%<(5,mtrunc)%s",
    "%>(12)%s",
    "%>>(12)%s",
    "%><(12)%s",
    "%h%<|(30)%s|",
    "%h%>|(30)%s|",
    "%+b",
    "%-b",
    "% b",
    "%+d%-d% D",
    "%q",
    "%a",
];

#[test]
fn placeholders() {
    let world = World::new();
    for placeholder in PLACEHOLDERS {
        for more in [&["--all"][..], &["--color=always", "-z", "main", "a"]] {
            world.native(&[&[&*format!("--format=[{placeholder}]")], more].concat());
        }
        // Which tip a commit comes from is not certain where git sorts.
        if *placeholder != "%S" {
            world.native(&["--graph", "--all", &format!("--format=format:{placeholder}|")]);
        }
    }
}

#[test]
fn built_in_formats() {
    let world = World::new();
    let formats = [
        "oneline",
        "short",
        "medium",
        "full",
        "fuller",
        "reference",
        "email",
        "mboxrd",
        "raw",
        "format:%h",
        "tformat:%h",
        "",
    ];
    for format in formats {
        for more in [
            &[][..],
            &["--all", "--decorate=full", "--color=always"],
            &["--graph", "--all", "--abbrev-commit", "--abbrev=6"],
            &["--parents", "-n2", "-z"],
            &["--children", "--notes=review", "--no-mailmap"],
            &["--left-right", "--boundary", "a...b"],
            &["--source", "--all", "--no-decorate", "--show-notes"],
        ] {
            world.native(&[&[&*format!("--pretty={format}")], more].concat());
        }
    }
}

/// A format string that a built-in format replaces still has tips named and notes shown.
#[test]
fn formats_that_are_replaced() {
    let world = World::new();
    for words in [
        &["--format=%S", "--format=short"][..],
        &["--format=%N", "--format=short", "--format=oneline"],
        &["--format=%S%N", "--format=%h", "--format=short"],
        &["--format=%S", "--pretty=reference", "--format=short"],
        &["--format=%d %aN", "--format=short", "--no-decorate"],
        &["--format=short", "--format=%N%S"],
        &["--format=%S", "--format=medium", "--no-notes"],
    ] {
        world.native(words);
        world.native(&[words, &["--all"]].concat());
    }
    for words in
        [&["--format=%S", "--format=", "--format=short"][..], &["--format=%S", "--pretty", "--format=short"]]
    {
        world.by_git(words);
    }
    for format in ["%S", "%N"] {
        world.env.git_ok(&world.dir, &["config", "format.pretty", format]);
        for words in
            [&["--format=short"][..], &["--oneline"], &["--format=%h"], &[], &["--format="], &["--pretty"]]
        {
            world.native(words);
        }
    }
}

#[test]
fn dates() {
    let world = World::new();
    let modes = [
        "default",
        "relative",
        "human",
        "iso",
        "iso8601",
        "iso-strict",
        "rfc",
        "rfc2822",
        "short",
        "raw",
        "unix",
        "local",
        "iso-local",
        "default-local",
        "raw-local",
        "format:%Y-%m-%d %H:%M:%S %z %a %b %j %%",
        "format-local:%F %T %Z",
        "auto:iso",
        "auto:human",
    ];
    for mode in modes {
        let date = format!("--date={mode}");
        for format in ["fuller", "raw", "%ad|%cd|%ah|%ar", "reference", "email"] {
            world.native(&[&*date, &*format!("--format={format}"), "--all"]);
        }
    }
}

#[test]
fn revisions_and_limits() {
    let world = World::new();
    for words in [
        &["main"][..],
        &["a..main"],
        &["main..a"],
        &["a...main"],
        &["main", "^a"],
        &["^a", "^b", "main", "c"],
        &["main", "--not", "a", "b"],
        &["--all"],
        &["--all", "--not", "v1"],
        &["--branches"],
        &["--branches=?"],
        &["--tags"],
        &["--tags=v*"],
        &["--remotes"],
        &["--remotes=origin"],
        &["--glob=heads/*"],
        &["--exclude=heads/a", "--all"],
        &["v1"],
        &["light", "v1^{}"],
        &["main~2", "main~1^2", "main~1^3"],
        &["main@{0}"],
        &["-3"],
        &["-n2", "--skip=1"],
        &["--since=2000-01-01", "--until=2030-01-01"],
        &["--since-as-filter=2000-01-01"],
        &["--merges"],
        &["--no-merges"],
        &["--min-parents=3"],
        &["--max-parents=0"],
        &["--first-parent"],
        &["--reverse"],
        &["--topo-order"],
        &["--date-order"],
        &["--author-date-order"],
        &["--author=Proper"],
        &["--author=other", "-i"],
        &["--committer=C"],
        &["--grep=line"],
        &["--grep=on", "--grep=a", "--all-match"],
        &["--grep=on .", "--invert-grep"],
        &["--grep=first|last", "-E"],
        &["--grep=on a", "-F"],
        &["--no-walk", "main", "a"],
        &["--graph"],
        &["--graph", "--all", "--left-right"],
    ] {
        for format in ["--oneline", "--format=fuller", "--format=%m %H %an"] {
            world.native(&[&[format], words].concat());
        }
    }
}
