//! What an operator sends or looks for by hand, as requests.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Injection, config::Tier};

/// A tier to try out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TierTest {
    /// The tier as it stands in the form.
    pub tier: Tier,
}

/// A request through a chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ChainTry {
    /// Which chain.
    pub chain: String,
    /// What to ask.
    pub prompt: String,
}

/// A prompt to send.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct PlaygroundStart {
    /// Which chain.
    pub chain: String,
    /// Only this tier of it, even while it is out of service; absent for the chain's own choice.
    pub tier: Option<String>,
    /// What to ask; 1 to 200,000 characters.
    pub prompt: String,
    /// The system prompt, if any.
    pub system: Option<String>,
    /// At most this many output tokens; absent for the server's own bound.
    pub max_tokens: Option<u32>,
    /// A fault for this request only; absent for none. Applications have no way to ask for one.
    pub fault: Option<Injection>,
}

impl std::fmt::Debug for PlaygroundStart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("PlaygroundStart");
        shown.field("chain", &self.chain).field("tier", &self.tier).finish_non_exhaustive()
    }
}

/// How far a request of the playground was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaygroundRead {
    /// Which request.
    pub id: String,
    /// Where to go on reading the text; 0 at first.
    pub text_at: u32,
    /// Where to go on reading the reasoning; 0 at first.
    pub reasoning_at: u32,
}

/// Where else to look for model servers on this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DiscoverRequest {
    /// Ports besides the usual ones; 16 at most.
    pub ports: Vec<u16>,
}
