//! A network that blocks some traffic, as a proxy between an office and the internet does.

use std::net::SocketAddr;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A relay to a server that cuts every connection on which one of some words is sent.
pub struct Filter {
    /// The address at which the server is reached through it.
    pub address: SocketAddr,
    _lines: JoinSet<()>,
}

impl Filter {
    /// Starts a relay to a server; the words are in lower case.
    pub async fn before(server: SocketAddr, words: &'static [&'static str]) -> Filter {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut lines = JoinSet::new();
        lines.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((line, _)) = listener.accept().await {
                open.spawn(carry(line, server, words));
            }
        });
        Filter {
            address,
            _lines: lines,
        }
    }
}

async fn carry(mut line: TcpStream, server: SocketAddr, words: &[&str]) {
    let Ok(mut beyond) = TcpStream::connect(server).await else {
        return;
    };
    let (mut there, mut back) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            read = line.read(&mut there) => {
                let Ok(count @ 1..) = read else { return };
                let said = String::from_utf8_lossy(&there[..count]).to_lowercase();
                let is_cut = words.iter().any(|word| said.contains(word));
                if is_cut || beyond.write_all(&there[..count]).await.is_err() {
                    return;
                }
            }
            read = beyond.read(&mut back) => {
                let Ok(count @ 1..) = read else { return };
                if line.write_all(&back[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}
