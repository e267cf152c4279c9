//! A streamed answer on its way to the client: relayed as it is, or translated; the gateway need not know which.
//!
//! Rules: only whole frames go out, so that an error of our own can follow at any moment. Nothing goes out from an
//! error frame on, or after the end mark. What goes out in total begins at the first byte, so that a gateway may hold it back until
//! [`Seen::Content`] and then send everything.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

use crate::{
    client::{Asked, Writer},
    error::ClientError,
    exchange::{Event, Usage},
    fault::cannot_go_on,
    frames::Cutter,
    observe::{Completion, EventObserver, Observe, Pass, Seen, too_long},
    resume::{Broken, Continuing, Kept, Part, Seam},
    wire::{Reader, Side, Stamp},
};

/// What comes of one piece of an upstream's body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Bytes for the client: whole frames of its dialect; may be empty.
    pub out: Bytes,
    /// What was seen, in order.
    pub seen: Vec<Seen>,
}

/// What comes of the end of an upstream's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The last bytes for the client; may be empty.
    pub out: Bytes,
    /// What was seen in them.
    pub seen: Vec<Seen>,
    /// The verdict on the whole answer.
    pub completion: Completion,
}

/// A streamed answer on its way to the client.
#[derive(Debug)]
pub struct Relay {
    way: Way,
    frames: u64,
}

#[derive(Debug)]
enum Way {
    Same(Box<Same>),
    Between(Box<Between>),
}

impl Relay {
    /// Both sides speak the same: bytes go on as they are, without the frame that holds only the usage where the
    /// client did not ask for it.
    pub(crate) fn same(asked: &Asked, stamp: Stamp, side: &dyn Side) -> Self {
        let same = Same {
            cutter: Some(side.cutter()),
            fresh: true,
            observer: side.observer(),
            asked: asked.clone(),
            stamp,
            mark: side.end_mark(),
            may_say_nothing: side.may_say_nothing(),
            usage_wanted: asked.peek.stream_usage,
            kept: None,
        };
        Self { way: Way::Same(Box::new(same)), frames: 0 }
    }

    /// The upstream speaks another dialect than the client. `model`: its name where the upstream does not say it.
    pub(crate) fn between(
        upstream: &dyn Side,
        model: &str,
        reader: Box<dyn Reader>,
        writer: Box<dyn Writer>,
    ) -> Self {
        let between = Between {
            model: model.to_owned(),
            cutter: Some(upstream.cutter()),
            reader,
            field: upstream.finish_field(),
            observer: EventObserver::default(),
            writer,
            fresh: true,
            ended: false,
            part: None,
        };
        Self { way: Way::Between(Box::new(between)), frames: 0 }
    }

    /// The upstream goes on with an answer that broke off.
    pub(crate) fn behind(upstream: &dyn Side, broken: Broken, continuing: &Continuing) -> Self {
        let Broken { mut sent, writer } = broken;
        sent.begin_part();
        let mut relay = Self::between(upstream, "", upstream.reader(), writer);
        if let Way::Between(between) = &mut relay.way {
            let seam = Some(Seam::new(&continuing.text, !continuing.manner.is_prefill()));
            between.part = Some(Box::new(Part { sent, seam }));
        }
        relay
    }

    /// Keeps what goes out from here on, so that the answer can be continued if it breaks off.
    pub fn keep(&mut self) {
        match &mut self.way {
            Way::Same(same) => {
                let side = same.asked.dialect.side();
                same.kept = side.kept(&same.asked, same.stamp.clone()).map(Box::new);
            }
            Way::Between(between) => between.part = Some(Box::default()),
        }
    }

    /// The answer, where it broke off and may be continued.
    ///
    /// # Errors
    /// It may not; why, and the relay to end it with.
    pub fn broken(self) -> Result<Broken, (Self, &'static str)> {
        const NOT_KEPT: &str = "what was sent of it was not kept";
        let why_not = match &self.way {
            Way::Same(same) => same.kept.as_ref().map_or(Some(NOT_KEPT), |kept| kept.why_not()),
            Way::Between(between) => between.part.as_ref().map_or(Some(NOT_KEPT), |part| part.sent.why_not()),
        };
        if let Some(why) = why_not {
            return Err((self, why));
        }
        let frames = self.frames;
        match self.way {
            Way::Same(mut same) => match same.kept.take() {
                Some(kept) => Ok(kept.broken()),
                None => Err((Self { way: Way::Same(same), frames }, NOT_KEPT)),
            },
            Way::Between(mut between) => match between.part.take() {
                Some(part) => Ok(Broken { sent: part.sent, writer: between.writer }),
                None => Err((Self { way: Way::Between(between), frames }, NOT_KEPT)),
            },
        }
    }

