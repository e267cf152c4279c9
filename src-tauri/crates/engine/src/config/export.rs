//! The document as YAML.

use contract::config::Document;

/// The document as a configuration file: what it says, defaults included.
///
/// # Errors
/// In words, when the document cannot be written; this is a defect of the program.
pub fn to_yaml(document: &Document) -> Result<String, String> {
    serde_saphyr::to_string(document).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exported_reads_back_the_same() {
        let document = super::super::read(include_str!("../../tests/example.yaml")).document.unwrap();
        let yaml = to_yaml(&document).unwrap();
        assert_eq!(super::super::read(&yaml).document.unwrap(), document, "{yaml}");
        let starter = super::super::starter();
        assert_eq!(super::super::read(&to_yaml(&starter).unwrap()).document.unwrap(), starter);
    }
}
