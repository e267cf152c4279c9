//! The engine without a window, from outside: a process, real sockets, its own commands.

mod alerts;
mod bad_input;
mod chains;
mod configuration;
mod discover;
mod every_kind;
mod failover;
mod faults;
mod gpus;
mod incidents;
mod keys;
mod kill;
mod llama;
mod memory;
mod orders;
mod playground;
mod practice;
mod providers;
mod published;
mod restart;
mod sdk;
mod sdk_anthropic;
mod sdk_node;
mod sdk_resume;
mod slow;
mod xid;
