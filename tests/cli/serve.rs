//! `queue-hooks serve`, and the program without a command.

use std::net::TcpListener;

use crate::process::*;

const ANY_PORT: [&str; 2] = ["--listen", "127.0.0.1:0"];

#[test]
fn serve_prints_the_address_to_open() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Program::new(&["serve", ANY_PORT[0], ANY_PORT[1]]).folder(folder.path()).serve();
    assert_eq!(server.announced, format!("Queue Hooks: open http://{}/ (Ctrl+C stops it)\n", server.address));
    assert_eq!(server.stranger().get("/").expect(200).text("h1"), "Sign in");
}

#[test]
fn without_a_command_it_serves_a_new_database_in_the_current_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Program::new(&ANY_PORT).folder(folder.path()).serve();
    server.stranger().get("/sign-in").expect(200);
    let files: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").flatten().collect();
    let mut names: Vec<_> = files.iter().map(|file| file.file_name().into_string().expect("UTF-8")).collect();
    names.retain(|name| !name.starts_with("queue-hooks.db-"));
    assert_eq!(names, ["queue-hooks.db"]);
}

#[test]
fn a_server_that_ended_well_leaves_everything_in_the_one_file() {
    let (database, copy) = (Database::sqlite().with(CENTRE), Database::sqlite());
    let server = database.serve();
    let browser = server.browser();
    let fill = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];
    browser.get(&format!("{HOOKS}/new")).press("Save", &fill).expect(200);
    server.stop();
    std::fs::copy(database.file(), copy.file()).expect("a copy");
    assert_eq!(copy.number("SELECT count(*) AS number FROM hooks"), 1);
}

#[test]
fn it_starts_while_somebody_else_writes() {
    let database = Database::sqlite().with(CENTRE);
    let mut holder = database.session();
    holder.execute("BEGIN IMMEDIATE");
    let server = database.serve();
    server.browser().get(HOOKS).expect(200);
}

#[test]
fn what_was_stored_is_there_after_a_restart() {
    let database = Database::sqlite().with(CENTRE);
    for hooks in 0..2 {
        let server = database.serve();
        let browser = server.browser();
        let page = browser.get(HOOKS).expect(200);
        assert_eq!(page.all("tbody tr").len(), hooks);
        let fill = [Fill::Field("event", "joined"), Fill::Field("schema", "1")];
        let added = browser.get(&format!("{HOOKS}/new")).send("Save", &fill);
        assert_eq!(added.status, if hooks == 0 { 303 } else { 422 });
        server.stop();
    }
}

#[test]
fn the_demonstration_has_queues_of_all_types_and_many_hooks_and_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Program::new(&["serve", "--demo", ANY_PORT[0], ANY_PORT[1]]).folder(folder.path()).serve();
    let browser = server.guest();
    let page = browser.get("/contact-center/queues?size=1000").expect(200);
    let types: std::collections::BTreeSet<_> = page.texts("tbody td:nth-child(2)").into_iter().collect();
    assert_eq!(types.len(), 10, "{types:?}");
    let hooks = page.texts("tbody td:nth-child(3)");
    assert!(hooks.iter().any(|hooks| hooks == "137"), "{hooks:?}");
    server.stop();
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn a_database_in_memory_takes_changes() {
    let server = Program::new(&["--demo", ANY_PORT[0], ANY_PORT[1]]).serve();
    let browser = server.guest();
    let page = browser.get(HOOKS).expect(200);
    let button = page.all("button.switch")[0].attr("aria-label").expect("a name");
    let before = page.all("button.switch")[0].attr("aria-checked").expect("a state");
    if before == "true" {
        let after = page.press(button, &[]).expect(200);
        assert_eq!(after.all("button.switch")[0].attr("aria-checked"), Some("false"));
    }
    assert!(page.has("button.switch"));
}

#[test]
fn the_environment_says_where_to_listen_and_which_database() {
    let database = Database::sqlite().with(CENTRE);
    let server = Program::new(&[])
        .env("QUEUE_HOOKS_LISTEN", "localhost:0")
        .env("DATABASE_URL", &database.url)
        .folder(&database.beside(""))
        .serve();
    assert!(server.address.ip().is_loopback());
    assert_eq!(server.browser().get("/contact-center/queues").expect(200).texts("tbody th"), ["Inbound support"]);
}

