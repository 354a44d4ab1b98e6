//! chromedriver in a process of its own, on a free port.

use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::Value;
use serde_json::json;
use url::ParseError;
use url::Url;

/// A running chromedriver.
pub struct Driver {
    child: Child,
    pub url: String,
}

impl Driver {
    /// Starts it; fails with what to install when it is missing. It exits if its port is free for IPv4 but taken for IPv6; then it is
    /// started again.
    pub fn start() -> Driver {
        let mut tries = std::iter::repeat_with(Driver::try_start).take(5);
        tries
            .find_map(|driver| driver)
            .expect("chromedriver says its port")
    }

    fn try_start() -> Option<Driver> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is needed (Debian: chromium-driver); `sh tests/run` installs it");
        let stdout = child.stdout.take().expect("stdout");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_string())
        });
        let Some(port) = port else {
            drop(child.wait());
            return None;
        };
        // The rest of its output is read, so that it never blocks on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Driver {
            child,
            url: format!("http://127.0.0.1:{port}"),
        })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Already exited, or killed now: there is nothing else to do here.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Chromium's options: headless, with a profile of its own, and without network requests of its own.
pub fn arguments(profile: &Path) -> Vec<String> {
    let folder = format!("--user-data-dir={}", profile.display());
    [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en",
        // It exits with its driver, even when its owner fails.
        "--remote-debugging-pipe",
    ]
    .map(str::to_string)
    .into_iter()
    .chain([folder])
    .collect()
}

/// A command of Chromium's own, passed on by its driver.
#[derive(Debug)]
pub struct Tell {
    pub method: &'static str,
    pub parameters: Value,
}

impl WebDriverCompatibleCommand for Tell {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (reqwest::Method, Option<String>) {
        let body = json!({ "cmd": self.method, "params": self.parameters });
        (reqwest::Method::POST, Some(body.to_string()))
    }
}
