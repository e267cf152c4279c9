//! Provider keys: in the OS keyring, or in the environment; never anywhere else.
//!
//! Calls to a keyring can wait for a person (an unlock prompt), so they run on threads of their own behind a
//! time limit, and the request path reads only what was fetched before. A keyring that was missing is looked
//! for again, so a key stored or unlocked later is used without a restart.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use domain::{KeyRef, Snapshot};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Under this service name keys stand in the keyring; the user name is the key's own name.
pub const SERVICE: &str = "changeover";

/// The name of the key that this process shows to its own endpoint. No key of an operator's can have this name.
pub const OWN: &str = ":own";

/// A keyring that has not answered within this time is treated as unavailable.
const PATIENCE: Duration = Duration::from_secs(8);

/// Why a keyring could not be used, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct KeyringProblem {
    /// What happened, in words.
    pub what: String,
    /// What to do, in words.
    pub remedy: String,
}

/// The keys that the running configuration needs, fetched.
#[derive(Debug)]
pub struct Keys {
    own: SecretString,
    fetched: ArcSwap<HashMap<String, Result<SecretString, String>>>,
    problem: ArcSwap<Option<KeyringProblem>>,
}

impl Default for Keys {
    fn default() -> Self {
        let own: String =
            std::iter::repeat_with(rand::random::<u8>).take(24).map(|b| format!("{b:02x}")).collect();
        Self { own: own.into(), fetched: ArcSwap::default(), problem: ArcSwap::default() }
    }
}

impl Keys {
    /// Lets this process use its own endpoint where clients need a key.
    pub fn admit_own(&self, snapshot: &mut Snapshot) {
        if !snapshot.client_keys.is_empty() {
            snapshot.client_keys.push(Sha256::digest(self.own.expose_secret()).into());
        }
    }

    /// Why the keyring could not be used when it was last asked.
    #[must_use]
    pub fn problem(&self) -> Option<KeyringProblem> {
        self.problem.load().as_ref().clone()
    }

    /// Whether the key `name` was found in the keyring when it was last asked.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        matches!(self.fetched.load().get(name), Some(Ok(_)))
    }

    /// Fetches every key in `names` from the keyring. An unavailable keyring is remembered as the problem.
    pub async fn fetch(self: &Arc<Self>, names: BTreeSet<String>) {
        let asked = names.clone();
        let found = on_keyring(move || {
            let fetch = |name: &String| (name.clone(), read_key(name));
            Ok(names.iter().map(fetch).collect::<HashMap<_, _>>())
        })
        .await;
        let mut problem = None;
        let fetched = match found {
            Ok(found) => found,
            Err(p) => {
                let all = asked.into_iter().map(|name| (name, Err(p.what.clone()))).collect();
                problem = Some(p);
                all
            }
        };
        self.fetched.store(Arc::new(fetched));
        self.problem.store(Arc::new(problem));
    }

    /// Stores a key and reads it back, so that a keyring that only pretends is noticed.
    ///
    /// # Errors
    /// The keyring cannot be used, or does not return what was stored.
    pub async fn set(&self, name: &str, secret: SecretString) -> Result<(), KeyringProblem> {
        let (owned, stored) = (name.to_owned(), secret.clone());
        let outcome = on_keyring(move || {
            let entry = entry(&owned)?;
            entry.set_password(stored.expose_secret()).map_err(|e| explain(&e))?;
            let back = entry.get_password().map_err(|e| explain(&e))?;
            if back == stored.expose_secret() {
                return Ok(());
            }
            Err(KeyringProblem {
                what: "the keyring did not return what was stored in it".into(),
                remedy: "check the keyring program, or use an environment variable: `key: env:NAME`".into(),
            })
        })
        .await;
        self.problem.store(Arc::new(outcome.as_ref().err().cloned()));
        outcome?;
        self.fetched.rcu(|old| {
            let mut new = HashMap::clone(old);
            new.insert(name.to_owned(), Ok(secret.clone()));
            new
        });
        Ok(())
    }

    /// Removes a key. A key that is not there is removed already.
    ///
    /// # Errors
    /// The keyring cannot be used.
    pub async fn delete(&self, name: &str) -> Result<(), KeyringProblem> {
        let owned = name.to_owned();
        let outcome = on_keyring(move || match entry(&owned)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(e) => Err(explain(&e)),
        })
        .await;
        self.problem.store(Arc::new(outcome.as_ref().err().cloned()));
        outcome?;
        self.fetched.rcu(|old| {
            let mut new = HashMap::clone(old);
            new.remove(name);
            new
        });
        Ok(())
    }

    /// Asks the keyring for nothing in particular, to learn whether it can be used.
    pub async fn check(&self) {
        let outcome = on_keyring(|| match entry("availability-check")?.get_password() {
            Ok(_) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(e) => Err(explain(&e)),
        })
        .await;
        self.problem.store(Arc::new(outcome.err()));
    }
}

