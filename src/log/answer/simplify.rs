//! The path limits and options of a question to the rules by which its walk simplifies history.

use super::Question;
use crate::index::{History, Paths, Pos};
use crate::log::follow::{Follow, Renames};
use crate::log::options::Simplification;
use crate::log::paths;
use crate::log::render::pretty::{Format, NotNative};
use crate::log::revisions::{self, Request};
use crate::log::walk::{Simplify, TreeSame};
use crate::repo::NotExact;
use crate::repo::decorate::{DecorationFilter, DecorationMap};

impl Question<'_> {
    /// Whether the index knows what the commits of this question did to their paths.
    ///
    /// # Errors
    /// When it does not.
    pub(super) fn check_paths(&self, history: &History<'_>, paths: &Paths<'_>) -> Result<(), NotExact> {
        let tips = self.requests.iter().flat_map(|request| match request {
            Request::Commit { id, .. } => [Some(*id), None],
            Request::Symmetric { left, right } => [Some(left.0), Some(right.0)],
        });
        paths::check_known(paths, history, tips.flatten().filter_map(|id| history.lookup(&id)))
    }

    /// Which commits agree on the paths, if paths limit the question.
    pub(super) fn tree_same<'s>(
        &'s self,
        history: &'s History<'s>,
    ) -> Result<Option<Box<dyn TreeSame + 's>>, NotExact> {
        // `--follow` looks at changes, not at trees: no commit is simplified away.
        let Some(pathspec) = self.pathspec.filter(|_| !self.options.follow) else { return Ok(None) };
        let known = self.paths.ok_or_else(|| NotExact::from("paths without an index of paths"))?;
        self.check_paths(history, known)?;
        paths::tree_same(known, history, pathspec).map(Some)
    }

    /// The file to follow, if `--follow` is given.
    pub(super) fn follow<'s>(&'s self, history: &'s History<'s>) -> Result<Option<Follow<'s>>, NotExact> {
        if !self.options.follow {
            return Ok(None);
        }
        let (Some(pathspec), Some(paths)) = (self.pathspec, self.paths) else {
            return Err("--follow without a path".into());
        };
        self.check_paths(history, paths)?;
        let first_parent = self.options.first_parent;
        let renames = Renames::new(self.repo, self.config, self.git, paths, first_parent);
        Follow::new(history, paths, pathspec, renames, first_parent).map(Some)
    }

    /// Which commits refs decorate, for `--simplify-by-decoration`.
    pub(super) fn decorated(&self, history: &History<'_>) -> Result<Option<Vec<bool>>, NotExact> {
        if !self.options.simplification.by_decoration {
            return Ok(None);
        }
        let filter = DecorationFilter::new(self.config, &self.options.decorate_filter)?;
        let is_commit = |id: &gix::hash::oid| history.lookup(id).is_some();
        let map = DecorationMap::load(&self.repo.refs, self.repo.objects()?, &is_commit, &filter, false)?;
        let mut decorated = vec![false; history.len() as usize];
        for pos in map.ids().filter_map(|id| history.lookup(id)) {
            decorated[pos.index()] = true;
        }
        Ok(Some(decorated))
    }

    /// The rules, where anything is to be simplified.
    pub(super) fn simplify<'s>(
        &self,
        history: &History<'_>,
        format: &Result<Format, NotNative>,
        tree_same: Option<&'s dyn TreeSame>,
        decorated: Option<&'s [bool]>,
    ) -> Result<Option<Simplify<'s>>, NotExact> {
        let options = self.options;
        let Simplification { full_history, sparse, simplify_merges, show_pulls, remove_empty, .. } =
            options.simplification;
        let named = &options.simplification.ancestry_path;
        if tree_same.is_none() && decorated.is_none() && !simplify_merges && named.is_empty() {
            return Ok(None);
        }
        if remove_empty && self.may_have_path_filters()? {
            return Err("--remove-empty with changed-path filters".into());
        }
        let default_diff_merges = options.simplification.default_diff_merges;
        if default_diff_merges && self.config.contains("log.diffMerges") {
            return Err("-m with log.diffMerges".into());
        }
        let filtered = options.min_parents > 0 || options.max_parents.is_some() || !options.grep.is_empty();
        Ok(Some(Simplify {
            tree_same,
            decorated,
            full_history: full_history || default_diff_merges,
            sparse,
            merges: simplify_merges,
            show_pulls,
            remove_empty,
            ancestry_path: if named.is_empty() { None } else { Some(self.ancestry_path(history)?) },
            rewrite_parents: options.graph || options.parents,
            children: options.children,
            first_parent_suffices: options.graph && !self.shows_parents(format),
            reverse: options.reverse,
            filtered: filtered || options.skip.unwrap_or(0) > 0,
        }))
    }

    /// Whether all parents of a commit are looked at when it is shown.
    fn shows_parents(&self, format: &Result<Format, NotNative>) -> bool {
        let shows = |format: &Format| format.needs(self.options.parents).parents;
        format.as_ref().map_or(true, shows) || self.options.changes.is_some()
    }

    /// The commits that `--ancestry-path` names; none for the excluded tips.
    fn ancestry_path(&self, history: &History<'_>) -> Result<Vec<Pos>, NotExact> {
        let named: Vec<_> = self.options.simplification.ancestry_path.iter().flatten().collect();
        if !named.is_empty() && named.len() < self.options.simplification.ancestry_path.len() {
            return Err("--ancestry-path with and without a commit".into());
        }
        let position = |spec: &&bstr::BString| {
            let id = revisions::single(self.repo, spec.as_ref(), history, &self.git.path)?;
            history.lookup(&id).ok_or_else(|| NotExact::from(format!("commit {id} is not in the index")))
        };
        named.iter().map(position).collect()
    }
}
