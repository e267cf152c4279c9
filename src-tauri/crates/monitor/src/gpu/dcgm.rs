//! Reads a DCGM exporter's metrics page: the GPUs of another machine (WIRE section 22.1).
//!
//! What the page lacks is absent. The exporter's last Xid stays on its page for as long as it runs, so that only a
//! change of it is an event.

use std::collections::BTreeMap;

use super::reading::{Reading, Throttle};
use crate::prometheus::{self, Line};

/// A GPU on a page, with the Xid that the exporter saw last.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub reading: Reading,
    pub last_xid: Option<u64>,
    /// Time slowed for heat since the driver was loaded, nanoseconds.
    pub heat_ns: Option<f64>,
    free_mib: Option<f64>,
    reserved_mib: Option<f64>,
}

/// The GPUs of the host `host`, by number; none where the page shows none.
pub(crate) fn read(page: &str, host: &str) -> Vec<Seen> {
    let mut gpus: BTreeMap<String, Seen> = BTreeMap::new();
    for line in prometheus::lines(page) {
        if !line.name.starts_with("DCGM_FI_DEV_") {
            continue;
        }
        // Lines of a part of a divided GPU speak of that part alone.
        let is_part = line.label("GPU_I_ID").is_some_and(|id| !id.is_empty());
        let (Some(uuid), false) = (line.label("UUID").filter(|u| !u.is_empty()), is_part) else { continue };
        let seen = gpus.entry(uuid.clone().into_owned()).or_insert_with(|| first(&line, &uuid, host));
        take(seen, &line);
    }
    let mut all: Vec<Seen> = gpus.into_values().map(end).collect();
    all.sort_by_key(|seen| seen.reading.index);
    all
}

fn first(line: &Line<'_>, uuid: &str, host: &str) -> Seen {
    let reading = Reading {
        uuid: uuid.to_owned(),
        host: Some(host.to_owned()),
        index: line.label("gpu").and_then(|n| n.parse().ok()).unwrap_or(0),
        name: line.label("modelName").map_or_else(|| "NVIDIA GPU".into(), |name| name.into_owned()),
        ..Reading::default()
    };
    Seen { reading, ..Seen::default() }
}

fn take(seen: &mut Seen, line: &Line<'_>) {
    let (reading, value) = (&mut seen.reading, line.value);
    match line.name.trim_start_matches("DCGM_FI_DEV_") {
        "GPU_UTIL" => reading.utilisation = Some(value),
        "FB_USED" => reading.memory_used_mib = Some(value),
        "FB_FREE" => seen.free_mib = Some(value),
        "FB_RESERVED" => seen.reserved_mib = Some(value),
        "GPU_TEMP" => reading.temperature = Some(value),
        "POWER_USAGE" => reading.power = Some(value),
        "ENFORCED_POWER_LIMIT" | "POWER_MGMT_LIMIT" => reading.power_limit = Some(value),
        "SM_CLOCK" => reading.clock_sm = Some(value),
        "MEM_CLOCK" => reading.clock_memory = Some(value),
        "CLOCK_THROTTLE_REASONS" | "CLOCKS_EVENT_REASONS" => {
            reading.throttled = Throttle::of_bits(whole(value))
        }
        "THERMAL_VIOLATION" => seen.heat_ns = Some(value),
        "ECC_DBE_VOL_TOTAL" => reading.ecc_uncorrected = Some(whole(value)),
        "ECC_SBE_VOL_TOTAL" => reading.ecc_corrected = Some(whole(value)),
        "CORRECTABLE_REMAPPED_ROWS" => reading.remapped_corrected = Some(whole(value)),
        "UNCORRECTABLE_REMAPPED_ROWS" => reading.remapped_uncorrected = Some(whole(value)),
        "ROW_REMAP_FAILURE" => reading.repair_failed |= value > 0.0,
        "RETIRED_PENDING" | "ROW_REMAP_PENDING" => reading.repair_pending |= value > 0.0,
        "XID_ERRORS" => seen.last_xid = Some(whole(value)).filter(|xid| *xid > 0),
        _ => {}
    }
}

fn end(mut seen: Seen) -> Seen {
    if let (Some(used), Some(free)) = (seen.reading.memory_used_mib, seen.free_mib) {
        seen.reading.memory_total_mib = Some(used + free + seen.reserved_mib.unwrap_or(0.0));
    }
    seen
}

/// Counters are whole; what is negative is none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
const fn whole(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"
# HELP DCGM_FI_DEV_GPU_TEMP GPU temperature (in C).
# TYPE DCGM_FI_DEV_GPU_TEMP gauge
DCGM_FI_DEV_GPU_TEMP{gpu="1",UUID="GPU-b",modelName="NVIDIA H100 80GB HBM3",Hostname="box"} 61
DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-a",modelName="NVIDIA H100 80GB HBM3",Hostname="box"} 45
DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-a"} 70000
DCGM_FI_DEV_FB_FREE{gpu="0",UUID="GPU-a"} 10000
DCGM_FI_DEV_FB_RESERVED{gpu="0",UUID="GPU-a"} 500
DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-a",GPU_I_ID="3"} 1
DCGM_FI_DEV_XID_ERRORS{gpu="0",UUID="GPU-a"} 0
DCGM_FI_DEV_XID_ERRORS{gpu="1",UUID="GPU-b"} 79
DCGM_FI_DEV_CLOCKS_EVENT_REASONS{gpu="1",UUID="GPU-b"} 64
DCGM_FI_DEV_ECC_DBE_VOL_TOTAL{gpu="1",UUID="GPU-b"} 2
DCGM_FI_DEV_POWER_USAGE{gpu="1",UUID="GPU-b"} NaN
DCGM_FI_DEV_ROW_REMAP_FAILURE{gpu="1",UUID="GPU-b"} 1
DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="1",UUID="GPU-b"} 0.5
"#;

    #[test]
    fn a_page_is_read_by_number_and_what_it_lacks_is_absent() {
        let all = read(PAGE, "box");
        let (a, b) = (&all[0], &all[1]);
        assert_eq!(
            (a.reading.uuid.as_str(), a.reading.index, a.reading.host.as_deref()),
            ("GPU-a", 0, Some("box"))
        );
        assert_eq!((a.reading.memory_used_mib, a.reading.memory_total_mib), (Some(70_000.0), Some(80_500.0)));
        assert_eq!((a.last_xid, b.last_xid), (None, Some(79)));
        assert_eq!(
            (b.reading.temperature, b.reading.power, b.reading.memory_total_mib),
            (Some(61.0), None, None)
        );
        assert_eq!(b.reading.throttled, [Throttle::HardwareHeat]);
        assert_eq!((b.reading.ecc_uncorrected, b.reading.repair_failed), (Some(2), true));
        assert_eq!(b.reading.name, "NVIDIA H100 80GB HBM3");
    }

    #[test]
    fn a_page_of_something_else_shows_no_gpu() {
        for page in
            ["", "<html>", "up 1\n", "DCGM_FI_DEV_GPU_TEMP 40\n", "DCGM_FI_DEV_GPU_TEMP{UUID=\"\"} 40\n"]
        {
            assert_eq!(read(page, "box"), []);
        }
    }
}
