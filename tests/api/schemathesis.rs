//! What others find: Schemathesis sends what fits the document and what does not, and compares the answers with it.

use std::path::Path;

use support::process::*;

use crate::tools::{program, run};

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
