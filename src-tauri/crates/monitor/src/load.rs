//! What serving engines say of their own load: queue, cache, slots, loaded models, progress.
//!
//! [`reading`] asks an engine and understands its pages, [`judge`] says what follows. Neither ever fails a replica by
//! its absence: an engine that shows no figures is judged by its checks and its traffic alone.

mod judge;
mod reading;

pub(crate) use self::{
    judge::{Judge, is_not_ready, stands_still},
    reading::{Engine, Reading, read},
};
