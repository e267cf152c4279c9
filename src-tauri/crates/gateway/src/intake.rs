//! The client's body, read once and bounded.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dialect::error::{ClientError, ErrorKind};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tokio::time::{Instant, timeout, timeout_at};

use crate::unpack;

/// The largest request: 32 MiB.
pub(crate) const LARGEST: usize = 32 * 1024 * 1024;
/// A client that sends nothing for so long is answered.
pub(crate) const SILENCE: Duration = Duration::from_secs(60);
/// What is still read and thrown away of a body that is too large, so that its sender gets to read the answer.
const DRAIN_FOR: Duration = Duration::from_secs(3);
/// Up to so many bytes are short, beside a buffer of at least 8 KiB.
const COPIED: usize = 8 * 1024;
const DRAIN_UP_TO: usize = 64 * 1024 * 1024;

/// Reads the whole body, decompressed where the client compressed it, or says why not.
pub(crate) async fn read(headers: &HeaderMap, mut body: Incoming) -> Result<Bytes, ClientError> {
    let how = match unpack::encoding(headers) {
        Ok(how) => how,
        Err(named) => {
            drain(&mut body).await;
            return Err(unpack::unknown(&named));
        }
    };
    let announced = body.size_hint().lower();
    if announced > LARGEST as u64 {
        // Whoever waits for `100 Continue` has sent nothing yet and reads the answer as it is.
        if !headers.contains_key(header::EXPECT) {
            drain(&mut body).await;
        }
        return Err(too_large());
    }
    if let Some(how) = how {
        let unpacked = unpack::read(how, &mut body).await;
        if unpacked.is_err() {
            drain(&mut body).await;
        }
        return unpacked;
    }
    let Some(first) = next(&mut body).await? else { return Ok(Bytes::new()) };
    let Some(mut piece) = next(&mut body).await? else { return Ok(released(first)) };
    let mut whole =
        BytesMut::with_capacity(usize::try_from(announced).unwrap_or_default().max(first.len() * 2));
    whole.extend_from_slice(&first);
    loop {
        if whole.len() + piece.len() > LARGEST {
            drain(&mut body).await;
            return Err(too_large());
        }
        whole.extend_from_slice(&piece);
        match next(&mut body).await? {
            Some(more) => piece = more,
            None => return Ok(whole.freeze()),
        }
    }
}

/// A body that is short, out of the connection's buffer: that one can be used again while the body is still needed, which
/// is for as long as a stream lasts.
fn released(body: Bytes) -> Bytes {
    if body.len() <= COPIED { Bytes::copy_from_slice(&body) } else { body }
}

async fn next(body: &mut Incoming) -> Result<Option<Bytes>, ClientError> {
    loop {
        let frame = timeout(SILENCE, body.frame()).await;
        match frame.map_err(|_| broken("stopped arriving; send it again"))? {
            None => return Ok(None),
            Some(Err(_)) => return Err(broken("could not be read to its end")),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// The body did not arrive whole, or is not what it was said to be.
pub(crate) fn broken(why: &str) -> ClientError {
    ClientError::new(ErrorKind::InvalidRequest, format!("The request's body {why}."))
}

async fn drain(body: &mut Incoming) {
    let by = Instant::now() + DRAIN_FOR;
    let mut read = 0;
    while read < DRAIN_UP_TO
        && let Ok(Some(Ok(frame))) = timeout_at(by, body.frame()).await
    {
        read += frame.data_ref().map_or(0, Bytes::len);
    }
}

pub(crate) fn too_large() -> ClientError {
    let message =
        format!("The request is larger than {} MiB, the most this endpoint takes.", LARGEST / 1024 / 1024);
    ClientError { code: Some("request_too_large".into()), ..ClientError::new(ErrorKind::TooLarge, message) }
}
