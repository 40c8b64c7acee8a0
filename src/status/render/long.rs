//! The format for people.

use std::borrow::Cow;

use bstr::{BStr, BString, ByteSlice};

use super::colors::{Colors, paint};
use super::columns::Table;
use super::quote::PathStyle;
use super::short::short_branch;
use crate::log::render::color::RESET;
use crate::repo::git::GitProgram;
use crate::status::columns::Columns;
use crate::status::model::{Change, Distance, Status, Upstream};
use crate::status::options::{Ignored, Untracked};

/// How it is written.
pub struct Long<'a> {
    /// Colours.
    pub colors: &'a Colors,
    /// Whether there are any, be they all the same.
    pub colored: bool,
    /// How paths are written.
    pub paths: &'a PathStyle,
    /// What each line begins with (`status.displayCommentPrefix`).
    pub comment: Option<&'a BStr>,
    /// How lists of files are arranged, and how wide a line may be, if that is wanted.
    pub columns: Option<(Columns, usize)>,
    /// Whether advice is given.
    pub hints: bool,
    /// Whether the number of stashes is shown.
    pub show_stash: bool,
    /// What is advised where branch and upstream have diverged.
    pub divergence_hint: &'static str,
    /// Which untracked files were looked for.
    pub untracked: Untracked,
    /// Which ignored files were looked for.
    pub ignored: Ignored,
}

/// Width of the words before a changed path.
const WIDTH: usize = 12;
/// Width of the words before a path with a conflict.
const CONFLICT_WIDTH: usize = 17;

/// Words of advice, which changed in git 2.42.
pub fn divergence_hint(git: &GitProgram) -> &'static str {
    match git.at_least(2, 42) {
        true => "use \"git pull\" if you want to integrate the remote branch with yours",
        false => "use \"git pull\" to merge the remote branch into yours",
    }
}

