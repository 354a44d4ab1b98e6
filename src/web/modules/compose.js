// Helps for writing: what is typed is kept, here at once and by the forum a few seconds later; a toolbar that only types
// Markdown; a preview without leaving; and a reply that is sent without loading the page, now or when the line is back.

import { ask } from "./line.js";

// Drafts of one form: who writes a fourth gives up the first.
const MOST = 3;
const AFTER = 2500;
const WRITING = 12_000;

const { dataset: page } = document.documentElement;
const KEEP = "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { revision } } }";
const PREVIEW = "query($body: String!) { preview(body: $body) }";
const ANNOUNCE = "mutation($thread: ID!) { announceWriting(input: { threadId: $thread }) { __typename } }";

const known = document.getElementById("thread")?.dataset.words;
const words = known ? JSON.parse(known) : JSON.parse(document.getElementById("compose-words")?.content.textContent ?? "{}");
const word = (form, key, own) => words[key] ?? form.dataset[own];
const fieldsOf = (form) => [...form.querySelectorAll("textarea, input[name=title], input[name=reason]")];
const valuesOf = (form) => Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
const nameOf = (form) => `draft:${page.person}:${form.dataset.draft}`;
const drafts = (name) => JSON.parse(localStorage.getItem(name) ?? "[]");

function store(name, kept) {
  if (kept.length === 0) localStorage.removeItem(name);
  else localStorage.setItem(name, JSON.stringify(kept.slice(-MOST)));
}

// Each draft is known by the key of its form: what is written anew stands beside what was kept before.
function keepHere(form) {
  const draft = { key: form.elements.key.value, values: valuesOf(form) };
  store(nameOf(form), [...drafts(nameOf(form)).filter(({ key }) => key !== draft.key), draft]);
}

/** Lets go of what this browser keeps of a form under a key. */
export function forget(name, key) {
  store(name, drafts(name).filter((draft) => draft.key !== key));
}

function offer(form, draft) {
  const box = document.createElement("div");
  box.className = "draft";
  const text = document.createElement("p");
  text.textContent = `${word(form, "draft-text", "draftText")} ${Object.values(draft.values).join(" ").slice(0, 80)}`;
  const button = (label, name, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "second";
    made.textContent = label;
    made.setAttribute(name, "");
    made.addEventListener("click", () => {
      act();
      box.remove();
    });
    return made;
  };
  const restore = () => {
    for (const field of fieldsOf(form)) field.value = draft.values[field.name] ?? field.value;
    form.elements.key.value = draft.key;
  };
  const discard = () => forget(nameOf(form), draft.key);
  box.append(text, button(word(form, "draft-restore", "draftRestoreLabel"), "data-draft-restore", restore), " ", button(word(form, "draft-discard", "draftDiscardLabel"), "data-draft-discard", discard));
  form.before(box);
}

/** The form's draft as the forum keeps it. */
function keeper(form, status) {
  const { purpose, subject } = form.dataset;
  let revision = Number(form.dataset.revision ?? 0);
  let last = JSON.stringify(Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.defaultValue])));
  let timer;
  let isOver = false;

  async function keep(more) {
    clearTimeout(timer);
    const values = valuesOf(form);
    if (!purpose || isOver || !page.person || JSON.stringify(values) === last) return;
    last = JSON.stringify(values);
    const place = { purpose, subjectId: subject || null, language: form.elements.language?.value ?? "EN" };
    const input = { place, title: values.title ?? "", body: values.body ?? "", revision };
    const { data, errors } = await ask(KEEP, { input }, more).catch(() => ({}));
    if (data) {
      revision = data.keepDraft.draft.revision;
      status.textContent = words["draft-kept-now"];
    } else if (errors?.[0].extensions?.code === "CONFLICT") {
      status.textContent = words["draft-conflict"];
      revision = errors[0].extensions.current?.revision ?? revision;
    }
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, AFTER);
  };
  form.addEventListener("input", soon);
  addEventListener("visibilitychange", () => document.hidden && keep({ keepalive: true }));
  return {
    soon,
    over() {
      clearTimeout(timer);
      isOver = true;
    },
    again() {
      isOver = false;
      revision = 0;
      last = JSON.stringify(valuesOf(form));
    },
  };
}

