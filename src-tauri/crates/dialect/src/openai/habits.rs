//! How the servers that are compatible with Chat Completions differ from it: a table in `habits.json`, a line for each
//! kind of provider.
//!
//! Where nothing in a request meets a difference, its bytes go through untouched.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    carry::effort_of,
    edit::CapName,
    exchange::{Format, Request},
    fields::scan,
};

/// Whether a server may be told how hard to reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Effort {
    /// It takes the field, whatever the model.
    #[default]
    Always,
    /// Only some of its models take the field, and the others refuse the request.
    KnownModels,
    /// It does not know the field.
    Never,
}

/// One server's ways.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habits {
    provider: String,
    #[serde(default)]
    cap: CapWord,
    /// Whether a stream may be asked for its usage.
    #[serde(default = "yes")]
    stream_options: bool,
    /// Whether it takes the role `developer`; else it is told `system`.
    #[serde(default = "yes")]
    developer_role: bool,
    /// Whether it takes `strict` in tools and schemas.
    #[serde(default = "yes")]
    strict: bool,
    /// The name of the seed, where it has another one.
    #[serde(default)]
    seed: Option<String>,
    /// Fields by which it refuses the request, although they do not matter much: they are left out.
    #[serde(default)]
    refuses: Vec<String>,
    #[serde(default)]
    reasoning_effort: Effort,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CapWord {
    #[default]
    MaxTokens,
    MaxCompletionTokens,
}

fn yes() -> bool {
    true
}

static TABLE: LazyLock<Vec<Habits>> =
    LazyLock::new(|| serde_json::from_str(include_str!("habits.json")).unwrap_or_default());

impl Habits {
    /// The ways of the provider of this word, as it stands in the configuration; none for one without differences.
    #[must_use]
    pub fn of(provider: &str) -> Option<&'static Self> {
        TABLE.iter().find(|it| it.provider == provider)
    }

    /// The name of the cap on output tokens.
    #[must_use]
    pub fn cap_name(&self) -> CapName {
        match self.cap {
            CapWord::MaxTokens => CapName::MaxTokens,
            CapWord::MaxCompletionTokens => CapName::MaxCompletionTokens,
        }
    }

    /// Whether a stream may be asked for its usage without the risk of a refusal.
    #[must_use]
    pub fn takes_stream_options(&self) -> bool {
        self.stream_options
    }

    /// Whether a client's own body would be refused as it is.
    pub(crate) fn refuse(&self, body: &[u8]) -> bool {
        let unknown_role = !self.developer_role && memchr::memmem::find(body, b"\"developer\"").is_some();
        let strict = !self.strict && memchr::memmem::find(body, b"\"strict\"").is_some();
        if self.refuses.is_empty() && self.seed.is_none() {
            return unknown_role || strict;
        }
        let mut found = unknown_role || strict;
        // What cannot be scanned was found out before, or is the server's to refuse.
        let _ = scan(body, b"", |name, value| {
            let refused = self.refuses.iter().any(|it| it == name) || (name == "seed" && self.seed.is_some());
            found |= refused && !value.is_null();
        });
        found
    }

    /// Makes a request one that this server takes; names what is left out.
    pub(crate) fn fit(&self, request: &mut Request) -> Vec<String> {
        let mut dropped = Vec::new();
        for name in &self.refuses {
            let known = match name.as_str() {
                "parallel_tool_calls" => request.parallel_tool_calls.take().is_some(),
                "top_k" => request.sampling.top_k.take().is_some(),
                "min_p" => request.sampling.min_p.take().is_some(),
                "reasoning_effort" => request.effort.take().is_some(),
                _ => false,
            };
            if known || request.extra.shift_remove(name).is_some_and(|it| !crate::carry::says_nothing(&it)) {
                dropped.push(name.clone());
            }
        }
        if let (Some(name), Some(seed)) = (&self.seed, request.sampling.seed.take()) {
            request.extra.insert(name.clone(), Value::from(seed));
        }
        if !self.strict {
            request.tools.iter_mut().for_each(|tool| tool.strict = None);
            if let Format::Schema { strict, .. } = &mut request.format {
                *strict = None;
            }
        }
        dropped
    }

    /// Leaves the effort of reasoning out where this server would refuse it; for requests of other dialects, whose
    /// clients ask for it without knowing the server. True when something was left out.
    pub(crate) fn fit_effort(&self, request: &mut Request) -> bool {
        if let (Some(budget), None) = (request.thinking_budget.take(), &request.effort) {
            request.effort = Some(effort_of(budget).to_owned());
        }
        let model = request.model.rsplit('/').next().unwrap_or_default();
        let reasons =
            ["o1", "o3", "o4", "gpt-5", "gpt-6", "gpt-oss", "qwen"].iter().any(|it| model.starts_with(it));
        let takes = match self.reasoning_effort {
            Effort::Always => true,
            Effort::KnownModels => reasons,
            Effort::Never => false,
        };
        !takes && request.effort.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openai::read_request;

    #[test]
    fn every_line_is_read_and_every_difference_is_met() {
        assert_eq!(TABLE.len(), 14);
        assert_eq!(Habits::of("openai").map(Habits::cap_name), Some(CapName::MaxCompletionTokens));
        assert_eq!(Habits::of("vllm").map(Habits::cap_name), Some(CapName::MaxTokens));
        let takes = |name| Habits::of(name).is_some_and(Habits::takes_stream_options);
        assert!(takes("groq") && !takes("mistral") && !takes("other"));
    }

    #[test]
    fn what_a_server_refuses_is_left_out_and_named() {
        let body = br#"{"model":"m","seed":7,"user":"u","logprobs":null,"top_k":1,"messages":[{"role":"developer","content":"x"}],
            "tools":[{"type":"function","function":{"name":"f","strict":true}}]}"#;
        let (vllm, mistral) = (Habits::of("vllm").unwrap(), Habits::of("mistral").unwrap());
        assert!(!vllm.refuse(body) && mistral.refuse(body));
        assert!(Habits::of("deepseek").unwrap().refuse(body), "a role that it does not know");
        assert!(!mistral.refuse(
            br#"{"model":"m","messages":[{"role":"user","content":"the developer"}],"logprobs":null}"#
        ));
        let mut request = read_request(body).unwrap();
        assert_eq!(mistral.fit(&mut request), ["user"]);
        assert_eq!((request.sampling.seed, &request.extra["random_seed"]), (None, &7.into()));
        assert_eq!((request.sampling.top_k, request.tools[0].strict), (Some(1), None));
        let mut request = read_request(body).unwrap();
        assert_eq!(Habits::of("groq").unwrap().fit(&mut request), ["top_k"]);
        request.effort = Some("high".into());
        assert!(!vllm.fit_effort(&mut request) && request.effort.is_some());
        assert!(Habits::of("openai").unwrap().fit_effort(&mut request) && request.effort.is_none());
    }
}
