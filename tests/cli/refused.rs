//! A database that cannot be used: every command says so in one sentence, without the password.

use std::net::TcpListener;
use std::time::Duration;

use support::process::*;

/// What each command says about a database URL; the same sentence.
#[track_caller]
fn said_of(url: &str) -> String {
    let ended = |arguments: &[&str]| Program::new(arguments).env("DATABASE_URL", url).run().sentence();
    let said = ended(&["migrate"]);
    assert_eq!(ended(&["--listen", "127.0.0.1:0"]), said);
    assert_eq!(ended(&["export"]), said);
    said
}

#[test]
fn an_unknown_scheme_is_refused() {
    for url in ["mysql://somebody:secret@127.0.0.1/x", "postgress://somebody:secret@h/x", "queue-hooks.db"] {
        let ended = Program::new(&["migrate"]).env("DATABASE_URL", url).run();
        let said = ended.failed();
        assert!(said.contains("must begin with sqlite://, postgres:// or postgresql://"), "{said}");
    }
}

#[test]
fn an_unknown_scheme_on_the_command_line_is_refused() {
    let said = Program::new(&["migrate", "--database-url", "mysql://somebody:secret@127.0.0.1/x"]).run().failed();
    assert!(said.contains("must begin with sqlite://, postgres:// or postgresql://"), "{said}");
}

#[test]
fn a_sqlite_url_without_a_file_is_refused() {
    for url in ["sqlite://", "sqlite://a?mode=memory"] {
        let said = Program::new(&["migrate"]).env("DATABASE_URL", url).run().failed();
        assert!(said.contains("must name a file"), "{said}");
    }
}

#[test]
fn an_unreachable_server_is_told() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let said = said_of(&format!("postgres://somebody:secret@127.0.0.1:{free}/x"));
    assert!(said.contains(&format!("127.0.0.1:{free}/x")) && said.contains("Connection refused"), "{said}");
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = silent.local_addr().expect("an address").port();
    let url = format!("postgres://somebody:secret@127.0.0.1:{port}/x");
    let (said, took) = timed(|| Program::new(&["migrate"]).env("DATABASE_URL", &url).run().sentence());
    assert!(said.contains("timeout") || said.contains("does not answer"), "{said}");
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn an_unknown_host_is_told() {
    let said = said_of("postgres://somebody:secret@nowhere.invalid/x");
    assert!(said.contains("nowhere.invalid"), "{said}");
}

#[test]
fn a_database_that_the_server_does_not_have_is_told() {
    let here = Database::postgres().url;
    let (base, _) = here.rsplit_once('/').expect("a URL with a database");
    let said = said_of(&format!("{base}/nobody_made_this"));
    assert!(said.contains("nobody_made_this") && said.contains("does not exist"), "{said}");
}

#[test]
fn a_wrong_password_is_told_and_not_repeated() {
    let cluster = Cluster::start_with(&["host all all 127.0.0.1/32 scram-sha-256"], "");
    let url = |password: &str| cluster.url.replace("postgres@", &format!("postgres:{password}@"));
    let said = said_of(&url("secret"));
    assert!(said.contains("password authentication failed"), "{said}");
    let said = said_of(&cluster.url);
    assert!(said.contains("password"), "{said}");
    Program::new(&["migrate"]).env("DATABASE_URL", &url("right")).run().well();
}

#[test]
fn a_server_url_that_cannot_be_read_is_told_without_its_password() {
    for url in [
        "postgres://somebody:secret@[::1/x",
        "postgres://somebody:secret@[::1/x?sslmode=require",
        "postgres://somebody@127.0.0.1/x?secret",
        "postgres://somebody:secret%ZZ@127.0.0.1/x",
        "postgres://somebody:secret@127.0.0.1:port/x",
        "postgres://somebody:secret@127.0.0.1/x?sslmode=maybe",
        "postgres://somebody:secret@127.0.0.1/x?unheard=of",
        "postgres://127.0.0.1:1/x?user=somebody&password=secret",
    ] {
        let said = said_of(url);
        assert!(said.contains("127.0.0.1") || said.contains("::1"), "{said}");
    }
}

#[test]
fn a_folder_where_nothing_can_be_written_is_told() {
    for path in ["/proc/queue-hooks.db", "/no/such/folder/queue-hooks.db"] {
        for arguments in [&["migrate"][..], &["import", "-"], &["--listen", "127.0.0.1:0"]] {
            let said = Program::new(arguments).env("DATABASE_URL", &format!("sqlite://{path}")).run().sentence();
            assert!(said.contains(path) && said.contains("cannot be opened"), "{said}");
        }
    }
}

