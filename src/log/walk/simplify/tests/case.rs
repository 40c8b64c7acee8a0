//! One question: the options for git, and the same as a plan.

use std::fmt::Write;

use super::Random;
use super::repository::{AUTHORS, FILES, Repository};
use crate::index::{History, Pos};
use crate::log::merge_base::merge_bases;
use crate::log::options::Order;
use crate::log::walk::{Classes, CommitGraph, Plan, Simplify, Start, Step, TreeSame, Unsure, Walk};

#[derive(Default)]
pub(super) struct Case {
    flags: Vec<String>,
    tips: Vec<usize>,
    excluded: Vec<usize>,
    symmetric: bool,
    /// `--left-only` or `--right-only`.
    side: Option<u8>,
    paths: Vec<&'static str>,
    first_parent: bool,
    order: Order,
    max_age: Option<i64>,
    min_age: Option<i64>,
    max_age_filter: Option<i64>,
    full_history: bool,
    sparse: bool,
    merges: bool,
    decorated: bool,
    show_pulls: bool,
    remove_empty: bool,
    /// The commits named with `--ancestry-path`.
    ancestry_path: Option<Vec<usize>>,
    rewrite: bool,
    graph: bool,
    children: bool,
    boundary: bool,
    reverse: bool,
    max_parents: Option<usize>,
    min_parents: usize,
    author: Option<usize>,
    skip: usize,
    max_count: Option<usize>,
}

impl Case {
    pub(super) fn random(random: &mut Random, repository: &Repository) -> Case {
        let mut case = Case::default();
        case.choose_revisions(random, repository);
        case.choose_simplification(random, repository);
        case.choose_filters(random, repository);
        case
    }

    /// What is asked, option by option, without values.
    pub(super) fn options(&self) -> impl Iterator<Item = &str> {
        let names = self.flags.iter().map(|flag| flag.split('=').next().unwrap_or(flag));
        names.map(|name| if name.starts_with("--") { name } else { "-n" })
    }

    fn flag(&mut self, yes: bool, flag: &str) -> bool {
        if yes {
            self.flags.push(flag.to_owned());
        }
        yes
    }

    fn choose_revisions(&mut self, random: &mut Random, repository: &Repository) {
        let count = repository.commits.len();
        let tip = |random: &mut Random| match random.one_in(3) {
            true => random.below(count),
            false => count - 1 - random.below(count.min(6)),
        };
        self.symmetric = random.one_in(8);
        let tips = if self.symmetric { 2 } else { [1, 1, 1, 2, 3][random.below(5)] };
        self.tips = (0..tips).map(|_| tip(random)).collect();
        if !self.symmetric && random.one_in(2) {
            self.excluded = (0..[1, 1, 2][random.below(3)]).map(|_| random.below(count)).collect();
        }
        if self.symmetric && !repository.commit_graph && random.one_in(2) {
            let (flag, side) = [("--left-only", b'<'), ("--right-only", b'>')][random.below(2)];
            self.side = self.flag(true, flag).then_some(side);
        }
        let paths = [0, 1, 1, 1, 1, 2][random.below(6)];
        self.paths = (0..paths)
            .map(|_| ["d", "e", "e/f", FILES[random.below(5)], FILES[random.below(5)]][random.below(5)])
            .collect();
    }

    fn choose_simplification(&mut self, random: &mut Random, repository: &Repository) {
        match random.below(12) {
            0..3 => self.full_history = self.flag(true, "--full-history"),
            3 | 4 => self.merges = self.flag(true, "--simplify-merges"),
            5 => self.decorated = self.flag(true, "--simplify-by-decoration"),
            6 => {
                let named =
                    if random.one_in(2) { vec![random.below(repository.commits.len())] } else { vec![] };
                let flag = match named.first() {
                    Some(at) => format!("--ancestry-path={}", repository.ids[*at]),
                    None => "--ancestry-path".to_owned(),
                };
                self.flags.push(flag);
                self.ancestry_path = Some(named);
            }
            _ => {}
        }
        self.sparse = self.flag(random.one_in(10), "--sparse");
        self.show_pulls = self.flag(random.one_in(8), "--show-pulls");
        self.remove_empty = self.flag(!repository.filters && random.one_in(6), "--remove-empty");
        self.first_parent = self.flag(random.one_in(8), "--first-parent");
        let order = random.below(8);
        match order {
            0 => (_, self.order) = (self.flag(true, "--topo-order"), Order::Topo),
            1 => (_, self.order) = (self.flag(true, "--date-order"), Order::Date),
            2 => (_, self.order) = (self.flag(true, "--author-date-order"), Order::AuthorDate),
            _ => {}
        }
        match random.below(6) {
            0 => self.rewrite = self.flag(true, "--parents"),
            1 => {
                self.rewrite = self.flag(true, "--graph");
                self.graph = true;
                if self.order == Order::Default {
                    self.order = Order::Topo;
                }
            }
            2 => self.children = self.flag(self.side.is_none(), "--children"),
            _ => {}
        }
    }

