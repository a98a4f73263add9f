// A try that runs. The server answers with how far it is, and at last with what came of it, which takes the place of all
// that stood there.
//
//   data-said  what is announced when it is over

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const region = ctx.hx?.retarget === "#try" && one("#try[data-said]");
  if (!region) return;
  say(region.dataset.said);
  // The button that stops it is gone.
  if (document.activeElement === document.body) region.focus();
});
