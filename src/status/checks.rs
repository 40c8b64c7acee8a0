//! What git reads along with a worktree, and of which it may have something to say: the patterns of a sparse checkout.
//! Nothing is looked up here for the answer itself.

use bstr::ByteSlice;

use super::collect::Collect;
use crate::repo::NotExact;

impl Collect<'_> {
    /// git warns where patterns are not what cones are made of.
    pub(super) fn check_sparse_patterns(&self) -> Result<(), NotExact> {
        if !self.config.bool("core.sparseCheckoutCone")?.unwrap_or(true) {
            return Ok(());
        }
        if self.config.bool("index.sparse")?.unwrap_or(false) {
            // It makes the index sparse in memory, and counts no files then.
            return Err("index.sparse".into());
        }
        let text = std::fs::read(self.repo.git_dir.join("info/sparse-checkout")).unwrap_or_default();
        let is_special = |byte: &u8| matches!(byte, b'*' | b'?' | b'[' | b'\\');
        let is_cone = |line: &[u8]| match line.strip_prefix(b"!") {
            _ if line.is_empty() || line == b"/*" || line == b"!/*/" => true,
            Some(negative) => negative
                .strip_suffix(b"/*/")
                .is_some_and(|path| path.starts_with(b"/") && !path.iter().any(is_special)),
            None => line.starts_with(b"/") && line.ends_with(b"/") && !line.iter().any(is_special),
        };
        match text.lines().all(is_cone) {
            true => Ok(()),
            false => Err("sparse patterns that are not a cone".into()),
        }
    }
}
