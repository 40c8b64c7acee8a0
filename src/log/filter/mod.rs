//! Which of the walked commits are shown: number of parents, `--until`, and text.
//!
//! A text filter answers yes, no, or unsure; git judges the unsure ones, many at a time.

pub mod pattern;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};

use bstr::{BStr, ByteSlice};

use crate::index::{Flags, History, IdentityId, Pos};
use crate::log::encoding;
use crate::log::options::{Flavour, Grep};
use crate::log::sources::Sources;
use pattern::Pattern;

/// What a filter says of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is shown.
    Yes,
    /// It is not.
    No,
    /// Only git knows.
    Unsure,
}

impl From<bool> for Verdict {
    fn from(yes: bool) -> Self {
        if yes { Verdict::Yes } else { Verdict::No }
    }
}

impl Verdict {
    fn and(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::No, _) | (_, Verdict::No) => Verdict::No,
            (Verdict::Yes, Verdict::Yes) => Verdict::Yes,
            _ => Verdict::Unsure,
        }
    }

    fn or(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::Yes, _) | (_, Verdict::Yes) => Verdict::Yes,
            (Verdict::No, Verdict::No) => Verdict::No,
            _ => Verdict::Unsure,
        }
    }

    fn inverted(self) -> Verdict {
        match self {
            Verdict::Yes => Verdict::No,
            Verdict::No => Verdict::Yes,
            Verdict::Unsure => Verdict::Unsure,
        }
    }
}

/// The filters that only look at numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberFilter {
    /// `--until`: newer commits are not shown; seconds since the epoch.
    pub min_age: Option<i64>,
    /// `--since-as-filter`: older commits are not shown.
    pub max_age: Option<i64>,
    /// `--min-parents`.
    pub min_parents: u32,
    /// `--max-parents`.
    pub max_parents: Option<u32>,
}

impl NumberFilter {
    /// Whether the commit is shown; `parents` counts those that it has after simplification.
    pub fn accepts(&self, history: &History<'_>, pos: Pos, parents: impl FnOnce() -> usize) -> bool {
        if self.min_age.is_some() || self.max_age.is_some() {
            let date = history.committer_time(pos);
            if self.min_age.is_some_and(|newest| date > newest)
                || self.max_age.is_some_and(|oldest| date < oldest)
            {
                return false;
            }
        }
        if self.min_parents > 0 || self.max_parents.is_some() {
            let parents = u32::try_from(parents()).unwrap_or(u32::MAX);
            return parents >= self.min_parents && self.max_parents.is_none_or(|most| parents <= most);
        }
        true
    }
}

/// The filters on text: who, and what the message says.
pub struct TextFilter<'a> {
    history: &'a History<'a>,
    author: IdentityFilter<'a>,
    committer: IdentityFilter<'a>,
    message: Vec<Pattern>,
    /// What is said of messages with notes, which are searched, too.
    noted: HashMap<Pos, Verdict>,
    ignore_case: bool,
    all_match: bool,
    invert: bool,
}

impl<'a> TextFilter<'a> {
    /// Compiles the filters; `None` when there are none. `mailmap`: identities are matched after the mailmap.
    pub fn new(
        history: &'a History<'a>,
        grep: &Grep,
        flavour: Flavour,
        mailmap: Option<&'a dyn Sources>,
    ) -> Option<Self> {
        if grep.is_empty() {
            return None;
        }
        let compile = |patterns: &[bstr::BString]| -> Vec<Pattern> {
            patterns.iter().map(|p| Pattern::new(p, flavour, grep.ignore_case)).collect()
        };
        Some(TextFilter {
            history,
            author: IdentityFilter::new(history, compile(&grep.author), mailmap, Mapped::Always),
            committer: IdentityFilter::new(history, compile(&grep.committer), mailmap, Mapped::Sometimes),
            message: compile(&grep.message),
            noted: HashMap::new(),
            ignore_case: grep.ignore_case,
            all_match: grep.all_match,
            invert: grep.invert,
        })
    }

    /// Whether messages are searched.
    pub fn searches_messages(&self) -> bool {
        !self.message.is_empty()
    }

    /// Has the lines of a commit's notes searched as if they stood below its message. False when only git knows whether
    /// that commit is shown.
    #[must_use]
    pub fn add_notes(&mut self, pos: Pos, notes: &BStr) -> bool {
        let text = [self.history.message(pos).as_bytes(), notes].concat();
        self.noted.insert(pos, self.judge_message(&text));
        self.judge(pos) != Verdict::Unsure
    }

