//! Makes sure that an opened index knows what its commits did to paths, those of an overlay included.

use std::time::{Duration, Instant};

use super::{Session, WORTH_PUBLISHING, background};
use crate::history::{self, Options};
use crate::index::OpenIndex;
use crate::repo::NotExact;

/// How many commits' trees an invocation compares itself, and how long it may take for that.
const OVERLAY: (u32, Duration) = (4096, Duration::from_millis(100));

impl Session<'_> {
    /// After this, [`OpenIndex::paths`] covers all commits of [`OpenIndex::history`]. Call it when the index has all
    /// the commits that are asked for ([`Session::freshen`]).
    ///
    /// # Errors
    /// When too much is missing; an update is on its way in the background then.
    pub fn cover_paths(&self, index: &mut OpenIndex) -> Result<(), NotExact> {
        let overlay = {
            let said = |err: &dyn std::fmt::Display| NotExact::from(format!("index: {err}"));
            let history = index.history().map_err(|err| said(&err))?;
            let covered = match index.paths() {
                Ok(paths) => paths.len(),
                Err(rejected) => {
                    self.update_later();
                    return Err(said(rejected));
                }
            };
            let missing = history.len().saturating_sub(covered);
            let restamped = index.path_entries().is_ok_and(|entries| entries != index.manifest().paths);
            if restamped || missing >= WORTH_PUBLISHING {
                self.update_later();
            }
            if missing == 0 {
                return Ok(());
            }
            let dates = self.dates();
            let mut options = Options::new(&dates);
            options.limit = OVERLAY.0;
            options.deadline = Some(Instant::now() + OVERLAY.1);
            let (objects, kind) = (self.repo.objects()?, self.repo.kind);
            history::path_overlay(&history, objects, kind, covered, &options)
        };
        match overlay {
            Ok(Some(segment)) => {
                index.push_paths(segment).map_err(|err| NotExact::from(format!("index: {err}")))
            }
            Ok(None) => Ok(()),
            Err(history::Error::TooMany { .. } | history::Error::Stopped) => {
                self.update_later();
                Err("the index lacks paths".into())
            }
            Err(err) => Err(format!("paths of newer commits: {err}").into()),
        }
    }

    fn update_later(&self) {
        if self.auto {
            background::update(self.repo);
        }
    }
}
