//! One tool at a time, before servers that cannot be told so: of several calls the client gets the first. The model makes
//! the others anew once it has seen that one's result. vLLM and `OpenAI`'s own clients know it no other way.

use bytes::BytesMut;

use crate::{
    client::Writer,
    error::ClientError,
    exchange::{Event, Request, ToolChoice},
};

/// Whether a request wants one call at most.
pub(crate) fn is_wanted(request: &Request) -> bool {
    request.parallel_tool_calls == Some(false)
        && !request.tools.is_empty()
        && request.tool_choice != Some(ToolChoice::Never)
}

/// Keeps every call but the first from a client.
#[derive(Debug)]
pub(crate) struct OneCall {
    writer: Box<dyn Writer>,
    first: Option<u32>,
}

impl OneCall {
    /// Before this writer.
    pub fn new(writer: Box<dyn Writer>) -> Self {
        Self { writer, first: None }
    }
}

impl Writer for OneCall {
    fn write(&mut self, event: &Event, out: &mut BytesMut) {
        let passes = match event {
            Event::ToolCall { index, .. } => *self.first.get_or_insert(*index) == *index,
            Event::ToolArguments { index, .. } => self.first == Some(*index),
            _ => true,
        };
        if passes {
            self.writer.write(event, out);
        }
    }

    fn end(&mut self, out: &mut BytesMut) {
        self.writer.end(out);
    }

    fn error(&mut self, error: &ClientError, out: &mut BytesMut) {
        self.writer.error(error, out);
    }
}