    fn choose_filters(&mut self, random: &mut Random, repository: &Repository) {
        let date = |random: &mut Random| {
            let at = random.below(repository.commits.len());
            random.one_in(6).then(|| repository.commits[at].date + random.below(3) as i64 - 1)
        };
        self.max_age = date(random);
        self.min_age = date(random);
        self.max_age_filter = date(random).filter(|_| random.one_in(2));
        for (name, date) in [("max-age", self.max_age), ("min-age", self.min_age)] {
            self.flags.extend(date.map(|date| format!("--{name}={date}")));
        }
        self.flags.extend(self.max_age_filter.map(|date| format!("--since-as-filter=@{date} +0000")));
        match random.below(10) {
            0 => (_, self.min_parents) = (self.flag(true, "--merges"), 2),
            1 => (_, self.max_parents) = (self.flag(true, "--no-merges"), Some(1)),
            _ => {}
        }
        self.author = random.one_in(8).then(|| random.below(AUTHORS.len()));
        self.flags.extend(self.author.map(|author| format!("--author={}", AUTHORS[author])));
        self.max_count = random.one_in(5).then(|| random.below(12));
        self.flags.extend(self.max_count.map(|count| format!("-{count}")));
        if random.one_in(8) {
            self.skip = 1 + random.below(4);
            self.flags.push(format!("--skip={}", self.skip));
        }
        self.reverse = self.flag(!self.graph && random.one_in(8), "--reverse");
        // With --first-parent the order depends on which commits git has read.
        let is_known = !self.first_parent
            || !(self.simplifies() || self.symmetric || self.children || self.order == Order::Date)
                && self.order != Order::AuthorDate
                && (self.order == Order::Default || !repository.commit_graph);
        let often = if self.first_parent { 2 } else { 6 };
        let wanted = is_known && self.side.is_none() && random.one_in(often);
        self.boundary = self.flag(wanted, "--boundary");
    }

    pub(super) fn args(&self, repository: &Repository) -> Vec<String> {
        let mut args = vec!["log".to_owned(), "--no-color".to_owned()];
        match self.children {
            true => args.extend(["--no-abbrev", "--format=oneline"].map(str::to_owned)),
            false => args.push("--format=@%m %H %P".to_owned()),
        }
        args.extend(self.flags.iter().cloned());
        let ids = |tips: &[usize]| tips.iter().map(|at| repository.ids[*at].to_string()).collect::<Vec<_>>();
        if self.symmetric {
            args.push(ids(&self.tips).join("..."));
        } else {
            args.extend(ids(&self.tips));
            args.extend(ids(&self.excluded).iter().map(|id| format!("^{id}")));
        }
        args.push("--".into());
        args.extend(self.paths.iter().map(|path| (*path).to_owned()));
        args
    }

    /// What git says, one commit a line.
    pub(super) fn expected(&self, repository: &Repository) -> Option<String> {
        let text = repository.ask(&self.args(repository))?;
        if self.children {
            return Some(
                text.lines()
                    .map(|line| {
                        let line = line.trim_start_matches(['-', '<', '>', ' ']);
                        format!("{}\n", line.split(" commit ").next().unwrap_or_default())
                    })
                    .collect(),
            );
        }
        let commits = text.lines().filter_map(|line| line.split_once('@'));
        let words = match self.first_parent && self.graph {
            // The mark, the commit, and its first parent.
            true => 3,
            false => usize::MAX,
        };
        let cut = |commit: &str| commit.split_whitespace().take(words).collect::<Vec<_>>().join(" ");
        Some(commits.map(|(_, commit)| format!("{}\n", cut(commit))).collect())
    }

