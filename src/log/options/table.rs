//! The one table of options: how each is written, how it is served, what it sets.
//!
//! It feeds the tokenizer and docs/COMPATIBILITY.md. An option that is not here is git's.

use bstr::{BStr, BString, ByteSlice};

use crate::cli::options::options;
use crate::repo::decorate::{Decorate, FilterOption};
use crate::repo::notes::NotesOption;

use super::modes::Mode;
use super::{
    AbbrevArg, ChangeList, ColorArg, DateLimit, Flavour, LogOptions, NoWalk, Order, RefSet, Refusal, Tip,
};

/// What an option is about, which decides who serves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Which commits, and in what order: from the index.
    Select,
    /// `--not`, which changes the meaning of what follows.
    Not,
    /// Filters on text: from the index, and told to git where git renders, for it highlights matches.
    Grep,
    /// How a commit is shown: from the index, and told to git where git renders.
    Render,
    /// Lists of changed files: from the index.
    List,
    /// Diff output: git renders the commits chosen from the index.
    Diff,
    /// A diff option that hides commits: git renders and counts.
    DiffFilter,
    /// Known, and left to git.
    Git,
    /// Our own; clap reads it.
    Own,
}

/// One option.
pub type Entry = crate::cli::options::Entry<Kind, Apply>;

/// Sets what an option says, given its value and whether `--not` is in force.
pub type Apply = fn(&mut LogOptions, Option<&BStr>, bool) -> Result<(), Refusal>;

/// The entry of the option written `name`.
pub fn find(mode: Mode, name: &str) -> Option<&'static Entry> {
    mode.table().iter().chain(TABLE).find(|entry| entry.name == name)
}

pub(super) fn nothing(_: &mut LogOptions, _: Option<&BStr>, _: bool) -> Result<(), Refusal> {
    Ok(())
}

fn text(value: Option<&BStr>) -> BString {
    value.map(ToOwned::to_owned).unwrap_or_default()
}

/// A plain number; git accepts more spellings, and they are git's to read.
pub(super) fn number(value: Option<&BStr>) -> Result<u64, Refusal> {
    let value = value.unwrap_or_default();
    if value.is_empty() || value.len() > 9 || !value.iter().all(u8::is_ascii_digit) {
        return Err(Refusal::new(format!("number '{value}'")));
    }
    Ok(value.iter().fold(0, |n, digit| n * 10 + u64::from(digit - b'0')))
}

/// To git a count of commits says that there is a walk, whatever was said before.
fn max_count(log: &mut LogOptions, value: Option<&BStr>) -> Result<(), Refusal> {
    log.max_count = Some(number(value)?);
    walk(log)
}

fn walk(log: &mut LogOptions) -> Result<(), Refusal> {
    if log.no_walk == Some(NoWalk::Unsorted) {
        // It stays unsorted.
        return Err(Refusal::new("--no-walk=unsorted with a walk".to_owned()));
    }
    log.no_walk = None;
    Ok(())
}

fn pretty(log: &mut LogOptions, format: BString) -> Result<(), Refusal> {
    log.replaced_pretty.extend(log.pretty.replace(format));
    Ok(())
}

fn date(log: &mut LogOptions, mode: BString) {
    log.replaced_dates.extend(log.date.replace(mode));
}

/// Merges that are shown with more than what all parents differ in are not simplified away.
fn diff_merges(log: &mut LogOptions, value: Option<&BStr>) {
    match value.map_or(&b""[..], |value| value.as_ref()) {
        b"on" | b"m" => log.simplification.default_diff_merges = true,
        b"separate" | b"first-parent" | b"1" | b"remerge" | b"r" => log.simplification.full_history = true,
        _ => {}
    }
}

fn pattern(value: Option<&BStr>) -> Result<BString, Refusal> {
    match value {
        Some(value) if value.contains(&b'\n') => Err(Refusal::new("pattern of several lines")),
        value => Ok(text(value)),
    }
}

fn ref_set(log: &mut LogOptions, set: RefSet, negated: bool) -> Result<(), Refusal> {
    log.ref_sets_given = true;
    let excluded = std::mem::take(&mut log.excluded);
    log.tips.push(Tip::Refs { set, excluded, negated });
    Ok(())
}

