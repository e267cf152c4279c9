//! One program per data folder: the name under which the first start can be reached by the second.

use std::path::Path;

use sha2::{Digest, Sha256};

/// The program's own name on the session bus.
const IDENTIFIER: &str = "dev.changeover.desktop";

/// The bus name for this data folder. A folder of one's own is a program of one's own.
pub fn bus_name(data: &Path) -> String {
    let digest = Sha256::digest(data.as_os_str().as_encoded_bytes());
    let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{IDENTIFIER}.d{short}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_data_folder_has_its_own_name() {
        let one = bus_name(Path::new("/tmp/one"));
        assert_ne!(one, bus_name(Path::new("/tmp/two")));
        assert_eq!(one, bus_name(Path::new("/tmp/one")));
        assert!(zbus::names::WellKnownName::try_from(one).is_ok());
    }
}
