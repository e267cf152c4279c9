//! A thousand streams at once, each with long pauses: memory, losses and stalls.

use std::{io::Write, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    load::{Kind, Load},
    proc,
    servers::Server,
    upstream::{PACE, SLOW_FRAMES},
};

/// Streams at once.
const STREAMS: usize = 1_000;
/// They begin one after the other, this far apart.
const APART: Duration = Duration::from_millis(1);
/// A stream that takes longer is lost.
const LIMIT: Duration = Duration::from_secs(60);

/// Measures every server, and the way without one.
pub async fn measure(servers: &[Server], upstream: u16, out: &mut impl Write) -> anyhow::Result<()> {
    let title = format!("{STREAMS} slow streams");
    writeln!(
        out,
        "{title:<24}{:>14}{:>14}{:>10}{:>18}",
        "KB a stream", "MB in all", "lost", "longest stall ms"
    )?;
    let (lost, stall) = run(upstream, |_| ()).await?;
    writeln!(out, "{:<24}{:>14}{:>14}{lost:>10}{stall:>18}", "no server between", "", "")?;
    for server in servers {
        let before = proc::memory(server.pid())?;
        let mut most = before;
        let (lost, stall) =
            run(server.port, |()| most = most.max(proc::memory(server.pid()).unwrap_or(0))).await?;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let (each, all) = ((most - before) as f64 / STREAMS as f64, most as f64 / 1024.0);
        writeln!(out, "{:<24}{each:>14.1}{all:>14.1}{lost:>10}{stall:>18}", server.name)?;
    }
    Ok(())
}

/// Runs all streams at once, and calls `look` now and then. Returns how many were lost, and by how much the latest frame
/// of all was late, in milliseconds.
async fn run(port: u16, mut look: impl FnMut(())) -> anyhow::Result<(usize, u128)> {
    let message = Load { port, model: "bench", kind: Kind::Slow }.message();
    let mut streams = JoinSet::new();
    for _ in 0..STREAMS {
        let message = message.clone();
        streams.spawn(async move { timeout(LIMIT, one(port, &message)).await });
        sleep(APART).await;
    }
    let (mut lost, mut longest) = (0, Duration::ZERO);
    loop {
        tokio::select! {
            ended = streams.join_next() => match ended {
                None => return Ok((lost, longest.saturating_sub(PACE).as_millis())),
                Some(Ok(Ok(Ok(gap)))) => longest = longest.max(gap),
                Some(_) => lost += 1,
            },
            () = sleep(PACE) => look(()),
        }
    }
}

/// The longest time between two frames of a stream that came whole.
async fn one(port: u16, message: &[u8]) -> anyhow::Result<Duration> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    stream.write_all(message).await?;
    let mut read = Vec::new();
    let mut longest = Duration::ZERO;
    let mut last: Option<Instant> = None;
    while !read.ends_with(b"\r\n0\r\n\r\n") {
        anyhow::ensure!(stream.read_buf(&mut read).await? > 0, "cut");
        let now = Instant::now();
        longest = longest.max(last.map_or(Duration::ZERO, |last| now - last));
        last = Some(now);
    }
    let frames = read.windows(7).filter(|it| it == b"\"word \"").count();
    anyhow::ensure!(frames == SLOW_FRAMES, "{frames} frames");
    Ok(longest)
}
