//! Answers as files in the directory `answers` beside the index. Each is authenticated with the repository's key, by
//! which a clone cannot bring any along; whatever is wrong with one, it is as if it were not there.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::index::{Location, TEMP_PREFIX, open_regular};

/// The directory.
pub(crate) const DIR: &str = "answers";
/// Together they are no larger than this, in bytes.
const LIMIT: u64 = 64 << 20;

/// The answers of one repository.
pub(super) struct Store<'a> {
    location: &'a Location,
    dir: PathBuf,
    ttl: Duration,
    /// [`LIMIT`], but in tests.
    limit: u64,
}

impl<'a> Store<'a> {
    pub(super) fn new(location: &'a Location, ttl: Duration) -> Store<'a> {
        Store { location, dir: location.dir.join(DIR), ttl, limit: LIMIT }
    }

    /// The answer to the question with this key.
    pub(super) fn get(&self, key: &blake3::Hash) -> Option<Vec<u8>> {
        let path = self.path(key);
        let mut file = open_regular(&path).ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        let (mac, body) = bytes.split_first_chunk::<{ blake3::OUT_LEN }>()?;
        if self.mac(key, body) != blake3::Hash::from(*mac) {
            return None;
        }
        let (made, text) = body.split_first_chunk::<8>()?;
        let made = UNIX_EPOCH.checked_add(Duration::from_secs(u64::from_le_bytes(*made)))?;
        // One from the future was made by another clock.
        if SystemTime::now().duration_since(made).ok()? > self.ttl {
            return None;
        }
        // For the order in which they are forgotten.
        drop(file.set_modified(SystemTime::now()));
        Some(text.to_vec())
    }

    /// Remembers one, and forgets what has been unused for longest. Who can't write asks again next time.
    pub(super) fn put(&self, key: &blake3::Hash, text: &[u8]) {
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(&self.dir)?;
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let mut body = now.as_secs().to_le_bytes().to_vec();
            body.extend_from_slice(text);
            let mut temp = tempfile::Builder::new().prefix(TEMP_PREFIX).tempfile_in(&self.dir)?;
            temp.write_all(self.mac(key, &body).as_bytes())?;
            temp.write_all(&body)?;
            temp.persist(self.path(key))?;
            Ok(())
        };
        if write().is_ok() {
            self.forget();
        }
    }

    fn forget(&self) {
        let now = SystemTime::now();
        let mut files: Vec<(SystemTime, u64, PathBuf)> = fs::read_dir(&self.dir)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|file| {
                let meta = file.metadata().ok()?;
                Some((meta.modified().ok()?, meta.len(), file.path()))
            })
            .collect();
        files.sort_by_key(|(used, _, _)| std::cmp::Reverse(*used));
        let mut sum = 0;
        for (used, len, path) in files {
            let too_old = now.duration_since(used).is_ok_and(|age| age > self.ttl);
            if too_old || sum + len > self.limit {
                drop(fs::remove_file(path));
            } else {
                sum += len;
            }
        }
    }

    fn path(&self, key: &blake3::Hash) -> PathBuf {
        self.dir.join(key.to_hex().as_str())
    }

    fn mac(&self, key: &blake3::Hash, body: &[u8]) -> blake3::Hash {
        let mut bytes = key.as_bytes().to_vec();
        bytes.extend_from_slice(body);
        self.location.authenticate("answer of git log", &bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Place;

    #[test]
    fn the_least_used_go_first_and_what_is_too_old_goes_too() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place { common_dir: dir.path(), bare: true, index_dir: None };
        let location = Location::prepare(place, &|| false).unwrap();
        let day = Duration::from_secs(24 * 60 * 60);
        // Room for three answers, each of 1000 bytes and what is written before them.
        let store = Store { limit: 3200, ..Store::new(&location, 30 * day) };
        let key = |name: &str| blake3::hash(name.as_bytes());
        let used = |name: &str, ago: Duration| {
            let file = fs::File::open(store.path(&key(name))).unwrap();
            file.set_modified(SystemTime::now() - ago).unwrap();
        };
        let text = [b'x'; 1000];
        for (name, ago) in [("one", 3), ("two", 2), ("three", 1)] {
            store.put(&key(name), &text);
            used(name, Duration::from_secs(60 * ago));
        }
        assert_eq!(store.get(&key("one")).unwrap(), text, "now it was used last");
        store.put(&key("four"), &text);
        let there = || ["one", "two", "three", "four"].map(|name| store.path(&key(name)).exists());
        assert_eq!(there(), [true, false, true, true]);
        // One that is larger than all there may be is forgotten at once, and takes no other along.
        store.put(&key("huge"), &[b'x'; 4000]);
        assert!(store.get(&key("huge")).is_none());
        used("three", 31 * day);
        store.put(&key("four"), &text);
        assert!(!there()[2], "nobody has asked for it for too long");
    }
}
