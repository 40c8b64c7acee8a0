//! The answer "git itself has to say this".

use std::borrow::Cow;

/// Something that can't be answered here exactly as git would: the caller hands over to git. That includes what
/// git answers with an error: the error's text is git's to print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotExact(
    /// Why, for the trace.
    pub Cow<'static, str>,
);

impl NotExact {
    /// With a reason that is known when compiling.
    pub const fn because(reason: &'static str) -> Self {
        NotExact(Cow::Borrowed(reason))
    }
}

impl From<String> for NotExact {
    fn from(reason: String) -> Self {
        NotExact(Cow::Owned(reason))
    }
}

impl From<&'static str> for NotExact {
    fn from(reason: &'static str) -> Self {
        NotExact::because(reason)
    }
}
