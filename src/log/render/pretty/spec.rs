//! What `--pretty`, `--format`, `--oneline` and `format.pretty` name: a built-in format or a format string.
//! Turning a format string into a program is the business of `compile`.

use bstr::{BStr, BString, ByteSlice};

use super::NotNative;

/// A format with a layout of its own, as opposed to a format string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    /// Object name and subject in one line.
    Oneline,
    /// Author and subject.
    Short,
    /// Author, author date, message: what `git log` prints by default.
    Medium,
    /// Author, committer, message.
    Full,
    /// Author, committer, both dates, message.
    Fuller,
    /// The headers of the commit object as they are, message.
    Raw,
    /// A mail with author, author date and message.
    Email,
    /// The same, with lines in the body that begin like the first one of a mail quoted.
    Mboxrd,
}

impl Builtin {
    /// Whether it is a mail.
    pub(super) fn is_mail(self) -> bool {
        matches!(self, Builtin::Email | Builtin::Mboxrd)
    }
}

/// A format as asked for, before it is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spec {
    /// A built-in format.
    Builtin(Builtin),
    /// A format string.
    User {
        /// The string, without `format:` or `tformat:`.
        text: BString,
        /// Whether a newline (NUL with `-z`) ends each commit (`tformat:`) or stands between two (`format:`).
        terminator: bool,
        /// Whether dates are `short` unless `--date` is given before or after this format (`log.date` doesn't
        /// count). git keeps that setting even where a later `--pretty` replaces the format.
        short_date: bool,
    },
}

/// What a format makes git load, and show by default, besides the commits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wants {
    /// `%N`: notes are shown unless `--no-notes` says otherwise.
    pub notes: bool,
    /// `%S`: the walk remembers by which argument each commit was reached.
    pub source: bool,
    /// `%d`, `%D`, `%(decorate)`.
    pub decorations: bool,
    /// `%aN`, `%aE`, `%aL` and the committer's.
    pub mailmap: bool,
    /// `%(trailers)`, which `trailer.*` settings change.
    pub trailers: bool,
}

/// One name of the table that `--pretty=<name>` is looked up in.
enum Named {
    Builtin(Builtin),
    Reference,
    Alias(usize),
}

/// Built-in names in the order in which git prefers them where a prefix fits several equally long ones.
const BUILTINS: [(&str, Named); 9] = [
    ("raw", Named::Builtin(Builtin::Raw)),
    ("medium", Named::Builtin(Builtin::Medium)),
    ("short", Named::Builtin(Builtin::Short)),
    ("email", Named::Builtin(Builtin::Email)),
    ("mboxrd", Named::Builtin(Builtin::Mboxrd)),
    ("fuller", Named::Builtin(Builtin::Fuller)),
    ("full", Named::Builtin(Builtin::Full)),
    ("oneline", Named::Builtin(Builtin::Oneline)),
    ("reference", Named::Reference),
];

/// Reads the value of `--pretty=` or `--format=` (they mean the same), or of `format.pretty`.
///
/// `aliases` are the `pretty.<name>` settings, names in lower case, in the order of the configuration files;
/// all of them are needed because git accepts any prefix of a name and takes the shortest name it fits.
///
/// # Errors
/// Formats that git refuses.
pub fn parse_format(spec: &BStr, aliases: &[(BString, BString)]) -> Result<Spec, NotNative> {
    let mut sought = spec;
    if let Some(user) = user_format(sought) {
        return Ok(user);
    }
    // Each step follows another alias: more steps than aliases is a loop.
    for _ in 0..=aliases.len() {
        match find(sought, aliases)? {
            Named::Builtin(builtin) => return Ok(Spec::Builtin(builtin)),
            Named::Reference => {
                return Ok(Spec::User {
                    text: "%C(auto)%h (%s, %ad)".into(),
                    terminator: true,
                    short_date: true,
                });
            }
            Named::Alias(index) => {
                sought = aliases.get(index).map_or(sought, |(_, value)| value.as_bstr());
                // An empty alias is a prefix of every name, not an empty format string.
                if let Some(user) = (!sought.is_empty()).then(|| user_format(sought)).flatten() {
                    return Ok(user);
                }
            }
        }
    }
    Err(NotNative("pretty alias loop"))
}

