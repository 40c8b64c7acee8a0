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

    /// Of two for one commit, `other` by an earlier name: annotated ones go before lightweight ones, newer before older.
    fn is_better_than(&self, other: &Tag, repo: &Repo) -> Result<bool, NotExact> {
        if !(self.is_annotated() && other.is_annotated()) {
            return Ok(self.is_annotated());
        }
        Ok(Annotation::read(repo, &self.id)?.date > Annotation::read(repo, &other.id)?.date)
    }
}

/// What an annotated tag says of itself.
#[derive(Debug, Clone)]
pub(super) struct Annotation {
    /// Its name, which need not be that of its ref.
    pub(super) name: BString,
    /// What it tags.
    pub(super) target: ObjectId,
    /// When it was made, in seconds since the epoch; 0 where it does not say.
    date: i64,
}

impl Annotation {
    /// Reads the tag.
    pub(super) fn read(repo: &Repo, id: &ObjectId) -> Result<Annotation, NotExact> {
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

/// The name of a commit.
pub(super) struct Name {
    /// That of the ref.
    pub(super) text: BString,
    /// The tag object, if there is one.
    pub(super) annotated: Option<ObjectId>,
}

/// Which commits have which names.
pub(super) struct Names {
    of_commits: HashMap<Pos, Name>,
    /// How many objects, commits or not, have tags, of whatever kind.
    pub(super) objects: usize,
}

impl Names {
    /// The names that `options` let count.
    pub(super) fn new(repo: &Repo, tags: &[Tag], options: &DescribeOptions) -> Result<Names, NotExact> {
        let mut best: HashMap<Pos, &Tag> = HashMap::new();
        let mut objects = HashSet::new();
        for tag in tags.iter().filter(|tag| counts(tag, options)) {
            objects.insert(tag.peeled);
            let Some(commit) = tag.commit else { continue };
            let better = match best.get(&commit) {
                None => true,
                Some(other) => tag.is_better_than(other, repo)?,
            };
            if better {
                best.insert(commit, tag);
            }
        }
        let wanted = best.into_iter().filter(|(_, tag)| options.tags || tag.is_annotated());
        let named = wanted.map(|(commit, tag)| {
            (commit, Name { text: tag.name.clone(), annotated: tag.is_annotated().then_some(tag.id) })
        });
        Ok(Names { of_commits: named.collect(), objects: objects.len() })
    }

    /// Whether no commit has a name.
    pub(super) fn is_empty(&self) -> bool {
        self.of_commits.is_empty()
    }

    /// The name of a commit.
    pub(super) fn get(&self, commit: Pos) -> Option<&Name> {
        self.of_commits.get(&commit)
    }
}

fn counts(tag: &Tag, options: &DescribeOptions) -> bool {
    let matches = |glob: &BString| {
        gix::glob::wildmatch(glob.as_bstr(), tag.name.as_bstr(), gix::glob::wildmatch::Mode::empty())
    };
    !options.excluded.iter().any(matches)
        && (options.matching.is_empty() || options.matching.iter().any(matches))
}
