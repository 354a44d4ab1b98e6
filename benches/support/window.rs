//! A Chromium window with an empty profile, with a slowed-down connection and processor.

use std::time::Duration;

use fantoccini::Client;
use fantoccini::ClientBuilder;
use fantoccini::wd::WebDriverCompatibleCommand;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;
use url::ParseError;
use url::Url;

use crate::support::driver;
use crate::support::driver::Driver;
use crate::support::driver::Tell;
use crate::support::http::PATIENCE;

/// How slow the connection and the processor are.
#[derive(Clone, Copy, Debug)]
pub struct Slowness {
    pub kilobits: f64,
    pub round_trip: f64,
    pub processor: f64,
}

/// What the page's developer tools count of its requests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loaded {
    pub requests: f64,
    pub bytes: f64,
    pub scripts: f64,
}

/// An open window.
pub struct Window {
    client: Client,
    _driver: Driver,
    _profile: TempDir,
}

/// What the browser has recorded since the last query.
#[derive(Debug)]
struct Log;

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/se/log"))
    }

    fn method_and_body(&self, _: &Url) -> (reqwest::Method, Option<String>) {
        let body = json!({ "type": "performance" });
        (reqwest::Method::POST, Some(body.to_string()))
    }
}

impl Window {
    /// Opens one.
    pub async fn open() -> Window {
        let driver = Driver::start();
        let profile = tempfile::tempdir().expect("a temporary folder");
        let mut arguments = driver::arguments(profile.path());
        arguments.push("--window-size=412,823".to_string());
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "performance": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("an object");
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.url)
            .await
            .expect("Chromium (Debian: chromium)");
        Window {
            client,
            _driver: driver,
            _profile: profile,
        }
    }

    /// Slows down its connection and processor.
    pub async fn slow(&self, slowness: Slowness) {
        let bytes = slowness.kilobits * 1000.0 / 8.0;
        let line = json!({ "offline": false, "latency": slowness.round_trip, "downloadThroughput": bytes,
            "uploadThroughput": bytes });
        self.tell("Network.enable", json!({})).await;
        self.tell("Network.emulateNetworkConditions", line).await;
        let rate = json!({ "rate": slowness.processor });
        self.tell("Emulation.setCPUThrottlingRate", rate).await;
    }

    async fn tell(&self, method: &'static str, parameters: Value) {
        let told = self.client.issue_cmd(Tell { method, parameters }).await;
        told.unwrap_or_else(|error| panic!("{method}: {error}"));
    }

    /// Loads a page.
    pub async fn visit(&self, url: &str) {
        self.client.goto(url).await.expect("a page");
    }

    /// Runs a function body in the page.
    pub async fn run(&self, script: &str) -> Value {
        let told = self.client.execute(script, Vec::new()).await;
        told.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until a function body returns something true.
    pub async fn until(&self, script: &str) {
        let all = async {
            while self.run(script).await != Value::Bool(true) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, all).await;
        waited.unwrap_or_else(|_| panic!("waited in vain for {script}"));
    }

    /// The Largest Contentful Paint of the page, in milliseconds from its navigation.
    pub async fn largest_paint(&self) -> f64 {
        let script = "return new Promise((done) => new PerformanceObserver((list) => \
            done(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }))";
        self.run(script).await.as_f64().expect("a time")
    }

    /// What the page has loaded since the last query.
    pub async fn loaded(&self) -> Loaded {
        let log = self.client.issue_cmd(Log).await.expect("the log");
        let mut all = Loaded::default();
        let mut scripts = Vec::new();
        for entry in log.as_array().expect("a list") {
            let message = entry["message"].as_str().expect("a message");
            let message: Value = serde_json::from_str(message).expect("JSON");
            let event = &message["message"];
            let parameters = &event["params"];
            match event["method"].as_str() {
                Some("Network.responseReceived") => {
                    all.requests += 1.0;
                    if parameters["type"] == "Script" {
                        scripts.push(parameters["requestId"].clone());
                    }
                }
                Some("Network.loadingFinished") => {
                    let bytes = parameters["encodedDataLength"].as_f64().unwrap_or(0.0);
                    all.bytes += bytes;
                    if scripts.contains(&parameters["requestId"]) {
                        all.scripts += bytes;
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// Closes it.
    pub async fn close(self) {
        self.client.close().await.expect("closing the browser");
    }
}
