// The filters of lists act at once: a choice as it is made, a search when nothing was typed for a moment. Without script,
// a button serves.
//
//   data-filters  the form

const PAUSE = 300; // milliseconds

let pause; // a timer: something was typed, and more may follow

const isFilter = (form) => Boolean(form?.matches("[data-filters]"));
const isSearchField = (field) => field.type === "search" && isFilter(field.form);
// Without a press of Enter, so the person is still at the field.
const isAtOnce = ({ request: { form, submitter } }) => isFilter(form) && !submitter;

function filterAtOnce(form) {
  endPause();
  if (form.isConnected) form.requestSubmit();
}

function endPause() {
  clearTimeout(pause);
  pause = undefined;
}

document.addEventListener("change", ({ target }) => {
  if (isFilter(target.form) && !isSearchField(target)) filterAtOnce(target.form);
});

// What is being composed is not text yet.
for (const kind of ["input", "compositionend"]) {
  document.addEventListener(kind, ({ target, isComposing }) => {
    if (!isSearchField(target)) return;
    endPause();
    if (!isComposing) pause = setTimeout(filterAtOnce, PAUSE, target.form);
  });
}

function clearSearch({ target }) {
  target.value = "";
  filterAtOnce(target.form);
}

// What is left open would only make the address longer, and the server leave it out by another request.
document.addEventListener("htmx:config:request", ({ detail: { ctx: { request: { form, body } } } }) => {
  if (!isFilter(form)) return;
  for (const [name, value] of [...body]) if (!value) body.delete(name);
});

// Another page takes the place of a search that has not begun. A change does not: the search follows.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (isPage(ctx.target) && ctx.request.method === "GET") endPause();
});

// Whether an answer leaves the field as it is, with the caret in it.
const isBeingTyped = (field, ctx) =>
  isSearchField(field) && (pause !== undefined || isAtOnce(ctx) && field === document.activeElement);

let menu; // the one that is open while its choice is swapped in

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  menu = isAtOnce(ctx) && one("[data-filters] .choices[open]");
});

document.addEventListener("htmx:after:swap", () => {
  if (menu) menu.open = true;
  menu = undefined;
});

// However often a search was sent while it was typed, it is one step of the history: Back leads to the page before it.
let isAfterSearch = false;

document.addEventListener("htmx:before:history:update", ({ detail: { history, sourceElement } }) => {
  const isSearch = isFilter(sourceElement) && withoutSearch(history.path) === withoutSearch(location);
  if (isSearch && isAfterSearch) history.type = "replace";
  isAfterSearch = isSearch;
});

document.addEventListener("htmx:before:history:restore", () => { isAfterSearch = false; });

function withoutSearch(address) {
  const url = new URL(address, location);
  for (const name of ["q", "page"]) url.searchParams.delete(name);
  return url.href;
}
