//! One try at one replica, up to the point where its answer may go out.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use dialect::{
    client::{Asked, Dialect},
    edit::{CapName, Edits},
    error::{ClientError, ErrorKind, THREAD_LOST, Unfit},
    fault::{self, FaultKind},
    observe::{Completion, Seen},
    openai::habits::Habits,
    origin::Origin,
    peek,
    pieces::Pieces,
    resume::{Broken, Continuing},
    stream::Relay,
    whole::Whole,
    wire::{Stamp, Wire},
};
use domain::{Failure, FailureClass, Fault, ProviderKind, Tier, capability::Capabilities};
use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, timeout_at};
use upstream::{Body, Client, Endpoint, Response, Target};

use crate::{
    failures,
    faulty::{self, Manner},
    hold::Hold,
    patience::Patience,
    record::Record,
    relay::Rest,
};

/// The longest error answer that is read.
const LONGEST_ERROR: usize = 256 * 1024;
/// The code of a prompt that is too long, in every dialect.
pub(crate) const TOO_LONG: &str = "context_length_exceeded";
/// The longest whole answer.
const LONGEST_WHOLE: usize = 64 * 1024 * 1024;

/// When what must have come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) began: Instant,
    /// The first meaningful token, or a whole answer's head.
    pub(crate) first: Instant,
    /// How often the server is suspected while the beginning of an answer has not come; absent where `first` comes before.
    pub(crate) suspect: Option<Duration>,
    /// Whether a stream is asked for.
    pub(crate) stream: bool,
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

impl Bad {
    /// Whether the client knows what to do about it, whatever became of the other tiers.
    pub(crate) fn mends_itself(&self) -> bool {
        let code = |refused: &Refused| match refused {
            Refused::InOurWords(error) => error.code.as_deref() == Some(THREAD_LOST),
            Refused::AsItIs { .. } => false,
        };
        self.answer.as_deref().is_some_and(code)
    }
}

impl Bad {
    /// Whether the client gets what its provider said, as a mistake of its own.
    pub(crate) fn is_in_the_providers_words(&self) -> bool {
        matches!(self.answer.as_deref(), Some(Refused::AsItIs { status, .. }) if *status == StatusCode::BAD_REQUEST)
    }
}

impl From<Failure> for Bad {
    fn from(failure: Failure) -> Self {
        // Said inside an answer; with a status of its own the provider's words are the client's.
        let full = failure.class == FailureClass::ContextTooLong;
        let error = || ClientError { code: Some(TOO_LONG.into()), ..mistake(failure.message.clone()) };
        let answer = full.then(|| Box::new(Refused::InOurWords(error())));
        Self { failure, answer }
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
    pub(crate) body: Pieces,
    pub(crate) wire: Wire,
    pub(crate) asked: &'a Asked,
    pub(crate) stamp: Stamp,
    pub(crate) limits: Limits,
    /// Whether somebody else could be asked after this.
    pub(crate) others: bool,
    /// Whether the answer may have to be continued by somebody else.
    pub(crate) keep: bool,
    /// What is injected between here and the server.
    pub(crate) fault: Option<Fault>,
}

/// The beginning of an answer that somebody else gave, for a server that is to go on with it.
pub(crate) struct Behind {
    pub(crate) continuing: Continuing,
    /// How many tokens are left of the client's cap; absent where it set none.
    pub(crate) cap: Option<u32>,
    /// The way to the client; absent from when the try's answer may go out.
    pub(crate) way: Option<Way>,
}

/// The way to a client that has been sent the beginning of an answer.
pub(crate) enum Way {
    /// It waits for somebody to go on.
    Open(Box<Broken>),
    /// What was written to it can only be ended with an error.
    Lost(Box<Relay>),
}

impl From<Relay> for Way {
    fn from(relay: Relay) -> Self {
        relay
            .broken()
            .map_or_else(|(relay, _)| Self::Lost(Box::new(relay)), |broken| Self::Open(Box::new(broken)))
    }
}

/// What a tier speaks, if this version speaks it: the client's own dialect where the provider has it.
pub(crate) const fn wire_of(provider: ProviderKind, dialect: Dialect) -> Option<Wire> {
    if matches!(dialect, Dialect::Completions) && provider.has_completions() {
        return Some(Wire::Completions);
    }
    match provider.wire() {
        domain::Wire::OpenAi if matches!(dialect, Dialect::Responses) && provider.speaks_responses() => {
            Some(Wire::Responses)
        }
        domain::Wire::OpenAi => Some(Wire::OpenAi),
        domain::Wire::Ollama if matches!(dialect, Dialect::OllamaGenerate) => Some(Wire::OllamaGenerate),
        domain::Wire::Ollama => Some(Wire::Ollama),
        domain::Wire::Anthropic => Some(Wire::Anthropic),
        domain::Wire::Gemini => Some(Wire::Gemini),
        domain::Wire::Bedrock => Some(Wire::Bedrock),
    }
}

/// Whose the sealed state of a tier's answers is.
fn origin_of(provider: ProviderKind, model: &str) -> Origin {
    Origin::of_model(provider.word(), model)
}

/// Where a request goes on a server that speaks this.
fn endpoint_of(wire: Wire, asked: &Asked) -> Endpoint<'static> {
    match wire {
        _ if asked.peek.embeds => Endpoint::Embeddings,
        Wire::OpenAi | Wire::Ollama | Wire::Anthropic | Wire::Gemini | Wire::Bedrock => Endpoint::Chat,
        Wire::OllamaGenerate => Endpoint::Generate,
        Wire::Completions => Endpoint::Completions,
        Wire::Responses => Endpoint::Responses,
    }
}

