//! `queue-hooks serve`, and the program without a command.

use std::sync::Barrier;

use support::process::*;

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
    let types: std::collections::BTreeSet<_> = page.texts("tbody td:nth-child(3)").into_iter().collect();
    assert_eq!(types.len(), 10, "{types:?}");
    let hooks = page.texts("tbody td.number");
    assert!(hooks.iter().any(|hooks| hooks.starts_with("137, ")), "{hooks:?}");
    server.stop();
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn a_database_in_memory_takes_changes() {
    let server = Program::new(&["--demo", ANY_PORT[0], ANY_PORT[1]]).serve();
    let browser = server.guest();
    let page = browser.get(HOOKS).expect(200);
    let button = page.all("[role=switch]")[0].attr("aria-label").expect("a name");
    let before = page.all("[role=switch]")[0].attr("aria-checked").expect("a state");
    if before == "true" {
        let after = page.press(button, &[]).expect(200);
        assert_eq!(after.all("[role=switch]")[0].attr("aria-checked"), Some("false"));
    }
    assert!(page.has("[role=switch]"));
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
    let warned = |arguments: &[&str]| warned(arguments, "--public-url");
    assert!(warned(&["--listen", "0.0.0.0:0"]));
    assert!(warned(&["--listen", "0.0.0.0:0", "--public-url", "http://hooks.example"]));
    assert!(!warned(&["--listen", "0.0.0.0:0", "--public-url", "https://hooks.example"]));
    assert!(!warned(&ANY_PORT));
}

#[test]
fn it_warns_when_all_visitors_seem_to_come_from_the_proxy() {
    let warned = |arguments: &[&str]| warned(&[&ANY_PORT, arguments].concat(), "--trusted-proxy");
    assert!(warned(&["--public-url", "https://hooks.example"]));
    assert!(!warned(&["--public-url", "https://hooks.example", "--trusted-proxy", "127.0.0.1"]));
    assert!(!warned(&["--public-url", "http://hooks.example"]));
    assert!(!warned(&[]));
}

/// Whether a demonstration warns of something when it starts.
fn warned(arguments: &[&str], of: &str) -> bool {
    let server = Program::new(&[&["--demo"], arguments].concat()).serve();
    // What is warned of is said before the first answer.
    let port = server.address.port();
    Browser::new(([127, 0, 0, 1], port).into()).request("GET", "/sign-in", &[], b"");
    server.logged().iter().any(|line| line.contains("WARN") && line.contains(of))
}

#[test]
fn a_public_url_or_proxy_that_is_none_is_refused() {
    let no_hosts = ["hooks.example", "ftp://hooks.example", "https://", "https://a@b", "//x"];
    let no_paths = ["/a//b", "/../a", "/a/.", "/a%2fb", "/a b", "/a?b", "/a#b", "//", "/\u{e4}", "/a;b"];
    for url in
        no_hosts.map(str::to_owned).into_iter().chain(no_paths.map(|path| format!("https://hooks.example{path}")))
    {
        let said = Program::new(&["--demo", "--public-url", &url]).run().failed();
        assert!(said.contains("--public-url"), "{said}");
    }
    for destination in ["10.0.0.0/33", "https://crm.internal", "10.0.0.0/8,,", "0x7f.1"] {
        let said = Program::new(&["--demo", "--destinations", destination]).run().failed();
        assert!(said.contains("--destinations"), "{said}");
    }
    for proxy in ["nonsense", "10.0.0.0/33", "proxy.example"] {
        let said = Program::new(&["--demo", "--trusted-proxy", proxy]).run().failed();
        assert!(said.contains("--trusted-proxy"), "{said}");
    }
}

/// Fills in the page of the set-up link.
const FIRST: [Fill; 3] =
    [Fill::Field("name", "anna"), Fill::Field("display_name", "Anna"), Fill::Field("password", PASSWORD)];

#[on_both]
fn with_nobody_it_prints_a_link_that_makes_the_first_administrator_once(database: &Database) {
    let server = database.serve();
    let link = server.link();
    assert!(link.starts_with("/set-up?link="), "{link}");
    let (first, second) = (server.stranger(), server.stranger());
    let [page, late] = [&first, &second].map(|browser| browser.get(&link).expect(200));
    assert_eq!(page.text("h1"), "Create the first administrator");
    assert_eq!(page.press("Create and sign in", &FIRST).expect(200).text("h1"), "Queues");
    first.get("/people").expect(200);
    late.send("Create and sign in", &FIRST).expect(403);
    for browser in [&first, &second, &server.stranger()] {
        browser.get(&link).expect(403);
    }
    assert_eq!(database.number("SELECT count(*) AS number FROM people"), 1);
    server.stop();
    let again = database.serve();
    again.stranger().get(&link).expect(403);
    let (printed, _) = again.last_words();
    assert_eq!(printed, [""; 0], "no link any more");
}

