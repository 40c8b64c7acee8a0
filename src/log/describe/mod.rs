//! What `git describe` says of commits, for `%(describe)`: the nearest tag, how many commits are not in it, and the
//! commit's abbreviated name. git starts a process for each commit.
//!
//! `names` knows which commits have names, `nearest` finds the one to take.

mod names;
mod nearest;

use std::cell::RefCell;
use std::collections::HashMap;

use bstr::BString;
use gix::ObjectId;
use rayon::prelude::*;

use self::names::{Annotation, Names, Tag};
use self::nearest::{Found, Search};
use super::odd;
use super::render::pretty::{DescribeAbbrev, DescribeOptions};
use crate::index::{History, Pos};
use crate::repo::abbrev::{Abbrev, AbbrevLength};
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};

/// So many commits make it worth waking another thread.
const GRAIN: usize = 8;

/// Describes commits of one history.
pub(super) struct Describer<'h> {
    repo: &'h Repo,
    history: &'h History<'h>,
    descriptions: Vec<Description>,
    annotations: RefCell<HashMap<ObjectId, Option<Annotation>>>,
    /// See [`Search::new()`].
    stops_early: bool,
}

/// One way to describe commits.
struct Description {
    names: Names,
    /// `None` where the commit's name is not shown.
    abbrev: Option<Abbrev>,
}

impl<'h> Describer<'h> {
    /// Reads the tags.
    ///
    /// # Errors
    /// When only git knows: dates that are read by rules of their own, tags that can't be read, lengths that depend on
    /// what git has opened.
    pub(super) fn new(
        repo: &'h Repo,
        config: &Config,
        git: &GitProgram,
        history: &'h History<'h>,
        wanted: &[DescribeOptions],
    ) -> Result<Self, NotExact> {
        if !odd::all_readable(history) {
            return Err("descriptions where there are odd commits".into());
        }
        let tags = Tag::all(repo, history)?;
        let descriptions = wanted.iter().map(|options| {
            let length = match options.abbrev {
                DescribeAbbrev::Configured => Some(AbbrevLength::from_config(config)?),
                DescribeAbbrev::Digits(digits) => Some(AbbrevLength::at_least(digits)),
                DescribeAbbrev::Hidden => None,
            };
            // Each commit is described by a git of its own, which may have opened no other pack.
            let abbrev = length.map(|length| Abbrev::new(repo.object_names(config)?, length, &[], git));
            Ok(Description { names: Names::new(repo, &tags, options)?, abbrev: abbrev.transpose()? })
        });
        // Since 2.48 git stops as soon as it has as many candidates as it will look at.
        let stops_early = git.at_least(2, 48);
        let descriptions = descriptions.collect::<Result<_, NotExact>>()?;
        Ok(Describer { repo, history, descriptions, annotations: RefCell::default(), stops_early })
    }

    /// What each way says of each commit: nothing where it finds no tag.
    pub(super) fn describe(&self, commits: impl Iterator<Item = Pos>) -> Vec<Vec<BString>> {
        let commits: Vec<Pos> = commits.collect();
        let text = |(&commit, found): (&Pos, Vec<Option<Found>>)| {
            let each = self.descriptions.iter().zip(found);
            each.map(|(description, found)| self.text(description, commit, found?))
                .map(Option::unwrap_or_default)
                .collect()
        };
        commits.iter().zip(self.nearest(&commits)).map(text).collect()
    }

    /// What describes each commit, in each way.
    fn nearest(&self, commits: &[Pos]) -> Vec<Vec<Option<Found>>> {
        let (history, descriptions, stops_early) = (self.history, &self.descriptions, self.stops_early);
        let parts = commits.par_chunks(GRAIN.max(commits.len() / (4 * rayon::current_num_threads())));
        let together = parts.map(|commits| {
            let mut search = Search::new(history, stops_early);
            let mut of_commit =
                |pos: Pos| descriptions.iter().map(|one| search.nearest(&one.names, pos)).collect();
            commits.iter().map(|pos| of_commit(*pos)).collect::<Vec<Vec<Option<Found>>>>()
        });
        together.flatten_iter().collect()
    }

    /// `None` where git would not get that far.
    fn text(&self, description: &Description, commit: Pos, found: Found) -> Option<BString> {
        let name = description.names.get(found.tag)?;
        let annotation = match name.annotated {
            Some(tag) => Some(self.annotation(tag)?),
            None => None,
        };
        // A tag that has got another name than it was made with is told by its commit.
        let misnamed = annotation.as_ref().filter(|annotation| annotation.name != name.text);
        let mut text = misnamed.map_or(&name.text, |annotation| &annotation.name).clone();
        let (depth, id) = match (found.depth, misnamed) {
            (None, Some(annotation)) => (0, annotation.target.as_ref()),
            (Some(depth), _) if misnamed.is_some() || description.abbrev.is_some() => {
                (depth, self.history.oid(commit))
            }
            _ => return Some(text),
        };
        let digits = description.abbrev.as_ref().map_or(usize::MAX, |abbrev| abbrev.len(id));
        let id = id.to_string();
        text.extend_from_slice(format!("-{depth}-g{}", &id[..digits.min(id.len())]).as_bytes());
        Some(text)
    }

    /// What a tag says of itself; read once.
    fn annotation(&self, tag: ObjectId) -> Option<Annotation> {
        let read = || Annotation::read(self.repo, &tag).ok();
        self.annotations.borrow_mut().entry(tag).or_insert_with(read).clone()
    }
}
