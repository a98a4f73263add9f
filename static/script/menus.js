// Menus: what a .choices opens closes with Escape (in `keys.js`), with a press beside it, and when the focus leaves it.

const openMenus = () => all(".choices[open]");

function closeMenus() {
  const menus = openMenus();
  for (const menu of menus) menu.open = false;
  one("summary", menus[0]).focus();
}

function closeMenusBut(isStill) {
  for (const menu of openMenus()) if (!isStill(menu)) menu.open = false;
}

document.addEventListener("click", ({ target }) => closeMenusBut((menu) => menu.contains(target)));

// A press on a label gives the focus to what is around the menu.
document.addEventListener("focusin", ({ target }) => {
  closeMenusBut((menu) => menu.contains(target) || target.contains(menu));
});
