//! The tokenizer for `git log`'s command line.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use bstr::{BStr, BString, ByteSlice};

use super::modes::Mode;
use super::table::{self, Entry, Kind};
use super::{LogOptions, Refusal, Tip};
use crate::cli::options::{Value, split_long};

/// A command line, split into what is git's and what is ours.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// What `git log` would understand, or why only git can.
    pub log: Result<LogOptions, Refusal>,
    /// Our own options, for clap.
    pub own: Vec<OsString>,
    /// The command line without our own options.
    pub git_args: Vec<OsString>,
    /// The same without what only says how commits are shown.
    pub select_args: Vec<OsString>,
    /// What may be revisions.
    pub words: Vec<OsString>,
    /// Whether there are options that name tips.
    pub names_tips: bool,
}

/// Options left to git that name tips.
const NAMING_TIPS: &[&str] =
    &["--default", "--stdin", "-g", "--walk-reflogs", "--reflog", "--bisect", "--merge", "--alternate-refs"];

/// Splits and classifies `args` (without the program's name).
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Parsed {
    let args: VecDeque<OsString> = args.into_iter().collect();
    // The word may be the value of another option, which only reading the line tells.
    for mode in Mode::SPECIAL {
        let asks = |arg: &OsString| arg.as_bytes() == mode.word().as_bytes();
        if args.iter().any(asks) {
            let parsed = parse_as(mode, args.clone());
            if parsed.own.iter().any(asks) {
                return parsed;
            }
        }
    }
    parse_as(Mode::Log, args)
}

fn parse_as(mode: Mode, mut tokens: VecDeque<OsString>) -> Parsed {
    let mut own = Vec::new();
    let mut git_args: Vec<OsString> = Vec::new();
    let mut select_args: Vec<OsString> = Vec::new();
    let mut words = Vec::new();
    let mut names_tips = false;
    let mut log = LogOptions::default();
    let mut refusal: Option<Refusal> = None;
    let mut negated = false;

    while let Some(arg) = tokens.pop_front() {
        let bytes = arg.as_bytes().as_bstr();
        if bytes == "--" {
            log.has_dash_dash = true;
            git_args.push(arg.clone());
            select_args.push(arg);
            let rest = std::mem::take(&mut tokens);
            log.paths.extend(rest.iter().map(|path| BString::from(path.as_bytes())));
            select_args.extend(rest.iter().cloned());
            git_args.extend(rest);
            break;
        }
        if !bytes.starts_with(b"-") || bytes.len() == 1 {
            log.tips.push(Tip::Revision { spec: bytes.to_owned(), negated });
            words.push(arg.clone());
            git_args.push(arg.clone());
            select_args.push(arg);
            continue;
        }
        if let Some(letters) = mode.bundle(bytes) {
            for &letter in letters.iter().rev() {
                tokens.push_front(OsString::from_vec(vec![b'-', letter]));
            }
            continue;
        }
        let Some((entry, attached)) = split(mode, bytes) else {
            refusal.get_or_insert_with(|| Refusal::new(format!("option {bytes}")));
            git_args.push(arg.clone());
            select_args.push(arg);
            continue;
        };
        let attached: Option<BString> = attached.map(ToOwned::to_owned);
        let mut written = vec![arg.clone()];
        let value = match (entry.value, attached) {
            (Value::None, None) => None,
            (Value::None, Some(_)) => {
                refusal.get_or_insert_with(|| Refusal::new(format!("option {bytes}")));
                None
            }
            (Value::Optional, value) => value,
            (Value::Attached | Value::Required, Some(value)) => Some(value),
            (Value::Attached, None) => {
                refusal.get_or_insert_with(|| Refusal::new(format!("option {bytes}")));
                None
            }
            (Value::Required, None) => match tokens.pop_front() {
                Some(next) => {
                    if next == "--" {
                        // git finds it before it looks at options.
                        refusal.get_or_insert_with(|| Refusal::new(format!("option {bytes} before --")));
                    }
                    let value = next.as_bytes().as_bstr().to_owned();
                    written.push(next);
                    Some(value)
                }
                None => {
                    refusal.get_or_insert_with(|| Refusal::new(format!("option {bytes} without a value")));
                    None
                }
            },
        };
        names_tips |= NAMING_TIPS.contains(&entry.name);
        if entry.kind == Kind::Own {
            own.push(own_word(entry, value.as_ref().map(|v| v.as_bstr())));
            continue;
        }
        log.tips_before_options = log.tips.len();
        git_args.extend(written.iter().cloned());
        if !matches!(entry.kind, Kind::Render | Kind::List | Kind::Diff) && entry.name != "--graph" {
            select_args.extend(written.iter().cloned());
        }
        match entry.kind {
            Kind::Render | Kind::List => log.render_args.extend(written),
            Kind::Grep => log.grep_args.extend(written),
            Kind::Diff => {
                log.render_args.extend(written);
                log.assisted.get_or_insert("diff output");
            }
            Kind::DiffFilter => {
                log.render_args.extend(written);
                log.assisted.get_or_insert("diff output");
                log.diff_filters = true;
            }
            Kind::Not => negated = !negated,
            Kind::Select | Kind::Git | Kind::Own => {}
        }
        let applied = if entry.kind == Kind::Git || !mode.takes(entry) {
            Err(Refusal::new(format!("option {}", entry.name)))
        } else {
            (entry.apply)(&mut log, value.as_ref().map(|v| v.as_bstr()), negated)
        };
        if let Err(reason) = applied {
            refusal.get_or_insert(reason);
        }
    }
    names_tips |= log.ref_sets_given;
    log.git_args.clone_from(&git_args);
    let log = match refusal {
        Some(reason) => Err(reason),
        None => Ok(log),
    };
    Parsed { log, own, git_args, select_args, words, names_tips }
}

fn own_word(entry: &Entry, value: Option<&BStr>) -> OsString {
    let mut word = entry.name.as_bytes().to_vec();
    if let Some(value) = value {
        word.push(b'=');
        word.extend_from_slice(value);
    }
    OsString::from_vec(word)
}

/// Finds the option that `arg` is, and the value that is attached to it.
fn split(mode: Mode, arg: &BStr) -> Option<(&'static Entry, Option<&BStr>)> {
    if arg.starts_with(b"--") {
        let (name, value) = split_long(arg);
        let entry = table::find(mode, name.to_str().ok()?)?;
        return Some((entry, value));
    }
    if arg[1..].iter().all(u8::is_ascii_digit) {
        return Some((table::find(mode, "-<number>")?, Some(arg[1..].as_bstr())));
    }
    if let Some(entry) = table::find(mode, arg.to_str().ok()?) {
        return Some((entry, None));
    }
    // A short option with its value attached, `-n30` or `-Sfoo`. `-i5` and the like are not options.
    let head = arg.get(..2)?.to_str().ok()?;
    let entry = table::find(mode, head)?;
    match entry.value {
        Value::Required | Value::Optional => Some((entry, Some(arg[2..].as_bstr()))),
        Value::None | Value::Attached => None,
    }
}
