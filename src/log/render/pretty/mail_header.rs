//! Headers of mails: quoted as RFC 822 has it, encoded as RFC 2047 has it, folded.

use crate::log::render::text;

/// Where plain headers are folded, in columns.
const WIDTH: usize = 78;
/// Where encoded headers are folded, in bytes.
const ENCODED_WIDTH: usize = 76;

const START: &[u8] = b"=?UTF-8?q?";
const END: &[u8] = b"?=";

/// Whether a mail has to say that a text is not only ASCII. An escape character could begin one in an encoding of 7
/// bits.
pub(super) fn needs_8_bits(text: &[u8]) -> bool {
    text.iter().any(|byte| !byte.is_ascii() || *byte == 0x1b)
}

/// Whether a header is encoded.
fn needs_encoding(text: &[u8]) -> bool {
    needs_8_bits(text) || memchr::memmem::find(text, b"=?").is_some()
}

/// Appends a subject behind what the line has already.
pub(super) fn push_subject(subject: &[u8], encode: bool, out: &mut Vec<u8>) {
    if encode && needs_encoding(subject) {
        push_encoded(subject, |byte| byte.is_ascii_graphic() && !matches!(byte, b'=' | b'?' | b'_'), out);
    } else {
        text::wrap_on(subject, WIDTH, last_line_len(out), 1, out);
    }
}

/// Appends a name and an address behind what the line has already.
pub(super) fn push_person(name: &[u8], email: &[u8], encode: bool, out: &mut Vec<u8>) {
    let mut width = WIDTH;
    if encode && needs_encoding(name) {
        let plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'!' | b'*' | b'+' | b'-' | b'/');
        push_encoded(name, plain, out);
        width = ENCODED_WIDTH;
    } else if name.iter().any(|byte| is_special(*byte)) {
        text::wrap_on(&quoted(name), width, last_line_len(out), 1, out);
    } else {
        text::wrap_on(name, width, last_line_len(out), 1, out);
    }
    if last_line_len(out) + " <>".len() + email.len() > width {
        out.push(b'\n');
    }
    for part in [b" <".as_slice(), email, b">"] {
        out.extend_from_slice(part);
    }
}

/// Characters of structured headers.
fn is_special(byte: u8) -> bool {
    b"()<>[]:;@,.\"\\".contains(&byte)
}

fn quoted(text: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for &byte in text {
        if matches!(byte, b'"' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted.push(b'"');
    quoted
}

/// Appends a text in the "Q" encoding. No character is divided between two lines.
fn push_encoded(text: &[u8], plain: impl Fn(u8) -> bool, out: &mut Vec<u8>) {
    let mut line_len = last_line_len(out) + START.len();
    out.extend_from_slice(START);
    let mut rest = text;
    while !rest.is_empty() {
        let (character, after) = rest.split_at(text::first_length(rest));
        rest = after;
        let is_plain = character.len() == 1 && plain(character[0]);
        let len = if is_plain { 1 } else { 3 * character.len() };
        if line_len + len + END.len() > ENCODED_WIDTH {
            for part in [END, b"\n ", START] {
                out.extend_from_slice(part);
            }
            line_len = 1 + START.len();
        }
        line_len += len;
        if is_plain {
            out.extend_from_slice(character);
            continue;
        }
        for byte in character {
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
        }
    }
    out.extend_from_slice(END);
}

fn last_line_len(out: &[u8]) -> usize {
    memchr::memrchr(b'\n', out).map_or(out.len(), |newline| out.len() - newline - 1)
}
