//! What was typed is not lost without script either: the form comes back with it, when the session ended and when the
//! token of the form is an old one.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use queue_hooks::db::schema::flow_schemas;
use queue_hooks::flow::text::MAX_TEXT;
use queue_hooks::on_each;
use support::*;

const TEXT: &str = "[\n  {\n    \"log\": \"“typed” & <b>\\n ☎\"\n  }\n]";

/// A page with a form, what to type there, and the button that saves it.
struct Case {
    page: String,
    fill: Vec<Fill<'static>>,
}

fn cases(center: &Center) -> Vec<Case> {
    let case = |page: &str, fill: Vec<Fill<'static>>| Case { page: center.fill(page), fill };
    let person = |name| vec![Fill::Field("name", name), Fill::Field("display_name", "Typed & <b>")];
    let queue = || vec![Fill::Field("name", "Typed & <b>"), Fill::Field("type", "5")];
    let schema = |name| vec![Fill::Field("name", name), Fill::Field("type", "chat"), Fill::Field("text", TEXT)];
    vec![
        case("/contact-center/queues/new", queue()),
        case("/contact-center/queues/{queue}", queue()),
        case("/contact-center/queues/{queue}/hooks/{hook}", vec![Fill::Field("event", "leaving")]),
        case("/contact-center/queues/{queue}/hooks/new?choose_schema={schema}", vec![Fill::Field("event", "bridged")]),
        case("/routing/flow/new", schema("Typed & <b>")),
        case("/routing/flow/{schema}", schema("Typed, too")),
        case("/people/{person}", person("typed")),
        case("/people/new", [person("typed.too"), vec![Fill::Tick("right", "queues:create")]].concat()),
    ]
}

/// The form of the page has what was typed in it.
#[track_caller]
fn holds(page: &Page, fill: &[Fill]) {
    for fill in fill {
        match fill {
            Fill::Field(name, typed) => {
                let field = format!("main [name={name:?}]:is(input:not([type=checkbox]), textarea, select)");
                assert_eq!(page.value(&field).replace("\r\n", "\n"), *typed, "{name} in {}", page.body);
            }
            Fill::Tick(name, value) => assert!(page.has(&format!("[name={name:?}][value={value:?}][checked]"))),
        }
    }
}

