// The modal. The server sends an open dialog, for people without script; here it becomes modal.
//
//   data-modal  the dialog
//   data-close  closes it
//   data-save   sends its form: enabled once both fields are filled and something has changed

function openModal() {
  const dialog = one("dialog[data-modal]");
  if (!dialog) return;
  if (!dialog.matches(":modal")) {
    dialog.close();
    dialog.showModal();
  }
  // The search for people without script would only be in the way.
  for (const button of all("[name=search]", dialog)) button.remove();
  for (const field of all("[data-combobox]:has(select)", dialog)) openCombobox(field);
  one("[autofocus]", dialog)?.focus();
  showSave(one("form", dialog));
}

// The drop-down on a page of its own, where no dialog is open.
function openFields() {
  for (const button of all("#page form.stack [name=search]")) button.remove();
  for (const field of all("#page form.stack [data-combobox]:has(select)")) openCombobox(field);
  one("#page form.stack [role=combobox][autofocus]")?.focus();
}

function showSave(form) {
  const save = form?.closest("[data-modal]") && one("[data-save]", form);
  if (!save) return;
  const isFilled = all("[name=event], [name=schema]", form).every((field) => field.value);
  save.disabled = !isFilled || !isDirty(form);
}

document.addEventListener("change", ({ target }) => showSave(target.form));

let focusInModal; // when Escape was pressed

// Escape closes it like its button does.
document.addEventListener("cancel", (event) => {
  const close = one("[data-close]", event.target);
  if (!close) return;
  event.preventDefault();
  focusInModal = document.activeElement;
  close.click();
}, true);

// Chromium closes it at the second Escape, whatever the person answered.
document.addEventListener("close", ({ target }) => {
  if (!target.matches("[data-modal]:not([open])")) return;
  openModal();
  focusInModal?.focus();
}, true);
