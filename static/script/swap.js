// Swaps: a pressed button is disabled while its request runs, what a person did meanwhile stays, and the focus goes
// where they would look for it.
//
//   data-refresh  a link that shows the page again and announces what has changed

const fields = () => all("#page :is(input:not([type=hidden], [type=file]), select, textarea):not(tbody input)");
const stateOf = (field) => ["checkbox", "radio"].includes(field.type) ? field.checked : field.value;
const ticked = () => tickedBoxes().map((box) => box.value);

// What was pressed and what the page was like then, by what htmx calls the context of the request.
const presses = new WeakMap();

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (event.defaultPrevented || !isPage(ctx.target)) return;
  const pressed = ctx.request.submitter ?? ctx.sourceElement;
  const press = {
    pressed,
    path: here(),
    isQuestion: Boolean(one("main .question")),
    focus: document.activeElement,
    place: placeOf(document.activeElement),
    shown: pressed.hasAttribute("data-refresh") && rows().map(idOf),
    ticked: ticked(),
    states: new Map(fields().map((field) => [field, stateOf(field)])),
  };
  presses.set(ctx, press);
  // A navigation may be pressed again: the last one counts.
  if (pressed.localName === "button" && ctx.request.method !== "GET") pressed.disabled = true;
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const { pressed, focus } = presses.get(ctx) ?? {};
  if (pressed?.localName !== "button") return;
  pressed.disabled = false;
  // A disabled button has no focus.
  if (pressed === focus && document.activeElement === document.body) pressed.focus({ preventScroll: true });
});

// What a person has done since the press.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const press = presses.get(ctx);
  if (!press || !isPage(ctx.target)) return;
  const focus = document.activeElement;
  press.isElsewhere = focus !== document.body && focus !== press.focus;
  if (press.isElsewhere) press.place = placeOf(focus);
  press.typed = fields().filter((field) => press.states.has(field) && press.states.get(field) !== stateOf(field));
  press.typed = new Map(press.typed.map((field) => [field, stateOf(field)]));
  press.tickedSince = ticked().filter((id) => press.shown || isAtOnce(ctx) || !press.ticked.includes(id));
  press.messages = press.isLater ? shownMessages().map(keptMessage) : [];
  leaving = press.pressed;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const press = presses.get(ctx);
  if (!press || !isPage(ctx.target)) return;
  leaving = undefined;
  resetFields(location.pathname === pathOf(press.path) ? press.typed : new Map(), ctx);
  openCode();
  openFields();
  openModal();
  openTimes();
  keepMessages(press);
  const place = placeToReturnTo(ctx, press);
  if (modal()) return place && scrollTo(0, place.y);
  if (press.shown) sayDifference(press.shown, rows().map(idOf));
  for (const box of boxes()) box.checked = press.tickedSince.includes(box.value);
  recallTicks();
  anchor = undefined;
  showSelection();
  // In a task of its own: the browser lays out the page before anything gets the focus.
  if (place) setTimeout(returnTo, 0, place);
  else if (!one("#page [autofocus]")) setTimeout(restoreFocus, 0, press, ctx);
});

// A swap keeps what was typed, but a page load does not: a field shows what is applied, or what was typed since.
function resetFields(typed, ctx) {
  for (const field of fields()) {
    if (staysTyped(field, ctx.response) || isBeingTyped(field, ctx)) continue;
    const isBox = ["checkbox", "radio"].includes(field.type);
    const state = typed.get(field) ?? (isBox ? field.defaultChecked : original(field));
    if (stateOf(field) !== state) field[isBox ? "checked" : "value"] = state;
  }
}

// A form that was refused comes without its passwords. They stay, except one that was wrong.
const staysTyped = (field, { raw, status }) =>
  field.type === "password" && !raw.ok && (status === 429 || field.ariaInvalid !== "true");

// The next answer must not take these away before anybody could read them.
const shownMessages = () => all("#status > .message, #alert > *, main .conflict:not(form .conflict)");

const keptMessage = (message) => [message.closest("#alert") ? "#alert" : "#status", message.cloneNode(true)];

function keepMessages(press) {
  for (const [place, message] of press.messages.reverse()) {
    message.removeAttribute("autofocus");
    for (const retry of all("[data-retry]", message)) retry.remove(); // its button may belong to another row by now
    one(place).prepend(message);
    htmx.process(message);
  }
  for (const { ctx } of running.values()) if (presses.get(ctx) !== press) presses.get(ctx).isLater = true;
}

function restoreFocus({ pressed, path, place, isElsewhere }, ctx) {
  const row = rowAt(place);
  const hasMoved = here() !== path;
  const isButtonStill = !hasMoved && pressed.localName === "button" && pressed.isConnected;
  if (isButtonStill) pressed.disabled = false;
  const opener = hasMoved && all("main a").find((link) => link.getAttribute("href") === path);
  // Enter leads from a search to what it found, even if that is there already.
  const isOtherView = (hasMoved || isFilter(ctx.request.form)) && location.pathname === pathOf(path) && !isAtOnce(ctx);
  const isFocused = document.activeElement !== document.body && !(focusedRow() && row);
  if (isOtherView && !isElsewhere) one("main caption")?.focus();
  else if (isFocused) return;
  else if (opener) opener.focus();
  else if (row) controlAt(place).focus();
  else if (isButtonStill && isSeen(pressed)) pressed.focus();
  else startOfPage().focus();
}

function sayDifference(before, after) {
  const added = after.filter((id) => !before.includes(id)).length;
  const removed = before.filter((id) => !after.includes(id)).length;
  const parts = [added && `${added} new`, removed && `${removed} removed`].filter(Boolean);
  say(parts.join(", ") || "Nothing changed");
}

openCode();
openFields();
openModal();
openTimes();
recallTicks();
showSelection();
openPlace();
