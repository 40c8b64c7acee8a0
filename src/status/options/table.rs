//! The one table of options: how each is written, how it is served, what it sets.
//!
//! It feeds the tokenizer and docs/COMPATIBILITY.md. An option that is not here is git's.

use bstr::{BStr, ByteSlice};

use crate::cli::options::options;
use crate::repo::config::parse_bool;
use crate::status::columns::Columns;
use crate::status::submodules::settings;

use super::{Format, Ignored, Refusal, StatusOptions, Untracked};

/// Who serves an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Answered here.
    Native,
    /// Known, and left to git.
    Git,
    /// Our own; clap reads it.
    Own,
}

/// One option.
pub type Entry = crate::cli::options::Entry<Kind, Apply>;

/// Sets what an option says, given its value.
pub type Apply = fn(&mut StatusOptions, Option<&BStr>) -> Result<(), Refusal>;

/// The options that say in which format to print.
pub const FORMATS: [&str; 6] = ["-s", "--short", "--long", "--porcelain", "-z", "--null"];

/// The entry of the option written `name`.
pub fn find(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.name == name)
}

/// The option of git's that `name` abbreviates.
pub fn find_abbreviated(name: &str) -> Option<&'static Entry> {
    let is_meant = |entry: &&Entry| {
        entry.kind != Kind::Own && entry.name.starts_with("--") && entry.name.starts_with(name)
    };
    let mut meant = TABLE.iter().filter(is_meant);
    meant.next().filter(|_| meant.next().is_none())
}

fn nothing(_: &mut StatusOptions, _: Option<&BStr>) -> Result<(), Refusal> {
    Ok(())
}

fn unknown(option: &str, value: &BStr) -> Refusal {
    Refusal::new(format!("{option}={value}"))
}

fn porcelain(options: &mut StatusOptions, value: Option<&BStr>) -> Result<(), Refusal> {
    options.format = Some(match value.map(|value| value.as_bytes()) {
        None | Some(b"1" | b"v1") => Format::PorcelainV1,
        Some(b"2" | b"v2") => Format::PorcelainV2,
        Some(other) => return Err(unknown("--porcelain", other.as_bstr())),
    });
    Ok(())
}

/// What `-u` and `status.showUntrackedFiles` may be, besides booleans, which older versions of git don't know: see
/// [`untracked_boolean`].
pub fn untracked_mode(value: &BStr) -> Option<Untracked> {
    match value.as_bytes() {
        b"no" => Some(Untracked::No),
        b"normal" => Some(Untracked::Normal),
        b"all" => Some(Untracked::All),
        _ => None,
    }
}

/// What booleans mean there.
pub fn untracked_boolean(value: Option<&BStr>) -> Option<Untracked> {
    parse_bool(value).map(|is_wanted| if is_wanted { Untracked::Normal } else { Untracked::No })
}

fn untracked(options: &mut StatusOptions, value: Option<&BStr>) -> Result<(), Refusal> {
    options.untracked = Some(match value {
        None => Untracked::All,
        Some(value) => match untracked_mode(value) {
            Some(mode) => mode,
            None => {
                options.boolean_untracked = true;
                untracked_boolean(Some(value)).ok_or_else(|| unknown("-u", value))?
            }
        },
    });
    Ok(())
}

fn ignored(options: &mut StatusOptions, value: Option<&BStr>) -> Result<(), Refusal> {
    options.ignored = Some(match value.map(|value| value.as_bytes()) {
        None | Some(b"traditional") => Ignored::Traditional,
        Some(b"matching") => Ignored::Matching,
        Some(b"no") => Ignored::No,
        Some(other) => return Err(unknown("--ignored", other.as_bstr())),
    });
    Ok(())
}

fn find_renames(options: &mut StatusOptions, value: Option<&BStr>) -> Result<(), Refusal> {
    let value = value.unwrap_or_default();
    // What a score may be is git's to read.
    if !value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'%') {
        return Err(unknown("--find-renames", value));
    }
    options.find_renames = Some(format!("-M{value}").into());
    Ok(())
}

fn ignore_submodules(options: &mut StatusOptions, value: Option<&BStr>) -> Result<(), Refusal> {
    let value = value.unwrap_or("all".into());
    let ignore = settings::ignore(value).ok_or_else(|| unknown("--ignore-submodules", value))?;
    options.ignore_submodules = Some(ignore);
    Ok(())
}

fn column(options: &mut StatusOptions, value: Option<&BStr>) -> Result<(), Refusal> {
    let value = value.unwrap_or_default();
    if Columns::default().with(value).is_none() {
        return Err(unknown("--column", value));
    }
    options.columns.push(Some(value.to_owned()));
    Ok(())
}

/// All options.
pub static TABLE: &[Entry] = options! {
    // Our own: see `own.rs`.
    "--json" None Own nothing;
    "--summary" None Own nothing;
    "--exit-code" None Own nothing;
    "--verify" None Own nothing;
    "--no-index" None Own nothing;
    "--threads" Required Own nothing;
    "--no-fallback" None Own nothing;
    "--cross-check" None Own nothing;
    "--performance-stats" None Own nothing;
    "--worktrees" None Own nothing;
    "--repos-from" Required Own nothing;
    "--help" None Own nothing;
    "-h" None Own nothing;
    "--version" None Own nothing;

    // Formats.
    "-s" None Native |o, _| { o.format = Some(Format::Short); Ok(()) };
    "--short" None Native |o, _| { o.format = Some(Format::Short); Ok(()) };
    "--long" None Native |o, _| { o.format = Some(Format::Long); Ok(()) };
    "--porcelain" Optional Native porcelain;
    "-z" None Native |o, _| { o.nul = true; Ok(()) };
    "--null" None Native |o, _| { o.nul = true; Ok(()) };

    // What is shown.
    "-b" None Native |o, _| { o.branch = Some(true); Ok(()) };
    "--branch" None Native |o, _| { o.branch = Some(true); Ok(()) };
    "--no-branch" None Native |o, _| { o.branch = Some(false); Ok(()) };
    "--show-stash" None Native |o, _| { o.show_stash = Some(true); Ok(()) };
    "--no-show-stash" None Native |o, _| { o.show_stash = Some(false); Ok(()) };
    "--ahead-behind" None Native |o, _| { o.ahead_behind = Some(true); Ok(()) };
    "--no-ahead-behind" None Native |o, _| { o.ahead_behind = Some(false); Ok(()) };
    "-u" Optional Native untracked;
    "--untracked-files" Optional Native untracked;
    "--ignored" Optional Native ignored;
    "--no-renames" None Native |o, _| { o.renames = Some(false); Ok(()) };
    "--renames" None Native |o, _| { o.renames = Some(true); Ok(()) };
    "-M" Optional Native find_renames;
    "--find-renames" Optional Native find_renames;
    "--column" Optional Native column;
    "--no-column" None Native |o, _| { o.columns.push(None); Ok(()) };
    "--ignore-submodules" Optional Native ignore_submodules;

    // Known, and left to git.
    "-v" None Git nothing;
    "--verbose" None Git nothing;
    "--no-verbose" None Git nothing;
    "--no-short" None Git nothing;
    "--no-long" None Git nothing;
    "--no-porcelain" None Git nothing;
    "--no-null" None Git nothing;
    "--no-untracked-files" None Git nothing;
    "--no-ignored" None Git nothing;
    "--no-ignore-submodules" None Git nothing;
};
