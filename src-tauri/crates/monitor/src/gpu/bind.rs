//! Which replica runs on which GPU: the process that listens on the replica's port, or a child of it, holds memory
//! of the GPU. Linux only, and only for processes that this user may look into; elsewhere nothing is bound.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use domain::{ReplicaId, Snapshot};

use crate::replica::{Distance, distance};

/// A GPU, by UUID, and a replica on it.
pub(crate) type Binding = (String, ReplicaId);

/// Ancestors that are looked at, at most: a guard against a tree that changes while it is read.
const DEEPEST: usize = 32;

/// The replicas on this machine, with their ports.
pub(crate) fn local_ports(snapshot: &Snapshot) -> Vec<(ReplicaId, u16)> {
    let port = |url: &str| {
        let near = distance(url) == Distance::ThisMachine;
        url::Url::parse(url).ok().filter(|_| near)?.port_or_known_default()
    };
    snapshot.replicas().filter_map(|(_, _, r)| Some((r.id.clone(), port(&r.url)?))).collect()
}

/// Finds the replicas on each GPU. `proc` is `/proc`; `processes` are GPUs by UUID with a process on them.
pub(crate) fn bind(proc: &Path, ports: &[(ReplicaId, u16)], processes: &[(String, u32)]) -> Vec<Binding> {
    let listeners = listeners(proc);
    let mut sockets = HashMap::new();
    let mut bound = Vec::new();
    for (uuid, pid) in processes {
        let family: HashSet<u64> = ancestry(proc, *pid)
            .into_iter()
            .flat_map(|pid| sockets.entry(pid).or_insert_with(|| sockets_of(proc, pid)).clone())
            .collect();
        for (replica, port) in ports {
            let inodes = listeners.get(port).into_iter().flatten();
            let binding = (uuid.clone(), replica.clone());
            if inodes.into_iter().any(|inode| family.contains(inode)) && !bound.contains(&binding) {
                bound.push(binding);
            }
        }
    }
    bound
}

/// Inodes of listening sockets, by port.
fn listeners(proc: &Path) -> HashMap<u16, Vec<u64>> {
    let mut found: HashMap<u16, Vec<u64>> = HashMap::new();
    for table in ["net/tcp", "net/tcp6"] {
        let Ok(text) = fs::read_to_string(proc.join(table)) else { continue };
        for (port, inode) in text.lines().skip(1).filter_map(listener) {
            found.entry(port).or_default().push(inode);
        }
    }
    found
}

/// Columns: number, local address, remote address, state (0A: listening), ..., inode at 9.
fn listener(line: &str) -> Option<(u16, u64)> {
    let columns: Vec<_> = line.split_whitespace().collect();
    let (_, port) = columns.get(1)?.rsplit_once(':')?;
    (*columns.get(3)? == "0A").then_some(())?;
    Some((u16::from_str_radix(port, 16).ok()?, columns.get(9)?.parse().ok()?))
}

/// A process and its ancestors, but for the first process.
fn ancestry(proc: &Path, pid: u32) -> Vec<u32> {
    let parent = |pid: u32| {
        let stat = fs::read_to_string(proc.join(pid.to_string()).join("stat")).ok()?;
        // The command's name, in parentheses, may hold anything.
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    std::iter::successors(Some(pid), |pid| parent(*pid)).take_while(|pid| *pid > 1).take(DEEPEST).collect()
}

fn sockets_of(proc: &Path, pid: u32) -> Vec<u64> {
    let Ok(entries) = fs::read_dir(proc.join(pid.to_string()).join("fd")) else { return vec![] };
    let inode = |entry: fs::DirEntry| {
        let link = fs::read_link(entry.path()).ok()?;
        link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    };
    entries.flatten().filter_map(inode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_process_is_found_by_the_port_that_it_listens_on() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        let me = (ReplicaId::from("chat/gpu@me"), port);
        let other = (ReplicaId::from("chat/gpu@other"), 1);
        let bound = bind(Path::new("/proc"), &[other, me.clone()], &[("GPU-1".into(), std::process::id())]);
        assert_eq!(bound, [("GPU-1".to_owned(), me.0)]);
    }

    #[test]
    fn the_gpu_process_may_be_a_child_of_the_one_that_listens() {
        let socket =
            std::net::TcpListener::bind("[::1]:0").or_else(|_| std::net::TcpListener::bind("127.0.0.1:0"));
        let socket = socket.unwrap();
        let port = socket.local_addr().unwrap().port();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let server = (ReplicaId::from("chat/gpu@server"), port);
        let bound = bind(Path::new("/proc"), std::slice::from_ref(&server), &[("GPU-1".into(), child.id())]);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(bound, [("GPU-1".to_owned(), server.0)]);
    }

    #[test]
    fn a_process_that_is_gone_binds_nothing() {
        let server = (ReplicaId::from("chat/gpu@server"), 1);
        assert_eq!(bind(Path::new("/proc"), &[server], &[("GPU-1".into(), u32::MAX)]), []);
    }
}
