//! Who holds a port that is taken.

use std::net::SocketAddr;

/// Says that `address` is taken, by whom, and how to choose another. `field` is its place in the configuration.
pub(crate) fn taken(address: SocketAddr, field: &str, error: &std::io::Error) -> String {
    let flag = field.rsplit('.').next().unwrap_or(field);
    let choose = format!("choose another with `{field}` in the configuration, or `--{flag} 127.0.0.1:PORT`");
    if error.kind() != std::io::ErrorKind::AddrInUse {
        return format!("cannot listen on {address}: {error}; {choose}");
    }
    let holder = match listeners::get_process_by_port(address.port(), listeners::Protocol::TCP) {
        Ok(process) => format!("is held by `{}` (process {})", process.name, process.pid),
        Err(_) => "is held by a process of another user".to_owned(),
    };
    format!("port {} {holder}; stop it, or {choose}", address.port())
}
