// The order of requests: on a slow line several are on their way at once. Changes are sent one after the other, as they
// were pressed, and none is given up. Of the navigations (links, searches, Back) the last one counts: it takes the
// place of the one before, and it goes after all changes, so that its page shows them.

const running = new Map(); // requests, by what htmx calls their context, in the order in which they were pressed

const isTraversal = (ctx) => "HX-History-Restore-Request" in ctx.request.headers;
const changes = () => [...running.values()].filter((request) => request.isChange);
const navigations = () => [...running.values()].filter((request) => !request.isChange);
const traversals = () => navigations().filter(({ ctx }) => isTraversal(ctx));
const isTraversing = (but) => traversals().some(({ ctx }) => ctx !== but);

// What is large takes longer on a slow line, and the server waits as long as it moves: a second for each 4 kB.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const sizes = [...(ctx.request.body ?? [])].map(([, value]) => value.size ?? value.length);
  ctx.request.timeout = htmx.config.defaultTimeout + sizes.reduce((sum, size) => sum + size, 0) / 4;
});

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (!isPage(ctx.target)) return;
  const request = { ctx, send: ctx.fetch, isChange: ctx.request.method !== "GET" };
  if ([...running.values()].some((other) => isRepeated(request, other))) return event.preventDefault();
  const [before] = changes().slice(-1);
  // A link that is pressed while Back is on its way belongs to the page that is still shown.
  if (!request.isChange && !isTraversal(ctx) && isTraversing()) request.isHere = stay();
  for (const other of navigations()) {
    if (request.isChange) other.attempt?.abort();
    else giveUp(other);
  }
  request.isOver = new Promise((resolve) => { request.end = resolve; });
  ctx.fetch = () => request.isChange ? change(request, before) : navigate(request);
  // htmx would count the time from here on, and give up what it sent before.
  clearTimeout(ctx.requestTimeout);
  ctx.request.abort = () => {};
  running.set(ctx, request);
});

// The same once more, or the button that saves a form, while the first press is on its way.
function isRepeated({ ctx }, { ctx: otherCtx }) {
  const { request } = ctx;
  const { request: other } = otherCtx;
  const save = request.submitter?.matches("[data-save]") && request.submitter;
  if (save && save === other.submitter) return true;
  return isAtOnce(ctx) === isAtOnce(otherCtx) && request.method === other.method && request.action === other.action
    && request.headers["HX-History-Restore-Request"] === other.headers["HX-History-Restore-Request"]
    && String(new URLSearchParams(request.body ?? "")) === String(new URLSearchParams(other.body ?? ""));
}

async function change(request, before) {
  await before?.isOver;
  return await attempt(request);
}

async function navigate(request) {
  await request.isHere;
  for (;;) {
    while (changes().length) await changes()[0].isOver;
    if (!running.has(request.ctx)) throw new DOMException("Something else was asked for.", "AbortError");
    try {
      return await attempt(request);
    } catch (error) {
      // A change that was pressed meanwhile comes first.
      if (!changes().length) throw error;
    }
  }
}

// With its whole text: until it is there, the request can be given up.
async function attempt(request) {
  const { ctx } = request;
  const attempt = request.attempt = new AbortController();
  clearTimeout(ctx.requestTimeout);
  ctx.requestTimeout = setTimeout(() => attempt.abort("timeout"), ctx.request.timeout);
  const response = await request.send(ctx.request.action, { ...ctx.request, signal: attempt.signal });
  const text = await response.text();
  response.text = async () => text;
  request.isAnswered = true;
  return response;
}

function giveUp({ ctx, attempt, end }) {
  running.delete(ctx);
  attempt?.abort();
  end();
}

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const request = running.get(ctx);
  if (!request) return;
  running.delete(ctx);
  request.end();
  // What was refused is there to be read, and to be mended.
  if (!request.isChange || ctx.response?.raw.ok) return;
  for (const other of navigations()) if (!isTraversal(other.ctx)) giveUp(other);
});

// Where Back leads is in the address bar already.
document.addEventListener("htmx:before:history:update", (event) => {
  if (!isTraversing()) return;
  event.preventDefault();
  address = new URL(event.detail.history.path, location).href;
});

// Back to the page that is still shown.
document.addEventListener("htmx:before:history:restore", (event) => {
  if (!isShown()) return;
  event.preventDefault();
  traversals().forEach(giveUp);
});

addEventListener("beforeunload", (event) => {
  if (changes().some(({ isAnswered }) => !isAnswered)) event.preventDefault();
});
