//! The forest that first parents make of the history, numbered so that two comparisons tell whether one commit leads to
//! another: in preorder, each commit is followed by as many numbers as it has descendants there.

use crate::index::{History, Pos};

/// The first commits of a history; both columns have one number for each position.
pub(in crate::log) struct Forest {
    preorder: Vec<u32>,
    /// Descendants along first parents, itself included.
    sizes: Vec<u32>,
}

impl Forest {
    /// Of all commits up to `last`.
    pub(in crate::log) fn new(history: &History<'_>, last: Pos) -> Self {
        let len = last.index() + 1;
        let parents: Vec<u32> = (0..len as u32)
            .map(|pos| history.first_parent(Pos(pos)).map_or(u32::MAX, |parent| parent.0))
            .collect();
        let mut sizes = vec![1u32; len];
        for (pos, &parent) in parents.iter().enumerate().rev() {
            let size = sizes[pos];
            if let Some(sum) = sizes.get_mut(parent as usize) {
                *sum += size;
            }
        }
        let mut preorder = vec![0u32; len];
        // The number that the next child of each commit gets, and the next root.
        let mut next = vec![0u32; len];
        let mut next_root = 0;
        for (pos, &parent) in parents.iter().enumerate() {
            let slot = next.get_mut(parent as usize).unwrap_or(&mut next_root);
            preorder[pos] = *slot;
            *slot += sizes[pos];
            next[pos] = preorder[pos] + 1;
        }
        Forest { preorder, sizes }
    }

    /// Whether `ancestor` is `pos`, or is found from there along first parents.
    #[inline]
    pub(in crate::log) fn leads(&self, ancestor: Pos, pos: Pos) -> bool {
        let distance = self.preorder[pos.index()].wrapping_sub(self.preorder[ancestor.index()]);
        distance < self.sizes[ancestor.index()]
    }
}
