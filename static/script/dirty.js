// What a person has typed but not saved.
//
//   data-dirty     a form that came with unsaved changes: it was refused, or somebody else saved meanwhile
//   data-guard     a form that is a page of its own and asks, once, before a person leaves it with unsaved changes
//   data-close     leaves the form around it, and asks as well
//   data-original  the first value of a hidden field: its default value changes with its value
//   data-apply     a field whose form is sent when a person changes it and leaves it

// A field's value when its form came; a list without a chosen option starts on its first.
function original(field) {
  if (field.localName !== "select") return field.dataset.original ?? field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value;
}

const isChanged = (field) => field.type === "checkbox"
  ? field.checked !== field.defaultChecked
  : field.value !== original(field);

// Hidden fields that are only sent along do not count as changes, nor does a search.
const FIELDS = "select, textarea, input:not([type=hidden], [type=file], [type=search], [role=combobox]), [data-original]";
const isDirty = (form) => form.dataset.dirty === "yes" || all(FIELDS, form).some(isChanged);

function askBeforeLosing(form, question, event) {
  if (!form || !isDirty(form)) return;
  if (confirm(question)) {
    form.removeAttribute("data-guard");
  } else {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-close]");
  if (close) askBeforeLosing(close.closest("form"), "Close without saving your changes?", event);
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]:not([target], [download], [href^='#'])");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  askBeforeLosing(one("[data-guard]"), "Leave without saving your changes?", event);
}, true);

let isSubmitting = false; // a form that htmx does not send leaves the page too

document.addEventListener("submit", () => {
  isSubmitting = true;
  setTimeout(() => { isSubmitting = false; });
});

addEventListener("beforeunload", (event) => {
  const form = one("[data-guard]");
  if (form && isDirty(form) && !isSubmitting) event.preventDefault();
});

document.addEventListener("focusout", ({ target }) => {
  if (target.matches("[data-apply]") && isChanged(target)) target.form.requestSubmit();
});
