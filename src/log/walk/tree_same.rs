//! Which commits agree on the paths that limit a walk. How that is known is not this module's business.

use crate::index::Pos;

/// Which commits agree on everything that the path limits choose.
pub trait TreeSame: std::fmt::Debug {
    /// Whether both commits have the same content at the paths.
    fn same(&self, pos: Pos, other: Pos) -> bool;

    /// The same for a commit and its first parent.
    fn same_as_first(&self, pos: Pos, first_parent: Pos) -> bool {
        self.same(pos, first_parent)
    }

    /// Whether the commit has nothing at the paths, as the parents of a root commit would.
    fn is_empty(&self, pos: Pos) -> bool;

    /// How many commits are not as their first parent.
    fn changes(&self) -> usize;
}

/// A number for each position of the history: equal numbers, equal content; 0: nothing.
#[derive(Debug)]
pub struct Classes {
    /// The numbers.
    pub numbers: Vec<u128>,
    /// See [`TreeSame::changes`].
    pub changes: usize,
}

impl Classes {
    #[inline]
    fn of(&self, pos: Pos) -> u128 {
        self.numbers.get(pos.index()).copied().unwrap_or_default()
    }
}

impl TreeSame for Classes {
    fn same(&self, pos: Pos, other: Pos) -> bool {
        self.of(pos) == self.of(other)
    }

    fn is_empty(&self, pos: Pos) -> bool {
        self.of(pos) == 0
    }

    fn changes(&self) -> usize {
        self.changes
    }
}
