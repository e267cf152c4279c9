//! The dialects that upstreams speak, and the way between the client's dialect and theirs.
//!
//! This is the gateway's door on the upstream's side. A dialect is one folder with a [`Side`] in it, and one line in
//! [`Wire::side`]: it writes requests out of the exchange model and reads answers into it, and knows no client. Where
//! client and upstream speak the same, bytes go through with only the named fields changed.

use std::fmt;

use bytes::Bytes;

use crate::{
    anthropic, bedrock, carry,
    client::{Asked, Dialect},
    completions,
    edit::Edits,
    embed,
    error::Unfit,
    exchange::{
        Answer, Event, Request, Usage,
        embed::{EmbedAnswer, EmbedRequest},
    },
    fault::{Fault, malformed},
    forced::Forced,
    frames::Cutter,
    gemini,
    observe::{Completion, Observe},
    ollama::{self, Form},
    one_call::{self, OneCall},
    openai,
    origin::{self, Marking, Origin},
    pieces::Pieces,
    responses,
    resume::{Broken, Continuing},
    stream::Relay,
    whole::{self, Whole},
};

/// What an upstream speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wire {
    /// `OpenAI` Chat Completions, and everything compatible.
    OpenAi,
    /// Ollama's own `/api/chat`.
    Ollama,
    /// Ollama's own `/api/generate`, for clients that speak it too.
    OllamaGenerate,
    /// `OpenAI`'s text completions, for clients that ask for them.
    Completions,
    /// `OpenAI` Responses, for clients that speak it too.
    Responses,
    /// Anthropic Messages.
    Anthropic,
    /// Google's Gemini API.
    Gemini,
    /// Bedrock's Converse and `ConverseStream`.
    Bedrock,
}

/// What an answer of our own making carries about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The answer's id, for example `chatcmpl-…` (see [`Dialect::answer_id`]).
    pub id: String,
    /// When it was made, in seconds since 1970.
    pub created: u64,
}

/// A request ready for an upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The body to send.
    pub body: Pieces,
    /// Fields that the upstream's dialect has no word for and that do not change the answer; say so in the
    /// explanation of the request.
    pub dropped: Vec<String>,
}

impl From<Pieces> for Prepared {
    fn from(body: Pieces) -> Self {
        Self { body, dropped: Vec::new() }
    }
}

impl From<Bytes> for Prepared {
    fn from(body: Bytes) -> Self {
        Pieces::from(body).into()
    }
}

impl Wire {
    /// Whether a client of this dialect gets the upstream's bytes as they are.
    #[must_use]
    pub fn is_native(self, dialect: Dialect) -> bool {
        self.side().native() == Some(dialect)
    }

    /// Cuts a streamed answer into frames.
    #[must_use]
    pub fn cutter(self) -> Cutter {
        self.side().cutter()
    }

    /// The client's request in this dialect, edited.
    ///
    /// # Errors
    /// The request is wrong, or this dialect cannot carry it.
    pub fn prepare(self, asked: &Asked, edits: &Edits) -> Result<Prepared, Unfit> {
        if asked.peek.embeds {
            return embed::prepare(self.side(), asked, edits);
        }
        let carries = asked.peek.sealed && self != Self::Gemini;
        let unsigned = carries.then(|| carry::unsigned(&asked.body)).flatten();
        let read = unsigned.map(|body| Asked::read(asked.dialect, body)).transpose()?;
        let asked = read.as_ref().unwrap_or(asked);
        let editable = edits.continuing.is_none() || self.side().goes_on();
        if self.is_native(asked.dialect) && editable {
            return self.side().rewrite(asked, edits);
        }
        let mut request = asked.request()?;
        origin::unmark(&mut request, edits.origin.as_ref());
        if !request.bound.is_empty() {
            return Err(Unfit::CannotCarry(request.bound));
        }
        if edits.continuing.is_some() && self.side().calls_at_will() && one_call::is_wanted(&request) {
            return Err(Unfit::CannotCarry(vec!["parallel_tool_calls".into()]));
        }
        edits.apply(&mut request);
        let mut prepared = self.side().write(&request, edits)?;
        prepared.dropped.splice(0..0, request.dropped);
        Ok(prepared)
    }

    /// Checks, and translates where needed, an answer that came in one piece with a status of 2xx.
    #[must_use]
    pub fn whole(self, asked: &Asked, body: &Bytes, stamp: &Stamp) -> Whole {
        self.whole_from(asked, body, stamp, None)
    }

    /// The same, with what the model wants back unread marked as that of its tier.
    #[must_use]
    pub fn whole_from(self, asked: &Asked, body: &Bytes, stamp: &Stamp, origin: Option<&Origin>) -> Whole {
        if asked.peek.embeds {
            return embed::whole(self.side(), asked, body);
        }
        let side = self.side();
        let native = self.is_native(asked.dialect);
        let takes = |answer: Answer| {
            if native { Ok(answer) } else { asked.dialect.side().takes(&answer).map(|()| answer) }
        };
        let called = |answer: Answer| match self.forced(asked) {
            Some(forced) => forced.answer(answer),
            None => Ok(answer),
        };
        // What is not read of an answer reaches the client as it is, and must be text as well.
        let read = match std::str::from_utf8(body) {
            Ok(_) => side.answer(body).and_then(called).and_then(takes),
            Err(_) => Err(malformed("The answer is not UTF-8.", b"")),
        };
        let mut whole = whole::judge(read, side.finish_field(), |answer| {
            if native {
                return body.clone();
            }
            let mut answer = answer.clone();
            if answer.model.is_empty() {
                answer.model.clone_from(&asked.peek.model);
            }
            if self.holds_calls_back(asked) {
                answer.tool_calls.truncate(1);
            }
            if let Some(origin) = origin {
                origin.mark_answer(&mut answer);
            }
            asked.answer(&answer, stamp)
        });
        if whole.completion == Completion::Empty && side.may_say_nothing() {
            whole.completion = Completion::Complete;
        }
        whole
    }

