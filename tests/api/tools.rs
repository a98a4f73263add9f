//! The programs of others that try the API.

use std::path::PathBuf;
use std::process::Command;

/// One from the environment that `make setup` fills from `tests/api/requirements.txt`.
pub fn program(name: &str) -> Command {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "target/api-tools/bin", name].iter().collect();
    assert!(path.exists(), "{} is not there: run `make setup`, which needs the network once", path.display());
    Command::new(path)
}

/// Runs it in a folder of its own, and fails with what it said.
#[track_caller]
pub fn run(command: &mut Command) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ended = command.current_dir(folder.path()).output().expect("it starts");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(ended.status.success(), "{}\n{}", said(&ended.stdout), said(&ended.stderr));
}
