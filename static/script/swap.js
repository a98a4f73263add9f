// Swaps: a pressed control is disabled while its request runs; the focus goes where a person would look for it.
//
//   data-refresh  a link that shows the page again and announces what has changed

const here = () => location.pathname + location.search;
const idOf = (row) => row.dataset.row;
const controlsOf = (row) => all("a, button, input", row);
// What a control has in common with its counterparts in other rows.
const kindOf = (control) => `${control.className} ${control.getAttribute("aria-keyshortcuts")}`;

// What was pressed last, and what the page was like then. A swap overwrites rows in place, so the focus and the
// selection have to find their row again.
let lastRequest;

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const pressed = ctx.request.submitter ?? ctx.sourceElement;
  const row = focusedRow();
  lastRequest = {
    pressed,
    path: here(),
    index: row ? rows().indexOf(row) : -1,
    id: row && idOf(row),
    control: row !== document.activeElement && kindOf(document.activeElement),
    refreshed: pressed.hasAttribute("data-refresh") && rows().map(idOf),
    ticked: tickedBoxes().map((box) => box.value),
  };
  if (pressed.localName === "button") pressed.disabled = true;
});

// What is large takes longer on a slow line, and the server waits as long as it moves: a second for each 4 kB.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const sizes = [...(ctx.request.body ?? [])].map(([, value]) => value.size ?? value.length);
  ctx.request.timeout = htmx.config.defaultTimeout + sizes.reduce((sum, size) => sum + size, 0) / 4;
});

document.addEventListener("htmx:finally:request", () => {
  if (lastRequest?.pressed.localName === "button") lastRequest.pressed.disabled = false;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!isPage(ctx.target)) return;
  resetFields();
  openCode();
  openModal();
  if (modal() || !lastRequest) return;
  if (lastRequest.refreshed) sayDifference(lastRequest.refreshed, rows().map(idOf));
  for (const box of boxes()) box.checked = lastRequest.refreshed && lastRequest.ticked.includes(box.value);
  anchor = undefined;
  showSelection();
  // In a task of its own: the browser lays out the page before anything gets the focus.
  if (!one("#page [autofocus]")) setTimeout(restoreFocus, 0, lastRequest);
});

// A swap keeps what was typed, but a page load does not.
function resetFields() {
  for (const field of all("[data-apply]")) field.value = field.defaultValue;
  for (const password of all("[type=password]")) password.value = "";
  for (const area of all("[data-code]")) if (area.value !== area.defaultValue) area.value = area.defaultValue;
}

function restoreFocus({ pressed, path, index, id, control }) {
  const row = rows().find((each) => idOf(each) === id) ?? rows()[Math.min(index, rows().length - 1)];
  const hasMoved = here() !== path;
  const isButtonStill = !hasMoved && pressed.localName === "button" && pressed.isConnected;
  if (isButtonStill) pressed.disabled = false;
  const opener = hasMoved && all("main a").find((link) => link.getAttribute("href") === path);
  const isOtherView = hasMoved && location.pathname === path.split("?")[0];
  const isElsewhere = document.activeElement !== document.body && !(focusedRow() && row);
  if (isOtherView) one("main caption")?.focus();
  else if (isElsewhere) return;
  else if (opener) opener.focus();
  else if (row) (controlsOf(row).find((each) => kindOf(each) === control) ?? focusRow(row))?.focus();
  else if (isButtonStill && isSeen(pressed)) pressed.focus();
  else (one("main caption") ?? one("main .button.primary") ?? one("main"))?.focus();
}

function sayDifference(before, after) {
  const added = after.filter((id) => !before.includes(id)).length;
  const removed = before.filter((id) => !after.includes(id)).length;
  const parts = [added && `${added} new`, removed && `${removed} removed`].filter(Boolean);
  const message = element("p", parts.join(", ") || "Nothing changed");
  message.className = "message";
  one("#status").replaceChildren(message);
}

openCode();
openModal();
showSelection();
