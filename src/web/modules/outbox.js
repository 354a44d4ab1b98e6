// What was written and has not arrived: kept in this browser, sent once when the line is back, in its order. What the forum
// does not take comes back with the reason and the text.

import { button, fill, forget, keepThere, newKey, placeOf, valuesOf, whole as shownWhole, writeOn } from "./drafts.js";
import { put, store, tellLine, tellWaiting } from "./forum.js";
import { ask } from "./line.js";

const ACTS = {
  reply: "mutation($input: ReplyInput!) { reply(input: $input) { post { number thread { id } } } }",
  thread: "mutation($input: OpenThreadInput!) { openThread(input: $input) { thread { id } } }",
  edit: "mutation($input: EditPostInput!) { editPost(input: $input) { post { number thread { id } } } }",
};
const DRAFT = "query($place: DraftPlaceInput!) { viewer { draft(place: $place) { title body revision } } }";
const DISCARD = "mutation($input: DiscardDraftInput!) { discardDraft(input: $input) { __typename } }";
// Refusals after which the same is tried again later, by itself.
const LATER = new Set(["TOO_MANY", "UNAVAILABLE", "INTERNAL", undefined]);

const { dataset: page } = document.documentElement;
const box = document.getElementById("outbox");
const { dataset: words } = box;

const wanted = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

let opened;
async function open() {
  const request = indexedDB.open("partage", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "order", autoIncrement: true });
  return wanted(request);
}

const inStore = async (mode, act) => wanted(act((await (opened ??= open())).transaction("outbox", mode).objectStore("outbox")));
// What an earlier version of this script kept were replies.
const whole = (entry) => ({ act: "reply", form: `thread-${entry.input.threadId}`, address: `/threads/${entry.input.threadId}`, values: entry.input, ...entry });
const all = async () => (await inStore("readonly", (kept) => kept.getAll())).map(whole);
const own = async () => (await all()).filter(({ person }) => person === page.person);

// Every page looks here only where there is something.
async function note() {
  store.set("outbox", (await all()).length ? "waits" : null);
}

/** Lets go of texts. */
export async function drop(entries) {
  for (const { order } of entries) if (order) await inStore("readwrite", (kept) => kept.delete(order));
  await note();
  await render();
}

const formOf = ({ form }) => document.querySelector(`form[data-draft="${form}"]`);

