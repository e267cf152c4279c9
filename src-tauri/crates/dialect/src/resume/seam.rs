//! Where the continuation meets what was sent: what it says again is taken out.
//!
//! A server that is asked to go on may say the last words again, or all of it from the start. So the first text of a
//! continuation is held back for as long as it could still be such a repetition.

/// A server began the answer anew, in other words than those that were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it began the answer anew instead of going on")]
pub struct Anew;

/// Only so much of the end of what was sent is compared, in bytes.
const TAIL: usize = 4096;
/// All of what was sent, said again, is so from this many bytes on, where the server was not asked in words.
const SHORTEST_ECHO: usize = 4;
/// A beginning that is the same for so many bytes and then differs is no accident.
const SAME_BEGINNING: usize = 24;
/// A repetition of the end is one from this many bytes on; what is shorter may be the text's own.
const SAME_END: usize = 8;

/// Finds what a continuation says again.
#[derive(Debug)]
pub struct Seam {
    sent: String,
    held: String,
    open: bool,
    /// The server was asked in words, so that whole words said again are no accident.
    asked: bool,
    /// Where the white space at the end of what was sent begins; the server has not seen it.
    unseen: usize,
}

impl Seam {
    /// The seam behind `sent`. `asked`: the server was asked in words; otherwise it went on from `sent` without the
    /// white space at its end.
    #[must_use]
    pub fn new(sent: &str, asked: bool) -> Self {
        let unseen = if asked { sent.len() } else { sent.trim_end().len() };
        Self { sent: sent.to_owned(), held: String::new(), open: true, asked, unseen }
    }

    /// Takes the next text of the continuation and returns what of it is new.
    ///
    /// # Errors
    /// The answer began anew.
    pub fn push(&mut self, text: &str) -> Result<String, Anew> {
        if !self.open {
            return Ok(text.to_owned());
        }
        self.held.push_str(text);
        if self.may_go_on_repeating() {
            return Ok(String::new());
        }
        self.close()
    }

    /// Nothing more comes: what is held back is decided.
    ///
    /// # Errors
    /// The answer began anew.
    pub fn close(&mut self) -> Result<String, Anew> {
        if !std::mem::replace(&mut self.open, false) {
            return Ok(String::new());
        }
        let held = std::mem::take(&mut self.held);
        let again = self.said_again(&held)?;
        Ok(held.get(again..).unwrap_or_default().to_owned())
    }

    /// Whether all that has come could still be part of a longer repetition.
    fn may_go_on_repeating(&self) -> bool {
        let (held, sent) = (self.held.as_str(), self.sent.as_str());
        if sent.len() > held.len() && sent.starts_with(held) {
            return true;
        }
        // A repetition that ends where the text ends, and is longer than what has come.
        let tail = tail_of(sent);
        tail.char_indices().any(|(at, _)| tail.len() - at > held.len() && tail[at..].starts_with(held))
    }

    /// How many bytes of the beginning of `held` were sent before.
    fn said_again(&self, held: &str) -> Result<usize, Anew> {
        let sent = self.sent.as_str();
        let same = sent.bytes().zip(held.bytes()).take_while(|(a, b)| a == b).count();
        if same == sent.len() && (self.asked || same >= SHORTEST_ECHO) {
            return Ok(same);
        }
        let tail = tail_of(sent);
        let overlap = tail.char_indices().map(|(at, _)| &tail[at..]).find(|end| held.starts_with(end));
        if let Some(overlap) = overlap.filter(|overlap| self.is_repetition(overlap)) {
            return Ok(overlap.len());
        }
        if same >= SAME_BEGINNING && same < sent.len() {
            return Err(Anew);
        }
        let unseen = sent[self.unseen..].bytes().zip(held.bytes());
        Ok(unseen.take_while(|(a, b)| a == b).count())
    }

