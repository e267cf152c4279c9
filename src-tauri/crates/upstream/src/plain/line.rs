//! One connection, driven by whoever waits for something from it.
//!
//! hyper passes the head and the pieces of a body from the connection to the reader through channels of its own. Here
//! both ends are polled by one task, one right after the other, so the channels are polled without a waker: they would
//! only wake the task that is running. What may come later comes from the socket, and for that the connection is polled
//! with the task's waker before anything is waited for.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::{
    body::Incoming,
    client::conn::{
        TrySendError,
        http1::{self, Connection, SendRequest},
    },
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::unconstrained};

use crate::{joined::Joined, parts::Parts};

type Moving = Connection<TokioIo<Joined<TcpStream>>, Parts>;

/// A connection that stands.
pub(super) struct Line {
    sender: SendRequest<Parts>,
    work: Work,
}

/// What moves bytes between the socket and the channels; nothing once the connection has ended.
struct Work(Option<Pin<Box<Moving>>>);

impl Line {
    pub(super) async fn over(stream: TcpStream) -> Result<Self, hyper::Error> {
        let (sender, connection) = http1::handshake(TokioIo::new(Joined(stream))).await?;
        Ok(Self { sender, work: Work(Some(Box::pin(connection))) })
    }

    /// Whether another request can be sent, as far as is known.
    pub(super) fn is_ready(&mut self) -> bool {
        self.work.drive(&mut quiet());
        self.work.0.is_some() && self.sender.is_ready()
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn head(
        &mut self,
        request: Request<Parts>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Parts>>> {
        let Self { sender, work } = self;
        let mut head = pin!(unconstrained(sender.try_send_request(request)));
        std::future::poll_fn(|cx| work.poll_with(cx, |cx| head.as_mut().poll(cx))).await
    }

    /// The next piece of the body of its answer; none at the end.
    pub(super) async fn next(&mut self, body: &mut Incoming) -> Result<Option<Bytes>, hyper::Error> {
        loop {
            let frame = std::future::poll_fn(|cx| {
                // One step of each per wake. The connection has the task's waker, so that whatever it waits for, the
                // reader's taking included, has it polled again; what it has for the reader is taken right behind.
                self.work.drive(cx);
                Pin::new(&mut *body).poll_frame(&mut quiet())
            });
            match frame.await.transpose()? {
                None => return Ok(None),
                Some(frame) => {
                    // Trailers say nothing here.
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }
}

impl Work {
    fn drive(&mut self, cx: &mut Context<'_>) {
        // How it ended is told to whoever waits for the head or the body.
        if self.0.as_mut().is_some_and(|connection| connection.as_mut().poll(cx).is_ready()) {
            self.0 = None;
        }
    }

    /// Lets the connection work until `wanted` is there.
    fn poll_with<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut wanted: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        self.drive(&mut quiet());
        if let Poll::Ready(there) = wanted(&mut quiet()) {
            return Poll::Ready(there);
        }
        self.drive(cx);
        wanted(&mut quiet())
    }
}

fn quiet() -> Context<'static> {
    Context::from_waker(Waker::noop())
}
