//! `/events`: the catalogue, and what the modal takes from it.

use queue_hooks::model::event::Event;
use queue_hooks::model::queues::queue_type::QueueType;
use queue_hooks::model::variable::{Presence, VARIABLES};
use support::*;

#[test]
fn every_event_is_there_with_the_types_of_queue_in_which_it_happens() {
    let app = App::start(Backend::Sqlite);
    let browser = person("anna").rights("").signed_in(&app);
    let page = browser.get("/events").expect(200);
    assert_eq!(page.text("title"), "Events – Queue Hooks");
    for event in Event::ALL.iter().copied() {
        let row = format!("tr#{}", event.word());
        assert!(page.text(&format!("{row} th")).contains(event.meaning()));
        let happens: Vec<_> = QueueType::ALL.iter().copied().map(|queue_type| event.happens_in(queue_type)).collect();
        let shown: Vec<_> = page.texts(&format!("{row} td")).iter().map(|cell| cell == "yes").collect();
        assert_eq!(shown, happens, "{}", event.word());
    }
    assert_eq!(page.all("[id^=variable-]").len(), VARIABLES.len());
    assert_eq!(page.text("#variable-attempt_id td:nth-child(3)"), "always");
}

#[test]
fn the_registry_and_the_general_tab_lead_to_it() {
    let app = App::start(Backend::Sqlite);
    let center = center(&app);
    hook(center.queue, center.schema).event(Event::Active).off().create(&app);
    let browser = app.browser();
    let tab = browser.get(&center.fill("/contact-center/queues/{queue}/hooks")).expect(200);
    assert_eq!(tab.one(".note").attr("href"), Some("/events#active"));
    tab.click("Events and their variables").expect(200);
    browser.get(&center.fill("/contact-center/queues/{queue}")).click("All events and their variables").expect(200);
}

#[test]
fn the_modal_names_the_variables_of_each_event_in_the_queues_type() {
    let app = App::start(Backend::Sqlite);
    for (queue_type, brings_member_channel) in [(1, true), (6, false)] {
        let queue = queue().queue_type(queue_type).create(&app);
        let browser = app.browser();
        let page = browser.get(&format!("{}/new", tab(queue))).expect(200);
        for event in Event::ALL.iter().copied() {
            let details = page.text(&format!("dialog details[data-event={}]", event.word()));
            assert!(details.contains(event.name()) && details.contains("attempt_id"), "{details}");
            assert!(details.contains("Always:") && details.contains("Sometimes:"), "{details}");
            assert_eq!(details.contains("agent_name"), event != Event::Joined, "{details}");
            let brings = event != Event::Joined || brings_member_channel;
            assert_eq!(details.contains("member_channel_id"), brings, "type {queue_type}: {details}");
        }
    }
}

#[test]
fn a_variable_is_ruled_out_only_where_it_cannot_be() {
    let of = |name: &str, event, queue_type| {
        let queue_type = QueueType::from_number(queue_type).expect("a type");
        let variable = VARIABLES.iter().find(|variable| variable.name == name);
        variable.expect("a variable").presence(event, queue_type)
    };
    let (call, chat) = (1, 6);
    for (name, event, queue_type, expected) in [
        ("state", Event::Joined, call, Presence::Always),
        ("destination", Event::Joined, call, Presence::Sometimes),
        ("agent_id", Event::Joined, call, Presence::Never),
        ("agent_id", Event::Offering, call, Presence::Sometimes),
        ("bridged_at", Event::Missed, call, Presence::Never),
        ("bridged_at", Event::Leaving, call, Presence::Sometimes),
        ("agent_description", Event::Bridged, call, Presence::Never),
        ("agent_description", Event::Leaving, call, Presence::Sometimes),
        ("call_cause", Event::Leaving, chat, Presence::Never),
        ("call_cause", Event::Leaving, call, Presence::Sometimes),
        ("amd_result", Event::Missed, call, Presence::Never),
        ("chat_transferred", Event::Leaving, call, Presence::Never),
        ("chat_transferred", Event::Leaving, chat, Presence::Sometimes),
        ("cc_result", Event::Leaving, chat, Presence::Sometimes),
    ] {
        assert_eq!(of(name, event, queue_type), expected, "{name} at {} in {queue_type}", event.word());
    }
}
