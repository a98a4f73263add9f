//! `queue-hooks token`: what programs show to the API, from the terminal of the machine.

use support::process::*;

fn with_anna(database: &Database) {
    database.migrate();
    database.let_in("anna", "editor");
}

fn listed(database: &Database) -> Vec<String> {
    database.run(&["token", "list", "anna"]).well().output.lines().map(str::to_owned).collect()
}

/// What a server answers to a request with this token.
fn status(server: &Server, method: &str, token: &str) -> u16 {
    let body = br#"{"name": "A", "type": 1}"#;
    let headers = [("X-Webitel-Access", token), ("Content-Type", "application/json")];
    server.stranger().request(method, "/api/call_center/queues", &headers, body).status
}

#[on_both]
fn a_token_is_printed_alone_works_at_once_and_is_removed(database: &Database) {
    with_anna(database);
    let made = database.run(&["token", "add", "Anna", "--name", "Nightly", "--expires", "2w"]).well();
    assert_eq!(made.errors, "", "a script reads the token alone");
    let token = made.output.strip_suffix('\n').expect("a line");
    assert!(token.starts_with("qh_") && token.len() == 35 && !token.contains('\n'), "{token}");
    let viewer = database.run(&["token", "add", "anna", "--name", "Watch", "--preset", "viewer"]).well().output;
    let viewer = viewer.trim();

    let server = database.serve();
    assert_eq!([status(&server, "GET", token), status(&server, "POST", token)], [200, 200]);
    assert_eq!([status(&server, "GET", viewer), status(&server, "POST", viewer)], [200, 403]);
    let lines = listed(database);
    let columns: Vec<Vec<&str>> = lines.iter().map(|line| line.split('\t').collect()).collect();
    assert_eq!(
        columns.iter().map(|line| line[..2].to_vec()).collect::<Vec<_>>(),
        [["Watch", "Viewer"], ["Nightly", "Editor"]]
    );
    assert!(columns.iter().all(|line| line.len() == 4 && line[2].starts_with("until 2")), "{lines:?}");
    assert!(!lines.concat().contains(token));

    let removed = database.run(&["token", "remove", "anna", "--name", "Nightly"]).well();
    assert_eq!((removed.output.as_str(), removed.errors.as_str()), ("", "Removed the token Nightly of anna (anna).\n"));
    assert_eq!(status(&server, "GET", token), 401);
    let again = database.run(&["token", "remove", "anna", "--name", "Nightly"]).sentence();
    assert!(again.ends_with("anna (anna) has no token with this name."), "{again}");
    let (log, _) = server.last_words();
    assert!(!log.concat().contains(&token[3..]) && !log.concat().contains(&viewer[3..]), "{log:#?}");
    let journal =
        database.lines("SELECT author || ': ' || action || ' ' || about AS line FROM people_journal ORDER BY id");
    let journal: Vec<_> = journal.iter().filter(|line| line.contains("token")).map(String::as_str).collect();
    let at = |what: &str| format!("Command line: {what}");
    assert_eq!(journal, [at("add-token Nightly"), at("add-token Watch"), at("remove-token Nightly")]);
}

#[on_both]
fn what_cannot_be_is_told_in_a_sentence(database: &Database) {
    with_anna(database);
    let add = |more: &[&str]| database.run(&[&["token", "add", "anna"], more].concat());
    add(&["--name", "Taken"]).well();
    assert!(add(&["--name", "Taken"]).sentence().contains("There is a token with this name."));
    assert!(add(&["--name", " "]).sentence().ends_with("Type a name."));
    assert!(add(&["--name", &"x".repeat(101)]).sentence().ends_with("A name has at most 100 characters."));
    for command in [&["add", "boris", "--name", "A"][..], &["list", "boris"], &["remove", "boris", "--name", "A"]] {
        let said = database.run(&[&["token"], command].concat()).sentence();
        assert!(said.contains("boris"), "{said}");
    }
    for expires in ["0", "0d", "367d", "53w", "-1d", "d", "1y", "1.5d", "99999999999w", ""] {
        let said = add(&["--name", "Other", &format!("--expires={expires}")]).failed();
        assert!(said.contains("from 1d to 366d, or weeks as 12w"), "{expires}: {said}");
    }
    assert_eq!(listed(database).len(), 1);
    for (name, expires) in [("a", "1"), ("b", "366d"), ("c", "52w")] {
        add(&["--name", name, "--expires", expires]).well();
    }
    assert_eq!(listed(database).len(), 4);
}

#[on_both]
fn a_token_that_cannot_be_printed_is_not_kept(database: &Database) {
    with_anna(database);
    let full = Program::behind("exec >/dev/full", &["token", "add", "anna", "--name", "Lost"]);
    let said = full.env("DATABASE_URL", &database.url).run().sentence();
    assert!(said.contains("Standard output cannot be written"), "{said}");
    assert_eq!(listed(database), [""; 0]);
}

#[on_both]
fn a_token_that_is_over_is_listed_as_such(database: &Database) {
    with_anna(database);
    database.run(&["token", "add", "anna", "--name", "Old"]).well();
    database.session().execute("UPDATE tokens SET expires_at = '2020-01-01 00:00:00'");
    assert_eq!(listed(database), ["Old\tEditor\tover since 2020-01-01 00:00\tnever used"]);
}
