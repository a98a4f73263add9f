//! `queue-hooks person`: people, from the terminal of the machine.

use std::time::Duration;

use support::process::*;

/// Everybody, as `list` tells: name, display name, access and rights, with tabs between them.
fn listed(database: &Database) -> Vec<String> {
    database.run(&["person", "list"]).well().output.lines().map(str::to_owned).collect()
}

/// Adds somebody with this name and password.
#[track_caller]
fn add(database: &Database, name: &str, password: &str) -> Ended {
    database.migrate();
    database.run_with(&["person", "add", name, "--preset", "viewer", "--password-stdin"], password)
}

/// What is said of somebody who cannot be added; nobody is there afterwards.
#[track_caller]
fn refused(database: &Database, name: &str, password: &str) -> String {
    let said = add(database, name, password).sentence();
    assert_eq!(listed(database), [""; 0], "{said}");
    said
}

/// What the journal says of people.
fn journal(database: &Database) -> Vec<String> {
    let entries = "SELECT author || ': ' || action || ' ' || person || ' from ' || address AS line \
                   FROM people_journal ORDER BY id";
    database.lines(entries)
}

/// Whether a session is let in.
fn is_in(browser: &Browser) -> bool {
    browser.request("GET", "/account", &[], b"").status == 200
}

#[on_both]
fn people_are_added_and_listed_by_name(database: &Database) {
    database.migrate();
    let add = |name: &str, preset: &str, more: &[&str]| {
        let arguments = [&["person", "add", name, "--preset", preset, "--password-stdin"], more].concat();
        database.run_with(&arguments, PASSWORD).well()
    };
    let zoe = add("zoe", "administrator", &["--display-name", "  Zoë   Zimmer "]);
    assert_eq!((zoe.output.as_str(), zoe.errors.as_str()), ("", "Added Zoë Zimmer (zoe).\n"));
    add("Anna", "viewer", &[]);
    add("m.e-d+1@x_y", "editor", &[]);
    database.run(&["person", "disable", "anna"]).well();
    assert_eq!(
        listed(database),
        [
            "anna\tanna\tdisabled\tViewer",
            "m.e-d+1@x_y\tm.e-d+1@x_y\tenabled\tEditor",
            "zoe\tZoë Zimmer\tenabled\tAdministrator",
        ]
    );
}

#[on_both]
fn who_was_added_signs_in_to_a_running_server_and_is_out_when_disabled(database: &Database) {
    database.let_in("boss", "administrator");
    let server = database.serve();
    assert_eq!(sign_in(&server.stranger(), "anna", PASSWORD), 422, "nobody has that name yet");
    database.let_in("anna", "viewer");
    let browser = server.signed_in("anna");
    assert!(is_in(&browser));
    database.run(&["person", "disable", "ANNA"]).well();
    assert!(!is_in(&browser));
    assert_eq!(sign_in(&server.stranger(), "anna", PASSWORD), 422);
    database.run(&["person", "enable", "anna"]).well();
    assert!(!is_in(&browser), "the session ended for good");
    assert!(is_in(&server.signed_in("anna")));
}

#[on_both]
fn another_password_ends_the_sessions_and_replaces_the_first(database: &Database) {
    database.let_in("anna", "administrator");
    let server = database.serve();
    let browser = server.signed_in("anna");
    let another = "another four words";
    let ended = database.run_with(&["person", "set-password", "anna", "--password-stdin"], another).well();
    assert_eq!((ended.output.as_str(), ended.errors.as_str()), ("", "Set the password of anna (anna).\n"));
    assert!(!is_in(&browser));
    assert_eq!(sign_in(&server.stranger(), "anna", PASSWORD), 422);
    assert_eq!(sign_in(&server.stranger(), "anna", another), 303);
}

