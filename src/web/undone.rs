//! What came of an undo, in words.

use std::collections::BTreeSet;

use crate::model::event::Event;
use crate::model::flow_schemas::filter::FlowSchemas;
use crate::model::hooks::filter::{Hooks, hooks};
use crate::model::journal::Action;
use crate::model::listing::{Noun, Rows};
use crate::model::queues::filter::Queues;
use crate::model::undo::outcome::{Few, Tally, Undone};
use crate::name::short;
use crate::web::registry::removal::with_hooks;
use crate::word::Word;

pub fn said(undone: &Undone) -> String {
    let kinds =
        [(&undone.queues, Queues::NOUN), (&undone.hooks, Hooks::NOUN), (&undone.flow_schemas, FlowSchemas::NOUN)];
    if kinds.iter().all(|(tally, _)| tally.total == tally.already) {
        return "That was undone already".into();
    }
    let mut sentences = Vec::new();
    for (tally, noun) in &kinds {
        let mut with = with_hooks(undone.with_queues);
        for (action, few) in &tally.done {
            let what = if few.count == 1 { few.first.clone() } else { noun.count(few.count) };
            let with = if noun.one == Queues::NOUN.one { std::mem::take(&mut with) } else { String::new() };
            sentences.push(format!("{} {what}{with}", verb(*action)));
        }
    }
    for (tally, noun) in &kinds {
        sentences.extend(stays(
            tally,
            noun,
            &tally.changed,
            "was changed since and stays",
            "were changed since and stay",
        ));
        sentences.extend(stays(tally, noun, &tally.removed, "was removed since", "were removed since"));
        let already = Few { count: tally.already, first: part(tally, noun, 1) };
        sentences.extend(stays(tally, noun, &already, "was undone already", "were undone already"));
    }
    sentences.extend(events(&undone.disabled, "so what came back for it is disabled"));
    sentences.extend(events(&undone.taken, "so what had it before stays as it is"));
    let gone = [(undone.without_schema, "flow schema"), (undone.without_queue, "queue")];
    for (count, what) in gone.into_iter().filter(|(count, _)| *count > 0) {
        sentences.push(format!("{} cannot be put back: the {what} was removed", hooks(count)));
    }
    if undone.of_other_domains > 0 {
        let hooks = hooks(undone.of_other_domains);
        sentences.push(format!("{hooks} cannot be put back: the flow schema belongs to another domain of Webitel"));
    }
    if undone.used > 0 {
        let (stays, them) = if undone.used == 1 { ("stays", "it") } else { ("stay", "them") };
        sentences.push(format!("{} {stays}, because hooks run {them}", FlowSchemas::NOUN.count(undone.used)));
    }
    sentences.extend(names_taken(&undone.names_taken));
    sentences.join(". ")
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Edit => "Put back",
        action => action.name(),
    }
}

/// “3 of 40 hooks”, or “40 hooks” if that is all of them.
fn part(tally: &Tally, noun: &Noun, count: i64) -> String {
    let all = noun.count(tally.total);
    if count == tally.total { all } else { format!("{count} of {all}") }
}

fn stays(tally: &Tally, noun: &Noun, few: &Few, one: &str, many: &str) -> Option<String> {
    match few.count {
        0 => None,
        1 => Some(format!("{} {one}", few.first)),
        count => Some(format!("{} {many}", part(tally, noun, count))),
    }
}

fn events(events: &BTreeSet<Event>, so: &str) -> Option<String> {
    let names: Vec<_> = events.iter().map(|event| event.name()).collect();
    (!names.is_empty()).then(|| format!("Another hook is enabled for {} by now, {so}", names.join(", ")))
}

fn names_taken(names: &[String]) -> Option<String> {
    match names {
        [] => None,
        [name] => Some(format!("{} cannot come back: another flow schema has its name now", short(name))),
        names => {
            let count = FlowSchemas::NOUN.count(names.len() as i64);
            Some(format!("{count} cannot come back: others have their names now"))
        }
    }
}
