//! The plan of hooks for many queues as a page, and what is said after it was carried out.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::form::word;
use super::view::{self, Ask, Group};
use crate::model::hooks::change::IfTaken;
use crate::model::hooks::filter::hooks;
use crate::model::journal::{Action, Tally};
use crate::model::plans::addition::{Choice, Line, Plan, Verdict};
use crate::model::queues::filter::queues;
use crate::web::page::{Crumb, Page, Section};
use crate::web::registry::removal::gone_already;
use crate::web::token::Token;

/// Where a plan belongs: what it is called, where its form goes, and where Cancel leads.
pub struct Around {
    pub title: String,
    pub action: String,
    pub back: String,
    pub crumbs: Vec<Crumb>,
    pub fields: Vec<(&'static str, String)>,
    pub carry_out: &'static str,
}

/// The page of a plan; with a choice, if that was made for another plan than this one.
pub fn page(plan: &Plan, chosen: Option<Choice>, around: Around, token: Token) -> HttpResponse {
    let Around { title, action, back, crumbs, mut fields, carry_out } = around;
    fields.push(("seen", plan.mark()));
    let groups = groups(plan, chosen.unwrap_or_default());
    let does = plan.lines.iter().any(|line| !matches!(line.verdict, Verdict::There));
    let body = view::Plan {
        title: title.clone(),
        has_changed: chosen.is_some(),
        groups,
        notes: notes(plan, does),
        action,
        back,
        fields,
        carry_out: does.then_some(carry_out),
        token,
    };
    let status = if chosen.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Page { status, crumbs, ..Page::new(Section::Queues, title, body) }.into()
}

fn notes(plan: &Plan, does: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if plan.gone_queues > 0 {
        notes.push(gone_already(plan.gone_queues));
    }
    if plan.gone_hooks > 0 {
        notes.push(format!("Removed meanwhile, so not copied: {}.", hooks(plan.gone_hooks)));
    }
    if !plan.left_out.is_empty() {
        let names = plan.left_out.join(", ");
        notes.push(format!("Left out, because hooks cannot run their flow schemas any more: {names}."));
    }
    if !does {
        notes.push("There is nothing to do.".into());
    }
    notes
}

/// What is named of a line, and what is worth knowing about it.
fn thing(plan: &Plan, line: &Line) -> (String, Option<String>) {
    let name = match &plan.hooks[..] {
        [_] => line.queue.name.clone(),
        hooks => format!("{}: {}", line.queue.name, hooks[line.hook].name()),
    };
    let badge = match &line.verdict {
        Verdict::Taken { holder, .. } => Some(format!("{} is enabled", holder.name())),
        _ => None,
    };
    (name, badge)
}

fn groups(plan: &Plan, choice: Choice) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut group = |title, ask, belongs: &dyn Fn(&Line) -> bool| {
        let things: Vec<_> = plan.lines.iter().filter(|line| belongs(line)).map(|line| thing(plan, line)).collect();
        if !things.is_empty() {
            let count = things.len() as i64;
            let count = if plan.hooks.len() == 1 { queues(count) } else { hooks(count) };
            groups.push(Group { title, count, things, ask });
        }
    };
    let is_added = |line: &Line| line.happens && matches!(line.verdict, Verdict::Add);
    group("Added, enabled", Ask::Nothing, &|line| is_added(line) && plan.hooks[line.hook].enabled);
    group("Added, disabled", Ask::Nothing, &|line| is_added(line) && !plan.hooks[line.hook].enabled);
    let is_there = |line: &Line| line.happens && matches!(line.verdict, Verdict::Enable(_));
    group("There already, but disabled: enabled", Ask::Nothing, &is_there);
    let options = vec![
        (word(IfTaken::Ask), "Leave them: nothing happens there"),
        (word(IfTaken::Disable), "Add the new ones disabled"),
        (word(IfTaken::Replace), "Replace them: they are disabled, the new ones enabled"),
    ];
    let ask = Ask::One { name: "if_taken", options, chosen: word(choice.if_taken) };
    let is_taken = |line: &Line| line.happens && matches!(line.verdict, Verdict::Taken { .. });
    group("Another hook is enabled for the event", ask, &is_taken);
    let ask = Ask::Tick { name: "anywhere", label: "Add there too", is_chosen: choice.anywhere };
    group("The event cannot happen there: left out", ask, &|line| {
        !line.happens && !matches!(line.verdict, Verdict::There)
    });
    group("There already: nothing happens", Ask::Nothing, &|line| matches!(line.verdict, Verdict::There));
    groups
}

/// What a plan that was carried out has done, in words.
pub fn done(tally: &Tally) -> String {
    let did = |action: Action, words: [&str; 2]| {
        let count = tally.of(action);
        (count > 0).then(|| format!("{} {}{}", words[0], hooks(count), words[1]))
    };
    let said = [
        did(Action::Add, ["added", ""]),
        did(Action::Enable, ["enabled", ""]),
        did(Action::Disable, ["disabled", " in the way"]),
    ];
    let said: Vec<_> = said.into_iter().flatten().collect();
    match said.join(", ").split_at_checked(1) {
        Some((first, rest)) => format!("{}{rest} in {}", first.to_uppercase(), queues(tally.queues)),
        None => "Nothing was changed".into(),
    }
}
