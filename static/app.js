// What the pages do beyond links and forms. Everything here is attached by attributes and listens on the
// document, so that swapped content needs no setting up; state is in the DOM and the URL.
//
//   aria-keyshortcuts   the keys that press a control; on a row's control they act on the row in focus
//   data-page-box       the checkbox that selects the page; data-count-tool says the number of selected rows
//   data-more-keys      a template of the keys that press no control, for the list of keys
//   data-modal          a dialog that is shown as a modal; its [data-close] closes it
//   data-apply          a field whose form is sent when a person leaves it with another value
//   data-guard          a form that asks before it is left with changes; data-dirty says that it came with some
//   data-load           a file whose form is sent by its [name=load] as soon as one is chosen
//   data-code           a text area with line numbers, in which Tab indents
//   data-combobox       a field that a searchable drop-down takes the place of, from the template in it
//   data-tip            what the style sheet shows while the pointer or the focus is on it, until Escape

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const modal = () => one("dialog:modal");
const isTyped = (element) => element.matches?.("textarea, select, input:not([type=checkbox], [type=radio])");
const isSeen = (element) => element.checkVisibility() && !element.disabled && !element.closest("[inert]");

// Rows: real focus, selection

const rows = () => all("#selection tbody tr");
const row = () => document.activeElement?.closest?.("#selection tbody tr");
const boxes = () => all("#selection tbody input[name=selected]");
const box = (tr) => one("input[name=selected]", tr) ?? {}; // who may not change hooks has none

function focusRow(tr) {
  if (!tr) return;
  tr.tabIndex = -1;
  tr.focus();
}

function move(step, extend) {
  const list = rows();
  const from = list.indexOf(row());
  const to = from < 0 ? list[step > 0 ? 0 : list.length - 1] : list[from + step];
  if (extend && from >= 0 && to) for (const tr of [list[from], to]) box(tr).checked = true;
  focusRow(to);
  if (extend) selected();
}

let anchor; // the row that a range begins at: where the last tick was set by hand

function selectTo(tr) {
  const list = rows();
  const ends = [list.indexOf(anchor?.isConnected ? anchor : tr), list.indexOf(tr)].sort((a, b) => a - b);
  for (const between of list.slice(ends[0], ends[1] + 1)) box(between).checked = true;
  selected();
}

// Brings the header's checkbox and the tools for the selection up to date.
function selected() {
  const pageBox = one("[data-page-box]");
  if (!pageBox) return;
  const [ticked, every] = [boxes().filter((b) => b.checked).length, boxes().length];
  pageBox.checked = ticked > 0 && ticked === every;
  pageBox.indeterminate = ticked > 0 && ticked < every;
  const everything = one("[name=all][value=matching]");
  if (everything && !pageBox.checked) everything.checked = false;
  one(".all")?.classList.toggle("wanted", pageBox.checked);
  one(".selection-tools").classList.toggle("wanted", ticked > 0);
  const count = everything?.checked ? Number(one("#selection [name=count]").value) : ticked;
  const tool = one("[data-count-tool]");
  if (!tool) return; // who may switch but not remove
  one("[data-count]", tool).textContent = `${count} ${count === 1 ? tool.dataset.one : tool.dataset.many}`;
  tool.dataset.tip = `Delete ${count} selected ${count === 1 ? "item" : "items"}`;
}

document.addEventListener("click", (event) => {
  const ticked = event.target.closest?.("#selection input[name=selected]");
  if (!ticked) return;
  if (event.shiftKey && ticked.checked) selectTo(ticked.closest("tr"));
  anchor = ticked.closest("tr");
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-page-box]")) for (const b of boxes()) b.checked = event.target.checked;
  if (event.target.closest("#selection")) selected();
  changed(event.target.form);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-load]") && target.files.length) one("[name=load]", target.form).click();
});

document.addEventListener("focusout", ({ target }) => {
  if (target.matches("[data-apply]") && target.value !== target.defaultValue) target.form.requestSubmit();
});

// Keys. The list of them (?) is made from the attributes that bind them.

const names = { "ArrowDown": "↓", "ArrowUp": "↑", "Space": "Space", "Delete": "Delete" };
const keysOf = (control) => control.getAttribute("aria-keyshortcuts").split(" ");
const binds = (key) => (control) => keysOf(control).includes(key) && isSeen(control);

