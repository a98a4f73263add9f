//! A PostgreSQL server that speaks TLS alone.

use support::process::*;

#[test]
fn a_server_that_wants_tls_is_served_with_it_and_refuses_to_be_without() {
    let cluster = Cluster::start_with_tls();
    let url = |mode: &str| format!("{}?sslmode={mode}", cluster.url);
    let run = |mode: &str| Program::new(&["migrate"]).env("DATABASE_URL", &url(mode)).run();

    run("require").well();
    let server = Program::new(&["--listen", "127.0.0.1:0"]).env("DATABASE_URL", &url("require")).serve();
    server.browser().get("/contact-center/queues").expect(200);
    let encrypted = "SELECT count(*) AS number FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE ssl AND pid <> pg_backend_pid() AND datname = current_database()";
    assert!(Database::of(&cluster).number(encrypted) > 0, "the server's sessions are encrypted");

    let said = run("disable").sentence();
    assert!(said.contains("no encryption"), "{said}");
    // Nobody vouches for this certificate.
    let said = run("verify-full").sentence();
    assert!(said.contains("certificate"), "{said}");
}
