//! The GPUs, as the screens show them.

use contract::{
    rpc::{Metric, SeriesRequest},
    view::{GpuFinding, GpuHostView, GpuPage, GpuProcess, GpuView, Series, SeriesLine},
};
use domain::{
    Board, Snapshot,
    plan::{Ask, judge_replica},
    time::wall_ms,
};
use monitor::gpu::{Finding, Gpu, GpuMetric, Gpus, Throttle};
use tokio::time::Instant;

pub(crate) fn gpu_page(gpus: &Gpus, snapshot: &Snapshot, board: &Board) -> GpuPage {
    let page = gpus.page();
    GpuPage {
        at_ms: page.at_ms,
        driver: page.driver.clone(),
        gpus: page.gpus.iter().map(|g| gpu(g, snapshot, board)).collect(),
        reason: page.reason.clone(),
        remedy: page.remedy.clone(),
        hosts: page
            .hosts
            .iter()
            .map(|h| GpuHostView { name: h.name.clone(), at_ms: h.at_ms, reason: h.reason.clone() })
            .collect(),
    }
}

fn gpu(gpu: &Gpu, snapshot: &Snapshot, board: &Board) -> GpuView {
    let reading = gpu.reading.clone();
    GpuView {
        models: models(gpu, snapshot),
        consequences: consequences(gpu, snapshot, board),
        remapped_corrected: reading.remapped_corrected,
        remapped_uncorrected: reading.remapped_uncorrected,
        uuid: reading.uuid,
        host: reading.host,
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
            .map(|p| GpuProcess {
                pid: p.pid,
                name: p.name,
                memory_mib: p.memory_mib,
                ours: gpu.servers.contains(&p.pid),
            })
            .collect(),
        findings: gpu.findings.iter().map(finding).collect(),
        replicas: gpu.replicas.iter().map(ToString::to_string).collect(),
    }
}

fn models(gpu: &Gpu, snapshot: &Snapshot) -> Vec<String> {
    let on_it = snapshot.replicas().filter(|(_, _, r)| gpu.replicas.contains(&r.id));
    let mut models: Vec<String> = on_it.map(|(_, tier, _)| tier.model.clone()).collect();
    models.dedup();
    models
}

/// What a fault of a GPU would do, a sentence per chain that it touches.
fn consequences(gpu: &Gpu, snapshot: &Snapshot, board: &Board) -> Vec<String> {
    let mut all = Vec::new();
    for chain in &snapshot.chains {
        let on_it = |r: &domain::Replica| gpu.replicas.contains(&r.id);
        if !chain.tiers.iter().flat_map(|t| &t.replicas).any(on_it) {
            continue;
        }
        let ask = Ask { now: Instant::now(), dice: 0.0, seed: 0 };
        let serves = |r: &domain::Replica| {
            let state = board.port(&r.id).map(|port| port.state());
            state.is_some_and(|s| judge_replica(&s, &ask).is_none_or(|why| why.still_serves()))
        };
        let left = |t: &&std::sync::Arc<domain::Tier>| {
            t.enabled && t.replicas.iter().any(|r| !on_it(r) && serves(r))
        };
        let now = chain.tiers.iter().find(|t| t.enabled && t.replicas.iter().any(serves));
        let then = chain.tiers.iter().find(left);
        all.push(match (now, then) {
            (_, None) => format!("{}: no tier could answer", chain.name),
            (Some(now), Some(then)) if now.name == then.name => {
                format!("{}: {} would answer on, with the servers that are left", chain.name, then.name)
            }
            (_, Some(then)) => format!("{}: {} would answer", chain.name, then.name),
        });
    }
    all
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
    let line = |(uuid, values): (String, Vec<Option<f64>>)| SeriesLine {
        name: gpu_name(gpus, &uuid),
        unit: unit.into(),
        values,
    };
    Series { at_ms: series.at_ms, lines: series.lines.into_iter().map(line).collect(), marks: vec![] }
}

/// What people call the GPU of this UUID.
pub(crate) fn gpu_name(gpus: &Gpus, uuid: &str) -> String {
    let page = gpus.page();
    let gpu = page.gpus.iter().find(|g| g.reading.uuid == uuid);
    gpu.map_or_else(|| uuid.to_owned(), |g| g.reading.called())
}
