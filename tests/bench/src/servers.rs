//! The servers under measurement, each as a process of its own before the same model server.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, bail};

use crate::{
    load::{Kind, Load},
    rivals,
};

/// A running server; ended when dropped.
pub struct Server {
    /// Its name in the table.
    pub name: &'static str,
    /// Where it listens on the loopback address.
    pub port: u16,
    child: Child,
}

impl Server {
    /// How many times fewer requests it is measured with: what takes milliseconds each needs no thousands of them.
    pub fn patience(&self) -> usize {
        if self.name == "LiteLLM" { 40 } else { 1 }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM, so that nginx takes its workers along.
        drop(Command::new("kill").arg(self.pid().to_string()).status());
        drop(self.child.wait());
    }
}

/// Starts all of them, with the rivals that are installed, and waits until each answers. Changeover has a chain before `primary` for each question, with `spare`
/// behind it where there is one to fail over to.
pub async fn start_all(
    changeoverd: &Path,
    folder: &Path,
    primary: u16,
    spare: u16,
) -> anyhow::Result<Vec<Server>> {
    let mut servers = vec![nginx(folder, primary)?, haproxy(folder, primary)?];
    servers.push(changeover(changeoverd, folder, primary, spare)?);
    servers.extend(rivals::installed(folder, primary)?);
    for server in &servers {
        wait_for(server).await?;
    }
    Ok(servers)
}

pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

async fn wait_for(server: &Server) -> anyhow::Result<()> {
    let load = Load { port: server.port, model: "bench", kind: Kind::Whole(10) };
    let mut last = None;
    for _ in 0..3_000 {
        match load.run(1).await {
            Ok(()) => return Ok(()),
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let last = last.map(|error| error.to_string()).unwrap_or_default();
    bail!("{} does not answer on port {}: {last}", server.name, server.port)
}

pub(crate) fn spawn(name: &'static str, port: u16, command: &mut Command) -> anyhow::Result<Server> {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{name} could not be started; is it installed?"))?;
    Ok(Server { name, port, child })
}

fn nginx(folder: &Path, upstream: u16) -> anyhow::Result<Server> {
    let port = free_port()?;
    let home = folder.join("nginx");
    std::fs::create_dir(&home)?;
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {}/{kind};\n", home.display()))
        .concat();
    let file = folder.join("nginx.conf");
    std::fs::write(
        &file,
        format!(
            "daemon off; worker_processes 1; worker_rlimit_nofile 8192; pid {home}/pid; error_log {home}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; tcp_nodelay on; keepalive_requests 1000000; client_body_buffer_size 256k;
  {temporary}
  upstream model {{ server 127.0.0.1:{upstream}; keepalive 32; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_buffering off;
    }}
  }}
}}
",
            home = home.display()
        ),
    )?;
    spawn("nginx", port, Command::new("nginx").arg("-e").arg(home.join("error.log")).arg("-c").arg(file))
}

fn haproxy(folder: &Path, upstream: u16) -> anyhow::Result<Server> {
    let port = free_port()?;
    let file = folder.join("haproxy.cfg");
    std::fs::write(
        &file,
        format!(
            "global
  nbthread 1
defaults
  mode http
  option http-no-delay
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen model
  bind 127.0.0.1:{port}
  server model 127.0.0.1:{upstream}
"
        ),
    )?;
    spawn("HAProxy", port, Command::new("haproxy").arg("-db").arg("-f").arg(file))
}

/// `bench` and `translated` are for the cost, `costly` meets the same fault with each request, `watched` is what an operator
/// would have.
fn changeover(program: &Path, folder: &Path, primary: u16, spare: u16) -> anyhow::Result<Server> {
    let port = free_port()?;
    let file = folder.join("changeover.yaml");
    let tier = |name: &str, provider: &str, port: u16, more: &str| {
        format!("{{ name: {name}, provider: {provider}, model: m, url: 'http://127.0.0.1:{port}'{more} }}")
    };
    let chain =
        |name: &str, tiers: &[String]| format!("  - {{ name: {name}, tiers: [{}] }}\n", tiers.join(", "));
    let patient = ", breaker: { consecutive: 1000, rate: 1, min_requests: 1000000 }, probe: { kind: off }";
    let checked = ", probe: { kind: http, path: /health, every: 2s }, timeouts: { first_token: 1s }";
    let spare = tier("second", "other", spare, "");
    let chains = [
        chain("bench", &[tier("model", "other", primary, "")]),
        chain("translated", &[tier("model", "ollama", primary, "")]),
        chain("costly", &[tier("first", "other", primary, patient), spare.clone()]),
        chain("watched", &[tier("first", "other", primary, checked), spare]),
    ];
    std::fs::write(&file, format!("version: 1\nchains:\n{}", chains.concat()))?;
    let mut command = Command::new(program);
    command.env("CHANGEOVER_LOG", "error").arg("serve").arg("--config").arg(file);
    command.arg("--data").arg(folder.join("data")).args(["--listen", &format!("127.0.0.1:{port}")]);
    spawn("Changeover", port, command.args(["--admin", "127.0.0.1:0"]))
}
