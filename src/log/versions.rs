//! Where releases of git print different bytes. What is rendered here is what 2.47 prints; for the few things that an
//! older or newer git on PATH prints otherwise, that git is asked.
//!
//! Found by running the differential test against 2.39 and 2.47, and from git's release notes.

use bstr::ByteSlice;

use super::options::LogOptions;
use super::render::date::DateMode;
use super::render::pretty::Spec;
use super::settings::Settings;
use crate::repo::NotExact;
use crate::repo::git::GitProgram;

/// Whether this git prints what is rendered here.
pub(super) fn check(git: &GitProgram, options: &LogOptions, settings: &Settings) -> Result<(), NotExact> {
    let other = |what: &str| Err(format!("git {} has {what} of its own", git.version).into());
    if !git.at_least(2, 39) {
        return other("an output");
    }
    // Since 2.45 strict ISO dates in UTC end in Z, and since 2.43 there is %(decorate).
    let user_format = match &settings.spec {
        Spec::User { text, .. } => text.as_slice(),
        Spec::Builtin(_) => b"",
    };
    if !git.at_least(2, 45)
        && (matches!(settings.date, DateMode::IsoStrict { .. })
            || [&b"aI"[..], b"cI", b"(decorate"].iter().any(|part| user_format.contains_str(part)))
    {
        return other("a format");
    }
    // After 2.47 graphs got lanes and indentation of their own.
    if options.graph && git.at_least(2, 48) {
        return other("a graph");
    }
    Ok(())
}
