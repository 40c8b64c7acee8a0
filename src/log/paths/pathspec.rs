//! Reading pathspecs: magic, normalisation relative to the current directory, and which part is free of wildcards.
//!
//! What git refuses, and `attr` and `prefix` magic, is handed over.

use std::path::Path;

use bstr::{BStr, BString, ByteSlice};

use crate::log::options::LogOptions;
use crate::repo::config::parse_bool;
use crate::repo::{NotExact, Repo};

/// More stars than this in one pattern are git's: matching has a limit on nesting.
const MOST_STARS: usize = 32;

/// The characters that git reserves for magic behind a colon.
const RESERVED: &[u8] = b"!\"#%&',-/:;<=>@_`~";

/// What the environment says about all pathspecs (git(1): `GIT_LITERAL_PATHSPECS` and its like).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Environment {
    /// No magic and no wildcards.
    pub literal: bool,
    /// As if each had `glob` magic.
    pub glob: bool,
    /// As if each had `literal` magic.
    pub noglob: bool,
    /// As if each had `icase` magic.
    pub icase: bool,
}

impl Environment {
    /// Reads the environment of the process.
    ///
    /// # Errors
    /// When a value is no boolean, or when git refuses the combination.
    pub fn read() -> Result<Environment, NotExact> {
        let flag = |name: &str| match std::env::var_os(name) {
            None => Ok(false),
            Some(value) => parse_bool(Some(value.as_encoded_bytes().as_bstr()))
                .ok_or_else(|| NotExact::from(format!("environment variable {name} is no boolean"))),
        };
        let environment = Environment {
            literal: flag("GIT_LITERAL_PATHSPECS")?,
            glob: flag("GIT_GLOB_PATHSPECS")?,
            noglob: flag("GIT_NOGLOB_PATHSPECS")?,
            icase: flag("GIT_ICASE_PATHSPECS")?,
        };
        environment.check()?;
        Ok(environment)
    }

    fn check(self) -> Result<(), NotExact> {
        let Environment { literal, glob, noglob, icase } = self;
        match (glob && noglob) || (literal && (glob || noglob || icase)) {
            true => Err("pathspec settings that exclude each other".into()),
            false => Ok(()),
        }
    }
}

/// Where a command was started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The top of the worktree with a slash at the end, symbolic links resolved; empty where there is none.
    top: BString,
    /// Where the current directory is below it: empty at the top and where there is none, else with a slash at the end.
    prefix: BString,
}

impl Place {
    /// That of this process.
    ///
    /// # Errors
    /// When it is in no worktree but in the git dir of one.
    pub fn of(repo: &Repo) -> Result<Place, NotExact> {
        let Some(top) = &repo.work_dir else { return Ok(Place::default()) };
        let failed = |err: std::io::Error| NotExact::from(format!("current directory: {err}"));
        if repo.is_inside_git_dir() {
            return Err("paths from inside of a git dir".into());
        }
        let (top, cwd) = (top.canonicalize().map_err(failed)?, std::env::current_dir().map_err(failed)?);
        let below =
            cwd.strip_prefix(&top).map_err(|_| NotExact::because("paths from outside of the worktree"))?;
        let with_slash = |path: &Path| {
            let mut path = BString::from(path.as_os_str().as_encoded_bytes());
            if !path.is_empty() && !path.ends_with(b"/") {
                path.push(b'/');
            }
            path
        };
        Ok(Place { top: with_slash(&top), prefix: with_slash(below) })
    }

    /// In the directory `prefix` of a worktree of which nobody knows where it is.
    pub fn below(prefix: &str) -> Place {
        Place { top: BString::default(), prefix: prefix.into() }
    }
}

/// One pathspec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The path or pattern, from the top of the worktree.
    pub(super) text: BString,
    /// So many bytes of it hold no wildcard, or are not read as such.
    pub(super) plain: usize,
    /// So many bytes are the current directory: they match as they are, whatever the magic.
    pub(super) fixed: usize,
    /// Letters match in either case.
    pub(super) icase: bool,
    /// `*` and `?` don't match a slash.
    pub(super) glob: bool,
    /// One star, and nothing special behind it, outside of `glob`: a plain suffix.
    pub(super) one_star: bool,
}

impl Item {
    /// Whether there are wildcards.
    pub(super) fn is_pattern(&self) -> bool {
        self.plain < self.text.len()
    }
}

/// A list of pathspecs, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pathspec {
    pub(super) include: Vec<Item>,
    pub(super) exclude: Vec<Item>,
}

impl Pathspec {
    /// The path limits of a question, `None` where there are none.
    ///
    /// # Errors
    /// As for [`Pathspec::parse`].
    pub fn of(repo: &Repo, options: &LogOptions) -> Result<Option<Pathspec>, NotExact> {
        if options.paths.is_empty() {
            return Ok(None);
        }
        Pathspec::parse(&options.paths, &Place::of(repo)?, Environment::read()?).map(Some)
    }

    /// Reads the path arguments of a command that was started at `place`; at least one.
    ///
    /// # Errors
    /// When git would refuse them, or for magic that only git knows.
    pub fn parse(
        arguments: &[impl AsRef<[u8]>],
        place: &Place,
        environment: Environment,
    ) -> Result<Pathspec, NotExact> {
        environment.check()?;
        let mut pathspec = Pathspec { include: Vec::new(), exclude: Vec::new() };
        for argument in arguments {
            let argument = argument.as_ref().as_bstr();
            if argument.is_empty() {
                return Err("an empty pathspec".into());
            }
            let (magic, path) = match environment.literal {
                true => (Magic { literal: true, ..Magic::default() }, argument),
                false => Magic::split(argument)?,
            };
            let list = if magic.exclude { &mut pathspec.exclude } else { &mut pathspec.include };
            let magic = magic.with(environment);
            list.push(item(magic, path, place)?);
        }
        if pathspec.include.is_empty() {
            // Whatever the current directory: everything but what is excluded.
            pathspec.include.push(item(Magic { top: true, ..Magic::default() }, b"".into(), place)?);
        }
        Ok(pathspec)
    }

