//! Many strangers at once who make the server hash passwords, and what is left of it afterwards.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use support::process::*;

/// Bytes that the server has at rest after whatever was asked of it.
const MEMORY: u64 = 64 << 20;
/// Bytes that hashing one password takes.
const A_HASH: u64 = 19 << 20;
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A stranger who has a token already, so that there is nothing to ask for it.
fn stranger(server: &Server) -> Browser {
    let browser = server.stranger();
    browser.set_cookie("queue-hooks-token", TOKEN);
    browser
}

/// So many strangers do something at once; the statuses of their answers, and the slowest page that somebody else got
/// meanwhile.
fn flood(server: &Server, strangers: usize, attack: impl Fn(usize) -> u16 + Sync) -> (Vec<u16>, Duration) {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let (browser, mut slowest) = (stranger(server), Duration::ZERO);
            while !is_over.load(Ordering::Relaxed) {
                let start = Instant::now();
                browser.get("/sign-in").expect(200);
                slowest = slowest.max(start.elapsed());
                std::thread::sleep(Duration::from_millis(20));
            }
            slowest
        });
        let attack = &attack;
        let attacks: Vec<_> = (0..strangers).map(|number| scope.spawn(move || attack(number))).collect();
        let statuses = attacks.into_iter().map(|attack| attack.join().expect("an answer")).collect();
        is_over.store(true, Ordering::Relaxed);
        (statuses, other.join().expect("pages"))
    })
}

fn count(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|found| **found == status).count()
}

#[on_both]
fn invented_links_are_refused_without_hashing_and_others_get_pages(database: &Database) {
    let server = database.serve();
    stranger(&server).get("/sign-in").expect(200);
    let idle = server.process.memory("VmRSS:");
    let (statuses, slowest) = flood(&server, 150, |_| {
        let link = "0123456789abcdef0123456789abcdef";
        let fields = [("link", link), ("name", "root"), ("display_name", "x"), ("password", PASSWORD)];
        stranger(&server).post("/set-up", &fields).status
    });
    println!("{} refused, {} too many; a page took {slowest:?}", count(&statuses, 403), count(&statuses, 429));
    assert_eq!((count(&statuses, 403), count(&statuses, 429)), (50, 100), "{statuses:?}");
    let used = server.process.memory("VmHWM:").saturating_sub(idle);
    assert!(used < A_HASH, "{} MiB, as if something was hashed", used >> 20);
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}

#[on_both]
fn whoever_comes_when_the_line_is_full_is_sent_away_and_others_get_pages(database: &Database) {
    database.let_in("anna", "viewer");
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--trusted-proxy", "127.0.0.1"];
    let server = Program::new(&arguments).env("DATABASE_URL", &database.url).serve();
    // Each from an address of its own, with a name of its own: nothing but the line stops them.
    let (statuses, slowest) = flood(&server, 200, |number| {
        let browser = stranger(&server);
        let body = format!("token={}&name=n{number}&password=not+the+password", browser.token());
        let address = format!("192.0.2.{number}");
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-for", &*address)];
        let page = browser.request("POST", "/sign-in", &headers, body.as_bytes());
        if page.status == 503 {
            assert_eq!(page.header("retry-after"), Some("5"));
        }
        page.status
    });
    let (answered, sent_away) = (count(&statuses, 422), count(&statuses, 503));
    println!("{answered} answered, {sent_away} sent away; a page took {slowest:?}");
    assert_eq!(answered + sent_away, 200, "{statuses:?}");
    assert!(answered > 0 && sent_away > 0, "{answered} answered, {sent_away} sent away");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    // Who was sent away did not fail.
    let failed = "SELECT count(*) AS number FROM sign_in_failures WHERE failures > 0";
    assert_eq!(database.number(failed), 3 * answered as i64);
    assert_eq!(sign_in(&stranger(&server), "anna", PASSWORD), 303, "and then it is as before");
    rests(&server);
}

#[on_both]
fn a_hundred_who_sign_in_leave_little_memory_behind(database: &Database) {
    database.let_in("anna", "administrator");
    let server = database.serve();
    for _ in 0..10 {
        let (statuses, _) = flood(&server, 10, |_| {
            let browser = stranger(&server);
            let status = sign_in(&browser, "anna", PASSWORD);
            browser.get("/people").expect(200);
            status
        });
        assert_eq!(count(&statuses, 303), 10, "{statuses:?}");
    }
    rests(&server);
}

/// What was taken goes back to the system.
#[track_caller]
fn rests(server: &Server) {
    let kept = server.process.memory("VmRSS:");
    println!("{} MiB at rest", kept >> 20);
    assert!(kept < MEMORY, "{} MiB", kept >> 20);
}
