//! Whether this workstation itself is offline: then a server that cannot be reached is not to blame.

use std::fs;

/// Whether this machine has a way out. Injected, so that tests can cut it.
pub(crate) type HasNetwork = fn() -> bool;

/// Whether this machine has a default route, over IPv4 or IPv6. Where that cannot be read, it is taken to have
/// one.
pub(crate) fn has_default_route() -> bool {
    let v4 = fs::read_to_string("/proc/net/route").map(|t| v4_default(&t));
    let v6 = fs::read_to_string("/proc/net/ipv6_route").map(|t| v6_default(&t));
    match (v4, v6) {
        (Err(_), _) => true,
        (Ok(v4), v6) => v4 || v6.unwrap_or(false),
    }
}

/// Columns: interface, destination, gateway, flags, ..., mask at 7; all zero is the default route.
fn v4_default(table: &str) -> bool {
    table.lines().skip(1).any(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        columns.get(1) == Some(&"00000000") && columns.get(7) == Some(&"00000000")
    })
}

/// Columns: destination, its prefix length, ..., interface at 9. An unreachable default is listed on `lo`.
fn v6_default(table: &str) -> bool {
    table.lines().any(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let everywhere = columns.first().is_some_and(|d| d.bytes().all(|b| b == b'0'));
        everywhere && columns.get(1) == Some(&"00") && columns.get(9).is_some_and(|i| *i != "lo")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";

    #[test]
    fn a_default_route_is_told_from_a_local_one() {
        let local = format!("{HEAD}eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
        assert!(!v4_default(&local));
        let way_out = format!("{local}eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        assert!(v4_default(&way_out));
    }

    #[test]
    fn an_unreachable_default_is_no_way_out() {
        let zero = "0".repeat(32);
        let route = |interface: &str| {
            format!("{zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200 {interface}\n")
        };
        assert!(!v6_default(&route("lo")));
        assert!(v6_default(&route("eth0")));
    }
}
