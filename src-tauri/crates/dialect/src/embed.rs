//! Requests for embeddings on their way to an upstream, and its vectors on theirs back.
//!
//! Vectors of two models have nothing to do with one another. That a request goes to no other model than the chain's
//! own is the gateway's to see to; here only the form is changed.

use bytes::Bytes;

use crate::{
    client::Asked,
    edit::{self, Edits},
    error::Unfit,
    exchange::Usage,
    fault::malformed,
    observe::Completion,
    whole::Whole,
    wire::{Prepared, Side},
};

/// The request in the upstream's form; of the edits only the model means something here.
pub(crate) fn prepare(side: &dyn Side, asked: &Asked, edits: &Edits) -> Result<Prepared, Unfit> {
    let model = edits.model.as_ref().unwrap_or(&asked.peek.model);
    if side.embeds_as() == Some(asked.dialect) {
        return Ok(edit::set(&asked.body, &[("model", model.clone().into())])?.into());
    }
    let mut request = asked.dialect.side().embed_request(&asked.body)?;
    request.model.clone_from(model);
    side.write_embed(&request)
}

/// Checks an answer, and translates it where needed.
pub(crate) fn whole(side: &dyn Side, asked: &Asked, body: &Bytes) -> Whole {
    let failed = |fault: crate::fault::Fault| Whole {
        body: Bytes::new(),
        completion: fault.into(),
        finish: None,
        usage: None,
    };
    let answer = match side.read_embed(body) {
        Ok(answer) => answer,
        Err(fault) => return failed(fault),
    };
    let wanted = asked.dialect.side().embed_request(&asked.body).map_or(0, |request| request.inputs.len());
    if answer.vectors.len() != wanted || answer.vectors.iter().any(Vec::is_empty) {
        return failed(malformed("The answer does not hold one vector for each input.", b""));
    }
    let native = side.embeds_as() == Some(asked.dialect);
    let written = if native { body.clone() } else { asked.dialect.side().embed_answer(asked, &answer) };
    let usage = answer.input_tokens.map(|input| Usage { input, ..Usage::default() });
    Whole { body: written, completion: Completion::Complete, finish: None, usage }
}
