//! What others find: Schemathesis sends what fits the document and what does not, and compares the answers with it.

use std::path::{Path, PathBuf};
use std::process::Command;

use support::process::*;

/// A program of the environment that `make setup` fills from `tests/api/requirements.txt`.
fn program(name: &str) -> Command {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "target/schemathesis/bin", name].iter().collect();
    assert!(path.exists(), "{} is not there: run `make setup`, which needs the network once", path.display());
    Command::new(path)
}

/// Runs it in a folder of its own, and fails with what it said.
#[track_caller]
fn run(command: &mut Command) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ended = command.current_dir(folder.path()).output().expect("it starts");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(ended.status.success(), "{}\n{}", said(&ended.stdout), said(&ended.stderr));
}

#[on_both]
fn no_request_is_answered_in_another_way_than_the_document_says(database: &Database) {
    database.let_in("program", "administrator");
    database.import(DEMONSTRATION).well();
    let token = database.run(&["token", "add", "program", "--name", "Schemathesis"]).well().output;
    let serve = ["serve", "--listen", "127.0.0.1:0", "--api-rate", "1000000"];
    let server = Program::new(&serve).env("DATABASE_URL", &database.url).serve();
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/schemathesis.toml");
    run(program("st")
        .arg("--config-file")
        .arg(settings)
        .args(["--no-color", "run", "--warnings", "off", "--continue-on-failure", "-H"])
        .arg(format!("X-Webitel-Access: {}", token.trim()))
        .arg(format!("http://{}/api/openapi.json", server.address)));
    assert!(!server.logged().iter().any(|line| line.contains(" answered 5")), "{:?}", server.logged());
}

#[test]
fn the_document_is_one_of_openapi() {
    let database = Database::sqlite();
    database.migrate();
    let server = database.serve();
    let file = database.beside("openapi.json");
    std::fs::write(&file, server.stranger().get("/api/openapi.json").expect(200).body).expect("a file");
    run(program("openapi-spec-validator").arg(file));
}
