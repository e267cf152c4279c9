//! Bodies that clients compress.

use std::{io::Cursor, pin::Pin};

use async_compression::tokio::bufread::{BrotliEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::{
    client::{Reply, send},
    script::{Upstream, good, nobody},
    world::{ASK, World, tier},
};

async fn packed(how: &str, plain: &[u8]) -> Vec<u8> {
    let plain = Cursor::new(plain);
    let mut encoder: Pin<Box<dyn AsyncRead + '_>> = match how {
        "gzip" | "x-gzip" => Box::pin(GzipEncoder::new(plain)),
        "deflate" => Box::pin(ZlibEncoder::new(plain)),
        "br" => Box::pin(BrotliEncoder::new(plain)),
        _ => Box::pin(ZstdEncoder::new(plain)),
    };
    let mut out = Vec::new();
    encoder.read_to_end(&mut out).await.unwrap();
    out
}

async fn post(world: &World, how: &str, body: &[u8]) -> Reply {
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\ncontent-type: application/json\r\ncontent-encoding: {how}"
    );
    send(world.addr, &head, body).await.reply().await
}

fn code(reply: &Reply) -> Option<String> {
    Some(reply.json()["error"]["code"].as_str()?.to_owned())
}

#[tokio::test]
async fn a_compressed_body_reaches_the_server_plain() {
    for how in ["gzip", "x-gzip", "deflate", "br", "zstd", "GZip"] {
        let mut up = Upstream::play(vec![good("Hello")]).await;
        let world = World::of(vec![tier("gpu", up.addr)]).await;
        let body = packed(&how.to_ascii_lowercase(), ASK.as_bytes()).await;
        assert_eq!(post(&world, how, &body).await.status, 200, "{how}");
        let got = up.request().await;
        assert_eq!(got.body, ASK.replace("\"chat\"", "\"model-gpu\"").as_bytes(), "{how}");
        assert!(!got.head.to_ascii_lowercase().contains("content-encoding"), "{}", got.head);
    }
}

#[tokio::test]
async fn what_is_too_large_behind_its_compression_is_refused() {
    let world = World::of(vec![tier("gpu", nobody().await)]).await;
    let large = vec![b' '; 33 * 1024 * 1024];
    for how in ["gzip", "zstd"] {
        let body = packed(how, &large).await;
        assert!(body.len() < 1024 * 1024);
        let reply = post(&world, how, &body).await;
        assert_eq!((reply.status, code(&reply).as_deref()), (413, Some("request_too_large")), "{how}");
    }
}

#[tokio::test]
async fn what_is_not_what_it_says_is_told_so() {
    let world = World::of(vec![tier("gpu", nobody().await)]).await;
    let whole = packed("gzip", ASK.as_bytes()).await;
    for (how, body) in
        [("gzip", ASK.as_bytes()), ("gzip", &whole[..whole.len() - 9]), ("zstd", &whole), ("br", &whole)]
    {
        let reply = post(&world, how, body).await;
        let message = reply.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(reply.status == 400 && message.contains(how), "{}: {message}", reply.status);
    }
    for how in ["compress", "gzip, zstd"] {
        let reply = post(&world, how, &whole).await;
        assert_eq!(
            (reply.status, code(&reply).as_deref()),
            (415, Some("unsupported_content_encoding")),
            "{how}"
        );
        assert_eq!(reply.header("accept-encoding"), "gzip, deflate, br, zstd");
        assert!(reply.body.contains(how), "{}", reply.body);
    }
}
