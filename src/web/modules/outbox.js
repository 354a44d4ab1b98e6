// What was written and has not arrived: kept in this browser, sent once when the line is back, in its order. What the forum
// does not take comes back with the reason and the text.

import { ask } from "./line.js";

const REPLY = "mutation($input: ReplyInput!) { reply(input: $input) { post { number } } }";
const DISCARD = "mutation($place: DraftPlaceInput!) { discardDraft(input: { place: $place }) { __typename } }";

const { dataset: page } = document.documentElement;
const thread = document.getElementById("thread");
const words = thread ? JSON.parse(thread.dataset.words) : {};
const box = document.getElementById("outbox");

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
const all = () => inStore("readonly", (store) => store.getAll());
const own = async () => (await all()).filter(({ person }) => person === page.person);

async function note() {
  if ((await all()).some(({ refusal }) => !refusal)) localStorage.setItem("outbox", "waits");
  else localStorage.removeItem("outbox");
}

async function drop(entry) {
  await inStore("readwrite", (store) => store.delete(entry.order));
  await note();
  await render();
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "second";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

async function takeBack(entry) {
  const area = document.querySelector("#reply textarea");
  if (!area) return;
  area.value = area.value.trim() ? `${area.value}\n\n${entry.input.body}` : entry.input.body;
  await drop(entry);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

/** Shows what of this thread waits or came back. */
async function render() {
  if (!box) return;
  const entries = (await own()).filter(({ input }) => input.threadId === thread.dataset.thread);
  box.hidden = entries.length === 0;
  box.replaceChildren(...entries.map((entry) => {
    const article = document.createElement("article");
    article.className = entry.refusal ? "pending refused" : "pending";
    article.dataset.key = entry.input.key;
    const status = document.createElement("p");
    status.className = "hint";
    status.setAttribute("role", entry.refusal ? "alert" : "status");
    status.textContent = entry.refusal ? `${words["outbox-refused"]} ${entry.refusal}` : words[entry.waits ? "outbox-waits" : "outbox-sending"];
    const text = document.createElement("p");
    text.className = "explanation";
    text.dir = "auto";
    text.textContent = entry.input.body;
    article.append(status, text);
    if (entry.refusal) {
      if (document.querySelector("#reply textarea")) article.append(button(words["outbox-take-back"], () => takeBack(entry)), " ");
      article.append(button(words["outbox-discard"], () => drop(entry)));
    }
    return article;
  }));
}

const change = async (entry, more) => {
  await inStore("readwrite", (store) => store.put({ ...entry, ...more }));
  await render();
};

async function sendAll() {
  for (const entry of await own()) {
    if (entry.refusal) continue;
    let answer;
    try {
      answer = await ask(REPLY, { input: entry.input });
    } catch {
      await change(entry, { waits: true });
      return;
    }
    const code = answer.errors?.[0].extensions?.code;
    if (answer.data) {
      await drop(entry);
      document.dispatchEvent(new CustomEvent("forum:sent", { detail: answer.data.reply.post.number }));
      const place = { purpose: "REPLY", subjectId: entry.input.threadId, language: entry.input.language };
      ask(DISCARD, { place }).catch(() => {});
    } else if (code === "TOO_MANY" || code === "INTERNAL" || !code) {
      // Later, by itself.
      await change(entry, { waits: true });
      return;
    } else {
      await change(entry, { refusal: answer.errors[0].message });
    }
  }
}

/** Sends what waits, one after the other, in one window at a time. */
export async function flush() {
  await render();
  if (navigator.locks) await navigator.locks.request("outbox", sendAll);
  else await sendAll();
  await note();
}

/** Takes a reply from its form and sends it, now or when the line is back. */
export async function send(form) {
  const given = (name) => form.elements[name]?.value || undefined;
  const answered = form.elements.inReplyToId;
  const input = {
    key: newKey(),
    threadId: form.dataset.subject,
    body: form.elements.body.value,
    language: given("language"),
    capacity: given("capacity"),
    mandateId: given("mandateId"),
    inReplyToId: answered?.checked ? answered.value : undefined,
  };
  await inStore("readwrite", (store) => store.add({ person: page.person, input }));
  localStorage.setItem("outbox", "waits");
  form.elements.body.value = "";
  document.getElementById("kept-draft")?.remove();
  localStorage.removeItem(`draft:${page.person}:${form.dataset.draft}`);
  await flush();
}