function press(key) {
  const rowControls = row() ? all("[aria-keyshortcuts]", row()) : [];
  const control = all("[aria-keyshortcuts]").filter((c) => !c.closest("tbody")).concat(rowControls).find(binds(key));
  if (!control) return false;
  if (isTyped(control)) { control.focus(); control.select?.(); } else control.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.isComposing || event.altKey) return;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) one("[data-save]:enabled", modal() ?? one("main"))?.click();
  if (modal()) return;
  if (isTyped(target)) return;
  const tips = key === "Escape" ? all(TIP) : [];
  const inTable = target.closest?.("#selection");
  if ((event.ctrlKey || event.metaKey) && key === "a" && inTable) {
    for (const b of boxes()) b.checked = true;
    selected();
  } else if (event.ctrlKey || event.metaKey) {
    return;
  } else if (tips.length) {
    for (const control of tips) control.classList.add("told");
  } else if (key === "Escape" && boxes().some((b) => b.checked)) {
    for (const b of boxes()) b.checked = false;
    selected();
  } else if (key === "ArrowDown" || key === "ArrowUp") {
    if (!inTable && target !== document.body && target.localName !== "caption") return;
    move(key === "ArrowDown" ? 1 : -1, event.shiftKey);
  } else if (key === " " && event.shiftKey && row()) {
    selectTo(row());
  } else if ((key === "Enter" || key === " ") && target.matches?.("a, button, input, summary")) {
    return;
  } else if (key.length === 1 && key !== " " && document.body.dataset.letters === "off") {
    return;
  } else if (key === "j" || key === "k") {
    move(key === "j" ? 1 : -1, false);
  } else if (!press(key === " " ? "Space" : key)) {
    return;
  }
  event.preventDefault();
});

const TIP = "[data-tip]:is(:hover, :focus-visible):not(.told)";
for (const leaving of ["pointerout", "focusout"]) {
  document.addEventListener(leaving, ({ target }) => target.closest?.("[data-tip]")?.classList.remove("told"));
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-keys-list]")) return;
  const dialog = one("#keys");
  const list = new Map(all("[aria-keyshortcuts]").reverse().map((control) => [keysOf(control).join(" "), control]));
  one("dl", dialog).replaceChildren(...[...list.values()].reverse().flatMap((control) => {
    const term = document.createElement("dt");
    term.append(...keysOf(control).flatMap((key, i) => {
      const kbd = document.createElement("kbd");
      kbd.textContent = names[key] ?? key;
      return i ? [" ", kbd] : [kbd];
    }));
    const meaning = document.createElement("dd");
    meaning.textContent = control.dataset.does ?? control.dataset.tip ?? control.ariaLabel ?? control.textContent.trim();
    return [term, meaning];
  }), one("[data-more-keys]")?.content.cloneNode(true) ?? "");
  dialog.showModal();
});

// The modal: Save is there when both fields are filled and something differs; closing asks once about changes.

// What a field had when the form came; a list without a chosen option starts on its first.
const original = (field) => field.localName === "select"
  ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value
  : field.defaultValue;
const differs = (field) => field.value !== original(field);
const fields = (form) => all("[name=event], [name=schema]", form);

function changed(form) {
  const save = form?.closest("[data-modal]") && one("[data-save]", form);
  if (!save) return;
  const filled = fields(form).every((field) => field.value);
  save.disabled = !filled || !(form.dataset.dirty === "yes" || fields(form).some(differs));
}

document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-close]");
  const form = close?.closest("form");
  const isDirty = form && (form.dataset.dirty === "yes" || fields(form).some(differs));
  if (isDirty && !confirm("Close without saving your changes?")) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

document.addEventListener("cancel", (event) => {
  const close = one("[data-close]", event.target);
  if (!close) return;
  event.preventDefault();
  close.click();
}, true);

function openModal() {
  const dialog = one("dialog[data-modal]");
  if (!dialog) return;
  if (!dialog.matches(":modal")) {
    dialog.close();
    dialog.showModal();
  }
  // What serves people without script would only be in the way.
  for (const button of all("[name=search]", dialog)) button.remove();
  for (const field of all("[data-combobox]:has(select)", dialog)) combobox(field);
  one("[autofocus]", dialog)?.focus();
  changed(one("form", dialog));
}

// A form that is a page of its own asks before it is left with changes, once.

