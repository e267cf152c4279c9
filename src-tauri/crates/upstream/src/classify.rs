//! The one place where a network error becomes a class of failure.
//!
//! An error is looked at from the outside in: what the system said (refused, reset) decides before what the
//! libraries around it said, and only where neither has a type for it (names, TLS) their words do.

use std::{error::Error, io};

use domain::{Failure, FailureClass};

/// What was being done when the error came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Connecting.
    Connect,
    /// Sending, waiting for the head of the answer.
    Head,
    /// Reading the body.
    Body,
}

/// An error of whichever library.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// The failure that an error of reqwest's connection to `address` (host and port) is.
pub(crate) fn of_reqwest(error: &reqwest::Error, phase: Phase, address: &str) -> Failure {
    let phase = if error.is_connect() { Phase::Connect } else { phase };
    classify(error, phase, address)
}

/// The failure that an error of the connection to `address` (host and port) is.
pub(crate) fn classify(error: &(dyn Error + 'static), phase: Phase, address: &str) -> Failure {
    let class = class_of(error, phase);
    let message = match class {
        FailureClass::Refused if innermost(error).contains("refused") => {
            format!("connection to {address} refused")
        }
        FailureClass::Refused => format!("connection to {address} failed: {}", innermost(error)),
        FailureClass::Dns => format!("the name of {address} does not resolve"),
        FailureClass::Tls => format!("TLS handshake with {address} failed: {}", innermost(error)),
        FailureClass::ConnectTimeout => format!("no connection to {address}: {}", innermost(error)),
        FailureClass::CutStream => format!("{address} dropped the connection within its answer"),
        FailureClass::Reset => format!("{address} dropped the connection before it answered"),
        _ => format!("{address} sent what is not HTTP: {}", innermost(error)),
    };
    Failure::new(class, shortened(message))
}

fn class_of(error: &(dyn Error + 'static), phase: Phase) -> FailureClass {
    if phase == Phase::Connect {
        return connecting(error);
    }
    let broken = if phase == Phase::Body { FailureClass::CutStream } else { FailureClass::Reset };
    let unreadable = chain(error)
        .filter_map(|e| e.downcast_ref::<hyper::Error>())
        .any(|e| e.is_parse() && !e.is_incomplete_message());
    if unreadable { FailureClass::Malformed } else { broken }
}

fn connecting(error: &(dyn Error + 'static)) -> FailureClass {
    if chain(error).filter_map(|e| e.downcast_ref::<reqwest::Error>()).any(reqwest::Error::is_timeout) {
        return FailureClass::ConnectTimeout;
    }
    let words = chain(error).map(|e| e.to_string()).collect::<Vec<_>>().join(": ");
    if words.contains("dns error") || words.contains("failed to lookup address") {
        return FailureClass::Dns;
    }
    for io in chain(error).filter_map(|e| e.downcast_ref::<io::Error>()) {
        match io.kind() {
            io::ErrorKind::ConnectionRefused => return FailureClass::Refused,
            io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                return FailureClass::ConnectTimeout;
            }
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                return FailureClass::Reset;
            }
            // How a TLS library reports a broken handshake.
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => return FailureClass::Tls,
            _ => {}
        }
    }
    if words.contains("certificate") || words.contains("tls") {
        FailureClass::Tls
    } else {
        FailureClass::Refused
    }
}

/// An error and what lies beneath it. An `io::Error` that wraps another error leaves that one out of its sources.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|e| e as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

/// A failure's message has at most 500 characters.
pub(crate) fn shortened(message: String) -> String {
    if message.len() <= 500 { message } else { message.chars().take(499).chain(['…']).collect() }
}
