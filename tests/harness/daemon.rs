//! `changeoverd serve` as a process on a temporary data folder.

use std::{path::PathBuf, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
};

use crate::{process::program, wait::eventually};

/// The program, running or not.
pub struct Daemon {
    folder: TempDir,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    /// Runs the program in its turn; empty for none.
    wrapper: Vec<String>,
    child: Option<Child>,
    /// `http://127.0.0.1:PORT` of the endpoint.
    pub endpoint: String,
    /// The same of the admin address.
    pub admin: String,
    token: String,
    client: reqwest::Client,
}

/// How a run that was expected to fail ended.
pub struct Refusal {
    /// Its exit code.
    pub code: Option<i32>,
    /// What it said.
    pub stderr: String,
}

impl Daemon {
    /// A program that is not started yet.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            arguments: vec![],
            environment: vec![],
            wrapper: vec![],
            child: None,
            endpoint: String::new(),
            admin: String::new(),
            token: String::new(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Starts it with the practice chain.
    pub async fn practice() -> Self {
        let mut daemon = Self::new();
        daemon.arguments = vec!["--practice".into()];
        daemon.start().await;
        daemon
    }

    /// Starts it with a configuration file of this text.
    pub async fn with_config(yaml: &str) -> Self {
        let mut daemon = Self::new();
        daemon.write_config(yaml);
        daemon.start().await;
        daemon
    }

    /// Writes the configuration file, and has the next start use it.
    pub fn write_config(&mut self, yaml: &str) {
        let path = self.path("changeover.yaml");
        std::fs::write(&path, yaml).unwrap();
        self.arguments = vec!["--config".into(), path.display().to_string()];
    }

    /// Sets a variable in its environment.
    pub fn env(&mut self, name: &str, value: &str) {
        self.environment.push((name.into(), value.into()));
    }

    /// Adds an argument to `serve`.
    pub fn arg(&mut self, argument: &str) {
        self.arguments.push(argument.into());
    }

    /// Has the next start survive writes beyond its limit, which fail as on a full disk; see [`Daemon::fill_disk`].
    pub fn outlive_full_disks(&mut self) {
        self.wrapper = ["env", "--ignore-signal=XFSZ"].map(str::to_owned).to_vec();
    }

    /// Lets it write no file beyond its first 4 KiB any more: as good as a full disk, and no other program's trouble.
    pub async fn fill_disk(&self) {
        self.limit_files("4096:").await;
    }

    /// Makes room again.
    pub async fn make_room(&self) {
        self.limit_files("unlimited:").await;
    }

    async fn limit_files(&self, limit: &str) {
        let pid = self.pid().to_string();
        let limit = format!("--fsize={limit}");
        assert!(Command::new("prlimit").args(["--pid", &pid, &limit]).status().await.unwrap().success());
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self) -> Command {
        let program = program("changeoverd");
        let mut command = match self.wrapper.split_first() {
            Some((wrapper, arguments)) => {
                let mut command = Command::new(wrapper);
                command.args(arguments).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.arg("serve").arg("--data").arg(self.path("data")).args(&self.arguments);
        for flag in ["--listen", "--admin"] {
            if !self.arguments.iter().any(|a| a == flag) {
                command.args([flag, "127.0.0.1:0"]);
            }
        }
        command.envs(self.environment.iter().cloned());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Starts it and waits until it says where it listens.
    ///
    /// # Panics
    /// It ends instead; with what it said.
    pub async fn start(&mut self) {
        let mut child = self.command().spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut stderr = child.stderr.take().unwrap();
        let mut word = async |start: &str| loop {
            match lines.next_line().await.unwrap() {
                Some(line) => {
                    if let Some(rest) = line.strip_prefix(start) {
                        return Some(rest.to_owned());
                    }
                }
                None => return None,
            }
        };
        let endpoint = word("Applications connect to ").await;
        let screens = word("The screens are at ").await;
        let (Some(endpoint), Some(screens)) = (endpoint, screens) else {
            let mut said = String::new();
            stderr.read_to_string(&mut said).await.unwrap();
            panic!("changeoverd did not start: {said}");
        };
        let (admin, token) = screens.split_once("/?token=").unwrap();
        (self.endpoint, self.admin, self.token) = (endpoint, admin.to_owned(), token.to_owned());
        // Its log must not fill the pipe.
        tokio::spawn(async move { tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await });
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.child = Some(child);
    }

    /// Starts it where it must refuse, and says how it ended.
    pub async fn refused(&self) -> Refusal {
        let output = tokio::time::timeout(Duration::from_secs(20), self.command().output()).await;
        let output = output.expect("changeoverd started, although it must refuse").unwrap();
        Refusal { code: output.status.code(), stderr: String::from_utf8_lossy(&output.stderr).into_owned() }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().and_then(Child::id).unwrap()
    }

    /// Kills it with SIGKILL.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.unwrap();
        }
    }

    /// Ends it with SIGTERM and waits; returns its exit code.
    pub async fn stop(&mut self) -> Option<i32> {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
        self.child.take().unwrap().wait().await.unwrap().code()
    }

    /// Runs a command of the command line on its data folder: whether it succeeded, and what it said.
    pub async fn command_line(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(program("changeoverd"));
        command.arg("--data").arg(self.path("data")).args(arguments).env("USER", "kim").kill_on_drop(true);
        let output = tokio::time::timeout(Duration::from_secs(60), command.output()).await;
        let output = output.expect("the command ends").unwrap();
        let said = [output.stdout, output.stderr].map(|part| String::from_utf8_lossy(&part).into_owned());
        (output.status.success(), said.concat())
    }

    /// A command's answer, or its error.
    pub async fn rpc(&self, name: &str, request: Value) -> Result<Value, Value> {
        let response = self
            .client
            .post(format!("{}/rpc/{name}", self.admin))
            .bearer_auth(&self.token)
            .json(&request)
            .send()
            .await
            .unwrap();
        let good = response.status().is_success();
        let value = response.json().await.unwrap();
        if good { Ok(value) } else { Err(value) }
    }

    /// The overview.
    pub async fn overview(&self) -> Value {
        self.rpc("overview", Value::Null).await.unwrap()
    }

    /// The newest incidents.
    pub async fn incidents(&self) -> Vec<Value> {
        let page = self.rpc("incidents", json!({"limit": 100, "offset": 0})).await.unwrap();
        page["incidents"].as_array().unwrap().clone()
    }

    /// The newest change-overs.
    pub async fn changeovers(&self) -> Vec<Value> {
        let page = self.rpc("changeovers", json!({"limit": 100, "offset": 0})).await.unwrap();
        page.as_array().unwrap().clone()
    }

    /// Waits until the overview of the chain `name` fits.
    pub async fn until_chain(
        &self,
        name: &str,
        what: &str,
        limit: Duration,
        fits: impl Fn(&Value) -> bool,
    ) -> Value {
        eventually(what, limit, || async {
            let overview = self.overview().await;
            overview["chains"].as_array().unwrap().iter().find(|c| c["name"] == name && fits(c)).cloned()
        })
        .await
    }

    /// A chat request to the endpoint: its whole response.
    pub async fn chat(&self, model: &str, stream: bool) -> reqwest::Response {
        let body =
            json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": "Hello"}]});
        self.post("/v1/chat/completions", body.to_string()).await
    }

    /// Any request to the endpoint.
    pub async fn post(&self, path: &str, body: String) -> reqwest::Response {
        let url = format!("{}{path}", self.endpoint);
        self.client.post(url).header("content-type", "application/json").body(body).send().await.unwrap()
    }

    /// The text of a whole answer, and the tier that gave it.
    pub async fn ask(&self, model: &str) -> (String, String) {
        let response = self.chat(model, false).await;
        let tier = header(&response, "x-changeover-tier");
        let status = response.status();
        let body: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{status}: {body}");
        (body["choices"][0]["message"]["content"].as_str().unwrap().to_owned(), tier)
    }
}

impl Default for Daemon {
    fn default() -> Self {
        Self::new()
    }
}

/// A header of a response; empty when it is missing.
pub fn header(response: &reqwest::Response, name: &str) -> String {
    response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
}
