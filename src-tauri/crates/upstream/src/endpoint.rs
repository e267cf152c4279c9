//! From a base URL, as people write them, to the address of a call.

use domain::{Failure, FailureClass, Wire};
use url::Url;

/// A call that a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint<'a> {
    /// Chat: `/v1/chat/completions`, or Ollama's `/api/chat`.
    Chat,
    /// `/v1/responses`.
    Responses,
    /// The model list: `/v1/models`, or Ollama's `/api/tags`.
    Models,
    /// A path on the server's root, whatever the base URL's own path is.
    Root(&'a str),
}

/// The URL of `endpoint` on the server at `base`.
///
/// A base may end in slashes, may or may not end in a version (`/v1`, `/api/v1`, `/openai/v1`, `/v1beta/openai`), and
/// keeps its query.
///
/// # Errors
/// When `base` is no `http` or `https` URL.
pub fn url_of(base: &str, wire: Wire, endpoint: Endpoint<'_>) -> Result<Url, Failure> {
    let mut url = parse(base)?;
    let path = match endpoint {
        Endpoint::Root(path) => return root(url, path),
        Endpoint::Chat if wire == Wire::Ollama => ollama_path(url.path(), "chat"),
        Endpoint::Models if wire == Wire::Ollama => ollama_path(url.path(), "tags"),
        Endpoint::Chat => openai_path(url.path(), "chat/completions"),
        Endpoint::Responses => openai_path(url.path(), "responses"),
        Endpoint::Models => openai_path(url.path(), "models"),
    };
    url.set_path(&path);
    Ok(url)
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

fn openai_path(base: &str, call: &str) -> String {
    let base = base.trim_end_matches('/');
    let base =
        base.strip_suffix("/chat/completions").or_else(|| base.strip_suffix("/responses")).unwrap_or(base);
    let last = base.rsplit('/').next().unwrap_or_default();
    if is_version(last) || last == "openai" { format!("{base}/{call}") } else { format!("{base}/v1/{call}") }
}

fn ollama_path(base: &str, call: &str) -> String {
    let base = base.trim_end_matches('/');
    let base = base.strip_suffix("/api/chat").or_else(|| base.strip_suffix("/api")).unwrap_or(base);
    format!("{}/api/{call}", base.strip_suffix("/v1").unwrap_or(base))
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
    let Ok(url) = Url::parse(url) else { return "the tier's URL".into() };
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(base: &str) -> String {
        url_of(base, Wire::OpenAi, Endpoint::Chat).unwrap().into()
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
            let url = |e| String::from(url_of(base, Wire::Ollama, e).unwrap());
            assert_eq!(url(Endpoint::Chat), "http://h:11434/api/chat");
            assert_eq!(url(Endpoint::Models), "http://h:11434/api/tags");
        }
    }

    #[test]
    fn a_health_path_stands_on_the_root() {
        let url =
            url_of("http://h:1/v1?x=1", Wire::OpenAi, Endpoint::Root("/slots?fail_on_no_slot=1")).unwrap();
        assert_eq!(url.as_str(), "http://h:1/slots?fail_on_no_slot=1");
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for base in ["", "gpu1:8000", "ftp://h/", "/v1"] {
            assert_eq!(
                url_of(base, Wire::OpenAi, Endpoint::Chat).unwrap_err().class,
                FailureClass::Malformed
            );
        }
    }

    #[test]
    fn an_address_has_no_credentials() {
        assert_eq!(address("https://u:p@h.example/v1?k=s"), "h.example:443");
    }
}
