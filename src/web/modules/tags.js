// Tags are found by their names in any language, and what is chosen is named at the head of its group.

import { ask } from "./line.js";

const TAGS = `query($text: String!) {
  ${["TOOL", "METHOD", "REGION"].map((scheme) => `${scheme}: concepts(scheme: ${scheme}, search: $text, first: 100) { edges { node { slug } } }`).join("\n")}
}`;

/** Names at the head of each group of tags what is chosen of it. */
function nameChosen(form) {
  for (const group of form.querySelectorAll("details.facet")) {
    const box = group.querySelector(".chosen");
    const names = [...group.querySelectorAll("input:checked")].map(({ nextSibling }) => {
      return Object.assign(document.createElement("bdi"), { textContent: nextSibling.textContent.trim() });
    });
    const { colon, comma } = box.dataset;
    const parts = names.flatMap((name, at) => (at ? [comma, name] : [name]));
    box.replaceChildren(...(names.length ? [` (${names.length.toLocaleString(document.documentElement.lang)})${colon}`, ...parts] : []));
  }
}

/** A field that shows the tags called so, in whatever language. */
function tagSearch(form) {
  const field = form.querySelector("#tags-search");
  if (!field) return;
  const groups = [...form.querySelectorAll("details.facet")];
  const told = document.getElementById("tags-found");
  let timer;
  // Which groups stood open before the search.
  let before;
  const search = async () => {
    const text = field.value.trim();
    const { data } = text ? await ask(TAGS, { text }) : { data: {} };
    // What is searched for now has its own answer.
    if (text !== field.value.trim()) return;
    if (text) before ??= new Map(groups.map((group) => [group, group.open]));
    const found = new Set(Object.values(data).flatMap(({ edges }) => edges.map(({ node }) => node.slug)));
    for (const group of groups) {
      let hits = 0;
      const isChosen = Boolean(group.querySelector("input:checked"));
      for (const label of group.querySelectorAll(".choices label")) {
        const { value, checked } = label.firstElementChild;
        label.hidden = Boolean(text) && !found.has(value) && !checked;
        hits += found.has(value) ? 1 : 0;
      }
      if (text) group.open = hits > 0 || isChosen;
      else if (before) group.open = before.get(group) || isChosen;
    }
    told.textContent = text && found.size === 0 ? told.dataset.none : "";
    if (!text) before = undefined;
  };
  // The field belongs to no text: Enter in it sends nothing.
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search().catch(() => {}), 250);
  });
  if (field.value) search().catch(() => {});
}

for (const form of new Set([...document.querySelectorAll("details.facet")].map((group) => group.closest("form")))) {
  tagSearch(form);
  const name = () => nameChosen(form);
  for (const kind of ["input", "change"]) form.addEventListener(kind, name);
  // What a form is put back to is there after the event.
  form.addEventListener("reset", () => setTimeout(name));
  name();
}
