//! The colours of `git status`.

use crate::log::render::color::{self, RESET};
use crate::repo::NotExact;
use crate::repo::config::Config;

/// One sequence for each kind of thing; empty ones leave it as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colors {
    /// `color.status.header`
    pub header: Vec<u8>,
    /// `color.status.added`, also called `updated`: staged changes.
    pub staged: Vec<u8>,
    /// `color.status.changed`
    pub changed: Vec<u8>,
    /// `color.status.untracked`
    pub untracked: Vec<u8>,
    /// `color.status.branch`
    pub branch: Vec<u8>,
    /// `color.status.nobranch`
    pub no_branch: Vec<u8>,
    /// `color.status.unmerged`
    pub unmerged: Vec<u8>,
    /// `color.status.localBranch`
    pub local: Vec<u8>,
    /// `color.status.remoteBranch`
    pub remote: Vec<u8>,
}

impl Colors {
    /// No colours.
    pub fn none() -> Colors {
        let none = Vec::new;
        Colors {
            header: none(),
            staged: none(),
            changed: none(),
            untracked: none(),
            branch: none(),
            no_branch: none(),
            unmerged: none(),
            local: none(),
            remote: none(),
        }
    }

    /// git's defaults and what is configured.
    pub fn read(config: &Config) -> Result<Colors, NotExact> {
        let (red, green) = (b"\x1b[31m".to_vec(), b"\x1b[32m".to_vec());
        let mut colors = Colors {
            staged: green.clone(),
            changed: red.clone(),
            untracked: red.clone(),
            no_branch: red.clone(),
            unmerged: red.clone(),
            local: green,
            remote: red,
            ..Colors::none()
        };
        const PREFIX: &str = "color.status.";
        // The last one wins, whichever of its names it has.
        for (key, value) in config.iter() {
            let Some(slot) = key.strip_prefix(PREFIX.as_bytes()) else { continue };
            let slot = match slot {
                b"header" => &mut colors.header,
                b"added" | b"updated" => &mut colors.staged,
                b"changed" => &mut colors.changed,
                b"untracked" => &mut colors.untracked,
                b"branch" => &mut colors.branch,
                b"nobranch" => &mut colors.no_branch,
                b"unmerged" => &mut colors.unmerged,
                b"localbranch" => &mut colors.local,
                b"remotebranch" => &mut colors.remote,
                _ => continue,
            };
            let color = value.and_then(|value| color::parse(value));
            *slot = color.ok_or(NotExact::because("a bad colour"))?;
        }
        if colors.branch.is_empty() {
            colors.branch.clone_from(&colors.header);
        }
        Ok(colors)
    }
}

/// Adds `text` in a colour.
pub fn paint(color: &[u8], text: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(color);
    out.extend_from_slice(text);
    if !color.is_empty() {
        out.extend_from_slice(RESET);
    }
}
