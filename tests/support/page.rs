//! A browser without JavaScript: cookies, pages and forms.

use std::collections::BTreeMap;

use reqwest::Method;
use reqwest::header::COOKIE;
use reqwest::header::HeaderMap;
use reqwest::header::LOCATION;
use reqwest::header::ORIGIN;
use reqwest::header::SET_COOKIE;

use crate::support::forum::Forum;
use crate::support::person::Person;

/// One reader's browser.
pub struct Browser {
    visitor: Person,
    origin: String,
    cookies: BTreeMap<String, String>,
}

/// A page as it was received.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
}

impl Browser {
    /// A browser without cookies.
    pub fn of(forum: &Forum) -> Browser {
        Browser::at(&forum.visitor(), None)
    }

    /// A browser of the server to which this person connects, with the cookie of this session if there is one.
    pub fn at(visitor: &Person, token: Option<&str>) -> Browser {
        let mut browser = Browser {
            visitor: visitor.clone(),
            origin: format!("http://{}", visitor.address()),
            cookies: BTreeMap::new(),
        };
        if let Some(token) = token {
            let name = "partage_session".to_string();
            browser.cookies.insert(name, token.to_string());
        }
        browser
    }

    /// A browser that is signed in by its cookie.
    pub fn signed_in(forum: &Forum, word: &str) -> Browser {
        Browser::at(&forum.visitor(), Some(&forum.token(word)))
    }

    /// Visits a page.
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, None).await
    }

    /// Submits a form from the forum's own pages.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(Method::POST, path, Some(fields)).await
    }

    /// Submits a form and follows the redirect.
    pub async fn post_and_follow(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.html);
        let next = answer.location();
        self.get(&next).await
    }

    /// The names of the cookies that it holds.
    pub fn has_cookie(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    async fn send(&mut self, method: Method, path: &str, form: Option<&[(&str, &str)]>) -> Page {
        let path = path.split('#').next().unwrap_or(path);
        let path = path.strip_prefix(&self.origin).unwrap_or(path);
        let mut request = self.visitor.request(method, path);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        if let Some(form) = form {
            request = request.header(ORIGIN, &self.origin).form(form);
        }
        let response = request.send().await.expect("a page");
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        self.keep(&headers);
        Page {
            status,
            headers,
            html: response.text().await.expect("the page's text"),
        }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("a plain cookie");
            let pair = cookie.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie's name and value");
            if value.is_empty() || cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_string(), value.to_string());
            }
        }
    }
}

impl Page {
    /// Where the response redirects to.
    pub fn location(&self) -> String {
        self.header(LOCATION.as_str())
    }

    /// A header, empty if it is missing.
    pub fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("a plain header").to_string())
            .unwrap_or_default()
    }

    /// Asserts that the page can run only the forum's own modules.
    #[track_caller]
    pub fn is_guarded(&self, path: &str) {
        let policy = self.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("script-src 'self'"), "{path}: {policy}");
        for loose in ["unsafe-inline", "unsafe-eval", "data:", "*", "http:"] {
            assert!(!policy.contains(loose), "{path}: {policy}");
        }
        assert_eq!(self.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!self.header("referrer-policy").is_empty(), "{path}");
        for script in self.elements("script") {
            assert!(script.contains_key("src"), "an inline script on {path}");
        }
        assert!(self.elements("style").is_empty(), "a style on {path}");
        for attribute in [" onclick=", " onload=", " onsubmit=", " style="] {
            assert!(!self.html.contains(attribute), "{attribute} on {path}");
        }
    }

    /// The attributes of each element with that name.
    pub fn elements(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        self.html
            .split('<')
            .filter(|rest| {
                rest.strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with([' ', '\n', '>', '/']))
            })
            .map(|rest| attributes(&rest[name.len()..]))
            .collect()
    }

    /// The value of the input with that name.
    #[track_caller]
    pub fn value_of(&self, input: &str) -> String {
        self.elements("input")
            .iter()
            .find(|element| element.get("name").is_some_and(|name| name == input))
            .and_then(|element| element.get("value").cloned())
            .unwrap_or_else(|| panic!("no input {input} in {}", self.html))
    }

    /// The address of the form that has a control with that name.
    #[track_caller]
    pub fn action_of_form_with(&self, control: &str) -> String {
        let name = format!("name=\"{control}\"");
        let form = self
            .html
            .split("<form")
            .skip(1)
            .find(|form| {
                form.split("</form")
                    .next()
                    .is_some_and(|form| form.contains(&name))
            })
            .unwrap_or_else(|| panic!("no form with {control} in {}", self.html));
        attributes(form).remove("action").unwrap_or_default()
    }
}

/// The attributes up to the end of a start tag. Values are in double quotes, as in the forum's templates.
fn attributes(tag: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = tag;
    loop {
        rest = rest.trim_start();
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if let Some(value) = after.strip_prefix("=\"") {
            let (value, after) = value.split_once('"').unwrap_or((value, ""));
            found.insert(name.to_string(), unescaped(value));
            rest = after;
        } else if !name.is_empty() {
            found.insert(name.to_string(), String::new());
            rest = after;
        } else if let Some(after) = rest.strip_prefix('/') {
            rest = after;
        } else {
            return found;
        }
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&#60;", "<")
        .replace("&gt;", ">")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}
