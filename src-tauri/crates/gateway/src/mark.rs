//! Who gave an answer, in its body: `_backend`, `_degraded` and `_notice`, where the chain asks for it.
//!
//! The body's bytes stay as they are. A whole answer gets the fields at the end of its object; a stream gets them at the
//! beginning of its first JSON frame, and once more where another tier goes on with it, so that nothing that has gone out
//! would have to be taken back.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::reply::By;

impl By {
    /// A whole answer's body, with the mark.
    pub(crate) fn mark_whole(&self, body: Bytes) -> Bytes {
        let Some(fields) = self.fields() else { return body };
        let trimmed = body.trim_ascii_end();
        let Some(inside) = trimmed.strip_suffix(b"}").filter(|it| it.trim_ascii_start().starts_with(b"{"))
        else {
            return body;
        };
        let comma: &[u8] = if inside.trim_ascii() == b"{" { b"" } else { b"," };
        [inside, comma, fields.as_bytes(), b"}"].concat().into()
    }

    /// The beginning of a stream, whole frames, with the mark in its first JSON object.
    pub(crate) fn mark_start(&self, frames: Bytes) -> Bytes {
        let Some(fields) = self.fields() else { return frames };
        let Some(at) = first_object(&frames) else { return frames };
        let (before, object) = frames.split_at(at + 1);
        let comma: &[u8] = if object.trim_ascii_start().starts_with(b"}") { b"" } else { b"," };
        [before, fields.as_bytes(), comma, object].concat().into()
    }

    /// The fields of the mark, as they stand between braces; none where the chain wants no mark.
    fn fields(&self) -> Option<String> {
        if !self.marks_body {
            return None;
        }
        let mut fields = Map::new();
        fields.insert("_backend".into(), Value::from(self.backend.clone()?));
        fields.insert("_degraded".into(), Value::from(self.mode != domain::mode::Mode::Full));
        if let Some(notice) = &self.notice {
            fields.insert("_notice".into(), Value::from(notice.clone()));
        }
        let text = Value::Object(fields).to_string();
        Some(text.get(1..text.len() - 1)?.to_owned())
    }
}

/// Where the first frame's object begins: in a line of its own, or behind `data:`.
fn first_object(frames: &[u8]) -> Option<usize> {
    let mut start = 0;
    for line in frames.split_inclusive(|byte| *byte == b'\n') {
        let data = line.strip_prefix(b"data:").unwrap_or(line);
        let blank = data.iter().take_while(|byte| **byte == b' ').count();
        if data.get(blank) == Some(&b'{') {
            return Some(start + (line.len() - data.len()) + blank);
        }
        start += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(marks_body: bool, notice: Option<&str>) -> By {
        By {
            tier: Some("cpu".into()),
            backend: Some("ollama/small".into()),
            attempts: 2,
            mode: domain::mode::Mode::Degraded,
            notice: notice.map(Into::into),
            request: "r".into(),
            simulated: false,
            resumed: false,
            marks_body,
        }
    }

    #[test]
    fn a_whole_body_is_marked_at_its_end_and_else_as_it_was() {
        let mark = |body: &'static str| {
            let marked = by(true, Some("the \"small\" one")).mark_whole(Bytes::from_static(body.as_bytes()));
            String::from_utf8(marked.to_vec()).unwrap()
        };
        let fields = r#""_backend":"ollama/small","_degraded":true,"_notice":"the \"small\" one"}"#;
        assert_eq!(mark("{ \"a\": {\"b\":1} }\n"), format!("{{ \"a\": {{\"b\":1}} ,{fields}"));
        assert_eq!(mark("{}"), format!("{{{fields}"));
        assert_eq!(mark("[1]"), "[1]");
        let plain = Bytes::from_static(b"{\"a\":1}");
        assert_eq!(by(false, None).mark_whole(plain.clone()), plain);
    }

    #[test]
    fn a_stream_is_marked_in_its_first_object() {
        let mark = |frames: &'static str| {
            let marked = by(true, None).mark_start(Bytes::from_static(frames.as_bytes()));
            String::from_utf8(marked.to_vec()).unwrap()
        };
        let fields = r#""_backend":"ollama/small","_degraded":true"#;
        assert_eq!(
            mark(": hello\n\nevent: a\ndata: {\"b\":1}\n\ndata: {\"c\":2}\n\n"),
            format!(": hello\n\nevent: a\ndata: {{{fields},\"b\":1}}\n\ndata: {{\"c\":2}}\n\n")
        );
        assert_eq!(mark("{\"b\":1}\n"), format!("{{{fields},\"b\":1}}\n"));
        assert_eq!(mark("data:{}\n\n"), format!("data:{{{fields}}}\n\n"));
        assert_eq!(mark("data: [DONE]\n\n"), "data: [DONE]\n\n");
    }
}
