//! One try at one replica, up to the point where its answer may go out.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use dialect::{
    client::{Asked, Dialect},
    edit::{CapName, Edits},
    error::{ClientError, ErrorKind, Unfit},
    fault::{self, FaultKind},
    observe::{Completion, Seen},
    peek,
    stream::{End, Relay},
    whole::Whole,
    wire::{Stamp, Wire},
};
use domain::{Failure, FailureClass, ProviderKind, Tier};
use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, timeout_at};
use upstream::{Body, Client, Endpoint, Response, Target};

use crate::{failures, patience, record::Record, relay::Rest};

/// The longest error answer that is read.
const LONGEST_ERROR: usize = 256 * 1024;
/// The longest whole answer.
const LONGEST_WHOLE: usize = 64 * 1024 * 1024;
/// What is held back at most while no meaningful frame has come.
const HELD_FRAMES: u64 = 64;
const HELD_BYTES: usize = 256 * 1024;

/// When what must have come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) began: Instant,
    /// The first meaningful token, or a whole answer's head.
    pub(crate) first: Instant,
    /// How often the server is suspected while a whole answer's head has not come; absent for streams.
    pub(crate) suspect: Option<Duration>,
    /// Everything.
    pub(crate) end: Instant,
    /// The next piece, after the one before it.
    pub(crate) idle: Duration,
}

/// What a try brought.
pub(crate) enum Good {
    /// A whole answer, checked.
    Whole { body: Bytes, headers: HeaderMap },
    /// The beginning of a stream, and the rest of it unless it has ended.
    Stream { held: Bytes, rest: Option<Box<Rest>>, headers: HeaderMap },
}

/// How a try failed.
pub(crate) struct Bad {
    pub(crate) failure: Failure,
    /// What the client gets, where the failure is its own.
    pub(crate) answer: Option<Box<Refused>>,
}

impl From<Failure> for Bad {
    fn from(failure: Failure) -> Self {
        Self { failure, answer: None }
    }
}

/// An error answer of a provider, for the client.
pub(crate) enum Refused {
    /// Unchanged: the provider speaks the client's dialect.
    AsItIs { status: StatusCode, headers: HeaderMap, body: Bytes },
    /// Of our own making, in the client's dialect.
    InOurWords(ClientError),
}

/// What is sent, and how the answer is read.
pub(crate) struct Ask<'a> {
    pub(crate) client: &'a Client,
    pub(crate) target: Target<'a>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) wire: Wire,
    pub(crate) asked: &'a Asked,
    pub(crate) stamp: Stamp,
    pub(crate) limits: Limits,
    /// Whether somebody else could be asked after this.
    pub(crate) others: bool,
}

/// What a tier speaks, if this version speaks it: the client's own dialect where the provider has it.
pub(crate) const fn wire_of(provider: ProviderKind, dialect: Dialect) -> Option<Wire> {
    if matches!(dialect, Dialect::Responses) && provider.speaks_responses() {
        return Some(Wire::Responses);
    }
    match provider.wire() {
        domain::Wire::OpenAi => Some(Wire::OpenAi),
        domain::Wire::Ollama => Some(Wire::Ollama),
        domain::Wire::Unspoken => None,
    }
}

/// Where a request goes on a server that speaks this.
const fn endpoint_of(wire: Wire) -> Endpoint<'static> {
    match wire {
        Wire::OpenAi | Wire::Ollama => Endpoint::Chat,
        Wire::Responses => Endpoint::Responses,
    }
}

/// The client's request as a tier gets it, with the fields that its dialect has no word for.
pub(crate) fn prepare(wire: Wire, tier: &Tier, asked: &Asked) -> Result<(Bytes, Vec<String>), Bad> {
    let edits = Edits {
        model: Some(tier.model.clone()),
        max_tokens_cap: tier.degrade.max_tokens,
        cap_name: match tier.provider {
            ProviderKind::OpenAi => CapName::MaxCompletionTokens,
            _ => CapName::MaxTokens,
        },
        temperature: tier.degrade.temperature,
        system_note: tier.degrade.system_note.clone(),
        force_usage: takes_stream_options(tier.provider),
        continuing: None,
    };
    match wire.prepare(asked, &edits) {
        Ok(prepared) => Ok((prepared.body, prepared.dropped)),
        Err(Unfit::Bad(bad)) => Err(Bad {
            failure: Failure::new(FailureClass::ClientMistake, "the request is not well-formed"),
            answer: Some(Box::new(Refused::InOurWords(bad.into()))),
        }),
        Err(unfit @ Unfit::CannotCarry(_)) => {
            let message = unfit.to_string();
            let error = ClientError { code: Some("unsupported".into()), ..mistake(message.clone()) };
            let failure = Failure::new(FailureClass::Unsupported, message);
            Err(Bad { failure, answer: Some(Box::new(Refused::InOurWords(error))) })
        }
    }
}

/// Whether a stream may be asked for its usage without the risk of a refusal (Mistral has no `stream_options`).
const fn takes_stream_options(provider: ProviderKind) -> bool {
    !matches!(provider, ProviderKind::Mistral | ProviderKind::Tgi | ProviderKind::Other)
}

fn mistake(message: String) -> ClientError {
    ClientError::new(ErrorKind::InvalidRequest, message)
}