impl Long<'_> {
    /// The whole answer.
    pub fn render(&self, status: &Status) -> Vec<u8> {
        let mut out = Vec::new();
        self.head(status, &mut out);
        self.in_progress(status, &mut out);
        if status.head.commit.is_none() {
            self.line("", &mut out);
            self.line("No commits yet", &mut out);
            self.line("", &mut out);
        }
        self.staged(status, &mut out);
        self.conflicts(status, &mut out);
        self.changed(status, &mut out);
        let is_staged = |change: &Change| change.conflict.is_none() && change.staged != b' ';
        // A merge is worth a commit even if that changes nothing.
        let conflicts = status.changes.values().any(|change| change.conflict.is_some());
        let committable = status.changes.values().any(is_staged) || status.in_progress.merge && !conflicts;
        if self.untracked != Untracked::No {
            self.others("Untracked files:", "add", &status.untracked, &mut out);
            if self.ignored != Ignored::No {
                self.others("Ignored files:", "add -f", &status.ignored, &mut out);
            }
        } else if committable {
            let hint = if self.hints { " (use -u option to show untracked files)" } else { "" };
            self.plain_line(&format!("Untracked files not listed{hint}"), &mut out);
        }
        if !committable {
            self.nothing_staged(status, &mut out);
        }
        if self.show_stash && status.stashes > 0 {
            let entries = if status.stashes == 1 { "entry" } else { "entries" };
            self.plain_line(&format!("Your stash currently has {} {entries}", status.stashes), &mut out);
        }
        out
    }

    pub(super) fn line(&self, text: impl AsRef<[u8]>, out: &mut Vec<u8>) {
        paint(&self.colors.header, &self.commented(text.as_ref()), out);
        out.push(b'\n');
    }

    /// A line that has no colour.
    fn plain_line(&self, text: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.commented(text.as_bytes()));
        out.push(b'\n');
    }

    /// The beginning of a line, or all of it, as a comment where that is wanted.
    fn commented<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        match self.comment {
            None => Cow::Borrowed(text),
            Some(comment) if text.is_empty() || text.starts_with(b"\t") => [comment, text].concat().into(),
            Some(comment) => [comment.as_bytes(), b" ", text].concat().into(),
        }
    }

    pub(super) fn hint(&self, text: &str, out: &mut Vec<u8>) {
        if self.hints {
            self.line(format!("  ({text})"), out);
        }
    }

    /// Ends a line, with advice before its end if that is wanted.
    fn if_hints(&self, text: &str, out: &mut Vec<u8>) {
        if self.hints {
            out.extend_from_slice(text.as_bytes());
        }
        out.push(b'\n');
    }

    fn head(&self, status: &Status, out: &mut Vec<u8>) {
        let colors = self.colors;
        let start = [self.comment.unwrap_or_default().as_bytes(), b" "].concat();
        paint(&colors.header, if self.comment.is_some() { &start } else { b"" }, out);
        match (&status.head.branch, &status.in_progress.rebase, &status.in_progress.detached) {
            (Some(branch), ..) => {
                paint(&colors.header, b"On branch ", out);
                paint(&colors.branch, short_branch(branch.as_ref()), out);
            }
            (None, Some(rebase), _) => {
                let kind = if rebase.todo.is_some() { "interactive " } else { "" };
                let what = format!("{kind}rebase in progress; onto ");
                paint(&colors.no_branch, what.as_bytes(), out);
                paint(&colors.branch, &rebase.onto, out);
            }
            (None, None, Some(from)) => {
                let what: &[u8] =
                    if from.still_there { b"HEAD detached at " } else { b"HEAD detached from " };
                paint(&colors.no_branch, what, out);
                paint(&colors.branch, &from.name, out);
            }
            (None, None, None) => {
                paint(&colors.no_branch, b"Not currently on any branch.", out);
                paint(&colors.branch, b"", out);
            }
        }
        out.push(b'\n');
        if status.head.commit.is_some()
            && let Some(upstream) = &status.head.upstream
        {
            self.tracking(upstream, out);
            match self.comment {
                Some(_) => self.line("", out),
                // In no colour.
                None => out.push(b'\n'),
            }
        }
    }

    fn tracking(&self, upstream: &Upstream, out: &mut Vec<u8>) {
        let line = |parts: &[&[u8]], out: &mut Vec<u8>| self.line(parts.concat(), out);
        let name = upstream.name.as_slice();
        let commits = |count: u64| if count == 1 { "commit" } else { "commits" };
        match upstream.distance {
            None => {
                line(&[b"Your branch is based on '", name, b"', but the upstream is gone."], out);
                self.hint("use \"git branch --unset-upstream\" to fixup", out);
            }
            Some(Distance::Same(true) | Distance::Counted(0, 0)) => {
                line(&[b"Your branch is up to date with '", name, b"'."], out);
            }
            Some(Distance::Same(false)) => {
                line(&[b"Your branch and '", name, b"' refer to different commits."], out);
                self.hint("use \"git status --ahead-behind\" for details", out);
            }
            Some(Distance::Counted(ahead, 0)) => {
                let by = format!("' by {ahead} {}.", commits(ahead));
                line(&[b"Your branch is ahead of '", name, by.as_bytes()], out);
                self.hint("use \"git push\" to publish your local commits", out);
            }
            Some(Distance::Counted(0, behind)) => {
                let by = format!("' by {behind} {}, and can be fast-forwarded.", commits(behind));
                line(&[b"Your branch is behind '", name, by.as_bytes()], out);
                self.hint("use \"git pull\" to update your local branch", out);
            }
            Some(Distance::Counted(ahead, behind)) => {
                line(&[b"Your branch and '", name, b"' have diverged,"], out);
                let counts = format!(
                    "and have {ahead} and {behind} different {} each, respectively.",
                    commits(ahead + behind)
                );
                line(&[counts.as_bytes()], out);
                self.hint(self.divergence_hint, out);
            }
        }
    }

    /// How to take something out of the index again. Between a merge and its commit, git does not tell.
    fn unstage_hint(&self, status: &Status, out: &mut Vec<u8>) {
        if status.in_progress.merge || status.in_progress.picked {
            return;
        }
        match status.head.commit {
            Some(_) => self.hint("use \"git restore --staged <file>...\" to unstage", out),
            None => self.hint("use \"git rm --cached <file>...\" to unstage", out),
        }
    }

    fn staged(&self, status: &Status, out: &mut Vec<u8>) {
        let mut shown = false;
        for (path, change) in &status.changes {
            if change.conflict.is_some() || change.staged == b' ' {
                continue;
            }
            if !std::mem::replace(&mut shown, true) {
                self.line("Changes to be committed:", out);
                self.unstage_hint(status, out);
            }
            let original = change.original.as_ref().map(|(original, _)| original);
            self.change(change.staged, original, path, &self.colors.staged, out);
            out.push(b'\n');
        }
        if shown {
            self.line("", out);
        }
    }

    fn changed(&self, status: &Status, out: &mut Vec<u8>) {
        let is_changed =
            |(_, change): &(&BString, &Change)| change.conflict.is_none() && change.unstaged != b' ';
        if !status.changes.iter().any(|pair| is_changed(&pair)) {
            return;
        }
        self.line("Changes not staged for commit:", out);
        let deleted = status.changes.iter().filter(is_changed).any(|(_, change)| change.unstaged == b'D');
        let add = if deleted { "add/rm" } else { "add" };
        self.hint(&format!("use \"git {add} <file>...\" to update what will be committed"), out);
        self.hint("use \"git restore <file>...\" to discard changes in working directory", out);
        let is_dirty = |(_, change): (_, &Change)| change.submodule.is_some_and(|found| found.is_dirty());
        if status.changes.iter().filter(is_changed).any(is_dirty) {
            self.hint("commit or discard the untracked or modified content in submodules", out);
        }
        for (path, change) in status.changes.iter().filter(is_changed) {
            let original = change.original.as_ref().filter(|_| change.staged == b' ').map(|(path, _)| path);
            self.change(change.unstaged, original, path, &self.colors.changed, out);
            if let Some(submodule) = &change.submodule {
                let words = [
                    (submodule.new_commits, "new commits"),
                    (submodule.modified, "modified content"),
                    (submodule.untracked, "untracked content"),
                ];
                let words: Vec<&str> = words.iter().filter(|(is, _)| *is).map(|(_, words)| *words).collect();
                paint(&self.colors.header, format!(" ({})", words.join(", ")).as_bytes(), out);
            }
            out.push(b'\n');
        }
        self.line("", out);
    }

    fn change(
        &self,
        letter: u8,
        original: Option<&BString>,
        path: &BString,
        color: &[u8],
        out: &mut Vec<u8>,
    ) {
        let label = match letter {
            b'A' => "new file:",
            b'C' => "copied:",
            b'D' => "deleted:",
            b'R' => "renamed:",
            b'T' => "typechange:",
            _ => "modified:",
        };
        paint(&self.colors.header, &self.commented(b"\t"), out);
        let mut text = format!("{label:WIDTH$}").into_bytes();
        if let Some(original) = original {
            self.paths.write(original.as_ref(), &mut text);
            text.extend_from_slice(b" -> ");
        }
        self.paths.write(path.as_ref(), &mut text);
        paint(color, &text, out);
    }

    fn conflicts(&self, status: &Status, out: &mut Vec<u8>) {
        let found: Vec<(&BString, [u8; 2])> = status
            .changes
            .iter()
            .filter_map(|(path, change)| Some((path, change.conflict_letters()?)))
            .collect();
        if found.is_empty() {
            return;
        }
        self.line("Unmerged paths:", out);
        self.unstage_hint(status, out);
        let is = |which: &[&[u8; 2]]| found.iter().any(|(_, letters)| which.contains(&letters));
        let both_deleted = is(&[b"DD"]);
        let deleted_by_one = is(&[b"DU", b"UD"]);
        let not_deleted = is(&[b"AU", b"UA", b"AA", b"UU"]);
        let how = if both_deleted && !deleted_by_one && !not_deleted {
            "use \"git rm <file>...\" to mark resolution"
        } else if both_deleted || deleted_by_one {
            "use \"git add/rm <file>...\" as appropriate to mark resolution"
        } else {
            "use \"git add <file>...\" to mark resolution"
        };
        self.hint(how, out);
        for (path, letters) in found {
            let label = match &letters {
                b"DD" => "both deleted:",
                b"AU" => "added by us:",
                b"UD" => "deleted by them:",
                b"UA" => "added by them:",
                b"DU" => "deleted by us:",
                b"AA" => "both added:",
                _ => "both modified:",
            };
            paint(&self.colors.header, &self.commented(b"\t"), out);
            let mut text = format!("{label:CONFLICT_WIDTH$}").into_bytes();
            self.paths.write(path.as_ref(), &mut text);
            paint(&self.colors.unmerged, &text, out);
            out.push(b'\n');
        }
        self.line("", out);
    }

    fn others(&self, title: &str, how: &str, paths: &[BString], out: &mut Vec<u8>) {
        if paths.is_empty() {
            return;
        }
        self.line(title, out);
        self.hint(&format!("use \"git {how} <file>...\" to include in what will be committed"), out);
        let items = paths.iter().map(|path| {
            let mut text = BString::default();
            self.paths.write(BStr::new(path), &mut text);
            text
        });
        match self.columns {
            None => items.for_each(|item| {
                paint(&self.colors.header, &self.commented(b"\t"), out);
                paint(&self.colors.untracked, &item, out);
                out.push(b'\n');
            }),
            Some((columns, width)) => {
                let (header, color) = (&self.colors.header, &self.colors.untracked);
                // Here git does not go by the setting for comments.
                let comment: &[u8] = if self.comment.is_some() { b"#" } else { b"" };
                let indent = [header.as_slice(), comment, b"\t", color].concat();
                let reset = if self.colored { RESET } else { b"" };
                let (items, end) = (items.collect::<Vec<_>>(), [reset, b"\n"].concat());
                Table { items: &items, columns, indent: &indent, end: &end, width }.render(out);
            }
        }
        self.plain_line("", out);
    }

    fn nothing_staged(&self, status: &Status, out: &mut Vec<u8>) {
        let is_dirty = |change: &Change| change.conflict.is_some() || change.unstaged != b' ';
        if status.changes.values().any(is_dirty) {
            out.extend_from_slice(b"no changes added to commit");
            self.if_hints(" (use \"git add\" and/or \"git commit -a\")", out);
        } else if !status.untracked.is_empty() {
            out.extend_from_slice(b"nothing added to commit but untracked files present");
            self.if_hints(" (use \"git add\" to track)", out);
        } else if status.head.commit.is_none() {
            out.extend_from_slice(b"nothing to commit");
            self.if_hints(" (create/copy files and use \"git add\" to track)", out);
        } else if self.untracked == Untracked::No {
            out.extend_from_slice(b"nothing to commit");
            self.if_hints(" (use -u to show untracked files)", out);
        } else {
            out.extend_from_slice(b"nothing to commit, working tree clean\n");
        }
    }
}
