//! A progress bar on stderr, by git's rules: on a terminal, or when asked for.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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
        if let Ok(style) = ProgressStyle::with_template("{msg}: {human_pos} commits, {per_sec}, {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        if !std::io::stderr().is_terminal() {
            // indicatif draws nothing there, and who asked for progress wants to see that it began.
            let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{what}\n").as_bytes());
        }
        Progress { bar }
    }

    /// So many commits have been read.
    pub(super) fn at(&self, commits: u32) {
        self.bar.set_position(u64::from(commits));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
