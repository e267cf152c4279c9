//! Ids of requests.

use domain::time::wall_ms;

/// A new id: a UUID of version 7, so that ids sort by the time of their request. Its random part comes from this
/// thread's generator; to ask the kernel for it would be a call for every request.
pub(crate) fn request() -> String {
    let random: [u8; 10] = rand::random();
    let ms = u64::try_from(wall_ms()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_of_version_7_of_this_moment_and_no_two_are_the_same() {
        let before = wall_ms();
        let ids: HashSet<String> = (0..1_000).map(|_| request()).collect();
        let after = wall_ms();
        assert_eq!(ids.len(), 1_000);
        for id in ids {
            let id: uuid::Uuid = id.parse().unwrap();
            let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
            let ms = i64::try_from(seconds).unwrap() * 1_000 + i64::from(nanos) / 1_000_000;
            assert!(id.get_version_num() == 7 && before <= ms && ms <= after, "{id}");
        }
    }
}
