//! Where the lines of history run: which line stands in which column before and after a commit, and how the
//! lines get from one to the other. Knows nothing of glyphs, text or escape sequences.

/// Lines of history on their way down to the commits they wait for, from left to right.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    commits: Vec<u32>,
    /// Which of the graph's colours each line has.
    pub(super) colors: Vec<u16>,
}

impl Columns {
    pub(super) fn len(&self) -> usize {
        self.commits.len()
    }

    /// The column of the line that waits for `commit`. In blocks, so that it compiles to vector code:
    /// histories of hundreds of columns are real and this is asked for every commit and parent.
    fn find(&self, commit: u32) -> Option<usize> {
        let mut start = 0;
        for block in self.commits.chunks(32) {
            if block.iter().fold(false, |found, &c| found | (c == commit)) {
                return block.iter().position(|&c| c == commit).map(|n| start + n);
            }
            start += block.len();
        }
        None
    }

    fn push(&mut self, commit: u32, color: u16) {
        self.commits.push(commit);
        self.colors.push(color);
    }

    fn truncate(&mut self, len: usize) {
        self.commits.truncate(len);
        self.colors.truncate(len);
    }

    fn extend(&mut self, from: &Columns, start: usize) {
        self.commits.extend_from_slice(&from.commits[start..]);
        self.colors.extend_from_slice(&from.colors[start..]);
    }

    /// Takes over one column from `from`, which has as many.
    fn copy(&mut self, from: &Columns, at: usize) {
        self.commits[at] = from.commits[at];
        self.colors[at] = from.colors[at];
    }
}

/// A line below a commit that may have yet to reach its column. Column `n` is drawn in cell `2n`; a line has
/// arrived when it stands there or, about to join it, in the cell to its right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Strand {
    /// The cell it stands in.
    pub(super) cell: usize,
    /// Its column.
    pub(super) to: usize,
}

impl Strand {
    /// Whether it need not move any more.
    pub(super) fn arrived(self) -> bool {
        self.cell / 2 == self.to
    }
}

/// The columns around one commit.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    /// The lines above the commit.
    pub(super) before: Columns,
    /// The lines below it, once all strands have arrived. No two wait for the same commit.
    pub(super) after: Columns,
    /// The only column in which `before` and `after` differ; `None` when they may differ in any way.
    changed: Option<usize>,
    /// The commit's own column. Equal to `before.len()` when no line led to it.
    pub(super) at: usize,
    /// For each parent the column in `after` that leads to it.
    pub(super) edges: Vec<usize>,
    /// A merge whose first parent already has a column to the left: that edge leaves the commit to the left
    /// and the other parents start one column earlier.
    pub(super) leans_left: bool,
    /// By how many columns the lines right of a merge move to the right. -1: two neighbouring lines below the
    /// merge lead to the same commit (the last parent's edge and the line right of the merge, say) and are
    /// joined at once, and git then moves none.
    pub(super) shift: isize,
    /// The lines below the commit, ordered by cell; those left of the commit stay where they are and are left
    /// out. Empty when every line starts in its column.
    pub(super) strands: Vec<Strand>,
    /// The least number of cells that every row of this commit fills.
    pub(super) width: usize,
    /// How many new lines were coloured so far.
    painted: u32,
}