// What is being written in the form meanwhile is not lost for it.
async function takeBack(entry) {
  const form = formOf(entry);
  const area = form.elements.body;
  const written = area.value === area.defaultValue ? "" : area.value.trim();
  const { body } = entry.values;
  fill(form, { ...entry.values, body: written && written !== body.trim() ? `${written}\n\n${body}` : body });
  // Whoever has changed the post since is not overwritten unseen.
  if (entry.input.revision) form.elements.revision.value = entry.input.revision;
  await drop([entry]);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

// Sent again it is another text, and goes to where its thread has gone.
async function sendAgain(entry) {
  const input = { ...entry.input };
  if (input.key) input.key = newKey();
  let { address, place } = entry;
  if (entry.act === "reply") {
    const { data } = await ask("query($id: ID!) { thread(id: $id) { mergedInto { id } } }", { id: input.threadId });
    const into = data?.thread?.mergedInto?.id;
    if (into) {
      Object.assign(input, { threadId: into, inReplyToId: undefined });
      address = `/threads/${into}`;
      place = undefined;
    }
  }
  await inStore("readwrite", (kept) => kept.put({ ...entry, input, address, place, refusal: undefined, waits: undefined }));
  await flush();
}

// What is shown is replaced only where it changes: somebody may be about to press its button, or writes in it.
let rendered = new Map();

/** Shows what of this person waits or came back: whole, with what can be done, and the way to where it was written. */
async function render() {
  const entries = await own();
  const now = new Map();
  for (const entry of entries) {
    emptied(entry);
    const key = JSON.stringify([entry.order, entry.waits, entry.refusal, Boolean(formOf(entry))]);
    now.set(key, rendered.get(key) ?? articleOf(entry));
  }
  if (JSON.stringify([...now.keys()]) !== JSON.stringify([...rendered.keys()])) box.replaceChildren(...now.values());
  rendered = now;
  box.hidden = entries.length === 0;
  const count = (key, all) => (all.length ? put(words[key], "count", all.length.toLocaleString(document.documentElement.lang)) : "");
  tellWaiting("waits", count("countWaits", entries.filter(({ refusal }) => !refusal)));
  tellWaiting("refused", count("countRefused", entries.filter(({ refusal }) => refusal)));
}

function articleOf(entry) {
  const article = document.createElement("article");
  article.className = entry.refusal ? "pending refused" : "pending";
  const status = document.createElement("p");
  status.className = "hint";
  status.setAttribute("role", entry.refusal ? "alert" : "status");
  status.textContent = entry.refusal ? `${words.refused} ${entry.refusal}` : words[entry.waits ? "waits" : "sending"];
  article.append(status, shownWhole([entry.input.title, entry.input.body].filter(Boolean).join("\n")));
  if (!formOf(entry)) article.append(Object.assign(document.createElement("a"), { href: entry.address, textContent: words.place }), " ");
  if (!entry.refusal) return article;
  const back = button(words.takeBack, () => {
    if (formOf(entry)) return takeBack(entry);
    back.replaceWith(button(words.again, () => sendAgain(entry).catch(() => {})));
    // What is changed is kept at once.
    return writeOn(article, entry.input, (name, value) => {
      if (entry.values) entry.values[name] = value;
      inStore("readwrite", (kept) => kept.put(entry)).catch(() => {});
    });
  });
  article.append(back, " ", button(words.discard, () => drop([entry])));
  return article;
}

// What waits or has arrived is not also to be sent from its form, into which its draft was put when the page was loaded.
function emptied(entry) {
  const form = formOf(entry);
  const area = form?.elements.body;
  if (entry.act === "edit" || area?.value !== entry.input.body) return;
  area.value = "";
  if (form.elements.title) form.elements.title.value = "";
  letGoOfNote();
}

// Its room stays: what can be pressed below it is not moved.
const letGoOfNote = () => document.getElementById("kept-draft")?.classList.add("gone");

const change = async (entry, more) => {
  await inStore("readwrite", (kept) => kept.put({ ...entry, ...more }));
  await render();
};

// It has arrived: whoever looks at its place sees it there.
async function arrived(entry, { post, thread }) {
  emptied(entry);
  await drop([entry]);
  letGo(entry).catch(() => {});
  const id = thread?.id ?? post.thread.id;
  const isHere = location.pathname === `/threads/${id}`;
  if (isHere) document.dispatchEvent(new CustomEvent("forum:sent", { detail: post.number }));
  else if (formOf(entry) && !formOf(entry).elements.body.value.trim()) location.assign(post ? `/threads/${id}?number=${post.number}#post-${post.number}` : `/threads/${id}`);
}

async function arrivedBefore(entry) {
  await drop([entry]);
  letGo(entry).catch(() => {});
  if (formOf(entry)) location.assign(entry.address.replace(/\/posts\/(\d+)\/edit.*/, "?number=$1#post-$1"));
}

// The draft of what has arrived; another text that is being written there stays.
async function letGo({ place, input, taken }) {
  if (!place) return;
  const { data } = await ask(DRAFT, { place });
  const { draft } = data.viewer;
  if (draft && (draft.body === input.body || draft.revision === taken)) await ask(DISCARD, { input: { place, revision: draft.revision } });
}

async function sendAll() {
  for (const entry of await own()) {
    if (entry.refusal) continue;
    let answer;
    try {
      answer = await ask(ACTS[entry.act], { input: entry.input });
    } catch {
      for (const each of await own()) if (!each.refusal) await change(each, { waits: true });
      if (navigator.onLine === false || !(await fetch("/worker.js", { method: "HEAD" }).then(() => true, () => false))) tellLine(false, 0);
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

// What belonged to the text goes with it: the next one answers nothing, quotes nothing, and is not seen before it is written;
// nor does it when the page is loaded again.
function letGoOfRest(form) {
  const { inReplyToId } = form.elements;
  if (inReplyToId) inReplyToId.checked = false;
  for (const preview of form.querySelectorAll(".preview")) preview.remove();
  if (form.dataset.compose !== "reply") return;
  const address = new URL(location.href);
  for (const name of ["answer", "quote"]) address.searchParams.delete(name);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

/** Takes a text from its form and sends it, now or when the line is back. */
export async function send(form) {
  const { compose: act, draft } = form.dataset;
  const values = valuesOf(form);
  const place = placeOf(form.dataset, values.language);
  const address = location.pathname + location.search;
  const key = form.elements.key.value;
  const entry = { person: page.person, act, form: draft, address, place, values, input: inputOf(form, act), taken: Number(form.dataset.revision) };
  await inStore("readwrite", (kept) => kept.add(entry));
  store.set("outbox", "waits");
  form.elements.body.value = "";
  letGoOfRest(form);
  if (act === "thread") {
    form.reset();
    form.elements.title.value = "";
    form.elements.body.value = "";
    form.elements.key.value = newKey();
  }
  letGoOfNote();
  forget(form, key);
  // It is kept: what goes wrong from here on is tried again by itself.
  await flush().catch(() => {});
  return (await own()).some(({ form: its, waits }) => its === draft && waits);
}

/** Moves what its person has not sent to the forum, as drafts; says what of it could not be moved. */
export async function leave() {
  await flush().catch(() => {});
  const moved = async ({ place, values, saved }) => {
    if (!place) return false;
    const { data } = await ask(DRAFT, { place });
    const there = data.viewer.draft;
    // Kept once, it may have been let go of there since, or another text stands in its place.
    if (saved && there?.body === values.body) return true;
    // Another device's text does not go for it.
    if (there && there.body !== values.body) return false;
    const { data: kept } = await keepThere(place, values, there?.revision ?? 0);
    return Boolean(kept?.keepDraft);
  };
  const left = [];
  for (const entry of await own()) {
    if (await moved(entry).catch(() => false)) await drop([entry]);
    else left.push(entry);
  }
  for (const name of store.names().filter((each) => each.startsWith(`draft:${page.person}:`))) {
    for (const draft of store.list(name)) if (!(await moved(draft).catch(() => false))) left.push(draft);
  }
  return left;
}