    fn is_repetition(&self, overlap: &str) -> bool {
        if repeats_itself(overlap) {
            // A table's line, a laugh: the text may go on with the same again.
            return false;
        }
        let before = self.sent[..self.sent.len() - overlap.len()].chars().next_back();
        let whole_words = !before.is_some_and(char::is_alphanumeric);
        let letters = overlap.chars().filter(|c| c.is_alphanumeric()).count();
        overlap.len() >= SAME_END || (self.asked && whole_words && letters >= 3)
    }
}

/// The end of a text that is compared.
fn tail_of(text: &str) -> &str {
    let mut at = text.len().saturating_sub(TAIL);
    while !text.is_char_boundary(at) {
        at += 1;
    }
    &text[at..]
}

/// Whether a text is the same piece over and over, at least twice.
fn repeats_itself(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=bytes.len() / 2).any(|period| bytes.iter().zip(&bytes[period..]).all(|(a, b)| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of `pieces` is new behind `sent`.
    fn joined(sent: &str, pieces: &[&str], asked: bool) -> Result<String, Anew> {
        let mut seam = Seam::new(sent, asked);
        let mut out = String::new();
        for piece in pieces {
            out += &seam.push(piece)?;
        }
        Ok(out + &seam.close()?)
    }

    #[test]
    fn what_simply_goes_on_passes() {
        for (sent, next) in [("one two ", "three four"), ("Hel", "lo"), ("", "Hello"), ("ab", "a"), ("x", "")]
        {
            assert_eq!(joined(sent, &[next], false).unwrap(), next, "{sent:?}");
            assert_eq!(joined(sent, &[next], true).unwrap(), next, "{sent:?}");
        }
    }

    #[test]
    fn a_repeated_end_or_a_repeated_whole_is_taken_out_however_it_is_cut() {
        let sent = "The capital of France is Paris, and its";
        for again in ["France is Paris, and its river", "Paris, and its river", sent, " Paris, and its river"]
        {
            let text = if again == sent { format!("{sent} river") } else { again.to_owned() };
            for size in 1..text.len() {
                let pieces: Vec<&str> =
                    text.as_bytes().chunks(size).map(|it| std::str::from_utf8(it).unwrap()).collect();
                assert_eq!(joined(sent, &pieces, false).unwrap(), " river", "{text:?} by {size}");
            }
        }
    }

    #[test]
    fn text_of_its_own_that_looks_alike_stays() {
        assert_eq!(joined("So he laughed: ha ha ha ", &["ha ha ha!"], true).unwrap(), "ha ha ha!");
        assert_eq!(joined("| a | b |\n| --- | --- |", &[" --- |\n"], false).unwrap(), " --- |\n");
        assert_eq!(joined("hello l", &["lo"], true).unwrap(), "lo");
        assert_eq!(joined("the intern", &["nal"], true).unwrap(), "nal");
    }

    #[test]
    fn a_word_said_again_is_taken_out_where_the_server_was_asked_in_words() {
        assert_eq!(joined("say hello wor", &["world"], true).unwrap(), "ld");
        assert_eq!(joined("say hello wor", &["world"], false).unwrap(), "world");
    }

    #[test]
    fn an_answer_that_begins_anew_is_of_no_use() {
        let sent = "The capital of France is Paris, and its river";
        assert_eq!(
            joined(sent, &["The capital of France is, as ", "everyone knows, Paris."], true),
            Err(Anew)
        );
        assert!(joined(sent, &["The Seine."], true).is_ok(), "a short beginning may be an accident");
    }

    #[test]
    fn white_space_that_the_server_has_not_seen_is_not_doubled() {
        assert_eq!(joined("one two ", &[" three"], false).unwrap(), "three");
        assert_eq!(joined("one two\n\n", &["\n", "\nthree"], false).unwrap(), "three");
        assert_eq!(joined("one two ", &[" three"], true).unwrap(), " three");
    }

    #[test]
    fn every_script_is_cut_between_characters() {
        let sent = "前回の続きです。東京は日本の首都";
        assert_eq!(joined(sent, &["東京は日本", "の首都であり"], true).unwrap(), "であり");
        assert_eq!(joined(&"é".repeat(5000), &["x"], false).unwrap(), "x");
    }
}
