//! A real browser: headless Chromium, driven by WebDriver, with a profile of its own.

use std::time::Duration;

use fantoccini::Client;
use fantoccini::ClientBuilder;
use fantoccini::Locator;
use fantoccini::actions::InputSource;
use fantoccini::actions::KeyAction;
use fantoccini::actions::KeyActions;
use fantoccini::elements::Element;
use fantoccini::key::Key;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::driver;
use crate::support::driver::Driver;
use crate::support::driver::Tell;
use crate::support::forum::Forum;
use crate::support::template::PASSWORD;
use crate::support::template::email;
use crate::support::wait::PATIENCE;
use crate::support::wait::until;

/// What opens the header's menu in a narrow window, and the account's menu.
const MENUS: [&str; 2] = [".knob[popovertarget=menu]", "details.account > summary"];

/// A window of Chromium.
pub struct Chromium {
    client: Client,
    base: String,
    // Dropped in this order: the browser first, then what it runs in.
    _driver: Driver,
    _profile: TempDir,
}

impl Chromium {
    /// Opens one with an empty profile.
    pub async fn open(forum: &Forum) -> Chromium {
        Chromium::at(forum.url("")).await
    }

    /// Opens one with JavaScript disabled for pages.
    pub async fn without_scripts(forum: &Forum) -> Chromium {
        // 2 means "block" in Chromium's content settings.
        let blocked = json!({ "profile.managed_default_content_settings.javascript": 2 });
        Chromium::with(forum.url(""), blocked).await
    }

    /// Opens one for the server at this address.
    pub async fn at(base: String) -> Chromium {
        Chromium::with(base, json!({})).await
    }

    async fn with(base: String, preferences: Value) -> Chromium {
        let driver = Driver::start();
        let profile =
            tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
        let arguments = driver::arguments(profile.path());
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments, "prefs": preferences },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("an object");
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.url)
            .await
            .expect("Chromium (Debian: chromium)");
        Chromium {
            client,
            base,
            _driver: driver,
            _profile: profile,
        }
    }

    /// Opens one and signs in with the form.
    pub async fn signed_in(forum: &Forum, word: &str) -> Chromium {
        let window = Chromium::open(forum).await;
        window.sign_in(&email(word), PASSWORD).await;
        window
    }

    /// Signs in with the form.
    pub async fn sign_in(&self, email: &str, password: &str) {
        self.visit("/sign-in").await;
        self.fill("email", email).await;
        self.fill("password", password).await;
        self.click("main form [type='submit']").await;
        self.until("the sign-in", "return location.pathname !== '/sign-in'")
            .await;
    }

    /// Sends a command of the developer tools' protocol.
    pub async fn tell(&self, method: &'static str, parameters: Value) {
        let command = Tell { method, parameters };
        let told = self.client.issue_cmd(command).await;
        told.unwrap_or_else(|error| panic!("{method}: {error}"));
    }

    /// Sets the width of the window in CSS pixels, and the preferred colour scheme.
    pub async fn appear(&self, width: u32, scheme: &str) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
        let scheme = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.tell(
            "Emulation.setEmulatedMedia",
            json!({ "features": [scheme] }),
        )
        .await;
    }

    /// Loads a page.
    pub async fn visit(&self, path: &str) {
        let url = format!("{}{path}", self.base);
        self.client
            .goto(&url)
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// The path of the page that is shown.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("the address");
        url.path().to_string()
    }

    /// Waits until an element is there.
    pub async fn find(&self, css: &str) -> Element {
        self.client
            .wait()
            .at_most(PATIENCE)
            .every(Duration::from_millis(50))
            .for_element(Locator::Css(css))
            .await
            .unwrap_or_else(|error| panic!("no {css}: {error}"))
    }

    /// Types into the control with that name.
    pub async fn fill(&self, name: &str, text: &str) {
        let control = self
            .find(&format!("main [name='{name}']:not([type='hidden'])"))
            .await;
        control.clear().await.expect("an empty control");
        control.send_keys(text).await.expect("typing");
    }

    /// Clicks an element, wherever it is on the page.
    pub async fn click(&self, css: &str) {
        let element = self.find(css).await;
        element
            .click()
            .await
            .unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Presses keys one after the other, wherever the focus is.
    pub async fn press(&self, keys: &str) {
        let mut actions = KeyActions::new("keyboard".to_string());
        for key in keys.chars() {
            actions = actions
                .then(KeyAction::Down { value: key })
                .then(KeyAction::Up { value: key });
        }
        self.client
            .perform_actions(actions)
            .await
            .unwrap_or_else(|error| panic!("{keys}: {error}"));
    }

    /// Presses the Tab key until the focus is on an element, as a person without a mouse does.
    pub async fn tab_to(&self, css: &str) {
        const MOST: usize = 300;
        let is_there = format!("return document.activeElement.matches({})", json!(css));
        for _ in 0..MOST {
            self.press(&char::from(Key::Tab).to_string()).await;
            if self.run(&is_there).await == Value::Bool(true) {
                return;
            }
        }
        panic!(
            "{css} is not reached by {MOST} presses of Tab on {}",
            self.path().await
        );
    }

    /// Clicks what stands in the header's menu, or in the account's menu within it, and opens these first.
    pub async fn click_in_menu(&self, css: &str) {
        self.find(css).await;
        for menu in MENUS {
            if self.is_closed(menu).await {
                self.click(menu).await;
            }
        }
        self.click(css).await;
    }

    /// Reaches by keyboard what stands in the header's menu, or in the account's menu within it.
    pub async fn tab_to_in_menu(&self, css: &str) {
        self.find(css).await;
        for menu in MENUS {
            if self.is_closed(menu).await {
                self.tab_to(menu).await;
                self.enter().await;
            }
        }
        self.tab_to(css).await;
    }

    /// Whether there is a menu that this element would open.
    async fn is_closed(&self, menu: &str) -> bool {
        let is_closed = format!(
            "const opener = document.querySelector({}); \
             return Boolean(opener?.checkVisibility()) && !opener.parentElement.open \
                 && !document.querySelector('#menu:popover-open details.account[open]')",
            json!(menu)
        );
        self.run(&is_closed).await == Value::Bool(true)
    }

    /// Presses Enter.
    pub async fn enter(&self) {
        self.press(&char::from(Key::Enter).to_string()).await;
    }

    /// Runs a function body in the page, exempt from its content security policy.
    pub async fn run(&self, script: &str) -> Value {
        self.client
            .execute(script, Vec::new())
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until a function body returns something true.
    pub async fn until(&self, what: &str, script: &str) {
        until(what, || async {
            (self.run(script).await == Value::Bool(true)).then_some(())
        })
        .await;
    }

    /// Waits until a text can be read on the page.
    pub async fn until_it_says(&self, text: &str) {
        let script = format!("return document.body.innerText.includes({})", json!(text));
        self.until(text, &script).await;
    }

    /// Closes the window.
    pub async fn close(self) {
        self.client.close().await.expect("closing the browser");
    }
}
