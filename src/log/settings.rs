//! Options and configuration, resolved: what the command line and git's settings come to for one invocation.
//!
//! A setting that changes output in a way that is not known here makes the answer git's.

use std::io::IsTerminal;

use bstr::{BStr, BString, ByteSlice};

use super::options::{ColorArg, Flavour, LogOptions};
use super::output_encoding::OutputEncoding;
use super::render::color;
use super::render::date::DateMode;
use super::render::graph::GraphColors;
use super::render::pretty::{Builtin, Colors, MailStyle, Spec, Wants, is_written_out, parse_format};
use crate::cli::output::for_a_person;
use crate::repo::NotExact;
use crate::repo::config::{ColorWhen, Config};
use crate::repo::decorate::Decorate;
use crate::repo::notes::NotesOption;

/// Everything about the looks of the answer.
#[derive(Debug)]
pub struct Settings {
    /// The format asked for.
    pub spec: Spec,
    /// What it needs.
    pub wants: Wants,
    /// Whether header lines have abbreviated names.
    pub abbrev_commit: bool,
    /// How dates are shown.
    pub date: DateMode,
    /// Colours, if any.
    pub colors: Option<Colors>,
    /// Colours of the graph, if any.
    pub graph_colors: Option<GraphColors>,
    /// Whether built-in formats print decorations.
    pub decorate: bool,
    /// Whether decorations are full ref names, where they are printed.
    pub decorate_full: bool,
    /// Whether names go through the mailmap.
    pub mailmap: bool,
    /// Whether notes are shown.
    pub notes: bool,
    /// Tab width, 0 for none.
    pub expand_tabs: usize,
    /// How mails are written.
    pub mail: MailStyle,
    /// The dialect of text filters.
    pub flavour: Flavour,
    /// What texts are printed in.
    pub encoding: OutputEncoding,
}

/// Settings in `log.*` that are understood, or that only matter to diffs.
const KNOWN_LOG_SETTINGS: &[&str] = &[
    "abbrevcommit",
    "date",
    "decorate",
    "diffmerges",
    "excludedecoration",
    "follow",
    "graphcolors",
    "initialdecorationset",
    "mailmap",
    "showroot",
    "showsignature",
];

impl Settings {
    /// Resolves. `terminal`: the output is a terminal or git's pager.
    pub fn resolve(options: &LogOptions, config: &Config, terminal: bool) -> Result<Settings, NotExact> {
        check_config(config)?;
        let (spec, wants, short_date) = spec(options, config)?;
        let configured_abbrev = config.bool("log.abbrevCommit")?;
        let pretty_given = options.pretty.is_some();
        let raw = spec == Spec::Builtin(Builtin::Raw);
        let colored = color_wanted(options, config)?.resolve(terminal && !dumb_terminal());
        let colors = colored.then(|| colors(config)).transpose()?;
        let decorate = decorate(options, config, terminal, pretty_given && raw)?;
        let notes = match options.notes.last() {
            Some(last) => *last != NotesOption::No,
            None => !pretty_given || wants.notes,
        };
        Ok(Settings {
            // Nothing but the option itself changes a raw commit's name.
            abbrev_commit: options.abbrev_commit.or(configured_abbrev).unwrap_or(false)
                && (options.abbrev_commit_given || !(pretty_given && raw)),
            date: date_mode(options, config, short_date, terminal)?,
            graph_colors: colored.then(|| graph_colors(config)).transpose()?,
            colors,
            decorate: decorate != Decorate::No,
            decorate_full: decorate == Decorate::Full,
            mailmap: match options.mailmap {
                Some(given) => given,
                None => config.bool("log.mailmap")?.unwrap_or(true),
            },
            notes,
            expand_tabs: match options.expand_tabs {
                Some(width) => width as usize,
                None => default_expand_tabs(&spec, options, config)?,
            },
            mail: mail(options, config)?,
            flavour: flavour(options, config)?,
            encoding: output_encoding(options, config, &spec)?,
            wants,
            spec,
        })
    }
}

fn check_config(config: &Config) -> Result<(), NotExact> {
    super::checked_settings::check(config)?;
    for name in config.names_in("log") {
        if !KNOWN_LOG_SETTINGS.contains(&name.to_str_lossy().as_ref()) {
            return Err(format!("unknown setting log.{name}").into());
        }
    }
    // With a pager of its own, or none, for `git log`, and no colours in it.
    if std::io::stdout().is_terminal() && config.contains("pager.log") {
        return Err("pager.log".into());
    }
    if for_a_person() && !config.bool("color.pager")?.unwrap_or(true) {
        return Err("color.pager".into());
    }
    if config.bool("log.showSignature")?.unwrap_or(false) {
        return Err("log.showSignature".into());
    }
    Ok(())
}

