// On every page: says when the line is down and what waits, keeps visited threads for then, sends what waits, brings the
// helps for writing when somebody writes, and the keyboard shortcuts.

const { dataset: page } = document.documentElement;
const load = (name) => import(new URL(`./${name}.js`, import.meta.url));

// The page as the forum rendered it, before any script changed it; what came out of the worker is kept already.
const html = page.kept ? "" : `<!doctype html>${document.documentElement.outerHTML}`;
const thread = document.getElementById("thread");
const faces = [...(thread?.children ?? [])].map(({ dataset }) => [Number(dataset.number), dataset.face]);

/** What this browser keeps by name; a browser that keeps nothing has nothing. */
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
      // It keeps nothing, or no more.
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

// How long a cut is not worth a word, how long its end is, and how often a page without a live line looks for it.
const SHORT = 4000;
const AGAIN = 10_000;

const strip = document.getElementById("strip");
const [said, waits] = strip.firstElementChild.children;
let isUp = true;
let isFalling = false;
let later;

const unfold = () => {
  strip.firstElementChild.hidden = said.hidden && waits.hidden;
};

function tell(text) {
  said.textContent = text;
  said.hidden = !text;
  unfold();
}

/** Says that the line is down, unless it is back soon; and that it is back. */
export function tellLine(up, patience = SHORT) {
  if (!up && isUp && (!isFalling || patience === 0)) {
    clearTimeout(later);
    isFalling = true;
    later = setTimeout(() => {
      isUp = false;
      tell(strip.dataset.down);
    }, patience);
  }
  if (!up) return;
  if (isFalling) clearTimeout(later);
  isFalling = false;
  if (isUp) return;
  isUp = true;
  tell(strip.dataset.up);
  later = setTimeout(tell, SHORT, "");
  check();
}

const waiting = new Map();

/** Says what waits, by its kind, and leads there. */
export function tellWaiting(kind, text) {
  waiting.set(kind, text);
  const all = [...waiting.values()].filter(Boolean);
  waits.textContent = all.join(" · ");
  waits.hidden = all.length === 0;
  document.getElementById("kept").hidden = waits.hidden;
  unfold();
}

/** A text with a value where its name stands: to the letter. */
export const put = (text, name, value) => text.split(`{${name}}`).join(value);

async function toWorker(message) {
  if (!navigator.serviceWorker) return;
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage(message);
}

async function keepForLater() {
  await navigator.serviceWorker?.register("/worker.js");
  const isThread = html && thread && /^\/threads\/[\w-]{20,}$/.test(location.pathname);
  const { lang } = document.documentElement;
  const assets = new URL("./", import.meta.url).href;
  const kept = isThread && { url: location.href, html, title: document.querySelector("h1").textContent, thread: { ...thread.dataset, words: undefined }, faces };
  await toWorker({ person: page.person, lang, assets, page: kept });
}
addEventListener("load", () => keepForLater().catch(() => {}));

// Whatever happens to a text while its page is open happens to the page that is kept.
function check() {
  toWorker({ check: true }).catch(() => {});
}
document.addEventListener("forum:changed", check);
setInterval(() => document.hidden || check(), 60_000);

// What could not be sent waits in this browser.
const flush = () => page.person && store.get("outbox") && load("outbox").then(({ flush: send }) => send()).catch(() => {});

async function look() {
  if (isUp) return;
  await fetch("/worker.js", { method: "HEAD", cache: "no-store" });
  if (page.kept === "list") location.reload();
  else if (!thread) tellLine(true);
}
if (page.kept || navigator.onLine === false) tellLine(false, 0);
addEventListener("offline", () => tellLine(false, 0));
addEventListener("online", () => {
  look().catch(() => {});
  flush();
});
setInterval(() => {
  look().catch(() => {});
  flush();
}, AGAIN);
flush();

const mine = (name) => name.startsWith(`draft:${page.person}:`);
const drafts = () => store.names().filter((name) => name.startsWith("draft:"));

for (const form of document.querySelectorAll("form[data-draft]")) {
  const start = () => load("compose").then(({ compose }) => compose(form));
  if (store.get(`draft:${page.person}:${form.dataset.draft}`) || form.dataset.compose === "thread") start();
  form.addEventListener("focusin", start, { once: true });
  // A press on what the helps have not taken up yet is theirs as soon as they are there.
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-mark]");
    if (button && !form.dataset.helped) start().then(() => button.click());
  });
}
// What was written where nobody can write any more.
const orphan = thread && `draft:${page.person}:thread-${thread.dataset.thread}`;
if (orphan && store.get(orphan) && !document.querySelector("form[data-draft]")) load("drafts").then(({ show }) => show(orphan));

// A draft whose key the forum has taken was sent, on whatever page that is noticed. And what somebody else has written here
// stays for them only where the forum does not have it.
const sent = document.cookie.split("; ").find((pair) => pair.startsWith("partage_sent="))?.split("=")[1];
for (const name of drafts()) {
  store.setList(name, store.list(name).filter(({ key, saved }) => key !== sent && (mine(name) || !saved)));
}

// A draft that is let go of is not offered again out of this browser.
addEventListener("submit", ({ target }) => {
  if (new URL(target.action).pathname !== "/drafts/discard") return;
  const { title, body } = target.elements;
  const isSame = ({ values }) => (values.body ?? "").trim() === body?.value.trim() && (values.title ?? "").trim() === (title?.value ?? "").trim();
  for (const name of drafts().filter(mine)) store.setList(name, store.list(name).filter((draft) => !isSame(draft)));
});

if (document.querySelector(".trouble")) load("trouble");
if (document.querySelector("details.facet")) load("tags");

// Who leaves takes everything along: what was not sent goes to the forum first.
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
// Where a key writes no Latin letter, its place decides.
const PLACES = { KeyJ: "j", KeyK: "k", KeyU: "u", KeyR: "r", KeyG: "g" };

function actOf({ key, code, shiftKey }) {
  if (key === "?" || (shiftKey && code === "Slash" && !/^[\x20-\x7e]$/.test(key))) return acts["?"];
  const letter = /^[a-z]$/i.test(key) ? key.toLowerCase() : /^[\p{L}\p{M}]$/u.test(key) && PLACES[code];
  return !shiftKey && Object.hasOwn(acts, letter) && acts[letter];
}

addEventListener("keydown", (event) => {
  const at = event.composedPath()[0];
  const isTyping = at.isContentEditable || at.closest?.("input, textarea, select, dialog");
  // What a browser fills in by itself comes as an event without keys.
  const isChord = event.ctrlKey || event.metaKey || event.altKey || event.getModifierState?.("AltGraph");
  // 229: a method of input has the key.
  if (isTyping || isChord || event.isComposing || event.keyCode === 229 || event.defaultPrevented || isOff()) return;
  const act = actOf(event);
  if (!act) return;
  event.preventDefault();
  act();
});
