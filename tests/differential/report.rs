//! Counts who answered, collects what failed, and says both at the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use crate::support::trace::{Served, Trace};

/// What a run of the differential test saw.
#[derive(Debug, Default)]
pub(crate) struct Report {
    served: BTreeMap<(&'static str, Served), usize>,
    indexes: BTreeMap<(&'static str, String), usize>,
    reasons: BTreeMap<String, usize>,
    /// Repositories in which `topic` and `feature/x` have two merge bases.
    pub criss_crosses: usize,
    /// Cases in which git did not come to an end.
    pub too_slow: usize,
    /// Text for each failed case.
    pub failures: Vec<String>,
}

impl Report {
    /// Takes note of a case that went well under the index state of this name.
    pub(crate) fn add(&mut self, state: &'static str, trace: Trace) {
        *self.served.entry((state, trace.served)).or_default() += 1;
        *self.indexes.entry((state, trace.index)).or_default() += 1;
        if trace.served == Served::Git {
            *self.reasons.entry(trace.reason).or_default() += 1;
        }
    }

    /// How many cases of this state (or of all) were served in this way.
    pub(crate) fn count(&self, state: Option<&str>, served: Option<Served>) -> usize {
        let wanted = |key: &&(&'static str, Served)| {
            state.is_none_or(|state| state == key.0) && served.is_none_or(|served| served == key.1)
        };
        self.served.keys().filter(wanted).map(|key| self.served[key]).sum()
    }

    /// How many cases of this state found the index so.
    pub(crate) fn found(&self, state: &'static str, index: &str) -> usize {
        self.indexes.get(&(state, index.to_owned())).copied().unwrap_or(0)
    }

    /// Writes the tables to standard error, past the test runner's capture.
    pub(crate) fn show(&self, heading: &str) {
        let mut text = format!("\n{heading}\n{:<12}{:>8}{:>10}{:>8}\n", "index", "native", "assisted", "git");
        let mut states: Vec<&str> = self.served.keys().map(|(state, _)| *state).collect();
        states.dedup();
        for state in states.iter().map(|state| Some(*state)).chain([None]) {
            let count = |served| self.count(state, Some(served));
            let (native, assisted, git) =
                (count(Served::Native), count(Served::Assisted), count(Served::Git));
            let _ = writeln!(text, "{:<12}{native:>8}{assisted:>10}{git:>8}", state.unwrap_or("all"));
        }
        for ((state, index), count) in &self.indexes {
            let _ = writeln!(text, "  {state}: index {index} {count}");
        }
        let _ = writeln!(text, "  repositories with criss-cross merges: {}", self.criss_crosses);
        let mut reasons: Vec<(&String, &usize)> = self.reasons.iter().collect();
        reasons.sort_by(|a, b| b.1.cmp(a.1));
        for (reason, count) in reasons.iter().take(15) {
            let _ = writeln!(text, "  to git {count:>5}: {reason}");
        }
        if self.too_slow > 0 {
            let _ = writeln!(text, "  not compared, git itself took too long: {}", self.too_slow);
        }
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}
