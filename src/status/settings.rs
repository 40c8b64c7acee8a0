//! Options and configuration, resolved: what the command line and git's settings come to for one invocation.
//!
//! A setting that changes the output in a way that is not known here makes the answer git's.

use std::ffi::OsString;

use bstr::{BStr, ByteSlice};

use super::columns::{Columns, When};
use super::options::table::{untracked_boolean, untracked_mode};
use super::options::{Format, Ignored, StatusOptions, Untracked};
use super::render::colors::Colors;
use crate::cli::output::for_a_person;
use crate::log::checked_settings;
use crate::log::settings::english;
use crate::repo::NotExact;
use crate::repo::abbrev::AbbrevLength;
use crate::repo::config::{ColorWhen, Config, parse_bool, parse_int};
use crate::repo::git::GitProgram;

/// How renames among staged files are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renames {
    /// Not at all.
    No,
    /// By a git that gets these options, wherever there could be any; with copies, files that only changed are
    /// origins, too.
    Yes {
        /// `-M`, `-C`, `-l…`
        args: Vec<OsString>,
        /// Whether copies are looked for.
        copies: bool,
    },
}

/// Everything about the looks of the answer.
#[derive(Debug)]
pub struct Settings {
    /// The shape of the output.
    pub format: Format,
    /// `-z`.
    pub nul: bool,
    /// Whether the branch is shown.
    pub branch: bool,
    /// Whether the number of stashes is shown.
    pub show_stash: bool,
    /// Whether ahead and behind are counted; else only whether they differ is told.
    pub ahead_behind: bool,
    /// Which untracked files.
    pub untracked: Untracked,
    /// Which ignored files.
    pub ignored: Ignored,
    /// How renames are looked for.
    pub renames: Renames,
    /// Colours, if any.
    pub colors: Option<Colors>,
    /// Whether advice is given.
    pub hints: bool,
    /// Whether paths are relative to the current directory.
    pub relative: bool,
    /// `core.quotePath`.
    pub quote_path: bool,
    /// Whether lists of files are in columns, and how.
    pub columns: Option<Columns>,
    /// `status.displayCommentPrefix`.
    pub comments: bool,
    /// `core.sparseCheckout`.
    pub sparse: bool,
    /// Whether files that are marked skip-worktree may be there.
    pub expect_skipped: bool,
}

impl Settings {
    /// Resolves.
    pub fn resolve(options: &StatusOptions, config: &Config, git: &GitProgram) -> Result<Settings, NotExact> {
        check(config)?;
        check_known(options, git)?;
        let mut format = options.format;
        let stable = matches!(format, Some(Format::PorcelainV1 | Format::PorcelainV2)) || options.nul;
        if options.nul {
            match format {
                None => format = Some(Format::PorcelainV1),
                Some(Format::Long) => return Err("-z with --long".into()),
                _ => {}
            }
        }
        let wanted = |key: &str, default: bool| -> Result<bool, NotExact> {
            let configured = config.bool(key)?;
            Ok(if stable { default } else { configured.unwrap_or(default) })
        };
        let (short, branch) = (wanted("status.short", false)?, wanted("status.branch", false)?);
        let format = format.unwrap_or(if short { Format::Short } else { Format::Long });
        let ahead_behind = wanted("status.aheadBehind", true)?;
        let untracked = untracked(options, config, git)?;
        let ignored = options.ignored.unwrap_or(Ignored::No);
        if ignored == Ignored::Matching && untracked == Untracked::No {
            return Err("--ignored=matching with -uno".into());
        }
        let branch = options.branch.unwrap_or(branch);
        let has_words = format == Format::Long || branch && format != Format::PorcelainV2;
        if has_words && !english() {
            return Err("messages in another language".into());
        }
        let porcelain = matches!(format, Format::PorcelainV1 | Format::PorcelainV2);
        // Bad ones are refused where none is shown, too.
        let colors = Colors::read(config)?;
        let colors = (color_wanted(config)? && !porcelain).then_some(colors);
        Ok(Settings {
            format,
            nul: options.nul,
            branch,
            show_stash: options.show_stash.unwrap_or(config.bool("status.showStash")?.unwrap_or(false)),
            ahead_behind: options.ahead_behind.unwrap_or(ahead_behind),
            untracked,
            ignored,
            renames: renames(options, config)?,
            colors,
            hints: config.bool("advice.statusHints")?.unwrap_or(true),
            relative: config.bool("status.relativePaths")?.unwrap_or(true) && format != Format::PorcelainV1,
            quote_path: config.bool("core.quotePath")?.unwrap_or(true),
            columns: columns(options, config, git)?,
            comments: config.bool("status.displayCommentPrefix")?.unwrap_or(false),
            sparse: config.bool("core.sparseCheckout")?.unwrap_or(false),
            expect_skipped: config.bool("sparse.expectFilesOutsideOfPatterns")?.unwrap_or(false),
        })
    }
}

/// What there may be below `status`, in lower case.
const KNOWN: [&str; 10] = [
    "status.aheadbehind",
    "status.branch",
    "status.displaycommentprefix",
    "status.relativepaths",
    "status.renamelimit",
    "status.renames",
    "status.short",
    "status.showstash",
    "status.showuntrackedfiles",
    "status.submodulesummary",
];

