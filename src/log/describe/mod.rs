//! What `git describe` says of commits, for `%(describe)`: the nearest tag, how many commits are not in it, and the
//! commit's abbreviated name. git starts a process for each commit.
//!
//! `names` knows which commits have names, `nearest` finds the one to take.

mod names;
mod nearest;

use bstr::BString;
use rayon::prelude::*;

use self::names::{Names, Tag};
use self::nearest::{Found, Search};
use super::render::pretty::{DescribeAbbrev, DescribeOptions};
use crate::index::{History, Pos};
use crate::repo::abbrev::{Abbrev, AbbrevLength};
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};

/// The shortest abbreviation that git takes.
const SHORTEST: usize = 4;

/// So many commits make it worth waking another thread.
const GRAIN: usize = 8;

/// Describes commits of one history.
pub(super) struct Describer<'h> {
    history: &'h History<'h>,
    descriptions: Vec<Description>,
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
        repo: &Repo,
        config: &Config,
        git: &GitProgram,
        history: &'h History<'h>,
        wanted: &[DescribeOptions],
    ) -> Result<Self, NotExact> {
        if history.has_odd() {
            return Err("descriptions where there are odd commits".into());
        }
        let tags = Tag::all(repo, history)?;
        let descriptions = wanted.iter().map(|options| {
            let length = match options.abbrev {
                DescribeAbbrev::Configured => Some(AbbrevLength::from_config(config)?),
                DescribeAbbrev::Digits(digits) => Some(AbbrevLength::AtLeast(digits.max(SHORTEST))),
                DescribeAbbrev::Hidden => None,
            };
            // Each commit is described by a git of its own, which may have opened no other pack.
            let abbrev = length.map(|length| Abbrev::new(repo.object_names(config)?, length, &[]));
            Ok(Description { names: Names::new(repo, &tags, options)?, abbrev: abbrev.transpose()? })
        });
        // Since 2.48 git stops as soon as it has as many candidates as it will look at.
        let stops_early = git.at_least(2, 48);
        Ok(Describer { history, descriptions: descriptions.collect::<Result<_, NotExact>>()?, stops_early })
    }

    /// What each way says of each commit: nothing where it finds no tag.
    pub(super) fn describe(&self, commits: impl Iterator<Item = Pos>) -> Vec<Vec<BString>> {
        let commits: Vec<Pos> = commits.collect();
        let parts = commits.par_chunks(GRAIN.max(commits.len() / (4 * rayon::current_num_threads())));
        let together = parts.map(|commits| {
            let mut search = Search::new(self.history, self.stops_early);
            let mut of_commit = |pos: Pos| {
                let text = |description: &Description| {
                    if description.names.is_empty() {
                        return BString::default();
                    }
                    let found = search.nearest(&description.names, pos);
                    found.map(|found| self.text(description, pos, &found)).unwrap_or_default()
                };
                self.descriptions.iter().map(text).collect()
            };
            commits.iter().map(|pos| of_commit(*pos)).collect::<Vec<Vec<BString>>>()
        });
        together.flatten_iter().collect()
    }

    fn text(&self, description: &Description, commit: Pos, found: &Found) -> BString {
        let name = description.names.shown(found.tag);
        let mut text = name.text.clone();
        // A tag that has got another name than it was made with is told by its commit.
        let (depth, id) = match (found.depth, &name.misnamed) {
            (None, None) => return text,
            (None, Some(tagged)) => (0, tagged.as_ref()),
            (Some(depth), misnamed) if misnamed.is_some() || description.abbrev.is_some() => {
                (depth, self.history.oid(commit))
            }
            (Some(_), _) => return text,
        };
        let digits = description.abbrev.as_ref().map_or(usize::MAX, |abbrev| abbrev.len(id));
        let id = id.to_string();
        text.extend_from_slice(format!("-{depth}-g{}", &id[..digits.min(id.len())]).as_bytes());
        text
    }
}
