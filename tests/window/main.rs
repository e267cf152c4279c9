//! The desktop program in a real window. Run by `make test` in the session that `scripts/with-desktop.sh` makes.

mod first_failover;
mod reorder;
mod screens;
mod tray;