    /// What the part that goes on cost, as far as it is known; none where nothing was kept.
    #[must_use]
    pub fn counted(&self) -> Option<Usage> {
        Some(match &self.way {
            Way::Same(same) => same.kept.as_ref()?.sent().part(),
            Way::Between(between) => between.part.as_ref()?.sent.part(),
        })
    }

    /// Takes the next piece of the upstream's body.
    pub fn push(&mut self, bytes: Bytes) -> Step {
        match &mut self.way {
            Way::Same(same) => same.push(bytes, &mut self.frames),
            Way::Between(between) => between.push(bytes, &mut self.frames),
        }
    }

    /// The upstream's body has ended, by itself or by a broken connection. Only [`Self::error`] may follow.
    #[must_use]
    pub fn finish(&mut self) -> End {
        match &mut self.way {
            Way::Same(same) => same.finish(),
            Way::Between(between) => between.finish(),
        }
    }

    /// Ends what the client has got so far with an error in its dialect.
    #[must_use]
    pub fn error(&mut self, error: &ClientError) -> Bytes {
        match &mut self.way {
            // What was kept knows where the stream stands.
            Way::Same(same) => match same.kept.take() {
                Some(kept) => kept.broken().error(error),
                None => same.asked.error_event(error, same.stamp.clone()),
            },
            Way::Between(between) => {
                let mut out = BytesMut::new();
                between.writer.error(error, &mut out);
                out.freeze()
            }
        }
    }

    /// How many frames have come so far (comments and empty ones included).
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }
}

#[derive(Debug)]
struct Same {
    /// Absent once the body has ended.
    cutter: Option<Cutter>,
    /// Whether nothing has come yet.
    fresh: bool,
    observer: Box<dyn Observe>,
    asked: Asked,
    stamp: Stamp,
    mark: &'static [u8],
    may_say_nothing: bool,
    usage_wanted: bool,
    /// What was sent, where it is kept.
    kept: Option<Box<Kept>>,
}

impl Same {
    fn push(&mut self, bytes: Bytes, count: &mut u64) -> Step {
        let mut step = Step::default();
        let Some(mut cutter) = self.cutter.take_if(|_| !self.observer.done()) else { return step };
        let mut out = Run::new(bytes.clone());
        cutter.push(bytes);
        loop {
            match cutter.next_frame() {
                Ok(None) => break,
                Ok(Some(frame)) => {
                    *count += 1;
                    self.fresh = false;
                    if !self.frame(&frame, &mut out, &mut step.seen) {
                        break;
                    }
                }
                Err(error) => {
                    self.observer.too_long(error, &mut step.seen);
                    break;
                }
            }
        }
        self.cutter = Some(cutter);
        step.out = out.take();
        if let Some(kept) = &mut self.kept {
            kept.push(&step.out);
        }
        step
    }

    fn frame(&mut self, frame: &Bytes, out: &mut Run, seen: &mut Vec<Seen>) -> bool {
        match self.observer.frame(frame, seen) {
            Pass::OnlyUsage if !self.usage_wanted => {}
            Pass::On | Pass::OnlyUsage => out.add(frame),
            Pass::Stop => return false,
        }
        true
    }

    fn finish(&mut self) -> End {
        let mut seen = Vec::new();
        // The last frame may lack its end; one that was cut in the middle is no JSON and is left out.
        let rest = self.cutter.take().and_then(|cutter| Some((cutter.end(), cutter.rest(self.fresh)?)));
        let (end, rest) = rest.unwrap_or_default();
        let mut out = Run::new(rest.clone());
        if !rest.is_empty() && self.frame(&rest, &mut out, &mut seen) {
            out.add(&Bytes::from_static(end));
        }
        if self.observer.finished() && !self.observer.done() {
            out.add(&Bytes::from_static(self.mark));
        }
        let out = out.take();
        if let Some(kept) = &mut self.kept {
            kept.push(&out);
        }
        let completion = match self.observer.close() {
            Completion::Empty if self.may_say_nothing => Completion::Complete,
            completion => completion,
        };
        End { out, seen, completion }
    }
}

