//! What the caller of `git fastlog` asked for: pure syntax, no repository, no I/O.
//!
//! `git log` has a grammar of its own (`-30`, `-n30`, `-Sfoo`, `--since yesterday`, revisions and paths in one
//! list), so a small tokenizer ([`parse`]) reads it against one table ([`table`]) that also knows how each
//! option is served. Our own additions are in the same table, so that values are told from options the same
//! way, and go to clap ([`own`]). Anything that the table does not hold is git's.

pub mod modes;
pub mod own;
mod parse;
pub mod table;

use std::ffi::OsString;

use bstr::BString;

use crate::repo::decorate::{Decorate, FilterOption};
use crate::repo::notes::NotesOption;

use modes::{LastModifiedOptions, ShortlogOptions};

pub use crate::cli::options::Refusal;
pub use parse::{Parsed, parse};

/// The order of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By committer date as the walk meets the commits; not topological under clock skew.
    #[default]
    Default,
    /// `--topo-order`: no parent before all of its children, lines of history kept together.
    Topo,
    /// `--date-order`: no parent before all of its children, else by committer date.
    Date,
    /// `--author-date-order`: no parent before all of its children, else by author date.
    AuthorDate,
}

/// One thing on the command line that names tips of the history, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tip {
    /// A revision or a range; `negated` when it follows an odd number of `--not`.
    Revision {
        /// As written.
        spec: BString,
        /// Whether `--not` is in force.
        negated: bool,
    },
    /// All refs whose names match, as `--all`, `--branches[=…]`, `--tags[=…]`, `--remotes[=…]`, `--glob=…`.
    Refs {
        /// Which.
        set: RefSet,
        /// The globs of `--exclude`: of refs that are left out.
        excluded: Vec<BString>,
        /// Whether `--not` is in force.
        negated: bool,
    },
}

/// `--no-walk`: the commits that are named, and not those that they lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoWalk {
    /// By committer date.
    Sorted,
    /// `--no-walk=unsorted`: as they are named.
    Unsorted,
}

/// A set of refs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefSet {
    /// Every ref, and HEAD.
    All,
    /// Refs below a prefix such as `refs/heads/`, all of them or those that match a glob.
    Below {
        /// The prefix, with its slash at the end.
        prefix: &'static str,
        /// The glob, relative to the prefix.
        pattern: Option<BString>,
    },
    /// `--glob=…`: relative to `refs/`.
    Glob(BString),
}

/// The dialect of `--grep`, `--author` and `--committer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// POSIX basic, git's default.
    Basic,
    /// `-E`.
    Extended,
    /// `-F`.
    Fixed,
    /// `-P`.
    Perl,
}

/// Filters on text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grep {
    /// `--author=…`: any of them must match.
    pub author: Vec<BString>,
    /// `--committer=…`: any of them must match.
    pub committer: Vec<BString>,
    /// `--grep=…`: any must match, or with `all_match` all.
    pub message: Vec<BString>,
    /// The flavour asked for on the command line.
    pub flavour: Option<Flavour>,
    /// `-i`.
    pub ignore_case: bool,
    /// `--all-match`.
    pub all_match: bool,
    /// `--invert-grep`: turns what `message` says around.
    pub invert: bool,
}

impl Grep {
    /// Whether nothing is filtered on text.
    pub fn is_empty(&self) -> bool {
        self.author.is_empty() && self.committer.is_empty() && self.message.is_empty()
    }
}

/// A date limit, still as text; git's own date parser reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateLimit {
    /// `--since` and its like: free text.
    Text(BString),
    /// `--max-age` and its like: seconds since the epoch.
    Seconds(i64),
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorArg {
    /// `--color`, `--color=always`.
    Always,
    /// `--no-color`, `--color=never`.
    Never,
    /// `--color=auto`.
    Auto,
}

/// How many hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbbrevArg {
    /// `--no-abbrev`: all.
    Full,
    /// `--abbrev`: as the repository has it.
    Auto,
    /// `--abbrev=N`.
    Digits(usize),
}

/// A list of the files that a commit changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeList {
    /// `--name-only`.
    NameOnly,
    /// `--name-status`.
    NameStatus,
    /// `--raw`.
    Raw,
}

/// How history is simplified to what concerns some paths (git-log(1), "History Simplification").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Simplification {
    /// `--full-history`, or what implies it: that differences are shown for merges, to each parent or the first.
    pub full_history: bool,
    /// `-m`, or a `--diff-merges` that leaves to `log.diffMerges` whether it implies `--full-history`.
    pub default_diff_merges: bool,
    /// `--sparse`, without a `--dense` after it.
    pub sparse: bool,
    /// `--simplify-merges`.
    pub simplify_merges: bool,
    /// `--simplify-by-decoration`.
    pub by_decoration: bool,
    /// `--ancestry-path[=<commit>]`, each time it was written.
    pub ancestry_path: Vec<Option<BString>>,
    /// `--show-pulls`.
    pub show_pulls: bool,
    /// `--remove-empty`.
    pub remove_empty: bool,
}

