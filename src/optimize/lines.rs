//! Progress where there is no terminal: each time it is drawn anew it is a new line, and that is once a second at most.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::TermLike;

/// How long nothing is said after a line.
const PAUSE: Duration = Duration::from_secs(1);

/// What has been said on stderr, and when.
#[derive(Debug)]
pub(super) struct Lines(Mutex<State>);

#[derive(Debug)]
struct State {
    /// When the next line may come.
    due: Instant,
    drawn: String,
    said: String,
}

impl Lines {
    /// The first line comes at once.
    pub(super) fn new() -> Lines {
        Lines(Mutex::new(State { due: Instant::now(), drawn: String::new(), said: String::new() }))
    }

    /// Lets the next line come at once.
    pub(super) fn show_the_next(&self) {
        self.state().due = Instant::now();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has been drawn is complete: the line to say now, if any.
    fn line(&self) -> Option<String> {
        let mut state = self.state();
        let drawn = std::mem::take(&mut state.drawn);
        let line = drawn.trim_end();
        if line.is_empty() || line == state.said || Instant::now() < state.due {
            return None;
        }
        state.due = Instant::now() + PAUSE;
        state.said = line.to_owned();
        Some(format!("{line}\n"))
    }
}

/// [`Lines`] as what indicatif draws on: a terminal on which nothing can be taken back.
#[derive(Debug)]
pub(super) struct Target(pub(super) Arc<Lines>);

impl TermLike for Target {
    fn width(&self) -> u16 {
        // Wider than any line of ours: nothing is cut off.
        200
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.state().drawn.push_str(text);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.state().drawn.clear();
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        match self.0.line() {
            // At one go, so that lines of several processes don't mix.
            Some(line) => io::stderr().write_all(line.as_bytes()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_at_once_then_seldom_and_at_the_end() {
        let lines = Lines::new();
        let draw = |text: &str| {
            lines.state().drawn.push_str(text);
            lines.line()
        };
        assert_eq!(draw(""), None);
        assert_eq!(draw("one   "), Some("one\n".to_owned()));
        assert_eq!(draw("two"), None);
        lines.show_the_next();
        assert_eq!(draw("one"), None, "nobody needs to hear it twice");
        assert_eq!(draw("three"), Some("three\n".to_owned()));
    }
}
