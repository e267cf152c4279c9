//! What whole-system tests are made of: scripted model servers, the program as a process that can be killed,
//! its commands, and the desktop around a real window.
//!
//! Rules: ports are free ones, data folders are temporary, a test waits for a value and never sleeps for one.

#![expect(clippy::disallowed_methods, reason = "a test's tasks end with its runtime")]

mod attentive;
pub mod daemon;
pub mod desktop;
pub mod llama;
pub mod model_server;
pub mod process;
pub mod provider;
pub mod raw_server;
pub mod wait;

pub use attentive::AttentiveServer;
pub use daemon::Daemon;
pub use model_server::{ModelServer, Script};
pub use process::ServerProcess;
pub use wait::eventually;