    /// Whether git has no objection to `--follow`. `log.follow` does not count where it has.
    pub fn can_be_followed(&self) -> bool {
        let plain = |item: &Item| !item.glob && !item.icase;
        self.exclude.is_empty() && matches!(self.include.as_slice(), [one] if plain(one))
    }
}

/// The magic words of one pathspec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Magic {
    top: bool,
    literal: bool,
    glob: bool,
    icase: bool,
    exclude: bool,
}

impl Magic {
    /// Takes the magic off the front.
    fn split(argument: &BStr) -> Result<(Magic, &BStr), NotExact> {
        let Some(rest) = argument.strip_prefix(b":") else { return Ok((Magic::default(), argument)) };
        match rest.strip_prefix(b"(") {
            Some(rest) => Magic::long(rest.as_bstr()),
            None => Magic::short(rest.as_bstr()),
        }
    }

    fn long(rest: &BStr) -> Result<(Magic, &BStr), NotExact> {
        let mut magic = Magic::default();
        let (words, path) =
            rest.split_once_str(b")").ok_or(NotExact::because("pathspec magic without end"))?;
        for word in words.split_str(b",") {
            match word {
                b"" => {}
                b"top" => magic.top = true,
                b"literal" => magic.literal = true,
                b"glob" => magic.glob = true,
                b"icase" => magic.icase = true,
                b"exclude" => magic.exclude = true,
                other => return Err(format!("pathspec magic '{}'", other.as_bstr()).into()),
            }
        }
        match magic.literal && magic.glob {
            true => Err("pathspec magic 'literal' with 'glob'".into()),
            false => Ok((magic, path.as_bstr())),
        }
    }

    fn short(rest: &BStr) -> Result<(Magic, &BStr), NotExact> {
        let mut magic = Magic::default();
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                b'/' => magic.top = true,
                b'!' | b'^' => magic.exclude = true,
                b':' => return Ok((magic, rest[at + 1..].as_bstr())),
                byte if RESERVED.contains(byte) => return Err("unknown pathspec magic".into()),
                _ => return Ok((magic, rest[at..].as_bstr())),
            }
        }
        Ok((magic, b"".as_bstr()))
    }

    /// The environment says something where the pathspec does not say the opposite.
    fn with(self, environment: Environment) -> Magic {
        Magic {
            literal: self.literal || (environment.noglob && !self.glob),
            glob: self.glob || (environment.glob && !self.literal),
            icase: self.icase || environment.icase,
            ..self
        }
    }
}

fn item(magic: Magic, path: &BStr, place: &Place) -> Result<Item, NotExact> {
    // Paths from the top are taken as they are written.
    let (text, fixed) = match path.starts_with(b"/") {
        _ if magic.top => (path.to_owned(), 0),
        true => (below_top(path, place)?, 0),
        false => normalize(place.prefix.as_bstr(), path)?,
    };
    if magic.icase && !text.is_ascii() {
        // Which other letters are the same is the locale's to say.
        return Err("letters beyond ASCII in any case".into());
    }
    let special = |byte: &u8| b"*?[\\".contains(byte);
    let plain = match magic.literal {
        true => text.len(),
        false => text.iter().position(special).unwrap_or(text.len()).max(fixed),
    };
    let pattern = &text[plain..];
    if pattern.iter().filter(|byte| **byte == b'*').count() > MOST_STARS {
        return Err("a pattern with very many stars".into());
    }
    let one_star = !magic.glob && pattern.starts_with(b"*") && !pattern[1..].iter().any(special);
    Ok(Item { plain, fixed, icase: magic.icase, glob: magic.glob, one_star, text })
}

/// What of an absolute path is below the top of the worktree.
fn below_top(path: &BStr, place: &Place) -> Result<BString, NotExact> {
    let (path, _) = normalize(b"/".as_bstr(), path)?;
    let below = path.strip_prefix(place.top.as_bytes()).filter(|_| !place.top.is_empty());
    let top_itself = || (place.top.strip_suffix(b"/") == Some(&path)).then_some(&b""[..]);
    // Symbolic links may lead there, too.
    below.or_else(top_itself).map(BString::from).ok_or(NotExact::because("an absolute path to elsewhere"))
}

/// Joins `path` to `prefix` without `.`, `..` and doubled slashes; a slash at the end stays. Also tells how much of
/// the prefix is left.
fn normalize(prefix: &BStr, path: &BStr) -> Result<(BString, usize), NotExact> {
    // Ends with a slash, or is empty, before each component.
    let mut text: BString = prefix.to_owned();
    let mut fixed = prefix.len();
    let mut rest = path.as_bytes();
    while !rest.is_empty() {
        let end = rest.find_byte(b'/');
        let component = &rest[..end.unwrap_or(rest.len())];
        match component {
            b"" | b"." => {}
            b".." => {
                let above =
                    text.strip_suffix(b"/").ok_or(NotExact::because("a path outside of the repository"))?;
                let keep = above.rfind_byte(b'/').map_or(0, |at| at + 1);
                text.truncate(keep);
                fixed = fixed.min(keep);
            }
            name => {
                text.extend_from_slice(name);
                if end.is_some() {
                    text.push(b'/');
                }
            }
        }
        rest = end.map_or(&b""[..], |end| &rest[end + 1..]);
    }
    Ok((text, fixed))
}
