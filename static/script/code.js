// The text of a flow schema. What a key inserts can be undone like typing.
//
//   data-code               a text area with line numbers, in which Tab indents
//   data-line, data-column  where the caret goes, if the text area has the focus
//   data-load               a file field: choosing a file presses the [name=load] of its form

const INDENT = "  ";

function openCode() {
  const area = one("[data-code]");
  if (!area) return;
  if (!numbersOf(area)) {
    const numbers = element("div");
    numbers.className = "numbers";
    numbers.ariaHidden = "true";
    area.before(numbers);
  }
  showNumbers(area);
  if (area.autofocus && area.dataset.line) placeCaret(area, Number(area.dataset.line), Number(area.dataset.column));
}

const numbersOf = (area) => one(".numbers", area.parentElement);

// In blocks: where the number of lines changes, the browser lays out the last of them again and not thousands of lines.
const BLOCK = 100;

function showNumbers(area) {
  const numbers = numbersOf(area);
  const count = area.value.split("\n").length;
  if (numbers.dataset.count === String(count)) return;
  numbers.dataset.count = count;
  const blocks = Math.ceil(count / BLOCK);
  while (numbers.childElementCount > blocks) numbers.lastChild.remove();
  for (let at = 0; at < blocks; at += 1) {
    const block = numbers.children[at] ?? numbers.appendChild(element("div"));
    const first = at * BLOCK + 1;
    const text = Array.from({ length: Math.min(BLOCK, count - first + 1) }, (_, index) => first + index).join("\n")
      + (at < blocks - 1 ? "\n" : "");
    if (block.textContent !== text) block.textContent = text;
  }
  numbers.scrollTop = area.scrollTop;
}

// Where the server found a problem. Columns count whole characters, not UTF-16 units.
function placeCaret(area, line, column) {
  const lines = area.value.split("\n");
  const before = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  const at = before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  area.setSelectionRange(at, at);
  area.scrollTop = (line / lines.length) * area.scrollHeight - area.clientHeight / 2;
}

// Only the browser's own commands keep its undo.
function insert(area, text) {
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
}

// Chromium inserts each line of a text by itself, which takes seconds for some hundreds, but HTML all at once, and takes
// its text alone. Other browsers take no HTML here, and have no need of it.
function insertLines(area, text) {
  const html = text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  if (!document.execCommand("insertHTML", false, html)) insert(area, text);
}

function insertTab(area, isBack) {
  const selected = area.value.slice(area.selectionStart, area.selectionEnd);
  if (isBack || selected.includes("\n")) moveLines(area, isBack);
  else insert(area, INDENT);
}

const startOfLine = (value, at) => value.lastIndexOf("\n", at - 1) + 1;

// Moves the selected lines in or out by one step. What the browser replaces may not end with the last line's end:
// Chromium would lose it all when it does that again after an undo.
function moveLines(area, isBack) {
  const { value, selectionStart: start, selectionEnd: end } = area;
  const from = startOfLine(value, start);
  const selected = value.slice(from, end).replace(/\n+$/, "");
  const lines = selected.split("\n");
  const moved = lines.map((line) => isBack ? line.replace(/^( {1,2}|\t)/, "") : line && INDENT + line);
  const text = moved.join("\n");
  if (text === selected) return;
  area.setSelectionRange(from, from + selected.length);
  insertLines(area, text);
  const first = start + moved[0].length - lines[0].length;
  area.setSelectionRange(Math.max(from, first), end + text.length - selected.length);
}

// A new line is indented like the last one, or deeper after an opening bracket; the closing one gets its own line.
function insertLine(area) {
  const { value, selectionStart: start, selectionEnd: end } = area;
  const line = value.slice(startOfLine(value, start), start);
  const indent = line.match(/^[ \t]*/)[0];
  const opens = /[[{]\s*$/.test(line);
  const deeper = `\n${indent}${opens ? INDENT : ""}`;
  const closes = opens && /[\]}]/.test(value[end] ?? "");
  insertLines(area, closes ? `${deeper}\n${indent}` : deeper);
  area.setSelectionRange(start + deeper.length, start + deeper.length);
}

document.addEventListener("keydown", (event) => {
  const { target: area, key, shiftKey } = event;
  if (!area.matches?.("[data-code]") || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  // After Escape, Tab leaves the text area like any other field.
  const isLeaving = area.dataset.leaving === "yes";
  area.dataset.leaving = key === "Escape" || isLeaving && key === "Shift" ? "yes" : "no";
  if (key === "Tab" && !isLeaving) insertTab(area, shiftKey);
  else if (key === "Enter") insertLine(area);
  else return;
  event.preventDefault();
});

document.addEventListener("focusout", ({ target }) => {
  if (target.matches("[data-code]")) target.dataset.leaving = "no";
});

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-code]")) showNumbers(target);
});

document.addEventListener("scroll", ({ target }) => {
  if (target.matches?.("[data-code]")) numbersOf(target).scrollTop = target.scrollTop;
}, true);

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-load]") && target.files.length) one("[name=load]", target.form).click();
});
