//! CPU time of a process and its children, as the scheduler accounts it: in nanoseconds, where the usual ticks are
//! 10 ms.

use std::fs;

use anyhow::Context;

/// What all threads of `pid` and of its children have used so far.
pub fn nanoseconds(pid: u32) -> anyhow::Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("a server under measurement has ended")? {
        let task = task?.path();
        let spent = fs::read_to_string(task.join("schedstat"))?;
        sum += spent.split_whitespace().next().context("no figures in schedstat")?.parse::<u64>()?;
        for child in fs::read_to_string(task.join("children"))?.split_whitespace() {
            sum += nanoseconds(child.parse()?)?;
        }
    }
    Ok(sum)
}
