//! A progress bar on stderr, by git's rules: on a terminal, or when asked for. Where stderr is no terminal, a line now and
//! then.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::lines::{self, Lines};

/// How often a terminal shows that time goes by.
const TICK: Duration = Duration::from_millis(200);

/// Whether progress is shown, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProgressWanted {
    /// `--progress`: without a terminal, too.
    pub(super) forced: bool,
    /// `--quiet`: never.
    pub(super) quiet: bool,
}

/// A counter of commits, or of something else.
pub(super) struct Progress {
    bar: ProgressBar,
    unit: &'static str,
    /// Where it is shown, unless that is a terminal.
    lines: Option<Arc<Lines>>,
}

impl Progress {
    /// Shows `what` with a number of commits.
    pub(super) fn new(what: &'static str, wanted: ProgressWanted) -> Progress {
        Progress::of(what, "commits", wanted)
    }

    /// Shows `what` with a number of these.
    pub(super) fn of(what: &'static str, unit: &'static str, wanted: ProgressWanted) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        if wanted.quiet || !(wanted.forced || terminal) {
            return Progress { bar: ProgressBar::hidden(), unit, lines: None };
        }
        let lines = (!terminal).then(|| Arc::new(Lines::new()));
        let target = match &lines {
            Some(lines) => ProgressDrawTarget::term_like(Box::new(lines::Target(lines.clone()))),
            None => ProgressDrawTarget::stderr(),
        };
        let progress = Progress { bar: ProgressBar::with_draw_target(None, target), unit, lines };
        progress.style(Template::Rate);
        progress.bar.set_message(what);
        progress.bar.enable_steady_tick(TICK);
        progress
    }

    /// So many commits have been read, of so many.
    pub(super) fn at(&self, commits: u32, total: Option<u32>) {
        self.at_objects(u64::from(commits), total.map(u64::from));
    }

    /// As [`Progress::at`], for numbers of any size.
    pub(super) fn at_objects(&self, count: u64, total: Option<u64>) {
        if let Some(total) = total.filter(|_| self.bar.length() != total) {
            // Which draws it.
            self.style(Template::Exact);
            self.bar.set_length(total);
        }
        self.bar.set_position(count);
    }

    /// So many commits have been read, of about so many. When there turn out to be more, nothing is said any longer of how
    /// many are left.
    pub(super) fn at_about(&self, commits: u32, expected: Option<u32>) {
        match expected.filter(|expected| commits <= *expected).map(u64::from) {
            Some(expected) if self.bar.length() != Some(expected) => {
                self.style(Template::About);
                self.bar.set_length(expected);
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
            self.style(Template::Rate);
        }
    }

    fn style(&self, template: Template) {
        let unit = self.unit;
        let template = match template {
            Template::Rate => format!("{{msg}}: {{human_pos}} {unit}, {{rate}}, {{elapsed}}"),
            Template::Exact => {
                format!("{{msg}}: {{human_pos}} of {{human_len}} {unit}, {{rate}}, {{eta}} left")
            }
            Template::About => {
                format!("{{msg}}: {{human_pos}} of about {{human_len}} {unit}, {{rate}}, {{eta}} left")
            }
        };
        let rate = |state: &ProgressState, out: &mut dyn Write| {
            let _ = write!(out, "{}/s", HumanCount(state.per_sec() as u64));
        };
        if let Ok(style) = ProgressStyle::with_template(&template) {
            self.bar.set_style(style.with_key("rate", rate));
        }
    }
}

/// What is said of a number.
#[derive(Clone, Copy)]
enum Template {
    /// Nobody knows how many there will be.
    Rate,
    Exact,
    About,
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
        let progress = Progress { bar: ProgressBar::hidden(), unit: "commits", lines: None };
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
