//! The parts of a commit message as git's formats cut them: subject, body, lines without trailing white
//! space. git reads a message as a C string, so everything from its first NUL byte on is invisible.

/// White space in git's sense: no vertical tab and no form feed.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// `line` without trailing white space.
pub(super) fn trim_end(line: &[u8]) -> &[u8] {
    let kept = line.iter().rposition(|&byte| !is_space(byte)).map_or(0, |last| last + 1);
    &line[..kept]
}

/// Removes trailing white space of `out`, but nothing before `from`.
pub(super) fn trim_end_of(out: &mut Vec<u8>, from: usize) {
    let kept = trim_end(out.get(from..).unwrap_or_default()).len();
    out.truncate(from + kept);
}

/// Cuts the first line off `text`: the line without its newline, and the rest. Nothing is behind a NUL byte,
/// which is looked for here, and not before, because most formats don't need more than the first line.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr2(b'\n', 0, text) {
        Some(at) if text[at] == b'\n' => (&text[..at], &text[at + 1..]),
        Some(at) => (&text[..at], &[]),
        None => (text, &[]),
    }
}

/// What git sees of a message: up to the first NUL byte.
pub(super) fn visible(message: &[u8]) -> &[u8] {
    memchr::memchr(0, message).map_or(message, |nul| &message[..nul])
}

/// The lines of `text` without their trailing white space; a final newline doesn't open another line.
pub(super) fn trimmed_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, after) = split_line(rest);
        rest = after;
        Some(trim_end(line))
    })
}

/// `text` from its first line that is not blank.
pub(super) fn skip_blank_lines(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = split_line(rest);
        if !trim_end(line).is_empty() {
            break;
        }
        rest = after;
    }
    rest
}

/// Appends the subject, the first paragraph of `text`, as one line: its lines are joined by a space.
pub(super) fn push_subject(text: &[u8], out: &mut Vec<u8>) {
    for (index, line) in trimmed_lines(text).take_while(|line| !line.is_empty()).enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(line);
    }
}

/// What follows the subject of `text`, without the blank lines between the two.
pub(super) fn body(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = split_line(rest);
        if trim_end(line).is_empty() {
            break;
        }
        rest = after;
    }
    skip_blank_lines(rest)
}

/// `%s` of a message.
pub(in crate::log) fn subject(message: &[u8]) -> Vec<u8> {
    let mut subject = Vec::new();
    push_subject(skip_blank_lines(message), &mut subject);
    subject
}

/// `%s` and `%b` of a message.
pub(in crate::log) fn subject_and_body(message: &[u8]) -> (Vec<u8>, &[u8]) {
    let text = skip_blank_lines(message);
    let mut subject = Vec::new();
    push_subject(text, &mut subject);
    (subject, visible(body(text)))
}

/// Appends `%f`: the first line of the subject, fit for a file name. Runs of other characters become one
/// `-`, runs of dots one dot, and neither begins (`-`) nor ends (both) the result.
pub(super) fn push_sanitized_subject(text: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let mut gap = false;
    for &byte in split_line(text).0 {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') {
            if gap && out.len() > start {
                out.push(b'-');
            }
            if byte != b'.' || out.len() == start || out.last() != Some(&b'.') {
                out.push(byte);
            }
            gap = false;
        } else {
            gap = true;
        }
    }
    while out.len() > start && matches!(out.last(), Some(b'.' | b'-')) {
        out.pop();
    }
}
