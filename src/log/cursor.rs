//! `--cursor`: a page of a history that stays what it was when the page before it was shown.
//!
//! A token holds what was walked (the tips' object names) and how far, and a hash of the command line that it
//! belongs to. New commits and moved refs don't matter to it: the walk starts where it started before.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use bstr::BString;
use gix::ObjectId;

use super::revisions::Request;

/// First byte of a token; another layout gets another number.
const VERSION: u8 = 1;
/// With more tips a token would get long for one argument of a command line: this many have 43 KB, with SHA-256 68 KB, and
/// Linux takes 128 KB.
pub const MOST_TIPS: usize = 1024;
/// Bytes of the command line's hash.
const HASH: usize = 8;

const EXCLUDED: u8 = 1;
const LEFT: u8 = 2;

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The tips.
    pub requests: Vec<Request>,
    /// How many commits have been shown.
    pub offset: u64,
}

/// Why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It was not made by us, or not by this version.
    #[error("not a cursor of this version")]
    Malformed,
    /// The options or arguments are others than those it was given for.
    #[error("the cursor belongs to another command line")]
    OtherCommand,
}

impl Cursor {
    /// The token; `None` when there are too many tips for one.
    pub fn token(&self, args: &[OsString]) -> Option<String> {
        if self.requests.len() > MOST_TIPS {
            return None;
        }
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&hash(args));
        bytes.extend_from_slice(&self.offset.to_be_bytes());
        for request in &self.requests {
            match request {
                Request::Commit { id, uninteresting, .. } => {
                    bytes.push(u8::from(*uninteresting));
                    bytes.extend_from_slice(id.as_slice());
                }
                Request::Symmetric { left, right } => {
                    bytes.push(LEFT);
                    bytes.extend_from_slice(left.0.as_slice());
                    bytes.extend_from_slice(right.0.as_slice());
                }
            }
        }
        Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Reads a token.
    pub fn parse(token: &str, args: &[OsString], hash_kind: gix::hash::Kind) -> Result<Cursor, BadToken> {
        let bytes = unhex(token).ok_or(BadToken::Malformed)?;
        let rest = bytes.strip_prefix(&[VERSION]).ok_or(BadToken::Malformed)?;
        let (command, rest) = rest.split_at_checked(HASH).ok_or(BadToken::Malformed)?;
        if command != hash(args) {
            return Err(BadToken::OtherCommand);
        }
        let (offset, rest) = rest.split_first_chunk::<8>().ok_or(BadToken::Malformed)?;
        let mut requests = Vec::new();
        let mut input = Input { bytes: rest, id_len: hash_kind.len_in_bytes() };
        while let Some(kind) = input.byte() {
            let mut tip = || input.id().ok_or(BadToken::Malformed).map(|id| (id, BString::default()));
            match kind {
                LEFT => requests.push(Request::Symmetric { left: tip()?, right: tip()? }),
                0 | EXCLUDED => {
                    let (id, name) = tip()?;
                    requests.push(Request::Commit { id, uninteresting: kind == EXCLUDED, name });
                }
                _ => return Err(BadToken::Malformed),
            }
        }
        Ok(Cursor { requests, offset: u64::from_be_bytes(*offset) })
    }
}

struct Input<'b> {
    bytes: &'b [u8],
    id_len: usize,
}

impl Input<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(byte)
    }

    fn id(&mut self) -> Option<ObjectId> {
        let (id, rest) = self.bytes.split_at_checked(self.id_len)?;
        self.bytes = rest;
        ObjectId::try_from(id).ok()
    }
}

fn hash(args: &[OsString]) -> [u8; HASH] {
    let mut hasher = blake3::Hasher::new();
    for arg in args {
        hasher.update(&(arg.len() as u64).to_le_bytes());
        hasher.update(arg.as_bytes());
    }
    let mut short = [0; HASH];
    hasher.finalize_xof().fill(&mut short);
    short
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(byte: u8, uninteresting: bool) -> Request {
        Request::Commit {
            id: ObjectId::from_bytes_or_panic(&[byte; 20]),
            uninteresting,
            name: BString::default(),
        }
    }

    #[test]
    fn tokens_round_trip_and_belong_to_one_command_line() {
        let args = [OsString::from("--oneline"), OsString::from("a..b")];
        let side = |byte| (ObjectId::from_bytes_or_panic(&[byte; 20]), BString::default());
        let cursor = Cursor {
            requests: vec![
                commit(1, true),
                commit(2, false),
                Request::Symmetric { left: side(3), right: side(4) },
            ],
            offset: 60,
        };
        let token = cursor.token(&args).unwrap();
        assert_eq!(Cursor::parse(&token, &args, gix::hash::Kind::Sha1), Ok(cursor));
        assert_eq!(Cursor::parse(&token, &args[..1], gix::hash::Kind::Sha1), Err(BadToken::OtherCommand));
        for end in 0..token.len() {
            // Whole tips may be cut off without a trace; nothing may panic.
            let _ = Cursor::parse(&token[..end], &args, gix::hash::Kind::Sha1);
        }
        assert_eq!(Cursor::parse("zz", &args, gix::hash::Kind::Sha1), Err(BadToken::Malformed));
        assert_eq!(Cursor::parse("é", &args, gix::hash::Kind::Sha1), Err(BadToken::Malformed));
    }
}
