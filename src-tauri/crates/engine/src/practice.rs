//! The practice chain's servers: real HTTP servers inside this process, each on a port of its own.
//!
//! A server that is switched to fail closes its port and cuts its connections, as a killed process would.
//! Switched back, it listens on the same port again.

mod server;

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use contract::view::{PracticePage, PracticeServer};
use tokio::{net::TcpListener, sync::Mutex};
use tokio_util::task::AbortOnDropHandle;

use crate::config::PracticeAddresses;
use server::Character;

/// The simulated servers: the `NAME` of `practice://NAME`, what each pretends to be, and its pace.
const CHARACTERS: [Character; 3] = [
    Character { name: "gpu", label: "GPU server (simulated)", words_per_second: 50, warm_up_ms: 40 },
    Character {
        name: "second-gpu",
        label: "second GPU server (simulated)",
        words_per_second: 40,
        warm_up_ms: 60,
    },
    Character { name: "cpu", label: "CPU server (simulated)", words_per_second: 12, warm_up_ms: 180 },
];

/// The simulated servers of this process.
#[derive(Debug)]
pub struct Practice {
    servers: Mutex<BTreeMap<&'static str, Server>>,
    addresses: PracticeAddresses,
}

#[derive(Debug)]
struct Server {
    character: &'static Character,
    address: SocketAddr,
    /// Absent while it fails. Dropping it ends the server and its connections.
    running: Option<AbortOnDropHandle<()>>,
}

impl Practice {
    /// Starts every simulated server on a free port.
    ///
    /// # Errors
    /// No port can be had on the loopback address.
    pub async fn start() -> std::io::Result<Arc<Self>> {
        let mut servers = BTreeMap::new();
        let mut addresses = PracticeAddresses::new();
        for character in &CHARACTERS {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let address = listener.local_addr()?;
            addresses.insert(character.name.to_owned(), format!("http://{address}"));
            let running = Some(server::run(listener, character));
            servers.insert(character.name, Server { character, address, running });
        }
        Ok(Arc::new(Self { servers: Mutex::new(servers), addresses }))
    }

    /// Where each server listens.
    #[must_use]
    pub fn addresses(&self) -> &PracticeAddresses {
        &self.addresses
    }

    /// Every server and its switch.
    pub async fn page(&self) -> PracticePage {
        let servers = self.servers.lock().await;
        let view = |server: &Server| PracticeServer {
            name: server.character.name.to_owned(),
            label: server.character.label.to_owned(),
            address: server.running.is_some().then(|| format!("http://{}", server.address)),
            failing: server.running.is_none(),
        };
        // In the order of the practice chain rather than of the alphabet.
        PracticePage { servers: CHARACTERS.iter().filter_map(|c| servers.get(c.name).map(view)).collect() }
    }

    /// Switches a server to fail, or back. Returns whether anything changed.
    ///
    /// # Errors
    /// In words, when no server has this name, or its port was taken by another program meanwhile.
    pub async fn set(&self, name: &str, failing: bool) -> Result<bool, String> {
        let mut servers = self.servers.lock().await;
        let known = || CHARACTERS.map(|c| c.name).join(", ");
        let server = servers
            .get_mut(name)
            .ok_or_else(|| format!("no simulated server is called `{name}`; there are {}", known()))?;
        if server.running.is_none() == failing {
            return Ok(false);
        }
        if failing {
            if let Some(running) = server.running.take() {
                running.abort();
                // The port is closed once the task is gone, and not before.
                let _cancelled = running.await;
            }
            return Ok(true);
        }
        let listener = TcpListener::bind(server.address).await.map_err(|e| {
            format!(
                "the port of the simulated server `{name}` ({}) was taken meanwhile: {e}; restart Changeover",
                server.address
            )
        })?;
        server.running = Some(server::run(listener, server.character));
        Ok(true)
    }
}
