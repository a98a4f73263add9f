//! A client that openapi-python-client makes from the document does the whole life of a hook.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use support::process::*;

use crate::tools::{program, run};

/// The folder with the client, which is made once for both databases, from the document of whichever server comes
/// first.
fn client(server: &Server) -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated-client");
        std::fs::create_dir_all(&folder).expect("a folder");
        let (document, settings) = (folder.join("openapi.json"), folder.join("settings.json"));
        std::fs::write(&document, server.stranger().get("/api/openapi.json").expect(200).body).expect("a file");
        // It would be formatted, which nobody needs who does not read it.
        std::fs::write(&settings, r#"{"post_hooks": []}"#).expect("a file");
        run(program("openapi-python-client")
            .args(["generate", "--meta", "none", "--overwrite", "--fail-on-warning", "--path"])
            .arg(document)
            .arg("--config")
            .arg(settings)
            .arg("--output-path")
            .arg(folder.join("queue_hooks")));
        expect_names_of_document(&folder);
        folder
    })
}

/// Each class has the name of a schema. The generator makes names up for what has none.
#[track_caller]
fn expect_names_of_document(folder: &Path) {
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).expect("a file");
    let document: serde_json::Value = serde_json::from_str(&read("openapi.json")).expect("JSON");
    let models = read("queue_hooks/models/__init__.py");
    let classes = models.split_once("__all__").expect("the names of the classes").1.split('"').skip(1).step_by(2);
    let unknown: Vec<_> = classes.clone().filter(|name| document["components"]["schemas"][name].is_null()).collect();
    assert!(classes.count() > 20 && unknown.is_empty(), "{unknown:?}");
}

#[on_both]
fn a_client_that_was_generated_does_the_whole_life_of_a_hook(database: &Database) {
    database.let_in("anna", "administrator");
    database.import(CENTRE).well();
    let token = database.run(&["token", "add", "anna", "--name", "Generated"]).well().output;
    let server = database.serve();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/generated_client.py");
    run(program("python")
        .arg(script)
        .env("PYTHONPATH", client(&server))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SERVER", format!("http://{}", server.address))
        .env("TOKEN", token.trim()));
    let state = "CASE WHEN enabled THEN 'on' ELSE 'off' END";
    let hooks = database.lines(&format!(
        "SELECT id || ' ' || event || ' ' || schema_id || ' ' || {state} AS line FROM hooks ORDER BY id"
    ));
    assert_eq!(hooks, ["1 missed 2 off"]);
    let journal = database.lines(
        "SELECT action || ' ' || subject_id || ' ' || author AS line FROM journal WHERE subject = 'hook' ORDER BY id",
    );
    let expected =
        ["add 1", "add 2", "disable 1", "edit 1", "remove 2", "remove 1", "restore 1", "restore 2", "remove 2"];
    assert_eq!(journal, expected.map(|entry| format!("{entry} anna (anna)")));
    database.expect_sound();
}
