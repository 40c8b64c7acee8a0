//! What texts are printed in (`--encoding`, `i18n.logOutputEncoding`): UTF-8, or Latin-1. All others are git's.
//!
//! git converts what has been rendered where that comes from a format string, and what is rendered otherwise; and it
//! prints what it can't convert as it is. So each text is tried by itself.

use crate::history::{is_latin1, is_utf8};

/// An encoding of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputEncoding {
    /// UTF-8.
    Utf8,
    /// ISO 8859-1.
    Latin1,
}

impl OutputEncoding {
    /// By its name; `None` for any other.
    pub fn named(name: &[u8]) -> Option<Self> {
        if is_utf8(name) {
            return Some(OutputEncoding::Utf8);
        }
        is_latin1(name).then_some(OutputEncoding::Latin1)
    }
}

/// `text`, which should be UTF-8, in Latin-1; `None` where it is not, or has other characters.
pub fn to_latin1(text: &[u8]) -> Option<Vec<u8>> {
    // The C library drops characters that tag languages.
    let is_shown = |character: &char| !('\u{e0000}'..='\u{e007f}').contains(character);
    let characters = std::str::from_utf8(text).ok()?.chars().filter(is_shown);
    characters.map(|character| u8::try_from(character).ok()).collect()
}
