//! "With Webitel" in the README, and `docs/webitel.md`: each line for a shell is carried out, by somebody who attaches
//! a Webitel system with nothing else at hand.

use std::io::Write;
use std::process::{Command, Stdio};

use support::attached::WEBITEL;
use support::process::*;

const README: &str = include_str!("../../README.md");
const DOCUMENT: &str = include_str!("../../docs/webitel.md");

/// The lines for a shell, in their order.
fn lines(text: &str) -> String {
    let (mut lines, mut is_inside) = (String::new(), false);
    for line in text.lines() {
        match line.trim() {
            "```sh" => is_inside = true,
            "```" => is_inside = false,
            line if is_inside => lines += &format!("{line}\n"),
            _ => (),
        }
    }
    lines
}

/// A PostgreSQL as a Webitel system has it, whose administrator is called `opensips`.
fn webitel() -> Cluster {
    let cluster = Cluster::start();
    let mut root = Database::of(&cluster).session();
    root.execute("CREATE ROLE opensips LOGIN SUPERUSER");
    root.execute("CREATE ROLE webitel_owner LOGIN");
    root.execute("CREATE DATABASE webitel OWNER webitel_owner");
    as_role(&cluster, "opensips").session().execute(WEBITEL);
    cluster
}

fn as_role(cluster: &Cluster, role: &str) -> Database {
    Database::at(&format!("postgres://{role}@127.0.0.1:{}/webitel", cluster.port))
}

/// Runs lines for a shell without a terminal, and returns what they print.
#[track_caller]
fn run(cluster: &Cluster, lines: &str) -> String {
    let server = "queue-hooks serve --listen 127.0.0.1:0 >served & until grep -q http:// served; do sleep 0.1; done; kill $!; cat served";
    let lines = lines
        .replace("@db.example", &format!("@127.0.0.1:{}", cluster.port))
        .replace("webitel attach", "webitel attach --yes")
        .replace("webitel detach", "webitel detach --yes")
        .replace("queue-hooks serve", server);
    let programs =
        [binary(), postgres_program("psql")].map(|program| program.parent().expect("a folder").display().to_string());
    let path = format!("{}:{}", programs.join(":"), std::env::var("PATH").unwrap_or_default());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut shell = Command::new("setsid");
    shell.args(["--wait", "bash", "-euxc", &lines]).env("PATH", path).env_remove("DATABASE_URL").current_dir(&folder);
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut shell = shell.spawn().expect("bash is installed");
    // What is asked for is a password.
    shell.stdin.take().expect("a pipe").write_all(b"PASSWORD\nPASSWORD\n").expect("the shell reads");
    let ended = shell.wait_with_output().expect("an end");
    let (said, errors) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{said}\n{errors}");
    said.into_owned()
}

#[test]
fn who_follows_them_attaches_and_detaches() {
    let cluster = webitel();
    let (_, section) = README.split_once("## With Webitel").expect("a section of the README");
    let section = lines(section.split_once("\n## ").expect("its end").0);
    assert_eq!(section.lines().count(), 8, "{section}");
    let said = run(&cluster, &section);
    for part in ["Domain 1 can be attached.", "Attached to domain 1.", "Queue Hooks: open http://", "Detached."] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }

    let anna = "printf 'four words are enough\\n' | DATABASE_URL='postgres://queue_hooks@db.example/webitel' \
                queue-hooks person add anna --preset viewer --password-stdin\nqueue-hooks webitel user anna 11";
    let document = lines(DOCUMENT).replace("queue-hooks webitel user anna 11", anna);
    assert!(document.lines().count() >= 13, "{document}");
    let said = run(&cluster, &document);
    for part in ["Attached to domain 1.", "Attached to domain 2.", "anna\tWebitel user 11", "People and history stay"] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    // What the last line left.
    assert!(as_role(&cluster, "queue_hooks").run(&["person", "list"]).well().output.starts_with("anna\t"));
    // And what the document says of a dump.
    as_role(&cluster, "opensips").session().execute("CREATE DATABASE copy");
    let place = "postgres://opensips@db.example";
    run(&cluster, &format!("pg_dump {place}/webitel | psql --quiet --set=ON_ERROR_STOP=1 {place}/copy"));
    let at = |role: &str| Database::at(&as_role(&cluster, role).url.replace("/webitel", "/copy"));
    at("opensips").run(&["webitel", "attach", "--domain", "1", "--user", "12", "--yes"]).well();
    assert!(at("queue_hooks").run(&["person", "list"]).well().output.starts_with("anna\t"));
}
