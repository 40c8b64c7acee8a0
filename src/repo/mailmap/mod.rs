//! The mailmap as git reads it: where from, what its lines mean, and which entry wins. See gitmailmap(5).

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};

use super::NotExact;
use super::config::Config;

/// git reads mailmap files by pieces of at most this many bytes and takes each for a line.
const LONGEST_LINE: usize = 1023;

/// Proper names and addresses by the address in a commit.
#[derive(Debug, Clone, Default)]
pub struct Mailmap {
    /// Keys in lower case. (In boxes because a table has room for twice as many, and memory is touched for all.)
    by_email: HashMap<BString, Box<ForEmail>>,
}

#[derive(Debug, Clone, Default)]
struct ForEmail {
    /// For any name that `by_name` does not know.
    any: Proper,
    /// Keys in lower case.
    by_name: HashMap<BString, Proper>,
}

#[derive(Debug, Clone, Default)]
struct Proper {
    name: Option<BString>,
    email: Option<BString>,
}

impl Mailmap {
    /// Reads all sources. `dir` is where git works: the top of the worktree; `bare` says that there is none. `blob`
    /// yields the content of the blob that a revision names (`HEAD:.mailmap`), `None` when there is no such object;
    /// something else than a blob is its error.
    pub fn load(
        config: &Config,
        dir: &Path,
        bare: bool,
        blob: impl FnOnce(&BStr) -> Result<Option<Vec<u8>>, NotExact>,
    ) -> Result<Self, NotExact> {
        let mut map = Mailmap::default();
        if !bare {
            let path = dir.join(".mailmap");
            // git does not follow it, and complains.
            if path.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
                return Err(".mailmap is a symbolic link".into());
            }
            map.add_file(&path)?;
        }
        let name = config.string("mailmap.blob")?.or(bare.then_some(b"HEAD:.mailmap".as_bstr()));
        if let Some(name) = name
            && let Some(bytes) = blob(name)?
        {
            // A NUL ends the text.
            let text = bytes.split(|b| *b == 0).next().unwrap_or_default();
            text.split(|b| *b == b'\n').for_each(|line| map.add_line(line));
        }
        if let Some(path) = config.path("mailmap.file")? {
            map.add_file(&dir.join(path))?;
        }
        Ok(map)
    }

    /// Whether it leaves everybody as they are.
    pub fn is_empty(&self) -> bool {
        self.by_email.is_empty()
    }

    /// The proper name and address.
    pub fn map<'a>(&'a self, name: &'a BStr, email: &'a BStr) -> (&'a BStr, &'a BStr) {
        if self.is_empty() {
            return (name, email);
        }
        let Some(found) = self.by_email.get(&lower(email)) else { return (name, email) };
        let proper = match &found.by_name {
            by_name if by_name.is_empty() => &found.any,
            by_name => by_name.get(&lower(name)).unwrap_or(&found.any),
        };
        (
            proper.name.as_ref().map_or(name, |name| name.as_bstr()),
            proper.email.as_ref().map_or(email, |email| email.as_bstr()),
        )
    }

    fn add_file(&mut self, path: &Path) -> Result<(), NotExact> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(NotExact(format!("{}: {error}", path.display()).into())),
        };
        for line in bytes.split_inclusive(|b| *b == b'\n') {
            for piece in line.chunks(LONGEST_LINE) {
                self.add_line(piece.split(|b| *b == 0).next().unwrap_or_default());
            }
        }
        Ok(())
    }

    fn add_line(&mut self, line: &[u8]) {
        if line.starts_with(b"#") {
            return;
        }
        let Some(proper) = Person::parse(line).filter(|person| !person.email.is_empty()) else { return };
        let (old_name, old_email, new_email) = match Person::parse(proper.rest) {
            Some(old) => (old.name, old.email, Some(proper.email)),
            None => (None, proper.email, None),
        };
        let name = proper.name;
        let entry = self.by_email.entry(lower(old_email)).or_default();
        let proper = match old_name {
            Some(old_name) => {
                // Such an entry replaces an earlier one as a whole, the other kind only what it has.
                let proper = entry.by_name.entry(lower(old_name)).or_default();
                *proper = Proper::default();
                proper
            }
            None => &mut entry.any,
        };
        if let Some(name) = name {
            proper.name = Some(name.into());
        }
        if let Some(email) = new_email {
            proper.email = Some(email.into());
        }
    }
}

fn lower(text: &[u8]) -> BString {
    text.to_ascii_lowercase().into()
}

/// `Name <email>` and what follows it.
struct Person<'a> {
    /// `None` when there is nothing before the address.
    name: Option<&'a [u8]>,
    email: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Person<'a> {
    fn parse(text: &'a [u8]) -> Option<Self> {
        let left = text.find_byte(b'<')?;
        let right = left + 1 + text[left + 1..].find_byte(b'>')?;
        let name = text[..left].trim_with(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
        Some(Person {
            name: (!name.is_empty()).then_some(name),
            email: &text[left + 1..right],
            rest: &text[right + 1..],
        })
    }
}
