// Places: how far a page was scrolled, and what had the focus. Back, Forward and the way back that a page offers lead
// to the place that was left. The browser keeps it with the entry of its history.

// Back and Forward change the address before the page. Until then, these are of the page that is shown.
let address = location.href;
let shown = window.navigation?.currentEntry?.key; // its entry in the history

const withoutHash = (url) => url.split("#")[0];
const here = () => withoutHash(address).slice(location.origin.length);
const isShown = () => shown !== undefined && navigation.currentEntry.key === shown;

function arrive() {
  address = location.href;
  shown = window.navigation?.currentEntry.key;
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (isPage(ctx.target) && !isTraversing(ctx)) arrive();
});

addEventListener("hashchange", () => {
  if (withoutHash(location.href) === withoutHash(address)) arrive();
});

// The page stays after all, so its address comes back. The browser takes the focus away from where it was.
async function stay() {
  const focus = document.activeElement;
  if (shown) await traverseTo(shown);
  if (document.activeElement === document.body) focus.focus({ preventScroll: true });
  if (location.href !== address) history.pushState({ htmx: true }, "", address);
}

// The entry may be gone, or somebody goes elsewhere in the meantime.
const traverseTo = (key) => navigation.traverseTo(key).finished.catch(() => {});

// Once more to where Back or Forward did not get. An address that came back without its entry is the newest one.
const traverseAgain = (key) => key ? traverseTo(key) : history.back();

const idOf = (row) => row.dataset.row;
const controlsOf = (row) => all("a, button, input", row);
// What a control has in common with its counterparts in other rows: its place.
const kindOf = (control) => {
  const beside = [...control.parentNode?.children ?? []];
  return `${control.closest("td, th")?.cellIndex} ${beside.indexOf(control)}`;
};
const linksTo = (href) => all("#page a").filter((link) => link.getAttribute("href") === href);

// A swap overwrites rows in place, and Back makes all elements anew, so a control has to be found again.
function placeOf(control) {
  const row = control.closest("#selection tbody tr");
  const href = control.getAttribute("href");
  return {
    id: row && idOf(row),
    index: rows().indexOf(row),
    kind: control !== row && kindOf(control),
    href,
    nth: linksTo(href).indexOf(control),
  };
}

function rowAt({ id, index }) {
  return rows().find((row) => idOf(row) === id) ?? rows()[Math.min(index, rows().length - 1)];
}

function controlAt(place) {
  const { kind, href, nth } = place;
  const row = rowAt(place);
  if (!row) return linksTo(href)[nth] ?? linksTo(href)[0];
  row.tabIndex = -1;
  const isSame = (control) => kindOf(control) === kind;
  const alike = controlsOf(row).filter(isSame);
  return alike.find((control) => control.getAttribute("href") === href) ?? alike[0] ?? row;
}

const startOfPage = () => one("main caption") ?? one("main .button.primary") ?? one("main");

let leaving; // what was pressed to leave the page, while another is swapped in

window.navigation?.addEventListener("navigate", () => {
  if (!isShown()) return;
  const place = placeOf(leaving ?? document.activeElement);
  navigation.updateCurrentEntry({ state: { y: scrollY, ...place } });
});

const pathOf = (url) => new URL(url, location).pathname;
const isBelow = (path, url) => `${pathOf(path)}/`.startsWith(`${pathOf(url)}/`);

// The last entry that fits and from which the page at this path was opened, directly or through others.
function entryBefore(path, fits) {
  const entries = window.navigation?.entries() ?? [];
  const opened = ({ index }) => index < navigation.currentEntry.index && entries[index + 1];
  return entries.findLast((entry) => opened(entry) && isBelow(path, opened(entry).url) && fits(entry.url));
}

// The place that a swap from this path leads back to, if it does. Another view of the same list is no way back, unless
// it comes after a question, which may be at the address of its list. A page may know better where the focus goes.
function placeToReturnTo(ctx, { path, isQuestion }) {
  if (isTraversal(ctx)) return window.navigation?.currentEntry.getState();
  if (location.pathname === pathOf(path) && !isQuestion || one("#page [autofocus]")) return;
  return entryBefore(path, (url) => url === location.href)?.getState();
}

// A way back leads to the view of the list from which the page was opened, although only the history knows it.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const { request, sourceElement: link } = ctx;
  const entry = link.matches(".crumbs a, main .buttons a") && entryBefore(here(), (url) => pathOf(url) === request.action);
  if (entry) request.action += new URL(entry.url).search;
});

function returnTo(place) {
  scrollTo(0, place.y);
  if (!one("#page [autofocus]")) focusPlace(place);
}

function focusPlace(place) {
  (controlAt(place) ?? startOfPage()).focus({ preventScroll: true });
}

// Going back to a page that was left altogether: the browser scrolls, but does not know about the focus.
function openPlace() {
  const [load] = performance.getEntriesByType("navigation");
  const place = load?.type === "back_forward" && window.navigation?.currentEntry?.getState();
  if (place && !one("#page [autofocus]")) focusPlace(place);
}
