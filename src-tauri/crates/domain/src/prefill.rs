//! Which models go on from a last message of the assistant's: a table by provider and model name, in a data file, so
//! that a new model needs no new code. A tier's own setting wins over it.

use std::sync::LazyLock;

use crate::chain::{ProviderKind, Tier};

/// How a server is asked to go on from a last message of the assistant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefill {
    /// By the message alone.
    Trailing,
    /// With `continue_final_message`.
    Flagged,
    /// With `prefix: true` in the message.
    Prefixed,
}

struct Row {
    provider: &'static str,
    model: &'static str,
    how: Prefill,
    yes: bool,
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| read(include_str!("../data/prefill.txt")));

fn read(text: &'static str) -> Vec<Row> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(row)
        .collect()
}

fn row(line: &'static str) -> Option<Row> {
    let mut words = line.split_whitespace();
    let (provider, model) = (words.next()?, words.next()?);
    let how = match words.next()? {
        "trailing" => Prefill::Trailing,
        "flagged" => Prefill::Flagged,
        "prefixed" => Prefill::Prefixed,
        _ => return None,
    };
    Some(Row { provider, model, how, yes: words.next()? == "yes" })
}

/// How the tier's server is asked to go on; none where its model does not, and must be asked in words.
#[must_use]
pub fn prefill(tier: &Tier) -> Option<Prefill> {
    of(tier.provider, &tier.model, tier.prefill)
}

fn of(provider: ProviderKind, model: &str, says: Option<bool>) -> Option<Prefill> {
    let model = model.to_ascii_lowercase();
    let found = TABLE.iter().find(|row| row.provider == provider.word() && fits(row.model, &model));
    let known = found.is_some_and(|row| row.yes);
    says.unwrap_or(known).then(|| found.map_or(Prefill::Trailing, |row| row.how))
}

/// Whether a name fits a pattern in which `*` stands for any text.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let parts: Vec<&str> = rest.split('*').collect();
    let Some((last, between)) = parts.split_last() else { return true };
    for part in between {
        let Some(at) = left.find(part) else { return false };
        left = left.get(at + part.len()..).unwrap_or_default();
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = include_str!("../data/prefill.txt").lines();
        let written = lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count();
        assert_eq!(TABLE.len(), written);
        assert!(written > 20);
    }

    #[test]
    fn a_model_is_known_by_its_name() {
        use ProviderKind as P;
        for (provider, model, want) in [
            (P::Anthropic, "claude-sonnet-4-5-20250929", Some(Prefill::Trailing)),
            (P::Anthropic, "Claude-3-Haiku", Some(Prefill::Trailing)),
            (P::Anthropic, "claude-opus-4-6", None),
            (P::Gemini, "gemini-3.5-flash", Some(Prefill::Trailing)),
            (P::Gemini, "gemini-3.5-flash-lite", None),
            (P::Bedrock, "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", Some(Prefill::Trailing)),
            (P::Bedrock, "amazon.nova-pro-v1:0", None),
            (P::Vllm, "any", Some(Prefill::Flagged)),
            (P::Mistral, "mistral-large", Some(Prefill::Prefixed)),
            (P::OpenAi, "gpt-4o", None),
            (P::Practice, "practice-1b", None),
        ] {
            assert_eq!(of(provider, model, None), want, "{model}");
        }
    }

    #[test]
    fn the_tiers_own_setting_wins() {
        assert_eq!(of(ProviderKind::Vllm, "m", Some(false)), None);
        assert_eq!(of(ProviderKind::DeepSeek, "m", Some(true)), Some(Prefill::Prefixed));
        assert_eq!(of(ProviderKind::OpenAi, "m", Some(true)), Some(Prefill::Trailing));
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, want) in [
            ("a*", "abc", true),
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "ab", false),
            ("*b*d", "abcd", true),
            ("abc", "abcd", false),
        ] {
            assert_eq!(fits(pattern, name), want, "{pattern} {name}");
        }
    }
}
