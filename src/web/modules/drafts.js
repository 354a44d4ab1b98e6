// What is typed is saved: in this browser at once, and by the forum a few seconds later, for every device. No text replaces
// another until its writer has chosen.

import { put, store, showPending } from "./forum.js";
import { execute } from "./line.js";

const AFTER = 2500;
// What could not be saved is retried.
const AGAIN = 15_000;
// How long to wait for a draft that is being saved; if it takes longer, the connection counts as down.
const SAVE_TIMEOUT = 10_000;

const { dataset: page } = document.documentElement;
const KEEP = "mutation($input: KeepDraftInput!) { keepDraft(input: $input) { draft { revision } } }";
const FACETS = ["tools", "methods", "regions"];
const THEIRS = `query($place: DraftPlaceInput!) {
  viewer { draft(place: $place) { title body revision choices {
    kind visibility capacity mandateId
    ${FACETS.map((facet) => `${facet}(first: 100) { edges { node { slug } } }`).join(" ")}
  } } }
}`;
const offers = document.getElementById("offers");
const { dataset: words } = offers;

const isText = (field) => field.matches("textarea, input:not([type=checkbox], [type=radio], [type=search])");
// What a form asks about its text is not part of the text.
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !field.matches("button, [type=hidden], [name=languageIsRight]"));
const nameOf = (form) => `draft:${page.person}:${form.dataset.draft}`;

/** Makes a key for something to be created. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

/** The place of a form's draft, as the API takes it. */
export function placeOf({ purpose, subject }, language = "EN") {
  const about = purpose === "REPLY" ? { threadId: subject } : { postId: subject };
  return { purpose, subject: subject ? about : null, language };
}

/** The contents of a form: each name with its value, or with all that are checked under it. */
export function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    const { name, type, value, checked } = field;
    if (type === "checkbox") values[name] = [...(values[name] ?? []), ...(checked ? [value] : [])];
    else if (type !== "radio" || checked) values[name] = value;
  }
  return values;
}

