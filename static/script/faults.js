// What goes wrong. A request that failed leaves the page as it is, with all that was typed, and a message beside it: in
// the dialog, if one is open.
//
//   data-alert       where messages are shown
//   data-retry       a button that repeats the request that failed
//   data-token       a message that brings a new token for the forms of the page
//   data-asks-again  an element whose request is sent again and again

let failed; // the request that the message is about

const messages = () => one("dialog:modal [data-alert]") ?? one("#alert");
const isOfMessage = (element) => element?.closest?.("[data-alert]");

// What our server says that an answer is: an answer; a failure, whose page takes the place of what is there unless
// something would be lost; or a fault, which is always a message. A proxy says nothing of the kind.
function kindOfAnswer({ hx, response: { headers } }) {
  const isPage = headers.get("Content-Type")?.startsWith("text/html") || hx.redirect;
  return isPage ? headers.get("Queue-Hooks") : null;
}

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  const kind = kindOfAnswer(ctx);
  const isMessage = isOfMessage(ctx.sourceElement) || kind === "fault" ||
    kind === "failure" && (asksAgain(ctx) || losesTyped(ctx.request));
  if (kind && !isMessage) return;
  const isTold = saysAlready(ctx);
  if (kind && !isTold) return showInstead(ctx);
  event.preventDefault();
  if (!ctx.response.raw.bodyUsed) ctx.response.raw.body?.cancel();
  if (!isTold) tell(ctx, one("#foreign"), ctx.response.status);
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !saysAlready(ctx)) tell(ctx, one("#unreachable"));
});

const asksAgain = ({ sourceElement: source }) => source.matches("[data-asks-again]");

// What asks again by itself says once that it fails, and takes the place of no other message.
function saysAlready(ctx) {
  if (!asksAgain(ctx) || !messages().hasChildNodes()) return false;
  if (!failedBefore(ctx)) return true;
  return failed.response?.status === ctx.response?.status;
}

// Whether the message is about the same request. An answer may have taken the place of what asked.
function failedBefore(ctx) {
  if (!failed) return false;
  if (ctx.sourceElement === failed.sourceElement) return true;
  return asksAgain(failed) && ctx.request.action === failed.request.action;
}

function tell(ctx, template, status) {
  const message = template.content.cloneNode(true);
  for (const place of all("[data-status]", message)) place.textContent = status;
  remember(ctx);
  messages().replaceChildren(message);
  messages().scrollIntoView({ block: "nearest" });
}

// The button that tried before is gone, and the page may have been scrolled.
function showRetry() {
  messages().scrollIntoView({ block: "nearest" });
  if (document.activeElement === document.body) one("[data-retry]", messages())?.focus();
}

// The message is in the answer.
function showInstead(ctx) {
  remember(ctx);
  delete ctx.hx.redirect;
  Object.assign(ctx.hx, {
    retarget: messages(), reswap: "innerHTML ignoreTitle:true", reselect: ".error, .door", pushurl: "false",
  });
}

function remember(ctx) {
  const { sourceElement: source } = ctx;
  if (!isOfMessage(source)) failed = ctx; // else the message is still about what failed before
  if (source.role === "combobox") showOptions(source, []); // those of an earlier search
  if (isTraversal(ctx)) {
    ctx.entry = window.navigation?.currentEntry.key;
    stay().then(showRetry);
  }
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (isOfMessage(ctx.target)) {
    const token = one("[data-token]", ctx.target)?.dataset.token;
    if (token) for (const field of all("[name=token]")) field.value = token;
  } else if (isPage(ctx.target) || failedBefore(ctx)) {
    failed = undefined;
    for (const place of all("[data-alert]")) place.replaceChildren();
  }
});

document.addEventListener("click", ({ target }) => {
  const retry = target.closest?.("[data-retry]");
  if (!retry) return;
  const place = isOfMessage(retry);
  if (!place) return location.reload(); // a page that was loaded
  if (leadsAway(failed) && !mayLeave(unsaved())) return;
  place.replaceChildren();
  repeat(failed);
});

// From what was typed, which may have become more since the person was asked.
const leadsAway = ({ request: { form }, sourceElement: source }) =>
  form !== unsaved() && source.role !== "combobox" && !source.matches("[data-discard]");

function repeat(ctx) {
  if (isTraversal(ctx)) return traverseAgain(ctx.entry);
  const { request: { form, submitter, method, action }, sourceElement: source } = ctx;
  (submitter ?? source).focus?.();
  if (source.role === "combobox") expand(source, true);
  if (form?.isConnected) form.requestSubmit(submitter?.form === form ? submitter : null);
  else if (source.isConnected && !form) htmx.ajax(method, action, { source });
  else location.reload();
}
