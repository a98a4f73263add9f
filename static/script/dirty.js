// What a person has typed but not saved. Nobody leaves it without being asked, whichever way they leave.
//
//   data-guard     a form that asks before a person leaves it with unsaved changes
//   data-dirty     a form that came with unsaved changes: it was refused, or somebody else saved meanwhile
//   data-close     leaves the form around it, and asks as well
//   data-discard   a link that says itself that it discards the changes, so nothing more is asked
//   data-original  the first value of a hidden field: its default value changes with its value
//   data-apply     a field whose form is sent when a person changes it and leaves it

const LEAVE = "Leave without saving your changes?";
const CLOSE = "Close without saving your changes?";

// A field's value when its form came; a list without a chosen option starts on its first.
function original(field) {
  if (field.localName !== "select") return field.dataset.original ?? field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value;
}

const isChanged = (field) => ["checkbox", "radio"].includes(field.type)
  ? field.checked !== field.defaultChecked
  : field.value !== original(field);

// Hidden fields that are only sent along do not count as changes, nor does a search.
const FIELDS = "select, textarea, input:not([type=hidden], [type=file], [type=search], [role=combobox]), [data-original]";
const isDirty = (form) => form.dataset.dirty === "yes" || all(FIELDS, form).some(isChanged);
const unsaved = () => all("[data-guard]").find(isDirty);

// Whether a page in answer to this request, in place of what is there, would lose something typed.
const losesTyped = ({ method, form }) =>
  Boolean(unsaved() || isFilter(form) || method === "POST" && form && isDirty(form));

let isLeaving = false; // the person agreed to lose what they typed

function mayLeave(form, question = LEAVE) {
  if (!form || isLeaving) return true;
  isLeaving = confirm(question);
  return isLeaving;
}

function askBeforeLosing(form, event, question) {
  if (mayLeave(form, question)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

// Whoever is still here after all types into a form that asks again.
document.addEventListener("input", () => { isLeaving = false; });
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.hx.redirect) isLeaving = true; // what was typed is saved
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!ctx.keepIndicators) isLeaving = false; // else another page is being loaded
});

document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-close]");
  if (close) askBeforeLosing(unsaved(), event, CLOSE);
}, true);

const LINK = "a[href]:not([target], [download], [data-discard], [href^='#'])";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(LINK);
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) askBeforeLosing(unsaved(), event);
}, true);

let isSubmitting = false; // a form that htmx does not send leaves the page too

// Another form than the one with the changes: it leads away from them, unless it is in a message.
document.addEventListener("submit", (event) => {
  const form = unsaved();
  if (form !== event.target && event.target.method !== "dialog" && !isOfMessage(event.target)) {
    askBeforeLosing(form, event);
  }
  isSubmitting = !event.defaultPrevented;
  setTimeout(() => { isSubmitting = false; });
}, true);

addEventListener("beforeunload", (event) => {
  if (unsaved() && !isSubmitting && !isLeaving) event.preventDefault();
});

document.addEventListener("htmx:before:history:restore", (event) => {
  if (isShown() || mayLeave(unsaved())) return;
  event.preventDefault();
  stay();
});

document.addEventListener("focusout", ({ target }) => {
  if (target.matches("[data-apply]") && isChanged(target)) target.form.requestSubmit();
});
