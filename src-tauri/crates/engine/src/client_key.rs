//! Keys that clients present at the endpoint. The configuration keeps only their hashes.

use contract::view::NewClientKey;
use sha2::{Digest, Sha256};

/// Makes a key of 24 random bytes. It is shown once and kept nowhere.
#[must_use]
pub fn new_client_key() -> NewClientKey {
    let random: String =
        std::iter::repeat_with(rand::random::<u8>).take(24).map(|b| format!("{b:02x}")).collect();
    let key = format!("co-{random}");
    let sha256 = Sha256::digest(&key).iter().map(|b| format!("{b:02x}")).collect();
    NewClientKey { key, sha256 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_another_and_comes_with_its_own_hash() {
        let (one, two) = (new_client_key(), new_client_key());
        assert_ne!(one.key, two.key);
        assert_eq!(one.key.len(), "co-".len() + 48);
        let hash: String = Sha256::digest(&one.key).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(one.sha256, hash);
    }
}