#[on_both]
fn each_start_with_nobody_prints_a_link_and_one_of_them_works(database: &Database) {
    let links: Vec<_> = (0..2)
        .map(|_| {
            let server = database.serve();
            let link = server.link();
            server.stranger().get("/sign-in").expect(200);
            server.stop();
            link
        })
        .collect();
    assert_ne!(links[0], links[1]);
    let server = database.serve();
    let browser = server.stranger();
    browser.get(&links[0]).expect(200).press("Create and sign in", &FIRST).expect(200);
    for link in [&links[1], &server.link()] {
        server.stranger().get(link).expect(403);
    }
}

#[test]
fn the_link_of_the_demonstration_signs_in_once_and_no_look_ahead_uses_it_up() {
    let server = Program::new(&["--demo", ANY_PORT[0], ANY_PORT[1]]).serve();
    let link = server.link();
    assert!(link.starts_with("/sign-in?link="), "{link}");
    let ahead = server.stranger();
    for method in ["HEAD", "GET"] {
        ahead.request(method, &link, &[], b"").expect(200);
        assert_eq!(ahead.cookie("queue-hooks-session"), None);
    }
    let browser = server.stranger();
    let page = browser.get(&link).expect(200);
    assert_eq!(page.press("Sign in", &[]).expect(200).text("h1"), "Queues");
    assert_eq!(browser.get("/account").expect(200).texts("dl dd")[1..], ["Demonstration", "Administrator"]);
    for late in [&server.stranger(), &ahead] {
        late.request("GET", &link, &[], b"").expect(403);
        assert_eq!(late.cookie("queue-hooks-session"), None);
    }
    assert_eq!(browser.get("/account").expect(200).text("h1"), "Your account", "nobody was signed out by that");
}

/// A double click: both answers let the person in, whichever the browser shows. Nobody else comes in by that.
#[test]
fn the_link_of_the_demonstration_may_be_sent_twice_by_one_browser() {
    let server = Program::new(&["--demo", ANY_PORT[0], ANY_PORT[1]]).serve();
    let link = server.link();
    let secret = link.split_once('=').expect("a secret").1;
    let [browser, other] = [(); 2].map(|()| server.stranger());
    let (token, start) = (browser.token(), Barrier::new(2));
    let cookie = browser.cookie("queue-hooks-token").expect("a cookie");
    std::thread::scope(|scope| {
        let clicks = [(); 2].map(|()| {
            let click = server.stranger();
            click.set_cookie("queue-hooks-token", &cookie);
            let (token, start) = (&token, &start);
            scope.spawn(move || {
                start.wait();
                let sent = click.post_raw("/sign-in", &[("token", token), ("link", secret)]).status;
                (sent, click.request("GET", "/account", &[], b"").status)
            })
        });
        assert_eq!(clicks.map(|click| click.join().expect("an answer")), [(303, 200); 2]);
    });
    let token = other.token();
    other.post_raw("/sign-in", &[("token", &token), ("link", secret)]).expect(403);
}

#[test]
fn no_password_opens_the_demonstration() {
    let server = Program::new(&["--demo", ANY_PORT[0], ANY_PORT[1]]).serve();
    for password in ["", "demo", "password", PASSWORD] {
        assert_eq!(sign_in(&server.stranger(), "demo", password), 422);
    }
}

