//! The names of commits: of the tags that count, the one that `git describe` prefers for each commit.

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use gix::objs::{Kind, TagRef};
use std::collections::{HashMap, HashSet};

use crate::index::{History, Pos};
use crate::log::render::pretty::DescribeOptions;
use crate::repo::{NotExact, Repo};

const PREFIX: &str = "refs/tags/";

/// A ref below `refs/tags/`.
pub(super) struct Tag {
    /// Without `refs/tags/`.
    name: BString,
    /// What it names.
    id: ObjectId,
    /// What is left when all tag objects are peeled off.
    peeled: ObjectId,
    /// The commit, if that is one and the history has it.
    commit: Option<Pos>,
}

impl Tag {
    /// All of them, by name.
    pub(super) fn all(repo: &Repo, history: &History<'_>) -> Result<Vec<Tag>, NotExact> {
        let peeled = repo.peeled_below(PREFIX, &|id| history.lookup(id).is_some())?;
        let tags = peeled.into_iter().map(|(name, id, peeled)| {
            let name = name[PREFIX.len()..].into();
            Tag { name, id, peeled, commit: history.lookup(&peeled) }
        });
        Ok(tags.collect())
    }

    fn is_annotated(&self) -> bool {
        self.id != self.peeled
    }
}

/// Which commits have which names.
pub(super) struct Names {
    of_commits: HashMap<Pos, Name>,
    /// How many objects, commits or not, have tags, of whatever kind.
    pub(super) objects: usize,
}

/// The name of a commit.
struct Name {
    annotated: bool,
    shown: Shown,
}

/// How a name is shown.
pub(super) struct Shown {
    /// What an annotated tag calls itself, else the ref's name.
    pub(super) text: BString,
    /// What the tag names, if its ref is called otherwise.
    pub(super) misnamed: Option<ObjectId>,
}

/// What an annotated tag says of itself.
struct Annotation {
    name: BString,
    target: ObjectId,
    /// When it was made, in seconds since the epoch; 0 where it does not say.
    date: i64,
}

impl Annotation {
    fn read(repo: &Repo, id: &ObjectId) -> Result<Annotation, NotExact> {
        let unreadable = || NotExact::from(format!("tag {id} can't be read"));
        let data = repo.object_of(id, Kind::Tag)?;
        let tag = TagRef::from_bytes(&data, repo.kind).map_err(|_| unreadable())?;
        let date = match tag.tagger().map_err(|_| unreadable())? {
            Some(tagger) => tagger.time().map_err(|_| unreadable())?.seconds,
            None => 0,
        };
        Ok(Annotation { name: tag.name.to_owned(), target: tag.target(), date })
    }
}

impl Names {
    /// The names that `options` let count.
    pub(super) fn new(repo: &Repo, tags: &[Tag], options: &DescribeOptions) -> Result<Names, NotExact> {
        let mut best: HashMap<Pos, (&Tag, Option<Annotation>)> = HashMap::new();
        let mut objects = HashSet::new();
        for tag in tags.iter().filter(|tag| counts(tag, options)) {
            objects.insert(tag.peeled);
            let Some(commit) = tag.commit else { continue };
            let read = |tag: &Tag| tag.is_annotated().then(|| Annotation::read(repo, &tag.id)).transpose();
            let annotation = read(tag)?;
            let date =
                |annotation: &Option<Annotation>| annotation.as_ref().map(|annotation| annotation.date);
            // Annotated before lightweight, newer before older; among equals the first.
            let better = best.get(&commit).is_none_or(|(_, other)| date(&annotation) > date(other));
            if better {
                best.insert(commit, (tag, annotation));
            }
        }
        let named = best.into_iter().map(|(commit, (tag, annotation))| {
            let annotated = annotation.is_some();
            let shown = match annotation {
                Some(Annotation { name, target, .. }) => {
                    let misnamed = (name != tag.name).then_some(target);
                    Shown { text: name, misnamed }
                }
                None => Shown { text: tag.name.clone(), misnamed: None },
            };
            (commit, Name { annotated, shown })
        });
        let named = named.filter(|(_, name)| options.tags || name.annotated);
        Ok(Names { of_commits: named.collect(), objects: objects.len() })
    }

    /// Whether no commit has a name.
    pub(super) fn is_empty(&self) -> bool {
        self.of_commits.is_empty()
    }

    /// Whether the commit has a name; if so, whether an annotated tag gives it.
    pub(super) fn annotated(&self, commit: Pos) -> Option<bool> {
        self.of_commits.get(&commit).map(|name| name.annotated)
    }

    /// The name of a commit that has one.
    pub(super) fn shown(&self, commit: Pos) -> &Shown {
        &self.of_commits[&commit].shown
    }
}

fn counts(tag: &Tag, options: &DescribeOptions) -> bool {
    let matches = |glob: &BString| {
        gix::glob::wildmatch(glob.as_bstr(), tag.name.as_bstr(), gix::glob::wildmatch::Mode::empty())
    };
    !options.excluded.iter().any(matches)
        && (options.matching.is_empty() || options.matching.iter().any(matches))
}
