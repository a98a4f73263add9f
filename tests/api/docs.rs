//! `docs/api.md`: each line for a shell in it is carried out, and answered as it says. So are those of the page at
//! `/api`.

use std::process::Command;

use serde_json::Value;
use support::process::*;

const TEXT: &str = include_str!("../../docs/api.md");

/// The blocks of the document in their order: what language they are in, and their text.
fn blocks() -> Vec<(&'static str, &'static str)> {
    TEXT.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n')).collect()
}

/// Whether an answer is the one that is expected, in which a string may end with … for whatever follows.
fn is_as_told(told: &Value, answer: &Value) -> bool {
    match (told, answer) {
        (Value::Object(told), Value::Object(answer)) => {
            told.len() == answer.len()
                && told.iter().all(|(name, told)| answer.get(name).is_some_and(|answer| is_as_told(told, answer)))
        }
        (Value::Array(told), Value::Array(answer)) => {
            told.len() == answer.len() && told.iter().zip(answer).all(|(told, answer)| is_as_told(told, answer))
        }
        (Value::String(told), Value::String(answer)) if told.ends_with('…') => {
            answer.starts_with(told.trim_end_matches('…'))
        }
        (told, answer) => told == answer,
    }
}

#[on_both]
fn the_life_of_a_hook_is_as_the_document_says(database: &Database) {
    database.let_in("anna", "administrator");
    database.import(CENTRE).well();
    let server = database.serve();
    let blocks = blocks();
    let lines: Vec<_> = blocks.iter().filter(|(language, _)| *language == "sh").map(|(_, text)| *text).collect();
    // A mark between blocks, by which the output of each is found.
    let script = lines.join("\nprintf '\\001'\n");
    let folder = binary().parent().expect("a folder").display().to_string();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("bash");
    shell.args(["-euc", &script]).env("PATH", path).env("DATABASE_URL", &database.url);
    let ended =
        shell.env("SERVER", format!("http://{}", server.address)).output().expect("bash and curl are installed");
    let (said, errors) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{said}\n{errors}");
    let (mut said, mut last, mut compared) = (said.split('\u{1}'), "", 0);
    for (language, text) in blocks {
        match language {
            "sh" => last = said.next().expect("an output for each block"),
            "json" => {
                let told = serde_json::from_str(text).unwrap_or_else(|cause| panic!("{cause}: {text}"));
                let answer = serde_json::from_str(last).unwrap_or_else(|cause| panic!("{cause}: {last}"));
                assert!(is_as_told(&told, &answer), "told: {told}\nanswered: {answer}");
                compared += 1;
            }
            other => panic!("a block in “{other}” is read by nobody"),
        }
    }
    assert!(compared > 8, "the document has answers");
}

#[test]
fn each_line_of_the_page_asks_for_what_there_is() {
    let database = Database::sqlite();
    database.let_in("anna", "administrator");
    database.import(CENTRE).well();
    let token = database.run(&["token", "add", "anna", "--name", "Page"]).well().output;
    let server = database.serve();
    let stranger = server.stranger();
    let page = stranger.get("/api").expect(200);
    let lines = page.texts(".operation pre");
    assert!(lines.len() > 15, "{lines:?}");
    for line in lines {
        let mut shell = Command::new("bash");
        shell.args(["-euc", &format!("{line} --silent")]).env("TOKEN", token.trim());
        let ended =
            shell.env("SERVER", format!("http://{}", server.address)).output().expect("bash and curl are there");
        let answer: Value = serde_json::from_slice(&ended.stdout).unwrap_or_else(|cause| panic!("{line}: {cause}"));
        // A line may have removed what another one asks for.
        let is_understood = answer["code"].is_null() || [404, 409].iter().any(|code| answer["code"] == *code);
        assert!(is_understood && answer["id"] != "api.context.404.app_error", "{line}: {answer}");
    }
}
