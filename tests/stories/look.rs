//! What an operator gives the pages: name, description, colour and logo.

use std::fs;

use tempfile::TempDir;

use crate::support::browser::Chromium;
use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::page::Browser;
use crate::support::person::Person;
use crate::support::process::Process;
use crate::support::process::run;

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#fff" d="M2 2h20v20H2z"/></svg>"##;

/// A folder with a file, and the path of the file.
fn file(name: &str, content: &[u8]) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, content).expect("a file");
    (folder, path.display().to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_have_the_name_description_colour_and_logo_of_their_operator() {
    let (_folder, logo) = file("logo.svg", SVG.as_bytes());
    let place = Place::empty(Kind::Sqlite).await;
    let name = "Exchange of Patent Offices on Assistance";
    let description = "Where offices tell each other what helped.";
    let flags = [
        "--name",
        name,
        "--description",
        description,
        "--colour",
        "#5b1f4a",
        "--logo",
        &logo,
        "--demo",
    ];
    let mut server = Process::serve(place.url(), &flags).await;
    let visitor = Person::new(server.address, None);
    let mut reader = Browser::at(&visitor, None);
    for path in ["/", "/threads", "/about", "/no-such-page"] {
        let page = reader.get(path).await;
        assert!(page.html.contains(name), "{path}");
        assert!(page.html.contains(description), "{path}");
    }
    let window = Chromium::at(format!("http://{}", server.address)).await;
    for width in [1280, 360, 320] {
        window.appear(width, "light").await;
        window.visit("/threads").await;
        let seen = "const bar = document.querySelector('header.top'); \
            const logo = bar.querySelector('.name img'); \
            return getComputedStyle(bar).backgroundColor === 'rgb(91, 31, 74)' && logo.naturalWidth > 0 \
                && bar.getBoundingClientRect().height <= 56 \
                && document.documentElement.scrollWidth <= innerWidth";
        window
            .until(&format!("the look in a window of {width} pixels"), seen)
            .await;
    }
    window.close().await;
    server.kill();
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_that_could_not_be_read_is_refused_at_start() {
    let (_folder, text) = file("logo.svg", b"Not a picture.");
    let large = [SVG.as_bytes(), &[b' '; 20_001]].concat();
    let (_other, large) = file("large.svg", &large);
    for (flag, value, told) in [
        (
            "--colour",
            "#ffcc00",
            "white letters on it have a contrast of 1.5 : 1",
        ),
        ("--colour", "#7a7a7a", "choose a darker colour"),
        ("--colour", "navy", "written like #0b3558"),
        ("--logo", &text, "it must be an SVG or PNG file"),
        ("--logo", &large, "20000 are the most"),
        ("--logo", "/no/such/file.png", "No such file"),
        ("--description", " ", "it is empty"),
    ] {
        let done = run(&["serve", "--listen", "127.0.0.1:0", flag, value]).await;
        assert_eq!(done.code, Some(2), "{flag} {value}: {}", done.stdout);
        assert!(done.stderr.contains(told), "{value}: {}", done.stderr);
        assert!(done.stderr.contains(flag), "{value}: {}", done.stderr);
    }
}
