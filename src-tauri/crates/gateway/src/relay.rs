//! A stream after its first meaningful frame: relayed whole frame by whole frame, and never presented as complete
//! when it is not.

use std::time::Duration;

use bytes::Bytes;
use dialect::{
    error::{ClientError, ErrorKind},
    observe::Seen,
    stream::{End, Relay},
};
use domain::{Failure, FailureClass, event::RequestResult};
use futures::stream::{BoxStream, StreamExt};
use memchr::memchr2;
use tokio::time::{Instant, timeout};
use upstream::Body;

use crate::{
    attempt::{Limits, late_end, note_usage},
    failures,
    lull::Lull,
    record::Record,
    resume::Going,
    settled::Streamed,
};

/// What is still to come of a stream.
pub(crate) struct Rest {
    pub(crate) body: Body,
    pub(crate) relay: Relay,
    pub(crate) limits: Limits,
    /// Whether the end mark has come, so that only the end of the body is still to come.
    pub(crate) done: bool,
}

/// After the end mark the body has this long to end by itself, which is what lets its connection be used again.
const PARTING: Duration = Duration::from_millis(250);

/// The pieces of a committed stream, to its end; some may be empty. Dropping them is the client's hang-up.
pub(crate) fn pieces(stream: Streamed) -> BoxStream<'static, Bytes> {
    let Streamed { mut record, held, rest, mut resume } = stream;
    async_stream::stream! {
        let mut going = Going { held, rest };
        loop {
            let Some(rest) = going.rest else {
                record.finish(RequestResult::Answered, None);
                yield going.held;
                return;
            };
            yield going.held;
            let Rest { mut body, mut relay, limits, mut done } = *rest;
            let mut quiet_since = Instant::now();
            let mut lull = Lull::new(quiet_since + limits.idle);
            let cut = record.cut().as_ref().clone().cancelled_owned();
            tokio::pin!(cut);
            let broken = loop {
                // The cut is looked for only when there is nothing to relay, which is soon: a server makes tokens more
                // slowly than they are passed on.
                let next = tokio::select! {
                    biased;
                    next = next(&mut body, limits, &mut lull, quiet_since, done) => next,
                    () = &mut cut => break Some(failures::retired()),
                };
                let bytes = match next {
                    Ok(Some(bytes)) => bytes,
                    Ok(None) => break None,
                    Err(failure) => break Some(failure),
                };
                let progress = is_progress(&bytes);
                let step = relay.push(bytes);
                note_usage(&step.seen, &mut record);
                if step.seen.contains(&Seen::Content) {
                    record.first_token();
                }
                done |= step.seen.contains(&Seen::Done);
                let failure = step.seen.iter().find_map(failures::of_seen);
                if !step.out.is_empty() {
                    yield step.out;
                }
                if failure.is_some() {
                    break failure;
                }
                // Counted from here, so that a client that reads slowly does not look like a silent server.
                if progress {
                    quiet_since = Instant::now();
                }
            };
            // The upstream is let go before the client reads the last bytes.
            drop(body);
            let (out, failure) = ended(&mut record, &mut relay, broken);
            yield out;
            let Some(failure) = failure else { return };
            // What a retired model has said is not to be built upon.
            let resumable = failure.class != FailureClass::ModelRetired;
            let Some(resume) = resume.as_mut().filter(|_| resumable) else {
                yield stopped(&mut record, &failure, |error| relay.error(error));
                return;
            };
            let (every, keep_alive) = resume.keep_alive();
            going = {
                let mut next = Box::pin(resume.go_on(&mut record, &failure, relay));
                loop {
                    match timeout(every, &mut next).await {
                        Ok(going) => break going,
                        Err(_) => yield keep_alive.clone(),
                    }
                }
            };
        }
    }
    .boxed()
}

/// The next piece of the upstream's body, within the idle and total limits.
async fn next(
    body: &mut Body,
    limits: Limits,
    lull: &mut Lull,
    quiet_since: Instant,
    done: bool,
) -> Result<Option<Bytes>, Failure> {
    if done {
        return timeout(PARTING, body.chunk()).await.unwrap_or(Ok(None));
    }
    let idle_end = quiet_since + limits.idle;
    match lull.unless(idle_end.min(limits.end), body.chunk()).await {
        Some(next) => next,
        None if limits.end <= idle_end => Err(late_end(limits)),
        None => Err(silent(limits.idle)),
    }
}

fn silent(idle: Duration) -> Failure {
    Failure::new(FailureClass::IdleTimeout, format!("no token for {} ms", idle.as_millis()))
}

/// The upstream's body has ended, or is given up: what is left of it for the client, and how the answer broke off if it
/// did.
fn ended(record: &mut Record, relay: &mut Relay, broken: Option<Failure>) -> (Bytes, Option<Failure>) {
    let End { out, seen, completion } = relay.finish();
    note_usage(&seen, record);
    match failures::of_completion(&completion) {
        // Whatever happened to the connection afterwards, the answer was whole.
        None => {
            record.finish(RequestResult::Answered, None);
            (out, None)
        }
        Some(incomplete) => (out, Some(broken.unwrap_or(incomplete))),
    }
}

/// Ends a stream that has begun with an error, in the client's dialect as `write` writes it.
pub(crate) fn stopped(
    record: &mut Record,
    failure: &Failure,
    write: impl FnOnce(&ClientError) -> Bytes,
) -> Bytes {
    let tier = record.serving_tier().to_owned();
    record.finish(RequestResult::Failed, Some(failure));
    let kind = match failure.class {
        FailureClass::IdleTimeout | FailureClass::TotalTimeout | FailureClass::UpstreamTimeout => {
            ErrorKind::Timeout
        }
        _ => ErrorKind::Upstream,
    };
    let why = failure.message.trim_end_matches('.');
    let message = format!(
        "The answer of tier `{tier}` broke off: {why}. What came so far is incomplete; send the request again."
    );
    let code = Some("stream_interrupted".to_owned());
    write(&ClientError { code, ..ClientError::new(kind, message) })
}

/// Whether a piece is more than keep-alive comments and blank lines, which must not hide that nothing comes.
fn is_progress(piece: &[u8]) -> bool {
    let mut rest = piece;
    while !rest.is_empty() {
        let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let (line, tail) = rest.split_at(end);
        if !line.is_empty() && !is_quiet(line) {
            return true;
        }
        rest = tail.get(1..).unwrap_or_default();
    }
    false
}

/// A comment, or a line of Anthropic's `ping`.
fn is_quiet(line: &[u8]) -> bool {
    const PINGS: [&[u8]; 3] = [b"event: ping", b"data: {\"type\":\"ping\"}", b"data: {\"type\": \"ping\"}"];
    line.first() == Some(&b':') || PINGS.contains(&line)
}

#[cfg(test)]
mod tests {
    use super::is_progress;

    #[test]
    fn a_comment_is_no_progress() {
        for quiet in [
            "event: ping\ndata: {\"type\": \"ping\"}\n\n",
            ": ping\n\n",
            ":\n\n",
            "\n",
            "\r\n\r\n",
            ": a\n\n: b\n\n",
            "",
        ] {
            assert!(!is_progress(quiet.as_bytes()), "{quiet:?}");
        }
        for word in ["data: {}\n\n", ": ping\n\ndata: 1\n\n", "{\"done\":false}\n"] {
            assert!(is_progress(word.as_bytes()), "{word:?}");
        }
    }
}
