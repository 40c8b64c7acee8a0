//! What comments begin with.

use bstr::BStr;

use crate::repo::NotExact;
use crate::repo::config::Config;
use crate::repo::git::GitProgram;

/// `core.commentChar` or `core.commentString`, whichever is the last, as this git reads them.
///
/// # Errors
/// For `auto`, and for what not every git knows.
pub fn comment_string<'a>(config: &'a Config, git: &GitProgram) -> Result<&'a BStr, NotExact> {
    let is_name = |key: &BStr| key == "core.commentchar" || key == "core.commentstring";
    match config.iter().filter(|(key, _)| is_name(key)).last() {
        None => Ok("#".into()),
        Some((key, Some(value))) if key == "core.commentchar" && value.len() == 1 => Ok(value),
        // Older versions know neither longer ones nor the other name.
        Some((_, Some(value))) if git.at_least(2, 45) && value != "auto" => Ok(value),
        Some((key, _)) => Err(key.to_string().into()),
    }
}
