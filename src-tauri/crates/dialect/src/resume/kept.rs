//! What goes out of a stream as it came, read along so that the rest of it can be written by somebody else.

use std::fmt;

use bytes::Bytes;

use super::{Broken, Sent};
use crate::{
    client::Writer,
    exchange::Event,
    frames::Cutter,
    openai::ChunkWriter,
    wire::{Reader, Stamp},
};

/// Follows a stream of one dialect: where it stands, and whether that is all that a writer needs to take it up.
pub(crate) trait Trail: fmt::Debug + Send {
    /// One more frame has gone out whole.
    ///
    /// # Errors
    /// It says more than text, so that nobody can go on from here; why.
    fn frame(&mut self, frame: &[u8]) -> Result<(), &'static str>;

    /// Why nobody can go on from where the stream stands now; none when somebody can.
    fn why_not(&self) -> Option<&'static str> {
        None
    }

    /// The writer of the rest.
    fn writer(self: Box<Self>) -> Box<dyn Writer>;
}

/// What a client has been sent of a stream that went through as it was, and how the rest is written.
#[derive(Debug)]
pub(crate) struct Kept {
    sent: Sent,
    along: Along,
}

#[derive(Debug)]
enum Along {
    /// Chat Completions: every frame stands for itself.
    Chunks { stamp: Stamp, usage_wanted: bool },
    /// Streams whose frames build on those before.
    Events { cutter: Cutter, reader: Box<dyn Reader>, trail: Box<dyn Trail> },
}

impl Kept {
    /// For Chat Completions; `stamp` is for an answer that has none.
    pub fn chunks(stamp: Stamp, usage_wanted: bool) -> Self {
        Self { sent: Sent::default(), along: Along::Chunks { stamp, usage_wanted } }
    }

    /// For a dialect that is cut and read so.
    pub fn events(cutter: Cutter, reader: Box<dyn Reader>, trail: Box<dyn Trail>) -> Self {
        Self { sent: Sent::default(), along: Along::Events { cutter, reader, trail } }
    }

    /// More whole frames have gone out.
    pub fn push(&mut self, out: &Bytes) {
        let Along::Events { cutter, reader, trail } = &mut self.along else { return self.sent.push(out) };
        cutter.push(out.clone());
        let mut events = Vec::new();
        while let Ok(Some(frame)) = cutter.next_frame() {
            reader.read(&frame, &mut events);
            for event in events.drain(..) {
                match event {
                    Event::Text(text) => self.sent.say(&text),
                    other => self.sent.note(&other),
                }
            }
            self.sent.told(reader.so_far());
            if let Err(why) = trail.frame(&frame) {
                self.sent.is_beyond_text(why);
            }
        }
    }

    pub const fn sent(&self) -> &Sent {
        &self.sent
    }

    /// Why the answer cannot be continued by another server; none when it can.
    pub fn why_not(&self) -> Option<&'static str> {
        self.sent.why_not().or_else(|| match &self.along {
            Along::Events { trail, .. } => trail.why_not(),
            Along::Chunks { .. } => None,
        })
    }

    /// What it takes to go on.
    pub fn broken(self) -> Broken {
        let writer: Box<dyn Writer> = match self.along {
            Along::Events { trail, .. } => trail.writer(),
            Along::Chunks { stamp, usage_wanted } => {
                let stamp = self.sent.stamp.clone().unwrap_or(stamp);
                Box::new(ChunkWriter::behind(stamp, self.sent.model.clone(), usage_wanted))
            }
        };
        Broken { sent: self.sent, writer }
    }
}
