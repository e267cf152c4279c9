//! From a base URL, as people write them, to the address of a call.

use domain::{Failure, FailureClass, ProviderKind, Wire};
use url::Url;

/// A call that a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint<'a> {
    /// Chat, at the provider's own path.
    Chat,
    /// Ollama's `/api/generate`.
    Generate,
    /// Text completions, at `/v1/completions`.
    Completions,
    /// `/v1/responses`.
    Responses,
    /// Vectors, at the provider's own path.
    Embeddings,
    /// How many tokens a prompt has, where the provider tells without charge.
    CountTokens,
    /// The same for a request to [`Self::Responses`].
    InputTokens,
    /// The model list, at the provider's own path.
    Models,
    /// A path on the server's root, whatever the base URL's own path is.
    Root(&'a str),
}

/// The URL of `endpoint` on the server at `base`. Some providers want the model in it, and have another path for
/// streams.
///
/// A base may end in slashes, may or may not end in a version (`/v1`, `/api/v1`, `/openai/v1`, `/v1beta/openai`), and
/// keeps its query. A base of Azure with an `api-version` in its query is one of the older form, with the deployment
/// in the path; one of Bedrock may name its region in the query (`?region=`), which is not sent.
///
/// # Errors
/// When `base` is no `http` or `https` URL.
pub fn url_of(
    base: &str,
    provider: ProviderKind,
    endpoint: Endpoint<'_>,
    model: &str,
    stream: bool,
) -> Result<Url, Failure> {
    let mut url = parse(base)?;
    if let Endpoint::Root(path) = endpoint {
        return root(url, path);
    }
    match provider {
        ProviderKind::Azure => azure(&mut url, endpoint, model),
        ProviderKind::Gemini => gemini(&mut url, endpoint, model, stream),
        ProviderKind::Bedrock => bedrock(&mut url, endpoint, model, stream),
        _ if provider.wire() == Wire::Ollama => {
            let call = match endpoint {
                Endpoint::Generate => "api/generate",
                Endpoint::Completions => "v1/completions",
                _ => call_of(endpoint, ["api/chat", "api/chat", "api/embed", "api/tags", "", ""]),
            };
            let path = ollama_path(url.path(), call);
            url.set_path(&path);
        }
        _ if provider.wire() == Wire::Anthropic => {
            let call = call_of(endpoint, ANTHROPIC);
            let path = versioned(url.path(), "/messages", call);
            url.set_path(&path);
        }
        _ => {
            let path = versioned(url.path(), "/chat/completions", call_of(endpoint, OPENAI));
            url.set_path(&path);
        }
    }
    Ok(url)
}

/// The paths of `OpenAI`'s calls behind the version.
const OPENAI: [&str; 6] = [
    "chat/completions",
    "responses",
    "embeddings",
    "models",
    "messages/count_tokens",
    "responses/input_tokens",
];

/// The paths of Anthropic's.
const ANTHROPIC: [&str; 6] =
    ["messages", "messages", "embeddings", "models", "messages/count_tokens", "messages/count_tokens"];