impl Layout {
    /// Moves on to the next commit. `colors` is how many colours take turns.
    pub(super) fn place(&mut self, commit: u32, parents: &[u32], colors: u16) {
        match self.changed {
            Some(at) => self.before.copy(&self.after, at),
            None => self.before.clone_from(&self.after),
        }
        self.changed = None;
        self.strands.clear();
        self.edges.clear();
        self.leans_left = false;
        let known = self.before.find(commit);
        self.at = known.unwrap_or(self.before.len());

        if let (&[parent], Some(at)) = (parents, known)
            && self.before.find(parent).is_none()
        {
            // A plain step down: only this column changes.
            self.after.commits[at] = parent;
            self.after.colors[at] = self.color(colors);
            self.changed = known;
            self.edges.push(at);
            self.shift = 0;
            self.width = 2 * self.after.len();
            return;
        }

        self.after.truncate(self.at);
        let mut joined = false;
        for &parent in parents {
            // A merge, and a commit that nothing led to, give their parents colours of their own.
            if parents.len() > 1 || known.is_none() {
                self.painted = self.painted.wrapping_add(1);
            }
            let old = self.before.find(parent);
            let to = old.filter(|&to| to < self.at).or_else(|| {
                let new = self.after.commits[self.at..].iter().position(|&c| c == parent);
                new.map(|new| self.at + new)
            });
            self.edges.push(to.unwrap_or(self.after.len()));
            if to.is_none() {
                joined |= old.is_some();
                let color = old.map_or(self.color(colors), |old| self.before.colors[old]);
                self.after.push(parent, color);
            }
        }
        let rest = (self.at + 1).min(self.before.len());
        if !joined && !parents.is_empty() && self.after.len() == self.at + parents.len() {
            // All parents are new: their columns are where their edges start, and nothing moves left.
            self.after.extend(&self.before, rest);
            self.shift = parents.len() as isize - 1;
            self.width = 2 * self.after.len();
        } else {
            self.leave();
            self.pass(rest, parents, joined);
        }
    }

    fn color(&self, colors: u16) -> u16 {
        // The remainder is less than `colors`.
        (self.painted.wrapping_sub(1) % u32::from(colors.max(1))) as u16
    }

    /// Starts the strands of the commit's edges.
    fn leave(&mut self) {
        self.width = 2 * self.at;
        let merge = self.edges.len() > 1;
        self.leans_left = merge && self.edges[0] < self.at;
        self.shift = if merge { self.edges.len() as isize - 1 - isize::from(self.leans_left) } else { 0 };
        for n in 0..self.edges.len() {
            let to = self.edges[n];
            if n == 0 && self.leans_left {
                // Drawn beside the commit in one sweep that ends two columns short of its target, or right
                // beside the target when that is next to the commit.
                self.strands.push(Strand { cell: (2 * to + 3).min(self.width - 1), to });
            } else {
                self.start(to);
            }
        }
        if self.edges.is_empty() {
            self.width += 2;
        }
    }

    /// Starts the strands of the lines right of the commit: `before[rest..]`. With `joined` some of them wait
    /// for a parent. Appends the others to `after`.
    fn pass(&mut self, rest: usize, parents: &[u32], joined: bool) {
        let below = self.after.len();
        if !joined {
            self.after.extend(&self.before, rest);
            (below..self.after.len()).for_each(|to| self.start(to));
            return;
        }
        for n in rest..self.before.len() {
            let commit = self.before.commits[n];
            match parents.iter().position(|&parent| parent == commit) {
                Some(parent) => self.start(self.edges[parent]),
                None => {
                    self.after.push(commit, self.before.colors[n]);
                    self.start(self.after.len() - 1);
                }
            }
        }
    }

    /// Starts a strand in the next free column, or joins it to the one before.
    fn start(&mut self, to: usize) {
        let neighbour = match self.strands.last() {
            Some(last) if last.cell + 2 == self.width => Some(last.to),
            _ if self.width == 2 * self.at => self.at.checked_sub(1),
            _ => None,
        };
        if self.shift > 0 && neighbour == Some(to) {
            self.shift = -1;
        } else {
            self.strands.push(Strand { cell: self.width, to });
            self.width += 2;
        }
    }

    /// Where the strand leads that starts in a cell.
    pub(super) fn strand_at(&self, cell: usize) -> Option<usize> {
        if cell < 2 * self.at || self.strands.is_empty() {
            return Some(cell / 2).filter(|&to| to < self.after.len());
        }
        let found = self.strands.binary_search_by_key(&cell, |strand| strand.cell).ok()?;
        self.strands.get(found).map(|strand| strand.to)
    }
}
