//! What one run leaves for the next, as JSON in the index directory. It is a cache like everything there: without it,
//! a run looks closer and does some cheap tasks again.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Name of the file.
const FILE: &str = "optimize.json";

/// What is remembered.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// The state of refs and index in which the index was found to be current.
    pub current: Option<String>,
    /// How many commits the index had when the commit-graph was last written.
    pub graph_at: u32,
    /// When each task last ran to its end, in seconds since 1970.
    pub last: BTreeMap<String, i64>,
    /// When each task failed, in seconds since 1970, unless it has come to its end after that.
    pub failed: BTreeMap<String, i64>,
    /// A run that has begun, and has not said that it ended: when, in seconds since 1970.
    pub running_since: Option<i64>,
    #[serde(skip)]
    dir: PathBuf,
}

impl State {
    /// Reads it; whatever is wrong with the file, it is as if it were not there.
    pub(super) fn load(dir: &Path) -> State {
        let bytes = crate::index::read_regular(&dir.join(FILE)).unwrap_or_default();
        let state: State = serde_json::from_slice(&bytes).unwrap_or_default();
        State { dir: dir.to_owned(), ..state }
    }

    /// Replaces the file.
    pub(super) fn save(&self) -> std::io::Result<()> {
        let mut temp = tempfile::Builder::new().prefix(crate::index::TEMP_PREFIX).tempfile_in(&self.dir)?;
        temp.write_all(&serde_json::to_vec(self)?)?;
        temp.persist(self.dir.join(FILE))?;
        Ok(())
    }

    /// Remembers how a task has ended.
    pub(super) fn ended(&mut self, task: &str, well: bool, now: i64) {
        if well {
            self.last.insert(task.to_owned(), now);
            self.failed.remove(task);
        } else {
            self.failed.insert(task.to_owned(), now);
        }
    }

    /// Whether a task failed within the last `seconds`. (A failure in the future, by a clock that went wrong, is none.)
    pub(super) fn failed_within(&self, task: &str, seconds: i64, now: i64) -> bool {
        self.failed.get(task).is_some_and(|failed| (0..=seconds).contains(&now.saturating_sub(*failed)))
    }

    /// Seconds since a task last ran; `None` when it never did.
    pub(super) fn since(&self, task: &str, now: i64) -> Option<i64> {
        self.last.get(task).map(|last| now.saturating_sub(*last))
    }
}

/// Now, in seconds since 1970.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
