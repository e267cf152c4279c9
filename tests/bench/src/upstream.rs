//! The model server behind all of them: a fixed answer, whole or streamed, at no cost to speak of.

use std::time::Duration;

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

/// Content frames of a streamed answer.
pub const FRAMES: usize = 200;
/// What every frame carries.
const FRAME: &str = r#"data: {"id":"b","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}"#;
const LAST: &str = r#"data: {"id":"b","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const WHOLE: &str = r#"{"id":"b","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"An answer of some length, as a model would give it."},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":10,"total_tokens":20}}"#;

const STREAM: &[u8] = br#""stream":true"#;

/// Starts it and returns its port.
pub async fn start() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    // On threads of its own: the load generator must not wait for it.
    std::thread::spawn(move || serve(listener.into_std()));
    Ok(port)
}

fn serve(listener: std::io::Result<std::net::TcpListener>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let set = tokio::task::LocalSet::new();
    set.block_on(&runtime, async move {
        let listener = TcpListener::from_std(listener?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            // A connection that ends with an error shows as an error in the load generator.
            tokio::task::spawn_local(async move { drop(answer_all(stream).await) });
        }
    })
}

async fn answer_all(mut stream: TcpStream) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(256 << 10);
    while let Some(request) = crate::load::read_message(&mut stream, &mut buffer).await? {
        // Only the beginning: the field stands before the prompt.
        let start = &request.body[..request.body.len().min(200)];
        if start.windows(STREAM.len()).any(|window| window == STREAM) {
            stream_answer(&mut stream).await?;
        } else {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                WHOLE.len()
            );
            stream.write_all(format!("{head}{WHOLE}").as_bytes()).await?;
        }
    }
    Ok(())
}

async fn stream_answer(stream: &mut TcpStream) -> anyhow::Result<()> {
    let chunk = |text: &str| format!("{:x}\r\n{text}\n\n\r\n", text.len() + 2);
    stream
        .write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
        )
        .await?;
    let frame = chunk(FRAME);
    for _ in 0..FRAMES {
        stream.write_all(frame.as_bytes()).await?;
        // Frames must arrive one by one, or a server could take many at a time.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    stream.write_all(chunk(LAST).as_bytes()).await?;
    stream.write_all(chunk("data: [DONE]").as_bytes()).await?;
    stream.write_all(b"0\r\n\r\n").await?;
    Ok(())
}
