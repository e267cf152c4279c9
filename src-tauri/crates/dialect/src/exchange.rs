//! The one model between the dialects: what a request asks and what an answer says, in nobody's syntax.
//!
//! It carries one choice per answer (`n` is kept so that a writer can refuse it). Token counts are whole tokens;
//! [`Usage::input`] includes what came from a cache and [`Usage::output`] includes reasoning, as `OpenAI` counts them.

use serde_json::{Map, Value};

pub mod embed;

/// A request for one chat answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// The model asked for.
    pub model: String,
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// The tools that the model may call.
    pub tools: Vec<Tool>,
    /// Whether and which tool must be called; `None` where the client did not say.
    pub tool_choice: Option<ToolChoice>,
    /// Whether several calls at once are allowed; `None` where the client did not say.
    pub parallel_tool_calls: Option<bool>,
    /// The form that the answer must have.
    pub format: Format,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// How tokens are drawn.
    pub sampling: Sampling,
    /// At most this many output tokens.
    pub max_tokens: Option<u32>,
    /// How hard to reason, in `OpenAI`'s words (`none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`).
    pub effort: Option<String>,
    /// At most this many tokens of reasoning, where the client said so in tokens; 0 switches reasoning off.
    pub thinking_budget: Option<u32>,
    /// How many answers; more than one is refused by every writer that cannot ask for it.
    pub n: Option<u32>,
    /// Whether the answer is streamed.
    pub stream: bool,
    /// Whether a stream ends with its usage.
    pub stream_usage: bool,
    /// Fields that this model has no word for, as the client wrote them.
    pub extra: Map<String, Value>,
    /// What shapes the answer and only an upstream of the client's own dialect can carry, in the client's words.
    pub bound: Vec<String>,
    /// What is left out on the way into this model and does not change the answer, in the client's words.
    pub dropped: Vec<String>,
}

impl Request {
    /// Takes away every tool but those of these names. Where none would be left, all of them stay, and the choice is one
    /// that nobody else has a word for.
    pub(crate) fn allow_only(&mut self, names: &[String]) {
        let is_allowed = |tool: &Tool| names.contains(&tool.name);
        if self.tools.iter().any(is_allowed) {
            self.tools.retain(is_allowed);
        } else {
            self.tool_choice = Some(ToolChoice::Other(ALLOWED_TOOLS.to_owned()));
        }
    }
}

/// The type of a tool choice that names those of the tools that may be called.
pub(crate) const ALLOWED_TOOLS: &str = "allowed_tools";

/// How tokens are drawn. A field that is `None` is left to the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampling {
    /// 0 is the most likely token, always.
    pub temperature: Option<f64>,
    /// Nucleus sampling, 0 to 1.
    pub top_p: Option<f64>,
    /// Only the k most likely tokens.
    pub top_k: Option<i64>,
    /// Only tokens at least this likely, relative to the best, 0 to 1.
    pub min_p: Option<f64>,
    /// For repeatable answers.
    pub seed: Option<i64>,
    /// -2 to 2.
    pub presence_penalty: Option<f64>,
    /// -2 to 2.
    pub frequency_penalty: Option<f64>,
}

/// One turn of the conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// Instructions by the operator or developer.
    System(Vec<Part>),
    /// What the user says.
    User(Vec<Part>),
    /// What the model said.
    Assistant(Turn),
    /// What a tool answered.
    Tool(ToolResult),
}

/// An earlier turn of the model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// What it said.
    pub parts: Vec<Part>,
    /// What it thought, where that is text.
    pub reasoning: Option<String>,
    /// What it wants back unread.
    pub sealed: Vec<Sealed>,
    /// The tools it called.
    pub tool_calls: Vec<ToolCall>,
}

/// State of a model between its turns, which nobody else can read: it goes back to the tier that made it, and to no
/// other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// Belongs to the reasoning's text.
    Signature(String),
    /// Reasoning that is not shown.
    Redacted(String),
}

/// A tool's answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolResult {
    /// The call that it answers.
    pub call_id: String,
    /// The tool's name, where known.
    pub name: Option<String>,
    /// The answer.
    pub parts: Vec<Part>,
    /// Whether the tool failed.
    pub is_error: bool,
}

/// A piece of content.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Text(String),
    /// A picture.
    Image(Image),
    /// Content that this model has no word for (audio, a file): its type and the part as the client wrote it.
    Other(String, Value),
}

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Where its bytes are.
    pub source: ImageSource,
    /// How closely to look (`auto`, `low`, `high`), where the client said.
    pub detail: Option<String>,
}

/// Where a picture's bytes are.
#[derive(Clone, Debug, PartialEq)]
pub enum ImageSource {
    /// In the request.
    Base64 {
        /// For example `image/png`.
        media_type: String,
        /// The bytes, in base64.
        data: String,
    },
    /// To be fetched by the server.
    Url(String),
}

