// Menus: what a .choices opens closes with Escape (in `keys.js`), with a press beside it, and when the focus leaves it.

const openMenus = () => all(".choices[open]");

function closeMenus() {
  const menus = openMenus();
  for (const menu of menus) menu.open = false;
  one("summary", menus[0]).focus();
}

for (const beside of ["click", "focusin"]) {
  document.addEventListener(beside, ({ target }) => {
    for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
  });
}
