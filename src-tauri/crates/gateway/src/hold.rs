//! The beginning of a stream, held back until its first meaningful frame.

use bytes::Bytes;
use dialect::{
    observe::{Completion, Seen},
    stream::{End, Relay},
};
use http::HeaderMap;
use upstream::{Body, Response};

use crate::{
    attempt::{Bad, Good, Limits, note_usage},
    failures,
    patience::Patience,
    record::Record,
    relay::Rest,
};

/// What is held back at most while no meaningful frame has come.
const HELD_FRAMES: u64 = 64;
const HELD_BYTES: usize = 256 * 1024;

/// A stream that has begun and of which the client has got nothing yet.
pub(crate) struct Hold<'a> {
    relay: &'a mut Relay,
    held: Vec<u8>,
    limits: Limits,
    /// Whether somebody else could be asked after this.
    others: bool,
}

/// A beginning that may go out.
pub(crate) struct Held {
    bytes: Bytes,
    headers: HeaderMap,
    limits: Limits,
    /// The rest of the body, and whether its end mark has come; absent when it has ended.
    body: Option<(Body, bool)>,
}

impl<'a> Hold<'a> {
    pub(crate) fn new(relay: &'a mut Relay, limits: Limits, others: bool) -> Self {
        Self { relay, held: Vec::new(), limits, others }
    }

    pub(crate) async fn run(mut self, response: Response, record: &mut Record) -> Result<Held, Bad> {
        let Response { headers, mut body, .. } = response;
        let mut patience = Patience::new(self.limits, self.others);
        loop {
            let next = patience.wait(body.chunk(), record).await?;
            let Some(bytes) = next? else {
                return self.ended(headers, record);
            };
            let step = self.relay.push(bytes);
            self.held.extend_from_slice(&step.out);
            if let Some(failure) = step.seen.iter().find_map(failures::of_seen) {
                return Err(failure.into());
            }
            note_usage(&step.seen, record);
            let content = step.seen.contains(&Seen::Content);
            let done = step.seen.contains(&Seen::Done);
            if content {
                record.first_token();
            } else if done {
                return self.ended(headers, record);
            }
            if content || self.relay.frames() >= HELD_FRAMES || self.held.len() >= HELD_BYTES {
                return Ok(self.held(headers, Some((body, done))));
            }
        }
    }

    /// The stream has ended within the hold.
    fn ended(mut self, headers: HeaderMap, record: &mut Record) -> Result<Held, Bad> {
        let End { out, seen, completion } = self.relay.finish();
        note_usage(&seen, record);
        let accepted = completion == Completion::Empty && !self.others;
        if let Some(failure) = failures::of_completion(&completion).filter(|_| !accepted) {
            return Err(failure.into());
        }
        record.first_token();
        self.held.extend_from_slice(&out);
        Ok(self.held(headers, None))
    }

    fn held(self, headers: HeaderMap, body: Option<(Body, bool)>) -> Held {
        Held { bytes: self.held.into(), headers, limits: self.limits, body }
    }
}

impl Held {
    /// The beginning, and the rest by way of `relay`.
    pub(crate) fn good(self, relay: Relay) -> Good {
        let Self { bytes, headers, limits, body } = self;
        let rest = body.map(|(body, done)| Box::new(Rest { body, relay, limits, done }));
        Good::Stream { held: bytes, rest, headers }
    }
}
