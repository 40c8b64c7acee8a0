//! Paths as git prints them: relative, and quoted where they are not plain.

use bstr::{BStr, BString, ByteSlice};

/// How paths are written.
#[derive(Debug, Clone)]
pub struct PathStyle {
    /// The current directory, relative to the top of the worktree and with a slash at its end; paths are written
    /// relative to it. Empty: as they are.
    pub prefix: BString,
    /// `core.quotePath`: bytes that are not ASCII are quoted, too.
    pub quote_high: bool,
    /// Spaces are a reason for quotes.
    pub quote_spaces: bool,
}

impl PathStyle {
    /// Adds a path.
    pub fn write(&self, path: &BStr, out: &mut Vec<u8>) {
        let relative = relative(path, self.prefix.as_bstr());
        let path = relative.as_deref().unwrap_or(path);
        let special = |byte: &u8| is_special(*byte, self.quote_high);
        if !path.iter().any(special) {
            let quotes: &[u8] = if self.quote_spaces && path.contains(&b' ') { b"\"" } else { b"" };
            out.extend_from_slice(quotes);
            out.extend_from_slice(path);
            out.extend_from_slice(quotes);
            return;
        }
        out.push(b'"');
        for byte in path {
            if !special(byte) {
                out.push(*byte);
                continue;
            }
            out.push(b'\\');
            match byte {
                0x07 => out.push(b'a'),
                0x08 => out.push(b'b'),
                b'\t' => out.push(b't'),
                b'\n' => out.push(b'n'),
                0x0b => out.push(b'v'),
                0x0c => out.push(b'f'),
                b'\r' => out.push(b'r'),
                b'"' | b'\\' => out.push(*byte),
                byte => out.extend_from_slice(format!("{byte:03o}").as_bytes()),
            }
        }
        out.push(b'"');
    }
}

fn is_special(byte: u8, quote_high: bool) -> bool {
    byte < 0x20 || byte == 0x7f || byte == b'"' || byte == b'\\' || byte >= 0x80 && quote_high
}

/// The path as seen from `prefix`; `None` where it stays as it is.
fn relative(path: &BStr, prefix: &BStr) -> Option<Vec<u8>> {
    if prefix.is_empty() {
        return None;
    }
    if prefix.strip_suffix(b"/") == Some(path) {
        return Some(b"./".to_vec());
    }
    let common = path.iter().zip(prefix.iter()).take_while(|(a, b)| a == b).count();
    let common = path[..common].rfind_byte(b'/').map_or(0, |at| at + 1);
    let up = prefix[common..].find_iter("/").count();
    let rest = &path[common..];
    if up == 0 && rest.is_empty() {
        return Some(b"./".to_vec());
    }
    let mut out = b"../".repeat(up);
    out.extend_from_slice(rest);
    Some(out)
}
