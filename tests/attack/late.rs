//! What arrives too late: a change whose head came before access was taken and its body after, and somebody who signs in
//! while the password is set or access is taken.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use diesel::prelude::*;
use queue_hooks::access::journal::By;
use queue_hooks::access::password::Password;
use queue_hooks::access::people as rules;
use queue_hooks::access::rights::Preset;
use queue_hooks::db::schema::{people, sessions, sign_in_failures};
use queue_hooks::db::{Conn, now};
use queue_hooks::error::Error;
use support::*;

/// Requests whose heads arrive at once, and their bodies after something was done. Gives their statuses and where they lead.
fn late(app: &App, browser: &Browser, forms: &[Form], meanwhile: impl FnOnce()) -> Vec<(u16, String)> {
    let (address, token) = (app.address, browser.token());
    let cookie = |name| browser.cookie(name).map(|value| format!("{name}={value}")).expect("a cookie");
    let cookies = [cookie(SESSION.0), cookie("queue-hooks-token")].join("; ");
    let mut sent: Vec<(TcpStream, String)> = Vec::new();
    for form in forms {
        let body = form.body(&token);
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nCookie: {cookies}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            form.path,
            body.len()
        );
        let mut stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.write_all(head.as_bytes()).expect("the head is taken");
        sent.push((stream, body));
    }
    // Until the server has looked who sends them. Where that takes longer, the attack proves less, but does not fail.
    std::thread::sleep(Duration::from_millis(700));
    meanwhile();
    let answer = |(mut stream, body): (TcpStream, String)| {
        stream.write_all(body.as_bytes()).expect("the body is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let location = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default();
        (status, location.to_owned())
    };
    sent.into_iter().map(answer).collect()
}

/// Every form that changes something in the database.
fn forms(center: &Center) -> Vec<Form> {
    let changes = |form: &Form| form.route != "/settings" && !form.only_asks();
    let mut forms: Vec<Form> = center.forms().into_iter().filter(changes).collect();
    forms.push(Form { route: "/sign-out", path: "/sign-out".into(), fields: Vec::new() });
    forms
}

fn change(app: &App, work: impl FnOnce(&mut Conn) -> Result<(), Error>) {
    app.db.write_now(work).expect("it is done");
}

#[on_both]
fn a_change_that_began_before_access_was_taken_is_not_made(app: &App) {
    let (center, anna) = (center(app), person("anna").preset(Preset::Administrator).create(app));
    for taken in ["access", "password", "session"] {
        let browser = app.browser_of(anna);
        let forms = forms(&center);
        let mut before = None;
        let answers = late(app, &browser, &forms, || {
            change(app, |conn| match taken {
                "access" => rules::set_access(conn, anna, false, &By::command_line()).map(drop),
                "password" => rules::set_password(conn, anna, "unusable", &By::command_line()).map(drop),
                _ => rules::end_sessions(conn, anna, &By::command_line()).map(drop),
            });
            before = Some(contents(app));
        });
        for (form, (status, location)) in forms.iter().zip(answers) {
            // Where something can be typed, the sign-in page comes at once and holds it.
            let leads_to_the_door = status == 401 || status == 303 && location.starts_with("/sign-in");
            assert!(leads_to_the_door, "{taken}: {status} at {}, which leads to {location}", form.path);
        }
        assert!(before == Some(contents(app)), "{taken} was taken, and something was changed");
        change(app, |conn| rules::set_access(conn, anna, true, &By::command_line()).map(drop));
    }
}

#[on_both]
fn a_change_that_began_before_a_right_was_taken_is_not_made(app: &App) {
    let (center, anna) = (center(app), person("anna").preset(Preset::Administrator).create(app));
    let browser = app.browser_of(anna);
    let forms = forms(&center);
    let mut before = None;
    let answers = late(app, &browser, &forms, || {
        write(app, |conn| {
            let row = diesel::update(people::table.find(anna));
            row.set((people::rights.eq("queues:read"), people::updated_at.eq(now()))).execute(conn)
        });
        before = Some(contents(app));
    });
    for (form, (status, _)) in forms.iter().zip(answers) {
        assert_eq!(status, 403, "{}", form.path);
    }
    assert!(before == Some(contents(app)), "something was changed");
}

