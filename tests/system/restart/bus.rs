//! A session bus of its own with a stand-in for systemd on it; `systemd.py` says why it is one.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use harness::process::program;

/// The bus and the stand-in. Both end with it.
pub struct Bus {
    pub address: String,
    processes: [Child; 2],
    calls: Arc<Mutex<Vec<String>>>,
}

impl Bus {
    /// A bus on which `unit` stands for a server on `port`, whose processes are the lines of the file `pids`.
    pub fn with(unit: &str, port: u16, pids: &str) -> Self {
        let mut daemon = started(Command::new("dbus-daemon").args([
            "--session",
            "--nofork",
            "--nopidfile",
            "--print-address",
        ]));
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let mut systemd = started(
            Command::new("/usr/bin/python3")
                .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/system/restart/systemd.py"))
                .args([unit, pids])
                .arg(program("scripted-server"))
                .args([port.to_string().as_str(), "from the first"])
                .env("DBUS_SESSION_BUS_ADDRESS", &address),
        );
        let mut lines = BufReader::new(systemd.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().and_then(Result::ok).as_deref(), Some("ready"), "it does not own its name");
        let calls = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&calls);
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| heard.lock().unwrap().push(line))
        });
        Self { address, processes: [systemd, daemon], calls }
    }

    /// What was asked for: `called UNIT MODE` each.
    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

/// Programs of Debian's packages dbus, python3-dbus and python3-gi, which `scripts/install.sh test` installs.
fn started(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

impl Drop for Bus {
    fn drop(&mut self) {
        for process in &mut self.processes {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}
