//! Which sockets of this machine listen on which TCP port. The kernel is asked for those that listen alone, where it can
//! be: for `/proc/net/tcp` it walks through all that are connected, some 2 ms on each look.

use std::{collections::HashMap, fs, path::Path};

/// Inodes of listening sockets, by port.
pub(super) type Listeners = HashMap<u16, Vec<u64>>;

/// Asks the kernel, or else reads the tables below `proc`, which is `/proc`.
pub(super) fn listeners(proc: &Path) -> Listeners {
    asked().unwrap_or_else(|| read(proc))
}

fn read(proc: &Path) -> Listeners {
    let mut found = Listeners::new();
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

/// What the kernel answers; absent where it cannot be asked.
fn asked() -> Option<Listeners> {
    #[cfg(target_os = "linux")]
    {
        let answer = linux::asked();
        answer.inspect_err(|error| tracing::debug!(%error, "the kernel does not list its sockets")).ok()
    }
    #[cfg(not(target_os = "linux"))]
    None
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;

    use netlink_packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
    use netlink_packet_sock_diag::{
        SockDiagMessage,
        constants::{AF_INET, AF_INET6, IPPROTO_TCP},
        inet::{ExtensionFlags, InetRequest, SocketId, StateFlags},
    };
    use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_SOCK_DIAG};

    use super::Listeners;

    /// Room for one part of an answer: the kernel fills at most this much.
    const PART: usize = 32 << 10;

    /// Asks `sock_diag(7)`; each part of the answer is there before its question returns.
    pub(super) fn asked() -> io::Result<Listeners> {
        let mut found = Listeners::new();
        for (family, any) in [(AF_INET, SocketId::new_v4()), (AF_INET6, SocketId::new_v6())] {
            let request = InetRequest {
                family,
                protocol: IPPROTO_TCP,
                extensions: ExtensionFlags::empty(),
                states: StateFlags::LISTEN,
                socket_id: any,
            };
            let mut header = NetlinkHeader::default();
            header.flags = NLM_F_REQUEST | NLM_F_DUMP;
            let mut message = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
            message.finalize();
            let mut question = vec![0; message.buffer_len()];
            message.serialize(&mut question);
            let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
            socket.bind_auto()?;
            socket.connect(&SocketAddr::new(0, 0))?;
            socket.set_non_blocking(true)?;
            socket.send(&question, 0)?;
            let mut part = Vec::with_capacity(PART);
            loop {
                part.clear();
                socket.recv(&mut part, 0)?;
                if is_last(&part, &mut found)? {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// Takes one part of an answer, many messages, and says whether it ends it.
    fn is_last(part: &[u8], found: &mut Listeners) -> io::Result<bool> {
        let mut rest = part;
        while !rest.is_empty() {
            let message = NetlinkMessage::<SockDiagMessage>::deserialize(rest).map_err(io::Error::other)?;
            match message.payload {
                NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(socket)) => {
                    let inodes = found.entry(socket.header.socket_id.source_port).or_default();
                    inodes.push(socket.header.inode.into());
                }
                NetlinkPayload::Done(_) => return Ok(true),
                NetlinkPayload::Error(error) => return Err(error.to_io()),
                _ => {}
            }
            let length = (message.header.length as usize).next_multiple_of(4);
            rest = rest.get(length..).unwrap_or_default();
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::{TcpListener, TcpStream},
        os::fd::AsRawFd,
    };

    use super::*;

    /// More than fit into one part of the kernel's answer.
    const MANY: usize = 200;

    fn inode(socket: &impl AsRawFd) -> u64 {
        let link = fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).unwrap();
        link.to_str().unwrap().trim_start_matches("socket:[").trim_end_matches(']').parse().unwrap()
    }

    #[test]
    fn the_kernel_and_its_tables_name_each_socket_that_listens() {
        let listen = |_| TcpListener::bind("127.0.0.1:0").unwrap();
        let four: Vec<_> = (0..MANY).map(listen).collect();
        let six = TcpListener::bind("[::1]:0").ok();
        for found in [asked().unwrap(), read(Path::new("/proc"))] {
            for socket in four.iter().chain(&six) {
                let port = socket.local_addr().unwrap().port();
                assert!(found.get(&port).is_some_and(|inodes| inodes.contains(&inode(socket))), "{port}");
            }
        }
    }

    #[test]
    fn connected_sockets_are_not_listed() {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(socket.local_addr().unwrap()).unwrap();
        let (server, _) = socket.accept().unwrap();
        for found in [asked().unwrap(), read(Path::new("/proc"))] {
            let listed = |stream| found.values().flatten().any(|found| *found == inode(stream));
            assert!(!listed(&client) && !listed(&server));
        }
    }
}
