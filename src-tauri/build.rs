//! Prepares what Tauri reads while compiling: the list of commands the page may call, and the folder of screens.

use std::{error::Error, fs, path::Path};

const PLACEHOLDER: &str = "<!doctype html><meta charset=\"utf-8\"><title>Changeover</title><div id=\"root\"><p>The \
    screens were not built into this program. Run <code>make run</code>, or <code>npm run build</code> in ui/ and \
    build it again.</p></div>\n";

fn main() -> Result<(), Box<dyn Error>> {
    let screens = Path::new("../ui/dist");
    println!("cargo:rerun-if-changed={}", screens.display());
    if !screens.join("index.html").exists() {
        fs::create_dir_all(screens)?;
        fs::write(screens.join("index.html"), PLACEHOLDER)?;
    }
    let commands = tauri_build::AppManifest::new().commands(&[
        "rpc",
        "subscribe",
        "unsubscribe",
        "save_file",
        "painted",
    ]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}
