//! Settings that git reads along with a worktree, and of which it may have something to say: those of submodules, and the
//! patterns of a sparse checkout. Nothing is looked up here for the answer itself.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::collect::Collect;
use super::index_file::{GITLINK, IndexFile};
use super::model::Change;
use crate::repo::NotExact;

const GITMODULES: &str = ".gitmodules";
const NO_GITMODULES: &str = "submodules without .gitmodules";

impl Collect<'_> {
    /// As [`Self::check_submodule_settings`], for what only HEAD has.
    pub(super) fn check_vanished_submodules(
        &self,
        index: &IndexFile,
        changes: &BTreeMap<BString, Change>,
    ) -> Result<(), NotExact> {
        if !index.has_gitlinks {
            if !changes.values().any(is_submodule) {
                return Ok(());
            }
            self.check_submodule_settings(index)?;
        }
        // git would read it from HEAD.
        match changes.contains_key(GITMODULES.as_bytes()) && !self.top.join(GITMODULES).exists() {
            true => Err(NO_GITMODULES.into()),
            false => Ok(()),
        }
    }

    /// Where there are submodules: whether nothing says that they may be ignored, and nothing is odd about them.
    pub(super) fn check_submodule_settings(&self, index: &IndexFile) -> Result<(), NotExact> {
        // Else git would read it from the index where the file is missing.
        let optional = index.find(GITMODULES.into()).is_empty();
        let configured = ["submodule.", "diff.ignoresubmodules"].iter().any(|prefix| {
            self.config
                .with_prefix(prefix)
                .any(|(key, _)| key.ends_with(b"ignore") || key.ends_with(b"ignoresubmodules"))
        });
        let text = match std::fs::read(self.top.join(GITMODULES)) {
            Ok(text) => text,
            Err(err) if optional && err.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(_) => return Err(NO_GITMODULES.into()),
        };
        // git warns of such names and values, and of what it can't read.
        let is_odd = |line: &[u8]| {
            let line = line.trim_ascii();
            let value = line.splitn_str(2, "=").nth(1).unwrap_or_default().trim_ascii();
            line.starts_with(b"[") && line.contains_str("..")
                || value.starts_with(b"-")
                || value.starts_with(b"\"-")
        };
        if text.lines().any(is_odd) || gix::config::parse::Events::from_bytes(&text, None).is_err() {
            return Err("an odd .gitmodules".into());
        }
        if configured || self.ignore_submodules || text.to_ascii_lowercase().contains_str("ignore") {
            return Err("submodules that may be ignored".into());
        }
        Ok(())
    }

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

fn is_submodule(change: &Change) -> bool {
    change.head.mode == GITLINK || change.index.mode == GITLINK
}
