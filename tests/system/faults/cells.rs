//! The faults, and how a request should end that meets one.

use std::time::Duration;

use harness::raw_server::{
    RawServer, Step, answer, chunk, end, frame, role, stop, stream, stream_head, text, whole,
};

/// Where the faulty tier stands in its chain of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    First,
    Last,
}

/// How a request should end.
#[derive(Clone, Copy, Debug)]
pub enum Ends {
    /// It is no failure: this is the answer.
    Answered(&'static str),
    /// The next tier answers, unseen by the client; with the class of the failure (or several, by `|`).
    MovesOn(&'static str),
    /// The client has got the beginning, and an error event.
    Broken(&'static str),
    /// The client gets the provider's own refusal, with this status.
    Client(u16),
}

impl Ends {
    pub fn class(self) -> Option<&'static str> {
        match self {
            Self::MovesOn(class) | Self::Broken(class) => Some(class),
            Self::Answered(_) | Self::Client(_) => None,
        }
    }
}

/// Whether a failure of this class counts against the breaker, and whether the replica is left alone for a while.
pub fn follows(class: &str) -> (bool, bool) {
    match class.split('|').next().unwrap_or_default() {
        "rate_limited" | "quota_exhausted" | "unauthorized" | "forbidden" | "model_not_found"
        | "model_loading" => (false, true),
        "conflict" | "payload_too_large" | "context_too_long" | "unsupported" => (false, false),
        _ => (true, false),
    }
}

/// A way to fail.
#[derive(Clone)]
pub struct Fault {
    pub name: &'static str,
    /// Where the tier's URL leads, when not to a server of its own.
    pub url: Option<fn(&RawServer) -> String>,
    pub streamed: Vec<Step>,
    pub streamed_ends: Ends,
    pub whole: Vec<Step>,
    pub whole_ends: Ends,
    /// How it ends where nobody else could be asked, when that is another way.
    pub last_ends: Option<Ends>,
}

fn both(name: &'static str, script: Vec<Step>, ends: Ends) -> Fault {
    Fault {
        name,
        url: None,
        streamed: script.clone(),
        streamed_ends: ends,
        whole: script,
        whole_ends: ends,
        last_ends: None,
    }
}

/// A fault that looks one way in a stream and another in a whole answer.
fn two(name: &'static str, streamed: (Vec<Step>, Ends), whole: (Vec<Step>, Ends)) -> Fault {
    let ((streamed, streamed_ends), (whole, whole_ends)) = (streamed, whole);
    Fault { name, url: None, streamed, streamed_ends, whole, whole_ends, last_ends: None }
}

/// An error answer.
fn status(name: &'static str, line: &str, headers: &str, body: &str, class: &'static str) -> Fault {
    both(name, whole(line, headers, body), Ends::MovesOn(class))
}

fn said(code: &str, message: &str) -> String {
    format!(r#"{{"error":{{"message":"{message}","type":"t","param":null,"code":"{code}"}}}}"#)
}

/// A stream that has sent `Hel`, and then this.
fn begun(rest: Vec<Step>) -> Vec<Step> {
    [vec![stream_head(), chunk(&role()), chunk(&text("Hel"))], rest].concat()
}

fn head_of(length: usize) -> Step {
    Step::Send(
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n")
            .into_bytes(),
    )
}

fn part(of: &str, bytes: usize) -> Step {
    Step::Send(of.as_bytes()[..bytes].to_vec())
}

/// A reset throws away what has not been read yet, so it waits for that.
const BEFORE_RESET: Duration = Duration::from_millis(300);

/// All of them.
pub fn faults() -> Vec<Fault> {
    [connections(), silences(), cuts(), refusals(), limits(), garbage()].concat()
}

fn connections() -> Vec<Fault> {
    let elsewhere = |name, url: fn(&RawServer) -> String, class| Fault {
        url: Some(url),
        ..both(name, vec![Step::Hang], Ends::MovesOn(class))
    };
    vec![
        elsewhere("refused", |_| "http://127.0.0.1:9".into(), "refused"),
        elsewhere("dns", |_| "http://no-such-host.invalid:80".into(), "dns|connect_timeout"),
        both("reset", vec![Step::Reset], Ends::MovesOn("reset")),
        both("closed", vec![], Ends::MovesOn("reset")),
        Fault {
            url: Some(|server| server.url().replace("http://", "https://")),
            ..both(
                "tls-garbage",
                vec![Step::Send(b"this is no TLS\r\n".to_vec())],
                Ends::MovesOn("tls|reset|connect_timeout"),
            )
        },
        both(
            "not-http",
            vec![Step::Send(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())],
            Ends::MovesOn("malformed|reset"),
        ),
    ]
}

fn silences() -> Vec<Fault> {
    use Ends::{Answered, Broken, MovesOn};
    let good = answer("late");
    let late = Duration::from_millis(3000);
    let half = good.len() / 2;
    vec![
        two(
            "hang-before-headers",
            (vec![Step::Hang], MovesOn("first_token_timeout|total_timeout")),
            (vec![Step::Hang], MovesOn("first_token_timeout|total_timeout")),
        ),
        two(
            "hang-after-headers",
            (vec![stream_head(), Step::Hang], MovesOn("first_token_timeout|total_timeout")),
            (vec![head_of(good.len()), Step::Hang], MovesOn("idle_timeout")),
        ),
        Fault {
            // Nobody is left who could be asked instead.
            last_ends: Some(Answered("late")),
            ..two(
                "first-token-late",
                (
                    [
                        vec![stream_head(), Step::Pause(late)],
                        vec![chunk(&text("late")), chunk(&stop()), end()],
                    ]
                    .concat(),
                    MovesOn("first_token_timeout"),
                ),
                // A whole answer has no first token to see, and may take its share of the deadline.
                ([vec![Step::Pause(late)], whole("200 OK", "", &good)].concat(), Answered("late")),
            )
        },
        two(
            "stall",
            (begun(vec![Step::Hang]), Broken("idle_timeout")),
            (vec![head_of(good.len()), part(&good, half), Step::Hang], MovesOn("idle_timeout")),
        ),
        two(
            "role-only-then-silence",
            (vec![stream_head(), chunk(&role()), Step::Hang], MovesOn("first_token_timeout|total_timeout")),
            (vec![head_of(good.len()), part(&good, 1), Step::Hang], MovesOn("idle_timeout")),
        ),
        two(
            "comments-then-silence",
            (
                [vec![stream_head()], (0..4).map(|_| chunk(": ping\n\n")).collect(), vec![Step::Hang]]
                    .concat(),
                MovesOn("first_token_timeout|total_timeout"),
            ),
            (
                vec![head_of(good.len() + 2), Step::Send(b"\n\n".to_vec()), Step::Hang],
                MovesOn("idle_timeout"),
            ),
        ),
        two(
            "slow-drip",
            (
                vec![
                    stream_head(),
                    chunk(&role()),
                    Step::Drip(bytes_of(&chunk(&text("late"))), Duration::from_millis(1)),
                    chunk(&stop()),
                    end(),
                ],
                Answered("late"),
            ),
            (
                vec![head_of(good.len()), Step::Drip(good.clone().into_bytes(), Duration::from_millis(1))],
                Answered("late"),
            ),
        ),
    ]
}

fn bytes_of(step: &Step) -> Vec<u8> {
    match step {
        Step::Send(bytes) => bytes.clone(),
        _ => Vec::new(),
    }
}

fn cuts() -> Vec<Fault> {
    use Ends::{Broken, MovesOn};
    let good = answer("never");
    let half = good.len() / 2;
    let error = format!("data: {}\n\n", said("boom", "it broke"));
    let in_body = |body: &str| whole("200 OK", "", body);
    vec![
        two(
            "cut-by-reset",
            (begun(vec![Step::Pause(BEFORE_RESET), Step::Reset]), Broken("cut_stream")),
            (vec![head_of(good.len()), part(&good, half), Step::Reset], MovesOn("cut_stream")),
        ),
        two(
            "cut-by-fin",
            (begun(vec![]), Broken("cut_stream")),
            (vec![head_of(good.len()), part(&good, half)], MovesOn("cut_stream")),
        ),
        two(
            "malformed-frame",
            (begun(vec![chunk("data: {]\n\n"), Step::Hang]), Broken("malformed")),
            (in_body("{]"), MovesOn("malformed")),
        ),
        two(
            "malformed-first-frame",
            (vec![stream_head(), chunk("data: {]\n\n"), Step::Hang], MovesOn("malformed")),
            (in_body("{\"choices\":7}"), MovesOn("malformed")),
        ),
        two(
            "no-end-mark",
            (begun(vec![end()]), Broken("cut_stream")),
            (in_body(&good.replace("\"stop\"", "null")), MovesOn("cut_stream")),
        ),
        two(
            "done-alone",
            (begun(vec![chunk("data: [DONE]\n\n"), end()]), Broken("cut_stream")),
            (in_body("data: [DONE]"), MovesOn("malformed")),
        ),
        two(
            "error-in-stream",
            (begun(vec![chunk(&error), end()]), Broken("stream_error")),
            (in_body(&said("boom", "it broke")), MovesOn("stream_error")),
        ),
        two(
            "done-after-an-error",
            (begun(vec![chunk(&error), chunk("data: [DONE]\n\n"), end()]), Broken("stream_error")),
            (in_body(&said("server_error", "it broke")), MovesOn("server_error|stream_error")),
        ),
        two(
            "ends-in-failure",
            (
                begun(vec![chunk(&frame("{}", "\"error\"")), chunk("data: [DONE]\n\n"), end()]),
                Broken("stream_error"),
            ),
            (
                in_body(&good.replace("\"stop\"", "\"insufficient_system_resource\"")),
                MovesOn("overloaded|stream_error"),
            ),
        ),
    ]
}

fn refusals() -> Vec<Fault> {
    let client = |name, code: &str| {
        both(name, whole("400 Bad Request", "", &said(code, "its own words")), Ends::Client(400))
    };
    vec![
        status("408", "408 Request Timeout", "", &said("timeout", "slow"), "upstream_timeout"),
        status("409", "409 Conflict", "", &said("lock", "locked"), "conflict"),
        status("413", "413 Payload Too Large", "", &said("large", "large"), "payload_too_large"),
        status("401", "401 Unauthorized", "", &said("invalid_api_key", "bad key"), "unauthorized"),
        status("403", "403 Forbidden", "", &said("no_access", "no"), "forbidden"),
        status(
            "404-model",
            "404 Not Found",
            "",
            &said("model_not_found", "no such model"),
            "model_not_found",
        ),
        status(
            "400-context",
            "400 Bad Request",
            "",
            &said("context_length_exceeded", "too long"),
            "context_too_long",
        ),
        client("400-filter", "content_filter"),
        client("400-client", "invalid_value"),
        status("500", "500 Internal Server Error", "", &said("x", "oops"), "server_error"),
        status("502", "502 Bad Gateway", "", &said("x", "no upstream"), "overloaded"),
        status(
            "503-loading",
            "503 Service Unavailable",
            "",
            r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#,
            "model_loading",
        ),
        status("504", "504 Gateway Timeout", "", "", "upstream_timeout"),
        status(
            "529",
            "529 Overloaded",
            "",
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            "overloaded",
        ),
    ]
}

fn limits() -> Vec<Fault> {
    let limited = |name, headers: &str| {
        status(
            name,
            "429 Too Many Requests",
            headers,
            &said("rate_limit_exceeded", "slow down"),
            "rate_limited",
        )
    };
    vec![
        limited("429-seconds", "retry-after: 30\r\n"),
        limited("429-date", "retry-after: Fri, 01 Jan 2999 00:00:00 GMT\r\n"),
        limited("429-ms", "retry-after-ms: 30000\r\n"),
        limited("429-3600", "retry-after: 3600\r\n"),
        limited("429-alone", ""),
        status(
            "429-quota",
            "429 Too Many Requests",
            "",
            &said("insufficient_quota", "pay"),
            "quota_exhausted",
        ),
        status("402", "402 Payment Required", "", &said("billing", "pay"), "quota_exhausted"),
    ]
}

fn garbage() -> Vec<Fault> {
    use Ends::{Answered, MovesOn};
    let page = "<!doctype html><html><title>Welcome</title></html>";
    // `{}` compressed: nothing here was asked for, and nothing reads it.
    let gzip: &[u8] =
        &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0, 0x43, 0xbf, 0xa6, 0xa3, 2, 0, 0, 0];
    let gzip_head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 22\r\n\r\n";
    let compressed = vec![Step::Send([gzip_head.as_bytes(), gzip].concat())];
    let hollow = answer("");
    vec![
        both("html-page", whole("200 OK", "content-type: text/html\r\n", page), MovesOn("malformed")),
        both(
            "html-error-page",
            whole("503 Service Unavailable", "content-type: text/html\r\n", page),
            MovesOn("overloaded"),
        ),
        both("invalid-json", whole("200 OK", "", "{\"id\": "), MovesOn("malformed|cut_stream")),
        both(
            "200-with-error",
            whole("200 OK", "", r#"{"error":"Unexpected endpoint or method"}"#),
            MovesOn("stream_error"),
        ),
        both("gzip", compressed, MovesOn("malformed|cut_stream")),
        both("redirect", whole("302 Found", "location: http://127.0.0.1:9/\r\n", ""), MovesOn("malformed")),
        two(
            "empty",
            (vec![stream_head(), end()], MovesOn("cut_stream")),
            (whole("200 OK", "", ""), MovesOn("malformed")),
        ),
        two(
            "no-fault",
            (stream(&["all ", "is ", "well"]), Answered("all is well")),
            (whole("200 OK", "", &answer("all is well")), Answered("all is well")),
        ),
        // An answer that says nothing is no answer while somebody else may say more.
        Fault {
            last_ends: Some(Answered("")),
            ..two(
                "hollow",
                (vec![stream_head(), chunk(&role()), chunk(&stop()), end()], MovesOn("malformed")),
                (whole("200 OK", "", &hollow), MovesOn("malformed")),
            )
        },
    ]
}
