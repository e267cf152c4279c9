//! Looks for model servers on this machine. Only when an operator asks, only on the loopback address, and with a
//! few `GET`s that carry no key.

use std::time::Duration;

use contract::{
    RpcError,
    config::Provider,
    rpc::DiscoverRequest,
    view::{Discovery, PortFound, PortSeen},
};
use domain::ProviderKind;
use futures::future::join_all;
use tokio::time::Instant;
use upstream::Sighting;

use crate::{Engine, rpc::problem};

/// Where model servers listen unless they are told otherwise, the fastest kinds first: the order of a proposed chain.
const USUAL: [(u16, Provider); 8] = [
    (8000, Provider::Vllm),
    (8001, Provider::Vllm),
    (30_000, Provider::Sglang),
    (3000, Provider::Tgi),
    (1234, Provider::Lmstudio),
    (9931, Provider::LlamaCpp),
    (8080, Provider::LlamaCpp),
    (11_434, Provider::Ollama),
];
/// Ports that may be asked for besides.
const MOST_MORE: usize = 16;
/// One port may take this long.
const WITHIN: Duration = Duration::from_secs(2);

impl Engine {
    /// Looks at the usual ports and at those that were asked for.
    ///
    /// # Errors
    /// Too many ports, or port 0, were asked for.
    pub(crate) async fn discover(&self, request: &DiscoverRequest) -> Result<Discovery, RpcError> {
        if request.ports.len() > MOST_MORE || request.ports.contains(&0) {
            let remedy = "name 1 to 16 ports between 1 and 65535";
            return Err(problem("bad_request", "these are too many ports, or one of them is 0", remedy));
        }
        let began = Instant::now();
        let mut ports: Vec<(u16, Option<Provider>)> = USUAL.map(|(port, usual)| (port, Some(usual))).into();
        for port in &request.ports {
            if !ports.iter().any(|(known, _)| known == port) {
                ports.push((*port, None));
            }
        }
        let ports = join_all(ports.into_iter().map(|(port, usual)| self.look_at(port, usual))).await;
        Ok(Discovery { ports, took_ms: began.elapsed().as_secs_f64() * 1000.0 })
    }

    async fn look_at(&self, port: u16, usual: Option<Provider>) -> PortSeen {
        let url = format!("http://127.0.0.1:{port}");
        let (found, kind, models) = match self.inner.upstream.identify(&url, WITHIN).await {
            Sighting::Nobody => (PortFound::Nobody, None, vec![]),
            Sighting::Silent => (PortFound::Silent, None, vec![]),
            Sighting::Stranger => (PortFound::Stranger, None, vec![]),
            Sighting::Changeover => (PortFound::Changeover, None, vec![]),
            Sighting::Locked(kind) => (PortFound::Locked, Some(kind), vec![]),
            Sighting::Loading(kind) => (PortFound::Loading, Some(kind), vec![]),
            Sighting::Server(kind, models) => (PortFound::Server, Some(kind), models),
        };
        let provider = kind.map(provider_of);
        PortSeen { port, usual, found, url, provider, models }
    }
}

/// The kinds that [`upstream::Client::identify`] tells apart.
fn provider_of(kind: ProviderKind) -> Provider {
    match kind {
        ProviderKind::Vllm => Provider::Vllm,
        ProviderKind::Sglang => Provider::Sglang,
        ProviderKind::Tgi => Provider::Tgi,
        ProviderKind::LlamaCpp => Provider::LlamaCpp,
        ProviderKind::LmStudio => Provider::Lmstudio,
        ProviderKind::Ollama => Provider::Ollama,
        _ => Provider::Other,
    }
}
