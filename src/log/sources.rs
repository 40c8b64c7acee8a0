//! What a renderer may ask for besides the commit itself. Renderers never touch the repository: they ask here.

use std::borrow::Cow;

use bstr::{BStr, BString};
use gix::hash::oid;

/// What kind of ref a decoration names; it decides its colour and its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecorationKind {
    /// `refs/heads/…` (`color.decorate.branch`).
    LocalBranch,
    /// `refs/remotes/…` (`color.decorate.remoteBranch`).
    RemoteBranch,
    /// `refs/tags/…` (`color.decorate.tag`), printed with `tag: `.
    Tag,
    /// `refs/stash` (`color.decorate.stash`).
    Stash,
    /// `HEAD` (`color.decorate.HEAD`).
    Head,
    /// Any other ref (git paints these without a colour of their own).
    Other,
    /// `grafted` (`color.decorate.grafted`).
    Grafted,
}

/// One name shown beside a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoration {
    /// Its kind.
    pub kind: DecorationKind,
    /// The name as it is printed: full or short, whatever `--decorate` asked for, without `tag: `.
    pub name: BString,
}

/// The decorations of one commit, in the order in which git prints them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decorations {
    /// All names; `HEAD` comes first where it is there.
    pub names: Vec<Decoration>,
    /// With `HEAD -> branch`: the index in `names` of the branch that HEAD is on. git prints that branch
    /// directly behind `HEAD` and not again at its own place.
    pub head_branch: Option<usize>,
}

/// What the renderers ask for. Every answer must be what git would use on the same repository.
pub trait Sources: Sync {
    /// How many hex digits of this object's name are printed where it is abbreviated.
    fn abbrev_len(&self, id: &oid) -> usize;
    /// The same for a commit of the index.
    fn commit_abbrev_len(&self, id: &oid) -> usize {
        self.abbrev_len(id)
    }
    /// Says that [`Sources::commit_abbrev_len()`] will be asked about all of these.
    fn expect_abbrevs(&self, _ids: &[&oid]) {}
    /// The decorations of a commit, `None` when it has none.
    fn decorations(&self, id: &oid) -> Option<&Decorations>;
    /// Name and e-mail address after the mailmap.
    fn mailmap<'a>(&'a self, name: &'a BStr, email: &'a BStr) -> (Cow<'a, BStr>, Cow<'a, BStr>);
    /// The notes of a commit as git shows them: header line (`Notes:` or `Notes (name):`) and text for
    /// each notes ref that is displayed, in order. Empty when there are none.
    fn notes(&self, id: &oid) -> Vec<Note>;
}

/// One note of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// `None` for the default notes ref (git prints `Notes:`), else the short ref name (`Notes (name):`).
    pub label: Option<BString>,
    /// The blob's text, as stored.
    pub text: BString,
}
