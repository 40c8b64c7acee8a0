//! One pattern of gitignore(5), and one file of them.

use bstr::{BStr, BString, ByteSlice};
use gix::glob::wildmatch;

/// A pattern, taken apart as far as helps matching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Without `!` in front and `/` at the end.
    text: BString,
    negated: bool,
    only_directories: bool,
    /// It has no slash (but at its end): it is about the last component of a path.
    base_name: bool,
    /// Length of what comes before the first special byte.
    literal: usize,
    /// A `*` and nothing special after it.
    suffix: bool,
}

/// The patterns of one source.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PatternList {
    /// The directory that they are about, with a slash at its end; empty for the top.
    base: BString,
    patterns: Vec<Pattern>,
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'*' | b'?' | b'[' | b'\\')
}

impl Pattern {
    /// Reads one line, without its end; `None` for comments and empty lines.
    fn parse(line: &[u8]) -> Option<Pattern> {
        if line.is_empty() || line[0] == b'#' {
            return None;
        }
        // git works on strings that end at a NUL.
        let line = &line[..line.find_byte(0).unwrap_or(line.len())];
        let line = trim_spaces(line);
        Some(match line.strip_prefix(b"!") {
            Some(rest) => Pattern { negated: true, ..Pattern::new(rest) },
            None => Pattern::new(line),
        })
    }

    /// A pattern without the marks that only lines of ignore files have.
    pub fn new(text: &[u8]) -> Pattern {
        let (only_directories, text) = match text.strip_suffix(b"/") {
            Some(text) => (true, text),
            None => (false, text),
        };
        let literal = text.iter().take_while(|byte| !is_special(**byte)).count();
        Pattern {
            negated: false,
            only_directories,
            base_name: !text.contains(&b'/'),
            literal,
            suffix: text.first() == Some(&b'*') && !text[1..].iter().any(|byte| is_special(*byte)),
            text: text.into(),
        }
    }

    /// Whether it matches `path`, whose last component is `name`, when it was found in the directory `base` (with a
    /// slash at its end, or empty).
    pub fn matches(&self, base: &[u8], path: &[u8], name: &[u8], is_dir: bool) -> bool {
        if self.only_directories && !is_dir {
            return false;
        }
        let (mut text, mut literal) = (self.text.as_slice(), self.literal);
        if self.base_name {
            if literal == text.len() {
                return text == name;
            }
            if self.suffix {
                return name.ends_with(&text[1..]);
            }
            return wildmatch(text.as_bstr(), name.as_bstr(), wildmatch::Mode::empty());
        }
        if let Some(rest) = text.strip_prefix(b"/") {
            text = rest;
            literal = literal.saturating_sub(1);
        }
        let Some(mut path) = path.strip_prefix(base) else { return false };
        if literal > 0 {
            match path.strip_prefix(&text[..literal]) {
                Some(rest) => path = rest,
                None => return false,
            }
            text = &text[literal..];
            if text.is_empty() && path.is_empty() {
                return true;
            }
        }
        wildmatch(text.as_bstr(), path.as_bstr(), wildmatch::Mode::NO_MATCH_SLASH_LITERAL)
    }
}

/// Spaces at the end of a line count only behind a backslash.
fn trim_spaces(line: &[u8]) -> &[u8] {
    let mut kept = 0;
    let mut at = 0;
    while at < line.len() {
        match line[at] {
            b' ' => {}
            b'\\' if at + 1 < line.len() => {
                at += 1;
                kept = at + 1;
            }
            b'\\' => return line,
            _ => kept = at + 1,
        }
        at += 1;
    }
    &line[..kept]
}

impl PatternList {
    /// Reads a file's content. `base` is the directory it is about, with a slash at its end, or empty.
    pub fn parse(text: &[u8], base: &BStr) -> PatternList {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let lines = text.split(|byte| *byte == b'\n');
        let patterns = lines
            .filter(|line| line.first() != Some(&b'#'))
            .filter_map(|line| Pattern::parse(line.strip_suffix(b"\r").unwrap_or(line)))
            .collect();
        PatternList { base: base.to_owned(), patterns }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether the last pattern that matches `path` excludes it; `None` when none does.
    pub fn verdict(&self, path: &BStr, is_dir: bool) -> Option<bool> {
        let name = &path[path.rfind_byte(b'/').map_or(0, |at| at + 1)..];
        let found =
            self.patterns.iter().rev().find(|pattern| pattern.matches(&self.base, path, name, is_dir));
        found.map(|pattern| !pattern.negated)
    }
}
