//! Commands: from a name and JSON to an answer.

mod acts;
mod changes;
mod lists;
mod orders;
mod reads;
mod runbooks;

use contract::{RpcError, rpc::Command};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Engine, config::ApplyError};

pub(crate) use orders::tiers_with;

type Reply = Result<Value, RpcError>;

/// An error without configuration problems.
pub(crate) fn problem(code: &str, message: &str, remedy: &str) -> RpcError {
    RpcError {
        code: code.to_owned(),
        message: message.to_owned(),
        remedy: remedy.to_owned(),
        problems: vec![],
    }
}

pub(crate) fn failed(message: impl std::fmt::Display) -> RpcError {
    problem("failed", &message.to_string(), "try again; if it persists, look at the program's log")
}

fn parse<T: DeserializeOwned>(payload: Value) -> Result<T, RpcError> {
    serde_json::from_value(payload).map_err(|e| {
        problem("bad_request", &format!("the request does not fit the command: {e}"), "correct the request")
    })
}

fn reply<T: Serialize>(value: &T) -> Reply {
    serde_json::to_value(value).map_err(failed)
}

impl From<ApplyError> for RpcError {
    fn from(e: ApplyError) -> Self {
        let (code, remedy, problems) = match &e {
            ApplyError::Invalid(problems) => ("invalid", "correct what is marked", problems.clone()),
            ApplyError::Conflict { .. } => {
                ("conflict", "look at the present configuration and make the change again", vec![])
            }
            ApplyError::FromFile(_) => {
                ("conflict", "edit that file; it is read again whenever it changes", vec![])
            }
            ApplyError::NoRevision(_) => ("not_found", "choose one of the listed revisions", vec![]),
            ApplyError::Store(_) => ("failed", "check the disk and the program's log", vec![]),
        };
        Self { code: code.to_owned(), message: e.to_string(), remedy: remedy.to_owned(), problems }
    }
}

impl Engine {
    /// Carries out the command `name` for `actor`, who stands in the journal for what is changed.
    ///
    /// # Errors
    /// The command is unknown, its request does not fit, or it failed: with what to do about it.
    pub async fn rpc(&self, name: &str, payload: Value, actor: &str) -> Reply {
        let Some(command) = Command::from_name(name) else {
            return Err(problem(
                "unknown_command",
                &format!("there is no command `{name}`"),
                "use a command of this version",
            ));
        };
        match command {
            Command::OrderPin
            | Command::OrderUnpin
            | Command::OrderSwitch
            | Command::OrderFailOver
            | Command::OrderFailBack
            | Command::OrderMaintenance
            | Command::OrderMaintenanceEnd
            | Command::OrderRetire
            | Command::OrderUnretire => self.order(command, payload, actor).await,
            Command::ConfigApply
            | Command::ChainsReorder
            | Command::ConfigRestore
            | Command::KeySet
            | Command::KeyDelete
            | Command::PracticeSet
            | Command::IncidentAcknowledge
            | Command::IncidentNote
            | Command::IncidentAct
            | Command::RunbookRehearsed
            | Command::AlertTest => self.change(command, payload, actor).await,
            _ => self.read(command, payload).await,
        }
    }
}
