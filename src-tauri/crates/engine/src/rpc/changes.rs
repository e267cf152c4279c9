//! Commands that change something.

use contract::{
    RpcError,
    config::Document,
    rpc::{
        AlertTest, ChainsReorder, Command, ConfigApply, ConfigRestore, IncidentNote, IncidentRequest,
        KeyName, KeySet, PracticeSet,
    },
    view::Applied,
};
use domain::event::{Act, Event};
use secrecy::SecretString;
use serde_json::Value;

use super::{Reply, failed, parse, problem, reply};
use crate::{Engine, config::ApplyError};

impl Engine {
    pub(super) async fn change(&self, command: Command, payload: Value, actor: &str) -> Reply {
        match command {
            Command::ConfigApply => {
                let ConfigApply { document, expected_revision, note } = parse(payload)?;
                reply(&self.apply(document, expected_revision, actor, &note).await?)
            }
            Command::ChainsReorder => reply(&self.reorder(parse(payload)?, actor).await?),
            Command::ConfigRestore => {
                let ConfigRestore { revision, expected_revision } = parse(payload)?;
                let document = self.inner.config.document_of(revision).await?;
                let note = format!("restored revision {revision}");
                reply(&self.apply(document, expected_revision, actor, &note).await?)
            }
            Command::KeySet => self.key_set(parse(payload)?).await,
            Command::KeyDelete => self.key_delete(parse(payload)?).await,
            Command::PracticeSet => self.practice_set(parse(payload)?).await,
            Command::IncidentAcknowledge => {
                let IncidentRequest { id } = parse(payload)?;
                self.incident_act(&id, actor, Act::Acknowledge).await
            }
            Command::IncidentNote => {
                let IncidentNote { id, text } = parse(payload)?;
                let text = super::acts::text_of("the note", &text, 1..=super::acts::LONGEST_NOTE)?;
                self.incident_act(&id, actor, Act::Note { text }).await
            }
            Command::RunbookRehearsed => reply(&self.runbook_rehearsed(parse(payload)?, actor).await?),
            Command::IncidentAct => reply(&self.incident_acts(parse(payload)?, actor).await?),
            _ => {
                let test: Option<AlertTest> = parse(payload)?;
                self.alert_test(test).await
            }
        }
    }

    async fn alert_test(&self, test: Option<AlertTest>) -> Reply {
        let channel = test.map_or_else(|| operations::alerts::DESKTOP.to_owned(), |t| t.channel);
        match self.inner.alerts.test(&channel).await {
            Some(record) => reply(&crate::views::alert_test(record)),
            None => Err(problem(
                "not_found",
                &format!("there is no channel `{channel}`"),
                "save the channel first, or choose one of those in the configuration",
            )),
        }
    }

    async fn reorder(&self, request: ChainsReorder, actor: &str) -> Result<Applied, RpcError> {
        let in_force = self.inner.config.current();
        let mut document = in_force.document.clone();
        let note = reorder(&mut document, &request)?;
        Ok(self.apply(document, request.expected_revision, actor, &note).await?)
    }

    async fn apply(
        &self,
        document: Document,
        expected: i64,
        actor: &str,
        note: &str,
    ) -> Result<Applied, ApplyError> {
        let prepare = |document| self.prepare(document);
        let applied = self.inner.config.apply(document, expected, actor, note, prepare).await?;
        self.put_in_force(actor, note).await;
        Ok(applied)
    }

    async fn key_set(&self, request: KeySet) -> Reply {
        let KeySet { name, secret } = request;
        let secret = secret.trim().to_owned();
        if crate::config::key_ref(&format!("keyring:{name}")).is_none() {
            let remedy = "use 1 to 64 letters, digits, `-`, `_` and `.`";
            return Err(problem("bad_request", &format!("`{name}` cannot be the name of a key"), remedy));
        }
        if secret.is_empty() || secret.chars().any(char::is_control) {
            return Err(problem(
                "bad_request",
                "the key is empty or holds control characters",
                "paste the key once more",
            ));
        }
        let last_four: String = {
            let letters: Vec<char> = secret.chars().collect();
            // Of a short secret four characters would be too much of it.
            if letters.len() >= 12 { letters[letters.len() - 4..].iter().collect() } else { String::new() }
        };
        let stored = self.inner.keys.set(&name, SecretString::from(secret)).await;
        stored.map_err(|p| problem("unavailable", &p.what, &p.remedy))?;
        crate::key_list::remember(&self.inner.store, &name, &last_four).await.map_err(failed)?;
        self.changed(&[contract::rpc::Topic::Keys]);
        reply(&self.keys_page().await?)
    }

    async fn key_delete(&self, request: KeyName) -> Reply {
        let deleted = self.inner.keys.delete(&request.name).await;
        deleted.map_err(|p| problem("unavailable", &p.what, &p.remedy))?;
        crate::key_list::forget(&self.inner.store, &request.name).await.map_err(failed)?;
        self.changed(&[contract::rpc::Topic::Keys]);
        reply(&self.keys_page().await?)
    }

    async fn practice_set(&self, request: PracticeSet) -> Reply {
        let PracticeSet { name, failing } = request;
        let changed = self.inner.practice.set(&name, failing).await;
        let changed =
            changed.map_err(|e| problem("bad_request", &e, "choose one of the simulated servers"))?;
        if changed {
            self.inner.journal.tell(Event::PracticeSwitched { name, failing });
            self.changed(&[contract::rpc::Topic::Practice]);
        }
        reply(&self.inner.practice.page().await)
    }
}

/// Puts a chain's tiers in a new order and returns the change in words.
fn reorder(document: &mut Document, request: &ChainsReorder) -> Result<String, RpcError> {
    let missing =
        || problem("not_found", &format!("there is no chain `{}`", request.chain), "reload the page");
    let chain = document.chains.iter_mut().find(|c| c.name == request.chain).ok_or_else(missing)?;
    let position = |name: &str| request.tiers.iter().position(|t| t == name);
    let complete =
        request.tiers.len() == chain.tiers.len() && chain.tiers.iter().all(|t| position(&t.name).is_some());
    if !complete {
        let names: Vec<&str> = chain.tiers.iter().map(|t| t.name.as_str()).collect();
        let message = format!("the new order must name each tier once; the tiers are {}", names.join(", "));
        return Err(problem("bad_request", &message, "reload the page and reorder again"));
    }
    chain.tiers.sort_by_key(|t| position(&t.name));
    Ok(format!("order of {}: {}", request.chain, request.tiers.join(" -> ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(tiers: &[&str]) -> ChainsReorder {
        ChainsReorder {
            chain: "practice".into(),
            tiers: tiers.iter().map(ToString::to_string).collect(),
            expected_revision: 1,
        }
    }

    #[test]
    fn tiers_take_their_new_places() {
        let mut document = crate::config::starter();
        let note = reorder(&mut document, &request(&["gpu", "cpu", "second-gpu"])).unwrap();
        let names: Vec<_> = document.chains[0].tiers.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["gpu", "cpu", "second-gpu"]);
        assert_eq!(note, "order of practice: gpu -> cpu -> second-gpu");
    }

    #[test]
    fn an_order_that_loses_or_doubles_a_tier_is_refused() {
        for tiers in [&["gpu", "cpu"][..], &["gpu", "gpu", "cpu"], &["gpu", "cpu", "other"]] {
            let mut document = crate::config::starter();
            let error = reorder(&mut document, &request(tiers)).unwrap_err();
            assert_eq!(error.code, "bad_request");
            assert_eq!(document, crate::config::starter());
        }
    }
}