fn below(
    log: &mut LogOptions,
    prefix: &'static str,
    value: Option<&BStr>,
    negated: bool,
) -> Result<(), Refusal> {
    ref_set(log, RefSet::Below { prefix, pattern: value.map(ToOwned::to_owned) }, negated)
}

/// Of several kinds git shows one, or refuses them.
fn list(log: &mut LogOptions, list: ChangeList) -> Result<(), Refusal> {
    if log.changes.replace(list).is_some_and(|before| before != list) {
        log.assisted.get_or_insert("several lists of changes");
    }
    Ok(())
}

fn seconds(value: Option<&BStr>) -> Result<DateLimit, Refusal> {
    Ok(DateLimit::Seconds(number_long(value)?))
}

fn number_long(value: Option<&BStr>) -> Result<i64, Refusal> {
    let value = value.unwrap_or_default();
    let plain = !value.is_empty() && value.len() <= 12 && value.iter().all(u8::is_ascii_digit);
    plain
        .then(|| value.to_str().ok()?.parse().ok())
        .flatten()
        .ok_or_else(|| Refusal::new(format!("number '{value}'")))
}

/// Every option that is understood.
pub static TABLE: &[Entry] = options! {
    // Our own: see `own.rs`.
    "--page" Required Own nothing;
    "--per-page" Required Own nothing;
    "--cursor" Required Own nothing;
    "--json" None Own nothing;
    "--count" None Own nothing;
    "--shortlog" None Own nothing;
    "--last-modified" None Own nothing;
    "--contains-path" Required Own nothing;
    "--no-fallback" None Own nothing;
    "--cross-check" None Own nothing;
    "--no-index" None Own nothing;
    "--threads" Required Own nothing;
    "--performance-stats" None Own nothing;
    "--help" None Own nothing;
    "-h" None Own nothing;
    "--version" None Own nothing;

    // Tips.
    "--not" None Not |_, _, _| Ok(());
    "--all" None Select |o, _, not| ref_set(o, RefSet::All, not);
    "--branches" Optional Select |o, v, not| below(o, "refs/heads/", v, not);
    "--tags" Optional Select |o, v, not| below(o, "refs/tags/", v, not);
    "--remotes" Optional Select |o, v, not| below(o, "refs/remotes/", v, not);
    "--glob" Required Select |o, v, not| ref_set(o, RefSet::Glob(text(v)), not);
    "--exclude" Required Select |o, v, _| { o.excluded.push(text(v)); Ok(()) };
    "--no-walk" Optional Select |o, v, _| {
        o.no_walk = Some(match v.map(|v| v.as_bytes()) {
            // What was said of the order stays.
            None => o.no_walk.unwrap_or(NoWalk::Sorted),
            Some(b"sorted") => NoWalk::Sorted,
            Some(b"unsorted") => NoWalk::Unsorted,
            Some(other) => return Err(Refusal::new(format!("--no-walk={}", other.as_bstr()))),
        });
        Ok(())
    };
    "--do-walk" None Select |o, _, _| walk(o);

    // Limits.
    "-<number>" Required Select |o, v, _| max_count(o, v);
    "-n" Required Select |o, v, _| max_count(o, v);
    "--max-count" Required Select |o, v, _| max_count(o, v);
    "--skip" Required Select |o, v, _| { o.skip = Some(number(v)?); Ok(()) };
    "--since" Required Select |o, v, _| { o.since = Some(DateLimit::Text(text(v))); Ok(()) };
    "--after" Required Select |o, v, _| { o.since = Some(DateLimit::Text(text(v))); Ok(()) };
    "--until" Required Select |o, v, _| { o.until = Some(DateLimit::Text(text(v))); Ok(()) };
    "--before" Required Select |o, v, _| { o.until = Some(DateLimit::Text(text(v))); Ok(()) };
    "--since-as-filter" Required Select |o, v, _| { o.since_as_filter = Some(DateLimit::Text(text(v))); Ok(()) };
    "--max-age" Required Select |o, v, _| { o.since = Some(seconds(v)?); Ok(()) };
    "--min-age" Required Select |o, v, _| { o.until = Some(seconds(v)?); Ok(()) };
    "--merges" None Select |o, _, _| { o.min_parents = 2; Ok(()) };
    "--no-merges" None Select |o, _, _| { o.max_parents = Some(1); Ok(()) };
    "--min-parents" Attached Select |o, v, _| { o.min_parents = number(v)? as u32; Ok(()) };
    "--max-parents" Attached Select |o, v, _| { o.max_parents = Some(number(v)? as u32); Ok(()) };
    "--no-min-parents" None Select |o, _, _| { o.min_parents = 0; Ok(()) };
    "--no-max-parents" None Select |o, _, _| { o.max_parents = None; Ok(()) };
    "--first-parent" None Select |o, _, _| { o.first_parent = true; Ok(()) };

    "--follow" None Select |o, _, _| { o.follow = true; Ok(()) };

    // Order and marks.
    "--topo-order" None Select |o, _, _| { o.order = Order::Topo; Ok(()) };
    "--date-order" None Select |o, _, _| { o.order = Order::Date; Ok(()) };
    "--author-date-order" None Select |o, _, _| { o.order = Order::AuthorDate; Ok(()) };
    "--reverse" None Select |o, _, _| { o.reverse = !o.reverse; Ok(()) };
    "--boundary" None Select |o, _, _| { o.boundary = true; Ok(()) };
    "--left-right" None Select |o, _, _| { o.left_right = true; Ok(()) };
    "--left-only" None Select |o, _, _| { o.left_only = true; Ok(()) };
    "--right-only" None Select |o, _, _| { o.right_only = true; Ok(()) };
    "--source" None Select |o, _, _| { o.source = true; Ok(()) };
    "--no-source" None Select |o, _, _| { o.source = false; Ok(()) };
    "--children" None Select |o, _, _| { o.children = true; Ok(()) };
    "--parents" None Select |o, _, _| { o.parents = true; Ok(()) };
    "--graph" None Select |o, _, _| { o.graph = true; Ok(()) };
    // The order that a graph before it has set stays.
    "--no-graph" None Select |o, _, _| if o.graph { Err(Refusal::new("--no-graph")) } else { Ok(()) };

    // Simplification.
    "--full-history" None Select |o, _, _| { o.simplification.full_history = true; Ok(()) };
    "--dense" None Select |o, _, _| { o.simplification.sparse = false; Ok(()) };
    "--sparse" None Select |o, _, _| { o.simplification.sparse = true; Ok(()) };
    "--simplify-merges" None Select |o, _, _| { o.simplification.simplify_merges = true; Ok(()) };
    "--simplify-by-decoration" None Select |o, _, _| { o.simplification.by_decoration = true; Ok(()) };
    "--ancestry-path" Optional Select |o, v, _| {
        o.simplification.ancestry_path.push(v.map(ToOwned::to_owned));
        Ok(())
    };
    "--show-pulls" None Select |o, _, _| { o.simplification.show_pulls = true; Ok(()) };
    "--remove-empty" None Select |o, _, _| { o.simplification.remove_empty = true; Ok(()) };

    // Text.
    "--author" Required Grep |o, v, _| { o.grep.author.push(pattern(v)?); Ok(()) };
    "--committer" Required Grep |o, v, _| { o.grep.committer.push(pattern(v)?); Ok(()) };
    "--grep" Required Grep |o, v, _| { o.grep.message.push(pattern(v)?); Ok(()) };
    "--all-match" None Grep |o, _, _| { o.grep.all_match = true; Ok(()) };
    "--invert-grep" None Grep |o, _, _| { o.grep.invert = true; Ok(()) };
    "-i" None Grep |o, _, _| { o.grep.ignore_case = true; Ok(()) };
    "--regexp-ignore-case" None Grep |o, _, _| { o.grep.ignore_case = true; Ok(()) };
    "--basic-regexp" None Grep |o, _, _| { o.grep.flavour = Some(Flavour::Basic); Ok(()) };
    "-E" None Grep |o, _, _| { o.grep.flavour = Some(Flavour::Extended); Ok(()) };
    "--extended-regexp" None Grep |o, _, _| { o.grep.flavour = Some(Flavour::Extended); Ok(()) };
    "-F" None Grep |o, _, _| { o.grep.flavour = Some(Flavour::Fixed); Ok(()) };
    "--fixed-strings" None Grep |o, _, _| { o.grep.flavour = Some(Flavour::Fixed); Ok(()) };
    "-P" None Grep |o, _, _| { o.grep.flavour = Some(Flavour::Perl); Ok(()) };
    "--perl-regexp" None Grep |o, _, _| { o.grep.flavour = Some(Flavour::Perl); Ok(()) };

    // How a commit is shown.
    "--pretty" Optional Render |o, v, _| { o.pretty_is_empty_format = v.is_some(); pretty(o, text(v)) };
    "--format" Attached Render |o, v, _| { o.pretty_is_empty_format = true; pretty(o, text(v)) };
    "--oneline" None Render |o, _, _| { o.abbrev_commit = Some(true); pretty(o, "oneline".into()) };
    "--abbrev-commit" None Render |o, _, _| {
        (o.abbrev_commit, o.abbrev_commit_given) = (Some(true), true);
        Ok(())
    };
    "--no-abbrev-commit" None Render |o, _, _| { o.abbrev_commit = Some(false); Ok(()) };
    "--abbrev" Optional Render |o, v, _| {
        o.abbrev = Some(match v { Some(v) => AbbrevArg::Digits(number(Some(v))? as usize), None => AbbrevArg::Auto });
        Ok(())
    };
    "--no-abbrev" None Render |o, _, _| { o.abbrev = Some(AbbrevArg::Full); Ok(()) };
    "--date" Required Render |o, v, _| { date(o, text(v)); Ok(()) };
    "--relative-date" None Render |o, _, _| { date(o, "relative".into()); Ok(()) };
    "--encoding" Required Render |o, v, _| { o.encoding = Some(text(v)); Ok(()) };
    "--expand-tabs" Optional Render |o, v, _| {
        o.expand_tabs = Some(match v { Some(v) => number(Some(v))? as u32, None => 8 });
        Ok(())
    };
    "--no-expand-tabs" None Render |o, _, _| { o.expand_tabs = Some(0); Ok(()) };
    "--encode-email-headers" None Render |o, _, _| { o.encode_email_headers = Some(true); Ok(()) };
    "--no-encode-email-headers" None Render |o, _, _| { o.encode_email_headers = Some(false); Ok(()) };
    "--notes" Optional Render |o, v, _| {
        o.notes.push(v.map_or(NotesOption::Default, |v| NotesOption::Ref(v.to_owned())));
        Ok(())
    };
    "--show-notes" Optional Render |o, v, _| {
        o.notes.push(v.map_or(NotesOption::Default, |v| NotesOption::AlsoRef(v.to_owned())));
        Ok(())
    };
    "--no-notes" None Render |o, _, _| { o.notes.push(NotesOption::No); Ok(()) };
    "--decorate" Optional Render |o, v, _| {
        let asked = Decorate::parse(v).filter(|_| v != Some(b"".as_bstr()));
        let style = if v.is_none() { Some(Decorate::Short) } else { asked };
        o.decorate = Some(style.ok_or_else(|| Refusal::new(format!("--decorate={}", text(v))))?);
        Ok(())
    };
    "--no-decorate" None Render |o, _, _| { o.decorate = Some(Decorate::No); Ok(()) };
    "--decorate-refs" Required Render |o, v, _| { o.decorate_filter.push(FilterOption::Include(text(v))); Ok(()) };
    "--decorate-refs-exclude" Required Render |o, v, _| {
        o.decorate_filter.push(FilterOption::Exclude(text(v)));
        Ok(())
    };
    "--clear-decorations" None Render |o, _, _| { o.decorate_filter.push(FilterOption::Clear); Ok(()) };
    "--color" Optional Render |o, v, _| {
        o.color = Some(match v.map(|v| v.as_bytes()) {
            None | Some(b"always") => ColorArg::Always,
            Some(b"never") => ColorArg::Never,
            Some(b"auto") => ColorArg::Auto,
            Some(other) => return Err(Refusal::new(format!("--color={}", other.as_bstr()))),
        });
        Ok(())
    };
    "--no-color" None Render |o, _, _| { o.color = Some(ColorArg::Never); Ok(()) };
    "--mailmap" None Render |o, _, _| { o.mailmap = Some(true); Ok(()) };
    "--use-mailmap" None Render |o, _, _| { o.mailmap = Some(true); Ok(()) };
    "--no-mailmap" None Render |o, _, _| { o.mailmap = Some(false); Ok(()) };
    "--no-use-mailmap" None Render |o, _, _| { o.mailmap = Some(false); Ok(()) };
    "-z" None Render |o, _, _| { o.nul = true; Ok(()) };
    "--no-patch" None Render |o, _, _| { o.no_patch = true; Ok(()) };
    "-s" None Render |o, _, _| { o.no_patch = true; Ok(()) };
    "--quiet" None Render |o, _, _| { o.no_patch = true; Ok(()) };
    "-q" None Render |o, _, _| { o.no_patch = true; Ok(()) };
    "--full-index" None Render nothing;
    "-r" None Render nothing;
    "--no-renames" None Render |o, _, _| { o.no_renames = true; Ok(()) };
    "--full-diff" None Render |o, _, _| { o.full_diff = true; Ok(()) };

    // Changed files.
    "--name-only" None List |o, _, _| list(o, ChangeList::NameOnly);
    "--name-status" None List |o, _, _| list(o, ChangeList::NameStatus);
    "--raw" None List |o, _, _| list(o, ChangeList::Raw);

    // Diff output, rendered by git for the commits chosen here.
    "-p" None Diff nothing;
    "-u" None Diff nothing;
    "--patch" None Diff nothing;
    "-U" Required Diff nothing;
    "--unified" Required Diff nothing;
    "--patch-with-raw" None Diff nothing;
    "--patch-with-stat" None Diff nothing;
    "--minimal" None Diff nothing;
    "--patience" None Diff nothing;
    "--histogram" None Diff nothing;
    "--anchored" Required Diff nothing;
    "--diff-algorithm" Required Diff nothing;
    "--stat" Optional Diff nothing;
    "--stat-width" Required Diff nothing;
    "--stat-name-width" Required Diff nothing;
    "--stat-count" Required Diff nothing;
    "--compact-summary" None Diff nothing;
    "--numstat" None Diff nothing;
    "--shortstat" None Diff nothing;
    "--dirstat" Optional Diff nothing;
    "--summary" None Diff nothing;
    "--binary" None Diff nothing;
    "-M" Optional Diff nothing;
    "--find-renames" Optional Diff nothing;
    "-C" Optional Diff nothing;
    "--find-copies" Optional Diff nothing;
    "--find-copies-harder" None Diff nothing;
    "-l" Required Diff nothing;
    "-a" None Diff nothing;
    "--text" None Diff nothing;
    "-b" None Diff nothing;
    "-w" None Diff nothing;
    "--ignore-space-at-eol" None Diff nothing;
    "--ignore-space-change" None Diff nothing;
    "--ignore-all-space" None Diff nothing;
    "--ignore-blank-lines" None Diff nothing;
    "--inter-hunk-context" Required Diff nothing;
    "-W" None Diff nothing;
    "--function-context" None Diff nothing;
    "--ext-diff" None Diff nothing;
    "--no-ext-diff" None Diff nothing;
    "--textconv" None Diff nothing;
    "--no-textconv" None Diff nothing;
    "--src-prefix" Required Diff nothing;
    "--dst-prefix" Required Diff nothing;
    "--no-prefix" None Diff nothing;
    "--word-diff" Optional Diff nothing;
    "--color-words" Optional Diff nothing;
    "-m" None Diff |o, _, _| { o.simplification.default_diff_merges = true; Ok(()) };
    "-c" None Diff nothing;
    "--cc" None Diff nothing;
    "--diff-merges" Attached Diff |o, v, _| { diff_merges(o, v); Ok(()) };
    "--no-diff-merges" None Diff nothing;
    "--combined-all-paths" None Diff nothing;
    "-t" None Diff nothing;
    "-S" Required DiffFilter nothing;
    "-G" Required DiffFilter nothing;
    "--pickaxe-regex" None DiffFilter nothing;
    "--pickaxe-all" None DiffFilter nothing;
    // git looks for the object along all lines of history.
    "--find-object" Required DiffFilter |o, _, _| { o.simplification.full_history = true; Ok(()) };
    "--diff-filter" Required DiffFilter nothing;

    // Known, and left to git.
    "--stdin" None Git nothing;
    "--end-of-options" None Git nothing;
    // Excluded tips, and commits that are too old, decide differently about what they reach.
    "--exclude-first-parent-only" None Git nothing;
    "-g" None Git nothing;
    "--walk-reflogs" None Git nothing;
    "--reflog" None Git nothing;
    "--exclude-hidden" Attached Git nothing;
    "--bisect" None Git nothing;
    "--merge" None Git nothing;
    "--cherry" None Git nothing;
    "--cherry-pick" None Git nothing;
    "--cherry-mark" None Git nothing;
    "--grep-reflog" Required Git nothing;
    "--show-signature" None Git nothing;
    "-L" Required Git nothing;
    "--show-linear-break" Optional Git nothing;
    "--log-size" None Git nothing;
    "--ignore-missing" None Git nothing;
    "--alternate-refs" None Git nothing;
    "--single-worktree" None Git nothing;

    // Known to git's diffs only, or to its lists of objects; rarely asked of a log.
    "--always" None Git nothing;
    "--break-rewrites" Optional Git nothing;
    "-B" Optional Git nothing;
    "--check" None Git nothing;
    "--color-moved" Optional Git nothing;
    "--no-color-moved" None Git nothing;
    "--color-moved-ws" Required Git nothing;
    "--no-color-moved-ws" None Git nothing;
    "--cumulative" None Git nothing;
    "--dd" None Git nothing;
    "--default" Required Git nothing;
    "--default-prefix" None Git nothing;
    "--dirstat-by-file" Optional Git nothing;
    "-X" Optional Git nothing;
    "--early-output" Optional Git nothing;
    "--exit-code" None Git nothing;
    "--no-exit-code" None Git nothing;
    "--filter" Attached Git nothing;
    "--no-filter" None Git nothing;
    "--ignore-cr-at-eol" None Git nothing;
    "--ignore-matching-lines" Required Git nothing;
    "--no-ignore-matching-lines" None Git nothing;
    "-I" Required Git nothing;
    "--ignore-submodules" Optional Git nothing;
    "--in-commit-order" None Git nothing;
    "--indent-heuristic" None Git nothing;
    "--no-indent-heuristic" None Git nothing;
    "--indexed-objects" None Git nothing;
    "--irreversible-delete" None Git nothing;
    "-D" None Git nothing;
    "--ita-invisible-in-index" None Git nothing;
    "--ita-visible-in-index" None Git nothing;
    "--line-prefix" Required Git nothing;
    "--no-commit-id" None Git nothing;
    "--no-compact-summary" None Git nothing;
    "--no-decorate-refs" None Git nothing;
    "--no-decorate-refs-exclude" None Git nothing;
    "--no-find-copies-harder" None Git nothing;
    "--no-follow" None Git nothing;
    "--no-full-index" None Git nothing;
    "--no-function-context" None Git nothing;
    "--no-kept-objects" Optional Git nothing;
    "--no-quiet" None Git nothing;
    "--no-show-signature" None Git nothing;
    "--no-text" None Git nothing;
    "--objects" None Git nothing;
    "--objects-edge" None Git nothing;
    "--objects-edge-aggressive" None Git nothing;
    "-O" Required Git nothing;
    "--output" Required Git nothing;
    "--output-indicator-context" Required Git nothing;
    "--output-indicator-new" Required Git nothing;
    "--output-indicator-old" Required Git nothing;
    "-R" None Git nothing;
    "--relative" Optional Git nothing;
    "--no-relative" None Git nothing;
    "--remerge-diff" None Git nothing;
    "--rename-empty" None Git nothing;
    "--no-rename-empty" None Git nothing;
    "--root" None Git nothing;
    "--rotate-to" Required Git nothing;
    "--skip-to" Required Git nothing;
    "--show-notes-by-default" None Git nothing;
    "--standard-notes" None Git nothing;
    "--no-standard-notes" None Git nothing;
    "--stat-graph-width" Required Git nothing;
    "--submodule" Optional Git nothing;
    "--unpacked" None Git nothing;
    "-v" None Git nothing;
    "--verify-objects" None Git nothing;
    "--word-diff-regex" Required Git nothing;
    "--ws-error-highlight" Required Git nothing;
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Mode;

    #[test]
    fn no_option_is_listed_twice() {
        let mut seen = HashSet::new();
        for entry in super::TABLE {
            assert!(seen.insert(entry.name), "{} is listed twice", entry.name);
        }
        for mode in Mode::SPECIAL {
            let mut seen = HashSet::new();
            for entry in mode.table() {
                assert!(seen.insert(entry.name), "{} is listed twice", entry.name);
            }
        }
    }
}
