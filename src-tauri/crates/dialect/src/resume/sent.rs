//! What a client has been sent of a streamed answer.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    exchange::Usage,
    openai::chunk::{Chunk, Text},
    sse::{self, Frames},
    surrogates::mend,
    wire::Stamp,
};

/// What a client has been sent of a streamed answer, read from the frames of Chat Completions as they go out. Kept only
/// where a broken stream may be continued, for as long as the answer goes on.
#[derive(Debug, Default)]
pub struct Sent {
    frames: Frames,
    pub(super) stamp: Option<Stamp>,
    pub(super) model: String,
    text: String,
    /// Frames with text: servers send one token in each, or a few.
    deltas: u64,
    reasoning: bool,
    beyond_text: Option<&'static str>,
    ended: bool,
    usage: Option<Usage>,
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
    /// More frames have gone out.
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
            self.model = chunk.model.as_deref().unwrap_or_default().to_owned();
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

    /// How many tokens the text so far is: as the server counted them, else about so many.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        if let Some(usage) = self.usage {
            return usage.output;
        }
        let length = self.text.len() as u64;
        // Longer pieces than words are several tokens each, of about four bytes.
        if length <= self.deltas.saturating_mul(8) { self.deltas } else { length.div_ceil(4) }
    }

    /// What the server counted so far, where it did.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.usage
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

    /// Forgets what the server counted: another one goes on, and counts its own part.
    pub(super) fn begin_part(&mut self) -> Usage {
        let counted = self.usage.take();
        counted.unwrap_or_else(|| Usage { output: self.tokens(), ..Usage::default() })
    }
}
