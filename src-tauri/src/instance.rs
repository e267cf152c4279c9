//! One program per data folder: the name under which the first start can be reached by the second.

use std::path::Path;

use sha2::{Digest, Sha256};

/// The program's own name on the session bus.
const IDENTIFIER: &str = "dev.changeover.desktop";

/// The bus name for this data folder. A folder of one's own is a program of one's own.
pub fn bus_name(data: &Path, default: &Path) -> String {
    if data == default {
        return IDENTIFIER.to_owned();
    }
    let digest = Sha256::digest(data.as_os_str().as_encoded_bytes());
    let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{IDENTIFIER}.d{short}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_data_folder_has_its_own_name() {
        let default = Path::new("/home/a/.local/share/changeover");
        assert_eq!(bus_name(default, default), IDENTIFIER);
        let other = bus_name(Path::new("/tmp/one"), default);
        assert_ne!(other, bus_name(Path::new("/tmp/two"), default));
        assert_eq!(other, bus_name(Path::new("/tmp/one"), default));
        assert!(zbus::names::WellKnownName::try_from(other).is_ok());
    }
}
