//! A person at the front door: sends HTTP requests and listens on a socket, with or without an account.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::RequestBuilder;
use reqwest::header::ACCEPT_LANGUAGE;
use serde_json::Value;
use serde_json::json;

use crate::support::json::at;
use crate::support::json::text;
use crate::support::socket::Socket;
use crate::support::socket::Subscription;

/// A person with their session, or a visitor.
#[derive(Clone, Debug)]
pub struct Person {
    http: reqwest::Client,
    address: SocketAddr,
    token: Option<Arc<str>>,
    language: Option<&'static str>,
}

/// The response.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Person {
    /// A person who connects to the server at that address.
    pub fn new(address: SocketAddr, token: Option<&str>) -> Person {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("an HTTP client");
        Person {
            http,
            address,
            token: token.map(Arc::from),
            language: None,
        }
    }

    /// The same person with another session.
    pub fn with_token(&self, token: &str) -> Person {
        Person {
            token: Some(Arc::from(token)),
            ..self.clone()
        }
    }

    /// The same person, preferring a language by `Accept-Language`.
    pub fn in_language(&self, language: &'static str) -> Person {
        Person {
            language: Some(language),
            ..self.clone()
        }
    }

    /// The server to which they connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same person at another server.
    pub fn at(&self, address: SocketAddr) -> Person {
        Person {
            address,
            ..self.clone()
        }
    }

    /// A request of this person.
    pub fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        let mut request = self.http.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(language) = self.language {
            request = request.header(ACCEPT_LANGUAGE, language);
        }
        request
    }

    /// A GraphQL request by GET, with these parameters.
    pub fn get_graphql(&self, parameters: &[(&str, &str)]) -> RequestBuilder {
        let url = format!("http://{}/graphql", self.address);
        let url = reqwest::Url::parse_with_params(&url, parameters).expect("an address");
        let query = url.query().unwrap_or_default();
        self.request(reqwest::Method::GET, &format!("/graphql?{query}"))
    }

    /// Executes a document; an `Err` means that no response came.
    pub async fn try_graphql(
        &self,
        document: &str,
        variables: &Value,
    ) -> Result<Answer, reqwest::Error> {
        let body = json!({ "query": document, "variables": variables });
        let response = self
            .request(reqwest::Method::POST, "/graphql")
            .json(&body)
            .send()
            .await?;
        Ok(Answer {
            status: response.status().as_u16(),
            body: response.json().await?,
        })
    }

    /// Executes a document.
    pub async fn graphql(&self, document: &str, variables: Value) -> Answer {
        self.try_graphql(document, &variables)
            .await
            .unwrap_or_else(|error| panic!("no answer to {document}: {error}"))
    }

    /// The data of a document's response, which must have no errors.
    pub async fn ask(&self, document: &str, variables: Value) -> Value {
        let answer = self.graphql(document, variables).await;
        assert!(
            answer.body.get("errors").is_none(),
            "{document} was refused: {:#}",
            answer.body
        );
        at(&answer.body, "data").clone()
    }

    /// The first error of a document's response.
    pub async fn refused(&self, document: &str, variables: Value) -> Refused {
        let answer = self.graphql(document, variables).await;
        assert!(
            answer.body.get("errors").is_some(),
            "{document} was not refused: {:#}",
            answer.body
        );
        Refused(at(&answer.body, "errors.0").clone())
    }

    /// Opens a socket and signs in on it.
    pub async fn socket(&self) -> Socket {
        let mut socket = self.raw_socket().await;
        socket.init().await;
        socket
    }

    /// Opens a socket and signs in on it, unless the connection is cut.
    pub async fn try_socket(&self) -> Option<Socket> {
        let mut socket = Socket::try_connect(self.address, self.token.as_deref()).await?;
        socket.try_init().await.then_some(socket)
    }

    /// Opens a socket without sending anything on it.
    pub async fn raw_socket(&self) -> Socket {
        Socket::open(self.address, self.token.as_deref()).await
    }

    /// Follows one subscription on a socket of its own.
    pub async fn subscribe(&self, document: &str, variables: Value) -> Subscription {
        let mut socket = self.socket().await;
        socket.subscribe("1", document, variables).await;
        Subscription::of(socket, "1")
    }
}

/// An error as the API returns it.
#[derive(Clone, Debug)]
pub struct Refused(pub Value);

impl Refused {
    #[track_caller]
    pub fn code(&self) -> String {
        text(&self.0, "extensions.code")
    }

    #[track_caller]
    pub fn field(&self) -> String {
        text(&self.0, "extensions.field")
    }

    #[track_caller]
    pub fn reason(&self) -> String {
        text(&self.0, "extensions.reason")
    }

    #[track_caller]
    pub fn message(&self) -> String {
        text(&self.0, "message")
    }

    /// DENIED for that reason.
    #[track_caller]
    pub fn is_denied(&self, reason: &str) {
        assert_eq!(self.code(), "DENIED", "{:#}", self.0);
        assert_eq!(self.reason(), reason, "{:#}", self.0);
    }

    /// INVALID because of that input field.
    #[track_caller]
    pub fn is_invalid(&self, field: &str) {
        assert_eq!(self.code(), "INVALID", "{:#}", self.0);
        assert_eq!(self.field(), field, "{:#}", self.0);
    }

    /// Any other code.
    #[track_caller]
    pub fn is(&self, code: &str) {
        assert_eq!(self.code(), code, "{:#}", self.0);
    }
}
