//! What `git shortlog` prints of a message: the subject without a `[PATCH]` tag.

use std::borrow::Cow;

use bstr::ByteSlice;

use crate::log::render::pretty::subject;

/// The title of a commit with this message.
pub(super) fn of(message: &[u8]) -> Cow<'static, [u8]> {
    let subject = subject(message);
    if subject.is_empty() {
        return Cow::Borrowed(b"<none>");
    }
    let text = skip_space(&subject);
    // Whatever begins so and has a bracket that closes it: `[PATCH 3/7]`, `[PATCHv2]`.
    let untagged =
        text.strip_prefix(b"[PATCH").and_then(|rest| rest.find_byte(b']').map(|at| &rest[at + 1..]));
    Cow::Owned(skip_space(untagged.unwrap_or(text)).to_vec())
}

fn skip_space(text: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let start = text.iter().position(|byte| !is_space(byte)).unwrap_or(text.len());
    &text[start..]
}
