//! What `contrib/` says about the program is so: its commands, variables and folders; and what the program says about
//! itself to shells and to `man`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use support::process::*;

const UNIT: &str = include_str!("../../contrib/systemd/queue-hooks.service");
const DOCKERFILE: &str = include_str!("../../contrib/docker/Dockerfile");
const COMPOSE: &str = include_str!("../../contrib/docker/compose.yaml");
const SERVICE: &str = include_str!("../../docs/service.md");

/// The values of a setting that a file has on lines of their own.
fn values<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.lines().filter_map(|line| line.trim().strip_prefix(before)).collect()
}

/// Serves with these variables, in a folder that stands for that of the file.
#[track_caller]
fn serves(arguments: &[&str], variables: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let here = format!("sqlite://{}", folder.path().display());
    let mut program = Program::new(arguments);
    for variable in variables {
        let (name, value) = variable.split_once('=').expect("NAME=VALUE");
        let value = value.replace("sqlite:///var/lib/queue-hooks", &here).replace(":8080", ":0");
        program = program.env(name, &value);
    }
    let server = program.env("QUEUE_HOOKS_TRUSTED_PROXY", "").serve();
    server.stranger().get("/sign-in").expect(200);
    assert!(folder.path().join("queue-hooks.db").exists(), "the database is where the file says");
}

#[test]
fn the_unit_starts_the_server_with_its_data_in_the_only_folder_that_it_may_write_in() {
    let [start] = values(UNIT, "ExecStart=")[..] else { panic!("one command") };
    let arguments: Vec<_> = start.split(' ').skip(1).chain(["--listen", "127.0.0.1:0"]).collect();
    serves(&arguments, &values(UNIT, "Environment="));
    assert_eq!(values(UNIT, "StateDirectory="), ["queue-hooks"], "this is /var/lib/queue-hooks");
}

#[test]
fn the_image_starts_the_server_with_its_data_in_its_volume() {
    let [command] = values(DOCKERFILE, "CMD ")[..] else { panic!("one command") };
    let arguments: Vec<String> = serde_json::from_str(command).expect("a list");
    serves(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), &values(DOCKERFILE, "ENV "));
    assert_eq!(values(DOCKERFILE, "VOLUME "), ["/var/lib/queue-hooks"]);
}

#[test]
fn variables_of_compose_that_nobody_sets_count_as_not_set() {
    let database = Database::postgres();
    let mut program = Program::new(&["serve", "--listen", "127.0.0.1:0"]).env("DATABASE_URL", &database.url);
    let of_program: BTreeMap<_, _> = COMPOSE.lines().filter_map(|line| line.trim().split_once(": ")).collect();
    let unset: Vec<_> = of_program.iter().filter(|(_, value)| value.ends_with(":-}")).collect();
    assert!(unset.len() > 1, "{unset:?}");
    for (name, _) in unset {
        program = program.env(name, "");
    }
    program.serve().stranger().get("/sign-in").expect(200);
}

/// Every file that the documents name is there.
#[test]
fn the_documents_name_files_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named: Vec<_> = SERVICE.split([' ', '`', '\n']).filter(|word| word.starts_with("contrib/")).collect();
    let files = named.iter().filter(|name| name.contains('.') && **name != "contrib/docker/.env");
    let missing: Vec<_> = files.filter(|name| !root.join(name).exists()).collect();
    assert!(named.len() > 5 && missing.is_empty(), "{missing:?}");
}

#[test]
fn a_shell_completes_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = Program::new(&["completions", shell]).run().well().output;
        for word in ["serve", "import", "public-url", "set-password"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let script = Program::new(&["completions", "bash"]).run().well().output;
    let asks = "COMP_WORDS=(queue-hooks per); COMP_CWORD=1; _queue__hooks queue-hooks per queue-hooks; echo \"${COMPREPLY[@]}\"";
    let bash = Command::new("bash").args(["-c", &format!("{script}\n{asks}")]).stderr(Stdio::inherit()).output();
    assert_eq!(String::from_utf8_lossy(&bash.expect("bash").stdout).trim(), "person");
    assert!(Program::new(&["completions", "abacus"]).run().failed().contains("bash"));
}

#[test]
fn each_command_has_a_manual_page() {
    let page = Program::new(&["man"]).run().well().output;
    assert!(page.contains(".TH queue-hooks 1") && page.contains("QUEUE_HOOKS_PUBLIC_URL"), "{page}");
    for command in [&["import"][..], &["person", "add"], &["completions"]] {
        let page = Program::new(&[&["man"], command].concat()).run().well().output;
        let name = command.join("\\-");
        assert!(page.contains(&format!("queue\\-hooks\\-{name}")), "{command:?}: {page}");
    }
    let said = Program::new(&["man", "nonsense"]).run().sentence();
    assert!(said.contains("There is no command “nonsense”"), "{said}");
}
