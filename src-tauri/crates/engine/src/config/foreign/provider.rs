//! Whose server a model name means, as LiteLLM writes it: `openai/gpt-4o`, `ollama_chat/llama3`, `gpt-4o`.

/// Prefixes and the provider that each means here. `huggingface` stands for TGI, which its API is.
const PREFIXES: &[(&str, &str)] = &[
    ("openai", "openai"),
    ("azure", "azure"),
    ("azure_ai", "azure"),
    ("anthropic", "anthropic"),
    ("gemini", "gemini"),
    ("bedrock", "bedrock"),
    ("ollama", "ollama"),
    ("ollama_chat", "ollama"),
    ("hosted_vllm", "vllm"),
    ("vllm", "vllm"),
    ("openrouter", "openrouter"),
    ("groq", "groq"),
    ("mistral", "mistral"),
    ("deepseek", "deepseek"),
    ("together_ai", "together"),
    ("lm_studio", "lmstudio"),
    ("llamafile", "llama.cpp"),
    ("huggingface", "tgi"),
    ("custom_openai", "other"),
];

/// Names that need no prefix.
const KNOWN: &[(&str, &str)] = &[
    ("gpt-", "openai"),
    ("chatgpt-", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("claude", "anthropic"),
    ("gemini", "gemini"),
    ("mistral", "mistral"),
    ("deepseek", "deepseek"),
];

/// Provider and model of such a name, with the address that goes with it.
///
/// # Errors
/// The prefix, when it is none that can be spoken to.
pub(super) fn split(name: &str, base: Option<&str>) -> Result<(&'static str, String), String> {
    if let Some((prefix, model)) = name.split_once('/')
        && let Some((_, provider)) = PREFIXES.iter().find(|(known, _)| *known == prefix)
    {
        // With an address of its own, "openai" means whatever speaks its API.
        let elsewhere = base.is_some_and(|base| !base.contains("api.openai.com"));
        let provider = if *provider == "openai" && elsewhere { "other" } else { provider };
        let model = model.strip_prefix("converse/").unwrap_or(model);
        return Ok((provider, model.to_owned()));
    }
    if base.is_some() {
        return Ok(("other", name.to_owned()));
    }
    let known = KNOWN.iter().find(|(start, _)| name.starts_with(start));
    known.map(|(_, provider)| (*provider, name.to_owned())).ok_or_else(|| {
        name.split_once('/').map_or_else(|| name.to_owned(), |(prefix, _)| format!("{prefix}/"))
    })
}
