//! How many hex digits git prints of an object's name: a configured or estimated length, and as many more as it
//! takes for being unique among all objects, packed and loose, alternates included.
//!
//! A sorted table of names needs one search per object: only the two neighbours of a name can share its longest
//! prefix.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use bstr::{BStr, ByteSlice};
use gix::hash::{ObjectId, oid};
use rayon::prelude::*;

use super::NotExact;
use super::config::{Config, parse_bool, parse_int};
use super::git::GitProgram;
use super::object_names::ObjectNames;
use crowded::{Crowded, Memo};

/// The shortest abbreviation that git takes.
const MINIMUM: usize = 4;
/// The shortest one that git chooses by itself.
const AUTO_MINIMUM: usize = 7;

/// So many neighbours one thread looks up.
const LEARNED_TOGETHER: usize = 1 << 12;

/// What is asked for, before it is made unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbbrevLength {
    /// From the number of objects.
    Auto,
    /// At least that many digits.
    AtLeast(usize),
    /// All of them (`--no-abbrev`, `core.abbrev=no`).
    Full,
}

impl AbbrevLength {
    /// So many digits, or as few as git takes.
    pub fn at_least(digits: usize) -> Self {
        AbbrevLength::AtLeast(digits.max(MINIMUM))
    }

    /// `core.abbrev`; also what `--abbrev` without a number means.
    pub fn from_config(config: &Config) -> Result<Self, NotExact> {
        let mut length = AbbrevLength::Auto;
        for value in config.values("core.abbrev") {
            let value = value.ok_or(NotExact::because("core.abbrev without a value"))?;
            length = if value.eq_ignore_ascii_case(b"auto") {
                AbbrevLength::Auto
            } else if parse_int(value).is_none() && parse_bool(Some(value)) == Some(false) {
                AbbrevLength::Full
            } else {
                let number = parse_int(value).and_then(|number| usize::try_from(number).ok());
                match number.filter(|number| (MINIMUM..=i32::MAX as usize).contains(number)) {
                    Some(number) => AbbrevLength::AtLeast(number),
                    None => return Err("core.abbrev is out of range".into()),
                }
            };
        }
        Ok(length)
    }

    /// `--abbrev=<n>` with a number as people write it.
    pub fn from_option(value: &BStr) -> Result<Self, NotExact> {
        match value.to_str().ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit())) {
            Some(digits) if !digits.is_empty() && digits.len() < 10 => {
                let number = digits.parse().map_err(|_| NotExact::because("an odd --abbrev"))?;
                Ok(AbbrevLength::at_least(number))
            }
            _ => Err("an odd --abbrev".into()),
        }
    }
}

/// Finds the length of abbreviated names.
pub struct Abbrev {
    length: usize,
    /// Among which they are unique; `None` where all digits are printed anyway.
    names: Option<Arc<ObjectNames>>,
    /// Of all commits, once that is [known](Abbrev::learn) or [remembered](Abbrev::remember): those that share `length`
    /// digits or more with another packed object.
    crowded: OnceLock<Crowded>,
    memo: Option<Memo>,
    recalled: OnceLock<Option<Crowded>>,
}

impl Abbrev {
    /// `read_before` names objects that git has certainly looked up before its first abbreviation (the tips of the
    /// walk).
    ///
    /// # Errors
    /// When the length depends on which other packs git has opened until then; see [`ObjectNames::counted_twice()`].
    pub fn new(
        names: Arc<ObjectNames>,
        length: AbbrevLength,
        read_before: &[&oid],
        git: &GitProgram,
    ) -> Result<Self, NotExact> {
        let hex_len = names.hash().len_in_hex();
        let length = match length {
            AbbrevLength::Full => hex_len,
            // Before 2.47 git complained where that was configured.
            AbbrevLength::AtLeast(digits) if digits > hex_len && !git.at_least(2, 47) => {
                return Err("an abbreviation that is longer than a name".into());
            }
            AbbrevLength::AtLeast(digits) => digits.min(hex_len),
            AbbrevLength::Auto => {
                // Since 2.53 git counts each object once.
                let (least, most) = match git.at_least(2, 53) {
                    true => (names.count(), names.count()),
                    false => names.counted_twice(read_before)?,
                };
                let (least, most) = (auto_length(least), auto_length(most));
                if least != most {
                    return Err("the abbreviation depends on which packs git opens".into());
                }
                least
            }
        };
        let names = (length < hex_len).then_some(names);
        Ok(Abbrev { length, names, crowded: OnceLock::new(), memo: None, recalled: OnceLock::new() })
    }