#[test]
fn a_public_https_url_locks_the_cookies_and_the_name() {
    let database = Database::sqlite().with(CENTRE);
    database.let_in("anna", "viewer");
    let arguments = ["--listen", "127.0.0.1:0", "--public-url", "https://hooks.example"];
    let server = Program::new(&arguments).env("DATABASE_URL", &database.url).serve();
    let browser = server.stranger();
    let cookies = |page: &Page| -> Vec<String> {
        let cookies = page.headers.get_all("set-cookie").iter();
        cookies.map(|cookie| cookie.to_str().expect("a cookie of ASCII").to_owned()).collect()
    };
    let door = browser.request("GET", "/sign-in", &[("host", "hooks.example")], b"").expect(200);
    let entered = door.send("Sign in", &[Fill::Field("name", "anna"), Fill::Field("password", PASSWORD)]).expect(303);
    let all = [cookies(&door), cookies(&entered)].concat();
    assert!(all.iter().any(|cookie| cookie.starts_with("__Host-queue-hooks-session-")), "{all:?}");
    for cookie in &all {
        for part in ["__Host-", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    for (host, status) in [
        ("hooks.example", 200),
        ("HOOKS.example:443", 200),
        ("evil.example", 421),
        ("hooks.example.evil.example", 421),
        ("hooks.example:8080", 421),
    ] {
        browser.request("GET", HOOKS, &[("host", host)], b"").expect(status);
    }
    // The cookie of a page without https is another one.
    let plain = server.stranger();
    plain.set_cookie("queue-hooks-session", &browser.cookie("__Host-queue-hooks-session").expect("a session"));
    plain.request("GET", HOOKS, &[], b"").expect(303);
}

#[test]
fn the_set_up_link_is_one_of_the_public_url() {
    let database = Database::sqlite();
    let arguments = ["--listen", "127.0.0.1:0", "--public-url", "https://hooks.example"];
    let server = Program::new(&arguments).env("DATABASE_URL", &database.url).serve();
    server.stranger().get("/sign-in").expect(200);
    let (printed, _) = server.last_words();
    assert!(printed.iter().any(|line| line.starts_with("https://hooks.example/set-up?link=")), "{printed:?}");
}

#[test]
fn below_a_path_cookies_say_that_they_came_over_https_and_go_nowhere_else() {
    let url = "https://desk.example/hooks";
    let server = Program::new(&["--demo", "--listen", "127.0.0.1:0", "--public-url", url]).serve();
    let browser = server.stranger();
    let page = browser.get("/hooks/sign-in").expect(200);
    let cookie = page.header("set-cookie").expect("the token's cookie");
    assert!(cookie.starts_with("__Secure-queue-hooks-token"), "{cookie}");
    assert!(cookie.contains("; Path=/hooks/") && cookie.contains("; Secure"), "{cookie}");
    let (printed, _) = server.last_words();
    assert!(printed.iter().any(|line| line.starts_with(&format!("{url}/sign-in?link="))), "{printed:?}");
}

#[on_both]
fn no_log_holds_a_password_a_token_a_cookie_or_the_secret_of_a_link(database: &Database) {
    let start = || {
        let program = Program::new(&["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
        program.env("DATABASE_URL", &database.url).env("RUST_LOG", "trace").serve()
    };
    let server = start();
    let link = server.link();
    let (wrong, unknown) = ("Tr0ub4dor-and-three", "a-password-typed-as-a-name");
    let browser = server.stranger();
    browser.get(&link).expect(200).press("Create and sign in", &FIRST).expect(200);
    browser.get(&link).expect(403);
    browser.get(&link.replace("set-up", "sign-in")).expect(403);
    let stranger = server.stranger();
    assert_eq!(sign_in(&stranger, "anna", wrong), 422);
    assert_eq!(sign_in(&stranger, unknown, wrong), 422);
    assert_eq!(sign_in(&stranger, "anna", PASSWORD), 303);
    let changed = [("current", PASSWORD), ("password", wrong)];
    browser.post("/account/password", &changed).expect(303);
    let mut secrets = vec![PASSWORD.to_owned(), PASSWORD.replace(' ', "+"), wrong.to_owned(), unknown.to_owned()];
    for browser in [&browser, &stranger] {
        for name in ["queue-hooks-session", "queue-hooks-token"] {
            secrets.push(browser.cookie(name).expect("a cookie"));
        }
        secrets.push(browser.token());
    }
    secrets.push(link.split_once('=').expect("a secret").1.to_owned());

    // A fault of ours at the moment of signing in, and a database that is away.
    let mut session = database.session();
    session.execute("CREATE UNIQUE INDEX once ON sessions (person_id)");
    assert_eq!(sign_in(&server.stranger(), "anna", wrong), 500);
    session.execute("ALTER TABLE people RENAME TO lost_people");
    assert_eq!(sign_in(&server.stranger(), "anna", wrong), 503);
    browser.get(&link).expect(503);
    let (_, log) = server.last_words();
    assert!(log.iter().any(|line| line.contains("POST /sign-in answered 500")), "{log:#?}");
    assert!(log.iter().any(|line| line.contains("POST /sign-in answered 503")), "{log:#?}");
    for secret in secrets {
        let lines: Vec<_> = log.iter().filter(|line| line.contains(&secret)).collect();
        assert_eq!(lines, [""; 0], "{secret} is logged");
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn it_keeps_memory_for_all_threads_together_unless_somebody_says_otherwise() {
    let arenas = |program: Program| {
        let server = program.serve();
        let environment = std::fs::read(format!("/proc/{}/environ", server.process.id())).expect("a process of ours");
        let environment = String::from_utf8_lossy(&environment).into_owned();
        environment.split('\0').find_map(|line| line.strip_prefix("MALLOC_ARENA_MAX=").map(str::to_owned))
    };
    let demo = || Program::new(&["--demo", ANY_PORT[0], ANY_PORT[1]]);
    assert_eq!(arenas(demo()).as_deref(), Some("2"));
    assert_eq!(arenas(demo().env("MALLOC_ARENA_MAX", "5")).as_deref(), Some("5"));
}