impl Ask<'_> {
    /// Sends the request and waits until its answer may go out.
    pub(crate) async fn run(self, record: &mut Record) -> Result<Good, Bad> {
        let Self { client, target, headers, body, wire, asked, stamp, limits, others } = self;
        let stream = asked.peek.stream;
        let sent = body.clone();
        let sending = client.send(&target, endpoint_of(wire), headers, body, stream);
        let mut response = patience::head(sending, limits, others, record).await??;
        if !response.status.is_success() {
            return Err(refused(response, &sent, wire.is_native(asked.dialect), limits).await);
        }
        if stream {
            let relay = wire.relay(asked, stamp);
            Hold { relay, held: Vec::new(), limits, others }.run(response, record).await
        } else {
            let body = read_whole(&mut response.body, limits).await?;
            whole(wire.whole(asked, &body, &stamp), response.headers, others, record)
        }
    }
}

impl Limits {
    /// The failure of a first token that did not come in time.
    pub(crate) fn late(self) -> Failure {
        if self.first >= self.end {
            return late_end(self);
        }
        let what = if self.suspect.is_some() { "answer" } else { "first token" };
        let waited = (self.first - self.began).as_millis();
        Failure::new(FailureClass::FirstTokenTimeout, format!("no {what} within {waited} ms"))
    }
}

/// Reads an error answer: its class, and what the client gets if it is the client's own. `native`: the provider speaks
/// the client's dialect.
async fn refused(mut response: Response, sent: &[u8], native: bool, limits: Limits) -> Bad {
    // What there is of it will do: the status alone says enough.
    let read = timeout_at(limits.first, response.body.up_to(LONGEST_ERROR)).await;
    let body = read.ok().and_then(Result::ok).unwrap_or_default();
    let header = |name: &str| Some(response.headers.get(name)?.to_str().ok()?.to_owned());
    let fault = fault::classify(response.status.as_u16(), &header, &body, SystemTime::now());
    // Some servers fail over a body that is not JSON, and what is inside the messages was not looked at before.
    if fault.kind == FaultKind::ServerError
        && let Err(bad) = peek::check(sent)
    {
        let failure = Failure::new(FailureClass::ClientMistake, bad.message.clone());
        return Bad { failure, answer: Some(Box::new(Refused::InOurWords(bad.into()))) };
    }
    let answer = if native {
        Refused::AsItIs { status: response.status, headers: response.headers, body }
    } else {
        let error = ClientError::new(ErrorKind::from(fault.kind), fault.message.clone());
        Refused::InOurWords(ClientError { code: fault.code.clone(), ..error })
    };
    Bad { failure: failures::of_fault(&fault), answer: Some(Box::new(answer)) }
}

/// What a whole answer that was read and judged comes to.
fn whole(whole: Whole, headers: HeaderMap, others: bool, record: &mut Record) -> Result<Good, Bad> {
    if let Some(usage) = whole.usage {
        record.usage(usage);
    }
    let accepted = whole.completion == Completion::Empty && !others;
    match failures::of_completion(&whole.completion).filter(|_| !accepted) {
        Some(failure) => Err(failure.into()),
        None => Ok(Good::Whole { body: whole.body, headers }),
    }
}

/// Reads a whole answer's body, within the idle time between two pieces and the total time.
async fn read_whole(body: &mut Body, limits: Limits) -> Result<Bytes, Failure> {
    let mut whole = BytesMut::new();
    loop {
        let idle_end = Instant::now() + limits.idle;
        let next = match timeout_at(idle_end.min(limits.end), body.chunk()).await {
            Ok(next) => next?,
            Err(_) if limits.end <= idle_end => return Err(late_end(limits)),
            Err(_) => {
                let message = format!("nothing of the answer for {} ms", limits.idle.as_millis());
                return Err(Failure::new(FailureClass::IdleTimeout, message));
            }
        };
        let Some(piece) = next else { return Ok(whole.freeze()) };
        if whole.len() + piece.len() > LONGEST_WHOLE {
            return Err(Failure::new(FailureClass::Malformed, "the answer is larger than 64 MiB"));
        }
        whole.extend_from_slice(&piece);
    }
}

pub(crate) fn late_end(limits: Limits) -> Failure {
    let waited = (limits.end - limits.began).as_millis();
    Failure::new(FailureClass::TotalTimeout, format!("the answer did not end within {waited} ms"))
}

/// The beginning of a stream, held back until its first meaningful frame.
struct Hold {
    relay: Relay,
    held: Vec<u8>,
    limits: Limits,
    others: bool,
}

impl Hold {
    async fn run(mut self, response: Response, record: &mut Record) -> Result<Good, Bad> {
        let Response { headers, mut body, .. } = response;
        loop {
            let next = timeout_at(self.limits.first, body.chunk()).await.map_err(|_| self.limits.late())?;
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
                return Ok(self.committed(headers, body, done));
            }
        }
    }

    /// The stream has ended within the hold.
    fn ended(self, headers: HeaderMap, record: &mut Record) -> Result<Good, Bad> {
        let Self { mut relay, mut held, others, .. } = self;
        let End { out, seen, completion } = relay.finish();
        note_usage(&seen, record);
        let accepted = completion == Completion::Empty && !others;
        if let Some(failure) = failures::of_completion(&completion).filter(|_| !accepted) {
            return Err(failure.into());
        }
        record.first_token();
        held.extend_from_slice(&out);
        Ok(Good::Stream { held: held.into(), rest: None, headers })
    }

    fn committed(self, headers: HeaderMap, body: Body, done: bool) -> Good {
        let rest = Rest { body, relay: self.relay, limits: self.limits, done };
        Good::Stream { held: self.held.into(), rest: Some(Box::new(rest)), headers }
    }
}

/// Keeps the token counts that a stream told.
pub(crate) fn note_usage(seen: &[Seen], record: &mut Record) {
    for seen in seen {
        if let Seen::Usage(usage) = seen {
            record.usage(*usage);
        }
    }
}
