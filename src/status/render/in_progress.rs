//! The lines of the long format about what is going on.

use bstr::BString;

use super::long::Long;
use crate::status::model::Status;
use crate::status::state::{Am, Commands, Rebase, Todo};

impl Long<'_> {
    pub(super) fn in_progress(&self, status: &Status, out: &mut Vec<u8>) {
        let state = &status.in_progress;
        let conflicts = status.changes.values().any(|change| change.conflict.is_some());
        if state.merge {
            if let Some(todo) = state.rebase.as_ref().and_then(|rebase| rebase.todo.as_ref()) {
                self.todo(todo, out);
                out.push(b'\n');
            }
            self.merge(conflicts, out);
        } else if let Some(am) = &state.am {
            self.am(am, out);
        } else if let Some(rebase) = &state.rebase {
            // Nothing is done halfway where nothing differs.
            let dirty = status.changes.values().any(|change| change.unstaged != b' ');
            self.rebase(rebase, conflicts, dirty, out);
        } else if let Some(commit) = &state.cherry_pick {
            match commit {
                Some(commit) => self.line(format!("You are currently cherry-picking commit {commit}."), out),
                None => self.line("Cherry-pick currently in progress.", out),
            }
            self.sequence("cherry-pick", commit.is_some(), conflicts, out);
        } else if let Some(commit) = &state.revert {
            match commit {
                Some(commit) => self.line(format!("You are currently reverting commit {commit}."), out),
                None => self.line("Revert currently in progress.", out),
            }
            self.sequence("revert", commit.is_some(), conflicts, out);
        }
        if let Some(from) = &state.bisect {
            match from {
                Some(branch) => self.line(quoting("bisecting, started from branch", branch, "."), out),
                None => self.line("You are currently bisecting.", out),
            }
            self.hint("use \"git bisect reset\" to get back to the original branch", out);
            self.line("", out);
        }
        if let Some(percent) = status.sparse_percentage {
            let text = format!("You are in a sparse checkout with {percent}% of tracked files present.");
            self.line(text, out);
            self.line("", out);
        }
    }

    fn merge(&self, conflicts: bool, out: &mut Vec<u8>) {
        if conflicts {
            self.line("You have unmerged paths.", out);
            self.hint("fix conflicts and run \"git commit\"", out);
            self.hint("use \"git merge --abort\" to abort the merge", out);
        } else {
            self.line("All conflicts fixed but you are still merging.", out);
            self.hint("use \"git commit\" to conclude merge", out);
        }
        self.line("", out);
    }

    fn am(&self, am: &Am, out: &mut Vec<u8>) {
        self.line("You are in the middle of an am session.", out);
        if am.empty_patch {
            self.line("The current patch is empty.", out);
        } else {
            self.hint("fix conflicts and then run \"git am --continue\"", out);
        }
        self.hint("use \"git am --skip\" to skip this patch", out);
        if am.empty_patch {
            self.hint("use \"git am --allow-empty\" to record this patch as an empty commit", out);
        }
        self.hint("use \"git am --abort\" to restore the original branch", out);
        self.line("", out);
    }

    fn rebase(&self, rebase: &Rebase, conflicts: bool, dirty: bool, out: &mut Vec<u8>) {
        if let Some(todo) = &rebase.todo {
            self.todo(todo, out);
        }
        let of = |what: &str, otherwise: &str| match &rebase.branch {
            Some(branch) => quoting(what, branch, &format!(" on '{}'.", rebase.onto)),
            None => format!("You are currently {otherwise}").into(),
        };
        if conflicts || rebase.todo.is_none() || rebase.has_message {
            self.line(of("rebasing branch", "rebasing."), out);
            if conflicts {
                self.hint("fix conflicts and then run \"git rebase --continue\"", out);
                self.hint("use \"git rebase --skip\" to skip this patch", out);
                self.hint("use \"git rebase --abort\" to check out the original branch", out);
            } else {
                self.hint("all conflicts fixed: run \"git rebase --continue\"", out);
            }
        } else if rebase.splitting && dirty {
            let what = "splitting a commit while rebasing branch";
            self.line(of(what, "splitting a commit during a rebase."), out);
            self.hint("Once your working directory is clean, run \"git rebase --continue\"", out);
        } else {
            let what = "editing a commit while rebasing branch";
            self.line(of(what, "editing a commit during a rebase."), out);
            self.hint("use \"git commit --amend\" to amend the current commit", out);
            self.hint("use \"git rebase --continue\" once you are satisfied with your changes", out);
        }
        self.line("", out);
    }

    fn todo(&self, todo: &Todo, out: &mut Vec<u8>) {
        if todo.remaining.is_none() {
            self.line("git-rebase-todo is missing.", out);
        }
        match &todo.done {
            Commands { count: 0, .. } => self.line("No commands done.", out),
            done => {
                let text = match done.count {
                    1 => "Last command done (1 command done):".to_owned(),
                    count => format!("Last commands done ({count} commands done):"),
                };
                self.commands(&text, done, out);
            }
        }
        if let Some(file) = &todo.done_file {
            self.line([b"  (see more in file ", file.as_slice(), b")"].concat(), out);
        }
        match &todo.remaining {
            None | Some(Commands { count: 0, .. }) => self.line("No commands remaining.", out),
            Some(next) => {
                let text = match next.count {
                    1 => "Next command to do (1 remaining command):".to_owned(),
                    count => format!("Next commands to do ({count} remaining commands):"),
                };
                self.commands(&text, next, out);
                self.hint("use \"git rebase --edit-todo\" to view and edit", out);
            }
        }
    }

    fn commands(&self, title: &str, commands: &Commands, out: &mut Vec<u8>) {
        self.line(title, out);
        for command in &commands.shown {
            self.line([b"   ", command.as_slice()].concat(), out);
        }
    }

    /// Advice for one of several commits, or for what is between two.
    fn sequence(&self, command: &str, has_commit: bool, conflicts: bool, out: &mut Vec<u8>) {
        let next = match (conflicts, has_commit) {
            (true, _) => format!("fix conflicts and run \"git {command} --continue\""),
            (false, true) => format!("all conflicts fixed: run \"git {command} --continue\""),
            (false, false) => format!("run \"git {command} --continue\" to continue"),
        };
        self.hint(&next, out);
        self.hint(&format!("use \"git {command} --skip\" to skip this patch"), out);
        self.hint(&format!("use \"git {command} --abort\" to cancel the {command} operation"), out);
        self.line("", out);
    }
}

/// A sentence about a branch.
fn quoting(what: &str, branch: &BString, end: &str) -> BString {
    [b"You are currently ", what.as_bytes(), b" '", branch.as_slice(), b"'", end.as_bytes()].concat().into()
}
