//! The client's body, read once and bounded.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dialect::error::{ClientError, ErrorKind};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tokio::time::{Instant, timeout, timeout_at};

/// The largest request: 32 MiB.
pub(crate) const LARGEST: usize = 32 * 1024 * 1024;
/// A client that sends nothing for so long is answered.
const SILENCE: Duration = Duration::from_secs(60);
/// What is still read and thrown away of a body that is too large, so that its sender gets to read the answer.
const DRAIN_FOR: Duration = Duration::from_secs(3);
const DRAIN_UP_TO: usize = 64 * 1024 * 1024;

/// Reads the whole body, or says why not.
pub(crate) async fn read(headers: &HeaderMap, mut body: Incoming) -> Result<Bytes, ClientError> {
    if let Some(encoding) = headers.get(header::CONTENT_ENCODING).filter(|it| *it != "identity") {
        drain(&mut body).await;
        return Err(encoded(&String::from_utf8_lossy(encoding.as_bytes())));
    }
    let announced = body.size_hint().lower();
    if announced > LARGEST as u64 {
        // Whoever waits for `100 Continue` has sent nothing yet and reads the answer as it is.
        if !headers.contains_key(header::EXPECT) {
            drain(&mut body).await;
        }
        return Err(too_large());
    }
    let Some(first) = next(&mut body).await? else { return Ok(Bytes::new()) };
    let Some(mut piece) = next(&mut body).await? else { return Ok(first) };
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

async fn next(body: &mut Incoming) -> Result<Option<Bytes>, ClientError> {
    let broken =
        |why: &str| ClientError::new(ErrorKind::InvalidRequest, format!("The request's body {why}."));
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

async fn drain(body: &mut Incoming) {
    let by = Instant::now() + DRAIN_FOR;
    let mut read = 0;
    while read < DRAIN_UP_TO
        && let Ok(Some(Ok(frame))) = timeout_at(by, body.frame()).await
    {
        read += frame.data_ref().map_or(0, Bytes::len);
    }
}

fn encoded(how: &str) -> ClientError {
    let message =
        format!("The request's body is sent as `{how}`. Switch the client's compression of requests off.");
    ClientError {
        code: Some("unsupported_content_encoding".into()),
        ..ClientError::new(ErrorKind::InvalidRequest, message)
    }
}

fn too_large() -> ClientError {
    let message =
        format!("The request is larger than {} MiB, the most this endpoint takes.", LARGEST / 1024 / 1024);
    ClientError { code: Some("request_too_large".into()), ..ClientError::new(ErrorKind::TooLarge, message) }
}
