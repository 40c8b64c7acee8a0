//! One path that is a file, a directory, or now this and now that: what two commits have there is looked up when the walk
//! asks, so that a page costs no more than the commits that it meets.

use std::cell::RefCell;

use bstr::BStr;

use super::Literal;
use crate::index::{History, Paths, Pos, Value};
use crate::log::walk::{Positions, TreeSame};

/// In `brought`: nobody. Other numbers are those of postings, from 1.
const NOBODY: u32 = 0;

/// Once one commit of so many was looked at on the way to a posting, it is quicker to look at all in one go.
const MANY: u32 = 16;

/// What the commits of a history have at one path.
pub(super) struct OnePath<'a> {
    history: &'a History<'a>,
    path: &'a BStr,
    /// What the commits that changed it, in order of position, made of it.
    postings: Vec<(Pos, Option<Value<'a>>)>,
    /// The commits that changed it against their first parents.
    changed: Positions,
    brought: RefCell<Brought>,
}

/// By position: which posting says what the commit has, the last one on its chain of first parents. Pages of memory
/// that no question has touched cost nothing.
struct Brought {
    postings: Vec<u32>,
    /// Where that has been found out, while `all` of it has not.
    known: Positions,
    all: bool,
    /// How many commits were looked at.
    looked: u32,
}

impl Brought {
    #[inline]
    fn get(&self, pos: Pos) -> Option<u32> {
        (self.all || self.known.has(pos)).then(|| self.postings[pos.index()])
    }

    #[inline]
    fn set(&mut self, pos: Pos, posting: u32) {
        self.known.insert_new(pos);
        self.postings[pos.index()] = posting;
        self.looked += 1;
    }
}

impl<'a> OnePath<'a> {
    pub(super) fn new(paths: &Paths<'a>, history: &'a History<'a>, literal: Literal<'a>) -> Self {
        let len = history.len() as usize;
        let mut changed = Positions::new(history.len());
        let mut postings = Vec::new();
        let taken = |value: Option<Value<'a>>| value.filter(|value| literal.takes(value.kind));
        for posting in paths.postings(literal.path).filter(|posting| posting.pos.index() < len) {
            let (old, new) = (taken(posting.old), taken(posting.new));
            if old != new {
                changed.insert_new(posting.pos);
                postings.push((posting.pos, new));
            }
        }
        let known = Positions::new(history.len());
        let brought = Brought { postings: vec![NOBODY; len], known, all: false, looked: 0 };
        OnePath { history, path: literal.path, postings, changed, brought: RefCell::new(brought) }
    }

    #[inline]
    fn is_changed(&self, pos: Pos) -> bool {
        self.changed.has(pos)
    }

    /// The posting that says what `pos` has, as `brought` numbers them.
    #[inline]
    fn brought(&self, pos: Pos) -> u32 {
        let known = self.brought.borrow().get(pos);
        known.unwrap_or_else(|| self.look_for(pos, &mut self.brought.borrow_mut()))
    }

    fn look_for(&self, pos: Pos, brought: &mut Brought) -> u32 {
        if brought.looked > self.history.len() / MANY {
            self.look_for_all(brought);
            return brought.postings[pos.index()];
        }
        let (mut at, mut found) = (Some(pos), NOBODY);
        while let Some(pos) = at {
            if let Some(known) = brought.get(pos) {
                found = known;
                break;
            }
            if self.is_changed(pos) {
                // There is one, so the search finds it.
                found = 1 + self.postings.partition_point(|(at, _)| *at < pos) as u32;
                break;
            }
            at = self.history.first_parent(pos);
        }
        let mut next = Some(pos);
        while next != at {
            let Some(pos) = next else { break };
            brought.set(pos, found);
            next = self.history.first_parent(pos);
        }
        if let Some(pos) = at {
            brought.set(pos, found);
        }
        found
    }

    /// From the oldest commit on, each has what its first parent has, unless it changes that.
    fn look_for_all(&self, brought: &mut Brought) {
        let mut postings = self.postings.iter().zip(1..).peekable();
        for pos in (0..self.history.len()).map(Pos) {
            brought.postings[pos.index()] = match postings.next_if(|((at, _), _)| *at == pos) {
                Some((_, number)) => number,
                None => {
                    self.history.first_parent(pos).map_or(NOBODY, |parent| brought.postings[parent.index()])
                }
            };
        }
        brought.all = true;
    }

    fn value(&self, brought: u32) -> Option<Value<'a>> {
        let at = brought.checked_sub(1)?;
        self.postings.get(at as usize)?.1
    }
}

impl TreeSame for OnePath<'_> {
    #[inline]
    fn same(&self, pos: Pos, other: Pos) -> bool {
        if self.history.first_parent(pos) == Some(other) {
            return !self.is_changed(pos);
        }
        let (brought, others) = (self.brought(pos), self.brought(other));
        brought == others || self.value(brought) == self.value(others)
    }

    #[inline]
    fn same_as_first(&self, pos: Pos, _: Pos) -> bool {
        !self.is_changed(pos)
    }

    fn is_empty(&self, pos: Pos) -> bool {
        self.value(self.brought(pos)).is_none()
    }

    fn changes(&self) -> usize {
        self.postings.len()
    }
}

impl std::fmt::Debug for OnePath<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "OnePath({:?})", self.path)
    }
}