#[on_both]
fn the_journal_says_that_it_was_the_command_line(database: &Database) {
    database.let_in("anna", "administrator");
    database.let_in("boris", "viewer");
    database.run_with(&["person", "set-password", "boris", "--password-stdin"], "another four words").well();
    let said = ["disable", "disable", "enable", "enable"];
    let said = said.map(|command| database.run(&["person", command, "boris"]).well().errors);
    assert_eq!(
        said,
        [
            "Disabled boris (boris).\n",
            "boris (boris) is disabled already.\n",
            "Enabled boris (boris).\n",
            "boris (boris) is enabled already.\n",
        ]
    );
    assert_eq!(
        journal(database),
        [
            "Command line: add anna (anna) from ",
            "Command line: add boris (boris) from ",
            "Command line: set-password boris (boris) from ",
            "Command line: disable boris (boris) from ",
            "Command line: enable boris (boris) from ",
        ]
    );
    let server = database.serve();
    let anna = server.signed_in("anna");
    let history = anna.get("/people/history?action=add").expect(200);
    assert_eq!(history.texts("tbody td:nth-child(2)"), ["Command line", "Command line"]);
}

#[on_both]
fn a_password_that_is_not_good_enough_is_refused_and_nothing_stored(database: &Database) {
    let said = |password: &str| refused(database, "anna.antonova", password);
    assert!(said("").contains("Type a password"));
    assert!(said("eleven char").contains("at least 12 characters"));
    for long in
        ["x".repeat(129), "ab".repeat(5000), "\u{1f511}".repeat(129), "x".to_owned() + &"\u{1f511}".repeat(1000)]
    {
        let said = said(&long);
        assert!(said.contains("at most 128 characters"), "{said}");
    }
    for common in ["passwordpassword", "PasswordPassword", "123456789012", "abababababab", "Password2024!"] {
        let said = said(common);
        assert!(said.contains("tried first") || said.contains("12 characters"), "{common}: {said}");
    }
    for own in ["anna.antonova", "Anna.Antonova", "anna.antonova123", "!!ANNA.ANTONOVA"] {
        let said = said(own);
        assert!(said.contains("not the name"), "{own}: {said}");
    }
    database.let_in("anna", "administrator");
    let before = database.lines("SELECT password AS line FROM people");
    let short = database.run_with(&["person", "set-password", "anna", "--password-stdin"], "short").sentence();
    assert!(short.contains("at least 12 characters"), "{short}");
    assert_eq!(database.lines("SELECT password AS line FROM people"), before);
}

#[on_both]
fn every_character_of_a_password_counts_but_the_end_of_its_line(database: &Database) {
    let passwords = [
        " leading and trailing ".to_owned(),
        "tab\tand \"quotes\" and \\".to_owned(),
        "nul\0in the middle".to_owned(),
        "\u{1f511}\u{1f512}\u{1f513}".repeat(42) + "!!",
        "пароль из слов".to_owned(),
    ];
    database.let_in("boss", "administrator");
    let server = database.serve();
    for (number, password) in passwords.iter().enumerate() {
        let (name, end) = (format!("person-{number}"), if number % 2 == 0 { "" } else { "\r" });
        add(database, &name, &format!("{password}{end}")).well();
        assert_eq!(sign_in(&server.stranger(), &name, password), 303, "{password:?}");
        assert_eq!(
            sign_in(&server.stranger(), &name, password.trim()),
            if password.trim() == password { 303 } else { 422 }
        );
    }
}

#[on_both]
fn only_the_first_line_is_the_password(database: &Database) {
    add(database, "anna", &format!("{PASSWORD}\nand something else")).well();
    database.let_in("boss", "administrator");
    let server = database.serve();
    assert!(is_in(&server.signed_in("anna")));
}

