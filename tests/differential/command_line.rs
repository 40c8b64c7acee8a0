//! Command lines from a random number generator: revisions, options and paths, as users and tools write them.

use std::ffi::OsString;

use fastrand::Rng;

use super::formats;
use super::survey::{Survey, joined};

/// How git-fastlog is asked, and so what git has to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The same arguments.
    Same,
    /// `--no-index` before them.
    NoIndex,
    /// `--page` and `--per-page` before them: git gets `--skip` and `-n`.
    Page { page: usize, per_page: usize },
    /// `--count` before them: git's commits are counted.
    Count,
}

/// One command line, in pieces that belong together.
#[derive(Debug, Clone)]
pub(crate) struct CommandLine {
    /// How it is asked.
    pub mode: Mode,
    /// Options and revisions, in order.
    pub pieces: Vec<Vec<OsString>>,
    /// Paths, written after `--`.
    pub paths: Vec<OsString>,
    /// Standard input, for `--stdin`.
    pub input: Option<Vec<u8>>,
}

impl CommandLine {
    /// A random one for this repository.
    pub(crate) fn random(rng: &mut Rng, survey: &Survey) -> Self {
        let mode = match rng.u8(0..20) {
            0 => Mode::NoIndex,
            1..=2 => Mode::Page { page: rng.usize(1..5), per_page: rng.usize(1..20) },
            3..=4 => Mode::Count,
            _ => Mode::Same,
        };
        let mut line = Self { mode, pieces: Vec::new(), paths: Vec::new(), input: None };
        for _ in 0..[0, 1, 1, 1, 2, 3][rng.usize(0..6)] {
            line.pieces.push(revision(rng, survey));
        }
        for _ in 0..[0, 1, 1, 2, 2, 3, 4, 6][rng.usize(0..8)] {
            let piece = line.option(rng, survey);
            let at = rng.usize(0..=line.pieces.len());
            line.pieces.insert(at, piece);
        }
        if rng.u8(0..4) == 0 {
            for _ in 0..[1, 1, 1, 2, 3][rng.usize(0..5)] {
                line.paths.push(path(rng, survey));
            }
        }
        if rng.u8(0..60) == 0 && mode == Mode::Same {
            line.pieces.push(vec!["--stdin".into()]);
            let mut input = survey.some_ref(rng).into_encoded_bytes();
            input.extend(b"\n^");
            input.extend(survey.some_oid(rng).into_encoded_bytes());
            input.push(b'\n');
            line.input = Some(input);
        }
        line
    }

    fn option(&self, rng: &mut Rng, survey: &Survey) -> Vec<OsString> {
        // What only changes the looks says nothing about a count; how many belongs to the pages themselves.
        match (self.mode, rng.u8(0..100)) {
            (Mode::Count, 0..40) => filter(rng, survey),
            (Mode::Count, _) => fixed(rng, WALK),
            (Mode::Page { .. }, 0..12) => filter(rng, survey),
            (Mode::Page { .. }, 97..) => fixed(rng, WALK),
            (_, 0..12) => limit(rng),
            (_, 12..24) => filter(rng, survey),
            (_, 24..46) => formats::option(rng),
            (_, 46..64) => fixed(rng, WALK),
            (_, 64..78) => fixed(rng, LOOKS),
            (_, 78..86) => fixed(rng, SIDES),
            (_, 86..97) => diff(rng, survey),
            _ => fixed(rng, RARE),
        }
    }

    /// The arguments for `git-fastlog`.
    pub(crate) fn ours(&self) -> Vec<OsString> {
        let own: Vec<OsString> = match self.mode {
            Mode::Same => Vec::new(),
            Mode::NoIndex => vec!["--no-index".into()],
            Mode::Count => vec!["--count".into()],
            Mode::Page { page, per_page } => {
                vec![format!("--page={page}").into(), "--per-page".into(), per_page.to_string().into()]
            }
        };
        own.into_iter().chain(self.common()).collect()
    }

    /// The arguments for `git log`.
    pub(crate) fn theirs(&self) -> Vec<OsString> {
        let own: Vec<OsString> = match self.mode {
            Mode::Same | Mode::NoIndex => Vec::new(),
            Mode::Count => vec!["--format=%H".into(), "--no-color".into()],
            Mode::Page { page, per_page } => {
                vec![format!("--skip={}", (page - 1) * per_page).into(), "-n".into(), per_page.to_string().into()]
            }
        };
        own.into_iter().chain(self.common()).collect()
    }