fn with_password(page: &Page, fill: &[Fill<'static>]) -> Vec<Fill<'static>> {
    let is_new = page.path == "/people/new" || page.path == "/people";
    let password = is_new.then_some(Fill::Field("password", PASSWORD));
    fill.iter().cloned().chain(password).collect()
}

#[on_both("queues are added in Webitel")]
fn a_form_that_is_sent_after_the_session_ended_is_filled_in_again_after_signing_in(app: &App) {
    let center = center(app);
    for Case { page, fill } in cases(&center) {
        let browser = app.browser();
        sign_in_as_tester(&browser);
        let form = browser.get(&page);
        end_sessions(app);
        let before = contents(app).whoever_signs_in();
        let asked = form.send("Save", &with_password(&form, &fill)).expect(401);
        assert_eq!(asked.text("main h1"), "Sign in");
        assert!(!asked.body.contains(PASSWORD));
        // A wrong password loses nothing.
        let wrong = [Fill::Field("sign_in_name", "tester"), Fill::Field("sign_in_password", "not the password")];
        let asked = asked.send("Sign in", &wrong).expect(422);
        let right = [Fill::Field("sign_in_password", PASSWORD)];
        let again = asked.send("Sign in", &right).expect(200);
        holds(&again, &fill);
        let said = "You are signed in as Test Administrator (tester). What you typed is here and is not saved yet.";
        assert_eq!(again.text("main .conflict[role=alert]"), said);
        assert_eq!(contents(app).whoever_signs_in(), before, "signing in saves nothing");
        let saved = again.send("Save", &with_password(&again, &[])).expect(303);
        assert!(contents(app).whoever_signs_in() != before, "{page}");
        assert!(browser.follow(saved).said().contains("ed "));
        end_sessions(app);
    }
}

#[on_both("queues are added in Webitel")]
fn a_form_with_an_old_token_is_filled_in_again_with_a_new_one(app: &App) {
    let center = center(app);
    for (number, Case { page, fill }) in cases(&center).into_iter().enumerate() {
        let browser = app.browser();
        let form = browser.get(&page);
        browser.set_cookie("queue-hooks-token", &format!("{number}f").repeat(16));
        let before = contents(app);
        let again = form.send("Save", &with_password(&form, &fill)).expect(403);
        holds(&again, &fill);
        assert!(!again.body.contains(PASSWORD));
        assert!(
            again.text("main .conflict[role=alert]").ends_with("You are signed in as Test Administrator (tester).")
        );
        assert_eq!(contents(app), before);
        again.send("Save", &with_password(&again, &[])).expect(303);
        assert!(contents(app) != before, "{page}");
    }
}

#[test]
fn the_forms_of_the_door_are_shown_again_too() {
    let app = App::start(Backend::Sqlite);
    let browser = app.stranger();
    let page = browser.get("/sign-in?next=/people");
    browser.set_cookie("queue-hooks-token", &"0f".repeat(16));
    let fill = [Fill::Field("name", "tester"), Fill::Field("password", PASSWORD)];
    // Another tab may have brought another token; without any, the form comes back.
    let signed = page.send("Sign in", &fill).expect(303);
    let again = app.stranger();
    let again = again.post_raw("/sign-in", &[("token", &"0".repeat(64)), ("name", "tester")]).expect(403);
    assert_eq!(again.value("#name"), "tester");
    assert_eq!(signed.header("location"), Some("/people"));
    let account = browser.get("/account");
    browser.set_cookie("queue-hooks-token", &"1f".repeat(16));
    let fill = [Fill::Field("current", PASSWORD), Fill::Field("password", "another four words")];
    let again = account.send("Change password", &fill).expect(403);
    again.send("Change password", &fill).expect(303);
}

#[test]
fn somebody_else_who_signs_in_saves_nothing_of_it_and_may_not_even_see_it_without_the_right() {
    let app = App::start(Backend::Sqlite);
    person("vera").create(&app);
    let (browser, id) = (app.browser(), queue().create(&app));
    let form = browser.get(&format!("/contact-center/queues/{id}"));
    end_sessions(&app);
    let asked = form.send("Save", &[Fill::Field("name", "Typed")]).expect(401);
    let vera = [Fill::Field("sign_in_name", "vera"), Fill::Field("sign_in_password", PASSWORD)];
    let refused = asked.send("Sign in", &vera).expect(403);
    assert!(refused.body.contains("Your rights do not cover this"));
    assert_eq!(browser.get("/contact-center/queues").expect(200).texts("tbody th a"), ["Inbound support"]);
    assert!(browser.get("/contact-center/queues").body.contains("The vera"));
}

#[on_all]
fn a_text_as_long_as_it_may_be_is_held_to_the_last_character_in_any_alphabet(app: &App) {
    let browser = app.browser();
    let long = |letters: &str| {
        let text = format!("[{{\"log\":\"{}\"}}]", letters.repeat((MAX_TEXT - 20) / letters.len()));
        format!("{text}{}", "\n".repeat(MAX_TEXT - text.len()))
    };
    for (name, text) in [("Cyrillic", long("Щ")), ("Emoji", long("☎😀")), ("Lines", long(" "))] {
        sign_in_as_tester(&browser);
        let form = browser.get("/routing/flow/new");
        end_sessions(app);
        let fill = [Fill::Field("name", name), Fill::Field("text", &text)];
        let asked = form.send("Save", &fill).expect(401);
        let tester = |password| [Fill::Field("sign_in_name", "tester"), Fill::Field("sign_in_password", password)];
        let asked = asked.send("Sign in", &tester("wrong")).expect(422);
        let again = asked.send("Sign in", &tester(PASSWORD)).expect(200);
        holds(&again, &fill);
        // Its page with a fault carries it on as well.
        lose_journal(app);
        let failed = again.send("Save", &[]).expect(503);
        find_journal(app);
        failed.send("Try again", &[]).expect(303);
        let stored = write(app, |conn| {
            let of_name = flow_schemas::table.filter(flow_schemas::name.eq(name));
            of_name.select(flow_schemas::schema).first::<String>(conn)
        });
        assert!(stored == text, "{name}");
        end_sessions(app);
    }
}

#[on_all]
fn an_empty_form_is_not_held(app: &App) {
    let stranger = app.stranger();
    // A switch has nothing to hold either.
    let answer = stranger.post("/contact-center/queues/1/state", &[("enabled", "true")]).expect(303);
    assert_eq!(answer.header("location"), Some("/sign-in"));
    stranger.request("POST", "/contact-center/queues", &[], b"").expect(303);
    stranger.request("POST", "/routing/flow", &[("content-length", "0")], b"").expect(303);
}

#[on_all]
fn what_cannot_be_held_is_told_and_not_sent_away(app: &App) {
    let stranger = app.stranger();
    let too_much = "x".repeat((4 << 20) + 1);
    for path in ["/routing/flow", "/contact-center/queues", "/people"] {
        let told = stranger.post_parts(path, &[("text", &too_much)], None).expect(413);
        assert_eq!(told.text("main h1"), "That is too much at once");
        assert!(
            told.text("main .error").contains("sign in in another tab, then go back from this page and send less.")
        );
        assert_eq!(told.attr("main a[target=_blank]", "href"), "/sign-in");
        stranger.request("POST", path, &[("content-type", "application/json")], b"{}").expect(415);
    }
    stranger.post_parts("/routing/flow", &[("text", &too_much["text ".len()..])], None).expect(401);
}

/// What the page of a form that could not be held says: it came too slowly, or too many came at once.
#[on_all]
fn reloading_sends_what_could_not_be_held_once_more(app: &App) {
    let browser = app.browser();
    let form = browser.get("/routing/flow/new");
    let token = form.value("main [name=token]");
    end_sessions(app);
    // In another tab.
    sign_in_as_tester(&browser);
    let fields = [("token", &*token), ("name", "Typed"), ("type", "chat"), ("text", TEXT)];
    let again = browser.post_parts("/routing/flow", &fields, None).expect(403);
    holds(&again, &[Fill::Field("name", "Typed"), Fill::Field("text", TEXT)]);
    assert!(again.text("main .conflict[role=alert]").contains("You are signed in as Test Administrator (tester)."));
    again.send("Save", &[]).expect(303);
}

#[on_both("names and types of queues are changed in Webitel")]
fn what_failed_after_signing_in_again_is_carried_on_and_saved_only_from_its_form(app: &App) {
    let center = center(app);
    let browser = app.browser();
    let page = center.fill("/contact-center/queues/{queue}");
    let fill = [Fill::Field("name", "Typed & <b>"), Fill::Field("type", "5")];
    let form = browser.get(&page);
    end_sessions(app);
    let before = contents(app).whoever_signs_in();
    let asked = form.send("Save", &fill).expect(401);
    let rename = |from: &str, to: &str| execute(app, &format!("ALTER TABLE {from} RENAME TO {to}"));
    rename("queues", "lost_queues");
    let tester = [Fill::Field("sign_in_name", "tester"), Fill::Field("sign_in_password", PASSWORD)];
    let failed = asked.send("Sign in", &tester).expect(503);
    // Again and again, and the session may end once more.
    let failed = failed.send("Try again", &[]).expect(503);
    rename("lost_queues", "queues");
    end_sessions(app);
    let asked = failed.send("Try again", &[]).expect(401);
    rename("queues", "lost_queues");
    let failed = asked.send("Sign in", &tester).expect(503);
    rename("lost_queues", "queues");
    // Without a valid token it is shown as well, and for another reason.
    let resumed = [("resumed", "yes"), ("token", "0"), ("name", "Forged"), ("type", "1")];
    browser.post_raw(&page, &resumed).expect(403);
    let again = failed.send("Try again", &[]).expect(200);
    holds(&again, &fill);
    let said = "You are signed in as Test Administrator (tester). What you typed is here and is not saved yet.";
    assert_eq!(again.text("main .conflict[role=alert]"), said);
    assert_eq!(contents(app).whoever_signs_in(), before, "nothing is saved before its person says so");
    lose_journal(app);
    let failed = again.send("Save", &[]).expect(503);
    find_journal(app);
    failed.send("Try again", &[]).expect(303);
    assert_eq!(browser.get(&page).value("#name"), "Typed & <b>");
}

#[test]
fn what_failed_can_be_sent_again_as_it_was() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let file = app.url.strip_prefix("sqlite://").expect("a file");
    let form = browser.get("/contact-center/queues/new");
    lose_journal(&app);
    let failed = form.send("Save", &[Fill::Field("name", "Typed & <b>"), Fill::Field("type", "1")]).expect(503);
    find_journal(&app);
    failed.send("Try again", &[]).expect(303);
    let page = browser.get("/contact-center/queues");
    assert_eq!(page.texts("tbody th a"), ["Typed & <b>"]);
    // Nobody even knows who it is.
    let form = browser.get("/routing/flow/new");
    let away =
        |from: &str, to: &str| std::fs::rename(format!("{file}{from}"), format!("{file}{to}")).expect("it moves");
    away("", "-away");
    let failed = form.send("Save", &[Fill::Field("name", "Typed"), Fill::Field("text", TEXT)]).expect(503);
    away("-away", "");
    failed.send("Try again", &[]).expect(303);
    assert_eq!(browser.get("/routing/flow").texts("tbody th a"), ["Typed"]);
    // With a wrong token there is nothing to send again: nobody knows who wrote it.
    lose_journal(&app);
    let failed = browser.post_raw("/contact-center/queues", &[("name", "Forged"), ("type", "1")]).expect(403);
    assert!(!failed.has_control("Try again"));
}

fn sign_in_as_tester(browser: &Browser) {
    let page = browser.get("/sign-in");
    if page.path.starts_with("/sign-in") {
        page.send("Sign in", &[Fill::Field("name", "tester"), Fill::Field("password", PASSWORD)]).expect(303);
    }
}

fn execute(app: &App, sql: &str) {
    write(app, |conn| on_each!(conn, c => c.batch_execute(sql)));
}
