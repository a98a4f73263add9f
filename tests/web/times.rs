//! Times on pages, and `/account/zone`: in which zone one sees them.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use queue_hooks::db::schema::{people, queues};
use support::*;

const WRITTEN: &str = "%Y-%m-%d %H:%M:%S";

fn moment(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, WRITTEN).expect("a moment")
}

/// Changes a queue at a moment, and returns its row's cell with it.
fn cell(app: &App, browser: &Browser, at: &str) -> (String, String) {
    write(app, |conn| diesel::update(queues::table).set(queues::updated_at.eq(moment(at))).execute(conn));
    let page = browser.get("/contact-center/queues").expect(200);
    (page.attr("tbody [data-utc]", "data-utc"), page.text("tbody [data-utc]"))
}

#[on_both("the times of Webitel begin in 1970")]
fn times_are_in_the_zone_that_one_chose(app: &App) {
    queue().create(app);
    let anna = person("anna").signed_in(app);
    for (zone, utc, shown) in [
        ("Europe/Berlin", "2026-07-01 22:00:00", "2026-07-02 00:00"),
        // The hour that comes twice, and the one that is left out.
        ("Europe/Berlin", "2026-10-25 00:59:59", "2026-10-25 02:59"),
        ("Europe/Berlin", "2026-10-25 01:00:00", "2026-10-25 02:00"),
        ("Europe/Berlin", "2027-03-28 00:59:59", "2027-03-28 01:59"),
        ("Europe/Berlin", "2027-03-28 01:00:00", "2027-03-28 03:00"),
        ("Europe/Berlin", "2090-07-01 12:00:00", "2090-07-01 14:00"),
        ("Asia/Kolkata", "2026-11-26 18:30:59", "2026-11-27 00:00"),
        ("Asia/Calcutta", "2026-11-26 18:29:59", "2026-11-26 23:59"),
        ("America/St_Johns", "2027-01-01 03:29:00", "2026-12-31 23:59"),
        ("Pacific/Kiritimati", "2028-02-28 10:00:00", "2028-02-29 00:00"),
        ("UTC", "2026-11-26 01:02:03", "2026-11-26 01:02"),
        ("Etc/GMT+5", "0001-01-01 01:02:03", "0000-12-31 20:02"),
    ] {
        anna.post("/account/zone", &[("zone", zone)]).expect(303);
        assert_eq!(cell(app, &anna, utc), (utc.into(), shown.into()), "{zone}");
        let note = anna.get("/contact-center/queues").texts("[data-zone-name]");
        assert_eq!(note, [zone]);
    }
}

