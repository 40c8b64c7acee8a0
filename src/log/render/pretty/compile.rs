//! Format strings to programs. A placeholder that git doesn't know or can't read is printed as it stands:
//! git prints the `%` and goes on behind it, which is also how a few odd combinations swallow characters.

use std::borrow::Cow;

use super::NotNative;
use super::decorate::Punctuation;
use super::describe::{self, DescribeOptions};
use super::layout;
use super::program::{Condition, Field, Item, Padding, Part};
use crate::log::render::date::DateMode;
use crate::log::render::text::{Align, Trunc};
use crate::log::render::{color, trailers};

/// What decides, besides the string, how a format string reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Environment {
    /// Whether notes are shown; without them `%N` is not a placeholder.
    pub notes: bool,
    /// Columns of the terminal (`COLUMNS`, the terminal's own answer, or 80): negative columns count from there.
    pub columns: usize,
}

/// Compiles a format string: its steps, and what it asks of `git describe`, which steps name by its index.
///
/// # Errors
/// Placeholders that need a signature check, numbers that only git reads, colours that git rejects.
pub(super) fn compile(
    text: &[u8],
    environment: &Environment,
) -> Result<(Vec<Item>, Vec<DescribeOptions>), NotNative> {
    let mut compiler = Compiler { environment, padding: None, truncate: None, describe: Vec::new() };
    let mut items = Vec::new();
    let mut literal = Vec::new();
    let mut rest = text;
    while let Some(percent) = memchr::memchr(b'%', rest) {
        literal.extend_from_slice(&rest[..percent]);
        rest = &rest[percent + 1..];
        if let Some(after) = rest.strip_prefix(b"%") {
            literal.push(b'%');
            rest = after;
            continue;
        }
        let (consumed, item) = compiler.placeholder(rest)?;
        match item {
            Some(Item::Literal(bytes)) => literal.extend(bytes),
            Some(item) => {
                if !literal.is_empty() {
                    items.push(Item::Literal(std::mem::take(&mut literal)));
                }
                items.push(item);
            }
            None => {}
        }
        if consumed == 0 {
            literal.push(b'%');
        }
        rest = rest.get(consumed..).unwrap_or_default();
    }
    literal.extend_from_slice(rest);
    if !literal.is_empty() {
        items.push(Item::Literal(literal));
    }
    Ok((items, compiler.describe))
}

/// How many bytes behind the `%` belong to a placeholder (0: it isn't one), and what it does.
type Placeholder = (usize, Option<Item>);

const UNKNOWN: Placeholder = (0, None);

fn field(consumed: usize, field: Field) -> Placeholder {
    (consumed, Some(Item::Field(field)))
}

struct Compiler<'e> {
    environment: &'e Environment,
    /// Set by `%<(…)` and its kin until the next placeholder, known or not.
    padding: Option<Padding>,
    /// That of the last padding.
    truncate: Option<Trunc>,
    describe: Vec<DescribeOptions>,
}