/// The path of a call among those of a provider: chat, responses, vectors, models, counting for either of the first.
const fn call_of<'p>(endpoint: Endpoint<'_>, paths: [&'p str; 6]) -> &'p str {
    match endpoint {
        Endpoint::Chat | Endpoint::Generate => paths[0],
        Endpoint::Responses => paths[1],
        Endpoint::Embeddings => paths[2],
        Endpoint::Models | Endpoint::Root(_) => paths[3],
        Endpoint::CountTokens => paths[4],
        Endpoint::InputTokens => paths[5],
        Endpoint::Completions => "completions",
    }
}

fn parse(base: &str) -> Result<Url, Failure> {
    let wrong =
        |why: String| Failure::new(FailureClass::Malformed, format!("the tier's URL is not usable: {why}"));
    let url = Url::parse(base).map_err(|e| wrong(e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("it must begin with http:// or https:// and name a host".into()));
    }
    Ok(url)
}

fn root(mut url: Url, path: &str) -> Result<Url, Failure> {
    let (path, query) = path.split_once('?').map_or((path, None), |(p, q)| (p, Some(q)));
    url.set_path(path);
    url.set_query(query);
    Ok(url)
}

/// `call` behind a base path that may lack its version, or end in the chat call itself.
fn versioned(base: &str, chat: &str, call: &str) -> String {
    let base = base.trim_end_matches('/');
    let base = base.strip_suffix(chat).or_else(|| base.strip_suffix("/responses")).unwrap_or(base);
    let last = base.rsplit('/').next().unwrap_or_default();
    if is_version(last) || last == "openai" { format!("{base}/{call}") } else { format!("{base}/v1/{call}") }
}

fn ollama_path(base: &str, call: &str) -> String {
    let base = base.trim_end_matches('/');
    let base = base.strip_suffix("/api/chat").or_else(|| base.strip_suffix("/api")).unwrap_or(base);
    format!("{}/{call}", base.strip_suffix("/v1").unwrap_or(base))
}

/// Azure's present form (`/openai/v1`), or the older one with the deployment in the path, which is known by its
/// `api-version`.
fn azure(url: &mut Url, endpoint: Endpoint<'_>, model: &str) {
    let call = call_of(endpoint, OPENAI);
    let base = url.path().trim_end_matches('/');
    let base = base.strip_suffix("/chat/completions").unwrap_or(base).to_owned();
    let old = url.query_pairs().any(|(name, _)| name == "api-version");
    let (start, deployment) = match base.split_once("/openai/deployments/") {
        Some((start, deployment)) => (start.to_owned(), Some(deployment.to_owned())),
        None => (base.strip_suffix("/openai").unwrap_or(&base).to_owned(), None),
    };
    let path = match endpoint {
        Endpoint::Chat | Endpoint::Completions | Endpoint::Embeddings if old || deployment.is_some() => {
            let deployment = deployment.unwrap_or_else(|| segment(model));
            format!("{start}/openai/deployments/{deployment}/{call}")
        }
        _ if old => format!("{start}/openai/{call}"),
        _ if base.ends_with("/openai/v1") => format!("{base}/{call}"),
        _ => format!("{start}/openai/v1/{call}"),
    };
    url.set_path(&path);
}

fn gemini(url: &mut Url, endpoint: Endpoint<'_>, model: &str, stream: bool) {
    let base = url.path().trim_end_matches('/').to_owned();
    let last = base.rsplit('/').next().unwrap_or_default();
    // Vertex AI has the project between the version and the models.
    let base = if is_version(last) || base.ends_with("/publishers/google") {
        base
    } else {
        format!("{base}/v1beta")
    };
    let at = |model: &str, call: &str| {
        let model = model.strip_prefix("models/").unwrap_or(model);
        format!("{base}/models/{}:{call}", segment(model))
    };
    match endpoint {
        Endpoint::Chat | Endpoint::Completions | Endpoint::Generate | Endpoint::Responses if stream => {
            url.set_path(&at(model, "streamGenerateContent"));
            url.query_pairs_mut().append_pair("alt", "sse");
        }
        Endpoint::Chat | Endpoint::Completions | Endpoint::Generate | Endpoint::Responses => {
            url.set_path(&at(model, "generateContent"))
        }
        Endpoint::Embeddings => url.set_path(&at(model, "batchEmbedContents")),
        Endpoint::Models | Endpoint::CountTokens | Endpoint::InputTokens | Endpoint::Root(_) => {
            url.set_path(&format!("{base}/models"));
            url.query_pairs_mut().append_pair("pageSize", "1000");
        }
    }
}

fn bedrock(url: &mut Url, endpoint: Endpoint<'_>, model: &str, stream: bool) {
    let rest: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| name != "region").map(|(n, v)| (n.into(), v.into())).collect();
    url.set_query(None);
    if !rest.is_empty() {
        url.query_pairs_mut().extend_pairs(rest);
    }
    let base = url.path().trim_end_matches('/').to_owned();
    match endpoint {
        Endpoint::Chat | Endpoint::Completions | Endpoint::Generate | Endpoint::Responses => {
            let call = if stream { "converse-stream" } else { "converse" };
            url.set_path(&format!("{base}/model/{}/{call}", segment(model)));
        }
        Endpoint::Embeddings => url.set_path(&format!("{base}/model/{}/invoke", segment(model))),
        Endpoint::Models | Endpoint::CountTokens | Endpoint::InputTokens | Endpoint::Root(_) => {
            // Lists are kept by the service's other host.
            let host = url.host_str().map(|host| host.replacen("bedrock-runtime", "bedrock", 1));
            if let Some(host) = host {
                // The same host with a word less in it is a host as well.
                let _ = url.set_host(Some(&host));
            }
            url.set_path(&format!("{base}/foundation-models"));
        }
    }
}

