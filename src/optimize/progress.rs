//! A progress bar on stderr, by git's rules: on a terminal, or when asked for.

use std::fmt::Write;
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// What is shown where nobody knows how many there will be.
const RATE: &str = "{msg}: {human_pos} commits, {rate}, {elapsed}";

/// A counter of commits.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Shows `what`. `forced` (`--progress`) shows it without a terminal too, `quiet` never.
    pub(super) fn new(what: &'static str, forced: bool, quiet: bool) -> Progress {
        if quiet || !(forced || std::io::stderr().is_terminal()) {
            return Progress { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        style(&bar, RATE);
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        if !std::io::stderr().is_terminal() {
            // indicatif draws nothing there, and who asked for progress wants to see that it began.
            let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{what}\n").as_bytes());
        }
        Progress { bar }
    }

    /// So many commits have been read, of so many.
    pub(super) fn at(&self, commits: u32, total: Option<u32>) {
        let total = total.map(u64::from);
        if let Some(total) = total.filter(|_| self.bar.length() != total) {
            self.bar.set_length(total);
            style(&self.bar, "{msg}: {human_pos} of {human_len} commits, {rate}, {eta} left");
        }
        self.bar.set_position(u64::from(commits));
    }

    /// So many commits have been read, of about so many. When there turn out to be more, nothing is said any longer of how
    /// many are left.
    pub(super) fn at_about(&self, commits: u32, expected: Option<u32>) {
        match expected.filter(|expected| commits <= *expected).map(u64::from) {
            Some(expected) if self.bar.length() != Some(expected) => {
                self.bar.set_length(expected);
                style(&self.bar, "{msg}: {human_pos} of about {human_len} commits, {rate}, {eta} left");
            }
            None => self.forget_total(),
            Some(_) => {}
        }
        self.bar.set_position(u64::from(commits));
    }

    /// From here on something else is counted.
    pub(super) fn forget_total(&self) {
        if self.bar.length().is_some() {
            self.bar.unset_length();
            style(&self.bar, RATE);
        }
    }
}

fn style(bar: &ProgressBar, template: &str) {
    let rate = |state: &ProgressState, out: &mut dyn Write| {
        let _ = write!(out, "{}/s", HumanCount(state.per_sec() as u64));
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.with_key("rate", rate));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_dropped_when_it_is_exceeded() {
        let progress = Progress { bar: ProgressBar::hidden() };
        let length = |commits, expected| {
            progress.at_about(commits, expected);
            progress.bar.length()
        };
        assert_eq!(length(5, Some(10)), Some(10));
        assert_eq!(length(10, Some(10)), Some(10));
        assert_eq!(length(11, Some(10)), None);
        assert_eq!(length(12, None), None);
        progress.at(3, Some(12));
        assert_eq!(progress.bar.length(), Some(12));
    }
}
