//! How many files and connections the system lets this process have open at once.

/// Each client is one, each upstream connection another: room for tens of thousands. Desktops begin with 1,024.
const WANTED: u64 = 1 << 16;

/// Raises the limit as far as the system allows it without asking.
pub(crate) fn raise() {
    match rlimit::increase_nofile_limit(WANTED) {
        Ok(limit) => tracing::debug!(limit, "open files and connections"),
        Err(error) => tracing::warn!(%error, "the limit on open files could not be raised"),
    }
}
