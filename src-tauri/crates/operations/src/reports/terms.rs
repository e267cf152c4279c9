//! What a report is held against: targets, and what is known of the chains from the configuration in force.

/// Targets, prices and chains of the configuration in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Its revision.
    pub revision: i64,
    /// The present: of a period that ends later, evidence is judged as of now.
    pub now_ms: i64,
    /// Share of the requests that have to be answered, 0 to 1.
    pub availability: f64,
    /// The longest time without a good answer, milliseconds.
    pub routing_rto_ms: i64,
    /// A tier that failed is in full service again within this time.
    pub serving_rto_ms: i64,
    /// Conversation history is back within this time.
    pub history_rto_ms: i64,
    /// As much of it may be lost.
    pub history_rpo_ms: i64,
    /// The configuration is in force again within this time.
    pub preferences_rto_ms: i64,
    /// As much of it may be lost.
    pub preferences_rpo_ms: i64,
    /// An hour that costs so many times the usual one is a spike; 0 for none.
    pub cost_spike: f64,
    /// An hour that costs less is none, US dollars.
    pub cost_floor: f64,
    /// The chains.
    pub chains: Vec<ChainTerms>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            revision: 0,
            now_ms: i64::MAX,
            availability: 0.999,
            routing_rto_ms: 30_000,
            serving_rto_ms: 300_000,
            history_rto_ms: 300_000,
            history_rpo_ms: 60_000,
            preferences_rto_ms: 900_000,
            preferences_rpo_ms: 300_000,
            cost_spike: 3.0,
            cost_floor: 1.0,
            chains: Vec::new(),
        }
    }
}

/// A chain of the configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChainTerms {
    /// Its name.
    pub name: String,
    /// Whether it is simulated.
    pub simulated: bool,
    /// When its configuration last changed, as far as it is known.
    pub changed_ms: Option<i64>,
    /// Its tiers in order, with their prices.
    pub tiers: Vec<(String, Option<Price>)>,
}

/// What a tier's tokens cost, US dollars per million.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// Of the prompt.
    pub input: f64,
    /// Of the answer.
    pub output: f64,
}

impl Price {
    /// What so many tokens cost, US dollars.
    #[must_use]
    pub fn of(self, tokens_in: u64, tokens_out: u64) -> f64 {
        (self.input * tokens_in as f64 + self.output * tokens_out as f64) / 1e6
    }
}

impl Terms {
    /// The chain of this name.
    #[must_use]
    pub fn chain(&self, name: &str) -> Option<&ChainTerms> {
        self.chains.iter().find(|c| c.name == name)
    }

    /// The price of a tier.
    #[must_use]
    pub fn price(&self, chain: &str, tier: &str) -> Option<Price> {
        self.chain(chain)?.tiers.iter().find(|(name, _)| name == tier)?.1
    }
}
