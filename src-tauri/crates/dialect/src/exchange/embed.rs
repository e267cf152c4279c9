//! Texts to vectors, in nobody's syntax.

use serde_json::{Map, Value};

/// A request for the vectors of some texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EmbedRequest {
    /// The model asked for.
    pub model: String,
    /// What to embed, at least one; the answer keeps the order.
    pub inputs: Vec<EmbedInput>,
    /// How long each vector is to be; `None` leaves it to the model.
    pub dimensions: Option<u32>,
    /// Whether an input that is too long is cut instead of refused; `None` where the client did not say.
    pub truncate: Option<bool>,
    /// Fields that this model has no word for, as the client wrote them.
    pub extra: Map<String, Value>,
}

/// One thing to embed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmbedInput {
    /// A text.
    Text(String),
    /// A text in the model's own tokens, which only a server of `OpenAI`'s form takes.
    Tokens(Vec<u32>),
}

/// The vectors, in the order of the inputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EmbedAnswer {
    /// The model that the server says it used.
    pub model: String,
    /// One vector for each input.
    pub vectors: Vec<Vec<f32>>,
    /// What the inputs cost in tokens, where the server said so.
    pub input_tokens: Option<u64>,
}