/// Many who sign in at once with the old password, while something is done to their access. Gives how many sessions last.
fn sign_in_meanwhile(app: &App, id: i64, meanwhile: impl FnOnce()) -> i64 {
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| app.stranger().post("/sign-in", &[("name", "anna"), ("password", PASSWORD)]).status);
        }
        wait_for("all of them to knock", || {
            let knocked: Vec<i64> =
                write(app, |conn| sign_in_failures::table.select(sign_in_failures::failures).load(conn));
            (knocked.iter().any(|count| *count >= 6)).then_some(())
        });
        meanwhile();
    });
    write(app, |conn| sessions::table.filter(sessions::person_id.eq(id)).count().get_result(conn))
}

#[on_both]
fn nobody_is_signed_in_with_a_password_that_was_replaced(app: &App) {
    let id = person("anna").create(app);
    let sign_in = |password: &str| app.stranger().post("/sign-in", &[("name", "anna"), ("password", password)]).status;
    for (outdated, new) in [(false, "quite another one"), (true, "and once more another")] {
        let stored = Password::new(new, "anna").expect("a good one").hash_now().expect("a hash");
        let old = if outdated { outdated_hash() } else { person_hash(app, id) };
        write(app, |conn| diesel::update(people::table.find(id)).set(people::password.eq(&old)).execute(conn));
        let lasting = sign_in_meanwhile(app, id, || {
            change(app, |conn| rules::set_password(conn, id, &stored, &By::command_line()).map(drop));
        });
        assert_eq!(lasting, 0, "sessions begun with the old password, outdated: {outdated}");
        assert_eq!(person_hash(app, id), stored, "the old password came back, outdated: {outdated}");
        write(app, |conn| diesel::delete(sign_in_failures::table).execute(conn));
        assert_eq!((sign_in(PASSWORD), sign_in(new)), (422, 303));
        write(app, |conn| diesel::delete(sessions::table).execute(conn));
        write(app, |conn| diesel::update(people::table.find(id)).set(people::password.eq(&old)).execute(conn));
    }
}

#[on_both]
fn nobody_is_signed_in_whose_access_was_taken(app: &App) {
    let id = person("anna").create(app);
    let lasting = sign_in_meanwhile(app, id, || {
        change(app, |conn| rules::set_access(conn, id, false, &By::command_line()).map(drop));
    });
    assert_eq!(lasting, 0);
    change(app, |conn| rules::set_access(conn, id, true, &By::command_line()).map(drop));
    write(app, |conn| diesel::delete(sign_in_failures::table).execute(conn));
    app.stranger().post("/sign-in", &[("name", "anna"), ("password", PASSWORD)]).expect(303);
}

#[on_both]
fn many_who_sign_in_with_an_outdated_hash_all_come_in(app: &App) {
    let id = person("anna").create(app);
    let old = outdated_hash();
    write(app, |conn| diesel::update(people::table.find(id)).set(people::password.eq(&old)).execute(conn));
    assert_eq!(sign_in_meanwhile(app, id, || ()), 8);
    assert_ne!(person_hash(app, id), old);
}

fn person_hash(app: &App, id: i64) -> String {
    write(app, |conn| people::table.find(id).select(people::password).first(conn))
}

/// [`PASSWORD`] as it would have been kept with fewer rounds and less memory.
fn outdated_hash() -> String {
    use argon2::password_hash::PasswordHasher;
    use argon2::{Algorithm, Argon2, Params, Version};
    let params = Params::new(8192, 1, 1, None).expect("valid parameters");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_with_salt(PASSWORD.as_bytes(), b"a salt of a test").expect("a hash").to_string()
}
