//! Bodies that clients compressed: read a piece at a time, and only as far as a body may be long. What is small on the way
//! can be huge behind it.

use std::{io, pin::Pin};

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use bytes::{Bytes, BytesMut};
use dialect::error::{ClientError, ErrorKind};
use futures::TryStreamExt;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    time::timeout,
};
use tokio_util::io::StreamReader;

use crate::intake::{LARGEST, SILENCE, broken, too_large};

/// What is read here, as the header `Accept-Encoding` of a refusal says it.
pub(crate) const READ: &str = "gzip, deflate, br, zstd";
/// So much is decompressed at once.
const PIECE: usize = 64 * 1024;

/// How a body is compressed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Encoding {
    Gzip,
    /// What HTTP calls `deflate`: a zlib stream.
    Deflate,
    Brotli,
    Zstd,
}

impl Encoding {
    const fn word(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

/// How the body is compressed, if it is.
///
/// # Errors
/// In a way that is not read here, or in several; as the client names it.
pub(crate) fn encoding(headers: &HeaderMap) -> Result<Option<Encoding>, String> {
    let all = headers.get_all(header::CONTENT_ENCODING).iter();
    let named: Vec<String> =
        all.map(|it| String::from_utf8_lossy(it.as_bytes()).to_ascii_lowercase()).collect();
    let named = named.join(", ");
    Ok(Some(match named.trim() {
        "" | "identity" => return Ok(None),
        "gzip" | "x-gzip" => Encoding::Gzip,
        "deflate" => Encoding::Deflate,
        "br" => Encoding::Brotli,
        "zstd" => Encoding::Zstd,
        _ => return Err(named),
    }))
}

/// The error for a body that is not read here.
pub(crate) fn unknown(named: &str) -> ClientError {
    let message = format!("The request's body is sent as `{named}`. Send it plain, or as one of {READ}.");
    ClientError {
        code: Some("unsupported_content_encoding".into()),
        ..ClientError::new(ErrorKind::UnknownEncoding, message)
    }
}

/// Reads the whole body and decompresses it.
pub(crate) async fn read(how: Encoding, body: &mut Incoming) -> Result<Bytes, ClientError> {
    // What unpacks to nothing would never reach the other limit.
    let packed = Limited::new(body, LARGEST).into_data_stream().map_err(io::Error::other);
    let packed = StreamReader::new(packed);
    let mut unpacked: Pin<Box<dyn AsyncRead + Send + '_>> = match how {
        Encoding::Gzip => Box::pin(GzipDecoder::new(packed)),
        Encoding::Deflate => Box::pin(ZlibDecoder::new(packed)),
        Encoding::Brotli => Box::pin(BrotliDecoder::new(packed)),
        Encoding::Zstd => Box::pin(ZstdDecoder::new(packed)),
    };
    let mut whole = BytesMut::new();
    loop {
        whole.reserve(PIECE);
        let read = timeout(SILENCE, unpacked.read_buf(&mut whole)).await;
        match read.map_err(|_| broken("stopped arriving; send it again"))? {
            Ok(0) => return Ok(whole.freeze()),
            Ok(_) if whole.len() > LARGEST => return Err(too_large()),
            Ok(_) => {}
            Err(error) if error.get_ref().is_some_and(|it| it.is::<LengthLimitError>()) => {
                return Err(too_large());
            }
            Err(_) => return Err(broken(&format!("is not whole, or no {}", how.word()))),
        }
    }
}