const typed = (form) => all("input:not([type=hidden], [type=file]), select, textarea", form);
const isTouched = (field) => field.type === "checkbox" ? field.checked !== field.defaultChecked : differs(field);
const isGuarded = (form) => form && (form.dataset.dirty === "yes" || typed(form).some(isTouched));

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]:not([target], [download])");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !isGuarded(one("[data-guard]"))) return;
  if (link.getAttribute("href").startsWith("#")) return;
  if (confirm("Leave without saving your changes?")) {
    one("[data-guard]").removeAttribute("data-guard");
  } else {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

addEventListener("beforeunload", (event) => {
  if (isGuarded(one("[data-guard]")) && !submitted) event.preventDefault();
});

let submitted = false; // a form that htmx does not send leaves the page too
document.addEventListener("submit", () => { submitted = true; setTimeout(() => { submitted = false; }); });

// The text area of a flow schema: line numbers, and keys that indent. What it inserts can be undone like typing.

const STEP = "  ";
const insert = (area, text) => {
  // The only way that keeps the browser's own undo.
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
};

function openCode() {
  const area = one("[data-code]");
  if (!area) return;
  if (!one(".numbers", area.parentElement)) {
    const numbers = document.createElement("div");
    numbers.className = "numbers";
    numbers.ariaHidden = "true";
    area.before(numbers);
  }
  number(area);
  if (area.autofocus && area.dataset.line) goTo(area, Number(area.dataset.line), Number(area.dataset.column));
}

function number(area) {
  const numbers = one(".numbers", area.parentElement);
  const count = area.value.split("\n").length;
  if (numbers.dataset.count === String(count)) return;
  numbers.dataset.count = count;
  numbers.textContent = Array.from({ length: count }, (_, index) => index + 1).join("\n");
  numbers.scrollTop = area.scrollTop;
}

// Puts the caret where the server says that something is wrong; columns count characters, not their halves.
function goTo(area, line, column) {
  const lines = area.value.split("\n");
  const before = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  const at = before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  area.setSelectionRange(at, at);
  area.scrollTop = (line / lines.length) * area.scrollHeight - area.clientHeight / 2;
}

// Moves the lines of the selection by a step.
function shift(area, back) {
  const { value, selectionStart: start, selectionEnd: end } = area;
  const from = value.slice(0, start).lastIndexOf("\n") + 1;
  const lines = value.slice(from, end).split("\n");
  const moved = lines.map((line) => back ? line.replace(/^( {1,2}|\t)/, "") : line && STEP + line);
  area.setSelectionRange(from, end);
  insert(area, moved.join("\n"));
  const first = start + moved[0].length - lines[0].length;
  area.setSelectionRange(Math.max(from, first), from + moved.join("\n").length);
}

document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (!area.matches?.("[data-code]") || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const isLeaving = area.dataset.leaving === "yes";
  area.dataset.leaving = event.key === "Escape" || isLeaving && event.key === "Shift" ? "yes" : "no";
  const { value, selectionStart: start, selectionEnd: end } = area;
  if (event.key === "Tab" && !isLeaving) {
    if (event.shiftKey || value.slice(start, end).includes("\n")) shift(area, event.shiftKey);
    else insert(area, STEP);
  } else if (event.key === "Enter") {
    const line = value.slice(0, start).split("\n").at(-1);
    const indent = line.match(/^[ \t]*/)[0];
    const opens = /[[{]\s*$/.test(line);
    insert(area, `\n${indent}${opens ? STEP : ""}`);
    if (opens && /[\]}]/.test(value[end] ?? "")) {
      insert(area, `\n${indent}`);
      const at = area.selectionStart - indent.length - 1;
      area.setSelectionRange(at, at);
    }
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("focusout", ({ target }) => {
  if (target.matches("[data-code]")) target.dataset.leaving = "no";
});

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-code]")) number(target);
});

document.addEventListener("scroll", ({ target }) => {
  if (target.matches?.("[data-code]")) one(".numbers", target.parentElement).scrollTop = target.scrollTop;
}, true);

// The searchable drop-down. htmx asks the server; this moves in what it answered.

function combobox(field) {
  const chosen = one("select", field);
  const option = chosen.selectedOptions[0];
  const content = one("template", field).content.cloneNode(true);
  one(".search", field.parentElement)?.remove();
  field.replaceChildren(content);
  const [input, value] = [one("[role=combobox]", field), one("[name=schema]", field)];
  input.value = input.defaultValue = option?.value ? option.text : "";
  value.value = value.defaultValue = option?.defaultSelected ? option.value : "";
  input.disabled = chosen.disabled;
  htmx.process(field);
}

const options = (input) => all("[role=option]", document.getElementById(input.getAttribute("aria-controls")));

function expand(input, open) {
  input.ariaExpanded = String(open);
  if (!open) input.removeAttribute("aria-activedescendant");
}

function activate(input, option) {
  for (const other of options(input)) other.ariaSelected = String(other === option);
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function choose(input, option) {
  input.value = option.textContent;
  const value = one("[name=schema]", input.closest("[data-combobox]"));
  value.value = option.dataset.value;
  expand(input, false);
  changed(input.form);
}

document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (input.role !== "combobox" || event.isComposing) return;
  const open = input.ariaExpanded === "true";
  const list = options(input);
  const at = list.findIndex((option) => option.id === input.getAttribute("aria-activedescendant"));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && event.altKey) expand(input, step > 0);
  else if (step && !open) { expand(input, true); activate(input, list.at(step > 0 ? 0 : -1)); }
  else if (step) activate(input, list.at(at < 0 ? (step > 0 ? 0 : -1) : (at + step) % list.length));
  else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) { if (open && at >= 0) choose(input, list[at]); }
  else if (event.key === "Escape" && open) expand(input, false);
  else if (event.key === "Escape" && input.value) clear(input);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

