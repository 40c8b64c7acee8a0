//! Commits whose text is in another encoding than what is printed.
//!
//! Latin-1 is done here; for any other encoding git is asked, many commits at a time, because which names iconv
//! knows, and what it makes of bytes that are wrong, is the C library's.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use bstr::{BStr, BString, ByteSlice};

use super::commit::{Commit, Needs, Signature};
use super::odd;
use super::output_encoding::to_latin1;
use crate::history::{is_latin1, keeps_ascii};
use crate::index::{Flags, History, Pos};
use crate::repo::NotExact;

/// The texts of one commit as they are printed.
#[derive(Debug, Clone, Default)]
struct Texts {
    author_name: BString,
    author_email: BString,
    committer_name: BString,
    committer_email: BString,
    extra_headers: BString,
    message: BString,
}

/// The commits of a list that are stored in another encoding.
#[derive(Debug, Default)]
pub struct Reencoded {
    texts: HashMap<Pos, Texts>,
}

impl Reencoded {
    /// Makes sure that every commit of `positions` can be shown in UTF-8.
    pub fn prepare(
        &mut self,
        history: &History<'_>,
        positions: impl Iterator<Item = Pos>,
        git: &Path,
    ) -> Result<(), NotExact> {
        if !history.has_encoding() {
            return Ok(());
        }
        let mut foreign = Vec::new();
        for pos in positions {
            if !history.flags(pos).contains(Flags::ENCODING) || self.texts.contains_key(&pos) {
                continue;
            }
            if is_latin1(encoding_of(history.extra_headers(pos))) {
                let from_latin1 =
                    |text: &[u8]| Some(text.iter().map(|&byte| char::from(byte)).collect::<String>().into());
                self.convert(history, pos, from_latin1);
            } else if !is_ascii(history, pos) {
                foreign.push(pos);
            }
        }
        if !foreign.is_empty() {
            // git prints each commit once.
            foreign.sort_unstable();
            foreign.dedup();
            self.ask_git(history, &foreign, git)?;
        }
        Ok(())
    }

    /// Makes sure that they are shown in Latin-1, those that can be; none of them is [foreign](is_foreign).
    pub fn prepare_latin1(&mut self, history: &History<'_>, positions: impl Iterator<Item = Pos>) {
        for pos in positions.filter(|pos| !history.flags(*pos).contains(Flags::ENCODING)) {
            // ASCII is the same in both.
            if !all_ascii(history, pos) {
                self.convert(history, pos, |text| to_latin1(text).map(BString::from));
            }
        }
    }

    /// Converts all texts of a commit, or none, if one can't be.
    fn convert(&mut self, history: &History<'_>, pos: Pos, text: impl Fn(&[u8]) -> Option<BString>) {
        let mut converted = stored(history, pos).into_iter().map(|stored| text(stored));
        let mut next = || converted.next().flatten();
        let mut texts = || {
            Some(Texts {
                author_name: next()?,
                author_email: next()?,
                committer_name: next()?,
                committer_email: next()?,
                extra_headers: next()?,
                message: next()?,
            })
        };
        self.texts.extend(texts().map(|texts| (pos, texts)));
    }

    /// The commit at `pos`, converted if [`Reencoded::prepare`] has seen it.
    pub fn commit<'c>(&'c self, history: &'c History<'_>, pos: Pos) -> Commit<'c> {
        self.parts_of_commit(history, pos, Needs::ALL)
    }

    /// The same, only with what is needed.
    pub fn parts_of_commit<'c>(&'c self, history: &'c History<'_>, pos: Pos, needs: Needs) -> Commit<'c> {
        let (author, committer) = match needs.people {
            true => odd::people(history, pos),
            false => Default::default(),
        };
        let parents = if needs.parents { usize::MAX } else { 0 };
        let mut commit = Commit {
            id: history.oid(pos),
            tree: history.tree(pos),
            parents: history.parents(pos).take(parents).map(|parent| history.oid(parent)).collect(),
            author,
            committer,
            extra_headers: if needs.headers { odd::extra_headers(history, pos) } else { Default::default() },
            message: history.message(pos),
        };
        if let Some(texts) = self.texts.get(&pos) {
            let person = |old: Signature<'c>, name: &'c BString, email: &'c BString| Signature {
                name: name.as_bstr(),
                email: email.as_bstr(),
                time: old.time,
            };
            commit.author = person(commit.author, &texts.author_name, &texts.author_email);
            commit.committer = person(commit.committer, &texts.committer_name, &texts.committer_email);
            commit.extra_headers = texts.extra_headers.as_bstr();
            commit.message = texts.message.as_bstr();
        }
        commit
    }

    fn ask_git(&mut self, history: &History<'_>, positions: &[Pos], git: &Path) -> Result<(), NotExact> {
        let failed = |what: &dyn std::fmt::Display| NotExact::from(format!("re-encoding: {what}"));
        let mut input = tempfile::tempfile().map_err(|err| failed(&err))?;
        for &pos in positions {
            writeln!(input, "{}", history.oid(pos)).map_err(|err| failed(&err))?;
        }
        std::io::Seek::rewind(&mut input).map_err(|err| failed(&err))?;
        let output = Command::new(git)
            .args(["log", "--no-walk=unsorted", "--stdin", "--no-notes", "--no-show-signature", "--no-color"])
            .args(["--encoding=UTF-8", "-s", "-z", "--format=%an%x00%ae%x00%cn%x00%ce%x00%B"])
            .stdin(Stdio::from(input))
            .stderr(Stdio::null())
            .output()
            .map_err(|err| failed(&err))?;
        let mut fields = output.stdout.split_str("\0");
        for &pos in positions {
            let mut next =
                || fields.next().map(BString::from).ok_or_else(|| failed(&"git's answer is short"));
            let texts = Texts {
                author_name: next()?,
                author_email: next()?,
                committer_name: next()?,
                committer_email: next()?,
                extra_headers: history.extra_headers(pos).to_owned(),
                message: next()?,
            };
            self.texts.insert(pos, texts);
        }
        Ok(())
    }
}

/// Whether the commit's encoding is one that only git converts: what it can't convert it leaves as it is, and then the
/// `raw` format has the `encoding` header, too.
pub fn is_foreign(history: &History<'_>, pos: Pos) -> bool {
    history.flags(pos).contains(Flags::ENCODING) && !is_latin1(encoding_of(history.extra_headers(pos)))
}

/// Whether all text of a commit is ASCII, in an encoding in which that is UTF-8 already, whether the C library knows the
/// encoding or not.
pub fn is_ascii(history: &History<'_>, pos: Pos) -> bool {
    keeps_ascii(encoding_of(history.extra_headers(pos))) && all_ascii(history, pos)
}

fn all_ascii(history: &History<'_>, pos: Pos) -> bool {
    stored(history, pos).iter().all(|text| text.is_ascii())
}

/// The value of the `encoding` header.
fn encoding_of(headers: &BStr) -> &[u8] {
    headers.lines().find_map(|line| line.strip_prefix(b"encoding ")).unwrap_or_default()
}

/// The texts of a commit as they are stored, in the order of [`Texts`].
fn stored<'h>(history: &History<'h>, pos: Pos) -> [&'h BStr; 6] {
    let (author, committer) = odd::people(history, pos);
    let (headers, message) = (odd::extra_headers(history, pos), history.message(pos));
    [author.name, author.email, committer.name, committer.email, headers, message]
}
