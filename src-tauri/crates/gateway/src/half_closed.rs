//! A client that has closed its sending side: it may have hung up, or still wait for its answer.
//!
//! Over TCP both look the same from here: the end of what it sends. A hang-up must stop the upstream at once, and a
//! client that only said that it has no more to send (`shutdown`) must get its answer. The kernel knows which it is
//! where the client runs on this machine: somebody still owns the other end of the connection, or nobody does. So while
//! an answer is awaited the end of the input is held back for as long as the other end is owned; it is asked again and
//! again, because no further sign comes when such a client goes away. Of a client elsewhere nothing is known, and it is
//! taken to have hung up.

use std::{
    io::Result,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use crate::reply::Body;

/// How often the kernel is asked about a client that has closed its sending side.
const EVERY: Duration = Duration::from_millis(20);

/// Whether a connection's client waits for an answer to a request that was read to its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Awaited(Arc<AtomicBool>);

impl Awaited {
    /// A request has been read.
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The body of its answer, with whose end nothing is awaited any more.
    pub(crate) fn until(&self, body: Body) -> Answer {
        Answer { body, awaited: self.clone() }
    }
}

/// An answer that is awaited.
pub(crate) struct Answer {
    body: Body,
    awaited: Awaited,
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.awaited.0.store(false, Ordering::Relaxed);
    }
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection whose end of input is held back while its client waits.
pub(crate) struct HalfClosed<S> {
    inner: S,
    awaited: Awaited,
    /// Ours and the client's end.
    ends: (SocketAddr, SocketAddr),
    /// Set once the client has closed its sending side: when the kernel is asked next.
    again: Option<Pin<Box<Sleep>>>,
    /// Whether something is still to be written.
    writing: bool,
}

impl<S> HalfClosed<S> {
    pub(crate) const fn new(inner: S, awaited: Awaited, ends: (SocketAddr, SocketAddr)) -> Self {
        Self { inner, awaited, ends, again: None, writing: false }
    }

    /// Ready once the end of the input may be known.
    fn ended(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.awaited.is_so() && !self.writing {
            return Poll::Ready(());
        }
        if let Some(again) = &mut self.again {
            ready!(again.as_mut().poll(context));
        }
        if !is_owned(self.ends.1, self.ends.0) {
            return Poll::Ready(());
        }
        let again = self.again.get_or_insert_with(|| Box::pin(sleep(EVERY)));
        again.as_mut().reset(Instant::now() + EVERY);
        again.as_mut().poll(context)
    }

    fn noted<T>(&mut self, written: Poll<Result<T>>) -> Poll<Result<T>> {
        self.writing = written.is_pending();
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HalfClosed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if self.again.is_some() {
            return self.ended(context).map(Ok);
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        if buffer.filled().len() > before || buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        self.ended(context).map(Ok)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HalfClosed<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.noted(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.noted(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

/// Whether a process of this machine owns the end `own` of a connection with `other`, and has closed its sending side.
fn is_owned(own: SocketAddr, other: SocketAddr) -> bool {
    #[cfg(target_os = "linux")]
    {
        // A kernel that cannot be asked knows as little as one that has no such connection.
        linux::is_owned(own, other).unwrap_or(false)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (own, other);
        false
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{io, net::SocketAddr};

    use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
    use netlink_packet_sock_diag::{
        SockDiagMessage,
        constants::{AF_INET, AF_INET6, IPPROTO_TCP, TCP_FIN_WAIT1, TCP_FIN_WAIT2},
        inet::{ExtensionFlags, InetRequest, SocketId, StateFlags},
    };
    use netlink_sys::{Socket, protocols::NETLINK_SOCK_DIAG};

    /// Room for one answer.
    const ANSWER: usize = 4096;

    /// Asks `sock_diag(7)` for this one connection; the kernel answers before the question returns.
    pub fn is_owned(own: SocketAddr, other: SocketAddr) -> io::Result<bool> {
        let (source, destination) = (own.ip().to_canonical(), other.ip().to_canonical());
        let request = InetRequest {
            family: if source.is_ipv4() { AF_INET } else { AF_INET6 },
            protocol: IPPROTO_TCP,
            extensions: ExtensionFlags::empty(),
            states: StateFlags::all(),
            socket_id: SocketId {
                source_port: own.port(),
                destination_port: other.port(),
                source_address: source,
                destination_address: destination,
                interface_id: 0,
                cookie: [0xff; 8],
            },
        };
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST;
        let mut message = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
        message.finalize();
        let mut question = vec![0; message.buffer_len()];
        message.serialize(&mut question);
        let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
        socket.bind_auto()?;
        socket.connect(&netlink_sys::SocketAddr::new(0, 0))?;
        socket.set_non_blocking(true)?;
        socket.send(&question, 0)?;
        let mut answer = Vec::with_capacity(ANSWER);
        socket.recv(&mut answer, 0)?;
        let answer = NetlinkMessage::<SockDiagMessage>::deserialize(&answer).map_err(io::Error::other)?;
        Ok(match answer.payload {
            NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(found)) => {
                matches!(found.header.state, TCP_FIN_WAIT1 | TCP_FIN_WAIT2) && found.header.inode != 0
            }
            _ => false,
        })
    }
}
