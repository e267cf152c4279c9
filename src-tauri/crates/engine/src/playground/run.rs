//! One request of the playground, from its sending to the reading of its end.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use contract::{
    rpc::PlaygroundRead,
    view::{PlaygroundEnd, PlaygroundProgress},
};
use dialect::{exchange::Event, openai::StreamReader, sse::Frames};
use domain::Injection;
use futures::StreamExt;
use gateway::{Gateway, Inside};
use http::HeaderMap;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    fault::shown,
    told::{error_in, told},
};
use crate::Engine;

/// The longest answer that is read, bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// A request that nobody has read for this long is given up; so is an end that nobody reads.
const UNREAD: Duration = Duration::from_secs(30);

/// A request that runs.
pub(super) struct Run {
    began: Instant,
    read_at: Mutex<Instant>,
    stop: CancellationToken,
    progress: watch::Sender<Progress>,
}

/// What came so far.
#[derive(Default)]
struct Progress {
    text: String,
    reasoning: String,
    first_token: Option<Duration>,
    tokens: Option<u64>,
    finished: bool,
    error: Option<String>,
    end: Option<PlaygroundEnd>,
    end_read: bool,
}

impl Default for Run {
    fn default() -> Self {
        let now = Instant::now();
        Self {
            began: now,
            read_at: Mutex::new(now),
            stop: CancellationToken::new(),
            progress: watch::channel(Progress::default()).0,
        }
    }
}

impl Run {
    pub(super) fn stop(&self) {
        self.stop.cancel();
    }

    /// Sends the request and reads its answer to the end; returns when its end was read too.
    pub(super) async fn follow(
        &self,
        engine: &Engine,
        body: Bytes,
        tier: Option<&str>,
        fault: Option<&Injection>,
    ) {
        let gateway = engine.inner.endpoint.gateway();
        let given_up = async {
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = engine.inner.stop.cancelled() => {}
                () = self.unread() => {}
            }
        };
        tokio::pin!(given_up);
        tokio::select! {
            () = &mut given_up => return,
            () = self.carry(gateway.ask(body, tier, fault), gateway) => {}
        }
        let mut progress = self.progress.subscribe();
        tokio::select! {
            () = &mut given_up => {}
            _ = progress.wait_for(|p| p.end_read) => {}
        }
    }

    /// Returns once nobody has read for a while.
    async fn unread(&self) {
        loop {
            let read_at = *self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(left) = UNREAD.checked_sub(read_at.elapsed()) else { return };
            sleep(left + Duration::from_millis(1)).await;
        }
    }

    async fn carry(&self, asking: impl Future<Output = Inside>, gateway: &Gateway) {
        let Inside { status, headers, pieces } = asking.await;
        if status.is_success() {
            self.stream(pieces).await;
        } else {
            let whole: Vec<Bytes> = pieces.collect().await;
            let error = error_in(&whole.concat());
            self.progress.send_modify(|p| p.error = Some(error));
        }
        let end = self.end(gateway, status.as_u16(), &headers);
        self.progress.send_modify(|p| p.end = Some(end));
    }

    async fn stream(&self, mut pieces: futures::stream::BoxStream<'static, Bytes>) {
        let (mut frames, mut reader, mut events) = (Frames::default(), StreamReader::default(), Vec::new());
        let mut length = 0;
        while let Some(piece) = pieces.next().await {
            length += piece.len();
            frames.push(piece);
            let cut = read_frames(&mut frames, &mut reader, &mut events);
            self.take_in(&mut events);
            if let Err(error) = cut {
                self.progress.send_modify(|p| p.error = Some(error));
            }
            if length > LARGEST || self.progress.borrow().error.is_some() {
                break;
            }
        }
        self.progress.send_if_modified(|p| {
            let cut = !p.finished && p.error.is_none();
            if cut {
                p.error = Some("the answer broke off".to_owned());
            }
            cut
        });
    }

    fn take_in(&self, events: &mut Vec<Event>) {
        if events.is_empty() {
            return;
        }
        self.progress.send_modify(|p| {
            for event in events.drain(..) {
                match event {
                    Event::Text(text) => p.text.push_str(&text),
                    Event::Reasoning(text) => p.reasoning.push_str(&text),
                    Event::Finish(_) => p.finished = true,
                    Event::Usage(usage) => p.tokens = Some(usage.output).filter(|n| *n > 0),
                    Event::Error(fault) => p.error = Some(fault.message),
                    _ => {}
                }
            }
            if p.first_token.is_none() && !(p.text.is_empty() && p.reasoning.is_empty()) {
                p.first_token = Some(self.began.elapsed());
            }
        });
    }

    fn end(&self, gateway: &Gateway, status: u16, headers: &HeaderMap) -> PlaygroundEnd {
        let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let request = header("x-changeover-request-id").unwrap_or_default();
        let explained = gateway.explanation(&request);
        let (tiers, tries) = explained.as_deref().map(told).unwrap_or_default();
        let progress = self.progress.borrow();
        let total = self.began.elapsed();
        let spoken = progress.first_token.map(|first| total.saturating_sub(first).as_secs_f64());
        let rate = spoken.filter(|s| *s > 0.0).zip(progress.tokens).map(|(s, n)| n as f64 / s);
        PlaygroundEnd {
            ok: progress.error.is_none(),
            status,
            error: progress.error.clone(),
            tier: header("x-changeover-tier").or_else(|| explained.as_ref().and_then(|e| e.tier.clone())),
            mode: header("x-changeover-mode"),
            notice: header("x-changeover-notice"),
            request,
            tokens: progress.tokens,
            tokens_per_second: rate,
            total_ms: millis(total),
            tiers,
            tries,
            fault: explained
                .as_ref()
                .and_then(|e| e.fault.as_ref())
                .map(|it| contract::Injection { tier: it.tier.clone(), fault: shown(it.fault) }),
        }
    }

    /// What came since `from`; waits up to `wait` for more.
    pub(super) async fn read(&self, from: &PlaygroundRead, wait: Duration) -> PlaygroundProgress {
        *self.read_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        let more = |p: &Progress| {
            p.end.is_some()
                || p.text.len() > from.text_at as usize
                || p.reasoning.len() > from.reasoning_at as usize
        };
        let mut progress = self.progress.subscribe();
        // Without more by then, the reader is told how long it has waited.
        let _nothing_new = timeout(wait, progress.wait_for(more)).await.is_err();
        let seen = {
            let p = self.progress.borrow();
            let since = |text: &str, at: u32| text.get(at as usize..).unwrap_or_default().to_owned();
            let at = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
            PlaygroundProgress {
                text: since(&p.text, from.text_at),
                reasoning: since(&p.reasoning, from.reasoning_at),
                text_at: at(&p.text),
                reasoning_at: at(&p.reasoning),
                first_token_ms: p.first_token.map(millis),
                elapsed_ms: millis(self.began.elapsed()),
                end: p.end.clone(),
            }
        };
        if seen.end.is_some() {
            self.progress.send_modify(|p| p.end_read = true);
        }
        seen
    }
}

fn read_frames(
    frames: &mut Frames,
    reader: &mut StreamReader,
    events: &mut Vec<Event>,
) -> Result<(), String> {
    while let Some(frame) = frames.next_frame().map_err(|e| e.to_string())? {
        reader.read(&frame, events);
    }
    Ok(())
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}
