//! Whether a tier's model can serve a request at all: found out before anybody is asked, let alone paid.

use dialect::{
    client::{Asked, Dialect},
    error::{ClientError, ErrorKind},
};
use domain::{
    Chain, Failure, FailureClass, Tier,
    capability::{Lack, Needs},
};

use crate::attempt::{Bad, Refused, TOO_LONG};

/// So many bytes of a request are one token at the least: text has about four, and JSON around it more.
const BYTES_PER_TOKEN: u64 = 6;

/// Says why `tier` cannot serve the request, if it cannot.
pub(crate) fn check(chain: &Chain, tier: &Tier, asked: &Asked) -> Result<(), Bad> {
    match tier.can.lack(&needs(asked)) {
        Some(Lack::Of(what)) => {
            Err(unfit(FailureClass::Unsupported, format!("its model {} cannot carry {what}", tier.model)))
        }
        Some(Lack::Room { tokens, context }) => {
            let message = format!(
                "the request has at least {tokens} tokens, and {context} fit into its model {}",
                tier.model
            );
            Err(unfit(FailureClass::ContextTooLong, message))
        }
        None if asked.peek.embeds && !is_of_one_space(chain, tier) => {
            let message = "it has another embedding model than the tier before it, and vectors of two models \
                           cannot be compared";
            Err(unfit(FailureClass::Unsupported, message.into()))
        }
        None => Ok(()),
    }
}

fn needs(asked: &Asked) -> Needs {
    let peek = &asked.peek;
    // Of pictures nobody knows how many tokens they are, and a batch of texts is measured one by one.
    let measured = !peek.has_images && !peek.embeds;
    let prompt = if measured { peek.bytes as u64 / BYTES_PER_TOKEN } else { 0 };
    Needs {
        embeddings: peek.embeds,
        completion: asked.dialect == Dialect::Completions,
        images: peek.has_images,
        tools: peek.has_tools,
        forced_tool: peek.has_tools && peek.forces_tool,
        schema: peek.wants_schema,
        tokens: prompt + peek.max_tokens.map_or(0, u64::from),
    }
}

/// Whether the tier's vectors are of the space of the chain: that of its first tier that makes any.
fn is_of_one_space(chain: &Chain, tier: &Tier) -> bool {
    let makes = |tier: &&std::sync::Arc<Tier>| tier.can.embeddings == Some(true);
    let may = |tier: &&std::sync::Arc<Tier>| tier.can.embeddings != Some(false);
    let first = chain.tiers.iter().find(makes).or_else(|| chain.tiers.iter().find(may));
    first.is_none_or(|first| name_of(&first.model) == name_of(&tier.model))
}

/// A model's name, however a server writes it.
fn name_of(model: &str) -> String {
    let short = model.rsplit('/').next().unwrap_or_default();
    short.strip_suffix(":latest").unwrap_or(short).to_ascii_lowercase()
}

fn unfit(class: FailureClass, message: String) -> Bad {
    let code = if class == FailureClass::ContextTooLong { TOO_LONG } else { "unsupported" };
    let error = ClientError {
        code: Some(code.into()),
        ..ClientError::new(ErrorKind::InvalidRequest, format!("No tier can serve this request: {message}."))
    };
    Bad { answer: Some(Box::new(Refused::InOurWords(error))), ..Failure::new(class, message).into() }
}
