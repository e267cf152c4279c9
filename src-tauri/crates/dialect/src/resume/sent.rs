//! What a client has been sent of a streamed answer.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    exchange::{Event, Usage},
    openai::chunk::{Chunk, Text},
    sse::{self, Frames},
    surrogates::mend,
    wire::Stamp,
};

/// What a client has been sent of a streamed answer: its events, or the frames of Chat Completions that went through as
/// they were. Kept only where a broken stream may be continued, for as long as the answer goes on.
#[derive(Debug, Default)]
pub struct Sent {
    frames: Frames,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) model: String,
    text: String,
    /// Pieces of text in this part: servers send one token in each, or a few.
    deltas: u64,
    reasoning: bool,
    beyond_text: Option<&'static str>,
    ended: bool,
    /// What the server of this part counted.
    usage: Option<Usage>,
    /// What it told of the prompt before it counted.
    told: Usage,
    /// The token counts of the parts before this one.
    before: Usage,
    /// Where this part's text begins.
    began_at: usize,
}

/// The parts of a chunk that are not looked at otherwise.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default, borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(default)]
    created: Option<u64>,
    #[serde(default, borrow)]
    choices: Option<Vec<Choice<'a>>>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(default)]
    logprobs: Option<IgnoredAny>,
    #[serde(default, borrow)]
    delta: Option<Delta<'a>>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(default, borrow)]
    refusal: Text<'a>,
    #[serde(default)]
    audio: Option<IgnoredAny>,
}

impl Sent {
    /// More frames of Chat Completions have gone out.
    pub fn push(&mut self, out: &Bytes) {
        self.frames.push(out.clone());
        while let Ok(Some(frame)) = self.frames.next_frame() {
            self.frame(&frame);
        }
    }

    fn frame(&mut self, frame: &[u8]) {
        let data = sse::read(frame).data;
        let data = &*mend(data.trim_ascii());
        if data.is_empty() || data == b"[DONE]" {
            return;
        }
        let (Ok(chunk), Ok(head)) = (Chunk::read(data), serde_json::from_slice::<Head<'_>>(data)) else {
            self.beyond_text.get_or_insert("a frame could not be read");
            return;
        };
        self.usage = chunk.usage().or(self.usage);
        if self.stamp.is_none() {
            self.stamp =
                head.id.map(|id| Stamp { id: id.into_owned(), created: head.created.unwrap_or_default() });
            self.model = chunk.model().to_owned();
        }
        for choice in head.choices.unwrap_or_default() {
            self.beside(&choice);
        }
        for choice in chunk.choices.unwrap_or_default() {
            if choice.index.unwrap_or_default() > 0 {
                self.beyond_text.get_or_insert("several answers at once were begun");
            }
            self.ended |= choice.finish().is_some();
            let Some(delta) = choice.delta else { continue };
            if delta.calls_a_tool() {
                self.beyond_text.get_or_insert("a tool call had begun");
            }
            self.reasoning |= !delta.reasoning().is_empty();
            self.say(&delta.content.0);
        }
    }

    fn beside(&mut self, choice: &Choice<'_>) {
        if choice.logprobs.is_some() {
            self.beyond_text.get_or_insert("the tokens' probabilities were asked for");
        }
        let Some(delta) = &choice.delta else { return };
        if delta.audio.is_some() {
            self.beyond_text.get_or_insert("sound had begun");
        }
        if !delta.refusal.0.is_empty() {
            self.beyond_text.get_or_insert("the model had begun to refuse");
        }
    }

    /// An event has been written for the client.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::Reasoning(_) => self.reasoning = true,
            Event::ToolCall { .. } | Event::ToolArguments { .. } => {
                self.beyond_text.get_or_insert("a tool call had begun");
            }
            Event::Finish(_) => self.ended = true,
            Event::Usage(usage) => self.usage = Some(*usage),
            _ => {}
        }
    }

    /// Something has gone out that is not text.
    pub(super) fn is_beyond_text(&mut self, why: &'static str) {
        self.beyond_text.get_or_insert(why);
    }

    /// The server of this part has counted so far; of that the prompt holds, whatever comes.
    pub(crate) fn told(&mut self, so_far: Option<Usage>) {
        if let Some(usage) = so_far {
            self.told = Usage { output: 0, reasoning: None, ..usage };
        }
    }

    /// More text has gone out.
    pub(super) fn say(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.push_str(text);
            self.deltas += 1;
        }
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many tokens the text so far is: as the servers counted them, else about so many.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.counted().output
    }

    /// The token counts of all parts so far.
    #[must_use]
    pub(crate) fn counted(&self) -> Usage {
        let sum = |a: Option<u64>, b: Option<u64>| a.map_or(b, |a| Some(a + b.unwrap_or_default()));
        let part = self.part();
        Usage {
            input: self.before.input + part.input,
            output: self.before.output + part.output,
            cached: sum(self.before.cached, part.cached),
            cache_written: sum(self.before.cache_written, part.cache_written),
            reasoning: sum(self.before.reasoning, part.reasoning),
        }
    }

    /// The token counts of the part that goes on: its server's, or about so many.
    #[must_use]
    pub fn part(&self) -> Usage {
        self.usage.unwrap_or_else(|| {
            let length = (self.text.len() - self.began_at) as u64;
            // Pieces longer than words are several tokens each, of about four bytes.
            let words = length <= self.deltas.saturating_mul(8);
            Usage { output: if words { self.deltas } else { length.div_ceil(4) }, ..self.told }
        })
    }

    /// Why the answer cannot be continued by another server; none when it can.
    #[must_use]
    pub fn why_not(&self) -> Option<&'static str> {
        match self.beyond_text {
            Some(why) => Some(why),
            None if self.ended => Some("it had ended already"),
            None if self.text.trim().is_empty() && self.reasoning => {
                Some("the model was still reasoning, which no other model can take up")
            }
            None => None,
        }
    }

    /// Another server goes on, and counts its own part.
    pub(crate) fn begin_part(&mut self) {
        self.before = self.counted();
        (self.usage, self.told) = (None, Usage::default());
        (self.deltas, self.began_at) = (0, self.text.len());
    }
}
