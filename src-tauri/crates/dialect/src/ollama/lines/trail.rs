//! A stream that goes through as it is, followed so that its rest can be written.

use serde::{Deserialize, de::IgnoredAny};

use super::LineWriter;
use crate::{client::Writer, resume, surrogates::mend};

/// Follows one stream.
#[derive(Debug)]
pub(crate) struct Trail(LineWriter);

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    logprobs: Option<IgnoredAny>,
}

impl Trail {
    /// For the answer that `writer` would write.
    pub fn new(writer: LineWriter) -> Self {
        Self(writer)
    }
}

impl resume::Trail for Trail {
    fn frame(&mut self, frame: &[u8]) -> Result<(), &'static str> {
        let Ok(line) = serde_json::from_slice::<Line>(&mend(frame)) else {
            return Err("a line could not be read");
        };
        if line.logprobs.is_some() {
            return Err("the tokens' probabilities were asked for");
        }
        // The rest says what the beginning said.
        if let Some(model) = line.model {
            self.0.model = model;
        }
        Ok(())
    }

    fn writer(self: Box<Self>) -> Box<dyn Writer> {
        Box::new(self.0)
    }
}