function toolbar(area) {
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words.toolbar);
  const around = (before, after) => () => {
    const { selectionStart: from, selectionEnd: to } = area;
    area.setRangeText(before + area.value.slice(from, to) + after, from, to, "end");
    if (from === to) area.setSelectionRange(from + before.length, from + before.length);
  };
  const lines = (mark) => () => {
    const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const text = area.value.slice(from, area.selectionEnd);
    area.setRangeText(text.replace(/^/gm, mark), from, area.selectionEnd, "end");
  };
  for (const [name, act] of [["bold", around("**", "**")], ["italic", around("*", "*")], ["quote", lines("> ")], ["list", lines("- ")], ["link", around("[", "](https://)")]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second";
    button.textContent = words[`toolbar-${name}`];
    button.addEventListener("click", () => {
      act();
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
    bar.append(button);
  }
  area.parentElement.before(bar);
}

async function preview(form, button) {
  const body = form.elements.body.value;
  const { data, errors } = await ask(PREVIEW, { body });
  let box = form.querySelector(".preview");
  if (!box) {
    box = document.createElement("section");
    box.className = "preview";
    box.append(document.createElement("h3"), document.createElement("div"));
    button.closest("p").before(box);
  }
  const [title, text] = box.children;
  title.textContent = button.textContent;
  text.className = "body";
  if (data) text.innerHTML = data.preview;
  else text.textContent = errors[0].message;
}

const TAGS = `query($text: String!) {
  ${["TOOL", "METHOD", "REGION"].map((scheme) => `${scheme}: concepts(scheme: ${scheme}, search: $text, first: 100) { edges { node { slug } } }`).join("\n")}
}`;

/** A field that shows the tags called so, in whatever language. */
function tagSearch(form) {
  const field = form.querySelector("#tags-search");
  if (!field) return;
  field.parentElement.hidden = false;
  let timer;
  const search = async () => {
    const text = field.value.trim();
    const { data } = text ? await ask(TAGS, { text }) : { data: {} };
    const found = new Set(Object.values(data).flatMap(({ edges }) => edges.map(({ node }) => node.slug)));
    for (const group of form.querySelectorAll("details.facet")) {
      let hits = 0;
      for (const label of group.querySelectorAll(".choices label")) {
        const { value, checked } = label.firstElementChild;
        label.hidden = Boolean(text) && !found.has(value) && !checked;
        hits += found.has(value) ? 1 : 0;
      }
      if (text) group.open = hits > 0;
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search().catch(() => {}), 250);
  });
}

/** Brings the helps to a form. */
export function compose(form) {
  if (form.dataset.helped) return;
  form.dataset.helped = "true";
  const area = form.elements.body;
  const status = document.createElement("p");
  status.className = "hint";
  status.setAttribute("role", "status");
  form.append(status);
  if (words.toolbar && area) toolbar(area);
  tagSearch(form);
  const kept = keeper(form, status);
  const shown = JSON.stringify(valuesOf(form));
  for (const draft of drafts(nameOf(form))) {
    // What stands in the form already, under whatever key, need not be offered.
    if (JSON.stringify(draft.values) === shown) forget(nameOf(form), draft.key);
    else offer(form, draft);
  }
  let announced = 0;
  // What was typed before this script was there is kept as well.
  const isTyped = fieldsOf(form).some((field) => field.value !== field.defaultValue);
  if (isTyped) {
    keepHere(form);
    kept.soon();
  }
  form.addEventListener("input", () => {
    keepHere(form);
    if (form.dataset.compose !== "reply" || Date.now() - announced < WRITING) return;
    announced = Date.now();
    ask(ANNOUNCE, { thread: form.dataset.subject }).catch(() => {});
  });
  area?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    const { submitter } = event;
    if (submitter?.name === "preview") {
      event.preventDefault();
      preview(form, submitter).catch(() => form.submit());
      return;
    }
    kept.over();
    if (form.dataset.compose !== "reply" || submitter?.name) return;
    if (!area.value.trim()) return;
    event.preventDefault();
    const { send } = await import(new URL("./outbox.js", import.meta.url));
    await send(form);
    kept.again();
  });
}
