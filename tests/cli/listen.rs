//! Where the program listens, and options that the environment leaves empty.

use std::net::TcpListener;

use support::process::*;

#[test]
fn an_address_that_is_none_is_refused() {
    for address in ["nonsense", "127.0.0.1", "127.0.0.1:99999", "", ":", ":http", "*", "8080"] {
        let said = Program::new(&["serve", "--demo", "--listen", address]).run().sentence();
        assert!(said.contains("--listen") && said.contains("not an address to listen on"), "{said}");
        assert!(said.contains("Write HOST:PORT, or :PORT for all addresses"), "{said}");
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

#[test]
fn an_address_that_this_machine_does_not_have_is_told() {
    let said = Program::new(&["--demo", "--listen", "192.0.2.7:0"]).run().sentence();
    assert!(said.contains("192.0.2.7:0") && said.contains("--listen"), "{said}");
}

/// The program on a machine where `localhost` has these addresses.
fn with_localhost_at(addresses: [&str; 2], arguments: &[&str]) -> (Program, tempfile::NamedTempFile) {
    let hosts = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(hosts.path(), addresses.map(|address| format!("{address} localhost\n")).concat()).expect("a file");
    let bind = format!("mount --bind {} /etc/hosts", hosts.path().display());
    (Program::behind(&in_mounts_of_its_own(&bind), arguments), hosts)
}

#[test]
fn of_a_name_the_addresses_that_work_are_used_and_the_others_are_told() {
    let (program, _hosts) = with_localhost_at(["192.0.2.7", "127.0.0.1"], &["--demo", "--listen", "localhost:0"]);
    let server = program.serve();
    assert_eq!(server.address.ip().to_string(), "127.0.0.1");
    server.stranger().get("/sign-in").expect(200);
    let logged = server.logged();
    assert!(logged.iter().any(|line| line.contains("not listening on 192.0.2.7:")), "{logged:?}");
}

#[test]
fn a_free_port_is_the_same_at_all_addresses_of_a_name() {
    let (program, _hosts) = with_localhost_at(["127.0.0.2", "127.0.0.1"], &["--demo", "--listen", "localhost:0"]);
    let server = program.serve();
    let port = server.address.port();
    for address in ["127.0.0.1", "127.0.0.2"] {
        let address = format!("{address}:{port}").parse().expect("an address");
        Browser::new(address).get("/sign-in").expect(200);
    }
}

#[test]
fn a_name_of_which_one_address_is_taken_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").and_then(|taken| Ok((taken.local_addr()?.port(), taken)));
    let (port, _taken) = taken.expect("a free port");
    let listen = format!("localhost:{port}");
    let (program, _hosts) = with_localhost_at(["127.0.0.2", "127.0.0.1"], &["--demo", "--listen", &listen]);
    let said = program.run().sentence();
    assert!(said.contains(&format!("127.0.0.1:{port}")) && said.contains("in use"), "{said}");
}

#[test]
fn a_port_alone_means_all_addresses() {
    let reached = |listen: &str| {
        let server = Program::new(&["--demo", "--listen", listen]).serve();
        let port = server.address.port();
        assert!(server.announced.contains(&format!("http://localhost:{port}/ (it listens on all addresses")));
        for address in ["127.0.0.1", "127.0.0.2", "[::1]"] {
            let address = format!("{address}:{port}").parse().expect("an address");
            if address == server.address || TcpListener::bind("[::1]:0").is_ok() {
                Browser::new(address).get("/sign-in").expect(200);
            }
        }
        let logged = server.logged();
        assert!(logged.iter().any(|line| line.contains("others on the network can read")), "{logged:?}");
    };
    reached(":0");
    reached("*:0");
}

#[test]
fn a_variable_that_is_empty_is_not_set() {
    let help = Program::new(&["--help"]).run().well().output;
    for name in help.split("[env: ").skip(1).filter_map(|rest| rest.split(['=', ']']).next()) {
        assert!(VARIABLES.contains(&name), "{name} is an option: put it into this test");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let empty = |arguments: &[&str]| {
        let program = Program::new(arguments).folder(folder.path()).env("RUST_LOG", "").env("MALLOC_ARENA_MAX", "");
        VARIABLES.iter().fold(program, |program, name| program.env(name, ""))
    };
    let server = empty(&["--listen", "127.0.0.1:0"]).serve();
    server.stranger().get("/sign-in").expect(200);
    assert!(folder.path().join("queue-hooks.db").exists());
    // Also behind a command, and where another process may have the port.
    assert_eq!(empty(&["export"]).run().well().output, "");
    let said = empty(&["serve", "--database-url", "nonsense"]).run().sentence();
    assert!(said.contains("127.0.0.1:8080") || said.contains("must begin with sqlite://"), "{said}");
    let (_, logged) = server.last_words();
    assert!(logged.iter().any(|line| line.contains("INFO") && line.contains("stopping")), "{logged:?}");
}
