//! The GPUs, as the screens show them.

use contract::{
    rpc::{Metric, SeriesRequest},
    view::{GpuFinding, GpuPage, GpuProcess, GpuView, Series, SeriesLine},
};
use domain::time::wall_ms;
use monitor::gpu::{Finding, Gpu, GpuMetric, Gpus, Throttle};

pub(crate) fn gpu_page(gpus: &Gpus) -> GpuPage {
    let page = gpus.page();
    GpuPage {
        at_ms: page.at_ms,
        driver: page.driver.clone(),
        gpus: page.gpus.iter().map(gpu).collect(),
        reason: page.reason.clone(),
        remedy: page.remedy.clone(),
    }
}

fn gpu(gpu: &Gpu) -> GpuView {
    let reading = gpu.reading.clone();
    GpuView {
        uuid: reading.uuid,
        index: reading.index,
        name: reading.name,
        utilisation: reading.utilisation,
        memory_used_mib: reading.memory_used_mib,
        memory_total_mib: reading.memory_total_mib,
        temperature: reading.temperature,
        power: reading.power,
        power_limit: reading.power_limit,
        clock_sm: reading.clock_sm,
        clock_memory: reading.clock_memory,
        throttled: reading.throttled.iter().map(|t: &Throttle| t.words().to_owned()).collect(),
        ecc_uncorrected: reading.ecc_uncorrected,
        ecc_corrected: reading.ecc_corrected,
        xids: gpu.xids.clone(),
        processes: reading
            .processes
            .into_iter()
            .map(|p| GpuProcess { pid: p.pid, name: p.name, memory_mib: p.memory_mib })
            .collect(),
        findings: gpu.findings.iter().map(finding).collect(),
        replicas: gpu.replicas.iter().map(ToString::to_string).collect(),
    }
}

fn finding(finding: &Finding) -> GpuFinding {
    GpuFinding { fatal: finding.fatal, what: finding.what.clone(), remedy: finding.remedy.clone() }
}

/// What a GPU measured in a minute, as a row.
pub(crate) fn gpu_minute(minute: monitor::gpu::GpuMinute) -> store::GpuMinuteRow {
    let [utilisation, memory_mib, temperature, power] = minute.means;
    store::GpuMinuteRow {
        minute: minute.minute,
        gpu: minute.uuid,
        name: minute.name,
        utilisation,
        memory_mib,
        temperature,
        power,
    }
}

/// A chart of a GPU metric; of any other metric an empty one.
pub(crate) fn gpu_series(gpus: &Gpus, request: &SeriesRequest) -> Series {
    let (metric, unit) = match request.metric {
        Metric::GpuUtilisation => (GpuMetric::Utilisation, "%"),
        Metric::GpuMemory => (GpuMetric::Memory, "MiB"),
        Metric::GpuTemperature => (GpuMetric::Temperature, "°C"),
        Metric::GpuPower => (GpuMetric::Power, "W"),
        Metric::Requests | Metric::Errors | Metric::FirstToken | Metric::Tokens => {
            return Series { at_ms: vec![], lines: vec![], marks: vec![] };
        }
    };
    let series = gpus.series(request.of.as_deref(), metric, request.range_ms, request.points, wall_ms());
    let page = gpus.page();
    let name = |uuid: &str| {
        let index = page.gpus.iter().find(|g| g.reading.uuid == uuid).map(|g| g.reading.index);
        index.map_or_else(|| uuid.to_owned(), |i| format!("GPU {i}"))
    };
    let line = |(uuid, values): (String, Vec<Option<f64>>)| SeriesLine {
        name: name(&uuid),
        unit: unit.into(),
        values,
    };
    Series { at_ms: series.at_ms, lines: series.lines.into_iter().map(line).collect(), marks: vec![] }
}