#[test]
fn the_command_line_wins_over_the_environment() {
    let (wanted, other) = (Database::sqlite().with(CENTRE), Database::sqlite());
    let lines =
        Program::new(&["export", "--database-url", &wanted.url]).env("DATABASE_URL", &other.url).run().well().output;
    assert_eq!(lines, CENTRE);
    assert!(!other.file().exists(), "the other one is left alone");
}

#[test]
fn help_explains_every_command_and_option() {
    let help = Program::new(&["--help"]).run().well().output;
    for command in ["serve", "migrate", "import", "export"] {
        explains(&help, command);
        let of_command = Program::new(&[command, "--help"]).run().well().output;
        explains(&of_command, "--database-url <URL>");
        assert!(of_command.contains("postgres://"), "{of_command}");
    }
    for option in ["--listen <HOST:PORT>", "--database-url <URL>", "--demo", "--help", "--version"] {
        explains(&help, option);
    }
    for name in ["QUEUE_HOOKS_LISTEN", "DATABASE_URL", "127.0.0.1:8080", "sqlite://queue-hooks.db", "sqlite::memory:"] {
        assert!(help.contains(name), "{name} in {help}");
    }
}

/// The help has a line that begins with a name and says something about it.
#[track_caller]
fn explains(help: &str, name: &str) {
    let line = help
        .lines()
        .find(|line| line.trim_start().trim_start_matches("-h, ").trim_start_matches("-V, ").starts_with(name));
    let words = line.and_then(|line| line.split_once(name)).map(|(_, said)| said.split_whitespace().count());
    assert!(words >= Some(2), "{name} in {help}");
}

#[test]
fn help_shows_no_password_from_the_environment() {
    let help = Program::new(&["--help"]).env("DATABASE_URL", "postgres://somebody:secret@127.0.0.1/x").run().well();
    assert!(!help.output.contains("secret"), "{}", help.output);
}

#[test]
fn it_listens_to_the_world_and_warns_when_that_is_not_over_https() {
    let warned = |arguments: &[&str]| {
        let server = Program::new(&[&["--demo"], arguments].concat()).serve();
        // What is warned of is said before the first answer.
        let port = server.address.port();
        Browser::new(([127, 0, 0, 1], port).into()).request("GET", "/sign-in", &[], b"");
        server.logged().iter().any(|line| line.contains("WARN") && line.contains("--public-url"))
    };
    assert!(warned(&["--listen", "0.0.0.0:0"]));
    assert!(warned(&["--listen", "0.0.0.0:0", "--public-url", "http://hooks.example"]));
    assert!(!warned(&["--listen", "0.0.0.0:0", "--public-url", "https://hooks.example"]));
    assert!(!warned(&ANY_PORT));
}

#[test]
fn a_public_url_or_proxy_that_is_none_is_refused() {
    for url in
        ["hooks.example", "ftp://hooks.example", "https://hooks.example/path", "https://", "https://a@b", "", "//x"]
    {
        let said = Program::new(&["--demo", "--public-url", url]).run().failed();
        assert!(said.contains("--public-url"), "{said}");
    }
    for proxy in ["nonsense", "10.0.0.0/33", "proxy.example"] {
        let said = Program::new(&["--demo", "--trusted-proxy", proxy]).run().failed();
        assert!(said.contains("--trusted-proxy"), "{said}");
    }
}

#[test]
fn an_address_that_is_none_is_refused() {
    for address in ["nonsense", "127.0.0.1", "127.0.0.1:99999", "", ":"] {
        let said = Program::new(&["serve", "--demo", "--listen", address]).run().sentence();
        assert!(said.contains("--listen") && said.contains("not an address to listen on"), "{said}");
    }
}

#[test]
fn a_taken_port_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let said = Program::new(&["--listen", &address]).folder(folder.path()).run().sentence();
    assert!(said.contains(&address) && said.contains("in use") && said.contains("--listen"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0, "it made nothing");
}
