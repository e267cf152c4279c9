//! What the screens show.

mod discover;
mod gpu;
mod incident;
mod live;
mod misc;
mod report;

pub use discover::*;
pub use gpu::*;
pub use incident::*;
pub use live::*;
pub use misc::*;
pub use report::*;
