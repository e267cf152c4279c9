//! Which replica runs on which GPU: the process that listens on the replica's port, or a child of it, holds memory
//! of the GPU. Linux only, and only for processes that this user may look into; elsewhere nothing is bound.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use domain::{ReplicaId, Snapshot};

use super::{listening::listeners, reading::Reading};
use crate::replica::{Distance, distance};

/// A replica on a GPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    /// The GPU's UUID.
    pub uuid: String,
    pub replica: ReplicaId,
    /// The server's process there; absent where it is not known.
    pub pid: Option<u32>,
}

/// The replicas whose GPUs the operator names, or that stand on a machine with one GPU alone.
pub(crate) fn by_hand(snapshot: &Snapshot, readings: &[Reading]) -> Vec<Binding> {
    let mut bound = Vec::new();
    for (_, _, replica) in snapshot.replicas() {
        let its = |r: &&Reading| {
            if replica.gpus.is_empty() {
                is_only(snapshot, r, readings, &replica.url)
            } else {
                is_named(r, &replica.gpus)
            }
        };
        bound.extend(readings.iter().filter(its).map(|r| Binding {
            uuid: r.uuid.clone(),
            replica: replica.id.clone(),
            pid: None,
        }));
    }
    bound
}

fn is_named(reading: &Reading, names: &[String]) -> bool {
    let number = match &reading.host {
        Some(host) => format!("{host}/{}", reading.index),
        None => reading.index.to_string(),
    };
    names.iter().any(|name| *name == reading.uuid || *name == number)
}

/// Whether it is the only GPU of the machine that a URL leads to.
fn is_only(snapshot: &Snapshot, reading: &Reading, readings: &[Reading], url: &str) -> bool {
    let Some(name) = &reading.host else { return false };
    let host = |url: &str| url::Url::parse(url).ok()?.host_str().map(str::to_owned);
    let its_url = snapshot.gpu_hosts.iter().find(|h| h.name == *name).and_then(|h| host(&h.url));
    let alone = readings.iter().filter(|r| r.host.as_ref() == Some(name)).count() == 1;
    alone && its_url.is_some() && its_url == host(url)
}

/// Ancestors that are looked at, at most: a guard against a tree that changes while it is read.
const DEEPEST: usize = 32;

/// The replicas on this machine, with their ports.
pub(crate) fn local_ports(snapshot: &Snapshot) -> Vec<(ReplicaId, u16)> {
    let port = |url: &str| {
        let near = distance(url) == Distance::ThisMachine;
        url::Url::parse(url).ok().filter(|_| near)?.port_or_known_default()
    };
    snapshot
        .replicas()
        .filter(|(_, _, r)| r.gpus.is_empty())
        .filter_map(|(_, _, r)| Some((r.id.clone(), port(&r.url)?)))
        .collect()
}

/// Finds the replicas on each GPU. `proc` is `/proc`; `processes` are GPUs by UUID with a process on them.
pub(crate) fn bind(proc: &Path, ports: &[(ReplicaId, u16)], processes: &[(String, u32)]) -> Vec<Binding> {
    if ports.is_empty() || processes.is_empty() {
        return vec![];
    }
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
            let binding = Binding { uuid: uuid.clone(), replica: replica.clone(), pid: Some(*pid) };
            if inodes.into_iter().any(|inode| family.contains(inode)) && !bound.contains(&binding) {
                bound.push(binding);
            }
        }
    }
    bound
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
        assert_eq!(bound, [Binding { uuid: "GPU-1".into(), replica: me.0, pid: Some(std::process::id()) }]);
    }

    #[test]
    fn the_gpu_process_may_be_a_child_of_the_one_that_listens() {
        let socket =
            std::net::TcpListener::bind("[::1]:0").or_else(|_| std::net::TcpListener::bind("127.0.0.1:0"));
        let socket = socket.unwrap();
        let port = socket.local_addr().unwrap().port();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let server = (ReplicaId::from("chat/gpu@server"), port);
        let pid = child.id();
        let bound = bind(Path::new("/proc"), std::slice::from_ref(&server), &[("GPU-1".into(), pid)]);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(bound, [Binding { uuid: "GPU-1".into(), replica: server.0, pid: Some(pid) }]);
    }

    #[test]
    fn what_the_operator_names_is_bound_and_the_only_gpu_of_a_machine() {
        use crate::fake::{chain, replica, snapshot, tier};
        let reading = |uuid: &str, host: Option<&str>, index| Reading {
            uuid: uuid.into(),
            host: host.map(str::to_owned),
            index,
            ..Reading::default()
        };
        let mut tier = tier("gpu");
        let named = |url: &str, gpus: &[&str]| domain::Replica {
            gpus: gpus.iter().map(ToString::to_string).collect(),
            ..replica("gpu", url)
        };
        tier.replicas = vec![
            named("http://a:1", &["GPU-x", "1"]),
            named("http://b:1", &["big/0"]),
            named("http://small.lan:8000", &[]),
            named("http://big.lan:8000", &[]),
        ];
        let mut snapshot = domain::Snapshot::clone(&snapshot(chain(vec![tier])));
        let host = |name: &str, url: &str| domain::gpu::GpuHost { name: name.into(), url: url.into() };
        snapshot.gpu_hosts =
            vec![host("big", "http://big.lan:9400"), host("small", "http://small.lan:9400/metrics")];
        let readings = [
            reading("GPU-x", None, 0),
            reading("GPU-y", None, 1),
            reading("GPU-big0", Some("big"), 0),
            reading("GPU-big1", Some("big"), 1),
            reading("GPU-small", Some("small"), 0),
        ];
        let bound = by_hand(&snapshot, &readings);
        let found: Vec<_> = bound.iter().map(|b| (b.uuid.as_str(), b.replica.as_str())).collect();
        assert_eq!(
            found,
            [
                ("GPU-x", "chat/gpu@http://a:1"),
                ("GPU-y", "chat/gpu@http://a:1"),
                ("GPU-big0", "chat/gpu@http://b:1"),
                ("GPU-small", "chat/gpu@http://small.lan:8000"),
            ]
        );
        assert!(local_ports(&snapshot).iter().all(|(id, _)| !id.as_str().contains("//a:")));
    }

    #[test]
    fn a_process_that_is_gone_binds_nothing() {
        let server = (ReplicaId::from("chat/gpu@server"), 1);
        assert_eq!(bind(Path::new("/proc"), &[server], &[("GPU-1".into(), u32::MAX)]), []);
    }
}
