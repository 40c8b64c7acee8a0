//! Hashing for keys that are random already: names of objects, keyed sums. The standard hasher protects against chosen
//! keys, at a price; these cannot be chosen.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map whose keys begin with random-looking bytes, or differ in little.
pub(super) type RandomKeyMap<K, V> = HashMap<K, V, BuildHasherDefault<FirstBytes>>;

/// Takes the first eight bytes of what it gets as they are.
#[derive(Default)]
pub(super) struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        let first = bytes.first_chunk().map_or_else(
            || u64::from(bytes.first().copied().unwrap_or(0)),
            |first| u64::from_le_bytes(*first),
        );
        self.0 = self.0.rotate_left(5) ^ first;
    }

    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
