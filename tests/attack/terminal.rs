//! What the terminal shows of what others wrote: no name and no password of a database URL, and nothing that tells the
//! terminal what to do.

use support::process::*;

/// The sentence of each command about a URL.
#[track_caller]
fn said_of(url: &str) -> String {
    let migrate = Program::new(&["migrate"]).env("DATABASE_URL", url).run().sentence();
    assert_eq!(Program::new(&["export", "--database-url", url]).run().sentence(), migrate);
    migrate
}

#[test]
fn no_part_of_a_name_or_password_in_a_url_is_printed() {
    let marks = ["?", "/", "#", "@", ":", "%3F", "%40", "?user=", "/?x=", "@h/", "@h:1/", "#?/@"];
    for mark in marks {
        for place in ["127.0.0.1:1/x", "127.0.0.1:1/x?sslmode=disable", "nowhere.invalid"] {
            let said = said_of(&format!("postgres://anybody:hidden{mark}word@{place}"));
            for part in ["anybody", "hidden", "word@"] {
                assert!(!said.contains(part), "{part} of {mark} at {place}: {said}");
            }
        }
        let said = said_of(&format!("postgres://any{mark}body:hidden@127.0.0.1:1/x"));
        assert!(!said.contains("hidden") && !said.contains("body"), "{mark}: {said}");
    }
    for url in [
        "postgres://anybody:hidden",
        "postgres://anybody:hidden/x",
        "postgres://127.0.0.1:1/x?user=anybody&password=hidden",
    ] {
        let said = said_of(url);
        assert!(!said.contains("anybody:") && !said.contains("hidden"), "{said}");
    }
}

#[test]
fn a_raw_question_mark_is_part_of_the_password_as_psql_takes_it() {
    let cluster = Cluster::start_with(&["host all all 127.0.0.1/32 scram-sha-256"], "");
    let url = |info: &str| cluster.url.replace("postgres@", &format!("{info}@"));
    let right = url("postgres:right");
    Database::at(&right).session().execute("CREATE ROLE anybody LOGIN SUPERUSER PASSWORD 'a?b#c=d&e'");
    Program::new(&["migrate"]).env("DATABASE_URL", &url("anybody:a?b#c=d&e")).run().well();
    let said = said_of(&url("anybody:a?b#c=wrong"));
    assert!(said.contains("password authentication failed") && !said.contains("anybody"), "{said}");
}

#[on_both]
fn names_do_not_tell_the_terminal_what_to_do(database: &Database) {
    database.import(CENTRE).well();
    let names =
        ["\\u001b]0;title\\u0007", "\\u009b31m", "\\u202egnp.exe", "a\\u001b[2Kb", "\\r\\nqueue-hooks: all is well"];
    for name in names {
        let schema = |id: i64| {
            format!(
                "{{\"flow_schema\":{{\"id\":{id},\"name\":\"x{name}y\",\"type\":\"service\",\"editor\":false,\"schema\":[]}}}}\n"
            )
        };
        let kind = format!("{{\"{name}\":1}}\n{{\"queue\":{{\"{name}\":1}}}}\n");
        let said = database.import(schema(8) + &schema(9) + &kind).failed();
        let unseen = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!said.contains(unseen), "{said:?}");
        assert!(
            said.lines().all(|line| line == "Correct the file and import it again"
                || line.starts_with("queue-hooks: Nothing was imported")
                || line.starts_with("line ")),
            "{said}"
        );
    }
    database.session().execute("UPDATE people SET display_name = 'Test\u{1b}[31m\u{202e}er'");
    let listed = database.run(&["person", "list"]).well().output;
    assert!(!listed.contains(['\u{1b}', '\u{202e}']) && listed.contains("Test\\u{1b}[31m\\u{202e}er"), "{listed:?}");
    let said = database.run(&["person", "disable", "\u{1b}[31m"]).failed();
    assert!(!said.contains('\u{1b}'), "{said:?}");
}