impl Compiler<'_> {
    /// One placeholder with its modifier and the padding that was asked for before.
    fn placeholder(&mut self, text: &[u8]) -> Result<Placeholder, NotNative> {
        let condition = match text.first() {
            Some(b'+') => Condition::NewlineBefore,
            Some(b'-') => Condition::DropNewlines,
            Some(b' ') => Condition::SpaceBefore,
            _ => return self.padded(text),
        };
        let text = &text[1..];
        if text.first() == Some(&b'w') {
            return Ok(UNKNOWN);
        }
        // The modifier is consumed whether or not a placeholder follows.
        let (consumed, item) = self.padded(text)?;
        if let Some(Item::Padded {
            padding: Padding { columns: ..0, align: Align::RightSteal, .. }, ..
        }) = item
        {
            // git dies if more blanks are taken away than the text is long.
            return Err(NotNative("modifier on a padding that takes over blanks up to a column"));
        }
        Ok((consumed + 1, Some(Item::Conditional { condition, items: item.into_iter().collect() })))
    }

    fn padded(&mut self, text: &[u8]) -> Result<Placeholder, NotNative> {
        let Some(mut padding) = self.padding.take() else { return self.one(text) };
        let mut items = Vec::new();
        let mut total = 0;
        loop {
            let rest = text.get(total..).unwrap_or_default();
            let (consumed, item) = self.one(rest)?;
            items.extend(item);
            total += consumed;
            // Colours before a placeholder are padded with it.
            if rest.first() != Some(&b'C') || text.get(total) != Some(&b'%') {
                break;
            }
            total += 1;
        }
        // A padding that is itself padded has no effect on what follows, but the content so far is aligned
        // and cut its way.
        if let Some(inner) = self.padding.take() {
            padding = Padding { columns: padding.columns, ..inner };
        }
        Ok((total, Some(Item::Padded { padding, items })))
    }

    fn one(&mut self, text: &[u8]) -> Result<Placeholder, NotNative> {
        let Some(&first) = text.first() else { return Ok(UNKNOWN) };
        Ok(match first {
            b'H' => field(1, Field::Hash),
            b'h' => field(1, Field::AbbrevHash),
            b'T' => field(1, Field::Tree),
            b't' => field(1, Field::AbbrevTree),
            b'P' => field(1, Field::Parents),
            b'p' => field(1, Field::AbbrevParents),
            b'a' | b'c' => person(text),
            b'd' => field(1, Field::Decorations(Box::new(Punctuation::WRAPPED))),
            b'D' => field(1, Field::Decorations(Box::new(Punctuation::BARE))),
            b'e' => field(1, Field::Encoding),
            b's' => field(1, Field::Subject),
            b'f' => field(1, Field::SanitizedSubject),
            b'b' => field(1, Field::Body),
            b'B' => field(1, Field::RawBody),
            b'N' if self.environment.notes => field(1, Field::Notes),
            b'S' => field(1, Field::Source),
            b'm' => field(1, Field::Mark),
            b'n' => (1, Some(Item::Literal(b"\n".into()))),
            b'x' => match hex_byte(&text[1..]) {
                Some(byte) => (3, Some(Item::Literal(vec![byte]))),
                None => UNKNOWN,
            },
            b'C' => colour(text)?,
            b'w' => match layout::wrap(&text[1..]) {
                Some((consumed, wrap)) => (consumed + 1, Some(Item::Wrap(wrap))),
                None => UNKNOWN,
            },
            b'<' | b'>' => match layout::padding(text, self.environment.columns, self.truncate) {
                Some((consumed, padding)) => {
                    self.truncate = padding.truncate;
                    self.padding = Some(padding);
                    (consumed, None)
                }
                None => UNKNOWN,
            },
            b'(' => self.parenthesized(text)?,
            b'G' => return Err(NotNative::SIGNATURE),
            // Of a walk that is not one of the reflog there is nothing to say.
            b'g' if matches!(text.get(1), Some(b'D' | b'd' | b's' | b'n' | b'N' | b'e' | b'E')) => (2, None),
            _ => UNKNOWN,
        })
    }

    fn parenthesized(&mut self, text: &[u8]) -> Result<Placeholder, NotNative> {
        if let Some(rest) = text.strip_prefix(b"(describe") {
            let Some((consumed, options)) = describe::parse(rest)? else { return Ok(UNKNOWN) };
            self.describe.push(options);
            return Ok(field(9 + consumed, Field::Description(self.describe.len() - 1)));
        }
        if let Some(rest) = text.strip_prefix(b"(decorate") {
            return Ok(match decorate(rest) {
                Some((consumed, punctuation)) => {
                    field(9 + consumed, Field::Decorations(Box::new(punctuation)))
                }
                None => UNKNOWN,
            });
        }
        if let Some(rest) = text.strip_prefix(b"(trailers") {
            let Some(end) = memchr::memchr(b')', rest) else { return Ok(UNKNOWN) };
            let arguments = match rest.first() {
                Some(b')') => Some(&rest[..0]),
                Some(b':') => Some(&rest[1..end]),
                _ => None,
            };
            return Ok(match arguments.and_then(trailers::parse_options) {
                Some(options) => field(end + 10, Field::Trailers(Box::new(options))),
                None => UNKNOWN,
            });
        }
        Ok(UNKNOWN)
    }
}

