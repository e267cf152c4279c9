//! Asks the DCGM exporters of other machines for their pages, each within a time limit and a size, side by side: a slow
//! host holds up no other and is a finding of its own.

use std::{collections::HashMap, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use domain::{ProviderKind, Snapshot, gpu::GpuHost};
use futures::future::join_all;
use tokio::{
    sync::mpsc::UnboundedSender,
    time::{sleep, timeout},
};
use upstream::PageTarget;

use super::{
    dcgm::{self, Seen},
    reading::{Reading, Throttle},
    sampler::Report,
};
use crate::Prober;

/// A page that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(4);
/// The most of a page: an exporter with 16 GPUs and every metric shows some 200 KB.
const LONGEST: usize = 4 * 1024 * 1024;
/// Time between two rounds.
const EVERY: Duration = Duration::from_secs(5);

/// What an exporter showed before, by GPU: its last Xid, and its time slowed for heat.
type Before = HashMap<String, (Option<u64>, Option<f64>)>;

/// Asks until `reports` is closed.
pub(super) async fn run(
    prober: Arc<dyn Prober>,
    snapshot: Arc<ArcSwap<Snapshot>>,
    reports: UnboundedSender<Report>,
) {
    let mut known: HashMap<GpuHost, Before> = HashMap::new();
    while !reports.is_closed() {
        let hosts = snapshot.load().gpu_hosts.clone();
        known.retain(|host, _| hosts.contains(host));
        // A closed channel ends the loop at its next round.
        _ = reports.send(Report::Hosts(hosts.iter().map(|h| h.name.clone()).collect()));
        let rounds = hosts.into_iter().map(|host| {
            let before = known.remove(&host).unwrap_or_default();
            let (prober, reports) = (&prober, &reports);
            async move {
                let after = one(prober.as_ref(), &host, before, reports).await;
                (host, after)
            }
        });
        let (after, ()) = futures::join!(join_all(rounds), sleep(EVERY));
        known = after.into_iter().collect();
    }
}

async fn one(
    prober: &dyn Prober,
    host: &GpuHost,
    before: Before,
    reports: &UnboundedSender<Report>,
) -> Before {
    let (name, result) = (host.name.clone(), page(prober, host).await);
    let seen = match result {
        Ok(seen) => seen,
        Err(why) => {
            _ = reports.send(Report::Host { name, result: Err(why) });
            return before;
        }
    };
    let mut readings = Vec::new();
    let mut after = Before::new();
    for mut gpu in seen {
        let old = before.get(&gpu.reading.uuid);
        slowed(&mut gpu, old);
        let new_xid = gpu.last_xid.filter(|xid| old.is_some_and(|(last, _)| *last != Some(*xid)));
        if let Some(xid) = new_xid {
            _ = reports.send(Report::Xid { uuid: Some(gpu.reading.uuid.clone()), xid });
        }
        after.insert(gpu.reading.uuid.clone(), (gpu.last_xid, gpu.heat_ns));
        readings.push(gpu.reading);
    }
    readings.extend(gone(&before, &after, &name));
    _ = reports.send(Report::Host { name, result: Ok(readings) });
    // A GPU that is gone is remembered until its host shows it again or is taken out.
    before
        .into_iter()
        .filter(|(uuid, _)| !after.contains_key(uuid))
        .collect::<Before>()
        .into_iter()
        .chain(after.clone())
        .collect()
}

/// A counter that grew since the last page says that it was slowed for heat in between.
fn slowed(gpu: &mut Seen, old: Option<&(Option<u64>, Option<f64>)>) {
    let grew = matches!((gpu.heat_ns, old), (Some(new), Some((_, Some(old)))) if new > *old);
    if grew && !gpu.reading.throttled.contains(&Throttle::Heat) {
        gpu.reading.throttled.push(Throttle::Heat);
    }
}

/// GPUs that the exporter showed before and shows no longer: lost, as far as anybody there can tell.
fn gone(before: &Before, after: &Before, host: &str) -> Vec<Reading> {
    let lost = |uuid: &String| Reading {
        uuid: uuid.clone(),
        host: Some(host.to_owned()),
        name: "NVIDIA GPU".into(),
        lost: Some("its host's exporter no longer shows it".into()),
        ..Reading::default()
    };
    before.keys().filter(|uuid| !after.contains_key(*uuid)).map(lost).collect()
}

async fn page(prober: &dyn Prober, host: &GpuHost) -> Result<Vec<Seen>, String> {
    let target = PageTarget {
        url: host.url.clone(),
        provider: ProviderKind::Other,
        key: None,
        timeout: PATIENCE,
        longest: LONGEST,
    };
    let path = url::Url::parse(&host.url).map_or_else(|_| "/metrics".into(), |url| url.path().to_owned());
    let path = if path == "/" { "/metrics" } else { path.as_str() };
    // The prober keeps the time; one that forgets it is cut off.
    let page = timeout(PATIENCE + Duration::from_millis(100), prober.page(&target, path)).await;
    let page = page.map_err(|_| format!("{path} did not come within {} s", PATIENCE.as_secs()))?;
    let page = page.map_err(|failure| failure.message)?;
    if !(200..300).contains(&page.status) {
        return Err(format!("{path} answered {}", page.status));
    }
    let seen = dcgm::read(&String::from_utf8_lossy(&page.body), &host.name);
    if seen.is_empty() { Err(format!("{path} shows no GPU: is it a DCGM exporter's?")) } else { Ok(seen) }
}
