//! What tools say of themselves while the pointer or the focus is on them.

use support::window::*;
use support::*;

/// What stands beside a tool.
fn tip(name: &str) -> String {
    format!("getComputedStyle(named('{name}'), '::after').content")
}

/// It stands there whole: nothing covers a corner of it, and nothing cuts it off.
#[track_caller]
fn is_seen_whole(window: &Window, name: &str) {
    window.until(&format!(
        "(() => {{
            const tool = named('{name}'), at = tool.getBoundingClientRect(), tip = getComputedStyle(tool, '::after');
            const [left, top, width, height] = [tip.left, tip.top, tip.width, tip.height].map(parseFloat);
            const [x, y] = [at.left + tool.clientLeft + left, at.top + tool.clientTop + top];
            return [x + 4, x + width - 4].every((x) => [y + 4, y + height - 4].every((y) =>
                tool.contains(document.elementFromPoint(x, y))));
        }})()"
    ));
}

#[test]
fn the_tool_for_a_selection_says_how_many_items_it_deletes_under_the_pointer_and_with_the_focus() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press_all(&["j", "Shift+ArrowDown", "Shift+ArrowDown"]);
    window.has("Remove 3 hooks");
    window.expect(&tip("Remove 3 hooks"), "none");
    window.point_at("Remove 3 hooks");
    window.expect(&tip("Remove 3 hooks"), "\"Delete 3 selected items\" / \"\"");
    is_seen_whole(&window, "Remove 3 hooks");
    window.point_at("Queue Hooks");
    window.expect(&tip("Remove 3 hooks"), "none");
    window.tab_to("Remove 3 hooks");
    window.expect(&tip("Remove 3 hooks"), "\"Delete 3 selected items\" / \"\"");
    is_seen_whole(&window, "Remove 3 hooks");
    window.press("Tab");
    window.expect(&tip("Remove 3 hooks"), "none");
}

#[test]
fn escape_takes_a_tip_away_and_leaves_the_selection_and_the_focus() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press_all(&["j", "x"]);
    window.tab_to("Remove 1 hook");
    window.press("Escape");
    window.expect(&tip("Remove 1 hook"), "none");
    window.focus_is_on("Remove 1 hook");
    window.selects(1);
    window.press_all(&["Tab", "Shift+Tab"]);
    window.focus_is_on("Remove 1 hook");
    window.until(&format!("{} !== 'none'", tip("Remove 1 hook")));
    window.press_all(&["Escape", "Escape"]);
    window.selects(0);
}

/// Every tool without words on the first of two pages with one row, the most cramped there is.
const TOOLS: [(&str, &str); 5] = [
    ("Settings", "Settings"),
    ("Keyboard shortcuts", "Keyboard shortcuts"),
    ("Edit Answered → CRM", "Edit"),
    ("Remove Answered → CRM", "Remove"),
    ("Next page", "Next page"),
];

#[test]
fn every_tool_without_words_says_what_it_does_to_pointer_and_keyboard() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &format!("{}?size=1", five_hooks(&app)));
    window.expect("document.querySelectorAll('[title]').length", 0);
    for (name, says) in TOOLS {
        window.point_at(name);
        window.expect(&tip(name), format!("{says:?} / \"\""));
        is_seen_whole(&window, name);
    }
    window.point_at("Event Any");
    for (name, says) in TOOLS {
        window.tab_to(name);
        window.expect(&tip(name), format!("{says:?} / \"\""));
    }
}

#[test]
fn tips_fit_into_a_narrow_window_and_stand_out_in_the_dark_and_in_forced_colours() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &format!("{}?size=1", five_hooks(&app)));
    window.narrow();
    window.press_all(&["j", "x"]);
    for name in TOOLS.map(|(name, _)| name).into_iter().chain(["Remove 1 hook"]) {
        window.point_at(name);
        is_seen_whole(&window, name);
        window.until("document.documentElement.scrollWidth <= 320");
    }
    let style = |property: &str| format!("getComputedStyle(named('Remove 1 hook'), '::after').{property}");
    let differ = |one: &str, other: &str| window.until(&format!("{} !== {}", style(one), style(other)));
    window.prefers("prefers-color-scheme", "dark");
    differ("color", "backgroundColor");
    window.prefers("forced-colors", "active");
    differ("color", "backgroundColor");
    differ("borderTopColor", "backgroundColor");
}
