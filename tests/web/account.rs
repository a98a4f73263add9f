//! `/account`: one's own password and sessions.

use diesel::prelude::*;
use queue_hooks::db::schema::people_journal;
use support::*;

#[on_all]
fn one_changes_ones_own_password_and_the_other_sessions_end(app: &App) {
    let id = person("anna").create(app);
    let (here, there) = (app.browser_of(id), app.browser_of(id));
    let fill = [Fill::Field("current", PASSWORD), Fill::Field("password", "quite another one")];
    here.get("/account").expect(200);
    let (before, token) = (here.cookie(SESSION.0), here.cookie("queue-hooks-token"));
    let page = here.get("/account").expect(200).press("Change password", &fill).expect(200);
    assert_eq!(page.said(), "Your password is changed. Your other sessions are ended");
    assert_eq!(there.request("GET", "/account", &[], b"").status, 303);
    // Whoever knows what this browser had before is out, too.
    assert_ne!(here.cookie(SESSION.0), before);
    assert_ne!(here.cookie("queue-hooks-token"), token);
    let copy = app.stranger();
    copy.set_cookie(SESSION.0, &before.expect("a session"));
    assert_eq!(copy.request("GET", "/account", &[], b"").status, 303);
    app.stranger().post("/sign-in", &[("name", "anna"), ("password", PASSWORD)]).expect(422);
    app.stranger().post("/sign-in", &[("name", "anna"), ("password", "quite another one")]).expect(303);
}

#[on_all]
fn a_wrong_current_password_or_a_bad_new_one_changes_nothing(app: &App) {
    let anna = person("anna").signed_in(app);
    for (current, new, error) in [
        ("not the password", "quite another one", "current-error"),
        ("", "quite another one", "current-error"),
        (PASSWORD, "short", "password-error"),
        (PASSWORD, "1234567890123", "password-error"),
        (PASSWORD, "098765432109", "password-error"),
        (PASSWORD, "password2026!", "password-error"),
        (PASSWORD, "aaaaaaaaaaaaaaa", "password-error"),
        (PASSWORD, "anna-12345678", "password-error"),
        (PASSWORD, &"é".repeat(129), "password-error"),
    ] {
        let before = contents(app);
        let page = anna.post("/account/password", &[("current", current), ("password", new)]).expect(422);
        assert_eq!(page.one(".field-error").attr("id"), Some(error), "{new}");
        assert_eq!(contents(app), before, "{new}");
    }
}

#[on_all]
fn any_character_is_good_for_a_password(app: &App) {
    let anna = person("anna").signed_in(app);
    let mut current = PASSWORD.to_owned();
    for new in [
        "            xyz",
        "пароль из слов",
        "😀😀😀😀😀😀😀😀😀😀🙃🦀",
        "tab\tand \"quotes\" & 'more' <b>",
        "a NUL \0 in the middle",
    ] {
        let new = new.to_owned();
        anna.post("/account/password", &[("current", &current), ("password", &new)]).expect(303);
        app.stranger().post("/sign-in", &[("name", "anna"), ("password", &new)]).expect(303);
        current = new;
    }
    let longest = "𝕏1".repeat(64);
    anna.post("/account/password", &[("current", &current), ("password", &format!("{longest}y"))]).expect(422);
    let longest = format!("ab{}", &longest[.."𝕏1".len() * 63]);
    assert_eq!(longest.chars().count(), 128);
    anna.post("/account/password", &[("current", &current), ("password", &longest)]).expect(303);
    app.stranger().post("/sign-in", &[("name", "anna"), ("password", &longest)]).expect(303);
}

#[on_all]
fn guessing_the_current_password_is_throttled(app: &App) {
    let anna = person("anna").signed_in(app);
    let guess = || anna.post("/account/password", &[("current", "a guess"), ("password", "quite another one")]).status;
    assert_eq!((0..12).map(|_| guess()).collect::<Vec<_>>(), [[422; 10].as_slice(), &[429; 2]].concat());
    let refused =
        anna.post("/account/password", &[("current", PASSWORD), ("password", "quite another one")]).expect(429);
    assert!(refused.header("retry-after").is_some() && refused.text("#current-error").contains("Try again in 15 min."));
}

#[on_all]
fn one_ends_ones_own_sessions_and_nobody_elses(app: &App) {
    let id = person("anna").create(app);
    let (here, second, third) = (app.browser_of(id), app.browser_of(id), app.browser_of(id));
    let boris = person("boris").signed_in(app);
    let status = |browser: &Browser| browser.request("GET", "/account", &[], b"").status;
    let page = here.get("/account").expect(200);
    assert_eq!(page.all("tbody tr").len(), 3);
    let ids: Vec<_> = page.all("[form=session][name=id]").iter().filter_map(|b| b.attr("value")).collect();
    assert_eq!(ids.len(), 2, "this one has no button");
    here.post("/account/sessions", &[("id", ids[1])]).expect(303);
    assert_eq!((status(&second), status(&third), status(&here)), (303, 200, 200));
    for foreign in ["4711", "x", "-1", "99999999999999999999"] {
        here.post("/account/sessions", &[("id", foreign)]).expect(303);
    }
    boris.post("/account/sessions", &[("id", ids[0])]).expect(303);
    assert_eq!((status(&third), status(&boris)), (200, 200));
    let page = here.get("/account").expect(200).press("End all other sessions", &[]).expect(200);
    assert_eq!(page.said(), "1 session is ended");
    assert_eq!((status(&third), status(&here), status(&boris)), (303, 200, 200));
    let ended: i64 = write(app, |conn| {
        people_journal::table.filter(people_journal::action.eq("end-sessions")).count().get_result(conn)
    });
    assert_eq!(ended, 2);
}