/** Writes into a field so that the browser can undo it. */
export function write(area, text, from = 0, to = area.value.length) {
  area.focus({ preventScroll: true });
  area.setSelectionRange(from, to);
  const done = document.execCommand(text ? "insertText" : "delete", false, text);
  if (done) return;
  area.setRangeText(text, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Puts such values back into the form. */
export function fill(form, values) {
  for (const field of fieldsOf(form)) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (field.type === "checkbox") field.checked = value.includes(field.value);
    else if (field.type === "radio") field.checked = value === field.value;
    else if (field.matches("textarea") && field.value !== value) write(field, value);
    else field.value = value;
  }
  for (const group of form.querySelectorAll("details.facet")) group.open ||= Boolean(group.querySelector("input:checked"));
}

/** Whether somebody has written something that the forum did not put there. */
export const isTyped = (form) => fieldsOf(form).some((field) => isText(field) && field.value !== field.defaultValue);

const isBlank = (form) => fieldsOf(form).filter(isText).every((field) => !field.value.trim());

/** Saves a form in this browser. Each draft is identified by the key of its form: a text begun later is saved beside it. */
export function saveLocally(form) {
  const { key, revision, language } = form.elements;
  const values = valuesOf(form);
  const texts = fieldsOf(form).filter(isText).map(({ value }) => value);
  const draft = { key: key.value, values, texts, revision: revision?.value, place: placeOf(form.dataset, language?.value) };
  if (isBlank(form)) return forget(form, draft.key);
  store.setList(nameOf(form), [...store.list(nameOf(form)).filter(({ key: other }) => other !== draft.key), draft]);
}

/** Removes what this browser has saved of a form under a key. */
export const forget = (form, one) => drop(nameOf(form), one);
const drop = (name, one) => store.setList(name, store.list(name).filter(({ key }) => key !== one));

/** Offers what this browser has saved of a form if the form does not contain it. */
export function offerSaved(form) {
  const { key } = form.elements;
  const shown = JSON.stringify(valuesOf(form));
  // A form that was returned has the key under which it can be sent.
  const isBack = Boolean(document.querySelector(".trouble"));
  const all = store.list(nameOf(form));
  for (const draft of all) {
    // An earlier state of the same text: it is in the form, whatever was chosen beside it since.
    if (draft.key === key.value) continue;
    if (JSON.stringify(draft.values) !== shown) offer(draft, nameOf(form), () => restore(form, draft));
    else if (isBack) forget(form, draft.key);
    // The forum already resumed it; sent again it is still the same.
    else key.value = draft.key;
  }
  if (isBack && all.every((draft) => draft.key !== key.value)) saveLocally(form);
}

/** Shows what is saved under a name that has no form on this page; it can be edited there. */
export function show(name) {
  const others = (key) => store.list(name).filter((draft) => draft.key !== key);
  for (const draft of store.list(name)) {
    const box = offer(draft, name, () => writeOn(box, draft.values, () => store.setList(name, [...others(draft.key), { ...draft, texts: undefined, saved: false }])), true);
  }
}

/** Makes a text editable where it is shown. */
export function writeOn(box, values, save) {
  const labels = document.getElementById("outbox").dataset;
  const fields = ["title", "body"].filter((name) => values[name] !== undefined).map((name) => {
    const field = document.createElement(name === "title" ? "input" : "textarea");
    field.rows = 12;
    field.dir = "auto";
    field.value = values[name];
    field.setAttribute("aria-label", labels[name]);
    field.addEventListener("input", () => {
      values[name] = field.value;
      save(name, field.value);
    });
    return field;
  });
  box.querySelector(".explanation").replaceWith(...fields);
  fields.at(-1).focus();
}

function restore(form, draft) {
  // The contents of the form are not lost by it.
  if (!isBlank(form) && JSON.stringify(valuesOf(form)) !== JSON.stringify(draft.values)) {
    const key = form.elements.key.value;
    if (key === draft.key) form.elements.key.value = newKey();
    saveLocally(form);
    const before = store.list(nameOf(form)).find((each) => each.key === form.elements.key.value);
    offer(before, nameOf(form), () => restore(form, before));
  }
  form.elements.key.value = draft.key;
  fill(form, draft.values);
  // An edit by somebody else since then is not overwritten unseen.
  if (draft.revision) form.elements.revision.value = draft.revision;
  form.dispatchEvent(new Event("input", { bubbles: true }));
  form.querySelector("textarea").focus();
}

/** A button that does something other than submit its form. */
export function button(label, act, name) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "second";
  made.textContent = label;
  if (name) made.setAttribute(name, "");
  made.addEventListener("click", act);
  return made;
}

/** A text in full, as it was written. */
export function whole(text) {
  const shown = document.createElement("p");
  shown.className = "explanation";
  shown.dir = "auto";
  shown.textContent = text;
  return shown;
}

const count = () => {
  const { length } = offers.querySelectorAll(".draft:not(.conflict)");
  showPending("drafts", length ? put(words.count, "count", length.toLocaleString(document.documentElement.lang)) : "");
};

function offer(draft, name, take, stays = false) {
  const box = document.createElement("div");
  box.className = "draft";
  const { title, body } = draft.values;
  const text = document.createElement("p");
  text.textContent = words.text;
  const over = (act) => () => {
    box.remove();
    act();
    count();
  };
  const here = ({ currentTarget }) => {
    currentTarget.remove();
    take();
  };
  box.append(text, whole((draft.texts ?? [title, body]).filter(Boolean).join("\n")));
  box.append(button(words.restore, stays ? here : over(take), "data-draft-restore"), " ");
  box.append(button(words.discard, over(() => drop(name, draft.key)), "data-draft-discard"));
  offers.append(box);
  count();
  return box;
}

/** Saves a text as the draft of a place. */
export function saveOnServer(place, values, revision, more) {
  const { title = "", body = "", kind, visibility, capacity, mandateId, tools, methods, regions } = values;
  const choices = { kind: kind || undefined, visibility, capacity, mandateId, tools, methods, regions };
  return execute(KEEP, { input: { place, title, body, choices, revision } }, more);
}

function markSaved(form, now) {
  const all = store.list(nameOf(form));
  for (const draft of all) if (JSON.stringify(draft.values) === now) draft.saved = true;
  store.setList(nameOf(form), all);
}

