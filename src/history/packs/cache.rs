//! A cache that keeps what was used of late, up to a number of bytes.

use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

/// What an entry takes besides its bytes, roughly.
const OVERHEAD: usize = 96;

/// Bytes by key, in two generations: what is used moves to the young one, and when that has grown to half of the
/// limit it becomes the old one, whose predecessor is forgotten.
pub(in crate::history) struct Cache<K> {
    young: HashMap<K, Rc<Vec<u8>>>,
    old: HashMap<K, Rc<Vec<u8>>>,
    bytes: usize,
    limit: usize,
}

impl<K: Hash + Eq + Copy> Cache<K> {
    /// One that takes at most `limit` bytes (and one value more).
    pub(in crate::history) fn new(limit: usize) -> Cache<K> {
        Cache { young: HashMap::new(), old: HashMap::new(), bytes: 0, limit }
    }

    pub(in crate::history) fn get(&mut self, key: K) -> Option<Rc<Vec<u8>>> {
        if let Some(value) = self.young.get(&key) {
            return Some(Rc::clone(value));
        }
        let value = self.old.remove(&key)?;
        self.insert(key, Rc::clone(&value));
        Some(value)
    }

    pub(in crate::history) fn insert(&mut self, key: K, value: Rc<Vec<u8>>) {
        self.bytes += value.capacity() + OVERHEAD;
        self.young.insert(key, value);
        if self.bytes > self.limit / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
    }
}
