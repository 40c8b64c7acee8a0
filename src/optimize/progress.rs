//! A progress bar on stderr, by git's rules: on a terminal, or when asked for. Where stderr is no terminal, a line now and
//! then.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::lines::{self, Lines};

/// What is shown where nobody knows how many there will be.
const RATE: &str = "{msg}: {human_pos} commits, {rate}, {elapsed}";

/// How often a terminal shows that time goes by.
const TICK: Duration = Duration::from_millis(200);

/// A counter of commits.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Where it is shown, unless that is a terminal.
    lines: Option<Arc<Lines>>,
}

impl Progress {
    /// Shows `what`. `forced` (`--progress`) shows it without a terminal too, `quiet` never.
    pub(super) fn new(what: &'static str, forced: bool, quiet: bool) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        if quiet || !(forced || terminal) {
            return Progress { bar: ProgressBar::hidden(), lines: None };
        }
        let lines = (!terminal).then(|| Arc::new(Lines::new()));
        let target = match &lines {
            Some(lines) => ProgressDrawTarget::term_like(Box::new(lines::Target(lines.clone()))),
            None => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        style(&bar, RATE);
        bar.set_message(what);
        bar.enable_steady_tick(TICK);
        Progress { bar, lines }
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
        match &self.lines {
            // The last line says how many there were.
            Some(lines) => {
                self.bar.disable_steady_tick();
                lines.show_the_next();
                self.bar.abandon();
            }
            None => self.bar.finish_and_clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_dropped_when_it_is_exceeded() {
        let progress = Progress { bar: ProgressBar::hidden(), lines: None };
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
