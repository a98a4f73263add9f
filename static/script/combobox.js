// The searchable drop-down. htmx asks the server for the options; this moves among them.
//
//   data-combobox  a field with a list, which is replaced by the template in the field
//   data-value     the value of an option
//   data-named     an option with the name that was searched for, in whatever case

const inputOf = (field) => one("[role=combobox]", field);
const valueOf = (input) => one("[name=schema]", input.closest("[data-combobox]"));
const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
const optionsOf = (input) => all("[role=option]", listOf(input));

function openCombobox(field) {
  const list = one("select", field);
  const chosen = list.selectedOptions[0];
  one(".search", field.parentElement)?.remove();
  field.replaceChildren(one("template", field).content.cloneNode(true));
  const input = inputOf(field);
  const value = valueOf(input);
  input.value = input.defaultValue = chosen?.value ? chosen.text : "";
  value.value = value.dataset.original = chosen?.defaultSelected ? chosen.value : "";
  input.disabled = list.disabled;
  htmx.process(field);
}

function showOptions(input, options) {
  document.getElementById(input.getAttribute("aria-controls")).replaceChildren(...options);
  one("[role=status]", input.closest("[data-combobox]")).textContent = "";
}

function expand(input, isOpen) {
  input.ariaExpanded = String(isOpen);
  if (!isOpen) input.removeAttribute("aria-activedescendant");
}

function activate(input, option) {
  for (const other of optionsOf(input)) other.ariaSelected = String(other === option);
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

const activeOption = (input) => optionsOf(input).find((option) => option.id === input.getAttribute("aria-activedescendant"));

function choose(input, option) {
  input.value = option.textContent;
  valueOf(input).value = option.dataset.value;
  expand(input, false);
  showSave(input.form);
}

// A name that was typed in full is chosen, if one option alone has it.
function chooseTyped(input) {
  if (valueOf(input).value || isAsking(input)) return;
  const named = all("[data-named]", listOf(input));
  const exact = named.filter((option) => option.textContent.trim() === input.value.trim());
  const [option, other] = exact.length ? exact : named;
  if (!option || other) return;
  valueOf(input).value = option.dataset.value;
  showSave(input.form);
}

// While a person may still be typing, the letters stay as they are.
function leaveCombobox(input) {
  expand(input, false);
  chooseTyped(input);
  const option = optionsOf(input).find((each) => each.dataset.value === valueOf(input).value);
  if (option) choose(input, option);
}

// The answer to what is in the field has not come yet.
const isAsking = (input) => listOf(input).dataset.answers !== input.value.trim();

// Save was pressed by its key, but what would make it active is still on its way.
function saveOnceChosen(form) {
  const input = one("[role=combobox]", form);
  if (input?.value && isAsking(input)) input.dataset.saves = "yes";
}

function clear(input) {
  input.value = "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  expand(input, false);
}

// To the next option or the one before, and around at the ends.
function moveActive(input, step) {
  const options = optionsOf(input);
  const at = options.indexOf(activeOption(input));
  expand(input, true);
  activate(input, options.at(at < 0 ? (step > 0 ? 0 : -1) : (at + step) % options.length));
}

document.addEventListener("keydown", (event) => {
  const { target: input, key } = event;
  if (input.role !== "combobox" || event.isComposing) return;
  const isOpen = input.ariaExpanded === "true";
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (step && event.altKey) expand(input, step > 0);
  else if (step) moveActive(input, step);
  else if (key === "Enter" && !event.ctrlKey && !event.metaKey) {
    const option = isOpen && activeOption(input);
    if (option) choose(input, option);
    else leaveCombobox(input);
  } else if (key === "Escape" && isOpen) expand(input, false);
  else if (key === "Escape" && input.value) clear(input);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// Typing starts another search, so nothing is chosen.
document.addEventListener("input", ({ target: input }) => {
  if (input.role !== "combobox") return;
  valueOf(input).value = "";
  delete input.dataset.saves;
  expand(input, true);
  showSave(input.form);
});

// New options: stay on the same one, if it is still there, or choose the one that was typed.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const input = ctx.target?.role === "listbox" && one(`[aria-controls="${ctx.target.id}"]`);
  if (!input) return;
  ctx.target.dataset.answers = new URL(ctx.request.action, location).searchParams.get("q").trim();
  activate(input, activeOption(input));
  if (input.ariaExpanded === "true") chooseTyped(input);
  else leaveCombobox(input);
  if (input.dataset.saves) one("[data-save]:enabled", input.form)?.click();
  delete input.dataset.saves;
});

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.("[data-combobox] [role=option]");
  if (!option) return;
  event.preventDefault(); // the focus stays
  choose(inputOf(option.closest("[data-combobox]")), option);
});

document.addEventListener("focusout", ({ target }) => {
  if (target.role === "combobox") leaveCombobox(target);
});
