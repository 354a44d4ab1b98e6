//! What `partage ledger verify` reads is limited, whatever the source sends.

use std::io::Read;
use std::io::Write;
use std::net::TcpListener;

use crate::support::process::Finished;
use crate::support::process::run;

async fn verify_file(content: &[u8]) -> Finished {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ledger.jsonl");
    std::fs::write(&file, content).expect("a copy");
    run(&["ledger", "verify", file.to_str().expect("a path")]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_without_any_entry_does_not_hold() {
    for empty in [&b""[..], b"\n", b"\n\r\n  \n"] {
        let found = verify_file(empty).await;
        assert_eq!(found.code, Some(1), "{found:?}");
        assert!(found.stderr.contains("no entry"), "{found:?}");
        assert!(!found.stdout.contains("hold"), "{found:?}");
    }
    let standard_input = run(&["ledger", "verify", "-"]).await;
    assert_eq!(standard_input.code, Some(1), "{standard_input:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_without_an_end_is_not_read_to_its_end() {
    let long = vec![b' '; 5 << 20];
    let found = verify_file(&long).await;
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.stderr.contains("entry 1 does not hold"), "{found:?}");
    // A source that never ends.
    let endless = run(&["ledger", "verify", "/dev/zero"]).await;
    assert_eq!(endless.code, Some(1), "{endless:?}");
    assert!(endless.stderr.contains("longer than"), "{endless:?}");
    let since = run(&["ledger", "verify", "/dev/null", "--since", "/dev/zero"]).await;
    assert_eq!(since.code, Some(1), "{since:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_stops_sending_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let sending = std::thread::spawn(move || {
        let (mut line, _) = listener.accept().expect("a client");
        let mut asked = [0; 1_024];
        drop(line.read(&mut asked));
        let mut sent = 0;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/jsonl\r\n\r\n";
        drop(line.write_all(head.as_bytes()));
        let part = vec![b'x'; 1 << 16];
        while line.write_all(&part).is_ok() {
            sent += part.len();
            assert!(sent < 64 << 20, "it reads and reads");
        }
    });
    let url = format!("http://{address}/ledger.jsonl");
    let found = run(&["ledger", "verify", &url]).await;
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.stderr.contains("longer than"), "{found:?}");
    sending.join().expect("it was left");
}
