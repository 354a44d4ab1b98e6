// Tells of new replies with a quiet button; nothing is inserted before the reader asks for it.

import { follow } from "./socket.js";

const QUERY = `subscription($thread: ID!, $after: String) {
  threadEvents(threadId: $thread, after: $after) {
    __typename
    cursor
    ... on PostCreated { post { number } }
    ... on PostEdited { post { number } }
    ... on PostWithdrawn { post { number } }
    ... on PostHidden { post { number } }
    ... on PostRestored { post { number } }
    ... on PostErased { post { number } }
    ... on PostReviewed { post { number } }
  }
}`;

const thread = document.getElementById("thread");
const news = document.getElementById("news");
const fresh = new Set();

const shown = (number) => document.getElementById(`post-${number}`);

function words(count) {
  return count === 1 ? news.dataset.one : news.dataset.other.replace("{count}", count);
}

// New posts and changed ones each have a button of their own.
function offer(about, text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.about = about;
  button.textContent = text;
  button.addEventListener("click", act);
  const before = news.querySelector(`[data-about=${about}]`);
  if (before) before.replaceWith(button);
  else news.append(button);
}

function lastShown() {
  const last = thread.querySelector("article:last-of-type");
  return Number(last?.id.slice("post-".length) ?? 0);
}

async function open() {
  const numbers = [...fresh].sort((a, b) => a - b);
  // Between what is shown and what is new lie posts of other pages: nothing may be passed over.
  if (numbers[0] > lastShown() + 1) {
    location.assign(`/threads/${thread.dataset.thread}?number=${numbers[0]}#post-${numbers[0]}`);
    return;
  }
  for (const number of numbers) {
    if (!shown(number)) {
      const answer = await fetch(`/threads/${thread.dataset.thread}?number=${number}`);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const article of page.querySelectorAll("#thread > article")) {
        if (!document.getElementById(article.id)) thread.append(document.importNode(article, true));
      }
    }
    fresh.delete(number);
  }
  news.querySelector("[data-about=posts]")?.remove();
}

function hear(event) {
  const number = event.post?.number;
  if (event.__typename === "PostCreated") {
    if (shown(number)) return;
    fresh.add(number);
    offer("posts", words(fresh.size), open);
  } else if (event.__typename === "ThreadHidden") {
    thread.replaceChildren();
    document.getElementById("reply")?.remove();
    news.textContent = news.dataset.hidden;
  } else if (!number || shown(number)) {
    if (["PostWithdrawn", "PostHidden", "PostErased"].includes(event.__typename)) document.querySelector(`#post-${number} .body`)?.remove();
    offer("changes", news.dataset.changed, () => location.reload());
  }
}

if (thread && news) {
  follow(QUERY, { thread: thread.dataset.thread, after: thread.dataset.cursor }, hear);
}