fn output_encoding(options: &LogOptions, config: &Config, spec: &Spec) -> Result<OutputEncoding, NotExact> {
    let mut configured = Vec::new();
    for key in ["i18n.logOutputEncoding", "i18n.commitEncoding"] {
        configured.extend(config.string(key)?);
    }
    let given = options.encoding.as_ref().map(|name| name.as_bstr());
    let Some(name) = given.or(configured.first().copied()) else { return Ok(OutputEncoding::Utf8) };
    // A mail says its name as it is spelled.
    let known = OutputEncoding::named(name).filter(|_| !spec.is_mail() || name == "UTF-8");
    known.ok_or_else(|| format!("output encoding {name}").into())
}

/// A format by its name, or one that is written out.
fn read_format(text: &BStr, config: &Config) -> Result<Spec, NotExact> {
    let aliases: Vec<(BString, BString)> = config
        .with_prefix("pretty.")
        .filter_map(|(key, value)| Some((key["pretty.".len()..].into(), value?.to_owned())))
        .collect();
    parse_format(text, &aliases).map_err(|err| NotExact::from(err.to_string()))
}

/// A bare `--pretty` is medium, but leaves tabs as the format that was named last has them.
fn default_expand_tabs(spec: &Spec, options: &LogOptions, config: &Config) -> Result<usize, NotExact> {
    let is_bare =
        options.pretty.as_ref().is_some_and(|text| text.is_empty()) && !options.pretty_is_empty_format;
    if !is_bare {
        return Ok(spec.default_expand_tabs());
    }
    let replaced = options.replaced_pretty.iter().map(|text| text.as_bstr());
    match config.string("format.pretty")?.into_iter().chain(replaced).rfind(|text| !is_written_out(text)) {
        Some(name) => Ok(read_format(name, config)?.default_expand_tabs()),
        None => Ok(spec.default_expand_tabs()),
    }
}

/// The format, what it needs, and whether its dates are short. What a format string needs git gets although a built-in
/// format replaces it.
fn spec(options: &LogOptions, config: &Config) -> Result<(Spec, Wants, bool), NotExact> {
    let read = |text: &BStr| read_format(text, config);
    let (mut short_date, mut wants) = (false, Wants::default());
    let mut given = |spec: &Spec| {
        short_date |= matches!(spec, Spec::User { short_date: true, .. });
        if matches!(spec, Spec::User { .. }) {
            wants = spec.wants();
        }
    };
    let configured = config.string("format.pretty")?;
    for text in configured.into_iter().chain(options.replaced_pretty.iter().map(|text| text.as_bstr())) {
        // An empty one may be a bare `--pretty`.
        if !text.is_empty() {
            given(&read(text)?);
        } else if configured.is_some() || options.replaced_pretty.len() > 1 {
            return Err("an empty format among others".into());
        }
    }
    let text: &BStr = match &options.pretty {
        Some(given) => given.as_bstr(),
        None => configured.unwrap_or_default(),
    };
    let spec = match text.is_empty() {
        false => read(text)?,
        // `--format=` and `--pretty=` with nothing behind are an empty format, a bare `--pretty` is medium.
        true if options.pretty.is_some() && options.pretty_is_empty_format => {
            Spec::User { text: BString::default(), terminator: true, short_date: false }
        }
        true => Spec::Builtin(Builtin::Medium),
    };
    given(&spec);
    Ok((spec, wants, short_date))
}

fn date_mode(
    options: &LogOptions,
    config: &Config,
    short_date: bool,
    terminal: bool,
) -> Result<DateMode, NotExact> {
    let read = |text: &BStr| {
        DateMode::parse(text, terminal).ok_or_else(|| NotExact::from(format!("date mode '{text}'")))
    };
    let configured = config.string("log.date")?.unwrap_or("default".into());
    // git refuses a bad one of these, too, when another replaces it.
    for replaced in
        std::iter::once(configured).chain(options.replaced_dates.iter().map(|text| text.as_bstr()))
    {
        read(replaced)?;
    }
    let mode = match (&options.date, short_date) {
        (Some(given), _) => read(given.as_bstr())?,
        (None, true) => read("short".into())?,
        (None, false) => read(configured)?,
    };
    if matches!(mode, DateMode::Relative | DateMode::Human { .. }) && !english() {
        return Err("dates in words in another language".into());
    }
    Ok(mode)
}

/// Whether messages are not translated. (`%ar` and `%ah` are checked by the caller, too.)
pub fn english() -> bool {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default();
    let is_english = |text: &str| {
        text.is_empty()
            || ["C", "POSIX", "en"].iter().any(|l| {
                text.strip_prefix(l).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '_', '@']))
            })
    };
    let language = set("LANGUAGE").unwrap_or_default();
    is_english(&locale) && language.split(':').all(is_english)
}

fn dumb_terminal() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term == "dumb")
}

