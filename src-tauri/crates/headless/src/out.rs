//! What the command line prints: results on standard output, everything else on standard error.

use std::io::Write;

/// A result. A reader that closed the pipe is no error.
pub(crate) fn line(text: &str) {
    let _closed_pipe = writeln!(std::io::stdout(), "{text}");
}

/// A result as it is.
pub(crate) fn bytes(bytes: &[u8]) {
    let _closed_pipe = std::io::stdout().write_all(bytes);
}

/// A message for the person at the terminal.
pub(crate) fn error(text: &str) {
    let _closed_pipe = writeln!(std::io::stderr(), "{text}");
}
