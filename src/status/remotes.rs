//! Settings of branches and remotes: git reads all of them when it looks for an upstream, whichever branch they are of, and
//! refuses bad ones. Whether it takes a value without a word is decided here, and nothing is looked up.

use bstr::{BStr, ByteSlice};
use gix::refs::PartialNameRef;

use crate::repo::NotExact;
use crate::repo::config::{Config, parse_bool};

/// Hands over when a setting is one that git complains about.
pub(super) fn check(config: &Config) -> Result<(), NotExact> {
    let mut settings = ["branch.", "remote.", "url."].iter().flat_map(|section| config.with_prefix(section));
    match settings.find(|(key, value)| !is_good(key, *value)) {
        Some((key, _)) => Err(format!("bad value for '{key}'").into()),
        None => Ok(()),
    }
}

fn is_good(key: &BStr, value: Option<&BStr>) -> bool {
    let Some((section, rest)) = key.split_once_str(b".") else { return true };
    let Some((name, variable)) = rest.rsplit_once_str(b".") else {
        return key != "remote.pushdefault" || value.is_some();
    };
    match (section, variable) {
        (b"branch", _) if name.is_empty() => false,
        (b"branch", b"remote" | b"pushremote" | b"merge") => value.is_some(),
        (b"branch", _) => true,
        // No more than a warning, but one.
        (b"remote", _) if name.starts_with(b"/") => false,
        (
            b"remote",
            b"mirror" | b"promisor" | b"prune" | b"prunetags" | b"skipdefaultupdate" | b"skipfetchall",
        ) => parse_bool(value).is_some(),
        (b"remote", b"fetch" | b"push") => {
            value.is_some_and(|value| is_plain_refspec(value, variable == b"push"))
        }
        (b"remote", b"followremotehead") => value.is_some_and(|value| {
            ["create", "never", "always", "warn"].iter().any(|known| value == *known)
                || value.starts_with(b"warn-if-not-")
        }),
        _ => value.is_some(),
    }
}

/// Whether a refspec is surely one. git takes some more.
fn is_plain_refspec(text: &BStr, push: bool) -> bool {
    let (negative, text) = match text.strip_prefix(b"^") {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix(b"+").unwrap_or(text)),
    };
    let stars = |name: &[u8]| name.iter().filter(|byte| **byte == b'*').count();
    let is_name = |name: &[u8]| <&PartialNameRef>::try_from(name.replace("*", "star").as_bstr()).is_ok();
    match text.split_once_str(b":") {
        None => is_name(text) && stars(text) <= usize::from(negative),
        Some(_) if negative => false,
        Some((from, to)) => {
            let is_empty = from.is_empty() && (to.is_empty() || is_name(to));
            push && is_empty || is_name(from) && is_name(to) && stars(from) == stars(to) && stars(from) <= 1
        }
    }
}
