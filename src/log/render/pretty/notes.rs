//! Notes below a message, and `%N`.

use crate::log::sources::Note;

/// Appends notes. `indented`: with `Notes:` headers, as below a message; otherwise only the texts (`%N`).
pub(super) fn push(notes: &[Note], indented: bool, out: &mut Vec<u8>) {
    for note in notes {
        if indented {
            match &note.label {
                None => out.extend_from_slice(b"\nNotes:\n"),
                Some(label) => {
                    out.extend_from_slice(b"\nNotes (");
                    out.extend_from_slice(label);
                    out.extend_from_slice(b"):\n");
                }
            }
        }
        let text = note.text.strip_suffix(b"\n").unwrap_or(&note.text);
        if text.is_empty() {
            continue;
        }
        // A NUL byte ends a line as a newline does; what ends the last line doesn't open another one.
        let ends_line = |byte: &u8| matches!(byte, b'\n' | 0);
        let text = match text.split_last() {
            Some((last, before)) if ends_line(last) => before,
            _ => text,
        };
        for line in text.split(ends_line) {
            if indented {
                out.extend_from_slice(b"    ");
            }
            out.extend_from_slice(line);
            out.push(b'\n');
        }
    }
}
