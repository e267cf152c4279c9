//! How the command line finds the program that runs on a data folder.

use std::{fs, io, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use serde::{Deserialize, Serialize};

const FILE: &str = "running.json";

/// Where the running program's commands are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Running {
    /// `http://127.0.0.1:4748`
    pub admin: String,
    /// `http://127.0.0.1:4747`
    pub endpoint: String,
    /// The operator's token.
    pub token: String,
    /// Its process.
    pub pid: u32,
}

/// The program that runs, or last ran, on this data folder.
///
/// # Errors
/// There is none.
pub fn running(data_dir: &Path) -> io::Result<Running> {
    let text = fs::read_to_string(data_dir.join(FILE))?;
    serde_json::from_str(&text).map_err(io::Error::other)
}

/// Leaves word where this program is. Readable by its owner alone, as the token is in it.
pub(crate) fn announce(data_dir: &Path, running: &Running) -> io::Result<()> {
    let path = data_dir.join(FILE);
    let draft = data_dir.join(format!("{FILE}.new"));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(&serde_json::to_vec(running)?)?;
    fs::rename(draft, path)
}

pub(crate) fn forget(data_dir: &Path) {
    if let Err(e) = fs::remove_file(data_dir.join(FILE)) {
        tracing::debug!(error = %e, "the note of the running program could not be removed");
    }
}
