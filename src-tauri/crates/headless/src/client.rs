//! Commands to the program that runs on a data folder, over its admin address.

use std::{io, path::Path};

use anyhow::{Context, anyhow, bail};
use contract::RpcError;
use serde::{Serialize, de::DeserializeOwned};

/// Carries out a command on the running program.
///
/// # Errors
/// No program runs on this data folder, or it refused; the message says what to do.
pub(crate) fn call<Req: Serialize, Res: DeserializeOwned>(
    data: &Path,
    name: &str,
    request: &Req,
) -> anyhow::Result<Res> {
    let running = engine::running(data).map_err(|e| not_found(data, &e))?;
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut response = agent
        .post(format!("{}/rpc/{name}", running.admin))
        .header("authorization", format!("Bearer {}", running.token))
        .header("x-changeover-actor", actor())
        .send_json(request)
        .with_context(|| {
            format!("Changeover does not answer on {}; it may have just stopped", running.admin)
        })?;
    if response.status().is_success() {
        return response
            .body_mut()
            .read_json()
            .context("the answer could not be read; the versions may differ");
    }
    let error: RpcError =
        response.body_mut().read_json().context("the answer could not be read; the versions may differ")?;
    if error.problems.is_empty() {
        bail!("{}; {}", error.message, error.remedy);
    }
    let lines: Vec<String> = error.problems.iter().map(ToString::to_string).collect();
    Err(anyhow!("{}\n{}", error.message, lines.join("\n")))
}

fn not_found(data: &Path, why: &io::Error) -> anyhow::Error {
    let folder = data.display();
    match why.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => anyhow!(
            "no Changeover runs on {folder}; start it (`changeoverd serve`), or name the folder that the running one \
             uses with --data"
        ),
        io::ErrorKind::PermissionDenied => {
            anyhow!("{folder} belongs to another user; run this as the user who runs Changeover there")
        }
        _ => anyhow!("the running Changeover is not found through {folder}: {why}"),
    }
}

/// Who acts, for the journal.
pub(crate) fn actor() -> String {
    let user = std::env::var("USER").unwrap_or_else(|_| "unknown user".into());
    format!("{user} (command line)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_somebody_else_is_not_called_empty() {
        let said = |kind: io::ErrorKind| not_found(Path::new("/srv/changeover"), &kind.into()).to_string();
        assert!(said(io::ErrorKind::NotFound).contains("changeoverd serve"));
        assert!(said(io::ErrorKind::PermissionDenied).contains("run this as the user who runs Changeover"));
    }
}
