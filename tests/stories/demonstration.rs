//! The public password of the demonstration never opens a forum that others can reach.

use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::process::Process;
use crate::support::process::run_with;

const OPEN: [(&[&str], &str); 3] = [
    (
        &["--public-url", "https://forum.example.org"],
        "PARTAGE_PUBLIC_URL=https://forum.example.org",
    ),
    (&["--behind-proxy"], "PARTAGE_BEHIND_PROXY=true"),
    (&["--listen", "0.0.0.0:0"], "PARTAGE_LISTEN=0.0.0.0:0"),
];

/// The message of a refused `partage serve`, with flags and with the equivalent variables.
async fn refused_in_both_ways(database: &str, flags: &[&str], open: (&[&str], &str), words: &str) {
    let serve = [&["serve", "--database", database], flags].concat();
    let listen = ("PARTAGE_LISTEN", "127.0.0.1:0".to_string());
    let (name, value) = open.1.split_once('=').expect("a variable");
    let by_flag = run_with(
        &[&serve[..], open.0].concat(),
        std::slice::from_ref(&listen),
    )
    .await;
    let by_variable = run_with(&serve, &[listen, (name, value.to_string())]).await;
    for refused in [by_flag, by_variable] {
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains(words), "{words}: {refused:?}");
        assert!(!refused.stdout.contains("Listening"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_with_its_public_password_is_not_opened_to_others() {
    let place = Place::empty(Kind::Sqlite).await;
    for open in OPEN {
        refused_in_both_ways(place.url(), &["--demo"], open, "--demo-password").await;
        let known = ["--demo", "--demo-password", "partage-demonstration"];
        refused_in_both_ways(place.url(), &known, open, "--demo-password").await;
    }
    // Refused before anything was written: with another password the same database can be filled.
    let other = ["--demo", "--demo-password", "of our own", "--behind-proxy"];
    drop(Process::serve(place.url(), &other).await);
    // And it can be opened later.
    drop(Process::serve(place.url(), &["--behind-proxy"]).await);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_the_demonstration_is_not_opened_while_its_password_is_the_public_one() {
    let place = Place::empty(Kind::Sqlite).await;
    drop(Process::serve(place.url(), &["--demo"]).await);
    for open in OPEN {
        refused_in_both_ways(place.url(), &[], open, "secretariat@demo.invalid").await;
    }
    // On this machine it is allowed.
    drop(Process::serve(place.url(), &[]).await);
    let change = "update person set password_hash = null where email <> 'moderator@demo.invalid'";
    place.execute(change).await;
    refused_in_both_ways(place.url(), &[], OPEN[1], ": moderator@demo.invalid.").await;
    place
        .execute("update person set password_hash = null")
        .await;
    drop(Process::serve(place.url(), &["--behind-proxy"]).await);
    place.remove().await;
}
