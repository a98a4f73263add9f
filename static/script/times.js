// Moments: the server writes them in the person's zone. This tells it the zone of the browser, and writes how old the moments
// of the last hour are.
//
//   data-utc          what shows a moment, which is in UTC here; the style sheet makes it a tip
//   data-exact        a moment that is never written as an age
//   data-local        the moment as the server wrote it, while its age is shown
//   data-now          when the page was made, in UTC
//   data-zone         the zone that the page is in, if it is meant to be that of the browser
//   data-zone-name    what names the zone
//   data-zone-cookie  the cookie that names the browser's zone to the server, but for the value

const MINUTE = 60_000;

const instant = (utc) => Date.parse(`${utc.replace(" ", "T")}Z`);

let ahead = 0; // milliseconds by which this clock is ahead of the server's

function openTimes() {
  const { now, zone } = one("#page").dataset;
  ahead = Date.now() - instant(now);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
  if (zone && zone !== here) showZone(here);
  showAges();
}

// On the first page of all, after a journey, or if the server does not know the zone.
function showZone(zone) {
  document.cookie = document.body.dataset.zoneCookie.replace("=", `=${zone}`);
  const format = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }); // as ISO 8601
  for (const moment of all("[data-utc]")) {
    moment.textContent = format.format(instant(moment.dataset.utc)).slice(0, moment.textContent.length);
  }
  for (const name of all("[data-zone-name]")) name.textContent = zone;
}

// In text that nobody announces. On paper a moment has no age.
function showAges(isPaper = false) {
  for (const moment of all("[data-utc]:not([data-exact])")) {
    const { utc, local } = moment.dataset;
    const minutes = Math.floor((Date.now() - ahead - instant(utc)) / MINUTE);
    const isRecent = !isPaper && minutes >= -1 && minutes < 60;
    if (!isRecent && local === undefined) continue;
    const text = isRecent ? (minutes > 0 ? `${minutes} min ago` : "just now") : local;
    if (isRecent) moment.dataset.local ??= moment.textContent;
    else delete moment.dataset.local;
    if (moment.textContent !== text) moment.textContent = text;
  }
}

setInterval(() => showAges(), MINUTE / 4);
addEventListener("beforeprint", () => showAges(true));
addEventListener("afterprint", () => showAges());
