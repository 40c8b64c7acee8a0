//! `--shortlog`: chosen commits to what `git shortlog` says of them. Which commits those are is decided elsewhere.

mod groups;
mod title;

use bstr::ByteSlice;
use rayon::prelude::*;

use super::encoding::Reencoded;
use super::options::modes::ShortlogOptions;
use super::render::text::wrap;
use super::sources::Sources;
use crate::index::{History, Pos};
use groups::Groups;

/// How many commits one thread takes at a time.
const GRAIN: usize = 1024;

/// What a summary is made from.
pub(super) struct Shortlog<'a> {
    pub(super) history: &'a History<'a>,
    /// The commits that are not in UTF-8.
    pub(super) texts: &'a Reencoded,
    /// For the mailmap.
    pub(super) sources: &'a dyn Sources,
    pub(super) options: &'a ShortlogOptions,
}

impl Shortlog<'_> {
    /// The answer for `commits`, in the order in which git walks them; with `-s` any order does.
    pub(super) fn print(&self, commits: &[Pos]) -> Vec<u8> {
        let mut groups = Groups::new(self);
        if self.options.summary {
            let mut counts = Vec::new();
            for &pos in commits {
                groups.of(pos, |group| {
                    if counts.len() <= group {
                        counts.resize(group + 1, 0usize);
                    }
                    counts[group] += 1;
                });
            }
            return self.summary(&groups, &counts);
        }
        let mut members: Vec<Vec<Pos>> = Vec::new();
        // The oldest commit comes first.
        for &pos in commits.iter().rev() {
            groups.of(pos, |group| {
                if members.len() <= group {
                    members.resize_with(group + 1, Vec::new);
                }
                members[group].push(pos);
            });
        }
        self.titles(&groups, &members)
    }

    fn summary(&self, groups: &Groups<'_>, counts: &[usize]) -> Vec<u8> {
        let mut out = Vec::new();
        for group in self.sorted(groups, |group| counts[group]) {
            out.extend_from_slice(format!("{:6}\t", counts[group]).as_bytes());
            out.extend_from_slice(groups.name(group));
            out.push(b'\n');
        }
        out
    }

    fn titles(&self, groups: &Groups<'_>, members: &[Vec<Pos>]) -> Vec<u8> {
        let order = self.sorted(groups, |group| members[group].len());
        let pieces: Vec<(usize, usize, &[Pos])> = order
            .iter()
            .flat_map(|&group| {
                members[group].chunks(GRAIN).enumerate().map(move |(number, piece)| (group, number, piece))
            })
            .collect();
        let rendered: Vec<Vec<u8>> = pieces
            .par_iter()
            .map(|&(group, number, piece)| {
                let mut out = Vec::with_capacity(piece.len() * 64);
                if number == 0 {
                    out.extend_from_slice(groups.name(group));
                    out.extend_from_slice(format!(" ({}):\n", members[group].len()).as_bytes());
                }
                for &pos in piece {
                    self.push_title(pos, &mut out);
                }
                if number * GRAIN + piece.len() == members[group].len() {
                    out.push(b'\n');
                }
                out
            })
            .collect();
        rendered.concat()
    }

    fn push_title(&self, pos: Pos, out: &mut Vec<u8>) {
        let commit = self.texts.commit(self.history, pos);
        let title = title::of(commit.message.as_bytes());
        match self.options.wrap {
            Some((width, first, others)) => wrap(&title, width, first, others, out),
            None => {
                out.extend_from_slice(b"      ");
                out.extend_from_slice(&title);
            }
        }
        out.push(b'\n');
    }

    /// The groups as they are printed: by name, or those with most commits first and else by name.
    fn sorted(&self, groups: &Groups<'_>, size: impl Fn(usize) -> usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_unstable_by(|&a, &b| groups.name(a).cmp(groups.name(b)));
        if self.options.numbered {
            order.sort_by_key(|&group| std::cmp::Reverse(size(group)));
        }
        order
    }
}
