//! The tree, tips and paths that `--last-modified` is asked about, and how the answer is printed.

use std::process::ExitCode;

use bstr::{BString, ByteSlice};
use rayon::prelude::*;

use super::Question;
use crate::cli::output::{Output, for_a_person};
use crate::cli::quote::push_quoted;
use crate::cli::trace::{Report, Served};
use crate::index::{History, Paths, Pos};
use crate::log::encoding::Reencoded;
use crate::log::json;
use crate::log::last_modified::{Depth, Found, entries, last_modified};
use crate::log::odd;
use crate::log::repo_sources::RepoSources;
use crate::log::revisions::Request;
use crate::log::settings::Settings;
use crate::log::walk::{Plan, Start, reached};
use crate::repo::NotExact;

impl Question<'_> {
    /// Answers `--last-modified`.
    ///
    /// # Errors
    /// When the index does not tell; nothing has been written then.
    pub(super) fn last_modified(
        &self,
        history: &History<'_>,
        paths: &Paths<'_>,
        report: &mut Report,
    ) -> Result<ExitCode, NotExact> {
        self.check_paths(history, paths)?;
        let (tip, excluded) = self.tip_and_excluded(history)?;
        if self.options.last_modified.trees && self.pathspec.is_some() {
            return Err("directories above the paths".into());
        }
        let depth = match (self.options.last_modified.recursive, self.options.last_modified.trees) {
            (false, _) => Depth::Named,
            (true, false) => Depth::Files,
            (true, true) => Depth::Everything,
        };
        let tree = history.tree(tip).to_owned();
        let entries = entries(self.repo, tree, self.pathspec, depth)?;
        let is_excluded = |pos: Pos| excluded.get(pos.index()).copied().unwrap_or(false);
        let found = last_modified(history, paths, tip, &is_excluded, &entries);
        let unknown = |path: &BString| NotExact::from(format!("what changed '{path}' is not known"));
        let found: Vec<(BString, Found)> = entries
            .into_iter()
            .zip(found)
            .map(|(path, found)| {
                Ok((found.ok_or_else(|| unknown(&path))?, path)).map(|(found, path)| (path, found))
            })
            .collect::<Result<_, NotExact>>()?;
        let bytes = match self.own.json {
            true => self.last_modified_json(history, tip, &found)?,
            false => self.last_modified_text(history, &found)?,
        };
        report.served = Served::Native;
        let mut output = Output::open(&self.git.path, true);
        output.write(&bytes);
        output.finish();
        Ok(ExitCode::SUCCESS)
    }

    /// The commit whose tree is asked about, and by position whether a commit is excluded.
    fn tip_and_excluded(&self, history: &History<'_>) -> Result<(Pos, Vec<bool>), NotExact> {
        let mut tip = None;
        let mut starts = Vec::new();
        for request in self.requests {
            let Request::Commit { id, uninteresting, .. } = request else {
                return Err("--last-modified of a symmetric difference".into());
            };
            let pos = history
                .lookup(id)
                .ok_or_else(|| NotExact::from(format!("commit {id} is not in the index")))?;
            if *uninteresting {
                starts.push(Start { pos, uninteresting: false, left: false, source: 0 });
            } else if tip.replace(pos).is_some_and(|other| other != pos) {
                return Err("--last-modified of several commits".into());
            }
        }
        let tip = tip.ok_or_else(|| NotExact::from("--last-modified of no commit"))?;
        let mut excluded = Vec::new();
        if !starts.is_empty() {
            excluded.resize(history.len() as usize, false);
            for pos in reached(history, &Plan { starts, ..Plan::default() }) {
                excluded[pos.index()] = true;
            }
        }
        if excluded.get(tip.index()) == Some(&true) {
            return Err("--last-modified of an excluded commit".into());
        }
        Ok((tip, excluded))
    }

    fn last_modified_text(
        &self,
        history: &History<'_>,
        found: &[(BString, Found)],
    ) -> Result<Vec<u8>, NotExact> {
        let high = self.config.bool("core.quotePath")?.unwrap_or(true);
        let mut out = Vec::with_capacity(found.len() * 64);
        for (path, found) in found {
            if found.boundary {
                out.push(b'^');
            }
            out.extend_from_slice(history.oid(found.pos).to_string().as_bytes());
            out.push(b'\t');
            match self.options.nul {
                true => out.extend_from_slice(path),
                false => push_quoted(path, high, &mut out),
            }
            out.push(if self.options.nul { 0 } else { b'\n' });
        }
        Ok(out)
    }

    fn last_modified_json(
        &self,
        history: &History<'_>,
        tip: Pos,
        found: &[(BString, Found)],
    ) -> Result<Vec<u8>, NotExact> {
        let settings = Settings::resolve(self.options, self.config, for_a_person())?;
        let tips = [history.oid(tip)];
        let sources = RepoSources::open(self.owner(), self.options, &settings, &tips, true, history)?;
        let texts = self.texts(history, found.iter().map(|(_, found)| found.pos))?;
        let lines: Vec<Vec<u8>> = found
            .par_iter()
            .with_min_len(64)
            .map(|(path, found)| {
                let mut out = Vec::new();
                let commit = texts.commit(history, found.pos);
                let touch = json::Touch { commit: &commit, sources: &sources, mailmap: settings.mailmap };
                json::push_last_modified(path.as_bstr(), &touch, found.boundary, &mut out);
                out
            })
            .collect();
        Ok(lines.concat())
    }

    /// The texts of commits that are all readable.
    pub(super) fn texts(
        &self,
        history: &History<'_>,
        commits: impl Iterator<Item = Pos> + Clone,
    ) -> Result<Reencoded, NotExact> {
        check_readable(history, commits.clone())?;
        let mut texts = Reencoded::default();
        texts.prepare(history, commits, &self.git.path)?;
        Ok(texts)
    }
}

/// Some odd commits are shown by git only.
pub(super) fn check_readable(
    history: &History<'_>,
    mut commits: impl Iterator<Item = Pos>,
) -> Result<(), NotExact> {
    match commits.find(|pos| !odd::is_readable(history, *pos)) {
        Some(pos) => Err(format!("odd commit {}", history.oid(pos)).into()),
        None => Ok(()),
    }
}
