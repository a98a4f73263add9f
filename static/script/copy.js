// What is there to be copied is selected whole as soon as it has the focus.
//
//   data-copy  a field that cannot be changed

const selectWhole = (field) => field?.matches?.("[data-copy]") && field.select();

document.addEventListener("focusin", ({ target }) => selectWhole(target));
selectWhole(document.activeElement);
