//! The mailmap as git reads it: where from, what its lines mean, and which entry wins. See gitmailmap(5).

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use bstr::{BStr, BString, ByteSlice};

use super::NotExact;
use super::config::Config;

/// git reads mailmap files by pieces of at most this many bytes and takes each for a line.
const LONGEST_LINE: usize = 1023;

/// So many people are looked for line by line; whoever asks about more makes a table.
const ASKED_WITHOUT_TABLE: u32 = 64;

/// Proper names and addresses by the address in a commit. A page asks about few people, and sorting many lines into a table
/// would be most of its work; so that is done when more is asked.
#[derive(Debug, Default)]
pub struct Mailmap {
    /// All sources, end to end.
    text: BString,
    /// In the order in which git reads them.
    entries: Vec<Entry>,
    asked: AtomicU32,
    /// The numbers of entries by the address in commits, in lower case.
    table: OnceLock<HashMap<BString, Vec<u32>>>,
}

/// A part of the text. (Most lines are for nobody who is asked about; copies would be most of the work.)
type Span = Range<u32>;

/// What one line says.
#[derive(Debug)]
struct Entry {
    /// As commits have it, in any case.
    old_email: Span,
    /// The line is for people of this name only, in any case.
    old_name: Option<Span>,
    name: Option<Span>,
    email: Option<Span>,
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
            let text = bytes.find_byte(0).map_or(bytes.as_slice(), |end| &bytes[..end]);
            map.add_text(text, usize::MAX)?;
        }
        if let Some(path) = config.path("mailmap.file")? {
            map.add_file(&dir.join(path))?;
        }
        Ok(map)
    }

    /// Whether it leaves everybody as they are.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The proper name and address.
    pub fn map<'a>(&'a self, name: &'a BStr, email: &'a BStr) -> (&'a BStr, &'a BStr) {
        if self.is_empty() {
            return (name, email);
        }
        // Nearly all differ in length already.
        let has_email = |entry: &&Entry| {
            entry.old_email.len() == email.len() && self.part(&entry.old_email).eq_ignore_ascii_case(email)
        };
        if self.table.get().is_none() && self.asked.fetch_add(1, Ordering::Relaxed) < ASKED_WITHOUT_TABLE {
            return self.proper(self.entries.iter().filter(has_email), name, email);
        }
        let found = self.table.get_or_init(|| self.make_table()).get(&lower(email));
        self.proper(found.into_iter().flatten().map(|at| &self.entries[*at as usize]), name, email)
    }

    /// What entries for this address, in their order, make of a person.
    fn proper<'a>(
        &'a self,
        entries: impl Iterator<Item = &'a Entry>,
        name: &'a BStr,
        email: &'a BStr,
    ) -> (&'a BStr, &'a BStr) {
        let (mut any, mut named) = ((None, None), None);
        for entry in entries {
            let says = (entry.name.as_ref(), entry.email.as_ref());
            match &entry.old_name {
                // Such an entry replaces an earlier one as a whole, the other kind only what it has.
                Some(old_name) if self.part(old_name).eq_ignore_ascii_case(name) => named = Some(says),
                Some(_) => {}
                None => any = (says.0.or(any.0), says.1.or(any.1)),
            }
        }
        let (new_name, new_email) = named.unwrap_or(any);
        (new_name.map_or(name, |name| self.part(name)), new_email.map_or(email, |email| self.part(email)))
    }

    fn part(&self, span: &Span) -> &BStr {
        self.text[span.start as usize..span.end as usize].as_bstr()
    }

    fn make_table(&self) -> HashMap<BString, Vec<u32>> {
        let mut table: HashMap<BString, Vec<u32>> = HashMap::new();
        for (at, entry) in (0..).zip(&self.entries) {
            table.entry(lower(self.part(&entry.old_email))).or_default().push(at);
        }
        table
    }

    fn add_file(&mut self, path: &Path) -> Result<(), NotExact> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(NotExact(format!("{}: {error}", path.display()).into())),
        };
        self.add_text(&bytes, LONGEST_LINE)
    }

    /// Adds the lines of a text, in pieces of at most `longest` bytes.
    fn add_text(&mut self, text: &[u8], longest: usize) -> Result<(), NotExact> {
        let from = self.text.len();
        if u32::try_from(from + text.len()).is_err() {
            return Err("a mailmap of gigabytes".into());
        }
        self.text.extend_from_slice(text);
        let added = &self.text[from..];
        let offset = |part: &[u8]| (part.as_ptr() as usize - added.as_ptr() as usize + from) as u32;
        let span = |part: &[u8]| offset(part)..offset(part) + part.len() as u32;
        let has_nul = added.contains(&0);
        for piece in added.lines_with_terminator().flat_map(|line| line.chunks(longest)) {
            let end = if has_nul { piece.find_byte(0) } else { None };
            self.entries.extend(entry(end.map_or(piece, |end| &piece[..end]), span));
        }
        Ok(())
    }
}

/// What a line says, if anything.
fn entry(line: &[u8], span: impl Fn(&[u8]) -> Span) -> Option<Entry> {
    if line.starts_with(b"#") {
        return None;
    }
    let proper = Person::parse(line).filter(|person| !person.email.is_empty())?;
    let (old_name, old_email, new_email) = match Person::parse(proper.rest) {
        Some(old) => (old.name, old.email, Some(proper.email)),
        None => (None, proper.email, None),
    };
    Some(Entry {
        old_email: span(old_email),
        old_name: old_name.map(&span),
        name: proper.name.map(&span),
        email: new_email.map(&span),
    })
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
        let name = trim(&text[..left]);
        Some(Person {
            name: (!name.is_empty()).then_some(name),
            email: &text[left + 1..right],
            rest: &text[right + 1..],
        })
    }
}

/// Without what git takes for white space around it. (By bytes: this is done for every line.)
fn trim(text: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let start = text.iter().position(is_text).unwrap_or(text.len());
    let end = text.iter().rposition(is_text).map_or(start, |last| last + 1);
    &text[start..end]
}
