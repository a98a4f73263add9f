//! Commands on PostgreSQL with a password that is kept as SCRAM: each connection computes with OpenSSL, and none may be in
//! the middle of it when the process ends.

use support::process::*;

/// By hand: `ATTACK_RUNS=500 tests/with-postgres cargo test --test attack commands`.
fn runs() -> usize {
    std::env::var("ATTACK_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(50)
}

#[test]
fn commands_end_with_their_code_and_say_nothing_else() {
    let cluster = Cluster::start_with(&["host all all 127.0.0.1/32 scram-sha-256"], "");
    let url = cluster.url.replace("postgres@", "postgres:right@");
    let run = |arguments: &[&str], input: &str| {
        Program::new(arguments).env("DATABASE_URL", &url).input(input.as_bytes()).run().well()
    };
    run(&["migrate"], "");
    run(&["import", "-"], CENTRE);
    for round in 0..runs() {
        let ended = match round % 4 {
            0 => run(&["export"], ""),
            1 => run(&["person", "list"], ""),
            2 => run(&["migrate"], ""),
            _ => run(&["import", "-"], ""),
        };
        let said = if round % 4 == 3 { "Imported 0 queues, 0 flow schemas and 0 hooks.\n" } else { "" };
        assert_eq!(ended.errors, said, "round {round}");
    }
}

#[test]
fn a_server_that_is_stopped_at_once_ends_well() {
    let cluster = Cluster::start_with(&["host all all 127.0.0.1/32 scram-sha-256"], "");
    let url = cluster.url.replace("postgres@", "postgres:right@");
    for _ in 0..runs() / 5 {
        let server = Program::new(&["serve", "--listen", "127.0.0.1:0"]).env("DATABASE_URL", &url).serve();
        // Before it answers, it does not listen to signals either.
        server.stranger().get("/sign-in").expect(200);
        server.stop();
    }
}
