// Tags are found by their names in any language, and the chosen ones are listed in the heading of their group.

import { execute } from "./line.js";

const TAGS = `query($text: String!) {
  ${["TOOL", "METHOD", "REGION"].map((scheme) => `${scheme}: concepts(scheme: ${scheme}, search: $text, first: 100) { edges { node { slug } } }`).join("\n")}
}`;

/** Lists the chosen tags in the heading of each group. */
function nameChosen(form) {
  for (const group of form.querySelectorAll("details.facet")) {
    const box = group.querySelector(".chosen");
    const names = [...group.querySelectorAll("input:checked")].map(({ nextSibling }) => {
      return Object.assign(document.createElement("bdi"), { textContent: nextSibling.textContent.trim() });
    });
    const { colon, comma, open, close } = box.dataset;
    const parts = names.flatMap((name, at) => (at ? [comma, name] : [name]));
    const count = names.length.toLocaleString(document.documentElement.lang);
    box.replaceChildren(...(names.length ? [`${open}${count}${close}${colon}`, ...parts] : []));
  }
}

/** A search field that shows the tags with a matching name, in any language. */
function tagSearch(form) {
  const field = form.querySelector("#tags-search");
  if (!field) return;
  const groups = [...form.querySelectorAll("details.facet")];
  const result = document.getElementById("tags-found");
  let timer;
  // Which groups were open before the search.
  let before;
  const search = async () => {
    const text = field.value.trim();
    const { data } = text ? await execute(TAGS, { text }) : { data: {} };
    // The search text has changed; the newer search shows its own result.
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
    result.textContent = text && found.size === 0 ? result.dataset.none : "";
    if (!text) before = undefined;
  };
  // The field is not part of the form: Enter in it submits nothing.
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
  // The fields are reset only after the event.
  form.addEventListener("reset", () => setTimeout(name));
  name();
}
