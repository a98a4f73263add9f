//! A process that is killed in the middle of its work.

use std::sync::mpsc;

use crate::people::*;
use support::process::*;

const WRITERS: usize = 6;
/// Acknowledged changes before the process is killed.
const ENOUGH: usize = 60;

fn change(writer: usize, number: usize) -> String {
    format!("{:032x}", writer * 1_000_000 + number)
}

#[on_both]
fn what_was_acknowledged_survives_and_what_is_sent_again_is_made_once(database: &Database) {
    database.import(CENTRE).well();
    let mut server = database.serve();
    let (send, acknowledged) = mpsc::channel();
    let changes: Vec<Vec<String>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (send, browser) = (send.clone(), server.browser());
                scope.spawn(move || {
                    let mut changes = Vec::new();
                    // The writers hold the server up until it is gone.
                    loop {
                        let change = change(writer, changes.len());
                        changes.push(change.clone());
                        match add(&browser, &change) {
                            Ok(page) => assert_eq!(page.status, 303, "{}", page.body),
                            Err(_) => return changes,
                        }
                        send.send(change).expect("the test listens");
                    }
                })
            })
            .collect();
        let mut count = 0;
        while count < ENOUGH {
            acknowledged.recv_timeout(std::time::Duration::from_secs(30)).expect("the writers get on");
            count += 1;
        }
        server.process.kill();
        writers.into_iter().map(|writer| writer.join().expect("a writer")).collect()
    });
    drop(send);
    let late: Vec<String> = acknowledged.try_iter().collect();

    let server = database.serve();
    let stored = database.lines("SELECT change AS line FROM journal ORDER BY change");
    let mut unique = stored.clone();
    unique.dedup();
    assert_eq!(stored, unique, "each change has one entry");
    assert!(stored.len() >= ENOUGH + late.len());
    for (writer, changes) in changes.iter().enumerate() {
        let (last, answered) = changes.split_last().expect("each writer sent something");
        for change in answered {
            assert!(stored.contains(change), "{change} of {writer} was acknowledged, {last} was not");
        }
    }
    assert_eq!(database.number("SELECT count(*) AS number FROM hooks"), stored.len() as i64);
    database.expect_sound();

    // Whoever got no answer sends the form again.
    let browser = server.browser();
    for change in changes.iter().filter_map(|changes| changes.last()) {
        assert_eq!(add(&browser, change).expect("an answer").status, 303);
    }
    let all = changes.iter().map(Vec::len).sum::<usize>() as i64;
    assert_eq!(database.number("SELECT count(*) AS number FROM hooks"), all);
    assert_eq!(database.number("SELECT count(*) AS number FROM journal"), all);
    database.expect_sound();
}