    fn common(&self) -> Vec<OsString> {
        let mut args: Vec<OsString> = self.pieces.iter().flatten().cloned().collect();
        if !self.paths.is_empty() {
            args.push("--".into());
            args.extend(self.paths.iter().cloned());
        }
        args
    }

    /// Every command line that lacks one piece of this one.
    pub(crate) fn smaller(&self) -> Vec<Self> {
        let mut all = Vec::new();
        for drop in 0..self.pieces.len() {
            let mut less = self.clone();
            less.pieces.remove(drop);
            all.push(less);
        }
        for drop in 0..self.paths.len() {
            let mut less = self.clone();
            less.paths.remove(drop);
            all.push(less);
        }
        if self.mode == Mode::NoIndex {
            all.push(Self { mode: Mode::Same, ..self.clone() });
        }
        all
    }
}

fn revision(rng: &mut Rng, survey: &Survey) -> Vec<OsString> {
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
    match rng.u8(0..46) {
        0..=11 => vec![name],
        12..=14 => vec!["--all".into()],
        15..=18 | 19 => {
            let dots = if rng.bool() { ".." } else { "..." };
            let mut text = name.clone();
            text.push(dots);
            text.push(if rng.bool() { survey.some_ref(rng) } else { survey.some_oid(rng) });
            vec![text]
        }
        20..=22 => vec![joined("^", survey.some_ref(rng)), name],
        23..=24 => with(SUFFIXES[rng.usize(0..SUFFIXES.len())]),
        25..=26 => with(["~1", "~3", "^2", "~0"][rng.usize(0..4)]),
        27 => with(["..", "..."][rng.usize(0..2)]),
        28 => vec![joined(":/", survey.some_word(rng))],
        29 => vec![[":/!-fix", ":/", ":/^fix", "HEAD^{/fix}"][rng.usize(0..4)].into()],
        30..=33 => {
            let many = ["--branches", "--tags", "--remotes", "--all", "--branches=feature/*", "--tags=v*", "--remotes=origin",
                "--glob=refs/custom", "--glob=heads/*", "--branches=main", "--tags=none", "--bisect", "--alternate-refs"];
            vec![many[rng.usize(0..many.len())].into()]
        }
        34..=35 => vec![joined("--exclude=", ["refs/heads/*", "refs/tags/v*", "main"][rng.usize(0..3)]), "--all".into()],
        36 => vec!["--exclude-hidden=fetch".into(), "--all".into()],
        37..=38 => vec!["--all".into(), "--not".into(), name],
        39 => vec!["--not".into(), "--remotes".into(), "--not".into(), "--branches".into()],
        40 => vec!["no-such-name".into()],
        41 => vec![["0", "00000", "a", "deadbeef", "ffff"][rng.usize(0..5)].into()],
        42 => vec![survey.some_path(rng)],
        43 => vec!["--reflog".into()],
        44 => vec!["--default".into(), name],
        _ => vec!["--ignore-missing".into(), "no-such-name".into(), name],
    }
}

const SUFFIXES: &[&str] = &[
    "^", "^^", "^{}", "^@", "^!", "^-", "^-2", "^{commit}", "^{tree}", "@{1}", "@{0}", "@{u}", "@{upstream}",
    "@{yesterday}", "^0", "~", "^3", "^1~1", "@{9}", ":README", "-1-gabcdef0",
];

fn limit(rng: &mut Rng) -> Vec<OsString> {
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
            let option = ["--since=", "--until=", "--after=", "--before=", "--since-as-filter="][rng.usize(0..5)];
            let date = ["2023-01-01", "6 months ago", "2023-09-13T12:00:00+02:00", "1.week.ago", "yesterday", "0",
                "1690000000", "2038-01-19", "garbage"][rng.usize(0..9)];
            vec![joined(option, date)]
        }
    }
}

fn filter(rng: &mut Rng, survey: &Survey) -> Vec<OsString> {
    const PATTERNS: &[&str] = &[
        "fix", "FIX", "a.c", "a\\.c", "^fix", "index$", "a*c", "x+y", "a\\|b", "a|b", "(group)", "[abc]", "\\bfix\\b",
        "é", "日本", "", "^$", "fix.*add", "\\(fix\\)", "a\\{1,2\\}", "[[:upper:]]", "\\d+", "(?i)fix", "^Signed-off-by",
        "#", "%", "<", "@example", "[", "*", "\\w", "fix\nadd",
    ];
    let pattern = if rng.u8(0..3) == 0 { survey.some_word(rng) } else { PATTERNS[rng.usize(0..PATTERNS.len())].into() };
    let option = match rng.u8(0..10) {
        0..=4 => "--grep=",
        5..=7 => "--author=",
        8 => "--committer=",
        _ => "--grep-reflog=",
    };
    let mut piece = vec![joined(option, pattern)];
    for flag in ["-i", "-F", "-E", "-P", "--all-match", "--invert-grep", "--basic-regexp", "--regexp-ignore-case"] {
        if rng.u8(0..12) == 0 {
            piece.push(flag.into());
        }
    }
    if rng.u8(0..6) == 0 {
        piece.push(joined("--grep=", survey.some_word(rng)));
    }
    piece
}

