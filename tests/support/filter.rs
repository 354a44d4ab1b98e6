//! A network that lets some things through and not others, as between an office and the world.

use std::net::SocketAddr;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A way to a server that cuts every line on which one of some words is said.
pub struct Filter {
    /// Where the server is reached through it.
    pub address: SocketAddr,
    _lines: JoinSet<()>,
}

impl Filter {
    /// A way to a server; the words are small letters.
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
