//! What a person notices in the browser: `make bench-browser`.
//!
//! Headless Chromium uses the application, a release build on SQLite, in this process. Swaps are timed from the click
//! to the next frame after the new content is on the page, including the server's work. Bytes are what went over the
//! wire, as the browser reports it, headers included. Keys in the text of a flow schema are timed until the page is laid
//! out again. A ratio above 1 is better than the limit. Every row is the median of several runs, except the longest task,
//! which is the longest of all.

use serde_json::json;
use support::window::Window;
use support::{App, Backend, many_hooks, queue, schema, tab};

const TIMES: usize = 9;

fn main() {
    let app = App::start(Backend::Sqlite);
    let schemas: Vec<_> = (0..50).map(|i| schema(&format!("CRM: push {i}")).create(&app)).collect();
    let queue = queue().create(&app);
    many_hooks(&app, queue, &schemas, 2000);
    let tab = tab(queue);

    println!("| work | measured | limit | ratio |\n|---|--:|--:|--:|");
    let swap_1000 = median(&swaps(&app, &format!("{tab}?size=1000")));
    row("swap of 1000 rows", swap_1000, 500.0, "ms");
    let swap_100 = median(&swaps(&app, &format!("{tab}?size=100")));
    row("swap of 100 rows", swap_100, 0.0, "ms");
    let visits: Vec<_> = (0..3).map(|_| visits(&app, &tab)).collect();
    for (i, (work, limit)) in
        [("10 rows, first visit", 60.0), ("10 rows, visited again", 8.0), ("10 rows, swapped in", 8.0)]
            .iter()
            .enumerate()
    {
        let bytes = visits.iter().map(|visit| visit[i] / 1000.0).collect::<Vec<_>>();
        row(work, median(&bytes), *limit, "kB");
    }
    let (loaded, swapped) = longest_tasks(&app, &format!("{tab}?size=100"));
    row("longest task, 100 rows loaded", loaded, 50.0, "ms");
    row("longest task, 100 rows swapped in", swapped, 50.0, "ms");
    row("Tab on 6000 selected lines", median(&keys(&app, 6000, "Tab")), 500.0, "ms");
    row("a letter among 2000 lines", median(&keys(&app, 2000, "x")), 10.0, "ms");
    row("Enter among 2000 lines", median(&keys(&app, 2000, "Enter")), 10.0, "ms");
}

fn row(work: &str, measured: f64, limit: f64, unit: &str) {
    // Below 50 ms the browser does not report a long task.
    let measured_ = if measured > 0.0 { format!("{measured:.1} {unit}") } else { format!("< {limit} {unit}") };
    let (limit_, ratio) = match (limit > 0.0, measured > 0.0) {
        (false, _) => (String::new(), String::new()),
        (true, false) => (format!("{limit} {unit}"), "> 1".into()),
        (true, true) => (format!("{limit} {unit}"), format!("{:.2}", limit / measured)),
    };
    println!("| {work} | {measured_} | {limit_} | {ratio} |");
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Milliseconds from a click on a column's header until the rows in their new order are painted.
fn swaps(app: &App, path: &str) -> Vec<f64> {
    let window = Window::open(app, path);
    let swap = "
        const done = arguments[arguments.length - 1];
        document.addEventListener('htmx:after:swap', () => requestAnimationFrame(() => {
            const painted = new MessageChannel();
            painted.port1.onmessage = () => done(performance.now() - clicked);
            painted.port2.postMessage(0);
        }), { once: true });
        const clicked = performance.now();
        document.querySelector('#selection thead a').click();";
    let measure = || window.script_async(swap).as_f64().expect("milliseconds");
    measure();
    (0..TIMES).map(|_| measure()).collect()
}

/// Bytes that a first visit transfers, a second visit, and the next page as a swap.
fn visits(app: &App, path: &str) -> [f64; 3] {
    let window = Window::open(app, path);
    let transferred = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .reduce((sum, entry) => sum + entry.transferSize, 0)";
    let loaded = || {
        window
            .until("document.readyState === 'complete' && performance.getEntriesByType('navigation')[0].transferSize");
        window.script(&format!("return {transferred}")).as_f64().expect("bytes")
    };
    window.until("performance.getEntriesByType('resource').some((entry) => entry.name.includes('icons'))");
    // The browser does not report the tab's icon.
    let icon = window.script_async(
        "const done = arguments[arguments.length - 1];
        const icon = document.querySelector('link[rel=icon]').href;
        fetch(icon, { cache: 'reload' }).then(() => setTimeout(() =>
            done(performance.getEntriesByName(icon).at(-1).transferSize)))",
    );
    assert!(icon.as_f64() > Some(0.0));
    let first = loaded();
    window.go(path);
    let again = loaded();
    window.script("performance.clearResourceTimings()");
    window.click("Next page");
    window.shows("11–20 of 2000");
    window.until("performance.getEntriesByType('resource').length");
    let swapped = window
        .script("return performance.getEntriesByType('resource').reduce((sum, entry) => sum + entry.transferSize, 0)");
    [first, again, swapped.as_f64().expect("bytes")]
}

/// Milliseconds of the longest task while the page loads and while it is swapped in; 0 if none was long.
fn longest_tasks(app: &App, path: &str) -> (f64, f64) {
    let window = Window::open(app, "/contact-center/queues");
    let observe = "window.tasks = [];
        new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
            .observe({ type: 'longtask' });";
    window.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": observe }));
    // The browser reports what it noticed in a separate task, a little later.
    let longest = || {
        window.script_async("setTimeout(arguments[0], 300, 0)");
        window.script("return Math.max(0, ...tasks)").as_f64().expect("milliseconds")
    };
    window.go(path);
    window.script("const end = performance.now() + 80; setTimeout(() => { while (performance.now() < end); })");
    assert!(longest() > 0.0, "long tasks are not noticed");
    let (mut loaded, mut swapped) = (0.0_f64, 0.0_f64);
    for _ in 0..TIMES {
        window.go(path);
        loaded = loaded.max(longest());
        window.script("tasks.length = 0");
        // Not found by its name: searching 600 controls for that would be a long task itself.
        window.script("document.querySelector('[rel=next]').click()");
        window.shows("101–200 of 2000");
        swapped = swapped.max(longest());
    }
    (loaded, swapped)
}

/// Milliseconds from a key in the text of a flow schema with so many lines until it is laid out again. Tab presses on all
/// lines, the others in their middle.
fn keys(app: &App, lines: usize, key: &str) -> Vec<f64> {
    let window = Window::open(app, "/routing/flow/new");
    let press = format!(
        r#"const done = arguments[arguments.length - 1];
        const area = document.getElementById('text');
        area.value = Array.from({{ length: {lines} }}, (_, line) => `  {{ "log": "line ${{line}}" }},`).join('\n');
        area.dispatchEvent(new Event('input', {{ bubbles: true }}));
        area.focus();
        const middle = area.value.length / 2;
        if ('{key}' === 'Tab') area.select(); else area.setSelectionRange(middle, middle);
        const event = new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }});
        requestAnimationFrame(() => setTimeout(() => {{
            const before = area.value.length;
            const pressed = performance.now();
            if (area.dispatchEvent(event)) document.execCommand('insertText', false, '{key}');
            area.getBoundingClientRect();
            const took = performance.now() - pressed;
            done(area.value.length > before ? took : null);
        }}));"#
    );
    let measure = || window.script_async(&press).as_f64().expect("milliseconds, and a longer text");
    measure();
    (0..TIMES).map(|_| measure()).collect()
}
