//! Making a provider's words fit for logs and clients.

/// At most this many characters of a message are kept.
const MAX: usize = 500;

/// What stands where a key stood.
const MASK: &str = "***";

/// How keys begin.
const PREFIXES: [&str; 14] = [
    "sk-", "sk_", "pk-", "rk-", "gsk_", "xai-", "AIza", "hf_", "r8_", "nvapi-", "pplx-", "AKIA", "ASIA",
    "eyJ",
];

/// A message fit for logs and clients: one line, at most 500 characters, with anything that looks like a key masked,
/// and without the input that a validator quotes.
#[must_use]
pub fn clean(message: &str) -> String {
    // A few thousand characters are plenty to cut 500 from.
    let start: String = message.chars().take(MAX * 8).collect();
    let quoted = ["'input':", "\"input\":", "input_value="].iter().filter_map(|mark| start.find(mark)).min();
    let kept = quoted.map_or(start.as_str(), |at| start.get(..at).unwrap_or_default());
    let mut line = String::with_capacity(kept.len());
    let mut after_bearer = false;
    for word in kept.split(|c: char| c.is_whitespace() || c.is_control()).filter(|it| !it.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        mask(word, after_bearer, &mut line);
        after_bearer = word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).eq_ignore_ascii_case("bearer");
    }
    if quoted.is_some() {
        line.push('…');
    }
    if line.chars().count() > MAX {
        line = line.chars().take(MAX - 1).collect();
        line.push('…');
    }
    line
}

/// Writes a word with its keys masked. A key may stand inside other signs (`key=sk-…,`).
fn mask(word: &str, after_bearer: bool, line: &mut String) {
    let is_key_sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '*' | '+');
    let mut rest = word;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_key_sign(c)).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        line.push_str(if looks_like_key(run) || (after_bearer && run.len() >= 8) { MASK } else { run });
        let signs = tail.find(is_key_sign).unwrap_or(tail.len());
        let (between, next) = tail.split_at(signs);
        line.push_str(between);
        rest = next;
    }
}

fn looks_like_key(run: &str) -> bool {
    if run.len() >= 8 && PREFIXES.iter().any(|prefix| run.starts_with(prefix)) {
        return true;
    }
    // Long runs of mixed letters and digits without a separator: model names have separators, keys have none.
    run.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| {
        part.len() >= 24
            && part.bytes().any(|b| b.is_ascii_digit())
            && part.bytes().any(|b| b.is_ascii_alphabetic())
    }) || (run.len() >= 8 && run.contains("****"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_masked_wherever_they_stand() {
        for (dirty, cleaned) in [
            (
                "Incorrect API key provided: sk-abcdef1234567890. See https://x.y/z.",
                "Incorrect API key provided: *** See https://x.y/z.",
            ),
            ("bad header Authorization: Bearer abcdefgh12345", "bad header Authorization: Bearer ***"),
            ("GET /v1?key=AIzaSyA1234567890abc&x=1", "GET /v1?key=***&x=1"),
            ("key \"gsk_0123456789abc\" refused", "key \"***\" refused"),
            ("token 0123456789abcdef0123456789abcdef!", "token ***!"),
            ("you sent sk-ab****cd12", "you sent ***"),
        ] {
            assert_eq!(clean(dirty), cleaned);
        }
    }

    #[test]
    fn ordinary_words_stay() {
        for text in [
            "model 'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B-AWQ' not found",
            "the bearer of bad news",
            "This model's maximum context length is 8192 tokens.",
            "über 3 €",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn one_line_of_at_most_500_characters() {
        assert_eq!(clean(" a\r\n\tb\u{0}c  "), "a b c");
        let long = "wörd ".repeat(2000);
        let cut = clean(&long);
        assert_eq!(cut.chars().count(), 500);
        assert!(cut.ends_with('…'));
        assert_eq!(clean(&"x".repeat(500)).chars().count(), 500);
    }

    #[test]
    fn a_quoted_input_is_cut_off() {
        let text =
            "1 validation error: {'type': 'missing', 'loc': 'body.messages', 'input': 'my secret prompt'}";
        assert_eq!(clean(text), "1 validation error: {'type': 'missing', 'loc': 'body.messages',…");
    }
}