/// Frames put together again: without copying where they lie side by side in the piece that came.
struct Run {
    piece: Bytes,
    range: Range<usize>,
    copied: BytesMut,
}

impl Run {
    fn new(piece: Bytes) -> Self {
        Self { piece, range: 0..0, copied: BytesMut::new() }
    }

    fn add(&mut self, frame: &Bytes) {
        let at = (frame.as_ptr() as usize).wrapping_sub(self.piece.as_ptr() as usize);
        let inside = at <= self.piece.len() && frame.len() <= self.piece.len() - at;
        if inside && self.copied.is_empty() && (self.range.is_empty() || self.range.end == at) {
            let start = if self.range.is_empty() { at } else { self.range.start };
            self.range = start..at + frame.len();
            return;
        }
        let side_by_side = std::mem::take(&mut self.range);
        self.copied.extend_from_slice(self.piece.get(side_by_side).unwrap_or_default());
        self.copied.extend_from_slice(frame);
    }

    fn take(self) -> Bytes {
        if self.copied.is_empty() { self.piece.slice(self.range) } else { self.copied.freeze() }
    }
}

/// From one dialect to another, by way of the exchange model's events.
#[derive(Debug)]
struct Between {
    /// What the client calls the model.
    model: String,
    /// Absent once the body has ended.
    cutter: Option<Cutter>,
    reader: Box<dyn Reader>,
    field: &'static str,
    observer: EventObserver,
    writer: Box<dyn Writer>,
    /// Whether nothing readable has come yet.
    fresh: bool,
    /// Whether the end mark has come.
    ended: bool,
    /// What was sent, where it is kept.
    part: Option<Box<Part>>,
}

impl Between {
    fn push(&mut self, bytes: Bytes, count: &mut u64) -> Step {
        let mut step = Step::default();
        let mut out = BytesMut::new();
        let Some(mut cutter) = self.cutter.take() else { return step };
        cutter.push(bytes);
        while !self.observer.ledger.failed() {
            match cutter.next_frame() {
                Ok(None) => break,
                Ok(Some(frame)) => {
                    *count += 1;
                    self.frame(&frame, &mut out, &mut step.seen);
                }
                Err(error) => self.observer.ledger.fail(too_long(error), &mut step.seen),
            }
        }
        self.cutter = Some(cutter);
        step.out = out.freeze();
        step
    }

    fn frame(&mut self, frame: &[u8], out: &mut BytesMut, seen: &mut Vec<Seen>) {
        if self.ended {
            return;
        }
        let mut events = Vec::new();
        self.reader.read(frame, &mut events);
        for event in &mut events {
            if let Event::Start { model } = event
                && model.is_empty()
            {
                model.clone_from(&self.model);
            }
            self.fresh &= matches!(event, Event::KeepAlive);
            if !self.observer.event(event, self.field, seen) {
                return;
            }
            if *event == Event::Done {
                self.ended = true;
                self.end(out);
                seen.push(Seen::Done);
                return;
            }
            self.write(event, out, seen);
        }
    }

    fn write(&mut self, event: &Event, out: &mut BytesMut, seen: &mut Vec<Seen>) {
        let Some(part) = &mut self.part else { return self.writer.write(event, out) };
        part.sent.told(self.reader.so_far());
        if let Err(anew) = part.write(event, self.writer.as_mut(), out) {
            self.observer.ledger.fail(cannot_go_on(anew), seen);
        }
    }

    /// Without a finish reason an end would make a cut answer look whole.
    fn end(&mut self, out: &mut BytesMut) {
        if !self.observer.ledger.finished() {
            return;
        }
        if let Some(part) = self.part.as_ref().filter(|part| part.seam.is_some()) {
            // The beginning has been counted, whether or not the server of the rest counts it.
            self.writer.write(&Event::Usage(part.sent.counted()), out);
        }
        self.writer.end(out);
    }

    fn finish(&mut self) -> End {
        let mut seen = Vec::new();
        let mut out = BytesMut::new();
        let rest = self.cutter.take().and_then(|cutter| cutter.rest(self.fresh));
        if let Some(rest) = rest.filter(|_| !self.observer.ledger.failed()) {
            self.frame(&rest, &mut out, &mut seen);
        }
        if !self.ended {
            self.end(&mut out);
        }
        End { out: out.freeze(), seen, completion: self.observer.ledger.close() }
    }
}
