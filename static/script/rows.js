// The rows of a registry: the one that has the focus, and those that are selected.
//
//   data-row         the id of what the row shows
//   data-page-box    the checkbox that selects the page
//   data-count-tool  says how many rows are selected, with the words in data-one and data-many
//   data-keeps       the form of a registry whose ticks are kept from page to page

const rows = () => all("#selection tbody tr");
const focusedRow = () => document.activeElement?.closest?.("#selection tbody tr");
const boxes = () => all("#selection tbody input[name=selected]");
const tickedBoxes = () => boxes().filter((box) => box.checked);

let anchor; // the row where a range begins: the last one that was ticked by hand

function tick(row) {
  const box = one("input[name=selected]", row);
  if (box) box.checked = true; // people who may not change anything have none
}

function tickAll(checked) {
  for (const box of boxes()) box.checked = checked;
  showSelection();
}

// The page, and if that is ticked already, all that match.
function selectAll() {
  const matching = one("[name=all][value=matching]");
  if (matching) matching.checked ||= one("[data-page-box]").checked;
  tickAll(true);
}

function tickTo(row) {
  const list = rows();
  const ends = [list.indexOf(anchor?.isConnected ? anchor : row), list.indexOf(row)].sort((a, b) => a - b);
  list.slice(ends[0], ends[1] + 1).forEach(tick);
  showSelection();
}

function focusRow(row) {
  if (!row) return;
  row.tabIndex = -1;
  row.focus();
}

// From the row in focus to the next or the one before, extending the selection if asked to.
function moveFocus(step, extend = false) {
  const list = rows();
  const from = list.indexOf(focusedRow());
  const to = from < 0 ? list.at(step > 0 ? 0 : -1) : list[from + step];
  if (extend && from >= 0 && to) [list[from], to].forEach(tick);
  focusRow(to);
  if (extend) showSelection();
}

// What is ticked on other pages of a registry that keeps it: the path of the registry and the ids.
let kept = { path: "", ids: new Set() };

function keepTicks() {
  // Whoever is at another registry has left.
  if (one("#selection:not([data-keeps])")) kept.ids.clear();
  if (!one("#selection[data-keeps]")) return;
  if (kept.path !== location.pathname) kept = { path: location.pathname, ids: new Set() };
  for (const box of boxes()) kept.ids[box.checked ? "add" : "delete"](box.value);
}

function clearSelection() {
  kept.ids.clear();
  for (const input of all("[data-kept]")) input.remove();
  tickAll(false);
}

// Ticks what was ticked before, and sends along what is on other pages.
function recallTicks() {
  const form = one("#selection[data-keeps]");
  for (const input of all("[data-kept]")) input.remove();
  if (!form || kept.path !== location.pathname) return;
  const shown = boxes();
  for (const box of shown) box.checked ||= kept.ids.has(box.value);
  for (const id of kept.ids) {
    if (shown.some((box) => box.value === id)) continue;
    const input = element("input");
    Object.assign(input, { type: "hidden", name: "selected", value: id });
    input.dataset.kept = "yes";
    form.append(input);
  }
}

// Updates the header's checkbox, the offer to select all, and the tools for the selection.
function showSelection() {
  const pageBox = one("[data-page-box]");
  if (!pageBox) return;
  keepTicks();
  const [ticked, every] = [tickedBoxes().length, boxes().length];
  const selected = ticked + all("[data-kept]").length;
  pageBox.checked = ticked > 0 && ticked === every;
  pageBox.indeterminate = ticked > 0 && ticked < every;
  one(".all")?.classList.toggle("wanted", pageBox.checked);
  one(".selection-tools").classList.toggle("wanted", selected > 0);
  const matching = one("[name=all][value=matching]");
  if (matching && !pageBox.checked) matching.checked = false;
  showCount(matching?.checked ? Number(one("#selection [name=count]").value) : selected);
}

function showCount(count) {
  for (const tool of all("[data-count-tool]")) {
    one("[data-count]", tool).textContent = `${count} ${count === 1 ? tool.dataset.one : tool.dataset.many}`;
    if (tool.matches(".danger")) tool.dataset.tip = `Delete ${count} selected ${count === 1 ? "item" : "items"}`;
  }
}

document.addEventListener("click", ({ target, shiftKey }) => {
  const box = target.closest?.("#selection input[name=selected]");
  if (!box) return;
  const row = box.closest("tr");
  if (shiftKey && box.checked) tickTo(row);
  anchor = row;
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-page-box]")) tickAll(target.checked);
  else if (target.closest("#selection")) showSelection();
});
