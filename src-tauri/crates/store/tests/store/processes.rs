//! Two processes, and one that is killed. The other process is this test binary, told to run one test alone.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
};

use store::{EventFilter, OpenError, Store};

use crate::{event, events, open};

const FOLDER: &str = "STORE_TEST_FOLDER";

/// Not a test of its own: what the other process does. It commits for ever and says so after each commit.
#[tokio::test]
async fn the_other_process() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let store = open(Path::new(&folder)).await;
    let mut seq = store.last_seq().await.unwrap();
    loop {
        store.commit(&events((seq + 1..=seq + 3).map(event).collect())).await.unwrap();
        seq += 3;
        let mut out = std::io::stdout().lock();
        writeln!(out, "committed {seq}").unwrap();
        out.flush().unwrap();
    }
}

struct Other(Child, BufReader<std::process::ChildStdout>);

impl Other {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "processes::the_other_process", "--nocapture"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self(child, out)
    }

    /// The number of the next commit that it reports.
    fn committed(&mut self) -> i64 {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.1.read_line(&mut line).unwrap() > 0, "the other process ended");
            // The first report may stand behind the test runner's own words.
            if let Some(at) = line.find("committed ") {
                return line[at + 10..].trim().parse().unwrap();
            }
        }
    }

    fn kill(mut self) -> i64 {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
        // What it had reported and this test had not read yet counts as well.
        let rest = self.1.lines().map_while(Result::ok);
        rest.filter_map(|l| l.strip_prefix("committed ")?.trim().parse().ok()).max().unwrap_or(0)
    }
}

#[tokio::test]
async fn a_second_process_is_told_who_holds_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let mut other = Other::start(dir.path());
    other.committed();
    let pid = other.0.id();
    let error = Store::open(dir.path()).await.expect_err("two processes on one folder");
    assert!(matches!(error, OpenError::InUse { pid: Some(p), .. } if p == pid), "{error}");
    let text = error.to_string();
    assert!(text.contains(&format!("(process {pid})")) && text.contains("--data"), "{text}");
    other.kill();
    open(dir.path()).await;
}

#[tokio::test]
async fn a_kill_at_any_moment_loses_nothing_that_was_committed() {
    let dir = tempfile::tempdir().unwrap();
    for round in 1..=10 {
        let mut other = Other::start(dir.path());
        let mut acknowledged = 0;
        for _ in 0..round * 3 {
            acknowledged = other.committed();
        }
        acknowledged = acknowledged.max(other.kill());
        let store = open(dir.path()).await;
        let last = store.last_seq().await.unwrap();
        assert!(last >= acknowledged, "round {round}: {acknowledged} was acknowledged, {last} is there");
        assert_eq!(last % 3, 0, "round {round}: a commit was torn");
        let count = store.count_events(&EventFilter::default()).await.unwrap();
        assert_eq!(count, last.unsigned_abs(), "round {round}: one is missing");
    }
}
