//! `/people/{person}` and what lies below it: names, rights, access, password, sessions.

use diesel::prelude::*;
use queue_hooks::access::rights::Preset;
use queue_hooks::db::schema::people;
use support::*;

fn path(id: i64) -> String {
    format!("/people/{id}")
}

fn rights(app: &App, id: i64) -> String {
    write(app, |conn| people::table.find(id).select(people::rights).first(conn))
}

fn tester(app: &App) -> i64 {
    write(app, |conn| people::table.filter(people::name.eq("tester")).select(people::id).first(conn))
}

fn status(browser: &Browser) -> u16 {
    browser.request("GET", "/account", &[], b"").status
}

#[on_all]
fn names_and_rights_are_changed(app: &App) {
    let id = person("anna").create(app);
    let browser = app.browser();
    let page = browser.get(&path(id)).expect(200);
    assert!(page.has("[value=viewer][checked]"));
    let fill = [Fill::Field("name", "anna2"), Fill::Field("display_name", "Anna II"), Fill::Tick("preset", "editor")];
    assert_eq!(page.press("Save", &fill).expect(200).said(), "Saved Anna II (anna2)");
    assert_eq!(rights(app, id), Preset::Editor.rights().words());
    app.stranger().post("/sign-in", &[("name", "anna2"), ("password", PASSWORD)]).expect(303);
    let again = browser.get(&path(id)).expect(200).press("Save", &[]).expect(200);
    assert_eq!(again.said(), "Anna II (anna2) is saved");
}

#[on_all]
fn rights_that_are_no_preset_are_shown_one_by_one(app: &App) {
    let id = person("anna").rights("queues:read people:manage").create(app);
    let browser = app.browser();
    let page = browser.get(&path(id)).expect(200);
    assert!(page.has("[name=preset][value=own][checked]"));
    let ticked: Vec<_> = page.all("[name=right][checked]").iter().filter_map(|box_| box_.attr("value")).collect();
    assert_eq!(ticked, ["queues:read", "people:manage"]);
    assert_eq!(
        browser.get("/people?q=anna").expect(200).text("tbody td:nth-child(3)"),
        "Queues: read · People: manage"
    );
}

#[on_all]
fn the_last_who_manages_people_keeps_that_and_the_access(app: &App) {
    let id = tester(app);
    person("off").preset(Preset::Administrator).off().create(app);
    let browser = app.browser();
    let before = contents(app);
    let page = browser.get(&path(id)).expect(200).press("Save", &[Fill::Tick("preset", "editor")]).expect(422);
    assert!(page.text("#rights-error").contains("Nobody else manages people"));
    assert!(page.has("[value=editor][checked]"), "what was chosen stays chosen");
    let page = browser.get(&path(id)).expect(200).press("Take access away", &[]).expect(422);
    assert_eq!(page.text("h1"), "That cannot be done");
    assert!(page.text("main").contains("Nobody else manages people"));
    assert_eq!(contents(app), before);
    let other = person("anna").preset(Preset::Administrator).create(app);
    browser.post(&format!("{}/access", path(other)), &[("enabled", "false")]).expect(303);
    browser.post(&format!("{}/access", path(id)), &[("enabled", "false")]).expect(422);
    browser.post(&format!("{}/access", path(other)), &[("enabled", "true")]).expect(303);
    browser.post(&format!("{}/access", path(id)), &[("enabled", "false")]).expect(303);
    assert_eq!(status(&browser), 303, "one may take one's own access away, and is out");
}

#[on_all]
fn two_managers_who_disable_each_other_at_once_leave_one(app: &App) {
    for _ in 0..5 {
        let id = person(&format!("p{}", queue_hooks::model::journal::Change::new_id()))
            .preset(Preset::Administrator)
            .create(app);
        let (other, tester_id) = (app.browser_of(id), tester(app));
        let disable =
            |browser: Browser, id| browser.post(&format!("{}/access", path(id)), &[("enabled", "false")]).status;
        let browser = app.browser();
        let statuses = std::thread::scope(|scope| {
            let first = scope.spawn(move || disable(browser, id));
            let second = disable(other, tester_id);
            [first.join().expect("an answer"), second]
        });
        let left: i64 = write(app, |conn| {
            people::table
                .filter(people::enabled.eq(true))
                .filter(people::rights.like("%people:manage%"))
                .count()
                .get_result(conn)
        });
        assert_eq!(left, 1, "{statuses:?}");
        // Everything as before the round.
        write(app, |conn| {
            diesel::delete(people::table.find(id)).execute(conn)?;
            diesel::update(people::table).set(people::enabled.eq(true)).execute(conn)
        });
        admit(&app.db);
    }
}

#[on_all]
fn access_is_taken_and_given_and_the_view_stays(app: &App) {
    let id = person("anna").create(app);
    let (browser, anna) = (app.browser(), app.browser_of(id));
    let page = browser.get("/people?q=anna&size=20").expect(200);
    let page = page.press("Access, The anna (anna)", &[]).expect(200);
    assert_eq!(
        (page.path.as_str(), page.said().as_str()),
        ("/people?q=anna&size=20", "The anna (anna) may not come in any more")
    );
    assert_eq!(status(&anna), 303);
    app.stranger().post("/sign-in", &[("name", "anna"), ("password", PASSWORD)]).expect(422);
    page.press("Access, The anna (anna)", &[]).expect(200);
    assert_eq!(status(&anna), 303, "the session that ended stays ended");
    app.stranger().post("/sign-in", &[("name", "anna"), ("password", PASSWORD)]).expect(303);
    browser.post(&format!("{}/access", path(id)), &[("enabled", "maybe")]).expect(422);
}

