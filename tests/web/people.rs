//! `/people` and `/people/new`: who may come in, and adding somebody.

use diesel::prelude::*;
use queue_hooks::access::rights::Preset;
use queue_hooks::db::schema::people;
use support::*;

/// Name, display name and rights of everybody but the tests' administrator.
fn stored(app: &App) -> Vec<(String, String, String)> {
    write(app, |conn| {
        let rows = people::table.filter(people::name.ne("tester")).order(people::id);
        rows.select((people::name, people::display_name, people::rights)).load(conn)
    })
}

fn person_id(app: &App, name: &str) -> i64 {
    write(app, |conn| people::table.filter(people::name.eq(name)).select(people::id).first(conn))
}

fn fill(name: &str) -> [Fill<'_>; 3] {
    [Fill::Field("name", name), Fill::Field("display_name", "Anna Petrova"), Fill::Field("password", PASSWORD)]
}

#[on_all]
fn somebody_is_added_with_each_preset_and_can_sign_in(app: &App) {
    for preset in Preset::ALL {
        let name = format!("a-{}", preset.word());
        let fill = [
            Fill::Field("name", &name),
            Fill::Field("display_name", "Anna"),
            Fill::Field("password", PASSWORD),
            Fill::Tick("preset", preset.word()),
        ];
        let browser = app.browser();
        let page = browser.get("/people").expect(200).click("Add person").press("Save", &fill).expect(200);
        assert_eq!(page.said(), format!("Added Anna ({name})"));
        assert_eq!(stored(app).last().expect("somebody").2, preset.rights().words());
        app.stranger().post("/sign-in", &[("name", &name), ("password", PASSWORD)]).expect(303);
    }
}

#[on_all]
fn a_viewer_is_what_is_chosen_until_something_else_is(app: &App) {
    app.browser().get("/people/new").expect(200).press("Save", &fill("anna.p")).expect(200);
    assert_eq!(stored(app)[0].2, Preset::Viewer.rights().words());
}

#[on_all]
fn each_right_can_be_given_alone(app: &App) {
    let browser = app.browser();
    for (number, right) in queue_hooks::access::rights::Right::ALL.iter().enumerate() {
        let name = format!("a-{number}");
        let fields = [
            ("name", &*name),
            ("display_name", "A"),
            ("password", PASSWORD),
            ("preset", "own"),
            ("right", right.word()),
            ("right", "nonsense"),
        ];
        browser.post("/people", &fields).expect(303);
        assert_eq!(stored(app).last().expect("somebody").2, right.word());
    }
}

#[on_all]
fn what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(app: &App) {
    person("taken").create(app);
    let browser = app.browser();
    let long = "x".repeat(65);
    let very_long = "x".repeat(101);
    for (name, display_name, password, errors) in [
        ("", " ", "", &["name-error", "display_name-error", "password-error"][..]),
        ("taken", "Anna", PASSWORD, &["name-error"]),
        ("TAKEN", "Anna", PASSWORD, &["name-error"]),
        ("anna p", "Anna", PASSWORD, &["name-error"]),
        ("anna\0", "Anna", PASSWORD, &["name-error"]),
        ("аnna", "A Cyrillic a", PASSWORD, &["name-error"]),
        ("ａnna", "A wide a", PASSWORD, &["name-error"]),
        ("anna\u{200b}", "A space without width", PASSWORD, &["name-error"]),
        (&long, "Anna", PASSWORD, &["name-error"]),
        ("anna", "Anna\nBoris signed in", PASSWORD, &["display_name-error"]),
        ("anna", "Anna\u{202e}", PASSWORD, &["display_name-error"]),
        ("anna", "Anna\u{1b}[31m", PASSWORD, &["display_name-error"]),
        ("anna", "\u{2800}", PASSWORD, &["display_name-error"]),
        ("anna", "Anna\0", PASSWORD, &["display_name-error"]),
        ("anna", &very_long, PASSWORD, &["display_name-error"]),
        ("anna", "Anna", "eleven chrs", &["password-error"]),
        ("anna.petrova", "Anna", "Anna.Petrova1", &["password-error"]),
        ("anna", "Anna", "qwertyuiop123", &["password-error"]),
    ] {
        let before = contents(app);
        let fields = [
            ("name", name),
            ("display_name", display_name),
            ("password", password),
            ("preset", "own"),
            ("right", "queues:delete"),
        ];
        let page = browser.post("/people", &fields).expect(422);
        let found: Vec<_> = page.all(".field-error").into_iter().filter_map(|error| error.attr("id")).collect();
        assert_eq!(found, errors, "{name:?} {display_name:?}");
        assert_eq!(page.attr("#name", "value"), name.replace('\0', "\u{fffd}"));
        assert!(page.one("#password").attr("value").is_none());
        assert!(page.has("[value='queues:delete'][checked]") && page.has("[name=preset][value=own][checked]"));
        assert_eq!(page.all("[autofocus]").len(), 1, "the first bad field has the focus: {}", page.body);
        assert_eq!(contents(app), before);
    }
}