    /// Remembers in the directory `dir`, from one process to the next, what is learnt of the commits that `segment` stands
    /// for, all that there are but `later` ones.
    pub fn remember(&mut self, dir: &Path, segment: &[u8; 32], later: impl Iterator<Item = ObjectId>) {
        if let Some(names) = &self.names {
            self.memo = Memo::new(dir, names.hash(), names.identity(), segment, later);
        }
    }

    /// What is known of all commits.
    fn crowded(&self) -> Option<&Crowded> {
        let recall = || self.memo.as_ref()?.recall(self.length);
        self.crowded.get().or_else(|| self.recalled.get_or_init(recall).as_ref())
    }

    /// Finds out once how long the names of all `commits` have to be; `id` tells their names. In lists in order of these,
    /// so that the tables are read from one end to the other, it takes a fraction of what asking about one commit after
    /// the other takes.
    pub fn learn<'c, C: Copy + Send + Sync>(
        &self,
        commits: impl FnOnce() -> Vec<Vec<C>>,
        id: impl Fn(C) -> &'c oid + Sync,
    ) {
        let Some(names) = &self.names else { return };
        if self.crowded().is_some() {
            return;
        }
        let lists = commits();
        let parts = lists.par_iter().flat_map(|list| list.par_chunks(LEARNED_TOGETHER));
        let together = parts.flat_map_iter(|commits| {
            let ids: Vec<&oid> = commits.iter().map(|commit| id(*commit)).collect();
            let crowded = names.crowded(&ids, self.length);
            crowded.into_iter().map(move |(at, shared)| (ids[at].to_owned(), shared))
        });
        let crowded = self.crowded.get_or_init(|| Crowded::new(together.collect()));
        if let Some(memo) = &self.memo {
            memo.keep(crowded, self.length);
        }
    }

    /// To be called with many names of commits before [`Abbrev::commit_len()`] is asked about each, which is quicker then.
    pub fn touch(&self, ids: &[&oid]) {
        if let Some(names) = &self.names
            && self.crowded().is_none()
        {
            names.touch(ids);
        }
    }

    /// How many digits to print. The object itself need not exist.
    pub fn len(&self, id: &oid) -> usize {
        match &self.names {
            None => self.length,
            Some(names) => self.unique(names.shared_digits(id), names),
        }
    }

    /// The same for one of the commits that [`Abbrev::learn()`] gets to know, or that are remembered.
    pub fn commit_len(&self, id: &oid) -> usize {
        let Some(names) = &self.names else { return self.length };
        match self.crowded().and_then(|crowded| crowded.shared_digits(id)) {
            Some(packed) => self.unique(packed.max(names.loose_shared_digits(id)), names),
            None => self.len(id),
        }
    }

    fn unique(&self, shared: usize, names: &ObjectNames) -> usize {
        self.length.max((shared + 1).min(names.hash().len_in_hex()))
    }
}

/// Twice as many bits as the count has, so that a collision is about as likely as not.
fn auto_length(objects: u64) -> usize {
    let bits = (u64::BITS - objects.leading_zeros()) as usize;
    bits.div_ceil(2).max(AUTO_MINIMUM)
}

mod crowded;
#[cfg(test)]
mod tests;
