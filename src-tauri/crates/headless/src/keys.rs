//! Provider keys and client keys from the command line. A secret is never an argument: arguments are seen by
//! every user of the machine.

use std::{
    io::{BufRead, IsTerminal},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use contract::{
    rpc::{KeyName, KeySet},
    view::{KeysPage, NewClientKey},
};

use crate::{args::Keys, client::call, out};

pub(crate) fn run(data: &Path, command: Keys) -> anyhow::Result<ExitCode> {
    match command {
        Keys::List => print(&call(data, "keys", &())?),
        Keys::Set { name } => print(&call(data, "key.set", &KeySet { name, secret: secret()? })?),
        Keys::Delete { name } => print(&call(data, "key.delete", &KeyName { name })?),
        Keys::Client { name } => client(&name),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(page: &KeysPage) {
    out::line(&format!("Store: {}", page.store));
    if let (Some(problem), Some(remedy)) = (&page.problem, &page.remedy) {
        out::error(&format!("{problem}; {remedy}"));
    }
    for key in &page.keys {
        let state = if key.present { "" } else { "  (no longer in the keyring)" };
        let used = if key.used_by.is_empty() { "unused".to_owned() } else { key.used_by.join(", ") };
        out::line(&format!("keyring:{}  ...{}  {used}{state}", key.name, key.last_four));
    }
    for missing in &page.missing {
        out::error(&format!("{missing} is named in the configuration and cannot be read"));
    }
}

fn secret() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password("Key (not shown): ").context("the key could not be read");
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("the key could not be read from standard input")?;
    Ok(line.trim().to_owned())
}

fn client(name: &str) {
    let NewClientKey { key, sha256 } = engine::new_client_key();
    out::error("The client's key, shown only now:");
    out::line(&key);
    out::error("Lines for endpoint.client_keys:");
    out::line(&format!("- {{ name: {}, sha256: {sha256} }}", serde_json::Value::from(name)));
}
