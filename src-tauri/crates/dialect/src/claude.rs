//! What Claude's models take and refuse, wherever they are served: a table in `models.json`, read from the top; the first line with a piece
//! of the model's name counts. A Claude that nobody knows yet is taken for one of the present generation; a model
//! without that name (other servers speak this API too) for one that takes what older ones took.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::exchange::{Message, Request};

/// How a model is asked to reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Thinking {
    /// It cannot.
    None,
    /// With a budget in tokens.
    Budget,
    /// As it sees fit, with an effort in words.
    Adaptive,
}

/// What a model takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    #[serde(rename = "match")]
    names: Vec<String>,
    /// How it reasons.
    pub thinking: Thinking,
    /// `temperature`, `top_p` and `top_k`.
    #[serde(default = "yes")]
    pub sampling: bool,
    /// A `tool_choice` that forces a call.
    #[serde(default = "yes")]
    pub forced: bool,
    /// An answer by a JSON schema.
    #[serde(default = "yes")]
    pub schema: bool,
    /// A conversation that ends with the assistant's words, to be continued.
    #[serde(default = "yes")]
    pub prefill: bool,
    /// The cap on output tokens where the client gives none.
    #[serde(default = "output")]
    pub output: u32,
}

fn yes() -> bool {
    true
}

fn output() -> u32 {
    16_384
}

static MODELS: LazyLock<Vec<Model>> =
    LazyLock::new(|| serde_json::from_str(include_str!("claude/models.json")).unwrap_or_default());

/// What the model of this name takes.
pub(crate) fn of(name: &str) -> Option<&'static Model> {
    let name = name.to_ascii_lowercase();
    MODELS.iter().find(|model| model.names.iter().any(|piece| name.contains(piece.as_str())))
}

/// The least budget of reasoning that Claude takes, in tokens.
const LEAST_BUDGET: u32 = 1024;

/// A budget of reasoning below a cap on all output tokens: the one that was asked for where it fits, else half of the cap,
/// so that room is left for the answer; none where the cap is too small for any.
pub(crate) fn budget(wanted: u32, cap: u32) -> Option<u32> {
    let most = if wanted < cap { wanted } else { cap / 2 };
    (cap > LEAST_BUDGET).then_some(most.max(LEAST_BUDGET))
}

/// Whether the last turn called tools and brings no sealed reasoning along, without which such a turn is refused once
/// reasoning is asked for.
pub(crate) fn calls_without_seal(request: &Request) -> bool {
    let last = request.messages.iter().rev().find_map(|message| match message {
        Message::Assistant(turn) => Some(turn),
        _ => None,
    });
    last.is_some_and(|turn| !turn.tool_calls.is_empty() && turn.sealed.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_line() {
        let facts = |name: &str| {
            let model = of(name).unwrap();
            (model.thinking, model.sampling, model.forced, model.schema, model.prefill)
        };
        assert_eq!(facts("claude-3-5-haiku-20241022"), (Thinking::None, true, true, false, true));
        assert_eq!(
            facts("us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
            (Thinking::Budget, true, true, true, true)
        );
        assert_eq!(facts("claude-opus-4-20250514"), (Thinking::Budget, true, true, false, true));
        assert_eq!(facts("claude-opus-4-6"), (Thinking::Adaptive, true, true, true, false));
        assert_eq!(facts("claude-opus-4-8"), (Thinking::Adaptive, false, true, true, false));
        assert_eq!(facts("claude-opus-5-5"), (Thinking::Adaptive, false, false, true, false));
        assert_eq!(facts("claude-novel-9"), (Thinking::Adaptive, false, true, true, false));
        assert_eq!(facts("qwen3"), (Thinking::Budget, true, true, false, true));
        assert_eq!(of("claude-3-opus-20240229").unwrap().output, 4096);
    }
}
