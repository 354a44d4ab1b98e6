//! nginx with the example configuration of `deploy/`, in front of two nodes.

use std::net::SocketAddr;
use std::net::TcpListener;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use tempfile::TempDir;

use crate::support::wait::until;

/// A running proxy.
pub struct Proxy {
    child: Child,
    pub address: SocketAddr,
    // Removed when the proxy is dropped.
    _folder: TempDir,
}

impl Proxy {
    /// Starts one in front of these nodes.
    pub async fn before(nodes: [SocketAddr; 2]) -> Proxy {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("its number");
        drop(free);
        let example = std::fs::read_to_string("deploy/nginx.conf").expect("the example");
        // Without a certificate, which a test does not have.
        let served: Vec<String> = example
            .lines()
            .filter(|line| !line.trim_start().starts_with("ssl_"))
            .map(|line| line.replace("listen 443 ssl;", &format!("listen {address};")))
            .map(|line| line.replace("127.0.0.1:8081", &nodes[0].to_string()))
            .map(|line| line.replace("127.0.0.1:8082", &nodes[1].to_string()))
            .collect();
        let served = served.join("\n");
        for node in nodes {
            assert!(served.contains(&format!("server {node};")), "{served}");
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().display();
        let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {path}/{kind};\n"))
            .concat();
        let whole = format!(
            "daemon off;\nuser root;\nworker_processes 1;\npid {path}/pid;\nerror_log {path}/error.log;\n\
             events {{ worker_connections 512; }}\nhttp {{\naccess_log off;\n{paths}{served}\n}}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, whole).expect("the configuration");
        let child = Command::new("/usr/sbin/nginx")
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .spawn()
            .expect("nginx (`sh tests/run` installs it)");
        let listening = async || tokio::net::TcpStream::connect(address).await.ok().map(drop);
        until("the proxy to listen", listening).await;
        Proxy {
            child,
            address,
            _folder: folder,
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Its workers exit only if it is asked to stop, not if it is killed.
        let ended = Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", self.child.id())])
            .status();
        drop(ended);
        drop(self.child.wait());
    }
}