fn person(text: &[u8]) -> Placeholder {
    let part = match text.get(1) {
        Some(b'n') => Part::Name,
        Some(b'e') => Part::Email,
        Some(b'l') => Part::Local,
        Some(b'N') => Part::MappedName,
        Some(b'E') => Part::MappedEmail,
        Some(b'L') => Part::MappedLocal,
        Some(b'd') => Part::Date,
        Some(b'D') => Part::DateIn(DateMode::Rfc2822 { local: false }),
        Some(b'r') => Part::DateIn(DateMode::Relative),
        Some(b't') => Part::DateIn(DateMode::Unix),
        Some(b'i') => Part::DateIn(DateMode::Iso { local: false }),
        Some(b'I') => Part::DateIn(DateMode::IsoStrict { local: false }),
        Some(b's') => Part::DateIn(DateMode::Short { local: false }),
        Some(b'h') => Part::DateIn(DateMode::Human { local: false }),
        _ => return UNKNOWN,
    };
    field(2, Field::Person { committer: text.first() == Some(&b'c'), part })
}

fn hex_byte(text: &[u8]) -> Option<u8> {
    let digit = |at: usize| text.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

fn colour(text: &[u8]) -> Result<Placeholder, NotNative> {
    for (name, sequence) in
        [("red", "\x1b[31m"), ("green", "\x1b[32m"), ("blue", "\x1b[34m"), ("reset", "\x1b[m")]
    {
        if text[1..].starts_with(name.as_bytes()) {
            let color = Item::Color { sequence: sequence.into(), always: false };
            return Ok((1 + name.len(), Some(color)));
        }
    }
    if text[1..].starts_with(b"(auto)") {
        return Ok((7, Some(Item::AutoColor)));
    }
    let Some(inside) = text[1..].strip_prefix(b"(") else { return Ok(UNKNOWN) };
    let Some(end) = memchr::memchr(b')', inside) else { return Ok(UNKNOWN) };
    let (spec, always) = match inside[..end].strip_prefix(b"always,") {
        Some(spec) => (spec, true),
        None => (inside[..end].strip_prefix(b"auto,").unwrap_or(&inside[..end]), false),
    };
    let sequence = color::parse(spec).ok_or(NotNative("invalid colour in the format"))?;
    Ok((end + 3, Some(Item::Color { sequence, always })))
}

/// Reads what follows `(decorate`, up to and with the closing parenthesis.
fn decorate(text: &[u8]) -> Option<(usize, Punctuation)> {
    let mut punctuation = Punctuation::WRAPPED;
    let mut rest = text;
    if let Some(mut options) = text.strip_prefix(b":") {
        while let Some(after) = decorate_option(options, &mut punctuation) {
            options = after;
        }
        rest = options;
    }
    let after = rest.strip_prefix(b")")?;
    Some((text.len() - after.len(), punctuation))
}

/// One `key=value` or bare `key` (an empty value); what follows it, or `None` if there is none.
fn decorate_option<'t>(text: &'t [u8], punctuation: &mut Punctuation) -> Option<&'t [u8]> {
    let slots: [(&str, &mut Cow<'static, [u8]>); 5] = [
        ("prefix", &mut punctuation.prefix),
        ("suffix", &mut punctuation.suffix),
        ("separator", &mut punctuation.separator),
        ("pointer", &mut punctuation.pointer),
        ("tag", &mut punctuation.tag),
    ];
    for (key, slot) in slots {
        let Some((value, after)) = argument(text, key.as_bytes()) else { continue };
        *slot = Cow::Owned(expand_literals(value.unwrap_or_default()));
        return Some(after);
    }
    None
}

/// The argument `name` at the start of `text`: its value, `None` without `=`, and what follows it and its comma.
pub(super) fn argument<'t>(text: &'t [u8], name: &[u8]) -> Option<(Option<&'t [u8]>, &'t [u8])> {
    let after = text.strip_prefix(name)?;
    let (value, after) = match after.strip_prefix(b"=") {
        Some(value) => {
            let (value, after) = value.split_at(memchr::memchr2(b',', b')', value).unwrap_or(value.len()));
            (Some(value), after)
        }
        None => (None, after),
    };
    match after.first() {
        Some(b',') => Some((value, &after[1..])),
        Some(b')') => Some((value, after)),
        _ => None,
    }
}

/// `%%`, `%n` and `%x00` in the value of an option; anything else stays as it is.
fn expand_literals(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(percent) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..percent]);
        rest = &rest[percent + 1..];
        let (byte, consumed) = match rest.first() {
            Some(b'%') => (b'%', 1),
            Some(b'n') => (b'\n', 1),
            Some(b'x') => hex_byte(&rest[1..]).map_or((b'%', 0), |byte| (byte, 3)),
            _ => (b'%', 0),
        };
        out.push(byte);
        rest = &rest[consumed..];
    }
    out.extend_from_slice(rest);
    out
}
