//! What the kernel says of a process and its children: CPU time as the scheduler accounts it, in nanoseconds where the
//! usual ticks are 10 ms, and memory.

use std::{fs, path::Path};

use anyhow::Context;

/// CPU time that all threads of `pid` and of its children have used so far, nanoseconds.
pub fn cpu(pid: u32) -> anyhow::Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("a server under measurement has ended")? {
        sum += spent(&task?.path())?;
    }
    children(pid)?.into_iter().try_fold(sum, |sum, child| Ok(sum + cpu(child)?))
}

/// CPU time that those threads of `pid` have used so far whose names begin so, nanoseconds.
pub fn cpu_of_threads(pid: u32, named: &str) -> anyhow::Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("a server under measurement has ended")? {
        let task = task?.path();
        if fs::read_to_string(task.join("comm"))?.starts_with(named) {
            sum += spent(&task)?;
        }
    }
    Ok(sum)
}

fn spent(task: &Path) -> anyhow::Result<u64> {
    let spent = fs::read_to_string(task.join("schedstat"))?;
    Ok(spent.split_whitespace().next().context("no figures in schedstat")?.parse()?)
}

/// Memory of `pid` and its children, KiB.
pub fn memory(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let own = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no figure for memory")?;
    let own = own.trim().trim_end_matches(" kB").parse()?;
    children(pid)?.into_iter().try_fold(own, |sum, child| Ok(sum + memory(child)?))
}

fn children(pid: u32) -> anyhow::Result<Vec<u32>> {
    let mut all = Vec::new();
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        for child in fs::read_to_string(task?.path().join("children"))?.split_whitespace() {
            all.push(child.parse()?);
        }
    }
    Ok(all)
}
