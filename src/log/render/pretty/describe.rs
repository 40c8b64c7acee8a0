//! `%(describe:…)`: what stands between its parentheses. Describing commits is the business of `log::describe`.

use bstr::BString;

use super::NotNative;
use super::compile::argument;
use crate::log::render::boolean;

/// What is asked of `git describe`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DescribeOptions {
    /// `tags`: lightweight tags count as well.
    pub tags: bool,
    /// `abbrev`: how much of the commit's name is shown behind a tag.
    pub abbrev: DescribeAbbrev,
    /// `match`: only tags that one of these globs matches count, if there are any.
    pub matching: Vec<BString>,
    /// `exclude`: and none that one of these does.
    pub excluded: Vec<BString>,
}

/// How the commit's name behind a tag is abbreviated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DescribeAbbrev {
    /// As `core.abbrev` says.
    #[default]
    Configured,
    /// To so many digits, or more.
    Digits(usize),
    /// Not shown.
    Hidden,
}

/// Reads what follows `(describe`, up to and with the closing parenthesis: how many bytes that is, and what it says.
/// `None` for what git prints as it stands.
///
/// # Errors
/// Numbers that only git reads.
pub(super) fn parse(text: &[u8]) -> Result<Option<(usize, DescribeOptions)>, NotNative> {
    let mut options = DescribeOptions::default();
    let mut rest = text;
    if let Some(arguments) = text.strip_prefix(b":") {
        rest = arguments;
        loop {
            if let Some((value, after)) = argument(rest, b"tags") {
                // What git can't read is no error here.
                let tags = value.is_none_or(|value| boolean::parse(value).unwrap_or(false));
                (options.tags, rest) = (tags, after);
            } else if let Some((value, after)) = argument(rest, b"abbrev") {
                let Some(abbrev) = abbrev(value.unwrap_or_default())? else { return Ok(None) };
                (options.abbrev, rest) = (abbrev, after);
            } else if let Some((value, after)) = argument(rest, b"match") {
                let Some(glob) = value.filter(|glob| !glob.is_empty()) else { return Ok(None) };
                options.matching.push(glob.into());
                rest = after;
            } else if let Some((value, after)) = argument(rest, b"exclude") {
                let Some(glob) = value.filter(|glob| !glob.is_empty()) else { return Ok(None) };
                options.excluded.push(glob.into());
                rest = after;
            } else {
                break;
            }
        }
    }
    let after = rest.strip_prefix(b")");
    Ok(after.map(|after| (text.len() - after.len(), options)))
}

/// The value of `abbrev`. `None` where git sees no number.
fn abbrev(value: &[u8]) -> Result<Option<DescribeAbbrev>, NotNative> {
    if value.is_empty() {
        return Ok(None);
    }
    // Blanks, signs and very large numbers are read by C's rules, twice.
    if !value.iter().all(u8::is_ascii_digit) {
        let odd = matches!(value[0], b' ' | b'\t'..=b'\r' | b'+' | b'-');
        return if odd { Err(NotNative::DESCRIBE) } else { Ok(None) };
    }
    let number = value.iter().try_fold(0usize, |number, digit| match number {
        0..1000 => Some(number * 10 + usize::from(digit - b'0')),
        _ => None,
    });
    Ok(Some(match number.ok_or(NotNative::DESCRIBE)? {
        0 => DescribeAbbrev::Hidden,
        digits => DescribeAbbrev::Digits(digits),
    }))
}
