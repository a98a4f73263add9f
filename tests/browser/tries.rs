//! Tries: a hook is tried before it is saved, its flow schema corrected, and tried again; whoever answers badly is seen
//! as what they are; a try that takes a while is seen and stopped.

use std::time::Duration;

use support::certificates::{Authority, NOW};
use support::process::{CENTRE, Database, Program};
use support::receiver::{Part, Receiver, json, reply};
use support::window::*;
use support::*;

use crate::accessibility::is_accessible;

/// What stands below the form.
const REGION: &str = "document.querySelector('#try')";

fn tells(window: &Window, text: &str) {
    window.until(&format!("{REGION}?.innerText.includes({text:?})"));
}

/// Waits until a try that goes on says that it took more seconds than these, and returns how many.
fn takes_more_than(window: &Window, seconds: i64) -> i64 {
    let told = format!(r"Number({REGION}?.innerText.match(/Running… \d+ steps, \d+ requests?, (\d+) s/)?.[1] ?? -1)");
    window.until(&format!("{told} > {seconds}"));
    window.script(&format!("return {told}")).as_i64().expect("a number")
}

#[on_both]
fn a_hook_is_tried_corrected_tried_again_and_saved_by_keys(app: &App) {
    let receiver =
        Receiver::start(
            |got| {
                if got.target == "/hook" { json(r#"{"id": 17}"#) } else { reply(404, &[], "no such place") }
            },
        );
    let queue_id = queue().create(app);
    let text = |path: &str| {
        format!(r#"[{{"httpRequest":{{"url":"{}","data":{{"state":"${{state}}"}}}}}}]"#, receiver.url(path))
    };
    let crm = schema("CRM").text(&text("/hok")).create(app);
    let window = Window::open(app, &tab(queue_id));
    window.press("c");
    window.modal_is("Add hook");
    window.choose("event", "Missed");
    window.tab_to("Flow schema");
    window.write("CRM");
    window.until("document.querySelectorAll('#schema-options [role=option]').length === 1");
    window.press_all(&["ArrowDown", "Enter"]);
    window.tab_to("Try");
    window.press("Enter");
    window.until(&format!("location.pathname === '{}/try'", flow(crm)));
    window.expect("document.querySelector('[name=event]').value", "missed");
    window.press("Control+Enter");
    tells(&window, "404 Not Found");
    window.until("document.activeElement.id === 'try'");
    is_accessible(&window);
    window.wide();
    // It is corrected, and tried again.
    window.tab_to("Edit it");
    window.press("Enter");
    window.until(&format!("location.pathname === '{}'", flow(crm)));
    window.script("document.querySelector('textarea').focus()");
    window.press("Control+a");
    window.write(&text("/hook"));
    window.press("Control+Enter");
    window.says("Saved CRM");
    window.until("location.pathname.endsWith('/try')");
    window.press("Control+Enter");
    tells(&window, "200 OK");
    assert_eq!(receiver.got().last().map(|got| got.body.clone()), Some(br#"{"state":"missed"}"#.to_vec()));
    window.tab_to("Back to the hook");
    window.press("Enter");
    window.modal_is("Add hook");
    window.press("Control+Enter");
    window.says("Added Missed → CRM");
    // What came of both is in the History.
    window.go(&format!("{}/history", flow(crm)));
    window.expect("document.querySelectorAll('[aria-labelledby=tries] tbody tr').length", 2);
    window.script("document.querySelector('[aria-labelledby=tries] tbody a').focus()");
    window.press("Enter");
    window.until("document.querySelector('.way')?.innerText.includes('200 OK')");
    is_accessible(&window);
}

/// On a server of its own, because a process finds the authorities that it trusts once.
#[test]
fn whoever_answers_badly_is_told_in_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let authority = Authority::new("Tests");
    authority.write(folder.path());
    let other = Receiver::start_with_tls(authority.server("other.example", NOW), |_| json("{}"));
    let receiver = Receiver::start(|got| match &*got.target {
        "/reset" => vec![Part::Reset],
        "/trickle" => {
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
            vec![Part::Trickle(answer.into(), Duration::from_millis(10))]
        }
        _ => vec![Part::Hang],
    });
    let text = format!(
        r#"[{{"httpRequest":{{"url":"{}"}}}},{{"httpRequest":{{"url":"{}","timeout":100}}}},
            {{"httpRequest":{{"url":"https://localhost:{}/"}}}},{{"httpRequest":{{"url":"{}"}}}}]"#,
        receiver.url("/reset"),
        receiver.url("/trickle"),
        other.address.port(),
        receiver.url("/hang")
    );
    let database = Database::sqlite().with(CENTRE);
    let server = Program::new(&["serve", "--listen", "127.0.0.1:0", "--destinations", "127.0.0.1,localhost"])
        .env("DATABASE_URL", &database.url)
        .env("SSL_CERT_FILE", &folder.path().join("authority.pem").display().to_string())
        .serve();
    let form = [("name", "Bad answers"), ("type", "service"), ("text", &*text)];
    server.browser().post("/routing/flow", &form).expect(303);
    let id = database.number("SELECT max(id) AS number FROM flow_schemas");
    let window = Window::at(server.address, "/sign-in");
    window.becomes(SESSION.1);
    window.go(&format!("{}/try", flow(id)));
    window.click("Try now");
    tells(&window, "4 steps, 4 requests");
    window.press("Escape");
    tells(&window, "What came of the try");
    let at = receiver.address;
    for sentence in [
        &*format!("No answer: {at} closed the connection before an answer came."),
        "Answer: 200 OK",
        "Webitel gave up after 100 ms, before this answer began, so nothing is set.",
        "No answer: The certificate there is for another name than localhost.",
        "No answer: Somebody stopped it.",
    ] {
        tells(&window, sentence);
    }
    is_accessible(&window);
    window.wide();
}

#[test]
fn a_try_that_takes_a_while_is_seen_and_stopped() {
    let app = App::start(Backend::Sqlite);
    let receiver = Receiver::start(|_| vec![Part::Hang]);
    // As many as a try has time for.
    let requests = format!(r#",{{"httpRequest":{{"url":"{}"}}}}"#, receiver.url("/")).repeat(6);
    let text = format!(r#"[{{"log":"${{kind}}"}}{requests}]"#);
    let id = schema("Hanging").text(&text).create(&app);
    let window = Window::open(&app, &format!("{}/try", flow(id)));
    window.click("Try now");
    let seconds = takes_more_than(&window, -1);
    // What somebody types and where they are stays, however often the region asks.
    window.tab_to("kind");
    window.write("vip");
    takes_more_than(&window, seconds);
    window.expect("document.activeElement.value", "vip");
    is_accessible(&window);
    window.wide();
    window.tab_to("Stop");
    window.press("Enter");
    tells(&window, "Somebody stopped it.");
    window.says("The try has ended: Somebody stopped it.");
    window.until("document.activeElement.id === 'try'");
    window.expect("document.querySelector('[name=value-kind]').value", "vip");
    // By its key, and whatever has the focus stays.
    window.click("Try now");
    tells(&window, "Running");
    window.press("Escape");
    tells(&window, "Somebody stopped it.");
}

#[test]
fn a_try_that_cannot_be_asked_for_says_so_once_and_goes_on() {
    let app = App::start(Backend::Sqlite);
    let receiver = Receiver::start(|_| vec![Part::Hang]);
    let request = format!(r#"{{"httpRequest":{{"url":"{}"}}}}"#, receiver.url("/"));
    let id = schema("Hanging").text(&format!("[{}]", vec![request; 6].join(","))).create(&app);
    let tab = format!("{}/try", flow(id));
    let window = Window::open(&app, &tab);
    window.click("Try now");
    tells(&window, "Running");
    window.script(
        "window.told = 0; new MutationObserver(() => told++).observe(document.querySelector('#alert'), {childList: true})",
    );
    window.offline(true);
    window.until("document.querySelector('#alert').textContent.includes('did not answer')");
    window.expect("told", 1);
    std::thread::sleep(Duration::from_secs(2));
    window.expect("told", 1);
    window.offline(false);
    window.until("!document.querySelector('#alert').hasChildNodes()");
    tells(&window, "Running");
    // Nobody is signed in any more: the page and what is typed in it stay.
    end_sessions(&app);
    window.until("document.querySelector('#alert').textContent.includes('Sign in')");
    let told = window.script("return told");
    std::thread::sleep(Duration::from_secs(2));
    window.expect("told", told);
    window.is_at(&tab);
}

#[test]
fn without_script_the_page_waits_for_what_comes_of_it() {
    let app = App::start(Backend::Sqlite);
    // With script it would have been shown by then how far the try is.
    let receiver = Receiver::start(|_| [vec![Part::Wait(Duration::from_millis(600))], json(r#"{"id": 17}"#)].concat());
    let text = format!(r#"[{{"httpRequest":{{"url":"{}"}}}},{{"calendar":{{}}}}]"#, receiver.url("/"));
    let stopped = schema("Stopped").text(&text).create(&app);
    let id = schema("CRM").text(&text.replace(r#",{"calendar":{}}"#, "")).create(&app);
    let window = Window::without_scripts(&app, &flow(id));
    window.click("Try");
    window.click("Try now");
    tells(&window, "200 OK");
    window.click("Only show the way");
    window.until("document.querySelector('.way').innerText.includes('Nothing was sent.')");
    window.go(&format!("{}/try", flow(stopped)));
    window.click("Try now");
    tells(&window, "needs what only Webitel has");
    assert_eq!(receiver.got().len(), 1);
}
