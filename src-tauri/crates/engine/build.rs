//! The screens are built into the program from `ui/dist`; without a build of them a page that says so.

use std::{fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=../../../ui/dist");
    let dist = Path::new("../../../ui/dist");
    if !dist.join("index.html").exists() {
        let page =
            "<!doctype html><title>Changeover</title><p>The screens are not built: run <code>make ui</code>.";
        if fs::create_dir_all(dist).and_then(|()| fs::write(dist.join("index.html"), page)).is_err() {
            println!("cargo:warning=ui/dist cannot be written; the screens will be missing");
        }
    }
}
