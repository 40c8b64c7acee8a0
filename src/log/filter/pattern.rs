//! One `--grep`, `--author` or `--committer` pattern, compiled so that an answer it gives is git's answer.
//!
//! git leaves matching to the C library (POSIX) or PCRE, in the locale's character set. Here only the part of
//! these languages is read whose meaning is the same everywhere: literals, `.`, `*`, anchors, plain bracket
//! lists, and in the extended flavour groups, alternatives, `+` and `?`. Everything else makes the pattern
//! [`Pattern::Foreign`]: git is asked.

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

use super::Verdict;
use crate::log::options::Flavour;

/// A compiled pattern.
pub enum Pattern {
    /// A text to be found as it is.
    Literal(Box<Finder<'static>>),
    /// A regular expression without anything whose meaning depends on the character set.
    Plain(Regex),
    /// A regular expression that may take a byte or a character: it is certain where both readings agree.
    Wide {
        /// `.` and `[^x]` take a byte.
        bytes: Regex,
        /// `.` and `[^x]` take a character.
        characters: Regex,
    },
    /// Something only git can match.
    Foreign,
}

impl Pattern {
    /// Compiles `pattern`. It never fails: what is not understood here is `Foreign`, errors included.
    pub fn new(pattern: &[u8], flavour: Flavour, ignore_case: bool) -> Pattern {
        if pattern.contains(&0) {
            return Pattern::Foreign;
        }
        let parsed = match flavour {
            Flavour::Fixed => Some(Translated::literal(pattern)),
            Flavour::Basic => translate(pattern, false),
            Flavour::Extended => translate(pattern, true),
            // In Perl's language nearly every punctuation mark may mean something: only words are certain.
            Flavour::Perl => is_plain_text(pattern).then(|| Translated::literal(pattern)),
        };
        let Some(parsed) = parsed else { return Pattern::Foreign };
        if ignore_case && !pattern.is_ascii() {
            return Pattern::Foreign;
        }
        if let (Some(literal), false) = (&parsed.literal, ignore_case) {
            return Pattern::Literal(Box::new(Finder::new(literal).into_owned()));
        }
        let build = |unicode: bool| {
            RegexBuilder::new(&parsed.regex)
                .multi_line(true)
                .case_insensitive(ignore_case)
                .unicode(unicode)
                .build()
                .ok()
        };
        let compiled = if parsed.wide {
            build(false).zip(build(true)).map(|(bytes, characters)| Pattern::Wide { bytes, characters })
        } else {
            build(false).map(Pattern::Plain)
        };
        compiled.unwrap_or(Pattern::Foreign)
    }

    /// Whether a line of `text` matches.
    ///
    /// `ignore_case` tells whether the pattern was compiled so: some characters outside ASCII are the lower or
    /// upper case of ASCII letters (U+212A, U+017F), and whether they match depends on the C library.
    pub fn matches(&self, text: &[u8], ignore_case: bool) -> Verdict {
        let verdict = match self {
            Pattern::Literal(finder) => return finder.find(text).is_some().into(),
            Pattern::Plain(regex) => regex.is_match(text).into(),
            Pattern::Wide { bytes, characters } => {
                let by_byte = bytes.is_match(text);
                if text.is_ascii() || by_byte == characters.is_match(text) {
                    by_byte.into()
                } else {
                    Verdict::Unsure
                }
            }
            Pattern::Foreign => Verdict::Unsure,
        };
        if ignore_case && verdict == Verdict::No && has_case_relatives_of_ascii(text) {
            return Verdict::Unsure;
        }
        verdict
    }
}

fn has_case_relatives_of_ascii(text: &[u8]) -> bool {
    !text.is_ascii()
        && ["\u{212a}", "\u{17f}", "\u{130}", "\u{131}"]
            .iter()
            .any(|relative| memchr::memmem::find(text, relative.as_bytes()).is_some())
}

fn is_plain_text(pattern: &[u8]) -> bool {
    pattern.iter().all(|b| b.is_ascii_alphanumeric() || b" _-:/,@<>=!%&;'\"~`".contains(b))
}

/// A pattern in the regex crate's language.
struct Translated {
    regex: String,
    /// The text, when the pattern is nothing but a text.
    literal: Option<Vec<u8>>,
    /// Whether it holds something that takes a byte or a character.
    wide: bool,
}

impl Translated {
    fn literal(text: &[u8]) -> Self {
        let mut translated = Translated { regex: String::new(), literal: Some(Vec::new()), wide: false };
        text.iter().for_each(|&b| translated.push_byte(b));
        translated
    }

