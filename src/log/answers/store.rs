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
}

impl<'a> Store<'a> {
    pub(super) fn new(location: &'a Location, ttl: Duration) -> Store<'a> {
        Store { location, dir: location.dir.join(DIR), ttl }
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
            sum += len;
            if sum > LIMIT || now.duration_since(used).is_ok_and(|age| age > self.ttl) {
                drop(fs::remove_file(path));
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
