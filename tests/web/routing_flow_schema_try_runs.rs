//! Tries that take a while: how many there may be at once, who sees and stops them, and who waits.

use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use queue_hooks::access::rights::Preset;
use support::receiver::{Part, Receiver};
use support::*;

fn tab_of(id: i64) -> String {
    format!("{}/try", flow(id))
}

/// A flow schema whose requests are never answered, with their receiver. There are as many as a try has time for.
fn hanging(app: &App) -> (i64, Receiver) {
    let receiver = Receiver::start(|_| vec![Part::Hang]);
    let requests = format!(r#",{{"httpRequest":{{"url":"{}"}}}}"#, receiver.url("/")).repeat(6);
    let text = format!(r#"[{{"log":"${{kind}}"}}{requests}]"#);
    (schema("Hanging").text(&text).create(app), receiver)
}

/// Sends a form as htmx does.
fn send<'a>(browser: &'a Browser, path: &str, typed: &str) -> Page<'a> {
    let body = format!("token={}&{typed}", browser.token());
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("hx-request", "true")];
    browser.request("POST", path, &headers, body.as_bytes())
}

fn poll<'a>(browser: &'a Browser, path: &str) -> Page<'a> {
    browser.request("GET", path, &[("hx-request", "true")], b"").expect(200)
}

/// The address that the region asks.
fn asked(page: &Page) -> String {
    page.attr("#progress", "data-hx-get")
}

/// How tries went, the latest first, in the words of the History.
fn outcomes(app: &App, id: i64) -> Vec<String> {
    app.browser().get(&format!("{}/history", flow(id))).expect(200).texts("[aria-labelledby=tries] td:last-child")
}

#[on_all]
fn two_of_a_person_run_at_once_and_only_they_see_and_stop_them(app: &App) {
    let (id, _receiver) = hanging(app);
    let (anna, vera) =
        (person("anna").preset(Preset::Editor).signed_in(app), person("vera").preset(Preset::Editor).signed_in(app));
    let runs: Vec<String> = [1, 2].map(|_| asked(&send(&anna, &tab_of(id), "value-kind=vip").expect(200))).into();
    let refused = send(&anna, &tab_of(id), "value-kind=typed").expect(429);
    assert!(refused.has_control("Stop"), "what runs is there to be stopped");
    assert!(anna.get(&tab_of(id)).expect(200).has_control("Stop"), "also when the page is loaded again");
    assert!(refused.text("[role=alert].conflict").contains("two of your tries are running"));
    assert_eq!(refused.typed("value-kind"), "typed");
    // Somebody else has room of their own, and neither sees nor stops these.
    let theirs = asked(&send(&vera, &tab_of(id), "").expect(200));
    for path in &runs {
        assert!(poll(&anna, path).text("#progress").starts_with("Running… "));
        assert!(poll(&vera, path).text("#try").contains("What came of it is in the log"));
        send(&vera, &format!("{path}/stop"), "").expect(204);
        vera.post(&format!("{path}/stop"), &[]).expect(303);
        // One that was stopped would be over.
        std::thread::sleep(Duration::from_millis(200));
        assert!(poll(&anna, path).text("#progress").starts_with("Running… "));
    }
    assert_eq!(outcomes(app, id).iter().filter(|said| said.starts_with("Running ")).count(), 3);
    for (browser, path) in [(&anna, &runs[0]), (&anna, &runs[1]), (&vera, &theirs)] {
        send(browser, &format!("{path}/stop"), "").expect(204);
        let ended = wait_for("the end", || Some(poll(browser, path)).filter(|page| page.has("#try")));
        assert_eq!(ended.header("hx-retarget"), Some("#try"));
        assert!(ended.text("#try .outcome").starts_with("Stopped "), "{}", ended.text("#try"));
        let again = poll(browser, path);
        assert_eq!(again.text("#try"), ended.text("#try"), "an answer may be lost on its way");
    }
    assert!(
        outcomes(app, id).iter().all(|said| said.starts_with("Stopped Somebody stopped it")),
        "{:?}",
        outcomes(app, id)
    );
    // There is room again.
    send(&anna, &tab_of(id), "").expect(200);
    // Without script there is a page for each of them.
    assert_eq!(anna.get(&runs[0]).expect(200).path, tab_of(id));
}

