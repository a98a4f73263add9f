// What is there to be copied is selected whole as soon as it has the focus, and a button beside it copies it.
//
//   data-copy    a field that cannot be changed
//   data-copies  a button that copies the field with this id; the style sheet shows it where the browser has a clipboard

const selectWhole = (field) => field?.matches?.("[data-copy]") && field.select();

document.addEventListener("focusin", ({ target }) => selectWhole(target));
selectWhole(document.activeElement);

// Only pages that came over TLS, or from this machine, have one.
if (navigator.clipboard) document.documentElement.dataset.clipboard = "yes";

document.addEventListener("click", ({ target }) => {
  const field = document.getElementById(target.closest?.("[data-copies]")?.dataset.copies);
  if (field) copy(field);
});

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    say("Copied");
  } catch {
    field.focus();
    say("The browser did not let it be copied. It is selected now: copy it with the keyboard.", "notice");
  }
}
