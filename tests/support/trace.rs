//! The JSON lines that `GIT_FAST_TRACE=<file>` collects: one for each invocation.

use std::path::Path;

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Served {
    /// Selected and rendered from the index.
    Native,
    /// Selected from the index, rendered by git.
    Assisted,
    /// The real command ran with the original arguments.
    Git,
}

/// One line of the trace.
#[derive(Debug, Clone)]
pub(crate) struct Trace {
    /// Who answered.
    pub served: Served,
    /// Why.
    pub reason: String,
    /// The state in which the index was found: `fresh`, `refreshed`, `built`, `none` or `rejected`.
    pub index: String,
}

/// Reads the trace of one invocation. An error names what is wrong with it: absent, not JSON, two lines.
pub(crate) fn read(file: &Path) -> Result<Trace, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("no trace: {error}"))?;
    let mut lines = text.lines();
    let line = lines.next().ok_or("the trace is empty")?;
    if lines.next().is_some() {
        return Err(format!("more than one trace line:\n{text}"));
    }
    parse(line).map_err(|error| format!("{error} in the trace line {line}"))
}

fn parse(line: &str) -> Result<Trace, String> {
    let value: serde_json::Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let text =
        |key: &str| value[key].as_str().map(str::to_owned).ok_or_else(|| format!("no string at \"{key}\""));
    if text("cmd")? != "fastlog" {
        return Err("another command's line".to_owned());
    }
    for key in ["wall_us", "peak_rss_kb"] {
        value[key].as_u64().ok_or_else(|| format!("no number at \"{key}\""))?;
    }
    let served = match text("served")?.as_str() {
        "native" => Served::Native,
        "assisted" => Served::Assisted,
        "git" => Served::Git,
        other => return Err(format!("unknown way of serving: {other}")),
    };
    let index = text("index")?;
    if !["fresh", "refreshed", "built", "none", "rejected"].contains(&index.as_str()) {
        return Err(format!("unknown index state: {index}"));
    }
    Ok(Trace { served, reason: text("reason")?, index })
}
