//! What came of a try, in a word, a sentence, and as it is kept in the log: without its secrets.

use std::time::Duration;

use crate::flow::run::masked::mask;
use crate::flow::run::watch::{Stop, Watch};
use crate::flow::run::way::{Step, Way};
use crate::model::tries::log::{Ended, Outcome};

/// How many statuses a sentence lists.
const LISTED: usize = 5;

pub fn ended(way: &Way, variables: &[(String, String)], took: Duration, watch: &Watch) -> Ended {
    let mut way = way.clone();
    mask(&mut way, variables);
    let (outcome, sentence) = outcome(&way, watch.stopped());
    Ended {
        outcome,
        sentence,
        took: took.as_millis() as i64,
        steps: watch.steps(),
        requests: sent(&way).count(),
        way: serde_json::to_string(&way).expect("a way is JSON"),
    }
}

/// The steps whose requests were sent, with the failure or the status of each.
fn sent(way: &Way) -> impl Iterator<Item = (&Step, Result<u16, &str>)> {
    way.steps.iter().filter_map(|step| {
        let last = step.exchange.as_ref()?.hops.last()?;
        Some((step, last.answer.as_ref().map(|answer| answer.status).map_err(String::as_str)))
    })
}

fn outcome(way: &Way, stopped: Option<Stop>) -> (Outcome, String) {
    // In the middle of a request, that is what the request says.
    if let Some(why) = stopped.map(Stop::sentence)
        && (way.end.as_deref() == Some(why) || sent(way).any(|(_, answer)| answer == Err(why)))
    {
        return (Outcome::Stopped, why.into());
    }
    if let Some(end) = &way.end {
        return (Outcome::Stopped, end.clone());
    }
    let mut failures = sent(way).filter_map(|(step, answer)| Some((step.line, answer.err()?)));
    if let Some((line, why)) = failures.next() {
        let more = match failures.count() {
            0 => String::new(),
            1 => " One more request failed.".into(),
            more => format!(" {more} more requests failed."),
        };
        return (Outcome::Failed, format!("Line {line}: {why}{more}"));
    }
    let statuses: Vec<String> = sent(way).filter_map(|(_, answer)| Some(answer.ok()?.to_string())).collect();
    let sentence = match &statuses[..] {
        [] => "No request was sent.".into(),
        [status] => format!("One request was answered with {status}."),
        all if all.len() > LISTED => {
            format!("{} requests were answered, the first ones with {}.", all.len(), all[..LISTED].join(", "))
        }
        all => format!("{} requests were answered with {}.", all.len(), all.join(", ")),
    };
    (Outcome::Answered, sentence)
}