fn color_wanted(options: &LogOptions, config: &Config) -> Result<color::When, NotExact> {
    Ok(match options.color {
        Some(ColorArg::Always) => color::When::Always,
        Some(ColorArg::Never) => color::When::Never,
        Some(ColorArg::Auto) => color::When::Auto,
        None => {
            let configured = match config.color_when("color.diff")? {
                Some(when) => Some(when),
                None => match config.color_when("diff.color")? {
                    Some(when) => Some(when),
                    None => config.color_when("color.ui")?,
                },
            };
            match configured {
                Some(ColorWhen::Always) => color::When::Always,
                Some(ColorWhen::Never) => color::When::Never,
                Some(ColorWhen::Auto) | None => color::When::Auto,
            }
        }
    })
}

fn colors(config: &Config) -> Result<Colors, NotExact> {
    let mut colors = Colors::default();
    let read = |key: &str| -> Result<Option<Vec<u8>>, NotExact> {
        match config.string(key)? {
            Some(spec) => {
                color::parse(spec).map(Some).ok_or_else(|| NotExact::from(format!("bad color in {key}")))
            }
            None => Ok(None),
        }
    };
    // The old name and the new one: the last of both counts.
    let commit = match (read("diff.color.commit")?, read("color.diff.commit")?) {
        (Some(_), Some(_)) => return Err("diff.color.commit and color.diff.commit".into()),
        (old, new) => old.or(new),
    };
    if let Some(commit) = commit {
        colors.commit = commit;
    }
    for (key, slot) in [
        ("color.decorate.branch", &mut colors.branch),
        ("color.decorate.remoteBranch", &mut colors.remote_branch),
        ("color.decorate.tag", &mut colors.tag),
        ("color.decorate.stash", &mut colors.stash),
        ("color.decorate.HEAD", &mut colors.head),
        ("color.decorate.grafted", &mut colors.grafted),
    ] {
        if let Some(color) = read(key)? {
            *slot = color;
        }
    }
    Ok(colors)
}

fn graph_colors(config: &Config) -> Result<GraphColors, NotExact> {
    let mut columns: Vec<BString> = color::GRAPH_COLUMNS.iter().map(|color| BString::from(*color)).collect();
    if let Some(list) = config.string("log.graphColors")? {
        if list.is_empty() {
            return Err("an empty log.graphColors".into());
        }
        columns.clear();
        for spec in list.split_str(",") {
            let color =
                color::parse(spec.trim()).ok_or_else(|| NotExact::from("bad color in log.graphColors"))?;
            columns.push(color.into());
        }
    }
    Ok(GraphColors { columns, reset: color::RESET.into() })
}

/// How built-in formats name decorations, if they print them.
fn decorate(
    options: &LogOptions,
    config: &Config,
    terminal: bool,
    raw_asked_for: bool,
) -> Result<Decorate, NotExact> {
    let style = match options.decorate {
        Some(given) => given,
        None if raw_asked_for => Decorate::No,
        None => match config.values("log.decorate").next_back() {
            None => Decorate::Auto,
            Some(value) => Decorate::parse(value).unwrap_or(Decorate::No),
        },
    };
    Ok(match style {
        Decorate::Auto if terminal => Decorate::Short,
        Decorate::Auto => Decorate::No,
        style => style,
    })
}

fn mail(options: &LogOptions, config: &Config) -> Result<MailStyle, NotExact> {
    let usual = MailStyle::default();
    let encode_headers = match options.encode_email_headers {
        Some(given) => given,
        None => config.bool("format.encodeEmailHeaders")?.unwrap_or(usual.encode_headers),
    };
    let subject_prefix = match config.string("format.subjectPrefix")? {
        Some(prefix) if prefix.iter().any(u8::is_ascii_control) => {
            return Err("control characters in format.subjectPrefix".into());
        }
        prefix => prefix.map_or(usual.subject_prefix, ToOwned::to_owned),
    };
    Ok(MailStyle { encode_headers, subject_prefix })
}

fn flavour(options: &LogOptions, config: &Config) -> Result<Flavour, NotExact> {
    if options.grep.is_empty() {
        return Ok(Flavour::Basic);
    }
    let configured = match config.string("grep.patternType")?.map(|value| value.to_str_lossy()) {
        None => None,
        Some(value) => match value.as_ref() {
            "default" => None,
            "basic" => Some(Flavour::Basic),
            "extended" => Some(Flavour::Extended),
            "fixed" => Some(Flavour::Fixed),
            "perl" => Some(Flavour::Perl),
            other => return Err(format!("grep.patternType = {other}").into()),
        },
    };
    let extended = config.bool("grep.extendedRegexp")?.unwrap_or(false);
    Ok(options.grep.flavour.or(configured).unwrap_or(if extended {
        Flavour::Extended
    } else {
        Flavour::Basic
    }))
}
