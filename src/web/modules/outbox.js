// Texts that were written and have not arrived: stored in this browser, sent once, in order, when the connection is back. Those
// that the forum refuses are shown again with the reason and the text.

import { button, fill, forget, saveOnServer, newKey, placeOf, valuesOf, whole as shownWhole, writeOn } from "./drafts.js";
import { put, store, showConnection, showPending } from "./forum.js";
import { execute } from "./line.js";

const ACTS = {
  reply: "mutation($input: ReplyInput!) { reply(input: $input) { post { number thread { id } } } }",
  thread: "mutation($input: OpenThreadInput!) { openThread(input: $input) { thread { id } } }",
  edit: "mutation($input: EditPostInput!) { editPost(input: $input) { post { number thread { id } } } }",
};
const DRAFT = "query($place: DraftPlaceInput!) { viewer { draft(place: $place) { title body revision } } }";
const DISCARD = "mutation($input: DiscardDraftInput!) { discardDraft(input: $input) { __typename } }";
// Refusals after which the same request is retried later.
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
// Entries of an earlier version of this script were all replies.
const whole = (entry) => ({ act: "reply", form: `thread-${entry.input.threadId}`, address: `/threads/${entry.input.threadId}`, values: entry.input, ...entry });
const all = async () => (await inStore("readonly", (kept) => kept.getAll())).map(whole);
const own = async () => (await all()).filter(({ person }) => person === page.person);

// Other pages open the database only if this is set.
async function note() {
  store.set("outbox", (await all()).length ? "waits" : null);
}

/** Removes texts. */
export async function drop(entries) {
  for (const { order } of entries) if (order) await inStore("readwrite", (kept) => kept.delete(order));
  await note();
  await render();
}

const formOf = ({ form }) => document.querySelector(`form[data-draft="${form}"]`);

// What is being written in the form in the meantime is not lost.
async function takeBack(entry) {
  const form = formOf(entry);
  const area = form.elements.body;
  const written = area.value === area.defaultValue ? "" : area.value.trim();
  const { body } = entry.values;
  fill(form, { ...entry.values, body: written && written !== body.trim() ? `${written}\n\n${body}` : body });
  // An edit by somebody else since then is not overwritten unseen.
  if (entry.input.revision) form.elements.revision.value = entry.input.revision;
  await drop([entry]);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

// Sent again it is another text, and goes to the thread into which its own was merged.
async function sendAgain(entry) {
  const input = { ...entry.input };
  if (input.key) input.key = newKey();
  let { address, place } = entry;
  if (entry.act === "reply") {
    const { data } = await execute("query($id: ID!) { thread(id: $id) { mergedInto { id } } }", { id: input.threadId });
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

// What is shown is replaced only where it changes: somebody may be about to press a button, or is writing in it.
let rendered = new Map();

/** Shows what this person has pending or refused: in full, with the possible actions and a link to where it was written. */
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
  showPending("waits", count("countWaits", entries.filter(({ refusal }) => !refusal)));
  showPending("refused", count("countRefused", entries.filter(({ refusal }) => refusal)));
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
    // Changes are stored at once.
    return writeOn(article, entry.input, (name, value) => {
      if (entry.values) entry.values[name] = value;
      inStore("readwrite", (kept) => kept.put(entry)).catch(() => {});
    });
  });
  article.append(back, " ", button(words.discard, () => drop([entry])));
  return article;
}

// A pending or sent text must not be sent again from its form, into which its draft was loaded with the page.
function emptied(entry) {
  const form = formOf(entry);
  const area = form?.elements.body;
  if (entry.act === "edit" || area?.value !== entry.input.body) return;
  area.value = "";
  if (form.elements.title) form.elements.title.value = "";
  hideDraftNote();
}

// Its space stays, so that nothing below it moves.
const hideDraftNote = () => document.getElementById("kept-draft")?.classList.add("gone");

const change = async (entry, more) => {
  await inStore("readwrite", (kept) => kept.put({ ...entry, ...more }));
  await render();
};

