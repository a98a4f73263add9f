//! `/set-up` and the link of the demonstration: links that work once.

use diesel::prelude::*;
use queue_hooks::access::links::{make_demonstration, make_set_up};
use queue_hooks::db::schema::people;
use support::*;

/// An application in which nobody can sign in yet; the link's secret.
fn link(app: &App) -> String {
    write(app, |conn| diesel::delete(people::table).execute(conn));
    make_set_up(&app.db).expect("a link").expect("nobody is there").reveal().into()
}

const FILL: [Fill; 3] =
    [Fill::Field("name", "Root"), Fill::Field("display_name", "The first one"), Fill::Field("password", PASSWORD)];

#[on_all]
fn the_link_creates_the_first_administrator_once(app: &App) {
    let path = format!("/set-up?link={}", link(app));
    let browser = app.stranger();
    let page = browser.get(&path).expect(200).press("Create and sign in", &FILL).expect(200);
    assert_eq!(page.path, "/contact-center/queues");
    assert_eq!(browser.get("/account").expect(200).texts("dd"), ["root", "The first one", "Administrator"]);
    browser.get(&path).expect(403);
    browser.get(&path).expect(403);
    assert_eq!(browser.get("/people").expect(200).all("tbody tr").len(), 1);
    assert!(make_set_up(&app.db).expect("no fault").is_none(), "there is no other link either");
}

#[on_all]
fn of_two_who_follow_links_at_once_one_is_the_administrator(app: &App) {
    let links = [link(app), make_set_up(&app.db).expect("a link").expect("nobody").reveal().to_owned()];
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = [&links[0], &links[0], &links[1], &links[1]]
            .into_iter()
            .enumerate()
            .map(|(number, link)| {
                scope.spawn(move || {
                    let name = format!("name-{number}");
                    let fields = [
                        ("link", &**link),
                        ("name", &name),
                        ("display_name", "x"),
                        ("password", "some four words here"),
                    ];
                    app.stranger().post("/set-up", &fields).status
                })
            })
            .collect();
        tries.into_iter().map(|attempt| attempt.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 403).count(), 3, "{statuses:?}");
    assert_eq!(write(app, |conn| people::table.count().get_result::<i64>(conn)), 1);
}

#[on_all]
fn a_wrong_link_does_nothing_and_leaves_the_right_one(app: &App) {
    let right = link(app);
    for wrong in ["", "x", "0123456789abcdef0123456789abcdef", "' OR ''='"] {
        let browser = app.stranger();
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("link", wrong).finish();
        browser.get(&format!("/set-up?{query}")).expect(403);
        let fields = [("link", wrong), ("name", "root"), ("display_name", "x"), ("password", PASSWORD)];
        browser.post("/set-up", &fields).expect(403);
    }
    app.stranger().get(&format!("/set-up?link={right}")).expect(200);
}

#[on_all]
fn an_invented_link_is_refused_before_anything_is_hashed_and_counted_for_its_address(app: &App) {
    let right = link(app);
    let invented = |password| {
        let link = "0123456789abcdef0123456789abcdef";
        [("link", link), ("name", "root"), ("display_name", "x"), ("password", password)]
    };
    // Looking at the password comes first and hashing it last; an invented link gets to neither.
    for password in ["short", PASSWORD].into_iter().cycle().take(50) {
        app.stranger().post("/set-up", &invented(password)).expect(403);
    }
    let stranger = app.stranger();
    let page = stranger.post("/set-up", &invented(PASSWORD)).expect(429);
    assert_eq!(page.text("h1"), "Too many attempts failed");
    assert!(page.header("retry-after").is_some_and(|seconds| seconds.parse::<i64>().is_ok_and(|s| s > 800)));
    // The right link is no guess, wherever it comes from.
    app.stranger().get(&format!("/set-up?link={right}")).expect(200).press("Create and sign in", &FILL).expect(200);
}

#[on_all]
fn what_is_wrong_is_said_beside_its_field_and_the_link_still_works(app: &App) {
    let path = format!("/set-up?link={}", link(app));
    let browser = app.stranger();
    for (name, display_name, password, errors) in [
        ("", "", "", &["name-error", "display_name-error", "password-error"][..]),
        ("анна", "Anna", PASSWORD, &["name-error"]),
        ("anna", "A\u{202e}nna", PASSWORD, &["display_name-error"]),
        ("anna", "Anna", "short", &["password-error"]),
    ] {
        let fill =
            [Fill::Field("name", name), Fill::Field("display_name", display_name), Fill::Field("password", password)];
        let page = browser.get(&path).expect(200).press("Create and sign in", &fill).expect(422);
        let found: Vec<_> = page.all(".field-error").into_iter().filter_map(|error| error.attr("id")).collect();
        assert_eq!(found, errors);
        assert_eq!(page.attr("#name", "value"), name);
        assert!(page.one("#password").attr("value").is_none());
    }
    browser.get(&path).expect(200).press("Create and sign in", &FILL).expect(200);
}

#[on_all]
fn the_demonstrations_link_signs_in_once(app: &App) {
    let secret = app.db.write_now(make_demonstration).expect("a link");
    let path = format!("/sign-in?link={}", secret.reveal());
    let browser = app.stranger();
    // Whatever looks at the address in advance does not use it up.
    for method in ["HEAD", "GET", "GET"] {
        let looked = app.stranger();
        let page = looked.request(method, &path, &[], b"").expect(200);
        assert!(
            page.headers
                .get_all("set-cookie")
                .iter()
                .all(|cookie| !cookie.to_str().is_ok_and(|c| c.contains("session")))
        );
    }
    let page = browser.get(&path).expect(200).press("Sign in", &[]).expect(200);
    assert_eq!(page.path, "/contact-center/queues");
    assert!(browser.get("/account").expect(200).text("main").contains("Administrator"));
    let later = app.stranger();
    for page in [later.request("GET", &path, &[], b""), later.post("/sign-in", &[("link", secret.reveal())])] {
        assert!(page.expect(403).text("main").contains("works once"));
    }
    assert!(later.cookie(SESSION.0).is_none());
    // No password opens it.
    for password in ["", "demo", PASSWORD] {
        app.stranger().post("/sign-in", &[("name", "demo"), ("password", password)]).expect(422);
    }
}

#[on_all]
fn an_invented_link_of_a_demonstration_is_counted_for_its_address(app: &App) {
    let secret = app.db.write_now(make_demonstration).expect("a link");
    let invented = [("link", "0123456789abcdef0123456789abcdef")];
    for attempt in 0..52 {
        app.stranger().post("/sign-in", &invented).expect(if attempt < 50 { 403 } else { 429 });
    }
    app.stranger().post("/sign-in", &[("link", secret.reveal())]).expect(303);
}
