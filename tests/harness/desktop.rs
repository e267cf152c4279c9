//! The desktop program in a real window, driven by WebDriver, and the session around it: Xvfb, a session bus, a
//! Secret Service and a notification daemon, all made by `scripts/with-desktop.sh`.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use tokio::{
    process::{Child, Command},
    sync::{Mutex, MutexGuard},
};

use crate::{
    process::{free_port, program},
    wait::eventually,
};

/// A healthy GPU, as the simulated libnvidia-ml reads it.
pub const WELL_GPU: &str = r#"{"driver": "575.57.08", "gpus": [{
    "uuid": "GPU-11111111-0000-0000-0000-000000000000", "name": "NVIDIA Simulated 80GB",
    "utilization": {"gpu": 40, "memory": 10}, "memory": {"total": 85899345920, "used": 1073741824, "reserved": 0},
    "temperature": 55, "power_mw": 120000, "power_limit_mw": 700000,
    "clocks": {"graphics": 1980, "sm": 1980, "memory": 2619, "video": 1545}, "throttle_reasons": 0,
    "ecc": {"volatile": {"corrected": 0, "uncorrected": 0}, "aggregate": {"corrected": 0, "uncorrected": 0}},
    "processes": []}]}"#;

/// The same GPU, fallen off the bus.
pub const LOST_GPU: &str = r#"{"driver": "575.57.08", "gpus": [{
    "uuid": "GPU-11111111-0000-0000-0000-000000000000", "name": "NVIDIA Simulated 80GB", "lost": true}]}"#;

/// How long the window may take to show something.
const PATIENCE: Duration = Duration::from_secs(15);

/// One window at a time, whoever runs the tests: they share the screen and its focus.
static SCREEN: Mutex<()> = Mutex::const_new(());

/// The desktop program on a folder of its own.
pub struct Desktop {
    folder: Option<TempDir>,
    webdriver: Child,
    /// The window.
    pub window: WebDriver,
    /// The port of the endpoint, fixed in the configuration before the start.
    pub endpoint_port: u16,
    _screen: MutexGuard<'static, ()>,
}

/// A folder in which the desktop program was started before, or will be.
pub struct Home {
    folder: TempDir,
    endpoint_port: u16,
    environment: Vec<(String, String)>,
}

impl Home {
    /// A fresh folder. `yaml` is imported as the first configuration; the practice chain when absent.
    pub async fn new(yaml: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Self { folder, endpoint_port: free_port(), environment: vec![] };
        home.seed(yaml).await;
        home
    }

    /// Sets a variable in the program's environment.
    pub fn env(&mut self, name: &str, value: &str) {
        self.environment.push((name.into(), value.into()));
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data/changeover")
    }

    /// Writes the first revision through `changeoverd`, with a port that is free here.
    async fn seed(&self, yaml: Option<&str>) {
        let mut daemon = Command::new(program("changeoverd"))
            .args(["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data"])
            .arg(self.data())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let running = self.data().join("running.json");
        eventually("changeoverd runs", PATIENCE, || async { running.exists().then_some(()) }).await;
        let at: Value = serde_json::from_slice(&std::fs::read(&running).unwrap()).unwrap();
        let call = async |name: &str, request: Value| -> Value {
            let url = format!("{}/rpc/{name}", at["admin"].as_str().unwrap());
            let token = at["token"].as_str().unwrap();
            let response =
                reqwest::Client::new().post(url).bearer_auth(token).json(&request).send().await.unwrap();
            let (status, value) = (response.status(), response.json().await.unwrap());
            assert!(status.is_success(), "{name}: {value}");
            value
        };
        let page = call("config.get", Value::Null).await;
        let mut document = match yaml {
            Some(yaml) => call("config.parse", json!({"yaml": yaml})).await["document"].clone(),
            None => page["document"].clone(),
        };
        document["endpoint"]["listen"] = format!("127.0.0.1:{}", self.endpoint_port).into();
        document["endpoint"]["admin"] = format!("127.0.0.1:{}", free_port()).into();
        let apply = json!({"document": document, "expected_revision": page["revision"], "note": "test"});
        call("config.apply", apply).await;
        let pid = daemon.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
        daemon.wait().await.unwrap();
    }

    /// Starts the desktop program and waits for its window.
    pub async fn open(self) -> Desktop {
        let screen = SCREEN.lock().await;
        let port = free_port();
        let folder = self.folder.path();
        let mut command = Command::new("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true").env("LANG", "C.UTF-8");
        for (variable, name) in
            [("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")]
        {
            command.env(variable, folder.join(name));
        }
        command
            .envs(self.environment.iter().cloned())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let webdriver = command.spawn().unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let status = format!("{url}/status");
        eventually("WebKitWebDriver runs", PATIENCE, || async { reqwest::get(&status).await.ok() }).await;
        let mut capabilities = Capabilities::new();
        let binary = program("changeover").display().to_string();
        capabilities.set("webkitgtk:browserOptions", json!({"binary": binary, "args": []})).unwrap();
        let window = WebDriver::new(&url, capabilities).await.unwrap();
        Desktop {
            folder: Some(self.folder),
            webdriver,
            window,
            endpoint_port: self.endpoint_port,
            _screen: screen,
        }
    }
}

impl Desktop {
    /// The element with this `data-testid`, once it is there and shown.
    pub async fn find(&self, id: &str) -> WebElement {
        let css = format!("[data-testid=\"{id}\"]");
        eventually(&format!("`{id}` is shown"), PATIENCE, || async {
            let element = self.window.find(By::Css(&css)).await.ok()?;
            element.is_displayed().await.unwrap_or(false).then_some(element)
        })
        .await
    }

