//! Which commits agree on the paths that limit a walk. Where the classes come from is not this module's business.

use crate::index::Pos;

/// The class of paths that do not exist at all.
const ABSENT: u32 = 0;

/// Which commits agree on everything that the path limits choose: equal classes, equal trees as far as these paths
/// go. Class 0 means that nothing of them exists, which is also what the parents of a root commit would have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeSame {
    classes: Vec<u32>,
}

impl TreeSame {
    /// One class per position of the history.
    pub fn new(classes: Vec<u32>) -> Self {
        TreeSame { classes }
    }

    /// Whether both commits have the same content at the paths.
    #[inline]
    pub fn same(&self, a: Pos, b: Pos) -> bool {
        self.class(a) == self.class(b)
    }

    /// Whether the commit has nothing at the paths.
    #[inline]
    pub fn is_empty(&self, pos: Pos) -> bool {
        self.class(pos) == ABSENT
    }

    #[inline]
    fn class(&self, pos: Pos) -> u32 {
        self.classes.get(pos.index()).copied().unwrap_or(ABSENT)
    }
}
