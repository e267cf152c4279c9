//! Frames that differ in their text alone.
//!
//! Nearly every frame of a stream is the one before it with a few other characters of text. A frame that was read in
//! full is kept; one that has the same bytes around its text, and a text that JSON allows, says the same and need not
//! be read again.

use std::ops::Range;

/// A longer frame is not kept, in bytes.
const LONGEST: usize = 4096;

/// A frame that was read in full.
#[derive(Debug, Default)]
pub(super) struct Alike {
    frame: Vec<u8>,
    /// Where its text lies, without the quotes.
    text: Range<usize>,
}

impl Alike {
    /// Keeps a frame. `text` lies within it, as it stands there.
    pub fn keep(&mut self, frame: &[u8], text: &str) {
        let at = (text.as_ptr() as usize).wrapping_sub(frame.as_ptr() as usize);
        if frame.len() > LONGEST || at > frame.len() || text.len() > frame.len() - at {
            return;
        }
        self.frame.clear();
        self.frame.extend_from_slice(frame);
        self.text = at..at + text.len();
    }

    /// Whether `frame` is the kept one but for its text, which is not empty either.
    pub fn is(&self, frame: &[u8]) -> bool {
        let around = |kept: &[u8]| -> Option<bool> {
            let (before, after) = (kept.get(..self.text.start)?, kept.get(self.text.end..)?);
            Some(frame.strip_prefix(before)?.strip_suffix(after).is_some_and(is_text))
        };
        !self.frame.is_empty() && around(&self.frame).unwrap_or_default()
    }
}

/// Whether these bytes may stand between the quotes of a JSON text, and are not nothing. Of what is escaped by number
/// it is not known here.
fn is_text(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' if !matches!(rest.next(), Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => {
                return false;
            }
            b'"' | 0..=0x1f => return false,
            _ => {}
        }
    }
    !bytes.is_empty() && std::str::from_utf8(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::observe::{Observe, Observer};

    #[test]
    fn only_the_text_may_differ() {
        let frame = br#"data: {"id":1,"text":"word"}"#;
        let mut alike = Alike::default();
        assert!(!alike.is(frame) && !alike.is(b""));
        alike.keep(frame, std::str::from_utf8(&frame[22..26]).unwrap());
        for same in ["w", "other", r"\n", r#"a \"b\" \\"#, "\u{e9}\u{1f642}"] {
            assert!(alike.is(format!(r#"data: {{"id":1,"text":"{same}"}}"#).as_bytes()), "{same}");
        }
        for other in ["", "a\"b", "a\nb", r"\u00e9", r"\x", "\\", r#"","id":2,"x":""#] {
            assert!(!alike.is(format!(r#"data: {{"id":1,"text":"{other}"}}"#).as_bytes()), "{other}");
        }
        assert!(!alike.is(br#"data: {"id":2,"text":"word"}"#));
        assert!(!alike.is(b"data: {\"id\":1,\"text\":\"\xff\"}"));
        assert!(!alike.is(&frame[..25]));
    }

    /// Frames as servers write them, and as they should not.
    fn frame() -> impl Strategy<Value = String> {
        let text = prop_oneof![
            8 => "[a-z \u{e9}]{0,6}",
            1 => Just(r"\n\u00e9".to_owned()),
            1 => Just(r"\ud83d".to_owned()),
            1 => Just("\",\"x\":\"".to_owned()),
            1 => Just("\\".to_owned()),
        ];
        let finish = prop_oneof![8 => Just("null"), 1 => Just("\"stop\""), 1 => Just("\"error\"")];
        let delta = prop_oneof![
            6 => Just(r#"{"content":"TEXT"}"#),
            1 => Just(r#"{"reasoning":"TEXT"}"#),
            1 => Just(r#"{"content":"","tool_calls":[{"index":0,"function":{"name":"TEXT"}}]}"#),
        ];
        let tail = prop_oneof![
            8 => Just("}\n\n"),
            1 => Just(r#","usage":{"prompt_tokens":1,"completion_tokens":2}}

"#),
            1 => Just("}}\n\n"),
            1 => Just(",\"error\":{\"message\":\"no\"}}\n\n"),
        ];
        (text, finish, delta, tail).prop_map(|(text, finish, delta, tail)| {
            let delta = delta.replace("TEXT", &text);
            format!(
                r#"data: {{"id":"b","choices":[{{"index":0,"delta":{delta},"finish_reason":{finish}}}]{tail}"#
            )
        })
    }

    proptest! {
        #[test]
        fn what_is_seen_is_the_same_as_if_each_frame_were_read(frames in prop::collection::vec(frame(), 1..12)) {
            let (mut quick, mut thorough) = (Observer::default(), Observer::default());
            for frame in &frames {
                let (mut seen, mut expected) = (Vec::new(), Vec::new());
                thorough.alike = Alike::default();
                let pass = quick.frame(frame.as_bytes(), &mut seen);
                prop_assert_eq!(pass, thorough.frame(frame.as_bytes(), &mut expected));
                prop_assert_eq!(seen, expected);
            }
            prop_assert_eq!(quick.close(), thorough.close());
        }
    }
}
