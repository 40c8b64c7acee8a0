//! Whether a path is chosen, as git finds out when it walks trees from the top: each entry is compared with what is
//! left of the pathspec below its directory, and only then with the whole pattern. So a directory whose name *is* the
//! text of a pattern takes that text literally.

use std::ops::Range;

use bstr::{BStr, ByteSlice};
use gix::glob::wildmatch::Mode;

use super::pathspec::{Item, Pathspec};

/// What of a path is chosen. `name/` means a directory or a submodule, so these may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// A file or symbolic link there.
    pub files: bool,
    /// A submodule there.
    pub submodules: bool,
}

const ALL: Reach = Reach { files: true, submodules: true };
const NOTHING: Reach = Reach { files: false, submodules: false };

impl Reach {
    /// Whether nothing is chosen.
    pub fn is_nothing(self) -> bool {
        self == NOTHING
    }

    fn or(self, other: Reach) -> Reach {
        Reach { files: self.files || other.files, submodules: self.submodules || other.submodules }
    }

    fn without(self, other: Reach) -> Reach {
        Reach { files: self.files && !other.files, submodules: self.submodules && !other.submodules }
    }
}

/// A path without wildcards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Literal<'a> {
    /// From the top, without a slash at the end; empty for the top itself.
    pub path: &'a BStr,
    /// Whether a slash behind it said that it must not be a file.
    pub not_a_file: bool,
}

impl Pathspec {
    /// What is chosen of `path`, the full path of something that is no directory.
    pub fn reach(&self, path: &BStr) -> Reach {
        let any = |items: &[Item]| {
            let mut reach = NOTHING;
            for item in items {
                reach = reach.or(item.reach(path));
                if reach == ALL {
                    break;
                }
            }
            reach
        };
        match any(&self.include) {
            NOTHING => NOTHING,
            chosen => chosen.without(any(&self.exclude)),
        }
    }

    /// The paths, when that is all there is to it: then what lies there, a whole directory for instance, says
    /// everything.
    pub fn literals(&self) -> Option<Vec<Literal<'_>>> {
        if !self.exclude.is_empty() {
            return None;
        }
        self.include.iter().map(Item::literal).collect()
    }

    /// What every chosen path begins with, one of them for each alternative.
    pub fn prefixes(&self) -> impl Iterator<Item = &BStr> {
        self.include.iter().map(|item| {
            let plain = if item.icase { &item.text[..0] } else { &item.text[..item.plain] };
            // A submodule is chosen by its name with a slash, too.
            plain.strip_suffix(b"/").unwrap_or(plain).as_bstr()
        })
    }
}

impl Item {
    fn literal(&self) -> Option<Literal<'_>> {
        let plain = self.text.strip_suffix(b"/").unwrap_or(&self.text);
        let not_a_file = plain.len() < self.text.len();
        let is_plain = !self.is_pattern() && !self.icase && !plain.ends_with(b"/");
        (is_plain && !(not_a_file && plain.is_empty()))
            .then_some(Literal { path: plain.as_bstr(), not_a_file })
    }

    fn reach(&self, path: &BStr) -> Reach {
        let (base, entry) = path.split_at(path.rfind_byte(b'/').map_or(0, |at| at + 1));
        let text = self.text.as_bytes();
        if base.len() >= text.len() {
            let inside = text.is_empty() || base.get(text.len()) == Some(&b'/') || text.ends_with(b"/");
            if inside && self.same_base(&base[..text.len()]) {
                return ALL;
            }
        } else if self.same_base(base) {
            let rest = &text[base.len()..];
            let there = self.entry(entry, rest);
            let plain = self.plain.saturating_sub(base.len());
            return if self.is_pattern() && self.pattern(rest, plain, entry) { ALL } else { there };
        }
        let begins = || base.len() >= self.plain && self.same_base(&base[..self.plain]);
        let matches = self.is_pattern() && begins() && self.pattern(text, self.plain, path);
        if matches { ALL } else { NOTHING }
    }

    fn same(&self, a: &[u8], b: &[u8]) -> bool {
        if self.icase { a.eq_ignore_ascii_case(b) } else { a == b }
    }

    /// Whether `base`, not longer than the text, is its beginning.
    fn same_base(&self, base: &[u8]) -> bool {
        let fixed = if self.icase { self.fixed.min(base.len()) } else { 0 };
        base[..fixed] == self.text[..fixed] && self.same(&base[fixed..], &self.text[fixed..base.len()])
    }

    fn entry(&self, entry: &[u8], rest: &[u8]) -> Reach {
        let slash = match rest.get(entry.len()..) {
            Some(b"") => false,
            Some(b"/") => true,
            _ => return NOTHING,
        };
        match self.same(entry, &rest[..entry.len()]) {
            true => Reach { files: !slash, submodules: true },
            false => NOTHING,
        }
    }

    /// Matches `text` with `pattern`, whose first `plain` bytes hold no wildcard.
    fn pattern(&self, pattern: &[u8], plain: usize, text: &[u8]) -> bool {
        let Some((head, tail)) = text.split_at_checked(plain) else { return false };
        let (plain, pattern) = pattern.split_at(plain);
        if !self.same(plain, head) {
            return false;
        }
        if self.one_star {
            // Below a directory that is called like the beginning of the pattern, star included, git skips a byte
            // all the same.
            let suffix = pattern.get(1..).unwrap_or_default();
            let Some(at) = tail.len().checked_sub(suffix.len()) else { return false };
            return self.same(suffix, &tail[at..]);
        }
        let mut mode = Mode::empty();
        mode.set(Mode::NO_MATCH_SLASH_LITERAL, self.glob);
        mode.set(Mode::IGNORE_CASE, self.icase);
        gix::glob::wildmatch(pattern.as_bstr(), tail.as_bstr(), mode)
    }
}

/// Joins ranges that overlap or touch; the result ascends.
pub(super) fn union(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}
