// An error of a form disappears as soon as its field is changed, and returns with the refused value. A question about the
// language disappears as well: the answer for one language does not apply to another.

const summary = document.querySelector(".trouble");
const refused = new Map();

function valueOf(form, name) {
  return JSON.stringify(new FormData(form).getAll(name));
}

for (const link of summary?.querySelectorAll("a[href^='#']") ?? []) {
  const name = decodeURIComponent(link.hash.slice(1));
  const beside = document.getElementById(`${name}-trouble`);
  const form = (document.getElementById(name) ?? beside)?.closest("form");
  if (form) refused.set(name, { form, item: link.closest("li"), beside, value: valueOf(form, name) });
}

// One of the two is enough.
const ALIKE = { methods: "tools" };

// The confirmation of the language, shown only while that language is selected.
function answer({ elements: { language, languageIsRight } }) {
  if (!languageIsRight || !language) return;
  const isAsked = languageIsRight.value === language.value;
  languageIsRight.closest("p").hidden = !isAsked;
  if (!isAsked) languageIsRight.checked = false;
}

function look({ target }) {
  for (const [name, { form, item, beside, value }] of refused) {
    if (target.form !== form || ![target.name, ALIKE[target.name]].includes(name)) continue;
    const isRight = (target.name !== name || valueOf(form, name) !== value) && target.checkValidity();
    item.hidden = isRight;
    if (beside) beside.hidden = isRight;
    if (isRight) target.removeAttribute("aria-invalid");
    else target.setAttribute("aria-invalid", "true");
  }
  if (target.name === "language") answer(target.form);
  summary.hidden = [...summary.querySelectorAll("li")].every(({ hidden }) => hidden);
}
addEventListener("input", look);
addEventListener("change", look);

// Once a text was sent without loading the page, its errors are gone. Their space stays.
document.addEventListener("forum:sent", () => {
  if ([...refused.values()].some(({ form }) => form.elements.body?.value.trim())) return;
  for (const { form, beside } of refused.values()) {
    beside?.classList.add("gone");
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    const { languageIsRight } = form.elements;
    if (!languageIsRight) continue;
    languageIsRight.checked = false;
    languageIsRight.closest("p").classList.add("gone");
  }
  summary.classList.add("gone");
  refused.clear();
});
if (summary) summary.dataset.watched = "true";