/// Every command that has nothing to do where there is no database.
const OF_A_DATABASE: [&[&str]; 6] = [
    &["export"],
    &["person", "list"],
    &["person", "add", "anna", "--preset", "viewer", "--password-stdin"],
    &["person", "set-password", "anna", "--password-stdin"],
    &["person", "disable", "anna"],
    &["person", "enable", "anna"],
];

#[test]
fn only_some_commands_create_a_database() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let is_empty = || std::fs::read_dir(folder.path()).expect("the folder").next().is_none();
    for arguments in OF_A_DATABASE {
        let said = Program::new(arguments).folder(folder.path()).input(PASSWORD).run().sentence();
        assert!(said.contains("There is no database sqlite://queue-hooks.db"), "{said}");
        assert!(said.contains("--database-url") && said.contains("queue-hooks migrate"), "{said}");
        assert!(is_empty(), "{arguments:?}");
    }
    for arguments in [&["migrate"][..], &["import", "-"]] {
        Program::new(arguments).folder(folder.path()).run().well();
        assert!(!is_empty(), "{arguments:?}");
        std::fs::remove_file(folder.path().join("queue-hooks.db")).expect("a database");
    }
}

#[on_both]
fn only_some_commands_make_tables(database: &Database) {
    database.session();
    for arguments in OF_A_DATABASE {
        let said = database.run_with(arguments, PASSWORD).sentence();
        assert!(said.contains("it has no tables of Queue Hooks") && said.contains("queue-hooks migrate"), "{said}");
    }
    database.migrate();
    assert_eq!(database.export(), "");
}

#[test]
fn a_path_that_is_a_folder_is_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let said = said_of(&format!("sqlite://{}", folder.path().display()));
    assert!(said.contains(&*folder.path().to_string_lossy()), "{said}");
}

#[test]
fn a_file_that_is_no_database_is_told_and_kept() {
    let database = Database::sqlite();
    let letter = "Dear database,\nthis is a letter.\n".repeat(500);
    std::fs::write(database.file(), &letter).expect("a file");
    let said = said_of(&database.url);
    assert!(said.contains("not a database"), "{said}");
    assert_eq!(std::fs::read_to_string(database.file()).expect("the file"), letter);
}

#[test]
fn a_damaged_database_is_told() {
    let database = Database::sqlite().with(CENTRE);
    let mut bytes = std::fs::read(database.file()).expect("the file");
    bytes[100..].fill(0xA5);
    std::fs::write(database.file(), bytes).expect("the file");
    let said = said_of(&database.url);
    assert!(said.contains("malformed") || said.contains("damaged"), "{said}");
}

#[test]
fn another_programs_database_is_left_alone() {
    let database = Database::sqlite();
    database.session().execute("CREATE TABLE queues (name TEXT); INSERT INTO queues VALUES ('theirs')");
    for arguments in [&["migrate"][..], &["import", "-"], &["export"], &["--listen", "127.0.0.1:0"]] {
        let said = database.run(arguments).sentence();
        assert!(said.contains("cannot be used"), "{said}");
    }
    assert_eq!(database.lines("SELECT name AS line FROM queues"), ["theirs"]);
    assert_eq!(database.number("SELECT count(*) AS number FROM sqlite_schema WHERE name IN ('hooks', 'journal')"), 0);
}

#[test]
fn a_file_to_import_that_is_not_there_is_told_before_a_database_is_made() {
    let database = Database::sqlite();
    let said = database.run(&["import", "/no/such/file.jsonl"]).sentence();
    assert!(said.contains("/no/such/file.jsonl") && said.contains("No such file"), "{said}");
    assert!(!database.file().exists());
}

#[test]
fn a_folder_to_import_is_told() {
    let database = Database::sqlite();
    let said = database.run(&["import", "/tmp"]).sentence();
    assert!(said.contains("directory"), "{said}");
}

#[test]
fn an_export_that_cannot_be_written_says_so() {
    let database = Database::sqlite().with(DEMONSTRATION);
    let said = Program::behind("exec >/dev/full", &["export"]).env("DATABASE_URL", &database.url).run().sentence();
    assert!(said.contains("No space left"), "{said}");
}
