//! What a session was opened with, in plain words.

use crate::web::text::Text;

/// Browsers by the token in their user agent; those that also carry the tokens of others come first.
const BROWSERS: [(&str, &str); 19] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("MicroMessenger/", "WeChat"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("UCBrowser/", "UC Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Trident/", "Internet Explorer"),
    ("MSIE ", "Internet Explorer"),
    ("Safari/", "Safari"),
];

/// Systems by the token in their user agent, in the same order.
const SYSTEMS: [(&str, &str); 9] = [
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("Linux", "Linux"),
];

/// Maximum number of characters in the name of another client.
const MAX_LENGTH: usize = 40;

/// Names the browser and system of a user agent; otherwise another client by its own name; otherwise just a browser.
pub fn named(text: &Text, agent: Option<&str>) -> String {
    let agent = agent.unwrap_or_default();
    if !agent.starts_with("Mozilla/") && !agent.starts_with("Opera/") {
        let own = agent.split(['/', '(', ';']).next().unwrap_or_default();
        let own: String = own.trim().chars().take(MAX_LENGTH).collect();
        return match own.is_empty() {
            true => text.t("device-browser"),
            false => own,
        };
    }
    let of = |marks: &[(&str, &'static str)]| {
        let found = marks.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    let browser = of(&BROWSERS).map_or_else(|| text.t("device-browser"), str::to_string);
    match of(&SYSTEMS) {
        Some(system) => text.two("device-on", &[("browser", &browser), ("system", system)]),
        None => browser,
    }
}
