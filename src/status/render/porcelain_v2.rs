//! `--porcelain=v2`.

use std::io::Write;

use bstr::{BStr, BString};

use super::quote::PathStyle;
use super::short::short_branch;
use crate::status::index_file::GITLINK;
use crate::status::model::{Change, Distance, Status};

/// How it is written.
pub struct PorcelainV2<'a> {
    /// How paths are written.
    pub paths: &'a PathStyle,
    /// `-z`.
    pub nul: bool,
    /// Whether the branch is shown.
    pub branch: bool,
    /// Whether the number of stashes is shown.
    pub show_stash: bool,
}

impl PorcelainV2<'_> {
    /// The whole answer.
    pub fn render(&self, status: &Status) -> Vec<u8> {
        let mut out = Vec::new();
        // Writing to a Vec does not fail.
        let _ = self.write(status, &mut out);
        out
    }

    fn write(&self, status: &Status, out: &mut Vec<u8>) -> std::io::Result<()> {
        if self.branch {
            self.head(status, out)?;
        }
        if self.show_stash && status.stashes > 0 {
            write!(out, "# stash {}", status.stashes)?;
            self.end(out);
        }
        for (path, change) in status.changes.iter().filter(|(_, change)| change.conflict.is_none()) {
            self.change(path, change, out)?;
        }
        for (path, change) in status.changes.iter().filter(|(_, change)| change.conflict.is_some()) {
            self.conflict(path, change, out)?;
        }
        for (mark, paths) in [(b"? ", &status.untracked), (b"! ", &status.ignored)] {
            for path in paths {
                out.extend_from_slice(mark);
                self.path(path.as_ref(), out);
                self.end(out);
            }
        }
        Ok(())
    }

    fn end(&self, out: &mut Vec<u8>) {
        out.push(if self.nul { 0 } else { b'\n' });
    }

    fn path(&self, path: &BStr, out: &mut Vec<u8>) {
        match self.nul {
            true => out.extend_from_slice(path),
            false => self.paths.write(path, out),
        }
    }

    fn head(&self, status: &Status, out: &mut Vec<u8>) -> std::io::Result<()> {
        let head = &status.head;
        match &head.commit {
            Some(id) => write!(out, "# branch.oid {id}")?,
            None => write!(out, "# branch.oid (initial)")?,
        }
        self.end(out);
        out.extend_from_slice(b"# branch.head ");
        match &head.branch {
            Some(branch) => out.extend_from_slice(short_branch(branch.as_ref())),
            None => out.extend_from_slice(b"(detached)"),
        }
        self.end(out);
        let Some(upstream) = &head.upstream else { return Ok(()) };
        out.extend_from_slice(b"# branch.upstream ");
        out.extend_from_slice(&upstream.name);
        self.end(out);
        match upstream.distance {
            None => return Ok(()),
            Some(Distance::Counted(ahead, behind)) => write!(out, "# branch.ab +{ahead} -{behind}")?,
            Some(Distance::Same(true)) => write!(out, "# branch.ab +0 -0")?,
            Some(Distance::Same(false)) => write!(out, "# branch.ab +? -?")?,
        }
        self.end(out);
        Ok(())
    }

    fn change(&self, path: &BString, change: &Change, out: &mut Vec<u8>) -> std::io::Result<()> {
        let dot = |letter: u8| if letter == b' ' { '.' } else { letter as char };
        let modes = [change.head.mode, change.index.mode, change.worktree_mode];
        let flags = change.submodule.unwrap_or_default();
        let flag = |is_set: bool, letter: char| if is_set { letter } else { '.' };
        let submodule = [
            if modes.contains(&GITLINK) { 'S' } else { 'N' },
            flag(flags.new_commits, 'C'),
            flag(flags.modified, 'M'),
            flag(flags.untracked, 'U'),
        ];
        let submodule = String::from_iter(submodule);
        let kind = if change.original.is_some() { 2 } else { 1 };
        write!(out, "{kind} {}{} {submodule}", dot(change.staged), dot(change.unstaged))?;
        for mode in modes {
            write!(out, " {mode:06o}")?;
        }
        write!(out, " {} {} ", change.head.id, change.index.id)?;
        if let Some((_, score)) = &change.original {
            let letter = if change.staged == b' ' { change.unstaged } else { change.staged };
            write!(out, "{}{score} ", letter as char)?;
        }
        self.path(path.as_ref(), out);
        if let Some((original, _)) = &change.original {
            out.push(if self.nul { 0 } else { b'\t' });
            self.path(original.as_ref(), out);
        }
        self.end(out);
        Ok(())
    }

    fn conflict(&self, path: &BString, change: &Change, out: &mut Vec<u8>) -> std::io::Result<()> {
        let (Some([x, y]), Some(stages)) = (change.conflict_letters(), &change.conflict) else {
            return Ok(());
        };
        write!(out, "u {}{} N...", x as char, y as char)?;
        for stage in stages {
            write!(out, " {:06o}", stage.map_or(0, |stage| stage.mode))?;
        }
        write!(out, " {:06o}", change.worktree_mode)?;
        for stage in stages {
            let id = stage.map_or(change.index.id.kind().null(), |stage| stage.id);
            write!(out, " {id}")?;
        }
        out.push(b' ');
        self.path(path.as_ref(), out);
        self.end(out);
        Ok(())
    }
}