    /// Whether a pattern is one that only git can match, or refuse.
    pub fn is_foreign(&self) -> bool {
        [&self.author.patterns, &self.committer.patterns, &self.message]
            .into_iter()
            .flatten()
            .any(|pattern| matches!(pattern, Pattern::Foreign))
    }

    /// Whether the commit is shown.
    pub fn judge(&self, pos: Pos) -> Verdict {
        let flags = self.history.flags(pos);
        if flags.contains(Flags::ODD)
            || flags.contains(Flags::NUL)
            || (flags.contains(Flags::ENCODING) && !encoding::is_ascii(self.history, pos))
        {
            return Verdict::Unsure;
        }
        let mut verdict = Verdict::Yes;
        for (filter, id) in
            [(&self.author, self.history.author_id(pos)), (&self.committer, self.history.committer_id(pos))]
        {
            if !filter.patterns.is_empty() {
                verdict = verdict.and(filter.judge(self.history, id, self.ignore_case));
            }
        }
        if verdict == Verdict::No || self.message.is_empty() {
            return verdict;
        }
        let noted = self.noted.get(&pos).copied();
        verdict.and(noted.unwrap_or_else(|| self.judge_message(self.history.message(pos))))
    }

    fn judge_message(&self, message: &[u8]) -> Verdict {
        // To git the empty line between headers and message is a line of the message.
        let verdicts = self.message.iter().map(|pattern| {
            pattern.matches(b"", self.ignore_case).or(pattern.matches(message, self.ignore_case))
        });
        let verdict = if self.all_match {
            verdicts.fold(Verdict::Yes, Verdict::and)
        } else {
            verdicts.fold(Verdict::No, Verdict::or)
        };
        if self.invert { verdict.inverted() } else { verdict }
    }
}

/// Where there is a mailmap: whether git matches an identity as the mailmap has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mapped {
    /// It does.
    Always,
    /// It depends on the other identity of the commit: git 2.47 leaves the committer alone where it does not map the
    /// author. Where that makes a difference, git judges.
    Sometimes,
}

/// The patterns on one of the two people, with what they say of each identity once it was asked.
struct IdentityFilter<'a> {
    patterns: Vec<Pattern>,
    mailmap: Option<&'a dyn Sources>,
    mapped: Mapped,
    known: Vec<AtomicU8>,
}

impl<'a> IdentityFilter<'a> {
    fn new(
        history: &History<'_>,
        patterns: Vec<Pattern>,
        mailmap: Option<&'a dyn Sources>,
        mapped: Mapped,
    ) -> Self {
        let count = if patterns.is_empty() { 0 } else { history.identities() };
        IdentityFilter { patterns, mailmap, mapped, known: (0..count).map(|_| AtomicU8::new(0)).collect() }
    }

    fn judge(&self, history: &History<'_>, id: IdentityId, ignore_case: bool) -> Verdict {
        let Some(cell) = self.known.get(id.0 as usize) else { return Verdict::Unsure };
        match cell.load(Ordering::Relaxed) {
            1 => return Verdict::Yes,
            2 => return Verdict::No,
            3 => return Verdict::Unsure,
            _ => {}
        }
        let (name, email) = history.identity(id);
        let as_it_is = || self.matches(name, email, ignore_case);
        let verdict = match self.mailmap {
            None => as_it_is(),
            Some(sources) => {
                let (name, email) = sources.mailmap(name, email);
                let mapped = self.matches(&name, &email, ignore_case);
                match self.mapped {
                    Mapped::Sometimes if mapped != as_it_is() => Verdict::Unsure,
                    _ => mapped,
                }
            }
        };
        let code = match verdict {
            Verdict::Yes => 1,
            Verdict::No => 2,
            Verdict::Unsure => 3,
        };
        cell.store(code, Ordering::Relaxed);
        verdict
    }

    /// Whether any pattern matches.
    fn matches(&self, name: &[u8], email: &[u8], ignore_case: bool) -> Verdict {
        let text = [name, b" <", email, b">"].concat();
        let verdicts = self.patterns.iter().map(|pattern| pattern.matches(&text, ignore_case));
        verdicts.fold(Verdict::No, Verdict::or)
    }
}
