//! Whose sealed state is whose.
//!
//! What a model wants back unread is of use to the model that made it alone; another one refuses the request for it. So
//! it goes to clients of another dialect with a mark of the tier that made it, comes back from them as it went, and is
//! given to that tier without the mark and to no other at all. Where client and upstream speak the same, bytes go
//! through, and nothing is marked.

use bytes::BytesMut;

use crate::{
    carry::{SIGNED, digest},
    client::Writer,
    error::ClientError,
    exchange::{Answer, Event, Message, Request, Sealed, ToolCall},
};

/// How marked state begins.
pub(crate) const MARK: &str = "co1.";

/// A tier, as far as sealed state is concerned: a kind of provider and a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(u32);

impl Origin {
    /// The origin of this name, which is the same wherever the provider and the model are.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::of_parts([name])
    }

    /// The same of the name `provider/model`.
    #[must_use]
    pub fn of_model(provider: &str, model: &str) -> Self {
        Self::of_parts([provider, "/", model])
    }

    fn of_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(u32::try_from(digest(parts) >> 32).unwrap_or_default())
    }

    /// How it stands in a mark.
    fn word(&self) -> String {
        format!("{:08x}", self.0)
    }

    fn mark(&self, sealed: &mut Sealed) {
        let (Sealed::Signature(text) | Sealed::Redacted(text)) = sealed;
        *text = format!("{MARK}{}.{text}", self.word());
    }

    fn mark_id(&self, id: &mut String) {
        if let Some((start, carried)) = id.split_once(SIGNED) {
            *id = format!("{start}{SIGNED}{}_{carried}", self.word());
        }
    }

    pub(crate) fn mark_answer(&self, answer: &mut Answer) {
        answer.sealed.iter_mut().for_each(|sealed| self.mark(sealed));
        answer.tool_calls.iter_mut().for_each(|call| self.mark_id(&mut call.id));
    }
}

/// State without its mark, if it may be given to `origin`. State that bears no mark was made by a tier of the client's
/// own dialect.
pub(crate) fn unmarked<'a>(text: &'a str, origin: Option<&Origin>) -> Option<&'a str> {
    let Some(marked) = text.strip_prefix(MARK) else { return Some(text).filter(|it| !it.is_empty()) };
    let (mark, text) = marked.split_once('.')?;
    origin.is_some_and(|it| it.word() == mark).then_some(text)
}

/// An id without its mark, and without what it carries for another tier.
fn unmark_id(id: &mut String, origin: Option<&Origin>) {
    if let Some((start, carried)) = id.split_once(SIGNED) {
        let mine = origin.and_then(|it| carried.strip_prefix(&it.word())?.strip_prefix('_'));
        *id = mine.map_or_else(|| start.to_owned(), |carried| format!("{start}{SIGNED}{carried}"));
    }
}

/// Takes the marks off a request for `origin`, which speaks another dialect than the client, and out of it what others
/// sealed: state without a mark is that of a tier of the client's own dialect.
pub(crate) fn unmark(request: &mut Request, origin: Option<&Origin>) {
    for message in &mut request.messages {
        match message {
            Message::Assistant(turn) => {
                turn.sealed = turn.sealed.drain(..).filter_map(|sealed| keep(sealed, origin)).collect();
                turn.tool_calls.iter_mut().for_each(|ToolCall { id, .. }| unmark_id(id, origin));
            }
            Message::Tool(result) => unmark_id(&mut result.call_id, origin),
            Message::System(_) | Message::User(_) => {}
        }
    }
}

fn keep(sealed: Sealed, origin: Option<&Origin>) -> Option<Sealed> {
    let mine = |text: &str| unmarked(text, origin).filter(|_| text.starts_with(MARK)).map(ToOwned::to_owned);
    Some(match sealed {
        Sealed::Signature(text) => Sealed::Signature(mine(&text)?),
        Sealed::Redacted(text) => Sealed::Redacted(mine(&text)?),
    })
}

/// Marks what goes out to a client.
#[derive(Debug)]
pub(crate) struct Marking {
    pub writer: Box<dyn Writer>,
    pub origin: Origin,
}

impl Writer for Marking {
    fn write(&mut self, event: &Event, out: &mut BytesMut) {
        match event {
            Event::Sealed(sealed) => {
                let mut sealed = sealed.clone();
                self.origin.mark(&mut sealed);
                self.writer.write(&Event::Sealed(sealed), out);
            }
            Event::ToolCall { index, id, name } if id.contains(SIGNED) => {
                let (mut id, name) = (id.clone(), name.clone());
                self.origin.mark_id(&mut id);
                self.writer.write(&Event::ToolCall { index: *index, id, name }, out);
            }
            other => self.writer.write(other, out),
        }
    }

    fn end(&mut self, out: &mut BytesMut) {
        self.writer.end(out);
    }

    fn error(&mut self, error: &ClientError, out: &mut BytesMut) {
        self.writer.error(error, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Turn;

    #[test]
    fn state_goes_back_to_its_maker_and_to_nobody_else() {
        let (a, b) = (Origin::of("gemini/x"), Origin::of_model("bedrock", "y"));
        assert_eq!(Origin::of_model("gemini", "x"), a);
        let mut answer = Answer {
            sealed: vec![Sealed::Signature("s.1".into()), Sealed::Redacted("r".into())],
            tool_calls: vec![ToolCall { id: format!("c{SIGNED}AA-_"), ..ToolCall::default() }],
            ..Answer::default()
        };
        let made = answer.clone();
        a.mark_answer(&mut answer);
        assert_ne!(answer, made);
        let request = |answer: &Answer| Request {
            messages: vec![Message::Assistant(Turn {
                sealed: answer.sealed.clone(),
                tool_calls: answer.tool_calls.clone(),
                ..Turn::default()
            })],
            ..Request::default()
        };
        let mut mine = request(&answer);
        unmark(&mut mine, Some(&a));
        assert_eq!(mine, request(&made));
        for other in [Some(&b), None] {
            let mut theirs = request(&answer);
            unmark(&mut theirs, other);
            let Message::Assistant(turn) = &theirs.messages[0] else { panic!() };
            assert!(turn.sealed.is_empty() && turn.tool_calls[0].id == "c", "{turn:?}");
        }
        let mut native = request(&made);
        unmark(&mut native, Some(&a));
        let Message::Assistant(turn) = &native.messages[0] else { panic!() };
        assert!(turn.sealed.is_empty(), "what bears no mark is not of a tier like this");
        assert_eq!(unmarked("plain", None), Some("plain"));
        assert_eq!(unmarked("", Some(&a)), None);
    }
}