/// A name as one segment of a path.
fn segment(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `v1`, `v2`, `v1beta`: a `v` and a number, perhaps with a word behind it.
fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

/// Host and port of a URL, for messages: no user, password, path or query.
#[must_use]
pub fn address(url: &str) -> String {
    if let Some(place) = written(url) {
        return place.to_owned();
    }
    let Ok(url) = Url::parse(url) else { return "the tier's URL".into() };
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Host and port as they stand in a URL that is written as its parser would write it; none where that is not certain.
fn written(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    let place = rest.find('/').map_or(rest, |end| &rest[..end]);
    let (host, port) = place.split_once(':')?;
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.';
    let is_name = host.starts_with(|c: char| c.is_ascii_lowercase())
        && host.ends_with(|c: char| c.is_ascii_lowercase())
        && host.bytes().all(known)
        && !host.contains("..");
    let is_port = port.parse().is_ok_and(|number: u16| number > 0) && !port.starts_with(['0', '+']);
    let last_may_be_a_number = || host.rsplit('.').next().is_some_and(|last| last.starts_with("0x"));
    let is_host = (is_name && !last_may_be_a_number()) || host.parse::<std::net::Ipv4Addr>().is_ok();
    (is_host && is_port).then_some(place)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chat(base: &str) -> String {
        chat_at(base, ProviderKind::Vllm)
    }

    fn chat_at(base: &str, provider: ProviderKind) -> String {
        url_of(base, provider, Endpoint::Chat, "m:1/a", false).unwrap().into()
    }

    fn stream_at(base: &str, provider: ProviderKind) -> String {
        url_of(base, provider, Endpoint::Chat, "m:1/a", true).unwrap().into()
    }

    fn models_at(base: &str, provider: ProviderKind) -> String {
        url_of(base, provider, Endpoint::Models, "", false).unwrap().into()
    }

    #[test]
    fn anthropic_has_a_call_of_its_own() {
        for base in ["https://a.example", "https://a.example/v1/", "https://a.example/v1/messages"] {
            assert_eq!(chat_at(base, ProviderKind::Anthropic), "https://a.example/v1/messages");
            assert_eq!(models_at(base, ProviderKind::Anthropic), "https://a.example/v1/models");
        }
        let count =
            url_of("https://a.example", ProviderKind::Anthropic, Endpoint::CountTokens, "", false).unwrap();
        assert_eq!(count.as_str(), "https://a.example/v1/messages/count_tokens");
        let input = |base| url_of(base, ProviderKind::OpenAi, Endpoint::InputTokens, "", false).unwrap();
        for base in ["https://o.example", "https://o.example/v1", "https://o.example/v1/responses"] {
            assert_eq!(input(base).as_str(), "https://o.example/v1/responses/input_tokens");
        }
        let deepseek = "https://d.example/anthropic";
        assert_eq!(chat_at(deepseek, ProviderKind::Anthropic), "https://d.example/anthropic/v1/messages");
    }

    #[test]
    fn text_completions_have_a_path_of_their_own() {
        let at = |base: &str, provider| -> String {
            url_of(base, provider, Endpoint::Completions, "m", true).unwrap().into()
        };
        for base in ["http://s", "http://s/v1/", "http://s/v1/chat/completions"] {
            assert_eq!(at(base, ProviderKind::Vllm), "http://s/v1/completions");
        }
        for base in ["http://s", "http://s/api/chat", "http://s/v1"] {
            assert_eq!(at(base, ProviderKind::Ollama), "http://s/v1/completions");
        }
        let old = at("https://r.example?api-version=1", ProviderKind::Azure);
        assert_eq!(old, "https://r.example/openai/deployments/m/completions?api-version=1");
    }

    #[test]
    fn azure_has_two_forms() {
        for (base, want) in [
            ("https://r.example", "https://r.example/openai/v1/chat/completions"),
            ("https://r.example/openai", "https://r.example/openai/v1/chat/completions"),
            ("https://r.example/openai/v1/", "https://r.example/openai/v1/chat/completions"),
            (
                "https://r.example?api-version=2024-10-21",
                "https://r.example/openai/deployments/m%3A1%2Fa/chat/completions?api-version=2024-10-21",
            ),
            (
                "https://r.example/openai/deployments/d?api-version=1",
                "https://r.example/openai/deployments/d/chat/completions?api-version=1",
            ),
        ] {
            assert_eq!(chat_at(base, ProviderKind::Azure), want);
        }
        assert_eq!(models_at("https://r.example", ProviderKind::Azure), "https://r.example/openai/v1/models");
        let old = models_at("https://r.example/openai/deployments/d?api-version=1", ProviderKind::Azure);
        assert_eq!(old, "https://r.example/openai/models?api-version=1");
    }

    #[test]
    fn gemini_and_bedrock_have_the_model_in_the_path() {
        let (gemini, bedrock) = (ProviderKind::Gemini, ProviderKind::Bedrock);
        let google = "https://g.example/v1beta";
        assert_eq!(chat_at(google, gemini), "https://g.example/v1beta/models/m%3A1%2Fa:generateContent");
        let stream = "https://g.example/v1beta/models/m%3A1%2Fa:streamGenerateContent?alt=sse";
        assert_eq!(stream_at("https://g.example", gemini), stream);
        assert_eq!(models_at(google, gemini), "https://g.example/v1beta/models?pageSize=1000");
        let runtime = "https://bedrock-runtime.eu-central-1.amazonaws.com";
        assert_eq!(chat_at(runtime, bedrock), format!("{runtime}/model/m%3A1%2Fa/converse"));
        let stream = stream_at("http://127.0.0.1:9?region=us-west-2", bedrock);
        assert_eq!(stream, "http://127.0.0.1:9/model/m%3A1%2Fa/converse-stream");
        let control = "https://bedrock.eu-central-1.amazonaws.com/foundation-models";
        assert_eq!(models_at(runtime, bedrock), control);
    }

    #[test]
    fn a_base_url_may_or_may_not_end_in_a_version() {
        for (base, want) in [
            ("http://gpu1:8000", "http://gpu1:8000/v1/chat/completions"),
            ("http://gpu1:8000/", "http://gpu1:8000/v1/chat/completions"),
            ("http://gpu1:8000/v1", "http://gpu1:8000/v1/chat/completions"),
            ("http://gpu1:8000/v1//", "http://gpu1:8000/v1/chat/completions"),
            ("http://gpu1:8000/v1/chat/completions", "http://gpu1:8000/v1/chat/completions"),
            ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/chat/completions"),
            ("https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1/chat/completions"),
            ("https://g.example/v1beta/openai", "https://g.example/v1beta/openai/chat/completions"),
            ("https://h.example/team/llm", "https://h.example/team/llm/v1/chat/completions"),
            ("https://h.example/vllm", "https://h.example/vllm/v1/chat/completions"),
            ("https://h.example/v1?tenant=a", "https://h.example/v1/chat/completions?tenant=a"),
        ] {
            assert_eq!(chat(base), want);
        }
    }

    #[test]
    fn ollama_has_paths_of_its_own() {
        for base in ["http://h:11434", "http://h:11434/", "http://h:11434/v1", "http://h:11434/api"] {
            let url = |e| String::from(url_of(base, ProviderKind::Ollama, e, "m", true).unwrap());
            assert_eq!(url(Endpoint::Chat), "http://h:11434/api/chat");
            assert_eq!(url(Endpoint::Models), "http://h:11434/api/tags");
        }
    }

    #[test]
    fn a_health_path_stands_on_the_root() {
        let url = url_of(
            "http://h:1/v1?x=1",
            ProviderKind::Vllm,
            Endpoint::Root("/slots?fail_on_no_slot=1"),
            "",
            false,
        )
        .unwrap();
        assert_eq!(url.as_str(), "http://h:1/slots?fail_on_no_slot=1");
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for base in ["", "gpu1:8000", "ftp://h/", "/v1"] {
            let refused = url_of(base, ProviderKind::Vllm, Endpoint::Models, "", false).unwrap_err();
            assert_eq!(refused.class, FailureClass::Malformed);
        }
    }

    #[test]
    fn an_address_has_no_credentials() {
        assert_eq!(address("https://u:p@h.example/v1?k=s"), "h.example:443");
    }

    fn parsed(url: &str) -> Option<String> {
        let url = Url::parse(url).ok()?;
        Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
    }

    #[test]
    fn an_address_is_taken_as_it_is_written_where_that_is_plain() {
        for plain in ["http://127.0.0.1:8000", "http://gpu1.lan:8000/v1", "https://a:1/x:y@z"] {
            assert_eq!(written(plain).map(str::to_owned), parsed(plain), "{plain}");
            assert!(written(plain).is_some(), "{plain}");
        }
        for other in [
            "http://A.example:1",
            "http://u:1@h:1",
            "http://h",
            "http://[::1]:1",
            "http://h:080",
            "ftp://h:1",
        ] {
            assert_eq!(written(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn an_address_as_written_is_the_parsers(
            host in "[a-z0-9.x-]{1,9}|127\\.0\\.0\\.[0-9]{1,3}|[a-z]{1,3}[.][a-z0-9]{1,3}", port in "[+]?[0-9]{1,6}", rest in "(/[a-z@:]{0,4}|[?#@][a-z]{0,3})?",
        ) {
            let url = format!("http://{host}:{port}{rest}");
            if let Some(written) = written(&url) {
                prop_assert_eq!(Some(written.to_owned()), parsed(&url), "{}", url);
            }
        }
    }
}
