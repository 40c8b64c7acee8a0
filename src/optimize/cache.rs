//! `git optimize cache`: what is remembered beside the index and in the git directory. All of it can be found out
//! again; the index itself, locks and the key are not among it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::cli::{CacheCommand, CacheOptions};
use super::context::Context;
use super::said;
use crate::cli::fatal;
use crate::cli::metrics::{CURRENT, PREVIOUS};
use crate::log::ANSWERS;
use crate::optimize::run::space::size;
use crate::repo::NotExact;

/// In the index directory.
const BESIDE_INDEX: &[&str] =
    &["report.json", "report.sums", "report.sizes", "optimize.json", CURRENT, PREVIOUS];
/// In the common git directory.
const IN_GIT_DIR: &[&str] = &["git-fast.program", "git-fast.mailmap", "git-fast.abbrevs", "git-fast.attempt"];

pub(super) fn run(options: &CacheOptions) -> ExitCode {
    match answer(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => fatal(&reason.to_string()),
    }
}

fn answer(options: &CacheOptions) -> Result<(), NotExact> {
    let context = Context::open()?;
    let files = files(&context)?;
    match &options.command {
        CacheCommand::Stats { json } => {
            let mut total = 0;
            for (name, path) in &files {
                let Ok(meta) = path.metadata() else { continue };
                total += meta.len();
                let age =
                    meta.modified().ok().and_then(|when| when.elapsed().ok()).unwrap_or_default().as_secs();
                let line = match json {
                    true => json!({"file": name, "bytes": meta.len(), "age_s": age}).to_string(),
                    false => format!("{name:<20} {:>10}  {} h old", size(meta.len()), age / 3600),
                };
                said::line(&line);
            }
            if !json {
                said::line(&format!("{:<20} {:>10}", "together", size(total)));
            }
        }
        CacheCommand::Clear { pattern } => {
            let wanted = |name: &str| pattern.as_ref().is_none_or(|pattern| matches(pattern, name));
            for (name, path) in files.iter().filter(|(name, _)| wanted(name)) {
                std::fs::remove_file(path)
                    .map_err(|err| NotExact::from(format!("{}: {err}", path.display())))?;
                said::line(&format!("removed {name}"));
            }
        }
    }
    Ok(())
}

fn files(context: &Context) -> Result<Vec<(String, PathBuf)>, NotExact> {
    let location = context.session()?.location().map_err(Context::fails)?;
    let inside = |dir: &Path, names: &[&str]| -> Vec<(String, PathBuf)> {
        names
            .iter()
            .map(|name| ((*name).to_owned(), dir.join(name)))
            .filter(|(_, path)| path.is_file())
            .collect()
    };
    let mut files = Vec::new();
    if let Some(location) = location {
        files.extend(inside(&location.dir, BESIDE_INDEX));
        let answers = std::fs::read_dir(location.dir.join(ANSWERS)).into_iter().flatten().flatten();
        files.extend(answers.map(|file| (format!("{ANSWERS}/{}", file.file_name().display()), file.path())));
    }
    files.extend(inside(&context.repo.common_dir, IN_GIT_DIR));
    Ok(files)
}

/// Whether `*` and plain characters match the whole name.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            (0..=name.len()).filter(|at| name.is_char_boundary(*at)).any(|at| matches(rest, &name[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("report.*", "report.json", true),
            ("*", "", true),
            ("a*b*c", "aXbYbc", true),
            ("a*b", "aXbY", false),
            ("report", "report.json", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