#[on_all]
fn a_name_in_capital_letters_is_kept_in_small_ones(app: &App) {
    app.browser().get("/people/new").expect(200).press("Save", &fill(" Anna.P@CRM+1 ")).expect(200);
    assert_eq!(stored(app)[0].0, "anna.p@crm+1");
}

#[on_all]
fn two_who_add_the_same_name_at_once_add_one(app: &App) {
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let add = || {
            let fields = [("name", "anna"), ("display_name", "Anna"), ("password", PASSWORD)];
            app.browser().post("/people", &fields).status
        };
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(add)).collect();
        tries.into_iter().map(|attempt| attempt.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [303, 409, 422].contains(status)), "{statuses:?}");
    assert_eq!(stored(app).len(), 1);
}

/// Nobody saw the first answer, so something was changed and saved again.
#[on_all]
fn a_form_sent_again_says_that_it_added_only_what_it_added(app: &App) {
    let browser = app.browser();
    let form = browser.get("/people/new").expect(200);
    let opens = |password| app.stranger().post("/sign-in", &[("name", "anna"), ("password", password)]).status;
    for _ in 0..2 {
        assert_eq!(form.press("Save", &fill("anna")).said(), "Added Anna Petrova (anna)");
    }
    let before = stored(app);
    let other = "another four words";
    for (again, field, sentence) in [
        (Fill::Field("password", other), "password", "This person was added before, with another password."),
        (Fill::Field("display_name", "Anna"), "name", "Somebody else has this name."),
        (Fill::Tick("preset", "editor"), "name", "Somebody else has this name."),
    ] {
        let refused = form.send("Save", &[&fill("anna")[..], &[again]].concat()).expect(422);
        assert!(refused.text(&format!("#{field}-error")).starts_with(sentence), "{}", refused.body);
    }
    assert_eq!((opens(PASSWORD), opens(other)), (303, 422));
    // Then it has another one, and a password that was is none to be found out here.
    let id = person_id(app, "anna");
    browser.post(&format!("/people/{id}/password"), &[("password", other)]).expect(303);
    for password in [PASSWORD, other] {
        form.send("Save", &[&fill("anna")[..], &[Fill::Field("password", password)]].concat()).expect(422);
    }
    assert_eq!((opens(PASSWORD), opens(other), stored(app)), (422, 303, before));
}

#[on_all]
fn people_are_searched_by_both_names_sorted_and_paged(app: &App) {
    for name in ["anna", "boris", "clara", "dora"] {
        person(name).create(app);
    }
    let browser = app.browser();
    assert_eq!(browser.get("/people?q=THE+b").expect(200).texts("tbody td:nth-child(2)"), ["boris"]);
    assert_eq!(browser.get("/people?q=ora").expect(200).texts("tbody td:nth-child(2)"), ["dora"]);
    let names = ["tester", "anna", "boris", "clara", "dora"];
    assert_eq!(browser.get("/people").expect(200).texts("tbody td:nth-child(2)"), names);
    let page = browser.get("/people?sort=-name&size=2&page=2").expect(200);
    assert_eq!(page.texts("tbody td:nth-child(2)"), ["boris", "anna"]);
    assert_eq!(browser.get("/people?q=nobody").expect(200).text(".empty h2"), "No people match");
    assert_eq!(browser.get("/people?q=%25").expect(200).text(".empty h2"), "No people match");
}
