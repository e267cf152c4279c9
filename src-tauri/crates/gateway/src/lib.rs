//! The request path: listen, authenticate, plan, attempt, relay, tell.
//!
//! Rules: a request keeps the snapshot it started with, reads the board without waiting, holds no lock across an
//! await and never touches the database. Before the first meaningful token any failure that the verdict table
//! gives to the next tier stays unseen by the client; after it, no second upstream is asked. A client that hangs
//! up drops everything that was done for it, at once. Durations are monotonic; wall-clock milliseconds go into
//! events only. Prompts and answers are relayed and never kept.

mod attempt;
mod budgets;
mod count;
mod door;
mod explain;
mod failures;
mod faulty;
mod fitness;
mod half_closed;
mod hedge;
mod hold;
mod hops;
mod ids;
mod impatient;
mod inside;
mod intake;
mod life;
mod listen;
mod listing;
mod lull;
mod mark;
mod patience;
mod record;
mod refusal;
mod relay;
mod reply;
mod resume;
mod route;
mod server;
mod settled;
mod tries;
mod turn;
mod unfit;
mod unpack;

pub use explain::{Explanation, TierNote, TryNote};
pub use inside::Inside;
pub use listen::{BindError, Listener, bind};
pub use server::{Deps, Gateway, Patience};
