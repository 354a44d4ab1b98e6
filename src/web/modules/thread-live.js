// Tells of new replies with a quiet button; nothing is inserted before the reader asks for it.

import { follow } from "./socket.js";

const QUERY = `subscription($thread: ID!, $after: String) {
  threadEvents(threadId: $thread, after: $after) {
    __typename
    cursor
    ... on PostCreated { post { number } }
    ... on PostEdited { post { number } }
    ... on PostWithdrawn { post { number } }
  }
}`;

const thread = document.getElementById("thread");
const news = document.getElementById("news");
const fresh = new Set();

function words(count) {
  return count === 1 ? news.dataset.one : news.dataset.other.replace("{count}", count);
}

function offer(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", act);
  news.replaceChildren(button);
}

async function open() {
  const numbers = [...fresh].sort((a, b) => a - b);
  for (const number of numbers) {
    if (document.getElementById(`post-${number}`)) {
      fresh.delete(number);
      continue;
    }
    const address = `/threads/${thread.dataset.thread}?number=${number}`;
    const answer = await fetch(address);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const article of page.querySelectorAll("#thread > article")) {
      if (document.getElementById(article.id)) continue;
      thread.append(document.importNode(article, true));
      fresh.delete(Number(article.id.slice("post-".length)));
    }
  }
  news.replaceChildren();
}

function hear(event) {
  const number = event.post?.number;
  if (event.__typename === "PostCreated") {
    if (document.getElementById(`post-${number}`)) return;
    fresh.add(number);
    offer(words(fresh.size), open);
  } else if (event.__typename === "PostWithdrawn") {
    document.querySelector(`#post-${number} .body`)?.remove();
    offer(news.dataset.changed, () => location.reload());
  } else if (event.__typename === "ThreadHidden") {
    thread.replaceChildren();
    document.getElementById("reply")?.remove();
    news.textContent = news.dataset.hidden;
  } else {
    offer(news.dataset.changed, () => location.reload());
  }
}

if (thread && news) {
  follow(QUERY, { thread: thread.dataset.thread, after: thread.dataset.cursor }, hear);
}
