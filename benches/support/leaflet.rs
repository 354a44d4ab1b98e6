//! The bare reference for a page: its texts as one static page, compressed, served by an axum handler in a process of its own.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use tower_http::compression::CompressionLayer;

use crate::support::child::Child;
use crate::support::child::end_with_owner;

/// The argument that starts this program as the leaflet.
pub const PART: &str = "bare-leaflet";

/// A running leaflet.
pub struct Leaflet {
    pub address: SocketAddr,
    // Exits with this.
    _child: Child,
}

impl Leaflet {
    /// Starts one that serves the page in a file.
    pub fn start(file: &Path) -> Leaflet {
        let file = file.to_str().expect("a path in UTF-8");
        let mut child = Child::again(&[PART, file]);
        let line = child.line().expect("an address");
        Leaflet {
            address: line.parse().expect("an address"),
            _child: child,
        }
    }
}

/// The main function of the leaflet's process.
#[tokio::main(flavor = "current_thread")]
pub async fn run(file: &str) {
    end_with_owner();
    let page = std::fs::read_to_string(file).expect("the page");
    let router = Router::new()
        .route("/", get(move || std::future::ready(Html(page.clone()))))
        .layer(CompressionLayer::new());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let mut output = std::io::stdout();
    writeln!(output, "{}", listener.local_addr().expect("an address")).expect("stdout");
    output.flush().expect("stdout");
    axum::serve(listener, router).await.expect("serving");
}