// It has arrived: the page of its thread shows it.
async function arrived(entry, { post, thread }) {
  emptied(entry);
  await drop([entry]);
  discardDraft(entry).catch(() => {});
  const id = thread?.id ?? post.thread.id;
  const isHere = location.pathname === `/threads/${id}`;
  if (isHere) document.dispatchEvent(new CustomEvent("forum:sent", { detail: post.number }));
  else if (formOf(entry) && !formOf(entry).elements.body.value.trim()) location.assign(post ? `/threads/${id}?number=${post.number}#post-${post.number}` : `/threads/${id}`);
}

async function arrivedBefore(entry) {
  await drop([entry]);
  discardDraft(entry).catch(() => {});
  if (formOf(entry)) location.assign(entry.address.replace(/\/posts\/(\d+)\/edit.*/, "?number=$1#post-$1"));
}

// Discards the draft of a text that has arrived; another text that is being written there stays.
async function discardDraft({ place, input, taken }) {
  if (!place) return;
  const { data } = await execute(DRAFT, { place });
  const { draft } = data.viewer;
  if (draft && (draft.body === input.body || draft.revision === taken)) await execute(DISCARD, { input: { place, revision: draft.revision } });
}

async function sendAll() {
  for (const entry of await own()) {
    if (entry.refusal) continue;
    let answer;
    try {
      answer = await execute(ACTS[entry.act], { input: entry.input });
    } catch {
      for (const each of await own()) if (!each.refusal) await change(each, { waits: true });
      if (navigator.onLine === false || !(await fetch("/worker.js", { method: "HEAD" }).then(() => true, () => false))) showConnection(false, 0);
      return;
    }
    const error = answer.errors?.[0];
    const { code, current } = error?.extensions ?? {};
    // An edit whose answer was lost finds its own text stored.
    const isThere = code === "CONFLICT" && current?.body === entry.input.body;
    const payload = Object.values(answer.data ?? {})[0];
    if (payload) await arrived(entry, payload);
    else if (isThere) await arrivedBefore(entry);
    else if (LATER.has(code)) return change(entry, { waits: true });
    else await change(entry, { refusal: error.message });
  }
}

/** Sends what is pending, one after the other, in one window at a time. */
export async function flush() {
  await render();
  if (navigator.locks) await navigator.locks.request("outbox", sendAll);
  else await sendAll();
  await note();
}

/** The input of the mutation for a form. */
function inputOf(form, act) {
  const { subject } = form.dataset;
  const { key, revision } = form.elements;
  const { title, body, reason, language, kind, visibility, capacity, mandateId, tools, methods, regions, inReplyToId = [] } = valuesOf(form);
  return {
    // The reply form stays open; the next reply is another one.
    reply: { key: newKey(), threadId: subject, body, language, capacity, mandateId, inReplyToId: inReplyToId[0] },
    thread: { key: key.value, title, body, language, kind, visibility, capacity, mandateId, tools, methods, regions },
    edit: { postId: subject, revision: Number(revision?.value), body, language, reason: reason || undefined },
  }[act];
}

// What belonged to the sent text is removed with it: the next one has no quote, answers no post and has no preview; nor has it
// after a reload.
function clearRest(form) {
  const { inReplyToId } = form.elements;
  if (inReplyToId) inReplyToId.checked = false;
  for (const preview of form.querySelectorAll(".preview")) preview.remove();
  if (form.dataset.compose !== "reply") return;
  const address = new URL(location.href);
  for (const name of ["answer", "quote"]) address.searchParams.delete(name);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

/** Takes a text from its form and sends it, now or when the connection is back. */
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
  clearRest(form);
  if (act === "thread") {
    form.reset();
    form.elements.title.value = "";
    form.elements.body.value = "";
    form.elements.key.value = newKey();
  }
  hideDraftNote();
  forget(form, key);
  // It is stored: if something fails from here on, it is retried.
  await flush().catch(() => {});
  return (await own()).some(({ form: its, waits }) => its === draft && waits);
}

/** Moves what this person has not sent to the forum, as drafts; returns what could not be moved. */
export async function leave() {
  await flush().catch(() => {});
  const moved = async ({ place, values, saved }) => {
    if (!place) return false;
    const { data } = await execute(DRAFT, { place });
    const there = data.viewer.draft;
    // Saved before, it may have been discarded there since, or replaced by another text.
    if (saved && there?.body === values.body) return true;
    // Does not overwrite a draft of another device.
    if (there && there.body !== values.body) return false;
    const { data: kept } = await saveOnServer(place, values, there?.revision ?? 0);
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