#[test]
fn eight_run_at_once_and_the_next_is_told_so() {
    let app = App::start(Backend::Sqlite);
    let (id, _receiver) = hanging(&app);
    for number in 0..4 {
        let browser = person(&format!("p{number}")).preset(Preset::Editor).signed_in(&app);
        (0..2).for_each(|_| drop(send(&browser, &tab_of(id), "").expect(200)));
    }
    let browser = app.browser();
    let refused = send(&browser, &tab_of(id), "value-kind=typed").expect(503);
    assert!(refused.text("[role=alert].conflict").contains("eight tries are running"));
    assert_eq!(refused.typed("value-kind"), "typed");
}

/// What is said of a try whose person is gone.
const LEFT: &str = "Stopped It was stopped, because nobody waited for it any more.";

/// Presses Try now on a page without script.
fn begin(app: &App, browser: &Browser, id: i64) -> TcpStream {
    let body = format!("token={}", browser.token());
    let mut stream = TcpStream::connect(app.address).expect("a connection");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        tab_of(id),
        browser.cookies(),
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("it is sent");
    stream
}

#[test]
fn a_try_whose_page_nobody_waits_for_is_stopped() {
    let app = App::start(Backend::Sqlite);
    let (id, receiver) = hanging(&app);
    let stream = begin(&app, &app.browser(), id);
    wait_for("the request", || (!receiver.got().is_empty()).then_some(()));
    drop(stream);
    wait_for("the end", || (outcomes(&app, id) == [LEFT]).then_some(()));
}

/// Somebody else's turn to write, until this is dropped.
fn turn_to_write(app: &App) -> Sender<()> {
    let (db, (turn, over), (held, holds)) = (app.db.clone(), channel::<()>(), channel());
    std::thread::spawn(move || {
        let writing = db.write(move |_| {
            held.send(()).expect("the test waits for it");
            // It ends when the test drops the other side.
            let _ = over.recv();
            Ok(())
        });
        actix_web::rt::System::new().block_on(writing)
    });
    holds.recv().expect("its turn comes");
    turn
}

#[test]
fn a_try_whose_person_leaves_while_it_is_written_down_is_stopped() {
    let app = App::start(Backend::Sqlite);
    let (id, receiver) = hanging(&app);
    let browser = app.browser();
    let turn = turn_to_write(&app);
    let stream = begin(&app, &browser, id);
    let mut waiting = 0;
    wait_for("it to wait for its turn", || {
        // Who reads waits as well, but no longer than a glance.
        waiting = if app.db.load().waiting > 0 { waiting + 1 } else { 0 };
        (waiting == 5).then_some(())
    });
    drop(stream);
    // It goes on either before the server sees that its person left, or after.
    std::thread::sleep(Duration::from_millis(100));
    drop(turn);
    wait_for("the end", || (outcomes(&app, id) == [LEFT]).then_some(()));
    assert!(receiver.got().len() <= 1, "{} requests", receiver.got().len());
}

#[test]
fn a_try_that_no_browser_asks_for_any_more_is_stopped() {
    let app = App::start(Backend::Sqlite);
    let (id, _receiver) = hanging(&app);
    send(&app.browser(), &tab_of(id), "").expect(200);
    let start = Instant::now();
    wait_for("the end", || (outcomes(&app, id) == [LEFT]).then_some(()));
    assert!(start.elapsed() > Duration::from_secs(10), "a browser in the background asks seldom");
}

#[test]
fn a_server_that_was_started_again_says_where_to_look() {
    let mut app = App::start(Backend::Sqlite);
    let (id, _receiver) = hanging(&app);
    let browser = app.browser();
    let run = asked(&send(&browser, &tab_of(id), "").expect(200));
    app.die();
    app.restart();
    assert!(poll(&browser, &run).text("#try").contains("This server knows nothing of it any more"));
}