impl upstream::Credentials for Keys {
    fn resolve(&self, key: &KeyRef) -> Result<SecretString, String> {
        match key {
            KeyRef::Env(name) => match std::env::var(name) {
                Ok(value) if !value.is_empty() => Ok(SecretString::from(value)),
                _ => Err(format!("the environment variable {name} is not set")),
            },
            KeyRef::Keyring(name) if name == OWN => Ok(self.own.clone()),
            KeyRef::Keyring(name) => match self.fetched.load().get(name) {
                Some(Ok(secret)) => Ok(secret.clone()),
                Some(Err(why)) => Err(format!("the key `{name}` cannot be read: {why}")),
                None => Err(format!("the key `{name}` is not in the keyring")),
            },
        }
    }
}

/// The names of the keyring's keys that a configuration uses.
#[must_use]
pub fn names_in(snapshot: &Snapshot) -> BTreeSet<String> {
    let tiers = snapshot.chains.iter().flat_map(|c| &c.tiers);
    let name = |key: &KeyRef| match key {
        KeyRef::Keyring(name) => Some(name.clone()),
        KeyRef::Env(_) => None,
    };
    tiers.filter_map(|t| t.key.as_ref().and_then(name)).collect()
}

fn read_key(name: &str) -> Result<SecretString, String> {
    let entry = entry(name).map_err(|p| p.what)?;
    match entry.get_password() {
        Ok(secret) => Ok(SecretString::from(secret)),
        Err(keyring::Error::NoEntry) => Err("it is not in the keyring".into()),
        Err(e) => Err(explain(&e).what),
    }
}

/// Runs `work` on a thread of its own, with the keyring connected, within [`PATIENCE`].
async fn on_keyring<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeyringProblem> + Send + 'static,
) -> Result<T, KeyringProblem> {
    let task = tokio::task::spawn_blocking(move || {
        connect()?;
        work()
    });
    match tokio::time::timeout(PATIENCE, task).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(e)) => {
            Err(KeyringProblem { what: format!("the keyring call failed: {e}"), remedy: without_keyring() })
        }
        Err(_) => Err(KeyringProblem {
            what: format!(
                "the keyring has not answered within {} s; it may wait to be unlocked",
                PATIENCE.as_secs()
            ),
            remedy: format!("unlock it and check again, or {}", without_keyring()),
        }),
    }
}

/// Connects to the keyring unless that was done before. The default store is set by hand on Linux, because a
/// failed first attempt must not be final.
fn connect() -> Result<(), KeyringProblem> {
    if keyring_core::get_default_store().is_some() {
        return Ok(());
    }
    #[cfg(target_os = "linux")]
    {
        let store = zbus_secret_service_keyring_store::Store::new().map_err(|e| explain(&e))?;
        keyring_core::set_default_store(store);
        Ok(())
    }
    #[cfg(not(target_os = "linux"))]
    {
        keyring::Entry::store_status().as_ref().map(|()| ()).map_err(explain)
    }
}

fn entry(name: &str) -> Result<keyring_core::Entry, KeyringProblem> {
    keyring_core::Entry::new(SERVICE, name).map_err(|e| explain(&e))
}

fn without_keyring() -> String {
    "set an environment variable for Changeover and write `key: env:NAME` in the tier".to_owned()
}

fn explain(e: &keyring::Error) -> KeyringProblem {
    let what = match e {
        keyring::Error::NoStorageAccess(inner) => format!("the keyring is locked or refuses access: {inner}"),
        keyring::Error::NoDefaultStore => "no keyring service is running".to_owned(),
        keyring::Error::PlatformFailure(inner) => format!("no keyring service can be reached: {inner}"),
        other => other.to_string(),
    };
    let remedy = format!(
        "start and unlock a keyring (GNOME Keyring, KWallet or KeePassXC) and check again, or {}",
        without_keyring()
    );
    KeyringProblem { what, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upstream::Credentials;

    #[test]
    fn an_environment_variable_is_read_and_a_missing_one_is_named() {
        let keys = Keys::default();
        assert!(keys.resolve(&KeyRef::Env("PATH".into())).is_ok());
        let missing = keys.resolve(&KeyRef::Env("CHANGEOVER_NO_SUCH_VARIABLE".into())).unwrap_err();
        assert!(missing.contains("CHANGEOVER_NO_SUCH_VARIABLE"), "{missing}");
    }

    #[test]
    fn a_key_that_was_not_fetched_is_named() {
        let missing = Keys::default().resolve(&KeyRef::Keyring("openai".into())).unwrap_err();
        assert!(missing.contains("`openai`"), "{missing}");
    }
}