function clear(input) {
  input.value = "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  expand(input, false);
}

function typedInto(input) {
  one("[name=schema]", input.closest("[data-combobox]")).value = "";
  expand(input, true);
  changed(input.form);
}

document.addEventListener("input", (event) => {
  if (event.target.role === "combobox") typedInto(event.target);
});

// New options: what the person stood on, if it is still among them.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const input = ctx.target?.role === "listbox" && one(`[aria-controls="${ctx.target.id}"]`);
  if (input) activate(input, options(input).find((o) => o.id === input.getAttribute("aria-activedescendant")));
});

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.("[data-combobox] [role=option]");
  if (!option) return;
  event.preventDefault();
  choose(one("[role=combobox]", option.closest("[data-combobox]")), option);
});

document.addEventListener("focusout", (event) => {
  if (event.target.role === "combobox") expand(event.target, false);
});

// Swaps: what was pressed is disabled while it is sent; focus goes where the person would look for it.

// What the last request left: the address, the place, hook and control that had the focus, the hooks on the page.
// A swap writes over the rows where they stand, so whatever belonged to a row has to find its hook again.
let left;
const hook = (tr) => tr.dataset.row;

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const pressed = ctx.request.submitter ?? ctx.sourceElement;
  const tr = row();
  left = {
    pressed,
    path: location.pathname + location.search,
    row: tr ? rows().indexOf(tr) : -1,
    hook: tr && hook(tr),
    control: tr !== document.activeElement && kind(document.activeElement),
    refreshed: pressed.hasAttribute("data-refresh") && rows().map(hook),
    selected: boxes().filter((b) => b.checked).map((b) => b.value),
  };
  if (pressed.localName === "button") pressed.disabled = true;
});

const controls = (tr) => all("a, button, input", tr);
const kind = (control) => `${control.className} ${control.getAttribute("aria-keyshortcuts")}`;

document.addEventListener("htmx:finally:request", () => {
  if (left?.pressed.localName === "button") left.pressed.disabled = false;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "page" && ctx.target !== document.body) return; // the body after Back and Forward
  one("#alert").replaceChildren();
  for (const field of all("[data-apply]")) field.value = field.defaultValue; // a refused number stays otherwise
  for (const password of all("[type=password]")) password.value = ""; // as in a page that was loaded anew
  for (const area of all("[data-code]")) if (area.value !== area.defaultValue) area.value = area.defaultValue;
  openCode();
  openModal();
  if (modal() || !left) return;
  if (left.refreshed) tellDifference(left.refreshed, rows().map(hook));
  for (const b of boxes()) b.checked = left.refreshed && left.selected.includes(b.value);
  anchor = undefined;
  selected();
  // In a task of its own: the browser lays out the page before anything gets the focus.
  if (!one("#page [autofocus]")) setTimeout(focusAfter, 0, left);
});

function focusAfter({ pressed, path, row: index, hook: id, control }) {
  const tr = rows().find((r) => hook(r) === id) ?? rows()[Math.min(index, rows().length - 1)];
  const moved = location.pathname + location.search !== path;
  const stays = !moved && pressed.localName === "button" && pressed.isConnected;
  if (stays) pressed.disabled = false;
  const opener = moved && all("main a").find((a) => a.getAttribute("href") === path);
  if (moved && location.pathname === path.split("?")[0]) one("main caption")?.focus();
  else if (document.activeElement !== document.body && !(row() && tr)) return;
  else if (opener) opener.focus();
  else if (tr) (controls(tr).find((c) => kind(c) === control) ?? focusRow(tr))?.focus();
  else if (stays && isSeen(pressed)) pressed.focus();
  else (one("main caption") ?? one("main .button.primary") ?? one("main"))?.focus();
}

function tellDifference(before, after) {
  const added = after.filter((id) => !before.includes(id)).length;
  const removed = before.filter((id) => !after.includes(id)).length;
  const parts = [added && `${added} new`, removed && `${removed} removed`].filter(Boolean);
  const message = document.createElement("p");
  message.className = "message";
  message.textContent = parts.join(", ") || "Nothing changed";
  one("#status").replaceChildren(message);
}

document.addEventListener("htmx:error", () => {
  one("#alert").replaceChildren(one("#unreachable").content.cloneNode(true));
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-retry]")) return;
  one("#alert").replaceChildren();
  if (left.pressed === document.body) location.reload(); // Back or Forward had no answer
  else left.pressed.click();
});

openCode();
openModal();
selected();