    fn push_byte(&mut self, byte: u8) {
        if let Some(literal) = &mut self.literal {
            literal.push(byte);
        }
        if byte.is_ascii() {
            self.regex.push_str(&regex::escape(char::from(byte).encode_utf8(&mut [0; 4])));
        } else {
            self.regex.push_str(&format!("(?-u:\\x{byte:02x})"));
        }
    }

    fn push_special(&mut self, text: &str) {
        self.literal = None;
        self.regex.push_str(text);
    }
}

/// Reads a POSIX pattern; `None` where its meaning here would not be certain.
fn translate(pattern: &[u8], extended: bool) -> Option<Translated> {
    let mut out = Translated { regex: String::new(), literal: Some(Vec::new()), wide: false };
    // What precedes decides whether `*` repeats something, and POSIX leaves much of the rest undefined.
    let mut repeatable = false;
    let mut depth = 0u32;
    let mut at = 0;
    while at < pattern.len() {
        let byte = pattern[at];
        at += 1;
        match byte {
            b'\\' => {
                let escaped = *pattern.get(at)?;
                at += 1;
                // `\(`, `\+`, `\w` … mean something in one flavour or in the other, or in GNU's only.
                let punctuation: &[u8] = if extended { b".*[]^$\\+?(){}|/" } else { b".*[]^$\\/" };
                if !punctuation.contains(&escaped) {
                    return None;
                }
                out.push_byte(escaped);
                repeatable = true;
            }
            b'.' => {
                out.push_special(".");
                out.wide = true;
                repeatable = true;
            }
            b'[' => {
                let (class, next, negated) = bracket(pattern, at)?;
                out.push_special(&class);
                out.wide |= negated;
                at = next;
                repeatable = true;
            }
            b'*' if repeatable => {
                out.push_special("*");
                repeatable = false;
            }
            b'*' => return None,
            b'^' if at == 1 => {
                out.push_special("^");
                repeatable = false;
            }
            b'$' if at == pattern.len() => out.push_special("$"),
            b'^' | b'$' => return None,
            b'+' | b'?' if extended => {
                if !repeatable {
                    return None;
                }
                out.push_special(if byte == b'+' { "+" } else { "?" });
                repeatable = false;
            }
            b'(' if extended => {
                depth += 1;
                out.push_special("(?:");
                repeatable = false;
            }
            b')' if extended => {
                // An empty group or alternative is undefined in POSIX.
                depth = depth.checked_sub(1)?;
                if matches!(pattern[at.checked_sub(2)?], b'(' | b'|') {
                    return None;
                }
                out.push_special(")");
                repeatable = true;
            }
            b'|' if extended => {
                if at == 1 || at == pattern.len() || matches!(pattern[at - 2], b'(' | b'|') {
                    return None;
                }
                out.push_special("|");
                repeatable = false;
            }
            b'{' | b'}' if extended => return None,
            _ if byte.is_ascii() => {
                out.push_byte(byte);
                repeatable = true;
            }
            // Repeating "the character before" would repeat one byte of it here.
            _ => {
                out.push_byte(byte);
                repeatable = false;
            }
        }
    }
    (depth == 0).then_some(out)
}

/// Reads a bracket list of plain ASCII characters and ranges: what is inside `[…]`, where it ends, whether it is
/// negated. Classes, equivalences and whatever has a locale's order in it are left to git.
fn bracket(pattern: &[u8], start: usize) -> Option<(String, usize, bool)> {
    let negated = pattern.get(start) == Some(&b'^');
    let first = start + usize::from(negated);
    // A `]` in the first place is a member.
    let end = first + 1 + pattern.get(first + 1..)?.iter().position(|&b| b == b']')?;
    let members = &pattern[first..end];
    let mut class = String::from(if negated { "[^\\n" } else { "[" });
    let mut at = 0;
    while at < members.len() {
        let byte = members[at];
        if !byte.is_ascii() || byte == b'[' || byte == b'\\' || byte.is_ascii_control() {
            return None;
        }
        if members.get(at + 1) == Some(&b'-') && at + 2 < members.len() {
            let last = members[at + 2];
            let same_kind = (byte.is_ascii_digit() && last.is_ascii_digit())
                || (byte.is_ascii_lowercase() && last.is_ascii_lowercase())
                || (byte.is_ascii_uppercase() && last.is_ascii_uppercase());
            if !same_kind || byte > last {
                return None;
            }
            class.push_str(&format!("{}-{}", char::from(byte), char::from(last)));
            at += 3;
        } else {
            if byte.is_ascii_alphanumeric() {
                class.push(char::from(byte));
            } else {
                class.push_str(&format!("\\x{byte:02x}"));
            }
            at += 1;
        }
    }
    class.push(']');
    Some((class, end + 1, negated))
}
