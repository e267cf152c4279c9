//! The engine without a window, from outside: a process, real sockets, its own commands.

mod bad_input;
mod chains;
mod configuration;
mod discover;
mod failover;
mod gpus;
mod keys;
mod kill;
mod memory;
mod orders;
mod playground;
mod practice;
mod providers;
mod sdk;
mod sdk_anthropic;
mod slow;
