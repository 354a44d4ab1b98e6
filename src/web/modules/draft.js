// Keeps what is being written until it has been sent, and offers it again. Nothing leaves the reader's own browser: each
// draft is kept for its writer and its form, and goes with a sign-out.

const PREFIX = "draft:";
// Drafts of one form: who writes a fourth gives up the first.
const MOST = 3;

const person = document.documentElement.dataset.person ?? "";
const fieldsOf = (form) => [...form.querySelectorAll("textarea, input[name=title], input[name=reason]")];
const valuesOf = (form) => Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
const nameOf = (form) => `${PREFIX}${person}:${form.dataset.draft}`;
const drafts = (name) => JSON.parse(localStorage.getItem(name) ?? "[]");

function store(name, kept) {
  if (kept.length === 0) localStorage.removeItem(name);
  else localStorage.setItem(name, JSON.stringify(kept.slice(-MOST)));
}

// Each draft is known by the key of its form: what is written anew stands beside what was kept before.
function keep(form) {
  const draft = { key: form.elements.key.value, values: valuesOf(form) };
  const others = drafts(nameOf(form)).filter(({ key }) => key !== draft.key);
  store(nameOf(form), [...others, draft]);
}

function forget(name, key) {
  store(name, drafts(name).filter((draft) => draft.key !== key));
}

function offer(form, draft) {
  const box = document.createElement("div");
  box.className = "draft";
  const text = document.createElement("p");
  text.textContent = form.dataset.draftText;
  const button = (label, name, act) => {
    const made = document.createElement("button");
    made.type = "button";
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
  box.append(
    text,
    button(form.dataset.draftRestoreLabel, "data-draft-restore", restore),
    " ",
    button(form.dataset.draftDiscardLabel, "data-draft-discard", discard),
  );
  form.before(box);
}

const all = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));

// A draft whose key the server has taken was sent, on whatever page that is noticed.
const sent = document.cookie.split("; ").find((pair) => pair.startsWith("partage_sent="))?.split("=")[1];
if (sent) for (const name of all()) forget(name, sent);

for (const form of document.querySelectorAll("form[data-draft]")) {
  const shown = JSON.stringify(valuesOf(form));
  for (const draft of drafts(nameOf(form))) {
    // What stands in the form already, under whatever key, need not be offered.
    if (JSON.stringify(draft.values) === shown) forget(nameOf(form), draft.key);
    else offer(form, draft);
  }
  form.addEventListener("input", () => keep(form));
}

document.getElementById("sign-out")?.addEventListener("submit", () => {
  for (const name of all()) if (name.startsWith(`${PREFIX}${person}:`)) localStorage.removeItem(name);
});
