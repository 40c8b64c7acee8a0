//! `-s`, `--porcelain` and `--porcelain=v1`.

use bstr::{BStr, BString};

use super::colors::{Colors, paint};
use super::quote::PathStyle;
use crate::status::model::{Change, Distance, Head, Status};

/// How it is written.
pub struct Short<'a> {
    /// Colours; none for the porcelain.
    pub colors: &'a Colors,
    /// How paths are written.
    pub paths: &'a PathStyle,
    /// `-z`.
    pub nul: bool,
    /// Whether the branch is shown.
    pub branch: bool,
    /// Whether letters tell how submodules differ; they do not in porcelain.
    pub submodules: bool,
}

impl Short<'_> {
    /// The whole answer.
    pub fn render(&self, status: &Status) -> Vec<u8> {
        let mut out = Vec::new();
        if self.branch {
            self.head(&status.head, &mut out);
        }
        for (path, change) in &status.changes {
            self.change(path, change, &mut out);
        }
        for (mark, paths) in [(b"??", &status.untracked), (b"!!", &status.ignored)] {
            for path in paths {
                self.other(mark, path, &mut out);
            }
        }
        out
    }

    fn end(&self) -> u8 {
        if self.nul { 0 } else { b'\n' }
    }

    fn change(&self, path: &BString, change: &Change, out: &mut Vec<u8>) {
        if let Some(letters) = change.conflict_letters() {
            paint(&self.colors.unmerged, &letters, out);
        } else {
            let unstaged = match change.submodule {
                Some(found) if self.submodules && !found.new_commits => {
                    if found.modified {
                        b'm'
                    } else {
                        b'?'
                    }
                }
                _ => change.unstaged,
            };
            for (color, letter) in [(&self.colors.staged, change.staged), (&self.colors.changed, unstaged)] {
                match letter {
                    b' ' => out.push(b' '),
                    letter => paint(color, &[letter], out),
                }
            }
        }
        out.push(b' ');
        if self.nul {
            out.extend_from_slice(path);
            out.push(0);
            if let Some((original, _)) = &change.original {
                out.extend_from_slice(original);
                out.push(0);
            }
            return;
        }
        if let Some((original, _)) = &change.original {
            self.paths.write(original.as_ref(), out);
            out.extend_from_slice(b" -> ");
        }
        self.paths.write(path.as_ref(), out);
        out.push(b'\n');
    }

    fn other(&self, mark: &[u8], path: &BString, out: &mut Vec<u8>) {
        // With NULs, git gives these no colour.
        let color: &[u8] = if self.nul { b"" } else { &self.colors.untracked };
        paint(color, mark, out);
        out.push(b' ');
        match self.nul {
            true => out.extend_from_slice(path),
            false => self.paths.write(path.as_ref(), out),
        }
        out.push(self.end());
    }

    fn head(&self, head: &Head, out: &mut Vec<u8>) {
        let colors = self.colors;
        paint(&colors.header, b"## ", out);
        let Some(branch) = &head.branch else {
            paint(&colors.no_branch, b"HEAD (no branch)", out);
            return out.push(self.end());
        };
        if head.commit.is_none() {
            paint(&colors.header, b"No commits yet on ", out);
        }
        paint(&colors.local, short_branch(branch.as_ref()), out);
        if let Some(upstream) = &head.upstream {
            paint(&colors.header, b"...", out);
            paint(&colors.remote, &upstream.name, out);
            self.distance(upstream.distance, out);
        }
        out.push(self.end());
    }

    fn distance(&self, distance: Option<Distance>, out: &mut Vec<u8>) {
        let colors = self.colors;
        let header = |text: &str, out: &mut Vec<u8>| paint(&colors.header, text.as_bytes(), out);
        match distance {
            Some(Distance::Same(true) | Distance::Counted(0, 0)) => return,
            None => {
                header(" [", out);
                header("gone", out);
            }
            Some(Distance::Same(false)) => {
                header(" [", out);
                header("different", out);
            }
            Some(Distance::Counted(ahead, behind)) => {
                header(" [", out);
                if ahead > 0 {
                    header("ahead ", out);
                    paint(&colors.local, ahead.to_string().as_bytes(), out);
                }
                if behind > 0 {
                    header(if ahead > 0 { ", behind " } else { "behind " }, out);
                    paint(&colors.remote, behind.to_string().as_bytes(), out);
                }
            }
        }
        header("]", out);
    }
}

/// The name of a branch without `refs/heads/`.
pub fn short_branch(name: &BStr) -> &[u8] {
    name.strip_prefix(b"refs/heads/").unwrap_or(name)
}
