//! The parts of an answer that anybody here looks at; everything else in it is skipped, not parsed.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use super::finish_reason;
use crate::exchange::{FinishReason, Usage};

/// A chunk of a stream, or a whole answer: they differ in `delta` against `message` only.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Chunk<'a> {
    #[serde(default, borrow)]
    pub model: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    pub object: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    pub choices: Option<Vec<Choice<'a>>>,
    /// Read apart from the rest: a figure that is no count must not spoil an answer.
    #[serde(default, borrow)]
    usage: Option<&'a RawValue>,
    #[serde(default, borrow)]
    error: Option<&'a RawValue>,
}

impl<'a> Chunk<'a> {
    pub fn read(json: &'a [u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }

    /// Whether it has a field for the usage that is not null, whatever is in it.
    pub fn has_usage(&self) -> bool {
        self.usage.is_some()
    }

    /// The token counts, as far as they are counts.
    pub fn usage(&self) -> Option<Usage> {
        usage(&serde_json::from_str(self.usage?.get()).ok()?)
    }

    /// The text as it stands in the JSON, where a text of its one choice is all that there is to be seen in it.
    pub fn only_text(&self) -> Option<&'a str> {
        let [choice] = self.choices.as_deref()? else { return None };
        let delta = choice.delta.as_ref()?;
        if self.usage.is_some() || choice.finish().is_some() || delta.audio.is_some() || delta.calls_a_tool()
        {
            return None;
        }
        let as_it_stands = |text: &Text<'a>| match text.0 {
            Cow::Borrowed(text) if !text.is_empty() => Some(text),
            _ => None,
        };
        [&delta.content, &delta.reasoning_content, &delta.reasoning].into_iter().find_map(as_it_stands)
    }

    /// Whether it reports an error: `OpenAI`'s field, unless it holds nothing, or older servers' object type.
    pub fn is_error(&self) -> bool {
        self.error.is_some_and(|it| !matches!(it.get(), "null" | "false" | "\"\""))
            || self.object.as_deref() == Some("error")
    }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Choice<'a> {
    #[serde(default)]
    pub index: Option<u32>,
    #[serde(default, borrow, alias = "message")]
    pub delta: Option<Delta<'a>>,
    #[serde(default, borrow)]
    finish_reason: Option<Cow<'a, str>>,
    /// The stop text that was met, or a token's number, as vLLM and SGLang say it.
    #[serde(default, borrow, alias = "matched_stop")]
    stop_reason: Option<&'a RawValue>,
}

impl Choice<'_> {
    /// Why it ended; an empty word says that it has not.
    pub fn finish(&self) -> Option<&str> {
        self.finish_reason.as_deref().filter(|word| !word.is_empty())
    }

    /// Why it ended, with the stop text that was met where the server names it.
    pub fn reason(&self) -> Option<FinishReason> {
        let met: Option<String> = self.stop_reason.and_then(|it| serde_json::from_str(it.get()).ok());
        self.finish().map(|word| finish_reason(word).at(met.as_deref()))
    }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Delta<'a> {
    #[serde(default, borrow)]
    pub content: Text<'a>,
    #[serde(default, borrow)]
    pub refusal: Text<'a>,
    #[serde(default, borrow)]
    reasoning_content: Text<'a>,
    #[serde(default, borrow)]
    reasoning: Text<'a>,
    #[serde(default, borrow)]
    pub tool_calls: Option<Vec<Call<'a>>>,
    #[serde(default)]
    function_call: Option<IgnoredAny>,
    #[serde(default)]
    audio: Option<IgnoredAny>,
}

impl Delta<'_> {
    /// The reasoning, under whichever name.
    pub fn reasoning(&self) -> &str {
        if self.reasoning_content.0.is_empty() { &self.reasoning.0 } else { &self.reasoning_content.0 }
    }

    pub fn calls_a_tool(&self) -> bool {
        self.function_call.is_some() || self.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty())
    }

    /// Whether there is anything in it that a client would miss.
    pub fn is_meaningful(&self) -> bool {
        !self.content.0.is_empty()
            || !self.reasoning().is_empty()
            || !self.refusal.0.is_empty()
            || self.audio.is_some()
            || self.calls_a_tool()
    }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Call<'a> {
    #[serde(default)]
    pub index: Option<u32>,
    #[serde(default, borrow)]
    pub id: Text<'a>,
    #[serde(default, borrow)]
    pub function: Option<Function<'a>>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Function<'a> {
    #[serde(default, borrow)]
    pub name: Text<'a>,
    #[serde(default, borrow)]
    pub arguments: Text<'a>,
}

/// A text that may be absent, null, or a list of parts.
#[derive(Debug, Default)]
pub(crate) struct Text<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
        de.deserialize_any(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a list of parts, or null")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let mut all = String::new();
        while let Some(Text(part)) = parts.next_element()? {
            all.push_str(&part);
        }
        Ok(Cow::Owned(all))
    }

    /// A part: its text, wherever it lies (`text`, or `thinking`, itself a list).
    fn visit_map<A: MapAccess<'de>>(self, mut part: A) -> Result<Self::Value, A::Error> {
        let mut all = String::new();
        while let Some(key) = part.next_key::<Cow<'de, str>>()? {
            if matches!(key.as_ref(), "text" | "thinking" | "refusal") {
                all.push_str(&part.next_value::<Text<'de>>()?.0);
            } else {
                part.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Cow::Owned(all))
    }
}

/// A token count, if `figure` is one: some servers write `7.0`, and some `-1` for what they did not count.
pub(crate) fn count(figure: &Value) -> Option<u64> {
    const EXACT: f64 = (1_u64 << 53) as f64;
    let from_real = || {
        let real = figure.as_f64().filter(|real| real.fract() == 0.0 && (0.0..=EXACT).contains(real))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above")]
        Some(real as u64)
    };
    figure.as_u64().or_else(from_real)
}

/// Reads `usage`; none when it holds neither of the two counts.
fn usage(fields: &Value) -> Option<Usage> {
    let at = |path: &str| fields.pointer(path).and_then(count);
    let (input, output) = (at("/prompt_tokens"), at("/completion_tokens"));
    (input.is_some() || output.is_some()).then(|| Usage {
        input: input.unwrap_or_default(),
        output: output.unwrap_or_default(),
        // The second name is DeepSeek's.
        cached: at("/prompt_tokens_details/cached_tokens").or_else(|| at("/prompt_cache_hit_tokens")),
        cache_written: at("/prompt_tokens_details/cache_write_tokens"),
        reasoning: at("/completion_tokens_details/reasoning_tokens"),
    })
}