/// Settings that git reads here, and all that it takes from them is known.
fn check(config: &Config) -> Result<(), NotExact> {
    checked_settings::check(config)?;
    if std::env::var_os("GIT_ADVICE").is_some() {
        return Err("environment variable GIT_ADVICE".into());
    }
    for key in ["core.ignoreCase", "core.precomposeUnicode"] {
        if config.bool(key)?.unwrap_or(false) {
            return Err(key.into());
        }
    }
    if let Ok(Some(summary)) = config.string("status.submoduleSummary")
        && summary != "0"
        && parse_bool(Some(summary)) != Some(false)
    {
        return Err("status.submoduleSummary".into());
    }
    if config.values("core.fsmonitor").any(|value| parse_bool(value).is_none()) {
        return Err("core.fsmonitor is a program".into());
    }
    AbbrevLength::from_config(config)?;
    if let Some((key, _)) = config.iter().find(|(key, value)| !is_good(key, *value)) {
        return Err(key.to_str_lossy().into_owned().into());
    }
    // Other versions of git have more: what they do is not known here.
    if let Some((key, _)) =
        config.with_prefix("status.").find(|(key, _)| !KNOWN.contains(&key.to_str_lossy().as_ref()))
    {
        return Err(key.to_str_lossy().into_owned().into());
    }
    if for_a_person() && config.contains("pager.status") {
        return Err("pager.status".into());
    }
    Ok(())
}

/// Whether git takes this value without a word, of the settings that only `git status` reads.
fn is_good(key: &BStr, value: Option<&BStr>) -> bool {
    match key.as_bytes() {
        b"index.threads" => {
            let few = value.and_then(parse_int).filter(|number| (0..=i64::from(u16::MAX)).contains(number));
            parse_bool(value).is_some() || few.is_some()
        }
        b"status.renamelimit" => {
            value.and_then(parse_int).is_some_and(|number| i32::try_from(number.unsigned_abs()).is_ok())
        }
        // Read where there are differences.
        b"diff.orderfile" => false,
        b"transfer.credentialsinurl" => value.is_some_and(|value| value == "allow"),
        key if key.starts_with(b"filter.") => {
            value.is_some() || ![&b".clean"[..], b".smudge", b".process"].iter().any(|end| key.ends_with(end))
        }
        _ => true,
    }
}

/// Options that are not the same with every git.
fn check_known(options: &StatusOptions, git: &GitProgram) -> Result<(), NotExact> {
    let forbidden = std::env::var_os("GIT_TEST_DISALLOW_ABBREVIATED_OPTIONS").is_some();
    if options.abbreviated && (forbidden || git.at_least(2, 56)) {
        return Err("an abbreviated option".into());
    }
    match options.boolean_untracked && !git.at_least(2, 47) {
        true => Err("a boolean for -u".into()),
        false => Ok(()),
    }
}

fn untracked(options: &StatusOptions, config: &Config, git: &GitProgram) -> Result<Untracked, NotExact> {
    let mut configured = None;
    for value in config.values("status.showUntrackedFiles") {
        let mode = match value.and_then(untracked_mode) {
            None if git.at_least(2, 47) => untracked_boolean(value),
            mode => mode,
        };
        configured = Some(mode.ok_or(NotExact::because("status.showUntrackedFiles"))?);
    }
    Ok(options.untracked.or(configured).unwrap_or(Untracked::Normal))
}

/// 0, 1, or 2 for copies, as git reads it.
fn rename_mode(value: Option<&BStr>) -> Result<u8, NotExact> {
    match value {
        Some(value) if value == "copies" || value == "copy" => Ok(2),
        value => parse_bool(value).map(u8::from).ok_or(NotExact::because("bad value for renames")),
    }
}

fn renames(options: &StatusOptions, config: &Config) -> Result<Renames, NotExact> {
    let mut mode = 1;
    for key in ["diff.renames", "status.renames"] {
        if let Some(value) = config.values(key).last() {
            mode = rename_mode(value)?;
        }
    }
    if let Some(wanted) = options.renames {
        mode = u8::from(wanted);
    }
    if options.find_renames.is_some() {
        mode = mode.max(1);
    }
    if mode == 0 {
        return Ok(Renames::No);
    }
    let mut args: Vec<OsString> = vec![options.find_renames.clone().unwrap_or_else(|| "-M".into())];
    if mode == 2 {
        let score = args[0].to_string_lossy()[2..].to_owned();
        args = vec![format!("-C{score}").into()];
    }
    if let Some(limit) = config.int("status.renameLimit")?.filter(|limit| *limit >= 0) {
        args.push(format!("-l{limit}").into());
    }
    Ok(Renames::Yes { args, copies: mode == 2 })
}

/// Options come on top of settings.
fn columns(options: &StatusOptions, config: &Config, git: &GitProgram) -> Result<Option<Columns>, NotExact> {
    let mut columns = Columns::configured(config)?;
    for told in &options.columns {
        columns.when = if told.is_some() { When::Always } else { When::Never };
        if let Some(value) = told {
            columns = columns.with(value.as_bstr()).ok_or(NotExact::because("bad value for --column"))?;
        }
    }
    let columns = match columns.when {
        When::Always => Some(columns),
        When::Never => None,
        When::Auto => for_a_person().then_some(columns),
    };
    match columns.is_some() && !git.has_known_widths() {
        true => Err(format!("git {} has widths of characters of its own", git.version).into()),
        false => Ok(columns),
    }
}

fn color_wanted(config: &Config) -> Result<bool, NotExact> {
    let configured = match config.color_when("color.status")? {
        Some(when) => Some(when),
        None => config.color_when("color.ui")?,
    };
    Ok(match configured.unwrap_or(ColorWhen::Auto) {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => for_a_person() && std::env::var_os("TERM").is_some_and(|term| term != "dumb"),
    })
}
