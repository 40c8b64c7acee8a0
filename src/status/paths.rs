//! Paths on the command line, as long as they are plain: each is a file, or a directory with all that is in it.
//!
//! Patterns, magic and everything about which git may have an opinion are git's.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};

use crate::repo::NotExact;

/// Environment variables that change what paths mean.
const VARIABLES: [&str; 4] =
    ["GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"];

/// How a path is related to those that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It is not wanted, and neither is anything below it.
    Nothing,
    /// Something below it may be wanted.
    Below,
    /// It is wanted, with all that is below it.
    All,
}

/// The paths that are wanted, from the top of the worktree; none stands for all.
#[derive(Debug, Default)]
pub struct Paths {
    list: Vec<Wanted>,
}

#[derive(Debug)]
struct Wanted {
    path: BString,
    /// Named as a directory (`x/`, `.`): a file of this name, in the index or in HEAD, is not meant.
    directory: bool,
}

impl Paths {
    /// Reads the arguments. `prefix`: the current directory in the worktree `top`, with a slash at its end, or empty.
    pub fn read(arguments: &[OsString], top: &Path, prefix: &BStr) -> Result<Paths, NotExact> {
        let mut list = Vec::new();
        if !arguments.is_empty()
            && let Some(name) = VARIABLES.iter().find(|name| std::env::var_os(name).is_some())
        {
            return Err(format!("environment variable {name}").into());
        }
        for argument in arguments {
            let path = normal(argument.as_bytes(), prefix)?;
            let full = top.join(std::ffi::OsStr::from_bytes(&path));
            let is_directory = |path: &Path| std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir());
            let last = argument.as_bytes().rsplit(|byte| *byte == b'/').next();
            let directory = matches!(last, Some(b"" | b"." | b".."));
            if argument.as_bytes().ends_with(b"/") && !is_directory(&full) {
                return Err("a path with a slash at its end".into());
            }
            // git may warn that it can't open what is on the way.
            let mut above = full.ancestors().skip(1).take_while(|above| above.starts_with(top));
            if !path.is_empty() && !above.all(is_directory) {
                return Err("a path through something that is no directory".into());
            }
            list.push(Wanted { path, directory });
        }
        // git looks for the inner one in an untracked directory that it would otherwise list as a whole.
        let is_inside = |(at, wanted): (usize, &Wanted)| {
            list.iter().enumerate().any(|(other, above)| other != at && is_below(&wanted.path, &above.path))
        };
        if list.iter().enumerate().any(is_inside) {
            return Err("paths inside of each other".into());
        }
        // Only one can be the top.
        list.retain(|wanted| !wanted.path.is_empty());
        Ok(Paths { list })
    }

    /// Whether everything is wanted.
    pub fn is_all(&self) -> bool {
        self.list.is_empty()
    }

    /// All that are wanted.
    pub fn iter(&self) -> impl Iterator<Item = &BStr> {
        self.list.iter().map(|wanted| wanted.path.as_bstr())
    }

    /// How `path` (without a slash at its end), a directory or something untracked, is related to what is wanted.
    pub fn reach(&self, path: &[u8]) -> Reach {
        let mut wanted = self.iter();
        if self.is_all() || wanted.any(|wanted| wanted == path || is_below(path, wanted)) {
            return Reach::All;
        }
        match self.iter().any(|wanted| is_below(wanted, path)) {
            true => Reach::Below,
            false => Reach::Nothing,
        }
    }

    /// Whether a file of the index or of HEAD is wanted.
    pub fn contains(&self, path: &BStr) -> bool {
        let is_wanted =
            |wanted: &Wanted| is_below(path, &wanted.path) || (wanted.path == path && !wanted.directory);
        self.is_all() || self.list.iter().any(is_wanted)
    }
}

/// Whether `path` is something in the directory `above`.
fn is_below(path: &[u8], above: &[u8]) -> bool {
    above.is_empty() && !path.is_empty()
        || path.strip_prefix(above).is_some_and(|rest| rest.starts_with(b"/"))
}

/// From the top of the worktree, without `.`, `..` and double slashes.
fn normal(argument: &[u8], prefix: &BStr) -> Result<BString, NotExact> {
    let is_special = |byte: &u8| matches!(byte, b'*' | b'?' | b'[' | b'\\');
    if argument.is_empty() || argument.starts_with(b":") || argument.starts_with(b"/") {
        return Err("a path that is more than that".into());
    }
    if argument.iter().any(is_special) || prefix.iter().any(is_special) {
        return Err("a path that is a pattern".into());
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in [prefix.as_bytes(), argument].into_iter().flat_map(|path| path.split(|byte| *byte == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop().ok_or(NotExact::because("a path outside of the worktree"))?;
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join(&b'/').into())
}
