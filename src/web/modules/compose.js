// The editor: a toolbar that only types Markdown, a preview without leaving the page, and sending without a page load, or when
// the connection is back.

import { isTyped, saveLocally, keeper, offerSaved, write } from "./drafts.js";
import { put } from "./forum.js";
import { execute } from "./line.js";
// Imported here, so that it is loaded before the connection fails.
import { send } from "./outbox.js";

const WRITING = 12_000;

const PREVIEW = "query($body: String!) { preview(body: $body) previewNotes(body: $body) }";
const ANNOUNCE = "mutation($thread: ID!) { announceWriting(input: { threadId: $thread }) { __typename } }";

const known = document.getElementById("thread")?.dataset.words;
const words = JSON.parse(known ?? document.getElementById("compose-words")?.content.textContent ?? "{}");

function toolbar(form, area) {
  const around = (before, after) => (text, from, to) => {
    write(area, before + text + after, from, to);
    if (from === to) area.setSelectionRange(from + before.length, from + before.length);
  };
  const lines = (mark) => (text, from, to) => {
    const start = area.value.lastIndexOf("\n", from - 1) + 1;
    write(area, area.value.slice(start, to).replace(/^/gm, () => mark), start, to);
  };
  const acts = { bold: around("**", "**"), italic: around("*", "*"), quote: lines("> "), list: lines("- "), link: around("[", "](https://)") };
  for (const button of form.querySelectorAll("[data-mark]")) {
    button.addEventListener("click", () => {
      const { selectionStart: from, selectionEnd: to } = area;
      acts[button.dataset.mark](area.value.slice(from, to), from, to);
    });
  }
}

async function preview(form, button) {
  const body = form.elements.body.value;
  const { data, errors } = await execute(PREVIEW, { body });
  let box = form.querySelector(".preview");
  if (!box) {
    box = document.createElement("section");
    box.className = "preview";
    box.append(document.createElement("h3"), document.createElement("div"));
    // Below all buttons, which it would move.
    form.querySelector(".told").after(box);
  }
  const [title, text] = box.children;
  title.textContent = button.textContent;
  text.className = "body";
  if (data) text.innerHTML = data.preview;
  else text.textContent = errors[0].message;
  box.replaceChildren(title, text, ...(data?.previewNotes ?? []).map((kind) => {
    const note = document.createElement("p");
    note.className = "hint";
    note.textContent = words[`preview-note-${kind}`];
    return note;
  }));
}

const SCRIPTS = { AR: "Arabic", EN: "Latin", ES: "Latin", FR: "Latin", RU: "Cyrillic", ZH: "Han" };

/** Whether a text may be in the language that is declared for it: the same rule as in the forum's own form, which asks for confirmation. */
function fits({ elements: { language, languageIsRight, body } }) {
  if (!language || (languageIsRight?.checked && languageIsRight.value === language.value)) return true;
  const text = body.value.replace(/^\s*>.*$/gm, "");
  const words = text.split(/\s+/).filter((word) => !/:\/\/|[@`]/.test(word) && (/[^A-Z\P{L}]/u.test(word) || word.length > 7));
  const count = (script) => words.join("").match(new RegExp(script, "gu"))?.length ?? 0;
  const han = count("\\p{Script=Han}");
  const script = SCRIPTS[language.value];
  const own = script === "Han" ? 3 * han : count(`(?=\\p{L})\\p{Script=${script}}`);
  const others = count("\\p{L}") + 2 * han - own;
  return others < 8 || others < 3 * own;
}

/** Adds the editor to a form. */
export function compose(form) {
  if (form.dataset.helped) return;
  form.dataset.helped = "true";
  const { compose: act } = form.dataset;
  const area = form.elements.body;
  const status = form.querySelector(".told");
  if (area) toolbar(form, area);
  const say = (key) => {
    status.textContent = words[key] ?? "";
  };
  const kept = keeper(form, say);
  let isSending = false;
  let isReady = false;
  offerSaved(form);
  // Whether it was sent at once or when the connection was back, the status links to the reply.
  if (act === "reply") {
    document.addEventListener("forum:sent", ({ detail: number }) => {
      const href = `/threads/${form.dataset.subject}?number=${number}#post-${number}`;
      const textContent = put(words["post-number"], "count", number.toLocaleString(document.documentElement.lang));
      say("reply-sent");
      status.append(" ", Object.assign(document.createElement("a"), { href, textContent }));
    });
  }
  let announced = 0;
  const announce = () => {
    if (act !== "reply" || Date.now() - announced < WRITING) return;
    announced = Date.now();
    execute(ANNOUNCE, { thread: form.dataset.subject }).catch(() => {});
  };
  // Text typed before this script was loaded is saved as well.
  if (isTyped(form)) {
    saveLocally(form);
    kept.soon();
    announce();
  }
  form.addEventListener("input", () => {
    saveLocally(form);
    announce();
  });
  area?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    const { submitter } = event;
    if (isReady) return;
    if (submitter?.name === "preview") {
      event.preventDefault();
      preview(form, submitter).catch(() => say("news-line-lost"));
      return;
    }
    if (isSending) return event.preventDefault();
    // Whatever is sent, and how, must follow the draft that is being saved.
    const over = kept.over();
    const isOurs = !submitter?.name && ["reply", "thread", "edit"].includes(act) && area.value.trim();
    if (!over && !isOurs) return;
    event.preventDefault();
    isSending = true;
    // Submits as without scripts, with the button that was clicked; browsers do not do so within the cancelled event.
    const go = async () => {
      await new Promise((done) => setTimeout(done));
      isReady = true;
      try {
        form.requestSubmit(submitter?.isConnected ? submitter : undefined);
      } finally {
        isReady = false;
      }
    };
    try {
      if (over) say("outbox-sending");
      await over;
      if (!isOurs) return await go();
      // If the connection is up, the forum's own form shows errors beside their fields.
      if ((act !== "reply" || !fits(form)) && (await execute("{ __typename }").then(() => true, () => false))) return await go();
      status.textContent = "";
      if (await send(form)) say("outbox-waits");
    } catch {
      // A browser without storage.
      await go();
    } finally {
      isSending = false;
      kept.again();
    }
  });
}
