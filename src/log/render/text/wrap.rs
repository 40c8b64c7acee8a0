//! `%w(…)`: lines broken between words.

use super::{escape_length, first_glyph, is_space};

/// Appends a text wrapped to `width` columns, its first line indented by `indent1` and the others by `indent2`.
///
/// As in git: width 0 only indents; a line break in the text stays unless a letter or digit follows, in which case
/// it becomes a space; a text that isn't UTF-8 is measured in bytes; a word longer than the line sticks out.
pub fn wrap(text: &[u8], width: usize, indent1: usize, indent2: usize, out: &mut Vec<u8>) {
    if width == 0 {
        return indent(text, indent1, indent2, out);
    }
    fill(Line::new(0, indent1), &Layout { text, width: width as i64, indent2 }, out);
}

/// The same for a text that goes on in column `column` of a line: the line may end before its first word.
pub fn wrap_on(text: &[u8], width: usize, column: usize, indent2: usize, out: &mut Vec<u8>) {
    let line = Line { pending: Some(0), column: column as i64, ..Line::new(0, 0) };
    fill(line, &Layout { text, width: width as i64, indent2 }, out);
}

fn fill(first: Line, layout: &Layout<'_>, out: &mut Vec<u8>) {
    let before = out.len();
    if layout.fill(first, &measure_utf8, out).is_none() {
        out.truncate(before);
        layout.fill(first, &|_| Some((1, 1)), out);
    }
}

fn indent(text: &[u8], indent1: usize, indent2: usize, out: &mut Vec<u8>) {
    let mut blanks = indent1;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        out.resize(out.len() + blanks, b' ');
        out.extend_from_slice(line);
        blanks = indent2;
    }
}

/// The byte length and the columns of what is first in a text.
type Measure<'a> = &'a dyn Fn(&[u8]) -> Option<(usize, i64)>;

fn measure_utf8(text: &[u8]) -> Option<(usize, i64)> {
    match text.first() {
        Some(b' '..=b'~') => Some((1, 1)),
        _ => first_glyph(text),
    }
}

struct Layout<'a> {
    text: &'a [u8],
    width: i64,
    indent2: usize,
}

/// A line under construction.
#[derive(Clone, Copy)]
struct Line {
    /// Where its text starts.
    start: usize,
    indent: usize,
    /// Columns so far.
    column: i64,
    /// From where text has not been copied yet: the white space after the last word that did fit. `None` while
    /// the line has no word, and its indent isn't printed either.
    pending: Option<usize>,
}

impl Line {
    fn new(start: usize, indent: usize) -> Line {
        Line { start, indent, column: indent as i64, pending: None }
    }
}

impl Layout<'_> {
    /// Copies word by word. `None` as soon as something can't be measured.
    fn fill(&self, first: Line, measure: Measure<'_>, out: &mut Vec<u8>) -> Option<()> {
        let text = self.text;
        let mut line = first;
        let mut at = 0;
        loop {
            let (end, columns) = self.word(at, measure)?;
            line.column += columns;
            if let Some(pending) = line.pending.filter(|_| line.column > self.width) {
                line = self.break_line(pending, out);
                at = line.start;
                continue;
            }
            if end == text.len() && end == line.start {
                return Some(());
            }
            if line.pending.is_none() {
                out.resize(out.len() + line.indent, b' ');
            }
            out.extend_from_slice(&text[line.pending.unwrap_or(line.start)..end]);
            let Some(&separator) = text.get(end) else { return Some(()) };
            at = end + 1;
            line.pending = Some(end);
            match separator {
                b'\n' if text.get(at).is_some_and(u8::is_ascii_alphanumeric) => {
                    out.push(b' ');
                    line.pending = Some(at);
                }
                b'\n' => {
                    if text.get(at) == Some(&b'\n') {
                        out.push(b'\n');
                    }
                    line = self.break_line(at, out);
                    at = line.start;
                    continue;
                }
                b'\t' => line.column |= 7,
                _ => {}
            }
            line.column += 1;
        }
    }

    /// The end of the word that starts at a position (which may be empty) and its columns.
    fn word(&self, start: usize, measure: Measure<'_>) -> Option<(usize, i64)> {
        let mut at = start;
        let mut columns = 0;
        loop {
            let rest = &self.text[at..];
            let escape = escape_length(rest);
            if escape > 0 {
                at += escape;
                continue;
            }
            if rest.first().is_none_or(|&byte| is_space(byte)) {
                return Some((at, columns));
            }
            let (length, glyph) = measure(rest)?;
            at += length;
            columns += glyph;
        }
    }

    /// Ends the line; the next starts at a position, or after the one blank there.
    fn break_line(&self, at: usize, out: &mut Vec<u8>) -> Line {
        out.push(b'\n');
        let blank = self.text.get(at).is_some_and(|&byte| is_space(byte));
        Line::new(at + usize::from(blank), self.indent2)
    }
}
