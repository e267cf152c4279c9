//! Environment variables that WebKit reads once, at its start.
//!
//! They cannot be set from within: another thread may be reading them. So the program starts itself anew, in
//! its own place and with the same process id, before it has a second thread.

use std::{
    env,
    ffi::OsStr,
    io::{self, Write},
    os::unix::process::CommandExt,
    process::Command,
};

/// Blank windows on NVIDIA's driver come from WebKit's DMA-BUF renderer.
const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// What has to be added to the environment, given the present value of [`RENDERER`].
fn wanted(renderer: Option<&OsStr>) -> Option<(&'static str, &'static str)> {
    renderer.is_none().then_some((RENDERER, "1"))
}

/// Starts the program anew with the variables that are missing; returns when none is, or when that failed.
pub fn prepare() {
    let Some((name, value)) = wanted(env::var_os(RENDERER).as_deref()) else { return };
    let Ok(program) = env::current_exe() else { return };
    let error = Command::new(program).args(env::args_os().skip(1)).env(name, value).exec();
    // Going on without it is better than not starting: most drivers do not need it.
    drop(writeln!(io::stderr(), "changeover: could not restart with {name}={value}: {error}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_own_choice_stands() {
        assert_eq!(wanted(None), Some((RENDERER, "1")));
        assert_eq!(wanted(Some(OsStr::new("0"))), None);
        assert_eq!(wanted(Some(OsStr::new(""))), None);
    }
}
