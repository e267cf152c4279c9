//! What a tier's model can do, and what of a request it therefore cannot serve: a table by model name in a data file,
//! so that a new model needs no new code. A tier's own settings win over it.
//!
//! Rule: only what is known to be lacking makes a tier unfit. Of what nobody knows, the server is asked.

use std::sync::LazyLock;

use crate::prefill::fits;

/// What a model can do; `None` where nobody knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// It answers in words.
    pub chat: Option<bool>,
    /// It makes vectors of texts.
    pub embeddings: Option<bool>,
    /// It sees pictures.
    pub images: Option<bool>,
    /// It calls tools.
    pub tools: Option<bool>,
    /// It can be made to call a tool.
    pub forced_tools: Option<bool>,
    /// It keeps to a JSON schema.
    pub schema: Option<bool>,
    /// How many tokens fit, prompt and answer together.
    pub context: Option<u64>,
}

/// What a request needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Vectors, not words.
    pub embeddings: bool,
    /// A text's continuation, not a chat.
    pub completion: bool,
    /// It shows pictures.
    pub images: bool,
    /// It offers tools.
    pub tools: bool,
    /// A tool must be called.
    pub forced_tool: bool,
    /// The answer must follow a JSON schema.
    pub schema: bool,
    /// So many tokens it has at the very least, prompt and asked-for answer together.
    pub tokens: u64,
}

/// Why a model cannot serve a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// It cannot do this, in the client's words.
    Of(&'static str),
    /// The request does not fit: at least so many tokens, of so many.
    Room {
        /// At least so many.
        tokens: u64,
        /// Of so many.
        context: u64,
    },
}

impl Capabilities {
    /// What is known of a model by its name.
    #[must_use]
    pub fn of_model(model: &str) -> Self {
        let name = model.to_ascii_lowercase();
        let short = name.rsplit('/').next().unwrap_or_default();
        let rows = TABLE.iter().filter(|row| fits(row.model, &name) || fits(row.model, short));
        rows.fold(Self::default(), |known, row| known.or(row.says))
    }

    /// The same, with what `other` says where this says nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            chat: self.chat.or(other.chat),
            embeddings: self.embeddings.or(other.embeddings),
            images: self.images.or(other.images),
            tools: self.tools.or(other.tools),
            forced_tools: self.forced_tools.or(other.forced_tools),
            schema: self.schema.or(other.schema),
            context: self.context.or(other.context),
        }
    }

    /// Why it cannot serve such a request; none where it can, or nobody knows.
    #[must_use]
    pub fn lack(&self, needs: &Needs) -> Option<Lack> {
        let lacks = |needed: bool, has: Option<bool>| needed && has == Some(false);
        let what = [
            ("a request for embeddings", lacks(needs.embeddings, self.embeddings)),
            ("a chat", lacks(!needs.embeddings && !needs.completion, self.chat)),
            // A model that holds no conversation may well go on with a text, unless it is one for vectors.
            ("text completions", lacks(needs.completion && self.embeddings == Some(true), self.chat)),
            ("images", lacks(needs.images, self.images)),
            ("tools", lacks(needs.tools, self.tools)),
            ("a tool call that must be made", lacks(needs.forced_tool, self.forced_tools)),
            ("a JSON schema", lacks(needs.schema, self.schema)),
        ];
        if let Some((what, _)) = what.into_iter().find(|(_, lacks)| *lacks) {
            return Some(Lack::Of(what));
        }
        let context = self.context.filter(|context| needs.tokens > *context)?;
        Some(Lack::Room { tokens: needs.tokens, context })
    }
}

struct Row {
    model: &'static str,
    says: Capabilities,
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| read(include_str!("../data/capabilities.txt")));

fn read(text: &'static str) -> Vec<Row> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(row).collect()
}

fn row(line: &'static str) -> Option<Row> {
    let mut words = line.split_whitespace();
    let model = words.next()?;
    let mut says = Capabilities::default();
    for word in words {
        let (name, yes) = word.strip_prefix("no-").map_or((word, true), |name| (name, false));
        let place = match name {
            "chat" => &mut says.chat,
            "embeddings" => &mut says.embeddings,
            "images" => &mut says.images,
            "tools" => &mut says.tools,
            "forced_tools" => &mut says.forced_tools,
            "schema" => &mut says.schema,
            other => {
                says.context = Some(tokens(other.strip_prefix("context=")?)?);
                continue;
            }
        };
        *place = Some(yes);
    }
    Some(Row { model, says })
}

fn tokens(text: &str) -> Option<u64> {
    match text.strip_suffix('K') {
        Some(thousands) => thousands.parse::<u64>().ok()?.checked_mul(1024),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = include_str!("../data/capabilities.txt").lines();
        let lines = lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count();
        assert_eq!(TABLE.len(), lines);
    }

    #[test]
    fn models_are_known_by_their_names() {
        let of = Capabilities::of_model;
        assert_eq!(of("text-embedding-3-small").lack(&Needs::default()), Some(Lack::Of("a chat")));
        assert_eq!(of("nomic-embed-text:latest").embeddings, Some(true));
        assert_eq!(of("BAAI/bge-m3").embeddings, Some(true));
        assert_eq!((of("gpt-4o-mini").images, of("gpt-4o").embeddings), (Some(true), Some(false)));
        assert_eq!(of("Qwen/Qwen2.5-VL-7B-Instruct").images, Some(true));
        assert_eq!(of("Qwen/Qwen2.5-7B-Instruct-AWQ").images, Some(false));
        assert_eq!(of("llama3.2-vision:11b").images, Some(true));
        assert_eq!(of("llama3.2:3b").images, Some(false));
        assert_eq!(of("eu.anthropic.claude-sonnet-5-5-v1:0").forced_tools, Some(false));
        assert_eq!(of("some-model-of-my-own"), Capabilities::default());
    }

    #[test]
    fn only_what_is_known_to_be_lacking_counts() {
        let needs = Needs { images: true, tools: true, forced_tool: true, schema: true, ..Needs::default() };
        assert_eq!(Capabilities::default().lack(&needs), None);
        let own = Capabilities { images: Some(true), ..Capabilities::default() };
        let blind = Capabilities { images: Some(false), ..Capabilities::default() };
        assert_eq!(blind.lack(&needs), Some(Lack::Of("images")));
        assert_eq!(own.or(blind).lack(&needs), None);
        assert_eq!(blind.lack(&Needs::default()), None);
        let completion = Needs { completion: true, ..Needs::default() };
        let base = Capabilities { chat: Some(false), ..Capabilities::default() };
        assert_eq!((base.lack(&completion), base.lack(&Needs::default())), (None, Some(Lack::Of("a chat"))));
        let vectors = Capabilities { embeddings: Some(true), ..base };
        assert_eq!(vectors.lack(&completion), Some(Lack::Of("text completions")));
        let small = Capabilities { context: Some(100), ..Capabilities::default() };
        let long = |tokens| Needs { tokens, ..Needs::default() };
        assert_eq!(small.lack(&long(100)), None);
        assert_eq!(small.lack(&long(101)), Some(Lack::Room { tokens: 101, context: 100 }));
    }
}