    /// The way back for a streamed answer with a status of 2xx. The usage goes to the client only if it asked.
    #[must_use]
    pub fn relay(self, asked: &Asked, stamp: Stamp) -> Relay {
        self.relay_from(asked, stamp, None)
    }

    /// The same, with what the model wants back unread marked as that of its tier.
    #[must_use]
    pub fn relay_from(self, asked: &Asked, stamp: Stamp, origin: Option<Origin>) -> Relay {
        let side = self.side();
        if self.is_native(asked.dialect) {
            return Relay::same(asked, stamp, side);
        }
        let mut writer = asked.writer(stamp);
        if self.holds_calls_back(asked) {
            writer = Box::new(OneCall::new(writer));
        }
        let mut reader = side.reader();
        if let Some(forced) = self.forced(asked) {
            reader = forced.reader(reader);
        }
        Relay::between(
            side,
            &asked.peek.model,
            reader,
            match origin {
                Some(origin) => Box::new(Marking { writer, origin }),
                None => writer,
            },
        )
    }

    /// The way back for the rest of an answer that broke off, as this upstream goes on with it.
    #[must_use]
    pub fn relay_behind(self, broken: Broken, continuing: &Continuing) -> Relay {
        Relay::behind(self.side(), broken, continuing)
    }

    /// Whether the client gets one of several calls only.
    fn holds_calls_back(self, asked: &Asked) -> bool {
        let wanted = || asked.request().is_ok_and(|request| one_call::is_wanted(&request));
        asked.peek.has_tools && self.side().calls_at_will() && wanted()
    }

    /// The tools of which this upstream was made to call one by the form of its answer.
    fn forced(self, asked: &Asked) -> Option<Forced> {
        let peek = &asked.peek;
        let may = peek.has_tools
            && peek.forces_tool
            && self.side().calls_by_form()
            && !self.is_native(asked.dialect);
        may.then(|| asked.request().ok()).flatten().as_ref().and_then(Forced::of)
    }

    fn side(self) -> &'static dyn Side {
        match self {
            Self::OpenAi => &openai::Server,
            Self::Ollama => &ollama::Server(Form::Chat),
            Self::OllamaGenerate => &ollama::Server(Form::Generate),
            Self::Completions => &completions::Server,
            Self::Responses => &responses::Server,
            Self::Anthropic => &anthropic::Server,
            Self::Gemini => &gemini::Server,
            Self::Bedrock => &bedrock::Server,
        }
    }
}

/// Reads a streamed answer.
pub trait Reader: fmt::Debug + Send {
    /// Reads one frame (see [`Cutter`]), and adds what it says to `events`; [`Event::Done`] when nothing follows it.
    fn read(&mut self, frame: &[u8], events: &mut Vec<Event>);

    /// What the server has counted so far, where it counts the prompt before the answer.
    fn so_far(&self) -> Option<Usage> {
        None
    }
}

/// What an upstream's dialect is made of.
pub(crate) trait Side: Sync {
    /// The dialect whose clients get this upstream's bytes as they are.
    fn native(&self) -> Option<Dialect> {
        None
    }

    /// The request of a client of that dialect, edited without being taken apart.
    fn rewrite(&self, asked: &Asked, edits: &Edits) -> Result<Prepared, Unfit> {
        let mut request = asked.request()?;
        edits.apply(&mut request);
        self.write(&request, edits)
    }

    /// Whether such an edit can put the beginning of an answer behind the client's messages.
    fn goes_on(&self) -> bool {
        false
    }

    /// Whether no word of this dialect keeps a model from calling several tools at once.
    fn calls_at_will(&self) -> bool {
        false
    }

    /// Whether a tool that must be called is asked for by the form of the answer (see [`Forced`]).
    fn calls_by_form(&self) -> bool {
        false
    }

    /// Whether an answer with nothing in it is one.
    fn may_say_nothing(&self) -> bool {
        false
    }

    /// Reads along with a stream that goes through as it is.
    fn observer(&self) -> Box<dyn Observe> {
        Box::new(crate::observe::ByEvents::new(self.reader(), self.finish_field()))
    }

    /// What ends such a stream, where a server leaves it out.
    fn end_mark(&self) -> &'static [u8] {
        b""
    }

    /// Writes a request that has been edited; the edits are for what the exchange model has no word for.
    fn write(&self, request: &Request, edits: &Edits) -> Result<Prepared, Unfit>;

    /// Reads a whole answer that came with a status of 2xx.
    fn answer(&self, body: &[u8]) -> Result<Answer, Fault>;

    /// The dialect of embeddings whose clients get this upstream's bytes as they are.
    fn embeds_as(&self) -> Option<Dialect> {
        None
    }

    /// Writes a request for embeddings.
    fn write_embed(&self, _: &EmbedRequest) -> Result<Prepared, Unfit> {
        Err(Unfit::CannotCarry(vec!["a request for embeddings".into()]))
    }

    /// Reads the answer to one.
    fn read_embed(&self, body: &[u8]) -> Result<EmbedAnswer, Fault> {
        Err(malformed("Embeddings came from a server that has none.", body))
    }

    /// Cuts a stream into frames.
    fn cutter(&self) -> Cutter;

    /// Reads those frames.
    fn reader(&self) -> Box<dyn Reader>;

    /// Where this dialect tells why an answer ended.
    fn finish_field(&self) -> &'static str;
}
