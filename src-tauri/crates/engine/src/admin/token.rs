//! The operator's token: made once per data folder, readable by its owner alone.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
    sync::Arc,
};

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

/// The token's file in the data folder.
const FILE: &str = "admin-token";

/// Decides whether a request carries the token.
#[derive(Clone)]
pub(crate) struct Access(Arc<[u8; 32]>);

impl Access {
    pub(crate) fn new(token: &str) -> Self {
        Self(Arc::new(Sha256::digest(token).into()))
    }

    /// Digests are compared, so that the time taken says nothing about the token.
    pub(crate) fn allows(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let token = given.and_then(|v| v.strip_prefix("Bearer "));
        token.is_some_and(|t| <[u8; 32]>::from(Sha256::digest(t)) == *self.0)
    }
}

/// The token of this data folder, made on first use.
///
/// # Errors
/// The file cannot be read or written.
pub(crate) fn admin_token(data_dir: &Path) -> io::Result<String> {
    let path = data_dir.join(FILE);
    if let Ok(text) = fs::read_to_string(&path) {
        let token = text.trim().to_owned();
        if token.len() >= 32 {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
            return Ok(token);
        }
    }
    let token: String =
        std::iter::repeat_with(rand::random::<u8>).take(24).map(|b| format!("{b:02x}")).collect();
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    writeln!(file, "{token}")?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_made_once_and_only_its_owner_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let token = admin_token(dir.path()).unwrap();
        assert_eq!(admin_token(dir.path()).unwrap(), token);
        let mode = fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn only_the_token_itself_opens() {
        let access = Access::new("right");
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            access.allows(&headers)
        };
        assert!(with("Bearer right"));
        assert!(!with("Bearer wrong") && !with("right") && !with("Bearer "));
        assert!(!access.allows(&HeaderMap::new()));
    }
}