/// Whether it is a format string, and not the name of a format.
pub fn is_written_out(spec: &BStr) -> bool {
    user_format(spec).is_some()
}

/// `spec` as a format string, if it is not a name.
fn user_format(spec: &BStr) -> Option<Spec> {
    let user = |text: &[u8], terminator| Spec::User { text: text.into(), terminator, short_date: false };
    if let Some(text) = spec.strip_prefix(b"format:") {
        Some(user(text, false))
    } else if let Some(text) = spec.strip_prefix(b"tformat:") {
        Some(user(text, true))
    } else if spec.is_empty() || spec.contains(&b'%') {
        Some(user(spec, true))
    } else {
        None
    }
}

/// The shortest name that `sought` is a prefix of, whatever the case; the earlier one of equals.
fn find(sought: &BStr, aliases: &[(BString, BString)]) -> Result<Named, NotNative> {
    let fits = |name: &[u8]| name.get(..sought.len()).is_some_and(|head| head.eq_ignore_ascii_case(sought));
    let mut best: Option<(usize, Named)> = None;
    let mut offer = |name: &[u8], named: Named| {
        if fits(name) && best.as_ref().is_none_or(|(len, _)| name.len() < *len) {
            best = Some((name.len(), named));
        }
    };
    for (name, named) in BUILTINS {
        offer(name.as_bytes(), named);
    }
    for (index, (name, _)) in aliases.iter().enumerate() {
        if !BUILTINS.iter().any(|(builtin, _)| builtin.as_bytes() == name.as_slice()) {
            offer(name, Named::Alias(index));
        }
    }
    match best {
        // git mixes the values of a name that is configured twice in ways of its own.
        Some((_, Named::Alias(index)))
            if aliases
                .get(index)
                .is_some_and(|(name, _)| aliases.iter().filter(|(other, _)| other == name).count() > 1) =>
        {
            Err(NotNative("pretty alias configured more than once"))
        }
        Some((_, named)) => Ok(named),
        None => Err(NotNative("unknown pretty format")),
    }
}

impl Spec {
    /// What the format makes git load.
    pub fn wants(&self) -> Wants {
        let mut wants = Wants::default();
        let Spec::User { text, .. } = self else { return wants };
        let mut rest = text.as_slice();
        while let Some(percent) = memchr::memchr(b'%', rest) {
            rest = &rest[percent + 1..];
            let placeholder = match rest {
                [b'%', after @ ..] => {
                    rest = after;
                    continue;
                }
                [b'+' | b'-' | b' ', after @ ..] => after,
                _ => rest,
            };
            match placeholder {
                [b'N', ..] => wants.notes = true,
                [b'a' | b'c', b'N' | b'E' | b'L', ..] => wants.mailmap = true,
                [b'S', ..] => wants.source = true,
                [b'd' | b'D', ..] => wants.decorations = true,
                _ if placeholder.starts_with(b"(trailers") => wants.trailers = true,
                _ if placeholder.starts_with(b"(decorate") => wants.decorations = true,
                _ => {}
            }
        }
        wants
    }

    /// Whether it is `email` or `mboxrd`.
    pub fn is_mail(&self) -> bool {
        matches!(self, Spec::Builtin(builtin) if builtin.is_mail())
    }

    /// `--expand-tabs` of this format where the option is not given: the tab width in columns, 0 for none.
    pub fn default_expand_tabs(&self) -> usize {
        match self {
            Spec::Builtin(Builtin::Medium | Builtin::Full | Builtin::Fuller) => 8,
            _ => 0,
        }
    }
}
