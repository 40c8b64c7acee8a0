//! Paths as git prints them: relative, and quoted where they are not plain.

use bstr::{BStr, BString, ByteSlice};

use crate::cli::quote::{needs_quotes, push_quoted};

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
        let spaced = self.quote_spaces && path.contains(&b' ') && !needs_quotes(path, self.quote_high);
        let quotes: &[u8] = if spaced { b"\"" } else { b"" };
        out.extend_from_slice(quotes);
        push_quoted(path, self.quote_high, out);
        out.extend_from_slice(quotes);
    }
}

/// The path as seen from `prefix`; `None` where it stays as it is.
fn relative(path: &BStr, prefix: &BStr) -> Option<Vec<u8>> {
    if prefix.is_empty() {
        return None;
    }
    // What is in the place of the current directory, or of one above it, is where one comes to from here.
    if let Some(below) = prefix.strip_prefix(path.as_bytes()).and_then(|rest| rest.strip_prefix(b"/")) {
        let up = below.find_iter("/").count();
        return Some(if up == 0 { b"./".to_vec() } else { b"../".repeat(up) });
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