#[on_both]
fn a_name_that_could_be_mistaken_is_refused(database: &Database) {
    for name in [
        "",
        " ",
        "anna antonova",
        "anna\nroot",
        "anna\tx",
        "anna\u{7f}",
        "анна",
        "аnna",
        "ann\u{430}",
        "a\u{301}nna",
        "an\u{200b}na",
        "\u{202e}anna",
        "ａｎｎａ",
        "anna/..",
        "anna:x",
        "<b>",
        "anna;",
        "'",
        &"a".repeat(65),
    ] {
        let said = refused(database, name, PASSWORD);
        assert!(said.contains("letters a to z") || said.contains("Type a name"), "{name:?}: {said}");
    }
    for display_name in ["", " ", "Anna\nroot", "Anna\u{202e}", "Anna\u{200b}", "\u{1b}[31mAnna", &"a".repeat(101)] {
        let arguments =
            ["person", "add", "anna", "--preset", "viewer", "--password-stdin", "--display-name", display_name];
        let said = database.run_with(&arguments, PASSWORD).sentence();
        assert!(said.contains("display name"), "{display_name:?}: {said}");
        assert_eq!(listed(database), [""; 0]);
    }
}

#[on_both]
fn a_name_that_somebody_has_is_refused(database: &Database) {
    database.let_in("anna", "administrator");
    for name in ["anna", "Anna", " ANNA "] {
        let said = add(database, name, "another four words").sentence();
        assert!(said.contains("Somebody else has this name"), "{said}");
    }
    assert_eq!(listed(database), ["anna\tanna\tenabled\tAdministrator"]);
    assert_eq!(database.serve().signed_in("anna").get("/people").expect(200).text("h1"), "People");
}

#[on_both]
fn somebody_whom_nobody_knows_is_told(database: &Database) {
    database.migrate();
    for command in ["disable", "enable"] {
        let said = database.run(&["person", command, "nobody"]).sentence();
        assert!(said.contains("nobody with the name nobody"), "{said}");
    }
    let said = database.run_with(&["person", "set-password", "nobody", "--password-stdin"], PASSWORD).sentence();
    assert!(said.contains("nobody with the name nobody"), "{said}");
    let said = database.run(&["person", "disable", "no\u{1b}[31mbody"]).sentence();
    assert!(said.contains("letters a to z") && !said.contains('\u{1b}'), "{said}");
    assert_eq!(journal(database), [""; 0]);
}

#[on_both]
fn the_last_who_manages_people_stays(database: &Database) {
    database.let_in("anna", "administrator");
    database.let_in("boris", "editor");
    let said = database.run(&["person", "disable", "anna"]).sentence();
    assert!(said.contains("Nobody else manages people"), "{said}");
    database.let_in("carla", "administrator");
    database.run(&["person", "disable", "anna"]).well();
    database.run(&["person", "disable", "carla"]).sentence();
    assert_eq!(
        listed(database),
        [
            "anna\tanna\tdisabled\tAdministrator",
            "boris\tboris\tenabled\tEditor",
            "carla\tcarla\tenabled\tAdministrator",
        ]
    );
}

#[on_both]
fn a_preset_that_there_is_not_is_refused(database: &Database) {
    database.migrate();
    for arguments in [&["--preset", "root"][..], &["--preset", ""], &[]] {
        let arguments = [&["person", "add", "anna", "--password-stdin"], arguments].concat();
        let said = database.run_with(&arguments, PASSWORD).failed();
        assert!(said.contains("--preset"), "{said}");
    }
    assert_eq!(listed(database), [""; 0]);
}

#[on_both]
fn no_password_is_stored_or_said_as_it_is(database: &Database) {
    database.migrate();
    let arguments = ["person", "add", "anna", "--preset", "administrator", "--password-stdin"];
    let ended = Program::new(&arguments)
        .env("DATABASE_URL", &database.url)
        .env("RUST_LOG", "trace")
        .input(format!("{PASSWORD}\n"))
        .run()
        .well();
    let stored = database.lines("SELECT password AS line FROM people").concat();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    let all = [ended.output, ended.errors, stored, journal(database).concat(), listed(database).concat()].concat();
    assert!(!all.contains(PASSWORD), "{all}");
    let kept = database.lines("SELECT coalesce(before, '') || coalesce(after, '') AS line FROM people_journal");
    assert!(!kept.concat().contains("argon2"), "{kept:?}");
}

