// On every page: keeps visited threads for when the line is down, sends what waits, brings the helps for writing when
// somebody writes, and the keyboard shortcuts.

const { dataset: page } = document.documentElement;
const load = (name) => import(new URL(`./${name}.js`, import.meta.url));

// The page as the forum rendered it, before any script changed it.
const html = `<!doctype html>${document.documentElement.outerHTML}`;

async function keepForLater() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/worker.js");
  const { active } = await navigator.serviceWorker.ready;
  const isThread = /^\/threads\/[\w-]{20,}$/.test(location.pathname);
  const assets = performance.getEntriesByType("resource").map(({ name }) => name);
  active.postMessage({ person: page.person, url: location.href, html: isThread ? html : "", assets: [...assets, import.meta.url] });
}
addEventListener("load", () => keepForLater().catch(() => {}));

// What could not be sent waits in this browser.
const flush = () => page.person && localStorage.getItem("outbox") && load("outbox").then(({ flush: send }) => send());
addEventListener("online", flush);
setInterval(flush, 10_000);
flush();

for (const form of document.querySelectorAll("form[data-draft]")) {
  const start = () => load("compose").then(({ compose }) => compose(form));
  const isKept = Object.keys(localStorage).some((name) => name === `draft:${page.person}:${form.dataset.draft}`);
  if (isKept || form.dataset.compose === "thread") start();
  else form.addEventListener("focusin", start, { once: true });
}

if (document.querySelector(".trouble")) load("trouble");

// A draft whose key the forum has taken was sent, on whatever page that is noticed.
const sent = document.cookie.split("; ").find((pair) => pair.startsWith("partage_sent="))?.split("=")[1];
const drafts = () => Object.keys(localStorage).filter((name) => name.startsWith("draft:"));
if (sent) {
  for (const name of drafts()) {
    const others = JSON.parse(localStorage.getItem(name)).filter(({ key }) => key !== sent);
    if (others.length) localStorage.setItem(name, JSON.stringify(others));
    else localStorage.removeItem(name);
  }
}
document.getElementById("sign-out")?.addEventListener("submit", () => {
  for (const name of drafts()) if (name.startsWith(`draft:${page.person}:`)) localStorage.removeItem(name);
});

const keys = document.getElementById("keys");
const off = document.getElementById("keys-off");
const isOff = () => localStorage.getItem("keys") === "off";
off.checked = isOff();
off.addEventListener("change", () => (off.checked ? localStorage.setItem("keys", "off") : localStorage.removeItem("keys")));
document.getElementById("keys-hint").hidden = false;

function step(by) {
  const all = [...document.querySelectorAll("article.post, article.row")];
  const now = all.findIndex((article) => article.contains(document.activeElement));
  const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by];
  (next?.matches(".post") ? next : next?.querySelector("a"))?.focus();
}

const acts = {
  "?": () => keys.showModal(),
  j: () => step(1),
  k: () => step(-1),
  u: () => document.getElementById("first-unread")?.click(),
  r: () => document.querySelector("#reply textarea")?.focus(),
  g: () => location.assign("/"),
};
addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, dialog, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || isOff() || !acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});
