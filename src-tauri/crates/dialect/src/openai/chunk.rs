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
    model: Option<Word<'a>>,
    #[serde(default, borrow)]
    object: Option<Word<'a>>,
    #[serde(default, borrow)]
    pub choices: Option<Vec<Choice<'a>>>,
    /// Read apart from the rest: a figure that is no count must not spoil an answer.
    #[serde(default, borrow)]
    usage: Option<&'a RawValue>,
    #[serde(default, borrow)]
    error: Option<&'a RawValue>,
}

/// A text that is borrowed where it can be: within an `Option` serde does that only for a type of its own.
#[derive(Debug, Deserialize)]
struct Word<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Chunk<'a> {
    /// The model that answers; empty where it is not said.
    pub fn model(&self) -> &str {
        self.model.as_ref().map_or("", |model| &model.0)
    }

    pub fn read(json: &'a [u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }

    /// Whether it has a field for the usage that is not null, whatever is in it.
    pub fn has_usage(&self) -> bool {
        self.usage.is_some()
    }

    /// The token counts, as far as they are counts.
    pub fn usage(&self) -> Option<Usage> {
        serde_json::from_str::<Figures>(self.usage?.get()).ok()?.usage()
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
            || self.object.as_ref().is_some_and(|object| object.0 == "error")
    }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Choice<'a> {
    #[serde(default)]
    pub index: Option<u32>,
    #[serde(default, borrow, alias = "message")]
    pub delta: Option<Delta<'a>>,
    /// The text, in text completions.
    #[serde(default, borrow)]
    pub text: Text<'a>,
    #[serde(default, borrow)]
    finish_reason: Option<Word<'a>>,
    /// The stop text that was met, or a token's number, as vLLM and SGLang say it.
    #[serde(default, borrow, alias = "matched_stop")]
    stop_reason: Option<&'a RawValue>,
}

impl Choice<'_> {
    /// Why it ended; an empty word says that it has not.
    pub fn finish(&self) -> Option<&str> {
        self.finish_reason.as_ref().map(|word| &*word.0).filter(|word| !word.is_empty())
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
    figure.as_u64().or_else(|| from_real(figure.as_f64()?))
}

/// A field of `usage` that anybody here looks at.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Field {
    PromptTokens,
    CompletionTokens,
    PromptTokensDetails,
    CompletionTokensDetails,
    CachedTokens,
    CacheWriteTokens,
    ReasoningTokens,
    /// `DeepSeek`'s name for cached tokens.
    PromptCacheHitTokens,
    #[serde(other)]
    Other,
}

/// What stands in `usage`: a count, or an object with counts in it. What is neither is nothing.
#[derive(Debug, Default)]
struct Figures {
    count: Option<u64>,
    input: Option<u64>,
    output: Option<u64>,
    hits: Option<u64>,
    /// The counts that stand in the details, under their names.
    cached: Option<u64>,
    written: Option<u64>,
    reasoning: Option<u64>,
    prompt: Option<Box<Figures>>,
    completion: Option<Box<Figures>>,
}

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
        de.deserialize_any(FiguresVisitor)
    }
}

struct FiguresVisitor;

impl<'de> Visitor<'de> for FiguresVisitor {
    type Value = Figures;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token count, or an object with token counts")
    }

    fn visit_unit<E>(self) -> Result<Figures, E> {
        Ok(Figures::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Figures, E> {
        Ok(Figures::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Figures, E> {
        Ok(Figures::default())
    }

    fn visit_u64<E>(self, count: u64) -> Result<Figures, E> {
        Ok(Figures { count: Some(count), ..Figures::default() })
    }

    fn visit_i64<E>(self, figure: i64) -> Result<Figures, E> {
        Ok(Figures { count: u64::try_from(figure).ok(), ..Figures::default() })
    }

    fn visit_f64<E>(self, figure: f64) -> Result<Figures, E> {
        Ok(Figures { count: from_real(figure), ..Figures::default() })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Figures, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Figures::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Figures, A::Error> {
        let mut found = Figures::default();
        while let Some(field) = fields.next_key::<Field>()? {
            if matches!(field, Field::Other) {
                fields.next_value::<IgnoredAny>()?;
                continue;
            }
            let value: Figures = fields.next_value()?;
            match field {
                Field::PromptTokens => found.input = value.count,
                Field::CompletionTokens => found.output = value.count,
                Field::PromptCacheHitTokens => found.hits = value.count,
                Field::CachedTokens => found.cached = value.count,
                Field::CacheWriteTokens => found.written = value.count,
                Field::ReasoningTokens => found.reasoning = value.count,
                Field::PromptTokensDetails => found.prompt = Some(Box::new(value)),
                Field::CompletionTokensDetails => found.completion = Some(Box::new(value)),
                Field::Other => {}
            }
        }
        Ok(found)
    }
}

impl Figures {
    /// None when neither of the two counts is there.
    fn usage(self) -> Option<Usage> {
        let Self { input, output, hits, .. } = self;
        let (prompt, completion) = (self.prompt.unwrap_or_default(), self.completion.unwrap_or_default());
        (input.is_some() || output.is_some()).then(|| Usage {
            input: input.unwrap_or_default(),
            output: output.unwrap_or_default(),
            cached: prompt.cached.or(hits),
            cache_written: prompt.written,
            reasoning: completion.reasoning,
        })
    }
}

/// A count that was written as a real number: some servers write `7.0`.
fn from_real(real: f64) -> Option<u64> {
    const EXACT: f64 = (1_u64 << 53) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded")]
    (real.fract() == 0.0 && (0.0..=EXACT).contains(&real)).then_some(real as u64)
}
