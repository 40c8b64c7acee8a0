//! Paths as git prints them where a line ends with a newline: in quotes, with C's escapes, when there is anything
//! special in them (`core.quotePath` in git-config(1)).

/// Whether any byte of `path` needs an escape. `high`: bytes from 0x80 on do, too.
pub fn needs_quotes(path: &[u8], high: bool) -> bool {
    path.iter().any(|byte| is_special(*byte, high))
}

/// Appends `path`, in quotes where it [needs](needs_quotes) them.
pub fn push_quoted(path: &[u8], high: bool, out: &mut Vec<u8>) {
    if !needs_quotes(path, high) {
        out.extend_from_slice(path);
        return;
    }
    out.push(b'"');
    for byte in path {
        if !is_special(*byte, high) {
            out.push(*byte);
            continue;
        }
        out.push(b'\\');
        match byte {
            7 => out.push(b'a'),
            8 => out.push(b'b'),
            b'\t' => out.push(b't'),
            b'\n' => out.push(b'n'),
            11 => out.push(b'v'),
            12 => out.push(b'f'),
            b'\r' => out.push(b'r'),
            b'"' | b'\\' => out.push(*byte),
            other => out.extend_from_slice(format!("{other:03o}").as_bytes()),
        }
    }
    out.push(b'"');
}

fn is_special(byte: u8, high: bool) -> bool {
    matches!(byte, 0..0x20 | 0x7f | b'"' | b'\\') || (high && byte >= 0x80)
}
