// Shows how many threads are new or have changed since the list was loaded; the reader decides when to reload.

import { put, showConnection } from "./forum.js";
import { follow } from "./line.js";

const QUERY = `subscription($filter: ThreadFilter, $after: String) {
  forumEvents(filter: $filter, after: $after) {
    __typename
    cursor
    ... on PostCreated { post { thread { id } } }
    ... on ThreadOpened { thread { id } }
    ... on ThreadRetagged { thread { id } }
    ... on ThreadChanged { thread { id } }
    ... on ThreadHidden { threadId }
  }
}`;

const list = document.getElementById("threads");
const news = document.getElementById("news");
const changed = new Set();

function offer(text) {
  const button = news.querySelector("button") ?? document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.onclick = () => location.reload();
  if (!button.isConnected) news.replaceChildren(button);
}

function receive(event) {
  const id = event.thread?.id ?? event.post?.thread.id ?? event.threadId;
  if (id) changed.add(id);
  const count = changed.size.toLocaleString(document.documentElement.lang);
  // After a gap the number is unknown.
  if (event.__typename === "Gap") offer(news.dataset.many);
  else if (id) offer(changed.size === 1 ? news.dataset.one : put(news.dataset.other, "count", count));
}

// Where there is room beside the list, the filters are open: by the style sheet in browsers that support it, otherwise here.
const filters = document.querySelector(".filters");
if (filters && !CSS.supports("selector(::details-content)") && matchMedia("(min-width: 64rem)").matches) filters.open = true;

if (list && news) {
  const variables = { filter: JSON.parse(list.dataset.filter), after: list.dataset.cursor };
  follow({ query: QUERY, variables, onEvent: receive, onConnection: showConnection });
}
