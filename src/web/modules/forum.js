// On every page: shows when the connection is down and what is pending, stores visited threads for offline reading, sends what
// is pending, loads the editor when somebody writes, and handles keyboard shortcuts.

const { dataset: page } = document.documentElement;
const load = (name) => import(new URL(`./${name}.js`, import.meta.url));

// The page as the forum rendered it, before any script changed it; a page from the service worker is already stored.
const html = page.kept ? "" : `<!doctype html>${document.documentElement.outerHTML}`;
const thread = document.getElementById("thread");
const faces = [...(thread?.children ?? [])].map(({ dataset }) => [Number(dataset.number), dataset.face]);

/** Values stored in this browser by name; a browser without storage returns nothing. */
export const store = {
  get(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, value);
    } catch {
      // Storage is disabled or full.
    }
  },
  names() {
    try {
      return Object.keys(localStorage);
    } catch {
      return [];
    }
  },
  list(name) {
    try {
      return JSON.parse(store.get(name)) ?? [];
    } catch {
      return [];
    }
  },
  setList: (name, all) => store.set(name, all.length ? JSON.stringify(all) : null),
};

// How long an interruption is not worth a message, how long the message about its end is shown, and how often a page without a
// live connection checks for it.
const NOTICE_DELAY = 4000;
const RETRY_EVERY = 10_000;

const strip = document.getElementById("strip");
const [notice, pendingLink] = strip.firstElementChild.children;
let isUp = true;
let isDelayed = false;
let later;

const unfold = () => {
  strip.firstElementChild.hidden = notice.hidden && pendingLink.hidden;
};

function announce(text) {
  notice.textContent = text;
  notice.hidden = !text;
  unfold();
}

/** Shows that the connection is down, unless it is back soon; and that it is back. */
export function showConnection(up, delay = NOTICE_DELAY) {
  if (!up && isUp && (!isDelayed || delay === 0)) {
    clearTimeout(later);
    isDelayed = true;
    later = setTimeout(() => {
      isUp = false;
      announce(strip.dataset.down);
    }, delay);
  }
  if (!up) return;
  if (isDelayed) clearTimeout(later);
  isDelayed = false;
  if (isUp) return;
  isUp = true;
  announce(strip.dataset.up);
  later = setTimeout(announce, NOTICE_DELAY, "");
  check();
}

const pending = new Map();

/** Shows what is pending, by kind, with a link to it. */
export function showPending(kind, text) {
  pending.set(kind, text);
  const all = [...pending.values()].filter(Boolean);
  pendingLink.textContent = all.join(" · ");
  pendingLink.hidden = all.length === 0;
  document.getElementById("kept").hidden = pendingLink.hidden;
  unfold();
}

/** A text with a value in place of its placeholder; the value is inserted literally. */
export const put = (text, name, value) => text.split(`{${name}}`).join(value);

async function toWorker(message) {
  if (!navigator.serviceWorker) return;
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage(message);
}

async function storePage() {
  await navigator.serviceWorker?.register("/worker.js");
  const isThread = html && thread && /^\/threads\/[\w-]{20,}$/.test(location.pathname);
  const { lang } = document.documentElement;
  const assets = new URL("./", import.meta.url).href;
  const kept = isThread && { url: location.href, html, title: document.querySelector("h1").textContent, thread: { ...thread.dataset, words: undefined }, faces };
  await toWorker({ person: page.person, lang, assets, page: kept });
}
addEventListener("load", () => storePage().catch(() => {}));

// Checks whether texts of stored pages have changed: whatever happens to a text on the open page happens to the stored one.
function check() {
  toWorker({ check: true }).catch(() => {});
}
document.addEventListener("forum:changed", check);
setInterval(() => document.hidden || check(), 60_000);

// Texts that could not be sent wait in this browser.
const flush = () => page.person && store.get("outbox") && load("outbox").then(({ flush: send }) => send()).catch(() => {});

async function look() {
  if (isUp) return;
  await fetch("/worker.js", { method: "HEAD", cache: "no-store" });
  if (page.kept === "list") location.reload();
  else if (!thread) showConnection(true);
}
if (page.kept || navigator.onLine === false) showConnection(false, 0);
addEventListener("offline", () => showConnection(false, 0));
addEventListener("online", () => {
  look().catch(() => {});
  flush();
});
setInterval(() => {
  look().catch(() => {});
  flush();
}, RETRY_EVERY);
flush();

const mine = (name) => name.startsWith(`draft:${page.person}:`);
const drafts = () => store.names().filter((name) => name.startsWith("draft:"));

