//! Times: in the zone of the browser or in the one that the person chose, and their age for an hour.

use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use queue_hooks::db::now;
use queue_hooks::db::schema::queues;
use serde_json::json;
use support::window::*;
use support::*;

const QUEUES: &str = "/contact-center/queues";

/// Two queues: one changed long ago, and one a moment ago.
fn two_queues(app: &App) {
    let noon = NaiveDate::from_ymd_opt(2026, 1, 1).and_then(|day| day.and_hms_opt(12, 0, 0));
    let (old, new) = (queue().name("An old one").create(app), queue().name("Its successor").create(app));
    for (id, at) in [(old, noon.expect("a moment")), (new, now() - TimeDelta::seconds(150))] {
        write(app, |conn| diesel::update(queues::table.find(id)).set(queues::updated_at.eq(at)).execute(conn));
    }
}

fn is_in(window: &Window, zone: &str) {
    window.devtools("Emulation.setTimezoneOverride", &json!({ "timezoneId": zone }));
}

/// What the rows show.
#[track_caller]
fn shows(window: &Window, old: &str, new: &str) {
    window.expect(
        "[...document.querySelectorAll('tbody [data-utc]')].map((cell) => cell.textContent)",
        json!([old, new]),
    );
}

const ZONE: &str = "document.querySelector('[data-zone-name]').textContent";
const RENDERED_IN: &str = "document.querySelector('#page').dataset.zone ?? null";

#[test]
fn times_follow_the_browser_until_the_person_chooses_a_zone() {
    let app = App::start(Backend::Sqlite);
    two_queues(&app);
    let window = Window::open(&app, "/static/favicon.svg");
    is_in(&window, "Pacific/Chatham");
    window.go(QUEUES);
    shows(&window, "2026-01-02 01:45", "2 min ago");
    window.expect(ZONE, "Pacific/Chatham");
    // From the second page on the server knows it.
    window.expect(RENDERED_IN, "UTC");
    window.click("Refresh");
    window.expect(RENDERED_IN, "Pacific/Chatham");
    shows(&window, "2026-01-02 01:45", "2 min ago");
    window.reload();
    shows(&window, "2026-01-02 01:45", "2 min ago");
    // A journey.
    is_in(&window, "Asia/Tokyo");
    window.reload();
    shows(&window, "2026-01-01 21:00", "2 min ago");
    window.expect(ZONE, "Asia/Tokyo");
    // A zone of one's own wins.
    window.go("/account");
    window.click("Show times in");
    window.write("europe/berlin");
    window.press("Enter");
    window.says("Times are in Europe/Berlin now");
    window.click("Queues");
    window.expect(ZONE, "Europe/Berlin");
    shows(&window, "2026-01-01 13:00", "2 min ago");
    window.expect(RENDERED_IN, json!(null));
    window.until("document.cookie.includes('Asia/Tokyo')");
}

#[test]
fn an_age_is_kept_current_has_the_moment_in_its_tip_and_is_not_printed() {
    let app = App::start(Backend::Sqlite);
    two_queues(&app);
    let window = Window::open(&app, "/static/favicon.svg");
    is_in(&window, "Asia/Tokyo");
    // A clock that is an hour slow does not matter.
    let slow = "const now = Date.now; Date.now = () => now() - 3600_000";
    window.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": slow }));
    window.go(QUEUES);
    shows(&window, "2026-01-01 21:00", "2 min ago");
    window.click("Enabled, Its successor");
    window.says("Disabled Its successor");
    shows(&window, "2026-01-01 21:00", "just now");
    let tip = "getComputedStyle(document.querySelectorAll('tbody [data-utc]')[1], '::after').content";
    window.expect(tip, "none");
    let at = window.script("return document.querySelectorAll('tbody [data-utc]')[1].getBoundingClientRect().toJSON()");
    let [x, y] = ["x", "y"].map(|edge| at[edge].as_f64().expect("a number") + 5.0);
    window.devtools("Input.dispatchMouseEvent", &json!({ "type": "mouseMoved", "x": x, "y": y }));
    window.until(&format!("/^.....-..-.. ..:..[^]+-..-.. ..:..:.. UTC/.test({tip})"));
    window.script("const now = Date.now; Date.now = () => now() + 180_000; showAges()");
    shows(&window, "2026-01-01 21:00", "3 min ago");
    window.script("dispatchEvent(new Event('beforeprint'))");
    window.until("/^2.*:..$/.test(document.querySelectorAll('tbody [data-utc]')[1].textContent)");
    window.script("dispatchEvent(new Event('afterprint'))");
    shows(&window, "2026-01-01 21:00", "3 min ago");
    window.script("const now = Date.now; Date.now = () => now() + 3600_000; showAges()");
    window.until("document.querySelectorAll('tbody [data-utc]')[1].textContent.length === 16");
}

#[test]
fn without_script_times_are_in_utc_or_in_the_zone_that_the_person_chose() {
    let app = App::start(Backend::Sqlite);
    two_queues(&app);
    let window = Window::without_scripts(&app, "/static/favicon.svg");
    is_in(&window, "Asia/Tokyo");
    window.go(QUEUES);
    window.expect(ZONE, "UTC");
    window.expect("document.querySelector('tbody [data-utc]').textContent", "2026-01-01 12:00");
    window.go("/account");
    window.click("Show times in");
    window.write("Asia/Kolkata");
    window.press("Enter");
    window.says("Times are in Asia/Kolkata now");
    window.go(QUEUES);
    window.expect(ZONE, "Asia/Kolkata");
    window.expect("document.querySelector('tbody [data-utc]').textContent", "2026-01-01 17:30");
}
