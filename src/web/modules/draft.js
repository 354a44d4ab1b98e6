// Keeps what is being written until it has been sent, and offers it again. Nothing leaves the reader's own browser.

const fieldsOf = (form) => [...form.querySelectorAll("textarea, input[name=title], input[name=reason]")];

function sentKey() {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith("partage_sent="));
  return found?.slice("partage_sent=".length);
}

function keep(form) {
  const values = Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
  const draft = { key: form.elements.key.value, values };
  localStorage.setItem(form.dataset.draft, JSON.stringify(draft));
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
  const discard = () => localStorage.removeItem(form.dataset.draft);
  box.append(
    text,
    button(form.dataset.draftRestoreLabel, "data-draft-restore", restore),
    " ",
    button(form.dataset.draftDiscardLabel, "data-draft-discard", discard),
  );
  form.before(box);
}

// A draft whose key the server has taken was sent, on whatever page that is noticed.
const sent = sentKey();
for (const name of sent ? Object.keys(localStorage) : []) {
  if (localStorage.getItem(name)?.includes(`"key":"${sent}"`)) localStorage.removeItem(name);
}
for (const form of document.querySelectorAll("form[data-draft]")) {
  const stored = localStorage.getItem(form.dataset.draft);
  if (stored) {
    const draft = JSON.parse(stored);
    const differs = fieldsOf(form).some((field) => (draft.values[field.name] ?? "") !== field.value);
    if (differs) offer(form, draft);
  }
  form.addEventListener("input", () => keep(form));
}