    fn selected<'c>(
        &self,
        content: impl Iterator<Item = (&'c &'static str, &'c usize)>,
    ) -> Vec<(&'c str, usize)> {
        let chosen = |file: &str| {
            self.paths.iter().any(|path| {
                file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        content.filter(|(file, _)| chosen(file)).map(|(file, content)| (*file, *content)).collect()
    }

    fn tree_same(&self, repository: &Repository, history: &History<'_>) -> Classes {
        let mut known = vec![Vec::new()];
        let mut classes = vec![0; history.len() as usize];
        for (commit, id) in repository.commits.iter().zip(&repository.ids) {
            let content = self.selected(commit.content.iter());
            let class = known.iter().position(|other| *other == content).unwrap_or_else(|| {
                known.push(content);
                known.len() - 1
            });
            classes[history.lookup(id).unwrap().index()] = class as u128;
        }
        // Now sweeping is worth it, now it is not.
        Classes { numbers: classes, changes: [0, usize::MAX][self.tips.len() % 2] }
    }

    fn simplifies(&self) -> bool {
        !self.paths.is_empty() || self.decorated || self.merges || self.ancestry_path.is_some()
    }

    fn starts(&self, position: impl Fn(usize) -> Pos, history: &History<'_>) -> Vec<Start> {
        let start = |pos, uninteresting, left| Start { pos, uninteresting, left, source: 0 };
        if self.symmetric {
            let (left, right) = (position(self.tips[0]), position(self.tips[1]));
            let bases = merge_bases(history, left, right).into_iter().map(|base| start(base, true, false));
            return bases.chain([start(left, false, true), start(right, false, false)]).collect();
        }
        let tips = self.tips.iter().map(|at| start(position(*at), false, false));
        tips.chain(self.excluded.iter().map(|at| start(position(*at), true, false))).collect()
    }

    /// What the walk says, in the same form.
    pub(super) fn answer(&self, repository: &Repository, history: &History<'_>) -> Result<String, Unsure> {
        let position = |at: usize| history.lookup(&repository.ids[at]).unwrap();
        let tree_same = self.tree_same(repository, history);
        let mut decorated = vec![false; history.len() as usize];
        repository.branches.iter().for_each(|at| decorated[position(*at).index()] = true);
        let named = |named: &Vec<usize>| named.iter().map(|at| position(*at)).collect();
        let plan = Plan {
            starts: self.starts(position, history),
            first_parent: self.first_parent,
            max_age: self.max_age,
            min_age: self.min_age,
            max_age_filter: self.max_age_filter,
            order: self.order,
            whole_list: self.children,
            takes_all: self.max_count.is_none(),
            read_ahead: self.symmetric,
            commit_graph: if repository.commit_graph { CommitGraph::Used } else { CommitGraph::Unused },
            simplify: self.simplifies().then(|| Simplify {
                tree_same: (!self.paths.is_empty()).then_some(&tree_same as &dyn TreeSame),
                decorated: self.decorated.then_some(&decorated[..]),
                full_history: self.full_history,
                sparse: self.sparse,
                merges: self.merges,
                show_pulls: self.show_pulls,
                remove_empty: self.remove_empty,
                first_parent_suffices: self.graph,
                ancestry_path: self.ancestry_path.as_ref().map(named),
                rewrite_parents: self.rewrite,
                children: self.children,
                filtered: self.min_parents > 0
                    || self.max_parents.is_some()
                    || self.author.is_some()
                    || self.skip > 0,
                reverse: self.reverse,
            }),
            ..Plan::default()
        };
        if self.side.is_some() && !plan.starts.iter().any(|start| start.uninteresting) {
            // git shows both sides of histories that have nothing in common.
            return Err(Unsure::NoBottom);
        }
        let mut walk = Walk::new(history, &plan)?;
        let children = walk.children();
        let mut steps: Vec<Step> = Vec::new();
        let mut skipped = 0;
        while self.max_count.is_none_or(|count| steps.len() < count)
            && let Some(step) = walk.next()
        {
            let parents = walk.parent_count(step.pos);
            let author = history.author(step.pos).name;
            let date = history.committer_time(step.pos);
            let shown = self.side.is_none_or(|side| side == step.mark)
                && parents >= self.min_parents
                && self.min_age.is_none_or(|newest| date <= newest)
                && self.max_age_filter.is_none_or(|oldest| date >= oldest)
                && self.max_parents.is_none_or(|most| parents <= most)
                && self.author.is_none_or(|at| AUTHORS[at] == author);
            if shown && skipped < self.skip {
                skipped += 1;
            } else if shown {
                steps.push(step);
            }
        }
        if self.boundary {
            let order = if self.order == Order::Default { Order::Topo } else { self.order };
            steps.extend(walk.boundary(&steps, order));
        }
        if self.reverse {
            steps.reverse();
        }
        let mut text = String::new();
        for step in &steps {
            if !self.children {
                write!(text, "{} ", char::from(step.mark)).unwrap();
            }
            write!(text, "{}", history.oid(step.pos)).unwrap();
            let followers: Vec<Pos> = match self.children {
                // For a format string git reads the commits of the boundary, too.
                false if self.first_parent && step.mark == b'-' => {
                    history.parents(step.pos).take(if self.graph { 1 } else { usize::MAX }).collect()
                }
                true => children.get(&step.pos).cloned().unwrap_or_default(),
                false if self.first_parent && self.graph => walk.parents(step).take(1).collect(),
                false => walk.parents(step).collect(),
            };
            followers.iter().for_each(|pos| write!(text, " {}", history.oid(*pos)).unwrap());
            text.push('\n');
        }
        Ok(text)
    }
}