#[test]
fn a_password_is_no_argument() {
    let database = Database::sqlite();
    for more in [&["--password", PASSWORD][..], &["--password-stdin", PASSWORD], &[PASSWORD]] {
        let arguments = [&["person", "add", "anna", "--preset", "viewer"], more].concat();
        let ended = database.run(&arguments);
        assert_eq!(ended.code, Some(2), "{ended:?}");
    }
    assert!(!database.file().exists(), "nothing was made");
}

#[test]
fn a_password_typed_at_the_terminal_is_not_shown() {
    let database = Database::sqlite();
    database.migrate();
    let ask = |arguments: &[&str], answers: &[(&str, &str)]| {
        let ended = Program::new(arguments).env("DATABASE_URL", &database.url).run_at_terminal(answers);
        for (_, typed) in answers {
            assert!(!ended.output.contains(typed), "{typed} in {ended:?}");
        }
        ended
    };
    let add = ["person", "add", "anna", "--preset", "administrator"];
    let differ = ask(&add, &[("Password: ", PASSWORD), ("The same again: ", "four other words")]);
    assert_eq!(differ.code, Some(1), "{differ:?}");
    assert!(differ.output.contains("two different passwords"), "{differ:?}");
    assert_eq!(listed(&database), [""; 0]);
    let added = ask(&add, &[("Password: ", PASSWORD), ("The same again: ", PASSWORD)]).well();
    assert!(added.output.contains("Added anna (anna)."), "{added:?}");
    let another = "another four words";
    ask(&["person", "set-password", "anna"], &[("Password: ", another), ("The same again: ", another)]).well();
    let server = database.serve();
    assert_eq!(sign_in(&server.stranger(), "anna", another), 303);
}

#[test]
fn without_a_terminal_it_says_how_else_to_give_the_password() {
    let database = Database::sqlite();
    database.migrate();
    let (said, took) = timed(|| {
        Program::without_terminal(&["person", "add", "anna", "--preset", "viewer"])
            .env("DATABASE_URL", &database.url)
            .input(format!("{PASSWORD}\n"))
            .run()
            .sentence()
    });
    assert!(said.contains("terminal") && said.contains("--password-stdin"), "{said}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(listed(&database), [""; 0]);
}

#[test]
fn a_password_that_is_not_utf_8_is_told() {
    let database = Database::sqlite();
    database.migrate();
    let said = Program::new(&["person", "add", "anna", "--preset", "viewer", "--password-stdin"])
        .env("DATABASE_URL", &database.url)
        .input(*b"four \xff words are enough\n")
        .run()
        .sentence();
    assert!(said.contains("standard input"), "{said}");
    assert_eq!(listed(&database), [""; 0]);
}

#[test]
fn help_explains_every_command_about_people() {
    let help = |arguments: &[&str]| Program::new(arguments).run().well().output;
    let all = help(&["person", "--help"]);
    for command in ["add", "list", "set-password", "disable", "enable"] {
        let of_command = help(&["person", command, "--help"]);
        let meaning = of_command.lines().next().expect("a sentence");
        assert!(all.lines().any(|line| line.trim_start().starts_with(command) && line.contains(meaning)), "{all}");
        assert!(of_command.contains("--database-url <URL>"), "{of_command}");
        let asks = matches!(command, "add" | "set-password");
        assert_eq!(of_command.contains("--password-stdin"), asks, "{of_command}");
        assert!(!of_command.contains("--password <"), "{of_command}");
    }
    let add = help(&["person", "add", "--help"]);
    for word in ["administrator", "editor", "viewer", "--display-name <TEXT>", "letters a to z"] {
        assert!(add.contains(word), "{word} in {add}");
    }
}
