// What was written and has not arrived: kept in this browser, sent once when the line is back, in its order. What the forum
// does not take comes back with the reason and the text.

import { fill, forget, placeOf, valuesOf } from "./drafts.js";
import { ask } from "./line.js";

const ACTS = {
  reply: "mutation($input: ReplyInput!) { reply(input: $input) { post { number thread { id } } } }",
  thread: "mutation($input: OpenThreadInput!) { openThread(input: $input) { thread { id } } }",
  edit: "mutation($input: EditPostInput!) { editPost(input: $input) { post { number thread { id } } } }",
};
const DRAFT = "query($place: DraftPlaceInput!) { viewer { draft(place: $place) { body } } }";
const DISCARD = "mutation($place: DraftPlaceInput!) { discardDraft(input: { place: $place }) { __typename } }";
// Refusals after which the same is tried again later, by itself.
const LATER = new Set(["TOO_MANY", "UNAVAILABLE", "INTERNAL", undefined]);

const { dataset: page } = document.documentElement;
const box = document.getElementById("outbox");
const { dataset: words } = box;

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

const wanted = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

const opened = (() => {
  const request = indexedDB.open("partage", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "order", autoIncrement: true });
  return wanted(request);
})();

const inStore = async (mode, act) => wanted(act((await opened).transaction("outbox", mode).objectStore("outbox")));
// What an earlier version of this script kept were replies.
const whole = (entry) => ({ act: "reply", form: `thread-${entry.input.threadId}`, address: `/threads/${entry.input.threadId}`, values: entry.input, ...entry });
const all = async () => (await inStore("readonly", (store) => store.getAll())).map(whole);
const own = async () => (await all()).filter(({ person }) => person === page.person);

// Every page looks here only where there is something.
async function note() {
  if ((await all()).length) localStorage.setItem("outbox", "waits");
  else localStorage.removeItem("outbox");
}

async function drop(entry) {
  await inStore("readwrite", (store) => store.delete(entry.order));
  await note();
  await render();
}

const formOf = ({ form }) => document.querySelector(`form[data-draft="${form}"]`);

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "second";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

