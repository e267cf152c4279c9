//! What the page may call. Nothing is decided here: the engine answers, the page shows.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    io,
    path::{Path, PathBuf},
    pin::pin,
};

use contract::{RpcError, rpc::UiEvent};
use futures::StreamExt;
use serde_json::Value;
use tauri::{AppHandle, Manager, State, ipc::Channel};
use tokio::{fs::OpenOptions, io::AsyncWriteExt};

use crate::shell::Shell;

/// Who the journal says did it.
const ACTOR: &str = "operator";
/// How many files of one name are kept side by side.
const NAMES: u32 = 1000;

/// Carries out one of the contract's commands.
#[tauri::command]
pub async fn rpc(shell: State<'_, Shell>, name: String, payload: Option<Value>) -> Result<Value, RpcError> {
    shell.engine.rpc(&name, payload.unwrap_or_default(), ACTOR).await
}

/// Sends the engine's events to the page until it asks anew or goes away.
#[tauri::command]
pub fn subscribe(shell: State<'_, Shell>, channel: Channel<UiEvent>) {
    let ended = shell.next_feed();
    let events = shell.engine.subscribe();
    shell.spawn(async move {
        let mut events = pin!(events.take_until(ended.cancelled()));
        while let Some(event) = events.next().await {
            if channel.send(event).is_err() {
                return;
            }
        }
    });
}

/// Ends the page's feed: it is out of sight, and asks for another once it is shown.
#[tauri::command]
pub fn unsubscribe(shell: State<'_, Shell>) {
    shell.next_feed();
}

/// The page was drawn.
#[tauri::command]
pub fn painted(shell: State<'_, Shell>) {
    shell.painted.send_modify(|pages| *pages += 1);
}

/// Writes a file into the downloads folder and returns its path. A file that is there is left alone: the new
/// one gets a number.
#[tauri::command]
pub async fn save_file(
    app: AppHandle,
    filename: String,
    text: String,
    base64: bool,
) -> Result<String, RpcError> {
    let bytes = if base64 { STANDARD.decode(&text) } else { Ok(text.into_bytes()) };
    let bytes = bytes.map_err(|error| RpcError {
        code: "failed".into(),
        message: format!("{filename} cannot be read: {error}"),
        remedy: "Save it again.".into(),
        problems: Vec::new(),
    })?;
    let folder = app.path().download_dir().or_else(|_| app.path().home_dir()).map_err(|error| RpcError {
        code: "failed".into(),
        message: format!("There is no downloads folder to save into: {error}"),
        remedy: "Set XDG_DOWNLOAD_DIR in ~/.config/user-dirs.dirs, then save again.".into(),
        problems: Vec::new(),
    })?;
    let path = write_new(&folder, plain_name(&filename), &bytes).await.map_err(|error| RpcError {
        code: "failed".into(),
        message: format!("{filename} could not be written to {}: {error}", folder.display()),
        remedy: "Make room there and check that the folder may be written to, then save again.".into(),
        problems: Vec::new(),
    })?;
    Ok(path.display().to_string())
}

/// The name without any folder before it.
fn plain_name(filename: &str) -> &str {
    let name = filename.rsplit(['/', '\\']).next().unwrap_or_default().trim_start_matches('.');
    if name.is_empty() { "changeover.txt" } else { name }
}

async fn write_new(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    tokio::fs::create_dir_all(folder).await?;
    let (stem, end) =
        name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    let numbered = (1..NAMES).map(|number| format!("{stem} ({number}){end}"));
    for name in std::iter::once(name.to_owned()).chain(numbered) {
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path).await {
            Ok(mut file) => {
                file.write_all(bytes).await?;
                file.flush().await?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("there are {NAMES} files of this name")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_leave_the_folder() {
        assert_eq!(plain_name("report.html"), "report.html");
        assert_eq!(plain_name("../../.bashrc"), "bashrc");
        assert_eq!(plain_name("a\\b.csv"), "b.csv");
        assert_eq!(plain_name(".."), "changeover.txt");
    }

    #[tokio::test]
    async fn a_file_that_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = write_new(folder.path(), "report.html", b"one").await.unwrap();
        let second = write_new(folder.path(), "report.html", b"two").await.unwrap();
        assert_eq!(first, folder.path().join("report.html"));
        assert_eq!(second, folder.path().join("report (1).html"));
        assert_eq!(std::fs::read_to_string(first).unwrap(), "one");
        assert_eq!(std::fs::read_to_string(second).unwrap(), "two");
    }
}
