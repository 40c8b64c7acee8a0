//! `--summary`: one line for a shell prompt, such as `main +1 -2 merge staged:1 changed:3 untracked:2`.

use std::fmt::Write;

use bstr::ByteSlice;

use super::short::short_branch;
use crate::status::model::{Distance, Status};

/// The line, without its end. What is zero is left out; a clean worktree is just its branch.
pub fn line(status: &Status) -> String {
    let head = &status.head;
    let mut out = match (&head.branch, head.commit) {
        (Some(name), _) => short_branch(name.as_ref()).to_str_lossy().into_owned(),
        (None, Some(commit)) => commit.to_hex_with_len(7).to_string(),
        (None, None) => "(no branch)".to_owned(),
    };
    if let Some(upstream) = &head.upstream {
        match upstream.distance {
            Some(Distance::Counted(ahead, behind)) => {
                for (sign, count) in [('+', ahead), ('-', behind)] {
                    if count > 0 {
                        // Writing to a String does not fail.
                        let _ = write!(out, " {sign}{count}");
                    }
                }
            }
            Some(Distance::Same(true)) => {}
            Some(Distance::Same(false)) => out.push_str(" +? -?"),
            None => out.push_str(" gone"),
        }
    }
    for name in &status.operations {
        let _ = write!(out, " {name}");
    }
    let count = |wanted: &dyn Fn(&crate::status::model::Change) -> bool| {
        status.changes.values().filter(|change| wanted(change)).count()
    };
    for (name, count) in [
        ("conflicts", count(&|change| change.conflict.is_some())),
        ("staged", count(&|change| change.conflict.is_none() && change.staged != b' ')),
        ("changed", count(&|change| change.conflict.is_none() && change.unstaged != b' ')),
        ("untracked", status.untracked.len()),
        ("stashes", status.stashes as usize),
    ] {
        if count > 0 {
            let _ = write!(out, " {name}:{count}");
        }
    }
    out
}