// What is being written in the form meanwhile is not lost for it.
async function takeBack(entry) {
  const form = formOf(entry);
  const area = form.elements.body;
  const written = area.value === area.defaultValue ? "" : area.value.trim();
  fill(form, entry.values);
  if (written && written !== area.value.trim()) area.value = `${written}\n\n${area.value}`;
  // Whoever has changed the post since is not overwritten unseen.
  if (entry.input.revision) form.elements.revision.value = entry.input.revision;
  await drop(entry);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

// What is shown is replaced only where it changes: somebody may be about to press its button.
let rendered = "[]";

/** Shows what of this person waits or came back: whole where it was written, elsewhere with the way there. */
async function render() {
  const entries = await own();
  const now = JSON.stringify(entries.map(({ order, waits, refusal }) => [order, waits, refusal]));
  if (now === rendered) return;
  rendered = now;
  entries.forEach(emptied);
  box.hidden = entries.length === 0;
  box.replaceChildren(...entries.map((entry) => {
    const article = document.createElement("article");
    article.className = entry.refusal ? "pending refused" : "pending";
    const status = document.createElement("p");
    status.className = "hint";
    status.setAttribute("role", entry.refusal ? "alert" : "status");
    status.textContent = entry.refusal ? `${words.refused} ${entry.refusal}` : words[entry.waits ? "waits" : "sending"];
    const text = document.createElement("p");
    text.className = "explanation";
    text.dir = "auto";
    const written = [entry.input.title, entry.input.body].filter(Boolean).join("\n");
    text.textContent = formOf(entry) || written.length < 200 ? written : `${written.slice(0, 200)} \u2026`;
    article.append(status, text);
    if (entry.refusal && formOf(entry)) article.append(button(words.takeBack, () => takeBack(entry)), " ");
    else if (!formOf(entry)) article.append(Object.assign(document.createElement("a"), { href: entry.address, textContent: words.place }), " ");
    if (entry.refusal) article.append(button(words.discard, () => drop(entry)));
    return article;
  }));
}

// What waits or has arrived is not also to be sent from its form, into which its draft was put when the page was loaded.
function emptied(entry) {
  const form = formOf(entry);
  const area = form?.elements.body;
  if (entry.act === "edit" || area?.value !== entry.input.body) return;
  area.value = "";
  if (form.elements.title) form.elements.title.value = "";
  document.getElementById("kept-draft")?.remove();
}

const change = async (entry, more) => {
  await inStore("readwrite", (store) => store.put({ ...entry, ...more }));
  await render();
};

// It has arrived: whoever looks at its place sees it there.
async function arrived(entry, { post, thread }) {
  emptied(entry);
  await drop(entry);
  letGo(entry).catch(() => {});
  const id = thread?.id ?? post.thread.id;
  const isHere = location.pathname === `/threads/${id}`;
  if (isHere) document.dispatchEvent(new CustomEvent("forum:sent", { detail: post.number }));
  else if (formOf(entry) && !formOf(entry).elements.body.value.trim()) location.assign(post ? `/threads/${id}?number=${post.number}#post-${post.number}` : `/threads/${id}`);
}

async function arrivedBefore(entry) {
  await drop(entry);
  letGo(entry).catch(() => {});
  if (formOf(entry)) location.assign(entry.address.replace(/\/posts\/(\d+)\/edit.*/, "?number=$1#post-$1"));
}

// The draft of what has arrived; another text that is being written there stays.
async function letGo({ place, input }) {
  if (!place) return;
  const { data } = await ask(DRAFT, { place });
  if (data.viewer.draft?.body === input.body) await ask(DISCARD, { place });
}

async function sendAll() {
  for (const entry of await own()) {
    if (entry.refusal) continue;
    let answer;
    try {
      answer = await ask(ACTS[entry.act], { input: entry.input });
    } catch {
      await change(entry, { waits: true });
      return;
    }
    const error = answer.errors?.[0];
    const { code, current } = error?.extensions ?? {};
    // An edit whose answer was lost finds itself there.
    const isThere = code === "CONFLICT" && current?.body === entry.input.body;
    const payload = Object.values(answer.data ?? {})[0];
    if (payload) await arrived(entry, payload);
    else if (isThere) await arrivedBefore(entry);
    else if (LATER.has(code)) return change(entry, { waits: true });
    else await change(entry, { refusal: error.message });
  }
}

/** Sends what waits, one after the other, in one window at a time. */
export async function flush() {
  await render();
  if (navigator.locks) await navigator.locks.request("outbox", sendAll);
  else await sendAll();
  await note();
}

/** What the API is told of a form. */
function inputOf(form, act) {
  const { subject } = form.dataset;
  const { key, revision } = form.elements;
  const { title, body, reason, language, kind, visibility, capacity, mandateId, tools, methods, regions, inReplyToId = [] } = valuesOf(form);
  return {
    // The form of a reply stays, and another reply is another.
    reply: { key: newKey(), threadId: subject, body, language, capacity, mandateId, inReplyToId: inReplyToId[0] },
    thread: { key: key.value, title, body, language, kind, visibility, capacity, mandateId, tools, methods, regions },
    edit: { postId: subject, revision: Number(revision?.value), body, language, reason: reason || undefined },
  }[act];
}

/** Takes a text from its form and sends it, now or when the line is back. */
export async function send(form) {
  const { compose: act, draft } = form.dataset;
  const values = valuesOf(form);
  const place = placeOf(form.dataset, values.language);
  const address = location.pathname + location.search;
  const key = form.elements.key.value;
  const entry = { person: page.person, act, form: draft, address, place, values, input: inputOf(form, act) };
  await inStore("readwrite", (store) => store.add(entry));
  localStorage.setItem("outbox", "waits");
  form.elements.body.value = "";
  if (act === "thread") {
    form.reset();
    form.elements.title.value = "";
    form.elements.body.value = "";
    form.elements.key.value = newKey();
  }
  document.getElementById("kept-draft")?.remove();
  forget(form, key);
  // It is kept: what goes wrong from here on is tried again by itself.
  await flush().catch(() => {});
}
