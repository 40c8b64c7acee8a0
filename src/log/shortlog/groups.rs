//! To which groups a commit belongs. Identities are few, so each goes through the mailmap once.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};

use super::Shortlog;
use crate::index::{Flags, IdentityId, Pos};

/// The groups met so far, numbered as they were met.
pub(super) struct Groups<'a> {
    shortlog: &'a Shortlog<'a>,
    numbers: HashMap<BString, usize>,
    names: Vec<BString>,
    /// By identity; `usize::MAX` for those not met yet.
    known: Vec<usize>,
    by_author: bool,
    by_committer: bool,
    /// Whether some commits are not told by their identities.
    careful: bool,
}

impl<'a> Groups<'a> {
    pub(super) fn new(shortlog: &'a Shortlog<'a>) -> Self {
        let options = shortlog.options;
        Groups {
            shortlog,
            numbers: HashMap::new(),
            names: Vec::new(),
            known: vec![usize::MAX; shortlog.history.identities() as usize],
            by_author: options.by_author || !options.by_committer,
            by_committer: options.by_committer,
            careful: shortlog.history.has_encoding() || shortlog.history.has_odd(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn name(&self, group: usize) -> &BStr {
        self.names[group].as_bstr()
    }

    /// Calls `add` with every group of the commit, once with each.
    pub(super) fn of(&mut self, pos: Pos, mut add: impl FnMut(usize)) {
        let history = self.shortlog.history;
        let by_text = |flags: Flags| flags.contains(Flags::ENCODING) || flags.contains(Flags::ODD);
        let (author, committer) = if self.careful && by_text(history.flags(pos)) {
            let commit = self.shortlog.texts.commit(history, pos);
            (
                self.by_author.then(|| self.number(commit.author.name, commit.author.email)),
                self.by_committer.then(|| self.number(commit.committer.name, commit.committer.email)),
            )
        } else {
            (
                self.by_author.then(|| self.of_identity(history.author_id(pos))),
                self.by_committer.then(|| self.of_identity(history.committer_id(pos))),
            )
        };
        if let Some(group) = author {
            add(group);
        }
        if let Some(group) = committer.filter(|group| author != Some(*group)) {
            add(group);
        }
    }

    fn of_identity(&mut self, id: IdentityId) -> usize {
        match self.known.get(id.index()) {
            Some(&known) if known != usize::MAX => known,
            _ => {
                let (name, email) = self.shortlog.history.identity(id);
                let number = self.number(name, email);
                if let Some(known) = self.known.get_mut(id.index()) {
                    *known = number;
                }
                number
            }
        }
    }

    fn number(&mut self, name: &BStr, email: &BStr) -> usize {
        let (name, email) = self.shortlog.sources.mailmap(name, email);
        let mut key = name.into_owned();
        if self.shortlog.options.email {
            key.extend_from_slice(b" <");
            key.extend_from_slice(&email);
            key.push(b'>');
        }
        if let Some(&number) = self.numbers.get(&key) {
            return number;
        }
        let number = self.names.len();
        self.names.push(key.clone());
        self.numbers.insert(key, number);
        number
    }
}
