//! When a change is acknowledged, the disk has it: what a power cut leaves is what the disk was told to keep. The server
//! runs with a `fdatasync` of the test's own, which notes each turn of the log, and fails when it is told to.

use std::path::PathBuf;

use crate::people::*;
use support::process::*;

const FDATASYNC: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int fdatasync(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path);
    if (length > 4 && !memcmp(path + length - 4, "-wal", 4)) {
        int turns = open(getenv("TURNS"), O_WRONLY | O_APPEND | O_CREAT, 0600);
        if (turns < 0 || write(turns, "x", 1) != 1) abort();
        close(turns);
        if (access(getenv("BROKEN"), F_OK) == 0) {
            errno = EIO;
            return -1;
        }
    }
    return syscall(SYS_fdatasync, file);
}
"#;

/// A disk beside a database: how often it was asked to keep the log, and whether it fails.
struct Disk {
    turns: PathBuf,
    broken: PathBuf,
}

impl Disk {
    fn serve(database: &Database) -> (Self, Server) {
        let (source, library) = (database.beside("disk.c"), database.beside("disk.so"));
        std::fs::write(&source, FDATASYNC).expect("the source is written");
        let compiled = std::process::Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(&source)
            .status()
            .expect("there is a C compiler");
        assert!(compiled.success());
        let disk = Self { turns: database.beside("turns"), broken: database.beside("broken") };
        let text = |path: &PathBuf| path.to_str().expect("the path is UTF-8").to_owned();
        let server = Program::new(&["serve", "--listen", "127.0.0.1:0"])
            .env("DATABASE_URL", &database.url)
            .env("LD_PRELOAD", &text(&library))
            .env("TURNS", &text(&disk.turns))
            .env("BROKEN", &text(&disk.broken))
            .serve();
        (disk, server)
    }

    fn turns(&self) -> u64 {
        std::fs::metadata(&self.turns).map_or(0, |turns| turns.len())
    }
}

#[test]
fn no_change_is_acknowledged_before_the_disk_has_it() {
    let database = Database::sqlite().with(CENTRE);
    let (disk, server) = Disk::serve(&database);
    let browser = server.browser();
    for number in 1..=5 {
        let before = disk.turns();
        add(&browser, &format!("{number:032x}")).expect("an answer").expect(303);
        assert!(disk.turns() > before, "change {number}");
    }
    let before = disk.turns();
    browser.get(HOOKS).expect(200);
    assert_eq!(disk.turns(), before, "whoever only reads waits for no disk");
}

#[test]
fn a_change_that_the_disk_does_not_take_is_not_said_to_be_made() {
    let database = Database::sqlite().with(CENTRE);
    let (disk, server) = Disk::serve(&database);
    let browser = server.browser();
    std::fs::write(&disk.broken, "").expect("the disk breaks");
    let page = add(&browser, &"1".repeat(32)).expect("an answer").expect(503);
    assert!(page.body.contains("it is not certain that it was done"), "{}", page.body);
    std::fs::remove_file(&disk.broken).expect("the disk is whole again");
    add(&browser, &"1".repeat(32)).expect("an answer").expect(303);
    assert_eq!(database.number("SELECT count(*) AS number FROM hooks"), 1, "it is made once");
    server.stop();
    database.expect_sound();
}
