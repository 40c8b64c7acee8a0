//! Where releases of git print different bytes. What is rendered here is what 2.47 prints; for the few things that an
//! older or newer git on PATH prints otherwise, that git is asked.
//!
//! Found by running the tests against 2.39, 2.47 and 2.55, and from git's release notes and history.

use bstr::{BStr, ByteSlice};

use super::options::LogOptions;
use super::render::date::DateMode;
use super::render::pretty::Spec;
use super::settings::Settings;
use crate::repo::NotExact;
use crate::repo::config::Config;
use crate::repo::git::GitProgram;

/// Whether this git prints what is rendered here.
pub(super) fn check(
    git: &GitProgram,
    options: &LogOptions,
    settings: &Settings,
    config: &Config,
) -> Result<(), NotExact> {
    let other = |what: &str| Err(format!("git {} has {what} of its own", git.version).into());
    if !git.at_least(2, 39) {
        return other("an output");
    }
    let text: &[u8] = match &settings.spec {
        Spec::User { text, .. } => text,
        Spec::Builtin(_) => b"",
    };
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains_str(part));
    // Since 2.45 strict ISO dates in UTC end in Z, and since 2.43 there is %(decorate).
    let iso_strict = matches!(settings.date, DateMode::IsoStrict { .. });
    if !git.at_least(2, 45) && (iso_strict || has(&["aI", "cI", "(decorate"])) {
        return other("a format");
    }
    // Before 2.45 names of formats had cases, and blanks in settings were all the same.
    let named = || config.with_prefix("pretty.").next().is_some();
    let blanks = || config.iter().any(|(_, value)| value.is_some_and(|value| value.contains(&b'\t')));
    if !git.at_least(2, 45) && (named() || blanks()) {
        return other("a reading of settings");
    }
    // Since 2.46 a colour may have three digits.
    let color = |(_, value): (_, Option<&BStr>)| value.is_some_and(|value| value.contains(&b'#'));
    if !git.at_least(2, 46) && (has(&["%C(#", "%C(auto,#"]) || config.with_prefix("color.").any(color)) {
        return other("colors");
    }
    if !git.has_known_widths() && has(&["%<", "%>", "%w("]) {
        return other("widths of characters");
    }
    // Trailers ended otherwise before 2.47, and numbers in their options are read otherwise since.
    if has(&["(trailers"]) && (!git.at_least(2, 47) || git.at_least(2, 48) && has_number(text)) {
        return other("trailers");
    }
    // After 2.47 graphs got lanes and indentation of their own.
    if options.graph && git.at_least(2, 48) {
        return other("a graph");
    }
    Ok(())
}

/// Whether a format has an option with a number.
fn has_number(text: &[u8]) -> bool {
    text.windows(2)
        .any(|pair| pair[0] == b'=' && (pair[1] == b'-' || pair[1] == b'+' || pair[1].is_ascii_digit()))
}
