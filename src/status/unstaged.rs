//! From what a scan has found in the worktree to what differs between it and the index. Not here: what of that is a rename
//! (`renames`).

use std::collections::{BTreeMap, HashMap};

use bstr::BString;
use rustix::fs::Stat;

use super::content::{Answer, Question};
use super::index_file::{Entry, GITLINK, IndexFile, TYPE_MASK};
use super::model::{Change, Side, Submodule};
use super::scan::TrackedState;
use super::stat::StatRules;

/// What is known of the worktree's tracked files.
pub(super) struct Unstaged<'a> {
    /// What they are compared with.
    pub(super) index: &'a IndexFile,
    /// How.
    pub(super) rules: &'a StatRules,
    /// Those that may differ, by their entries, in the order of the index.
    pub(super) tracked: &'a [(usize, TrackedState)],
    /// Whether contents differ, for each [`TrackedState::Unsure`] of them.
    pub(super) answers: &'a [Answer],
    /// The submodules that differ, by their entries.
    pub(super) submodules: &'a HashMap<usize, Submodule>,
}

/// Which ends of renames there may be.
#[derive(Default)]
pub(super) struct Ends {
    /// A file is gone that is in no conflict.
    pub(super) gone: bool,
    /// One is gone that is in a conflict.
    pub(super) gone_in_conflict: bool,
    /// One is intended to be added.
    pub(super) intended: bool,
    /// Those in a conflict that are in the worktree.
    pub(super) conflicts: Vec<Question>,
}

impl Unstaged<'_> {
    /// Adds what differs to what is staged.
    pub(super) fn add_to(&self, changes: &mut BTreeMap<BString, Change>) -> Ends {
        let rules = self.rules;
        let mut answers = self.answers.iter();
        let mut ends = Ends::default();
        for (at, state) in self.tracked {
            let entry = self.index.entry(*at);
            let (letter, mode) = match state {
                TrackedState::Unsure(stat) => {
                    if answers.next().is_none_or(|answer| answer.same) {
                        continue;
                    }
                    changed(rules, &entry, stat)
                }
                TrackedState::Changed(stat) => changed(rules, &entry, stat),
                TrackedState::Submodule(_) => match self.submodules.get(at) {
                    Some(_) => (b'M', GITLINK),
                    None => continue,
                },
                TrackedState::Deleted => {
                    ends.gone = true;
                    (b'D', 0)
                }
                TrackedState::Intended(stat) => {
                    ends.intended = true;
                    (b'A', rules.worktree_mode(&entry, stat))
                }
                TrackedState::Conflict(stat) => {
                    match stat {
                        Some(stat) => ends.conflicts.push(Question { at: *at, stat: *stat }),
                        None => ends.gone_in_conflict = true,
                    }
                    let mode = stat.as_ref().map_or(0, |stat| rules.worktree_mode(&entry, stat));
                    changes.insert(entry.path.to_owned(), conflict(self.index, *at, mode));
                    continue;
                }
            };
            let side = match letter {
                b'A' => nothing(&entry),
                _ => Side { mode: entry.mode(), id: entry.id().to_owned() },
            };
            let change = changes.entry(entry.path.to_owned()).or_insert_with(|| Change {
                staged: b' ',
                unstaged: b' ',
                head: side,
                index: side,
                worktree_mode: 0,
                original: None,
                submodule: None,
                conflict: None,
            });
            if letter != b'A' || change.staged != b'D' {
                change.index = side;
            }
            change.unstaged = letter;
            change.submodule = self.submodules.get(at).copied();
            change.worktree_mode = mode;
        }
        ends
    }
}

fn changed(rules: &StatRules, entry: &Entry<'_>, stat: &Stat) -> (u8, u32) {
    let mode = rules.worktree_mode(entry, stat);
    let letter = if mode & TYPE_MASK == entry.mode() & TYPE_MASK { b'M' } else { b'T' };
    (letter, mode)
}

fn conflict(index: &IndexFile, first: usize, worktree_mode: u32) -> Change {
    let mut stages = [None; 3];
    let entry = index.entry(first);
    let (path, nothing) = (entry.path, nothing(&entry));
    for at in first..index.len() {
        let entry = index.entry(at);
        if entry.path != path {
            break;
        }
        let stage = usize::from(entry.stage());
        if stage > 0 {
            stages[stage - 1] = Some(Side { mode: entry.mode(), id: entry.id().to_owned() });
        }
    }
    Change {
        staged: b'U',
        unstaged: b'U',
        head: nothing,
        index: nothing,
        worktree_mode,
        original: None,
        submodule: None,
        conflict: Some(stages),
    }
}

fn nothing(entry: &Entry<'_>) -> Side {
    Side { mode: 0, id: entry.id().kind().null() }
}