/// Tokyo is nine hours ahead, always.
#[on_both("queues are added in Webitel")]
fn no_page_shows_a_time_in_another_zone(app: &App) {
    let browser = app.browser();
    let center = center(app);
    browser.post("/account/zone", &[("zone", "Asia/Tokyo")]).expect(303);
    let is_moment = |text: &str| {
        (0..text.len().saturating_sub(15)).any(|at| {
            text.get(at..at + 16).is_some_and(|text| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").is_ok())
        })
    };
    let mut shown = 0;
    for path in center.pages() {
        let page = browser.get(&path).expect(200);
        let moments = page.all("[data-utc]");
        let mut written = page.text("main");
        for element in &moments {
            let utc = moment(element.attr("data-utc").expect("a moment"));
            let text = element.text().collect::<String>().trim().to_owned();
            let there = (utc + TimeDelta::hours(9)).format(WRITTEN).to_string();
            assert!(text.len() >= 16 && there.starts_with(&text), "{path}: {text} at {utc}");
            written = written.replacen(&text, "", 1);
        }
        assert!(!is_moment(&written), "{path} writes a moment by itself: {written}");
        let zones = page.texts("[data-zone-name]");
        assert!(zones.iter().all(|zone| zone == "Asia/Tokyo"), "{path}: {zones:?}");
        assert!(moments.is_empty() || !zones.is_empty(), "{path} does not say in which zone its times are");
        shown += moments.len();
    }
    assert!(is_moment("x 2026-11-26 01:02:03") && shown > 20, "{shown}");
}

#[on_all]
fn the_zone_of_the_browser_counts_for_whoever_chose_none(app: &App) {
    queue().create(app);
    let anna = person("anna").signed_in(app);
    let at = "2026-11-26 12:00:00";
    let shown = |zone: &str| {
        anna.set_cookie("queue-hooks-zone", zone);
        (cell(app, &anna, at).1, anna.get("/contact-center/queues").attr("#page", "data-zone"))
    };
    assert_eq!(shown("Asia/Kolkata"), ("2026-11-26 17:30".into(), "Asia/Kolkata".into()));
    for unknown in ["", "Mars/Phobos", "%3Cscript%3E", "Etc/Unknown", &"a/".repeat(1000)] {
        assert_eq!(shown(unknown), ("2026-11-26 12:00".into(), "UTC".into()), "{unknown}");
    }
    // What the script writes it with: it has to read it, too.
    let written = anna.get("/account").attr("body", "data-zone-cookie");
    let attributes: Vec<_> = written.split("; ").collect();
    assert!(attributes[0].starts_with("queue-hooks-zone") && attributes[0].ends_with('='), "{written}");
    assert!(attributes.contains(&"SameSite=Lax") && attributes.contains(&"Path=/"), "{written}");
    assert!(!attributes.contains(&"HttpOnly"), "{written}");
    anna.post("/account/zone", &[("zone", "Asia/Tokyo")]).expect(303);
    anna.set_cookie("queue-hooks-zone", "Asia/Kolkata");
    assert_eq!(cell(app, &anna, at).1, "2026-11-26 21:00");
    assert!(!anna.get("/account").has("#page[data-zone]"), "the script leaves the zone alone");
    anna.post("/account/zone", &[("zone", "")]).expect(303);
    assert_eq!(shown("Asia/Kolkata").0, "2026-11-26 17:30");
}

#[on_all]
fn one_chooses_a_zone_in_ones_account(app: &App) {
    let id = person("anna").create(app);
    let (anna, elsewhere) = (app.browser_of(id), app.browser_of(id));
    let seen = seen(app, id);
    let page = anna.get("/account").expect(200);
    assert_eq!(page.value("#zone"), "");
    let offered: Vec<_> = page.all("#zones option").iter().filter_map(|option| option.attr("value")).collect();
    assert!(offered.len() > 300, "{offered:?}");
    assert!(offered[1..].is_sorted_by_key(|name| name.to_lowercase()));
    assert_eq!(offered[0], "UTC");
    assert!(offered.contains(&"Europe/Berlin") && !offered.contains(&"US/Pacific"), "{offered:?}");
    let page = page.press("Save time zone", &[Fill::Field("zone", " america/new york ")]).expect(200);
    assert_eq!((&*page.path, &*page.said()), ("/account", "Times are in America/New_York now"));
    assert_eq!(elsewhere.get("/account").value("#zone"), "America/New_York", "it is the person's");
    // It is theirs alone: somebody's open form about them does not become stale.
    assert_eq!(support::seen(app, id), seen);
    let page = page.press("Save time zone", &[Fill::Field("zone", "")]);
    assert_eq!((page.said(), page.value("#zone")), ("Times follow your browser now".into(), String::new()));
}

#[on_all]
fn a_name_that_is_no_zone_is_refused_and_stays_typed(app: &App) {
    let anna = person("anna").signed_in(app);
    anna.post("/account/zone", &[("zone", "Asia/Tokyo")]).expect(303);
    let before = contents(app);
    let long = "Europe/".repeat(2000);
    for typed in
        ["Mars/Phobos", "Etc/Unknown", "Berlin", "+02:00", "<b>", "posixrules", "../UTC", "a\u{1}b", "🕰", &long]
    {
        let page = anna.post("/account/zone", &[("zone", typed)]).expect(422);
        assert!(page.text("#zone-error").starts_with("There is no such time zone."), "{typed}");
        assert_eq!(page.value("#zone"), typed);
        assert!(page.has("#zone[autofocus][aria-invalid=true]") && !page.has("#current[autofocus]"));
        assert_eq!(contents(app), before, "{typed}");
    }
}

/// The rules that are built in may lose a name.
#[on_all]
fn a_stored_zone_that_is_not_known_any_more_is_utc_and_ones_account_says_so(app: &App) {
    queue().create(app);
    let anna = person("anna").signed_in(app);
    write(app, |conn| diesel::update(people::table).set(people::zone.eq("Mars/Phobos")).execute(conn));
    assert_eq!(cell(app, &anna, "2026-11-26 12:00:00").1, "2026-11-26 12:00");
    let page = anna.get("/account").expect(200);
    assert_eq!(page.texts("[data-zone-name]"), ["UTC"]);
    assert!(page.text("#zone-error").starts_with("“Mars/Phobos” is a time zone that"));
    let page = page.press("Save time zone", &[Fill::Field("zone", "Asia/Tokyo")]);
    assert!(!page.has("#zone-error") && page.value("#zone") == "Asia/Tokyo");
}
