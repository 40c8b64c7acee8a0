//! How wide git takes the terminal to be.

/// `COLUMNS`, else what the terminal on standard output says, else 80.
pub(super) fn columns() -> usize {
    if let Ok(text) = std::env::var("COLUMNS")
        && let Ok(columns) = text.parse::<usize>()
        && columns > 0
    {
        return columns;
    }
    match rustix::termios::tcgetwinsize(std::io::stdout()) {
        Ok(size) if size.ws_col > 0 => usize::from(size.ws_col),
        _ => 80,
    }
}
