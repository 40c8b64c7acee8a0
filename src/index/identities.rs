//! The identity dictionary of a segment under construction: every (name, e-mail) pair once.

use std::io::{self, Seek, Write};

use gix::hashtable::hash_table::HashTable;

use super::layout::tags;
use super::write::SegmentWriter;

/// The pairs, in order of first use.
#[derive(Default)]
pub struct Identities {
    numbers: HashTable<u32>,
    hasher: std::hash::RandomState,
    offsets: Vec<u64>,
    name_len: Vec<u32>,
    text: Vec<u8>,
}

impl Identities {
    /// The number of a pair.
    pub fn intern(&mut self, name: &[u8], email: &[u8]) -> u32 {
        let hash = self.hash(name, email);
        if let Some(number) = self.numbers.find(hash, |number| self.get(*number) == (name, email)) {
            return *number;
        }
        let number = self.count();
        self.offsets.push(self.text.len() as u64);
        self.name_len.push(name.len() as u32);
        self.text.extend_from_slice(name);
        self.text.extend_from_slice(email);
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.insert_unique(hash, number, |number| {
            let (name, email) = self.get(*number);
            self.hash(name, email)
        });
        self.numbers = numbers;
        number
    }

    fn hash(&self, name: &[u8], email: &[u8]) -> u64 {
        use std::hash::BuildHasher;
        self.hasher.hash_one((name, email))
    }

    fn get(&self, number: u32) -> (&[u8], &[u8]) {
        let i = number as usize;
        let end = self.offsets.get(i + 1).map_or(self.text.len(), |end| *end as usize);
        self.text[self.offsets[i] as usize..end].split_at(self.name_len[i] as usize)
    }

    /// How many pairs there are.
    pub fn count(&self) -> u32 {
        self.offsets.len() as u32
    }

    /// Writes the sections of the dictionary.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write<W: Write + Seek>(mut self, out: &mut SegmentWriter<W>) -> io::Result<()> {
        self.offsets.push(self.text.len() as u64);
        out.column(tags::IOFF, self.offsets)?;
        out.column(tags::INAM, self.name_len)?;
        out.raw(tags::ITXT, &self.text)
    }
}