/// A whole command line, understood.
#[derive(Debug, Clone, Default)]
pub struct LogOptions {
    /// Tips in the order given. Where there is no `--`, the last ones may be paths: see [`super::paths::arguments`].
    pub tips: Vec<Tip>,
    /// How many tips were named when the last option came.
    pub tips_before_options: usize,
    /// Path arguments, as written: what came after `--`.
    pub paths: Vec<BString>,
    /// How history is simplified.
    pub simplification: Simplification,
    /// `--follow`.
    pub follow: bool,
    /// The list of changed files that follows each commit.
    pub changes: Option<ChangeList>,
    /// `--no-patch` or `--quiet`: no list of changed files, either.
    pub no_patch: bool,
    /// `--no-renames`.
    pub no_renames: bool,
    /// `--full-diff`: diffs are not limited to the paths.
    pub full_diff: bool,
    /// Whether any option named a set of refs (then HEAD is not the default).
    pub ref_sets_given: bool,
    /// `--exclude`, until an option that names a set of refs takes it.
    pub excluded: Vec<BString>,
    /// `--no-walk`.
    pub no_walk: Option<NoWalk>,
    /// Order of the output.
    pub order: Order,
    /// `-n`.
    pub max_count: Option<u64>,
    /// `--skip`.
    pub skip: Option<u64>,
    /// `--since`.
    pub since: Option<DateLimit>,
    /// `--until`.
    pub until: Option<DateLimit>,
    /// `--since-as-filter`.
    pub since_as_filter: Option<DateLimit>,
    /// `--first-parent`.
    pub first_parent: bool,
    /// `--min-parents`, `--merges`.
    pub min_parents: u32,
    /// `--max-parents`, `--no-merges`.
    pub max_parents: Option<u32>,
    /// `--reverse`.
    pub reverse: bool,
    /// `--boundary`.
    pub boundary: bool,
    /// `--left-right`.
    pub left_right: bool,
    /// `--left-only`.
    pub left_only: bool,
    /// `--right-only`.
    pub right_only: bool,
    /// `--source`.
    pub source: bool,
    /// `--children`.
    pub children: bool,
    /// `--parents`.
    pub parents: bool,
    /// `--graph`.
    pub graph: bool,
    /// Filters on text.
    pub grep: Grep,
    /// `--pretty`, `--format`: the last one; an empty text for a bare `--pretty`.
    pub pretty: Option<BString>,
    /// Formats that a later one has replaced: git refuses a bad one all the same.
    pub replaced_pretty: Vec<BString>,
    /// Whether an empty `pretty` was written as `--pretty=` or `--format=`.
    pub pretty_is_empty_format: bool,
    /// `--abbrev-commit` / `--no-abbrev-commit`.
    pub abbrev_commit: Option<bool>,
    /// Whether that was an option of its own, and not a part of `--oneline`.
    pub abbrev_commit_given: bool,
    /// `--abbrev`.
    pub abbrev: Option<AbbrevArg>,
    /// `--date`.
    pub date: Option<BString>,
    /// Those that a later one has replaced: git refuses a bad one all the same.
    pub replaced_dates: Vec<BString>,
    /// `--expand-tabs=N` (0 for `--no-expand-tabs`).
    pub expand_tabs: Option<u32>,
    /// `--encoding`.
    pub encoding: Option<BString>,
    /// `--encode-email-headers`.
    pub encode_email_headers: Option<bool>,
    /// `--notes` and its like, in order.
    pub notes: Vec<NotesOption>,
    /// `--decorate`.
    pub decorate: Option<Decorate>,
    /// `--decorate-refs` and its like, in order.
    pub decorate_filter: Vec<FilterOption>,
    /// `--color`.
    pub color: Option<ColorArg>,
    /// `--mailmap`.
    pub mailmap: Option<bool>,
    /// `-z`.
    pub nul: bool,
    /// With `--shortlog`.
    pub shortlog: ShortlogOptions,
    /// With `--last-modified`.
    pub last_modified: LastModifiedOptions,
    /// The options that say how commits are rendered, as they were written: what an assisting git gets.
    pub render_args: Vec<OsString>,
    /// The options that filter on text, as they were written; an assisting git that highlights gets them.
    pub grep_args: Vec<OsString>,
    /// Why the commits can't be rendered natively, when an option asks for something only git renders.
    pub assisted: Option<&'static str>,
    /// Whether a diff option hides commits, so that only git can count (`-S`, `--diff-filter`).
    pub diff_filters: bool,
    /// Everything but our own options: the `git log` command line that this is.
    pub git_args: Vec<OsString>,
    /// Whether there was a `--`: then nothing in front of it is a path.
    pub has_dash_dash: bool,
}