impl ImageSource {
    /// `data:image/png;base64,…` holds the picture; anything else points to it.
    #[must_use]
    pub fn of_url(url: String) -> Self {
        let inside = url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
        match inside {
            Some((media_type, data)) => Self::inside(media_type, data.to_owned()),
            None => Self::Url(url),
        }
    }

    /// A picture in the request; the wrong name that many clients give to a JPEG is refused by Google and Anthropic.
    #[must_use]
    pub fn inside(media_type: &str, data: String) -> Self {
        let media_type = if media_type == "image/jpg" { "image/jpeg" } else { media_type };
        Self::Base64 { media_type: media_type.to_owned(), data }
    }

    /// The same as one URL.
    #[must_use]
    pub fn to_url(&self) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::Base64 { media_type, data } => format!("data:{media_type};base64,{data}"),
        }
    }
}

/// A call of a tool.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolCall {
    /// Joins the call and its result.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The arguments: JSON as text, exactly as the model wrote it (it may be broken JSON).
    pub arguments: String,
}

/// A tool that the model may call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// The JSON schema of its arguments.
    pub parameters: Option<Value>,
    /// Whether arguments must follow the schema.
    pub strict: Option<bool>,
}

/// Whether and which tool must be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// The model decides.
    Auto,
    /// No tool.
    Never,
    /// Some tool.
    Required,
    /// This tool.
    Named(String),
    /// Something that this model has no word for, by its type.
    Other(String),
}

/// The form that the answer must have.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Format {
    /// Any text.
    #[default]
    Text,
    /// Any JSON object.
    Json,
    /// JSON by a schema.
    Schema {
        /// The schema's name.
        name: String,
        /// The JSON schema.
        schema: Value,
        /// Whether it must be followed to the letter.
        strict: Option<bool>,
    },
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The model that the server says it used.
    pub model: String,
    /// The text; empty where there is none.
    pub text: String,
    /// The reasoning, where it is text.
    pub reasoning: String,
    /// What the model wants back unread.
    pub sealed: Vec<Sealed>,
    /// The tool calls.
    pub tool_calls: Vec<ToolCall>,
    /// Why it ended; `None` where the server did not say.
    pub finish: Option<FinishReason>,
    /// What it cost in tokens.
    pub usage: Option<Usage>,
}

impl Answer {
    /// Whether it says nothing and calls nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.reasoning.is_empty() && self.tool_calls.is_empty()
    }
}

/// A piece of a streamed answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The answer begins, by this model.
    Start {
        /// The model that the server says it uses.
        model: String,
    },
    /// More text.
    Text(String),
    /// More reasoning.
    Reasoning(String),
    /// What the model wants back unread; belongs to the reasoning so far.
    Sealed(Sealed),
    /// A tool call begins.
    ToolCall {
        /// Counts the calls of this answer, from 0.
        index: u32,
        /// Joins the call and its result.
        id: String,
        /// The tool.
        name: String,
    },
    /// More of a call's arguments.
    ToolArguments {
        /// Which call.
        index: u32,
        /// A piece of JSON text.
        fragment: String,
    },
    /// The answer has ended.
    Finish(FinishReason),
    /// What it cost in tokens.
    Usage(Usage),
    /// The server failed in the middle.
    Error(crate::fault::Fault),
    /// The server is alive and has nothing to say yet.
    KeepAlive,
    /// The end mark: nothing follows.
    Done,
}

/// Why an answer ended. A failure never becomes [`FinishReason::Stop`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// The model was done, or met a stop text and the server does not say so.
    Stop,
    /// The model met this stop text; empty where the server does not say which.
    StopText(String),
    /// The cap on tokens was reached.
    Length,
    /// The model's context was full.
    Full,
    /// The model waits for its tools.
    ToolCalls,
    /// A filter cut it.
    ContentFilter,
    /// A word that nobody knows; handed on as it is.
    Other(String),
    /// The server gave up, in its own word (`error`, `abort`, an empty `done_reason`).
    Failed(String),
}

impl FinishReason {
    /// The reason as a client has it that must not hear of a call, which was our way of asking for JSON.
    pub(crate) fn without_call(self) -> Self {
        if self == Self::ToolCalls { Self::Stop } else { self }
    }

    /// The same, with the stop text that the server names beside its reason.
    pub(crate) fn at(self, text: Option<&str>) -> Self {
        match (self, text) {
            (Self::Stop | Self::StopText(_), Some(text)) => Self::StopText(text.to_owned()),
            (reason, _) => reason,
        }
    }
}

/// Token counts. Absent counts are 0 or `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Prompt tokens, cached ones included.
    pub input: u64,
    /// Answer tokens, reasoning included.
    pub output: u64,
    /// Prompt tokens read from a cache.
    pub cached: Option<u64>,
    /// Prompt tokens written to a cache.
    pub cache_written: Option<u64>,
    /// Answer tokens spent on reasoning.
    pub reasoning: Option<u64>,
}
