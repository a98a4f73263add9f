// What the pages do beyond links and forms. The files here are sent as one, in the order of `assets.rs`. They are
// attached by attributes, which each file lists, and they listen on the document, so that swapped content needs
// no setup. State is in the DOM and the URL. This file has the few helpers that all of them use.

document.documentElement.dataset.scripted = "yes"; // what serves without script is not needed

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const modal = () => one("dialog:modal");
const takesTyping = (element) => element.matches?.("textarea, select, input:not([type=checkbox], [type=radio])");
const isSeen = (element) => element.checkVisibility() && !element.disabled && !element.closest("[inert]");
const isPage = (target) => target?.id === "page" || target === document.body; // the body after Back and Forward

function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

// Shows a message, which is announced.
function say(text, kind = "message") {
  const message = element("p", text);
  message.className = kind;
  one("#status").replaceChildren(message);
}
