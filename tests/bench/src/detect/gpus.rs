//! The simulated driver's state file, as the faults change it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// As many as the library simulates.
pub const COUNT: usize = 16;

/// The GPUs.
pub struct Gpus {
    library: PathBuf,
    file: PathBuf,
    state: Value,
}

impl Gpus {
    /// All are well. The library lies beside the program.
    pub fn new(folder: &Path, changeoverd: &Path) -> anyhow::Result<Self> {
        let gpu = |n: usize| {
            json!({
                "uuid": format!("GPU-{n:08}-0000-0000-0000-000000000000"),
                "memory": { "total": 85_899_345_920_u64, "used": 1_073_741_824_u64 },
                "temperature": 55,
            })
        };
        let gpus = Self {
            library: changeoverd.with_file_name("libnvml_sim.so"),
            file: folder.join("gpus.json"),
            state: json!({ "hang": false, "gpus": (0..COUNT).map(gpu).collect::<Vec<_>>(), "events": [] }),
        };
        gpus.write()?;
        Ok(gpus)
    }

    /// Why there are none.
    pub fn missing(&self) -> Option<String> {
        (!self.library.exists()).then(|| format!("{} is not built", self.library.display()))
    }

    /// What leads the program to them.
    pub fn variables(&self) -> [(&'static str, &Path); 2] {
        [("CHANGEOVER_NVML", &self.library), ("NVML_SIM_STATE", &self.file)]
    }

    /// The driver reports an Xid.
    pub fn report(&mut self, gpu: usize, xid: u64) -> anyhow::Result<()> {
        if let Some(events) = self.state["events"].as_array_mut() {
            events.push(json!({ "gpu": gpu, "xid": xid }));
        }
        self.write()
    }

    /// A GPU falls off the bus.
    pub fn lose(&mut self, gpu: usize) -> anyhow::Result<()> {
        self.state["gpus"][gpu]["lost"] = json!(true);
        self.write()
    }

    /// No call returns any more, or all do again.
    pub fn hang(&mut self, hangs: bool) -> anyhow::Result<()> {
        self.state["hang"] = json!(hangs);
        self.write()
    }

    /// In one step: a call may look at any moment.
    fn write(&self) -> anyhow::Result<()> {
        let beside = self.file.with_extension("new");
        std::fs::write(&beside, self.state.to_string())?;
        Ok(std::fs::rename(beside, &self.file)?)
    }
}