#[on_all]
fn a_change_that_somebody_else_made_meanwhile_is_shown_and_not_lost(app: &App) {
    let id = person("anna").create(app);
    let (first, second) = (app.browser(), app.browser());
    let (one, two) = (first.get(&path(id)).expect(200), second.get(&path(id)).expect(200));
    one.press("Save", &[Fill::Field("display_name", "Anna One"), Fill::Tick("preset", "editor")]).expect(200);
    let told = two.press("Save", &[Fill::Field("display_name", "Anna Two")]).expect(409);
    let conflict = told.text(".conflict");
    assert!(conflict.contains("Anna One (anna)") && conflict.contains("Editor"), "{conflict}");
    assert_eq!(told.attr("#display_name", "value"), "Anna Two");
    assert_eq!(rights(app, id), Preset::Editor.rights().words());
    told.press("Save", &[]).expect(200);
    assert_eq!(second.get(&path(id)).expect(200).attr("#display_name", "value"), "Anna Two");
    assert_eq!(rights(app, id), Preset::Viewer.rights().words());
    // A form without what was seen is as good as an old one.
    second.post(&path(id), &[("name", "anna"), ("display_name", "Anna Three")]).expect(409);
}

#[on_all]
fn a_password_that_is_set_ends_the_sessions(app: &App) {
    let id = person("anna").create(app);
    let anna = app.browser_of(id);
    let browser = app.browser();
    let page = browser.get(&path(id)).expect(200);
    let refused = page.press("Set password", &[Fill::Field("password", "short")]).expect(422);
    assert!(refused.has("#password-error"));
    assert_eq!(status(&anna), 200);
    let page = page.press("Set password", &[Fill::Field("password", "quite another one")]).expect(200);
    assert_eq!(page.said(), "The anna (anna) has a new password");
    assert_eq!(status(&anna), 303);
    app.stranger().post("/sign-in", &[("name", "anna"), ("password", PASSWORD)]).expect(422);
    app.stranger().post("/sign-in", &[("name", "anna"), ("password", "quite another one")]).expect(303);
}

#[on_all]
fn a_managers_own_password_needs_the_current_one(app: &App) {
    let id = person("boss").preset(Preset::Administrator).create(app);
    let boss = app.browser_of(id);
    let page = boss.get(&path(id)).expect(200);
    assert!(!page.has_control("Set password") && page.has_control("Change your own password in your account"));
    assert!(boss.get(&path(person("anna").create(app))).expect(200).has_control("Set password"));
    let before = contents(app);
    let refused = boss.post(&format!("{}/password", path(id)), &[("password", "quite another one")]).expect(422);
    assert!(refused.text("main").contains("in your account"));
    assert_eq!(contents(app), before);
}

#[on_all]
fn whoever_forgot_the_password_and_tried_too_often_comes_in_with_another(app: &App) {
    let id = person("anna").create(app);
    let sign_in = |password| app.stranger().post("/sign-in", &[("name", "anna"), ("password", password)]).status;
    let statuses: Vec<u16> = (0..11).map(|_| sign_in("not the password")).collect();
    assert_eq!(statuses.last(), Some(&429));
    app.browser().post(&format!("{}/password", path(id)), &[("password", "quite another one")]).expect(303);
    assert_eq!(sign_in("quite another one"), 303);
}

#[on_all]
fn all_sessions_of_somebody_are_ended(app: &App) {
    let id = person("anna").create(app);
    let sessions = [app.browser_of(id), app.browser_of(id)];
    let other = person("boris").signed_in(app);
    let browser = app.browser();
    let page = browser.get(&path(id)).expect(200).press("End all sessions", &[]).expect(200);
    assert_eq!(page.said(), "2 sessions of The anna (anna) are ended");
    assert!(sessions.iter().all(|browser| status(browser) == 303));
    assert_eq!(status(&other), 200);
    assert_eq!(page.press("End all sessions", &[]).said(), "The anna (anna) had no session");
}

#[on_all]
fn somebody_who_does_not_exist_is_404(app: &App) {
    let browser = app.browser();
    for id in ["4711", "0", "-1", "x", "99999999999999999999"] {
        browser.get(&format!("/people/{id}")).expect(404);
        for form in ["", "/access", "/password", "/sessions"] {
            let fields =
                [("name", "anna"), ("display_name", "Anna"), ("password", "quite another one"), ("enabled", "true")];
            browser.post(&format!("/people/{id}{form}"), &fields).expect(404);
        }
    }
}

#[on_all]
fn a_name_that_somebody_else_has_is_refused(app: &App) {
    let id = person("anna").create(app);
    person("boris").create(app);
    let browser = app.browser();
    let page = browser.get(&path(id)).expect(200).press("Save", &[Fill::Field("name", "Boris")]).expect(422);
    assert!(page.has("#name-error"));
}

#[on_all]
fn names_of_people_appear_as_the_text_that_they_are(app: &App) {
    let name = "<script>alert(1)</script> & \"A\" '</title>";
    let id = person("anna").create(app);
    let browser = app.browser();
    let fill = [Fill::Field("display_name", name)];
    let page = browser.get(&path(id)).expect(200).press("Save", &fill).expect(200);
    assert_eq!(page.said(), format!("Saved {name} (anna)"));
    let anna = app.browser_of(id);
    for page in [page, browser.get("/people/history"), browser.get(&path(id)), anna.get("/account")] {
        assert!(!page.expect(200).has("body script"));
    }
}
