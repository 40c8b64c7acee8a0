//! Command lines from a random number generator: revisions, options and paths, as users and tools write them.

use std::ffi::OsString;

use fastrand::Rng;

use super::survey::Survey;
use super::{formats, pieces};

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
    /// The directory in which it is asked, from the top.
    pub directory: &'static str,
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
        let mut line = Self { mode, pieces: Vec::new(), paths: Vec::new(), directory: "", input: None };
        for _ in 0..[0, 1, 1, 1, 2, 3][rng.usize(0..6)] {
            line.pieces.push(pieces::revision(rng, survey));
        }
        for _ in 0..[0, 1, 1, 2, 2, 3, 4, 6][rng.usize(0..8)] {
            let piece = line.option(rng, survey);
            let at = rng.usize(0..=line.pieces.len());
            line.pieces.insert(at, piece);
        }
        if rng.u8(0..3) == 0 {
            for _ in 0..[1, 1, 1, 2, 3][rng.usize(0..5)] {
                line.paths.push(pieces::path(rng, survey));
            }
            for _ in 0..[0, 0, 1, 1, 2][rng.usize(0..5)] {
                line.pieces.push(pieces::fixed(rng, pieces::SIMPLIFY));
            }
            if mode != Mode::Count && rng.u8(0..4) == 0 {
                line.pieces.push(pieces::fixed(rng, pieces::CHANGES));
            }
        }
        if line.pieces.iter().any(|piece| piece[0] == "--follow") && rng.u8(0..8) > 0 {
            line.paths = vec![pieces::path(rng, survey)];
        }
        if survey.worktree && rng.u8(0..if line.paths.is_empty() { 24 } else { 4 }) == 0 {
            line.directory = pieces::directory(rng);
            let paths = std::mem::take(&mut line.paths);
            line.paths = paths.into_iter().map(|path| pieces::path_from(rng, line.directory, path)).collect();
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
            (Mode::Count, 0..40) => pieces::filter(rng, survey),
            (Mode::Count, _) => pieces::fixed(rng, pieces::WALK),
            (Mode::Page { .. }, 0..12) => pieces::filter(rng, survey),
            (Mode::Page { .. }, 99..) => pieces::fixed(rng, pieces::WALK),
            (_, 0..12) => pieces::limit(rng),
            (_, 12..24) => pieces::filter(rng, survey),
            (_, 24..46) => formats::option(rng),
            (_, 46..64) => pieces::fixed(rng, pieces::WALK),
            (_, 64..78) => pieces::fixed(rng, pieces::LOOKS),
            (_, 78..86) => pieces::fixed(rng, pieces::SIDES),
            (_, 86..99) => pieces::diff(rng, survey),
            _ => pieces::fixed(rng, pieces::RARE),
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
                vec![
                    format!("--skip={}", (page - 1) * per_page).into(),
                    "-n".into(),
                    per_page.to_string().into(),
                ]
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
        if !self.directory.is_empty() {
            all.push(Self { directory: "", ..self.clone() });
        }
        if self.mode == Mode::NoIndex {
            all.push(Self { mode: Mode::Same, ..self.clone() });
        }
        all
    }
}