    /// Waits until the element with this `data-testid` has a text that fits.
    pub async fn until_text(&self, id: &str, limit: Duration, fits: impl Fn(&str) -> bool) -> String {
        let css = format!("[data-testid=\"{id}\"]");
        eventually(&format!("`{id}` says what is wanted"), limit, || async {
            let text = self.window.find(By::Css(&css)).await.ok()?.text().await.ok()?;
            fits(&text).then_some(text)
        })
        .await
    }

    /// The texts of all elements with this `data-testid`.
    pub async fn texts(&self, id: &str) -> Vec<String> {
        let css = format!("[data-testid=\"{id}\"]");
        let mut texts = vec![];
        for element in self.window.find_all(By::Css(&css)).await.unwrap() {
            texts.push(element.text().await.unwrap_or_default());
        }
        texts
    }

    /// Goes to a screen by its navigation link.
    pub async fn go(&self, screen: &str) {
        self.find(&format!("nav-{screen}")).await.click().await.unwrap();
    }

    /// Goes on in the window that was opened last, once there is one: for a test that had its window closed.
    pub async fn in_newest_window(&self) -> Option<()> {
        let newest = self.window.windows().await.ok()?.pop()?;
        self.window.switch_to_window(newest).await.ok()
    }

    /// A chat request to the endpoint: the tier that answered.
    pub async fn ask(&self, model: &str) -> String {
        let url = format!("http://127.0.0.1:{}/v1/chat/completions", self.endpoint_port);
        let body = json!({"model": model, "messages": [{"role": "user", "content": "Hello"}]});
        let response = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
        let tier = crate::daemon::header(&response, "x-changeover-tier");
        assert!(response.status().is_success(), "{}", response.text().await.unwrap());
        tier
    }

    /// The answer of the running program to a command, over its admin address.
    pub async fn rpc(&self, name: &str, request: Value) -> Value {
        let running = std::fs::read(self.data().join("running.json")).unwrap();
        let at: Value = serde_json::from_slice(&running).unwrap();
        let url = format!("{}/rpc/{name}", at["admin"].as_str().unwrap());
        let token = at["token"].as_str().unwrap();
        let response =
            reqwest::Client::new().post(url).bearer_auth(token).json(&request).send().await.unwrap();
        let (status, value) = (response.status(), response.json().await.unwrap());
        assert!(status.is_success(), "{name}: {value}");
        value
    }

    /// Takes a picture into `target/screenshots/NAME.png`.
    pub async fn picture(&self, name: &str) {
        let folder = program("changeover").parent().and_then(Path::parent).unwrap().join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        self.window.screenshot(&folder.join(format!("{name}.png"))).await.unwrap();
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.as_ref().map_or_else(PathBuf::new, |f| f.path().join("data/changeover"))
    }

    /// Ends the program and the driver; the folder stays for another start.
    pub async fn quit(mut self) -> Home {
        let pid = self.pid().await;
        self.window.clone().quit().await.unwrap();
        if let Some(pid) = pid {
            let _gone_already =
                Command::new("kill").args(["-TERM", &pid.to_string()]).status().await.unwrap();
            let alive = PathBuf::from(format!("/proc/{pid}"));
            eventually("the program has ended", PATIENCE, || async { (!alive.exists()).then_some(()) }).await;
        }
        self.webdriver.kill().await.unwrap();
        Home { folder: self.folder.take().unwrap(), endpoint_port: self.endpoint_port, environment: vec![] }
    }

    /// The program's process, as it says itself.
    pub async fn pid(&self) -> Option<u32> {
        let running = std::fs::read(self.data().join("running.json")).ok()?;
        serde_json::from_slice::<Value>(&running).ok()?["pid"].as_u64().and_then(|p| u32::try_from(p).ok())
    }
}

impl Drop for Desktop {
    /// A test that failed leaves no program behind.
    fn drop(&mut self) {
        let running = std::fs::read(self.data().join("running.json")).ok();
        let pid = running.and_then(|text| serde_json::from_slice::<Value>(&text).ok()?["pid"].as_u64());
        if let Some(pid) = pid {
            let _gone_already = std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
    }
}

/// The texts of the notifications that the daemon has shown, newest first: summary and body.
pub async fn notifications() -> Vec<(String, String)> {
    let output = Command::new("dunstctl").arg("history").output().await.unwrap();
    let history: Value =
        serde_json::from_slice(&output.stdout).expect("dunst runs: start the tests with `make test`");
    let entries = history["data"][0].as_array().cloned().unwrap_or_default();
    let text = |entry: &Value, field: &str| entry[field]["data"].as_str().unwrap_or_default().to_owned();
    entries.iter().map(|e| (text(e, "summary"), text(e, "body"))).collect()
}

/// Chooses the entry of the tray's menu of the program `pid`, or of one of its submenus, that begins with `label`; whether
/// there is one.
pub async fn press_in_tray(pid: u32, label: &str) -> bool {
    let host = "org.changeover.TrayHost";
    let output = Command::new("dbus-send")
        .args(["--session", "--print-reply=literal", &format!("--dest={host}"), "/StatusNotifierWatcher"])
        .args([format!("{host}.press"), format!("uint32:{pid}"), format!("string:{label}")])
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the tray's host runs: start the tests with `make test`. {said}");
    String::from_utf8_lossy(&output.stdout).contains("true")
}

/// Moves notifications that are still shown into the history, where [`notifications`] finds them.
pub async fn put_notifications_away() {
    assert!(Command::new("dunstctl").arg("close-all").status().await.unwrap().success());
}
