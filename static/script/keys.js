// What keys do. Most press a control, whose attributes say so; the others are in the table below.
//
//   aria-keyshortcuts  the keys that press a control
//   data-does          what these keys do, if the control's name does not say it
//   data-row-keys      a template with the keys that press a control in the row in focus: data-in-row selects it
//   data-keys-list     the button that opens the list of keys, which is made from these attributes
//   data-more-keys     a template with the keys that press no control, for that list
//   data-tip           the text that the style sheet shows while the pointer or the focus is here, until Escape; for tools in
//                      rows it has the text itself

const KEY_NAMES = { "ArrowDown": "↓", "ArrowUp": "↑" }; // on the list
const ANY = undefined;
const always = () => true;
const leave = () => false; // to the browser

const withControl = ({ ctrlKey, metaKey, altKey }) => (ctrlKey || metaKey) && !altKey; // AltGr may count as Control and Alt
const inField = ({ target }) => takesTyping(target);
const inSearch = ({ target }) => isSearchField(target) && target.value;
const inList = (event) => event.target.localName === "select" && !lettersAreOff(event); // which takes letters, no signs
const inTable = ({ target }) => target.closest?.("#selection");
const farFromTable = (event) => !inTable(event) && event.target !== document.body && event.target.localName !== "caption";
const shiftInRow = ({ shiftKey }) => shiftKey && focusedRow();
const onPressable = ({ target }) => target.matches?.("a, button, input, summary");
const lettersAreOff = ({ key }) => key.length === 1 && key !== " " && document.body.dataset.letters === "off";

// The first line that matches counts.
const KEYS = [
  // key             when                        what it does
  ["Control+Enter",  always,                     save],
  [ANY,              modal,                      leave],
  ["Escape",         inSearch,                   clearSearch],
  ["/",              inList,                     press],
  [ANY,              inField,                    leave],
  ["Control+a",      inTable,                    selectAll],
  [ANY,              withControl,                leave],
  ["Escape",         () => openMenus().length,   closeMenus],
  ["Escape",         () => tips().length,        dismissTips],
  ["Escape",         () => tickedBoxes().length, clearSelection],
  ["ArrowDown",      farFromTable,               leave],
  ["ArrowUp",        farFromTable,               leave],
  ["ArrowDown",      always,                     ({ shiftKey }) => moveFocus(1, shiftKey)],
  ["ArrowUp",        always,                     ({ shiftKey }) => moveFocus(-1, shiftKey)],
  ["Space",          shiftInRow,                 () => tickTo(focusedRow())],
  ["Space",          onPressable,                leave],
  ["Enter",          onPressable,                leave],
  [ANY,              lettersAreOff,              leave],
  ["j",              always,                     () => moveFocus(1)],
  ["k",              always,                     () => moveFocus(-1)],
  [ANY,              always,                     press],
];

// What is in the places of Latin signs on a keyboard whose letters are not Latin.
const PLACES = { BracketLeft: "[", BracketRight: "]", Slash: "/" };
const SHIFTED_PLACES = { Digit3: "#", Slash: "?" };
const isForeign = (key) => /^[\p{L}№]$/u.test(key) && !/\p{Script=Latin}/u.test(key);
const atPlace = ({ code, shiftKey }) => (shiftKey && SHIFTED_PLACES[code]) || PLACES[code] || code.replace("Key", "");

// The key's name. Caps Lock makes no difference, and a letter that is not Latin means the key that it is on.
function nameOf(event) {
  if (event.key === " ") return withControl(event) ? "Control+Space" : "Space";
  const key = isForeign(event.key) ? atPlace(event) : event.key;
  const name = key.length > 1 ? key : event.shiftKey ? key.toUpperCase() : key.toLowerCase();
  return (withControl(event) ? "Control+" : "") + name;
}

// With Alt, keys are the browser's, unless that is how the keyboard writes a sign: AltGr or Option for [ ] #.
const isOfBrowser = (event) =>
  event.altKey && (event.key.length > 1 || /[\p{L}\p{N} ]/u.test(event.key) || atPlace(event) === event.key);

document.addEventListener("keydown", (event) => {
  if (event.isComposing || isOfBrowser(event)) return;
  const name = nameOf(event);
  const [, , act] = KEYS.find(([key, fits]) => (key === ANY || key === name) && fits(event));
  if (act(event) !== false) event.preventDefault();
});

// In a field, the browser would press the first button of the form too.
function save() {
  const root = modal() ?? one("main");
  const button = one("[data-save]", root);
  if (!button) return leave();
  const input = one("[role=combobox]", root);
  if (input) chooseTyped(input);
  const isUnchosen = input?.value && !valueOf(input).value;
  if (button.disabled || isUnchosen && isAsking(input)) saveOnceChosen(root);
  else button.click();
}

const KEYED = "[aria-keyshortcuts]";
const keysOf = (control) => control.getAttribute("aria-keyshortcuts").split(" ");
const rowKeys = () => all(KEYED, one("[data-row-keys]")?.content);

// Presses the control that has this key: on the page, else in the row in focus.
function press(event) {
  const hasKey = (control) => keysOf(control).includes(nameOf(event));
  const onPage = all(KEYED).filter(hasKey);
  const inRow = focusedRow() ? rowKeys().filter(hasKey).map((key) => one(key.dataset.inRow, focusedRow())) : [];
  const control = [...onPage, ...inRow].find((each) => each && isSeen(each));
  if (!control) return leave();
  if (!takesTyping(control)) return control.click();
  control.focus();
  control.select?.();
}

const TIPPED = "[data-tip], [data-utc], .registry td:last-child > *";
const tips = () => all(`:is(${TIPPED}):is(:hover, :focus-visible):not(.dismissed)`);

function dismissTips() {
  for (const control of tips()) control.classList.add("dismissed");
}

for (const leaving of ["pointerout", "focusout"]) {
  document.addEventListener(leaving, ({ target }) => target.closest?.(TIPPED)?.classList.remove("dismissed"));
}

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-keys-list]")) listKeys();
});

function listKeys() {
  const listed = new Map(); // the first of several controls with the same keys says what they do
  const inTheirOrder = all(`${KEYED}, [data-row-keys]`).flatMap((each) => each.content ? rowKeys() : [each]);
  for (const control of inTheirOrder) {
    const keys = keysOf(control).join(" ");
    const first = listed.get(keys) ?? control;
    listed.delete(keys); // the last of them gives the place in the list
    listed.set(keys, first);
  }
  const lines = [...listed.values()].flatMap((control) => {
    const kbds = keysOf(control).flatMap((key) => [" ", element("kbd", KEY_NAMES[key] ?? key)]).slice(1);
    const { does, tip } = control.dataset;
    return [element("dt", ...kbds), element("dd", does ?? tip ?? control.ariaLabel ?? control.textContent.trim())];
  });
  const dialog = one("#keys");
  one("dl", dialog).replaceChildren(...lines, one("[data-more-keys]")?.content.cloneNode(true) ?? "");
  dialog.showModal();
}