/// The client's request as a tier gets it, with the fields that its dialect has no word for.
pub(crate) fn prepare(
    wire: Wire,
    tier: &Tier,
    asked: &Asked,
    behind: Option<&Behind>,
) -> Result<(Pieces, Vec<String>), Bad> {
    let left = behind.and_then(|behind| behind.cap);
    let habits = Habits::of(tier.provider.word());
    let edits = Edits {
        model: Some(tier.model.clone()),
        max_tokens_cap: tier.degrade.max_tokens.into_iter().chain(left).min(),
        cap_name: habits.map_or(CapName::MaxTokens, Habits::cap_name),
        temperature: tier.degrade.temperature,
        system_note: tier.degrade.system_note.clone(),
        force_usage: habits.is_none_or(Habits::takes_stream_options),
        habits,
        origin: Some(origin_of(tier.provider, &tier.model)),
        continuing: behind.map(|behind| behind.continuing.clone()),
    };
    match wire.prepare(asked, &edits) {
        Ok(prepared) => Ok((prepared.body, prepared.dropped)),
        Err(Unfit::Bad(bad)) => Err(Bad {
            failure: Failure::new(FailureClass::ClientMistake, "the request is not well-formed"),
            answer: Some(Box::new(Refused::InOurWords(bad.into()))),
        }),
        Err(unfit @ Unfit::CannotCarry(_)) => {
            let message = unfit.to_string();
            let error = if unfit.is_thread() {
                thread_lost()
            } else {
                ClientError { code: Some("unsupported".into()), ..mistake(message.clone()) }
            };
            let failure = Failure::new(FailureClass::Unsupported, message);
            Err(Bad { failure, answer: Some(Box::new(Refused::InOurWords(error))) })
        }
    }
}

/// Tells a client to send its whole conversation.
fn thread_lost() -> ClientError {
    let message =
        "The server that holds this thread does not answer. Send the whole conversation in a new thread.";
    ClientError { code: Some(THREAD_LOST.into()), ..ClientError::new(ErrorKind::NotFound, message) }
}

fn mistake(message: String) -> ClientError {
    ClientError::new(ErrorKind::InvalidRequest, message)
}

impl Ask<'_> {
    /// Sends the request and waits until its answer may go out.
    pub(crate) async fn run(self, record: &mut Record, behind: Option<&mut Behind>) -> Result<Good, Bad> {
        let Self { client, target, headers, body, wire, asked, stamp, limits, others, keep, fault } = self;
        let stream = asked.peek.stream;
        let origin = origin_of(target.provider, target.model);
        let sending = client.send(&target, endpoint_of(wire, asked), headers, body, stream);
        let mut patience = Patience::new(limits, others);
        let mut response = match fault {
            None => patience.wait(sending, record).await??,
            Some(fault) => {
                let how = Manner { url: target.url, wire, client: asked.dialect, stream };
                patience.wait(Box::pin(faulty::meet(fault, how, sending)), record).await??
            }
        };
        record.head(&response.headers);
        if !response.status.is_success() {
            let mut bad = refused(response, &asked.body, wire.is_native(asked.dialect), limits).await;
            if bad.failure.class == FailureClass::ModelNotFound
                && may_lack_the_call(wire, asked, target.model)
            {
                // Its chats are not to suffer from it.
                bad.failure.class = FailureClass::Unsupported;
            }
            return Err(bad);
        }
        if stream {
            let Some(behind) = behind else {
                let mut relay = wire.relay_from(asked, stamp, Some(origin));
                if keep {
                    relay.keep();
                }
                return Hold::new(&mut relay, limits, others)
                    .run(response, record)
                    .await
                    .map(|held| held.good(relay));
            };
            let mut relay = match behind.way.take() {
                Some(Way::Open(broken)) => wire.relay_behind(*broken, &behind.continuing),
                lost => {
                    behind.way = lost;
                    return Err(
                        Failure::new(FailureClass::CutStream, "there is nothing to go on with").into()
                    );
                }
            };
            let held = Hold::new(&mut relay, limits, others).run(response, record).await;
            match held {
                Ok(held) => Ok(held.good(relay)),
                Err(bad) => {
                    behind.way = Some(relay.into());
                    Err(bad)
                }
            }
        } else {
            let body = read_whole(&mut response.body, limits).await?;
            whole(wire.whole_from(asked, &body, &stamp, Some(&origin)), response.headers, others, record)
        }
    }
}

/// Whether a server that has the model may still not have this call, so that its "not found" says nothing of the model.
fn may_lack_the_call(wire: Wire, asked: &Asked, model: &str) -> bool {
    let is_for_vectors = || Capabilities::of_model(model).embeddings == Some(true);
    wire == Wire::Completions || (asked.peek.embeds && !is_for_vectors())
}

impl Limits {
    /// The failure of a first token that did not come in time.
    pub(crate) fn late(self) -> Failure {
        if self.first >= self.end {
            return late_end(self);
        }
        let what = if self.stream { "first token" } else { "answer" };
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
    let response_status = response.status;
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
    let failure = failures::of_fault(&fault);
    let class = if response_status == StatusCode::LOOP_DETECTED { FailureClass::Loop } else { failure.class };
    Bad { failure: Failure { class, ..failure }, answer: Some(Box::new(answer)) }
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

/// Keeps the token counts that a stream told.
pub(crate) fn note_usage(seen: &[Seen], record: &mut Record) {
    for seen in seen {
        if let Seen::Usage(usage) = seen {
            record.usage(*usage);
        }
    }
}
