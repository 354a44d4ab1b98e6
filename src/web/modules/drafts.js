// What is typed is kept: in this browser at once, and by the forum a few seconds later, for every device.

import { ask } from "./line.js";

// Drafts of one form in this browser: who writes a fourth gives up the first.
const MOST = 3;
const AFTER = 2500;
// What could not be kept is tried again.
const AGAIN = 15_000;

const { dataset: page } = document.documentElement;
const KEEP = "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { revision } } }";

const isText = (field) => field.matches("textarea, input:not([type=checkbox], [type=radio])");
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !field.matches("button, [type=hidden]"));
const nameOf = (form) => `draft:${page.person}:${form.dataset.draft}`;
const drafts = (name) => JSON.parse(localStorage.getItem(name) ?? "[]");

/** Where the draft of a form belongs, as the API takes it. */
export function placeOf({ purpose, subject }, language = "EN") {
  const about = purpose === "REPLY" ? { threadId: subject } : { postId: subject };
  return { purpose, subject: subject ? about : null, language };
}

/** What a form says: each name with its value, or with all that are checked under it. */
export function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    const { name, type, value, checked } = field;
    if (type === "checkbox") values[name] = [...(values[name] ?? []), ...(checked ? [value] : [])];
    else if (type !== "radio" || checked) values[name] = value;
  }
  return values;
}

/** Puts such values back into the form. */
export function fill(form, values) {
  for (const field of fieldsOf(form)) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (field.type === "checkbox") field.checked = value.includes(field.value);
    else if (field.type === "radio") field.checked = value === field.value;
    else field.value = value;
  }
  for (const group of form.querySelectorAll("details.facet")) group.open ||= Boolean(group.querySelector("input:checked"));
}

/** Whether somebody has written something that the forum did not put there. */
export const isTyped = (form) => fieldsOf(form).some((field) => isText(field) && field.value !== field.defaultValue);

function store(name, kept) {
  if (kept.length === 0) localStorage.removeItem(name);
  else localStorage.setItem(name, JSON.stringify(kept.slice(-MOST)));
}

/** Keeps a form in this browser. Each draft is known by the key of its form: what is written anew stands beside it. */
export function keepHere(form) {
  const { key, revision } = form.elements;
  const draft = { key: key.value, values: valuesOf(form), revision: revision?.value };
  const isEmpty = fieldsOf(form).filter(isText).every((field) => !field.value.trim());
  if (isEmpty) return forget(form, draft.key);
  store(nameOf(form), [...drafts(nameOf(form)).filter(({ key }) => key !== draft.key), draft]);
}

/** Lets go of what this browser keeps of a form under a key. */
export function forget(form, one) {
  store(nameOf(form), drafts(nameOf(form)).filter(({ key }) => key !== one));
}

/** Offers what this browser has kept of a form and the form does not say. */
export function offerKept(form, word) {
  const shown = JSON.stringify(valuesOf(form));
  for (const draft of drafts(nameOf(form))) {
    const isShown = JSON.stringify(draft.values) === shown;
    if (!isShown) offer(form, draft, word);
    // Taken up by the forum already; sent again it is still the same.
    else form.elements.key.value = draft.key;
  }
}

function offer(form, draft, word) {
  const box = document.createElement("div");
  box.className = "draft";
  const text = document.createElement("p");
  const written = fieldsOf(form).filter(isText).map((field) => draft.values[field.name]);
  text.textContent = `${word("draft-text", "draftText")} ${written.filter(Boolean).join(" ").slice(0, 80)}`;
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
    fill(form, draft.values);
    form.elements.key.value = draft.key;
    // Whoever has changed the post since is not overwritten unseen.
    if (draft.revision) form.elements.revision.value = draft.revision;
  };
  const discard = () => forget(form, draft.key);
  box.append(text, button(word("draft-restore", "draftRestoreLabel"), "data-draft-restore", restore), " ", button(word("draft-discard", "draftDiscardLabel"), "data-draft-discard", discard));
  form.before(box);
}

/** The form's draft as the forum keeps it; `say` tells what became of it. */
export function keeper(form, say) {
  const { purpose, subject } = form.dataset;
  let revision = Number(form.dataset.revision ?? 0);
  let last = JSON.stringify(valuesOf(form));
  let timer;
  let isKeeping = false;
  let isOver = false;

  const soon = (after = AFTER) => {
    clearTimeout(timer);
    timer = setTimeout(keep, after);
  };

  // One at a time: a second would start from a revision that the first has left behind.
  async function keep(more) {
    clearTimeout(timer);
    const values = valuesOf(form);
    const now = JSON.stringify(values);
    if (!purpose || isOver || isKeeping || !page.person || now === last) return;
    isKeeping = true;
    const { title = "", body = "", kind, visibility, capacity, mandateId, tools, methods, regions } = values;
    const place = placeOf({ purpose, subject }, form.elements.language?.value);
    const choices = { kind, visibility, capacity, mandateId, tools, methods, regions };
    const { data, errors } = await ask(KEEP, { input: { place, title, body, choices, revision } }, more).catch(() => ({}));
    isKeeping = false;
    const { code, current } = errors?.[0].extensions ?? {};
    if (data) {
      last = now;
      revision = data.keepDraft.draft.revision;
      say("draft-kept-now");
      if (JSON.stringify(valuesOf(form)) !== now) soon();
    } else if (code === "CONFLICT") {
      say("draft-conflict");
      revision = current?.revision ?? revision;
    } else if (code !== "INVALID" && code !== "DENIED" && code !== "NOT_FOUND") {
      soon(AGAIN);
    }
  }

  form.addEventListener("input", () => soon());
  addEventListener("visibilitychange", () => document.hidden && keep({ keepalive: true }));
  return {
    soon() {
      last = "";
      soon();
    },
    over() {
      clearTimeout(timer);
      isOver = true;
    },
    again() {
      isOver = false;
      last = JSON.stringify(valuesOf(form));
    },
  };
}
