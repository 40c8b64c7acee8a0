//! Walk, filter and count: the commits of the answer, chunk by chunk.

use rayon::prelude::*;

use super::filter::{NumberFilter, TextFilter, Verdict};
use super::follow::Follow;
use super::walk::{Step, Walk};
use crate::index::{History, Pos};
use crate::repo::NotExact;

/// How many commits are looked at before the first ones are judged on their text; doubled from batch to batch,
/// so that a page costs little and a whole history is judged in parallel.
const FIRST_BATCH: usize = 256;
const LARGEST_BATCH: usize = 1 << 15;

/// Asks git about commits that a text filter is not sure of.
pub type Judge<'a> = dyn Fn(&[Pos]) -> Result<Vec<bool>, NotExact> + 'a;

/// Yields the commits of the answer.
pub struct Selector<'a> {
    history: &'a History<'a>,
    walk: Walk<'a>,
    numbers: NumberFilter,
    text: Option<TextFilter<'a>>,
    judge: &'a Judge<'a>,
    /// Only this side of a symmetric difference.
    side: Option<u8>,
    /// What only looking at the changes of a commit tells; `--skip` counts it all the same.
    follow: Option<Follow<'a>>,
    skip: u64,
    left: Option<u64>,
    batch: usize,
    ready: std::vec::IntoIter<Step>,
}

/// What a [`Selector`] applies to the commits that it walks.
pub struct Criteria<'a> {
    /// Filters on numbers.
    pub numbers: NumberFilter,
    /// Filters on text.
    pub text: Option<TextFilter<'a>>,
    /// `--left-only` (`<`) or `--right-only` (`>`).
    pub side: Option<u8>,
    /// `--follow`.
    pub follow: Option<Follow<'a>>,
    /// `--skip`.
    pub skip: u64,
    /// `-n`.
    pub max_count: Option<u64>,
}

impl<'a> Selector<'a> {
    /// Puts a walk and its criteria together.
    pub fn new(
        history: &'a History<'a>,
        walk: Walk<'a>,
        criteria: Criteria<'a>,
        judge: &'a Judge<'a>,
    ) -> Self {
        Selector {
            history,
            walk,
            numbers: criteria.numbers,
            text: criteria.text,
            judge,
            side: criteria.side,
            follow: criteria.follow,
            skip: criteria.skip,
            left: criteria.max_count,
            batch: FIRST_BATCH,
            ready: Vec::new().into_iter(),
        }
    }

    /// The walk, for what it knows of commits that it has met.
    pub fn walk(&self) -> &Walk<'a> {
        &self.walk
    }

    /// Appends at most `size` commits to `out`; nothing when there are none left.
    pub fn fill(&mut self, size: usize, out: &mut Vec<Step>) -> Result<(), NotExact> {
        let wanted = self.left.map_or(size, |left| size.min(usize::try_from(left).unwrap_or(usize::MAX)));
        let before = out.len();
        if wanted > 0 && self.skip > 0 && self.shows_all() {
            self.skip -= self.walk.skip_ahead(self.skip);
        }
        while out.len() - before < wanted {
            let Some(step) = self.next_filtered()? else { break };
            if self.skip > 0 {
                self.skip -= 1;
            } else if self.follows(step.pos)? {
                out.push(step);
            }
        }
        if let Some(left) = &mut self.left {
            *left -= (out.len() - before) as u64;
        }
        Ok(())
    }

    /// Whether commits follow behind the last one that `-n` let through.
    pub fn has_more(&mut self) -> Result<bool, NotExact> {
        self.left = None;
        while let Some(step) = self.next_filtered()? {
            if self.follows(step.pos)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn follows(&mut self, pos: Pos) -> Result<bool, NotExact> {
        self.follow.as_mut().map_or(Ok(true), |follow| follow.accepts(pos))
    }

    /// What is left of `--skip` and `-n`.
    pub fn limits(&self) -> (u64, Option<u64>) {
        (self.skip, self.left)
    }

    /// The same, without `--skip` and `-n`.
    pub fn unlimited(&mut self) -> &mut Self {
        (self.skip, self.left) = (0, None);
        self
    }

    /// All that is left.
    pub fn rest(&mut self) -> Result<Vec<Step>, NotExact> {
        let mut all = Vec::new();
        self.fill(usize::MAX, &mut all)?;
        Ok(all)
    }

    /// Whether everything that is walked is shown.
    fn shows_all(&self) -> bool {
        self.text.is_none() && self.side.is_none() && self.numbers == NumberFilter::default()
    }

    fn next_filtered(&mut self) -> Result<Option<Step>, NotExact> {
        if self.text.is_none() {
            return Ok(self.next_numbered());
        }
        loop {
            if let Some(step) = self.ready.next() {
                return Ok(Some(step));
            }
            let mut batch = Vec::with_capacity(self.batch);
            while batch.len() < self.batch
                && let Some(step) = self.next_numbered()
            {
                batch.push(step);
            }
            if batch.is_empty() {
                return Ok(None);
            }
            self.batch = (self.batch * 2).min(LARGEST_BATCH);
            let shown = self.judge_text(&batch)?;
            let mut shown = shown.into_iter();
            batch.retain(|_| shown.next().unwrap_or(false));
            self.ready = batch.into_iter();
        }
    }

    fn next_numbered(&mut self) -> Option<Step> {
        loop {
            let step = self.walk.next()?;
            if self.side.is_none_or(|side| side == step.mark) && self.accepts(step.pos) {
                return Some(step);
            }
        }
    }

    /// Whether each commit of a batch passes the filters on text.
    fn judge_text(&self, batch: &[Step]) -> Result<Vec<bool>, NotExact> {
        let Some(text) = &self.text else { return Ok(vec![true; batch.len()]) };
        let verdicts: Vec<Verdict> =
            batch.par_iter().with_min_len(64).map(|step| text.judge(step.pos)).collect();
        let unsure: Vec<Pos> = batch
            .iter()
            .zip(&verdicts)
            .filter(|(_, verdict)| **verdict == Verdict::Unsure)
            .map(|(step, _)| step.pos)
            .collect();
        let mut judged = match unsure.is_empty() {
            true => Vec::new(),
            false => (self.judge)(&unsure)?,
        }
        .into_iter();
        Ok(verdicts
            .into_iter()
            .map(|verdict| match verdict {
                Verdict::Yes => true,
                Verdict::No => false,
                Verdict::Unsure => judged.next().unwrap_or(false),
            })
            .collect())
    }

    /// Whether a graph draws an edge to this commit: it would be shown, pages and counts apart.
    pub fn would_show(&self, pos: Pos) -> bool {
        let step = self.walk.step(pos);
        self.walk.is_shown(pos) && self.side.is_none_or(|side| side == step.mark) && self.accepts(pos)
    }

    /// The same of each of these, where the text of commits has a say in it, too.
    ///
    /// # Errors
    /// When git can't be asked about a text.
    pub fn would_all_show(&self, commits: &[Pos]) -> Result<Vec<bool>, NotExact> {
        let steps: Vec<Step> = commits.iter().map(|pos| self.walk.step(*pos)).collect();
        let matches = self.judge_text(&steps)?;
        Ok(commits.iter().zip(matches).map(|(pos, matches)| matches && self.would_show(*pos)).collect())
    }

    fn accepts(&self, pos: Pos) -> bool {
        self.numbers.accepts(self.history, pos, || self.walk.parent_count(pos))
    }
}