const WALK: &[&str] = &[
    "--merges", "--no-merges", "--min-parents=2", "--max-parents=1", "--no-min-parents", "--no-max-parents",
    "--max-parents=0", "--min-parents=3", "--first-parent", "--exclude-first-parent-only", "--reverse", "--date-order",
    "--topo-order", "--author-date-order", "--full-history", "--sparse", "--dense", "--simplify-merges",
    "--simplify-by-decoration", "--show-pulls", "--ancestry-path", "--no-walk", "--no-walk=unsorted", "--do-walk",
    "--remove-empty", "--ancestry-path=HEAD~2", "--first-parent", "--topo-order",
];

const LOOKS: &[&str] = &[
    "--graph", "--oneline", "--abbrev-commit", "--no-abbrev-commit", "--abbrev=4", "--abbrev=12", "--abbrev=40",
    "--no-abbrev", "--parents", "--children", "--decorate", "--decorate=full", "--decorate=no", "--decorate=auto",
    "--no-decorate", "--decorate-refs=refs/tags/*", "--decorate-refs-exclude=refs/remotes/*", "--clear-decorations",
    "--source", "-z", "--color=always", "--color", "--no-color", "--show-notes", "--notes", "--no-notes",
    "--notes=review", "--notes=*", "--encoding=ISO-8859-1", "--encoding=none", "--expand-tabs", "--expand-tabs=4",
    "--no-expand-tabs", "--no-mailmap", "--mailmap", "--use-mailmap", "--relative-date", "--show-signature",
    "--no-graph", "--graph", "--oneline", "--log-size", "--show-linear-break", "--null", "--no-color",
];

const SIDES: &[&str] = &[
    "--left-right", "--left-only", "--right-only", "--cherry-mark", "--cherry-pick", "--cherry", "--boundary",
    "-g", "--walk-reflogs", "--bisect", "--merge", "--boundary", "--left-right",
];

const RARE: &[&str] = &[
    "--no-such-option", "--since", "-n", "--format", "--help-me", "--max-count=x", "-x", "--pretty=nope", "--date=nope",
    "--objects", "--timestamp", "--", "--end-of-options", "--bisect-all", "--header", "--show-all", "-5x",
    "--exclude-promisor-objects", "--single-worktree", "--indexed-objects", "--unpacked", "--quiet", "--full-diff",
    "--follow", "--in-commit-order", "--missing=print",
];

fn fixed(rng: &mut Rng, list: &[&str]) -> Vec<OsString> {
    vec![list[rng.usize(0..list.len())].into()]
}

fn diff(rng: &mut Rng, survey: &Survey) -> Vec<OsString> {
    const PLAIN: &[&str] = &[
        "-p", "--stat", "--name-status", "--name-only", "--raw", "--numstat", "--shortstat", "--summary", "--dirstat",
        "-m", "-c", "--cc", "--diff-merges=first-parent", "--no-patch", "-s", "-M", "-C", "--no-renames", "-R",
        "--diff-filter=A", "--diff-filter=d", "--diff-filter=R", "--word-diff", "-U0", "--patch-with-stat", "-w",
        "--compact-summary", "--full-index", "--find-copies-harder", "--root", "-t", "--check", "-D", "--exit-code",
    ];
    match rng.u8(0..8) {
        0 => vec![joined("-S", survey.some_word(rng))],
        1 => vec![joined("-G", survey.some_word(rng))],
        2 => vec!["--follow".into(), "--".into(), survey.some_path(rng)],
        _ => fixed(rng, PLAIN),
    }
}

fn path(rng: &mut Rng, survey: &Survey) -> OsString {
    match rng.u8(0..12) {
        0 => [".", "src/", ":/", ":(top)src", ":!src", ":(exclude)*.c", ":(icase)readme", ":(glob)**/a.c", "*.c", "",
            ":(literal)*.c", ":(attr:x)src", "src/*"][rng.usize(0..13)]
        .into(),
        1 => {
            let mut name = survey.some_path(rng);
            name.push("/");
            name
        }
        _ => survey.some_path(rng),
    }
}