/** Saves the form's draft on the forum; `say` shows the result. */
export function keeper(form, say) {
  const { purpose } = form.dataset;
  let revision = Number(form.dataset.revision ?? 0);
  let last = JSON.stringify(valuesOf(form));
  let timer;
  let isKeeping = false;
  let keeping = Promise.resolve();
  let stop;
  let isOver = false;
  // What another device has saved in the same place; until the writer has chosen, neither replaces the other.
  let theirs;

  const soon = (after = AFTER) => {
    clearTimeout(timer);
    timer = setTimeout(keep, after);
  };

  // One at a time: a second one would start from an outdated revision.
  async function keep(more) {
    clearTimeout(timer);
    const values = valuesOf(form);
    const now = JSON.stringify(values);
    if (!purpose || isOver || isKeeping || theirs || !page.person || now === last) return;
    isKeeping = true;
    stop = new AbortController();
    const asked = saveOnServer(placeOf(form.dataset, form.elements.language?.value), values, revision, { ...more, signal: stop.signal }).catch(() => ({}));
    keeping = asked;
    const { data, errors } = await asked;
    isKeeping = false;
    const code = errors?.[0].extensions?.code;
    if (data?.keepDraft) {
      last = now;
      revision = data.keepDraft.draft.revision;
      form.dataset.revision = revision;
      const named = form.elements.draftRevision;
      if (named) named.value = revision;
      markSaved(form, now);
      say("draft-kept-now");
      if (JSON.stringify(valuesOf(form)) !== now) soon();
    } else if (code === "CONFLICT") {
      await meet();
    } else if (code !== "INVALID" && code !== "DENIED" && code !== "NOT_FOUND") {
      soon(AGAIN);
    }
  }

  // If the connection fails before the other text has arrived, the next attempt meets the conflict again.
  async function meet() {
    const place = placeOf(form.dataset, form.elements.language?.value);
    const { data } = await execute(THEIRS, { place }).catch(() => ({}));
    if (data?.viewer.draft) return choose(data.viewer.draft);
    // A draft that was discarded elsewhere is no conflict.
    if (data) revision = 0;
    soon(data ? AFTER : AGAIN);
  }

  function choose(current) {
    theirs = current;
    say("draft-conflict");
    const box = document.createElement("div");
    box.className = "draft conflict";
    const heading = (text) => Object.assign(document.createElement("h3"), { textContent: text });
    const own = whole("");
    const mine = () => {
      own.textContent = [form.elements.title?.value, form.elements.body.value].filter(Boolean).join("\n");
    };
    mine();
    form.addEventListener("input", mine);
    const chosen = (act) => () => {
      form.removeEventListener("input", mine);
      box.remove();
      showPending("conflict", "");
      theirs = undefined;
      revision = current.revision;
      form.dataset.revision = revision;
      act();
      form.elements.body.focus();
    };
    const keepMine = () => {
      last = "";
      keep();
    };
    const takeTheirs = () => {
      const { title, body, choices } = current;
      const chosen = Object.entries(choices).map(([name, value]) => [name, FACETS.includes(name) ? value.edges.map(({ node }) => node.slug) : value]);
      const values = Object.fromEntries([["title", title], ["body", body], ...chosen].filter(([name, value]) => form.elements[name] && value !== null));
      restore(form, { key: newKey(), values: { ...valuesOf(form), ...values } });
      last = JSON.stringify(valuesOf(form));
    };
    const both = [current.title, current.body].filter(Boolean).join("\n");
    box.append(heading(words.mine), own, button(words.keepMine, chosen(keepMine), "data-keep-mine"));
    box.append(heading(words.theirs), whole(both), button(words.takeTheirs, chosen(takeTheirs), "data-take-theirs"));
    offers.prepend(box);
    showPending("conflict", words.choose);
  }

  form.addEventListener("input", () => soon());
  addEventListener("visibilitychange", () => document.hidden && keep({ keepalive: true }));
  return {
    soon() {
      last = "";
      soon();
    },
    // A save under way must finish first: otherwise it would arrive after the sent text. One that takes too long is aborted.
    over() {
      clearTimeout(timer);
      isOver = true;
      if (!isKeeping) return undefined;
      const late = setTimeout(() => stop.abort(), SAVE_TIMEOUT);
      return keeping.then(() => clearTimeout(late));
    },
    again() {
      isOver = false;
      last = JSON.stringify(valuesOf(form));
    },
  };
}
