//! Which refs may decorate: `--decorate-refs`, `--decorate-refs-exclude`, `--clear-decorations`,
//! `log.excludeDecoration` and `log.initialDecorationSet`.

use bstr::{BStr, BString, ByteSlice};

use crate::repo::NotExact;
use crate::repo::config::Config;

/// The namespaces that decorate unless something else is asked for, with HEAD and `refs/stash`.
const DEFAULT_PREFIXES: [&str; 3] = ["refs/heads/", "refs/remotes/", "refs/tags/"];

/// An option of the command line, without its `--decorate-refs=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterOption {
    /// `--decorate-refs=<pattern>`.
    Include(BString),
    /// `--decorate-refs-exclude=<pattern>`.
    Exclude(BString),
    /// `--clear-decorations`: forgets the options before it, and the default set.
    Clear,
}

/// What is shown.
#[derive(Debug, Clone, Default)]
pub struct DecorationFilter {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    /// From the configuration; what is included on the command line passes.
    exclude_configured: Vec<Pattern>,
    default_set: bool,
}

impl DecorationFilter {
    /// From the options in their order on the command line.
    pub fn new(config: &Config, options: &[FilterOption]) -> Result<Self, NotExact> {
        let mut filter = DecorationFilter {
            default_set: config.string("log.initialDecorationSet")?.is_none_or(|set| set != "all"),
            ..DecorationFilter::default()
        };
        for option in options {
            match option {
                FilterOption::Include(pattern) => filter.include.push(Pattern::new(pattern.as_bstr())?),
                FilterOption::Exclude(pattern) => filter.exclude.push(Pattern::new(pattern.as_bstr())?),
                FilterOption::Clear => {
                    filter.include.clear();
                    filter.exclude.clear();
                    filter.default_set = false;
                }
            }
        }
        for pattern in config.strings("log.excludeDecoration")? {
            filter.exclude_configured.push(Pattern::new(pattern)?);
        }
        filter.default_set &=
            filter.include.is_empty() && filter.exclude.is_empty() && filter.exclude_configured.is_empty();
        Ok(filter)
    }

    /// Whether a ref with this full name is shown.
    pub fn shows(&self, name: &BStr) -> bool {
        if self.default_set {
            return name == "HEAD"
                || name == "refs/stash"
                || DEFAULT_PREFIXES.iter().any(|prefix| name.starts_with(prefix.as_bytes()));
        }
        if self.exclude.iter().any(|pattern| pattern.matches(name)) {
            return false;
        }
        if self.include.is_empty() {
            !self.exclude_configured.iter().any(|pattern| pattern.matches(name))
        } else {
            self.include.iter().any(|pattern| pattern.matches(name))
        }
    }

    /// Prefixes below which all refs that are shown lie; `None` for anywhere. No two overlap.
    pub(super) fn prefixes(&self) -> Vec<Option<&'static str>> {
        if self.default_set {
            let stash = std::iter::once("refs/stash");
            DEFAULT_PREFIXES.into_iter().chain(stash).map(Some).collect()
        } else {
            vec![None]
        }
    }
}

#[derive(Debug, Clone)]
struct Pattern {
    text: BString,
    has_wildcards: bool,
}

impl Pattern {
    fn new(pattern: &BStr) -> Result<Self, NotExact> {
        if pattern.is_empty() || pattern.starts_with(b"/") {
            return Err("a decoration pattern that is empty or starts with a slash".into());
        }
        let mut text = BString::default();
        if !pattern.starts_with(b"refs/") && pattern != "HEAD" {
            text.extend_from_slice(b"refs/");
        }
        text.extend_from_slice(pattern.strip_suffix(b"/").unwrap_or(pattern));
        Ok(Pattern { text, has_wildcards: pattern.find_byteset(b"?*[").is_some() })
    }

    fn matches(&self, name: &BStr) -> bool {
        if self.has_wildcards {
            return gix::glob::wildmatch(self.text.as_bstr(), name, gix::glob::wildmatch::Mode::empty());
        }
        name.strip_prefix(self.text.as_slice()).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    }
}
