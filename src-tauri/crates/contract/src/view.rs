//! What the screens show.

mod around;
mod discover;
mod gpu;
mod incident;
mod live;
mod misc;
mod orders;
mod playground;
mod report;
mod requests;
mod watch;

pub use around::*;
pub use discover::*;
pub use gpu::*;
pub use incident::*;
pub use live::*;
pub use misc::*;
pub use orders::*;
pub use playground::*;
pub use report::*;
pub use requests::*;
pub use watch::*;