for (const form of document.querySelectorAll("form[data-draft]")) {
  const start = () => load("compose").then(({ compose }) => compose(form));
  if (store.get(`draft:${page.person}:${form.dataset.draft}`) || form.dataset.compose === "thread") start();
  form.addEventListener("focusin", start, { once: true });
  // A click on a button that the editor has not taken over yet is repeated once it has.
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-mark]");
    if (button && !form.dataset.helped) start().then(() => button.click());
  });
}
// A draft in a place where nobody can write any more.
const orphan = thread && `draft:${page.person}:thread-${thread.dataset.thread}`;
if (orphan && store.get(orphan) && !document.querySelector("form[data-draft]")) load("drafts").then(({ show }) => show(orphan));

// A draft whose key the forum has accepted was sent, whichever page notices it. Drafts of another person stay in this browser
// only if the forum does not have them.
const sent = document.cookie.split("; ").find((pair) => pair.startsWith("partage_sent="))?.split("=")[1];
for (const name of drafts()) {
  store.setList(name, store.list(name).filter(({ key, saved }) => key !== sent && (mine(name) || !saved)));
}

// A discarded draft is not offered again from this browser.
addEventListener("submit", ({ target }) => {
  if (new URL(target.action).pathname !== "/drafts/discard") return;
  const { title, body } = target.elements;
  const isSame = ({ values }) => (values.body ?? "").trim() === body?.value.trim() && (values.title ?? "").trim() === (title?.value ?? "").trim();
  for (const name of drafts().filter(mine)) store.setList(name, store.list(name).filter((draft) => !isSame(draft)));
});

if (document.querySelector(".trouble")) load("trouble");
if (document.querySelector("details.facet")) load("tags");
if (document.querySelector("[data-copy]")) load("copy");

// Signing out removes everything from this browser; unsent texts are first moved to the forum.
const out = document.getElementById("sign-out");
async function forgetAll() {
  for (const name of drafts().filter(mine)) store.set(name, null);
  if (!self.caches) return;
  for (const name of await caches.keys()) if (name.startsWith("pages:")) await caches.delete(name);
}
out?.addEventListener("submit", (event) => {
  if (!drafts().some(mine) && !store.get("outbox")) {
    forgetAll().catch(() => {});
    return;
  }
  event.preventDefault();
  const leave = async () => {
    const { leave: move, drop } = await load("outbox");
    const left = await move();
    if (left.length && !confirm(put(out.dataset.unsent, "count", left.length.toLocaleString(document.documentElement.lang)))) return;
    await drop(left);
    await forgetAll();
    out.submit();
  };
  leave().catch(() => out.submit());
});

const keys = document.getElementById("keys");
const off = document.getElementById("keys-off");
const isOff = () => store.get("keys") === "off";
if (off) {
  off.checked = isOff();
  off.addEventListener("change", () => store.set("keys", off.checked ? "off" : null));
  document.getElementById("keys-hint").hidden = false;
}

function step(by) {
  const all = [...document.querySelectorAll("article.post, article.row")];
  const now = all.findIndex((article) => article.contains(document.activeElement));
  const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by];
  (next?.matches(".post") ? next : next?.querySelector("a"))?.focus();
}

const acts = {
  "?": () => keys?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  u: () => document.getElementById("first-unread")?.click(),
  r: () => document.querySelector("#reply textarea")?.focus(),
  g: () => location.assign("/"),
};
// On keyboards without Latin letters, the position of the key decides.
const PLACES = { KeyJ: "j", KeyK: "k", KeyU: "u", KeyR: "r", KeyG: "g" };

function actOf({ key, code, shiftKey }) {
  if (key === "?" || (shiftKey && code === "Slash" && !/^[\x20-\x7e]$/.test(key))) return acts["?"];
  const letter = /^[a-z]$/i.test(key) ? key.toLowerCase() : /^[\p{L}\p{M}]$/u.test(key) && PLACES[code];
  return !shiftKey && Object.hasOwn(acts, letter) && acts[letter];
}

addEventListener("keydown", (event) => {
  const at = event.composedPath()[0];
  const isTyping = at.isContentEditable || at.closest?.("input, textarea, select, dialog");
  // A browser's autofill arrives as an event without a key.
  const isChord = event.ctrlKey || event.metaKey || event.altKey || event.getModifierState?.("AltGraph");
  // 229: an input method is handling the key.
  if (isTyping || isChord || event.isComposing || event.keyCode === 229 || event.defaultPrevented || isOff()) return;
  const act = actOf(event);
  if (!act) return;
  event.preventDefault();
  act();
});
